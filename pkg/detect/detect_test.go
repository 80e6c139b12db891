package detect

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/rules"
)

var update = flag.Bool("update", false, "rewrite the ledgers under testdata/detect")

// TestFile reads the files of each case under testdata/detect and compares their claims with the ledger
// called want: a line for each claim (path, lines, kind, expression, role, rule, coverage, what is kept of
// the statement), for each copyright (path, lines, holder, years, text), and for a file that states nothing.
func TestFile(t *testing.T) {
	cases, err := filepath.Glob("../../testdata/detect/*.txtar")
	if err != nil || len(cases) == 0 {
		t.Fatal("no cases", err)
	}
	for _, path := range cases {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			last := len(archive.Files) - 1
			if archive.Files[last].Name != "want" {
				t.Fatal("the last file is not want")
			}
			var got strings.Builder
			for _, f := range archive.Files[:last] {
				got.WriteString(ledger(f.Name, f.Data, New().File(f.Name, f.Data)))
			}
			if *update {
				archive.Files[last].Data = []byte(got.String())
				if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if want := string(archive.Files[last].Data); got.String() != want {
				t.Errorf("got\n%s\nwant\n%s", got.String(), want)
			}
		})
	}
}

func ledger(path string, data []byte, r Result) string {
	type row struct {
		line int
		text string
	}
	var rows []row
	for i, c := range slices.Concat(r.Claims, r.Hidden) {
		e := c.Evidence[0]
		if want := e.Span.Line + strings.Count(string(data[e.Span.Start:e.Span.End]), "\n"); e.EndLine != want {
			rows = append(rows, row{0, fmt.Sprintf("MISPLACED end line %d, is %d", e.EndLine, want)})
		}
		text := fmt.Sprintf("%s %s %s %s %s", place(data, e.Span), c.Kind, c.Expr, c.Role, e.Rule)
		if e.Coverage > 0 {
			text += fmt.Sprintf(" %.2f", e.Coverage)
		}
		if c.Raw != "" {
			text += fmt.Sprintf(" %q", c.Raw)
		}
		if i >= len(r.Claims) {
			text += " hidden"
		}
		rows = append(rows, row{e.Span.Line, text})
	}
	for _, c := range r.Copyrights {
		var places []string
		for _, s := range c.Found {
			places = append(places, place(data, s))
		}
		rows = append(rows, row{c.Found[0].Line, fmt.Sprintf("%s copyright %q %q %q", strings.Join(places, ","), c.Holder, c.Years, c.Text)})
	}
	slices.SortStableFunc(rows, func(a, b row) int { return cmp.Compare(a.line, b.line) })
	var b strings.Builder
	for _, row := range rows {
		fmt.Fprintf(&b, "%s:%s\n", path, row.text)
	}
	if len(rows) == 0 {
		fmt.Fprintf(&b, "%s: nothing\n", path)
	}
	return b.String()
}

// place gives the lines of a span, after checking that it says where it is.
func place(data []byte, s source.Span) string {
	line := 1 + strings.Count(string(data[:s.Start]), "\n")
	end := line + strings.Count(string(data[s.Start:s.End]), "\n")
	if col := s.Start - strings.LastIndex(string(data[:s.Start]), "\n"); line != s.Line || col != s.Col {
		return fmt.Sprintf("MISPLACED %d:%d, is %d:%d", s.Line, s.Col, line, col)
	}
	if end == line {
		return fmt.Sprint(line)
	}
	return fmt.Sprintf("%d-%d", line, end)
}

func TestRoleOf(t *testing.T) {
	for _, tt := range []struct {
		role  sbom.Role
		paths string
	}{
		{sbom.RoleLicenseFile, `LICENSE LICENCE License.txt license.md LICENSE.rst COPYING COPYING.LESSER COPYING.LIB COPYING3
			COPYING3.LIB LICENSE-MIT LICENSE_APACHE LICENSE.code LICENSE.BSD LICENSE-2.0.txt LICENSE-2.0 MIT-LICENSE
			mit-license.txt UNLICENSE UNLICENSE.txt COPYRIGHT debian/copyright LICENSES/MIT.txt LICENSE_APACHE-2.0 a/licenses/GPL-2.0-only.txt
			LICENSE.html vendor/x/LICENSE EULA.txt Licensing.md`},
		{sbom.RoleNotice, `NOTICE NOTICE.txt PATENTS AUTHORS AUTHORS.md THIRD-PARTY-NOTICES THIRD_PARTY_NOTICES.txt
			ThirdPartyNotices.txt 3rdpartylicenses.txt NOTICE-binary`},
		{sbom.RoleFile, `LICENSE.asc LICENSE.txt.sig COPYING.minisig LICENSE.sha256 dist/main.js.LICENSE.txt static/css/app.3f2a.css.LICENSE.txt
			license.go license_test.py LICENSE.json license-checker.js copyright.py main.c README.md licensed.txt
			LICENSES/README.md LICENSES/OWNERS unlicensed notices.ts LICENSE.spdx .license authors.json COPYING.c copyright.html`},
	} {
		for path := range strings.FieldsSeq(tt.paths) {
			if got := RoleOf(path); got != tt.role {
				t.Errorf("RoleOf(%s) = %s, want %s", path, got, tt.role)
			}
		}
	}
}

// A text that somebody named is found under its name, with another holder, inside a longer file, and in
// the place of a listed one that it contains.
func TestOwnTexts(t *testing.T) {
	own := "Acme Internal License\n\nYou may use this software inside Acme and nowhere else. Ask legal first.\n"
	e := New(OwnText{ID: "LicenseRef-Acme", Text: []byte("Copyright 2020 Acme\n" + own)}, OwnText{ID: "LicenseRef-Short", Text: []byte("no")})
	for name, text := range map[string]string{
		"LICENSE":  "Copyright (c) 2024 Acme Labs\n\n" + own,
		"COPYING":  own + "\nCopyright 2021 Someone Else\n",
		"src/a.go": "// " + strings.ReplaceAll(own, "\n", "\n// "),
	} {
		got := e.File(name, []byte(text)).Claims
		if len(got) != 1 || got[0].Expr.String() != "LicenseRef-Acme" || got[0].Kind != "text" {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if got := e.File("LICENSE", []byte("no")).Claims; len(got) > 0 && got[0].Expr.String() == "LicenseRef-Short" {
		t.Error("a text of one word is found")
	}
}

// It is found damaged too: with words replaced, a sentence put in, one missing; the coverage says how much is there.
func TestOwnTextsDamaged(t *testing.T) {
	own := "Acme Shared Source License. You may read, compile and test this software in your own offices. You may not give it to anybody " +
		"outside of your company, nor use it to serve customers, unless Acme has agreed in writing. Acme gives no warranty of any kind and " +
		"is not liable for what happens. This license ends when you break it, and then you must delete all of your copies at once."
	e := New(OwnText{ID: "LicenseRef-Acme-Shared", Text: []byte(own)})
	for name, text := range map[string]string{
		"LICENSE":    strings.Replace(strings.Replace(own, "offices", "rooms", 1), "anybody", "anyone", 1),
		"COPYING":    strings.Replace(own, "Acme gives", "Ask legal@acme.example first. Acme gives", 1),
		"LICENCE":    strings.Replace(own, " This license ends when you break it, and then", " Then", 1),
		"src/main.c": "/* " + strings.Replace(own, "compile and test", "build, compile and test", 1) + " */\nint x;\n",
	} {
		got := e.File(name, []byte(text)).Claims
		if len(got) == 0 || got[0].Expr.String() != "LicenseRef-Acme-Shared" || got[0].Kind != "text" || got[0].Evidence[0].Coverage >= 1 || got[0].Evidence[0].Coverage < 0.8 {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// A license's own words do not say "or later", under whatever id the list has them.
func TestTextAloneIsOneVersion(t *testing.T) {
	for _, id := range []string{"GPL-2.0+", "GPL-3.0+", "GPL-3.0-or-later", "LGPL-2.1+", "LGPL-3.0-or-later", "AGPL-3.0-or-later"} {
		text, ok := rules.Text(id)
		if !ok {
			t.Fatalf("no text of %s", id)
		}
		for _, c := range New().File("COPYING", []byte(text)).Claims {
			if term, ok := c.Expr.Term(); ok && c.Kind == "text" && len(term.Normal().Alternatives()) > 1 {
				t.Errorf("%s: %s", id, c.Expr)
			}
		}
	}
}

// A file that says one and the same all over says it a thousand times.
func TestRepeated(t *testing.T) {
	for _, unit := range []string{"// SPDX-License-Identifier: MIT\n", "MODULE_LICENSE(\"GPL\");\n", "Copyright 2020 Jane Doe\n", "No commercial use. "} {
		found := New().File("a.c", []byte(strings.Repeat(unit, 3*mostRepeated)))
		places := len(found.Claims)
		for _, c := range found.Copyrights {
			places += len(c.Found)
		}
		if places < mostRepeated || places > 2*mostRepeated {
			t.Errorf("%q: %d places", unit, places)
		}
	}
}
