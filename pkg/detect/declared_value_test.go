package detect

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/spdx"
	"github.com/licet/licet/rules"
)

// What manifests have in their license fields, and what it means: an expression, or "?" and what it may mean.
func TestDeclarations(t *testing.T) {
	for _, c := range []struct{ ecosystem, field, want string }{
		{"npm", `"MIT"`, "MIT"},
		{"npm", `"(MIT OR Apache-2.0)"`, "MIT OR Apache-2.0"},
		{"npm", `{"type": "MIT", "url": "https://x.example/l"}`, "MIT"},
		{"npm", `{"url": "http://www.opensource.org/licenses/MIT"}`, "MIT"},
		{"npm", `[{"type": "MIT"}, {"type": "GPL-2.0+"}]`, "MIT OR GPL-2.0+"},
		{"npm", `["BSD", "MIT"]`, "? BSD-2-Clause OR MIT, BSD-3-Clause OR MIT, BSD-4-Clause OR MIT"},
		{"npm", `"UNLICENSED"`, "LicenseRef-UNLICENSED"},
		{"gem", `"UNLICENSED"`, "?"}, // is no word of RubyGems
		{"npm", `"SEE LICENSE IN EULA.txt"`, "?"},
		{"npm", `[]`, "?"},
		{"npm", `null`, "?"},
		{"npm", `{"file": "LICENSE"}`, "?"},
		{"composer", `["LGPL-2.1-only", "GPL-3.0-or-later"]`, "LGPL-2.1-only OR GPL-3.0-or-later"},
		{"composer", `"proprietary"`, "LicenseRef-proprietary"},
		{"gem", `["MIT", "Ruby"]`, "MIT AND Ruby"},
		{"pypi", `["BSD License", "BSD-2-Clause"]`, "BSD-2-Clause"}, // the one says which the other is
		{"pypi", `["BSD License", "MIT"]`, "? BSD-2-Clause AND MIT, BSD-3-Clause AND MIT, BSD-4-Clause AND MIT"},
		{"maven", `[{"name": "The Apache License, Version 2.0"}, {"name": "EPL 2.0"}]`, "Apache-2.0 OR EPL-2.0"},
		{"freebsd", `{"licenses": ["GPLv2", "MIT"], "licenselogic": "or"}`, "GPL-2.0-only OR MIT"},
		{"freebsd", `{"licenses": ["GPLv2", "MIT"], "licenselogic": "and"}`, "GPL-2.0-only AND MIT"},
		{"cpan", `["perl_5"]`, "Artistic-1.0-Perl OR GPL-1.0-or-later"},
		{"cran", `"GPL (>= 2) | file LICENSE"`, "GPL-2.0-or-later"},
		{"cocoapods", `"{ :type => 'MIT', :file => 'LICENSE' }"`, "MIT"},
		{"huggingface", `"llama2"`, "LicenseRef-scancode-llama-2-license-2023"},
		{"npm", `["MIT", "MIT (non-commercial use only)"]`, "? MIT"}, // the one says more than the other
		{"pypi", `["MIT", "MIT License, not for commercial use"]`, "? MIT"},
		{"any", `"ISC License (ISCL)"`, "ISC"},
		{"any", `"GNU Affero General Public License v3 (AGPLv3)"`, "AGPL-3.0-only"},
		{"any", `"MIT License (GPL-2.0)"`, "? MIT"},
		{"any", `"BSD-3-Clause (Commercial)"`, "? BSD-3-Clause"},
		{"any", `"MIT (modified)"`, "? MIT"},
		{"cocoapods", `"{ :type => 'MIT, non-commercial', :file => 'LICENSE' }"`, "? MIT"},
		{"cocoapods", `"{ :type => MIT, :file => LICENSE }"`, "MIT"},
		{"npm", `{"name": "mit", "license": "GPL-3.0-only"}`, "GPL-3.0-only"}, // of a whole manifest the name is no license
		{"npm", `{"licenses": ["GPL-2.0-only", "MIT"], "licenselogic": "and"}`, "GPL-2.0-only AND MIT"},
		{"cpan", `["gpl_2", "mit"]`, "GPL-2.0-only AND MIT"},
		{"any", `"MIT License (non-commercial use only)"`, "? MIT"},
		{"any", `"PSF"`, "PSF-2.0"},
		{"maven", `"CDDL+GPL"`, "? CDDL-1.0 OR GPL-2.0-only, CDDL-1.0 OR GPL-2.0-only WITH Classpath-exception-2.0, CDDL-1.1 OR GPL-2.0-only WITH Classpath-exception-2.0"},
		{"any", `"GPLv2 license, includes the CLASSPATH exception"`, "GPL-2.0-only WITH Classpath-exception-2.0"},
		{"gem", `"Ruby's"`, "Ruby"},
		{"maven", `"The SAX License"`, "? SAX-PD, SAX-PD-2.0"},
		{"any", `"APLv2.0"`, "Apache-2.0"},
		{"any", `"the BSD license"`, "? BSD-2-Clause, BSD-3-Clause, BSD-4-Clause"},
		{"any", `"Creative Commons"`, "? CC-BY-4.0, CC-BY-NC-4.0, CC-BY-NC-ND-4.0, CC-BY-NC-SA-4.0, CC-BY-ND-4.0, CC-BY-SA-4.0, CC0-1.0"},
		{"any", `"Creative Commons Attribution-ShareAlike 4.0 International Public License"`, "CC-BY-SA-4.0"},
		{"any", `"GNU General Lesser Public License (LGPL) version 2.1"`, "LGPL-2.1-only"},
		{"any", `"https://github.com/dotnet/corefx/blob/master/LICENSE.TXT"`, "MIT"},
		{"any", `"https://www.scala-lang.org/license/"`, "? BSD-3-Clause"}, // another one since 2.12.9
		{"any", `"Acme Enterprise License"`, "?"},
	} {
		d, err := doc.JSON("-", []byte(c.field))
		if err != nil {
			t.Fatal(err)
		}
		m, _ := DeclarationsOf(c.ecosystem).Value(d.Root())
		if got := meant(m); got != c.want {
			t.Errorf("%s %s: %s, want %s", c.ecosystem, c.field, got, c.want)
		}
	}
}

func meant(m Meaning) string {
	if m.IsClear() {
		return m.Expr.String()
	}
	var may []string
	for _, e := range m.May {
		may = append(may, e.String())
	}
	return strings.TrimSpace("? " + strings.Join(may, ", "))
}

// A field that holds a whole text means the licenses of the text.
func TestDeclaredText(t *testing.T) {
	text, _ := rules.Text("MIT")
	if m := DeclarationsOf("pypi").Words("Copyright (c) 2020 Jane Doe\n\n" + text); meant(m) != "MIT" {
		t.Errorf("the text of MIT means %s", meant(m))
	}
	if m := DeclarationsOf("pypi").Words(text + "\nYou may not use the software for commercial purposes."); m.IsClear() {
		t.Errorf("what narrows the text of MIT is passed over: %s", meant(m))
	}
}

// A list of many unclear licenses is not said to mean any of their combinations, which are too many.
func TestDeclaredLists(t *testing.T) {
	d, err := doc.JSON("-", []byte("["+strings.Repeat(`"BSD",`, 1000)+`"MIT"]`))
	if err != nil {
		t.Fatal(err)
	}
	if m, _ := DeclarationsOf("npm").Value(d.Root()); m.IsClear() || len(m.May) > mostMeanings {
		t.Errorf("%d meanings, clear: %v", len(m.May), m.IsClear())
	}
}

// What a long list means is found soon, or given up.
func TestDeclaredLongLists(t *testing.T) {
	for _, field := range []string{
		"[" + strings.Repeat(`"BSD",`, 100_000) + `"MIT"]`, "[" + strings.Repeat(`"MIT","ISC",`, 100_000) + `"MIT"]`, longList(100_000),
	} {
		d, err := doc.JSON("-", []byte(field))
		if err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		m, _ := DeclarationsOf("npm").Value(d.Root())
		if took := time.Since(begun); took > 20*time.Second {
			t.Errorf("%.20s: %v", field, took)
		}
		if got, clear := m.Expr, strings.Contains(field, "ISC"); m.IsClear() != clear {
			t.Errorf("%.20s: %.80s", field, got)
		}
	}
}

func longList(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `"LicenseRef-%d",`, i)
	}
	return "[" + b.String() + `"MIT"]`
}

// Every row of the table is read, and no row of whole says what is known without it.
func TestDeclaredTable(t *testing.T) {
	for _, row := range rules.Declared() {
		switch row[0] {
		case "either":
		case "own":
			if _, err := spdx.Parse(row[3]); err != nil {
				t.Errorf("%v: %v", row, err)
			}
		case "whole":
			want, err := spdx.Parse(row[1])
			if err != nil {
				t.Errorf("%v: %v", row, err)
			}
			for name := range strings.SplitSeq(row[2], " | ") {
				if e, ambiguous := Declared(name); !ambiguous && e.Equal(want) {
					t.Errorf("%q is %s without its row", name, want)
				}
			}
		case "may":
			for one := range strings.SplitSeq(row[1], " | ") {
				e, err := spdx.Parse(one)
				if err != nil {
					t.Errorf("%v: %v", row, err)
				}
				for _, term := range e.Terms() {
					if _, ok := rules.LicenseByID(term.ID); !ok {
						t.Errorf("%v: %s is no id", row, term.ID)
					}
				}
			}
		default:
			t.Errorf("%v: no such kind", row)
		}
	}
}
