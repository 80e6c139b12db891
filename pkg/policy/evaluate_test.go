package policy_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/licet/licet/pkg/policy"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/pkg/spdx"
)

var update = flag.Bool("update", false, "rewrite the expectations in testdata/policy")

// Each case is a policy (none: the preset that holds without a file), a document in short form, and the
// findings. A document has one statement a line:
//
//	as-of 2026-06-15
//	component ID [root] [first-party] [conflict] [SCOPE] [dir=X] [declared=X] [detected=X] [file=X] [clarified=X] [raw="..."] [rawfile="..."] [concluded=X] [row=X]
//	edge FROM -> TO [SCOPE] [LINKAGE]
//	gap KIND FILE ID...
//
// The conclusion is, unless it is given, the first of clarified, declared, detected and file; in it
// UNREADABLE(words) is the name of these words.
func TestFindings(t *testing.T) {
	cases, err := filepath.Glob("../../testdata/policy/*.txtar")
	if err != nil || len(cases) == 0 {
		t.Fatal("no cases", err)
	}
	for _, name := range cases {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			got := findings(t, archive)
			i := slices.IndexFunc(archive.Files, func(f txtar.File) bool { return f.Name == "want" })
			if *update {
				archive.Files[i].Data = []byte(got)
				if err := os.WriteFile(name, txtar.Format(archive), 0o666); err != nil {
					t.Fatal(err)
				}
			} else if diff := cmp.Diff(string(archive.Files[i].Data), got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

func findings(t *testing.T, archive *txtar.Archive) string {
	t.Helper()
	file := policy.Default()
	b := builder{t: t, asOf: time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)}
	for _, f := range archive.Files {
		switch f.Name {
		case "licet.yaml":
			var err error
			if file, err = policy.Parse(f.Name, f.Data); err != nil {
				t.Fatalf("\n%v", err)
			}
		case "document":
			for line := range strings.Lines(string(f.Data)) {
				b.line(strings.TrimSpace(line))
			}
		}
	}
	doc := b.document()
	var out strings.Builder
	for _, f := range policy.Evaluate(context.Background(), file.Policy, doc, file.Facts, b.asOf) {
		write(&out, f)
	}
	for _, a := range policy.Assumptions(file.Policy, doc) {
		fmt.Fprintf(&out, "assumption: %s\n", a)
	}
	for _, w := range file.Warnings {
		fmt.Fprintf(&out, "warning: %v\n", w)
	}
	return out.String()
}

// write gives a finding as lines of a ledger.
func write(out *strings.Builder, f policy.Finding) {
	fmt.Fprintf(out, "%s %s %s %s\n  %s\n", f.Severity, f.Check, f.Component, f.Scope, f.Message)
	for _, id := range f.Components {
		fmt.Fprintf(out, "  component %s\n", id)
	}
	if f.Unknown != "" {
		fmt.Fprintf(out, "  unknown %s\n", f.Unknown)
	}
	for _, l := range f.Leaves {
		mark := " "
		if l.Chosen {
			mark = "*"
		}
		fmt.Fprintf(out, "  leaf %s %s %s: %s", mark, l.Expr, l.Verdict, l.Reason)
		if !l.Decided.Span.IsZero() {
			fmt.Fprintf(out, " <- %s %q", l.Decided.Span, strings.TrimSpace(l.Decided.Line))
		}
		out.WriteString("\n")
	}
	if !f.Arm.IsZero() {
		fmt.Fprintf(out, "  arm %s\n", f.Arm)
	}
	for _, l := range f.Labels {
		fmt.Fprintf(out, "  at %s %s", l.Span, l.Text)
		if l.Line != "" {
			fmt.Fprintf(out, " %q", strings.TrimSpace(l.Line))
		}
		out.WriteString("\n")
	}
	if len(f.Path) > 0 {
		fmt.Fprintf(out, "  path %s\n", strings.Trim(fmt.Sprint(f.Path), "[]"))
	}
	for _, h := range f.Help {
		fmt.Fprintf(out, "  help %s\n", h)
	}
}

// builder makes a document of its short form.
type builder struct {
	t        *testing.T
	asOf     time.Time
	roots    []sbom.ID
	fragment sbom.Fragment
	count    int // lines, which become lines of an imagined lockfile
}

// document joins what was built, and puts the conclusions beside it as a scan does afterwards.
func (b *builder) document() *sbom.Document {
	doc := sbom.Merge(b.roots, b.fragment)
	for i := range doc.Components {
		for _, c := range b.fragment.Components {
			if c.ID == doc.Components[i].ID {
				doc.Components[i].Concluded = c.Concluded
			}
		}
		for k := range doc.Components[i].Claims {
			doc.Components[i].Concluded.Because = append(doc.Components[i].Concluded.Because, k)
		}
	}
	doc.Resolve()
	return doc
}

func (b *builder) line(line string) {
	b.count++
	if line == "" || strings.HasPrefix(line, "#") {
		return
	}
	f := fields(line)
	switch f[0] {
	case "as-of":
		day, err := time.Parse(time.RFC3339, f[1])
		if err != nil {
			b.t.Fatal(err)
		}
		b.asOf = day
	case "component":
		b.component(f[1:])
	case "edge":
		e := sbom.Relationship{From: sbom.ID(f[1]), To: sbom.ID(f[3]), Found: []source.Span{{Path: "lock", Line: b.count}}}
		for _, word := range f[4:] {
			if slices.Contains([]string{"runtime", "optional", "build", "test", "development"}, word) {
				e.Scope = sbom.Scope(word)
			} else if word == string(sbom.Contains) {
				e.Kind = sbom.Contains
			} else {
				e.Linkage = sbom.Linkage(word)
			}
		}
		b.fragment.Relationships = append(b.fragment.Relationships, e)
	case "gap":
		g := sbom.Gap{Kind: sbom.GapKind(f[1]), Span: source.Span{Path: f[2], Line: 1}, Why: "not here", Next: "fetch what " + f[2] + " lists"}
		for _, id := range f[3:] {
			g.Components = append(g.Components, sbom.ID(id))
		}
		b.fragment.Gaps = append(b.fragment.Gaps, g)
	default:
		b.t.Fatalf("what is %q?", line)
	}
}

func (b *builder) component(f []string) {
	c := sbom.Component{ID: sbom.ID(f[0]), Name: f[0], Occurrences: []sbom.Occurrence{{Found: []source.Span{{Path: "lock", Line: b.count}}}}}
	if rest, ok := strings.CutPrefix(f[0], "pkg:"); ok {
		c.PURL = f[0]
		name, version, _ := strings.Cut(rest[strings.LastIndex(rest, "/")+1:], "@")
		c.Name, c.Version = name, version
	} else if _, rest, ok := strings.Cut(f[0], "#"); ok {
		c.Name, c.Version, _ = strings.Cut(rest, "@")
	}
	dir, conclusion := c.Name, ""
	claim := func(basis sbom.Basis, role sbom.Role, value, file string) {
		e := b.expr(value)
		c.Claims = append(c.Claims, sbom.Claim{Basis: basis, Role: role, Expr: e,
			Evidence: []sbom.Evidence{{Span: source.Span{Path: path.Join(dir, file), Line: 1}, Text: "lt1:0123"}}})
		if conclusion == "" {
			conclusion = value
		}
	}
	for _, word := range f[1:] {
		key, value, _ := strings.Cut(word, "=")
		switch key {
		case "root":
			b.roots = append(b.roots, c.ID)
		case "first-party":
			c.FirstParty = true
		case "dir":
			c.Occurrences[0].Dir, dir = value, value
		case "conflict":
			c.Concluded.Conflict, c.Concluded.Note = true, "the note"
		case "declared":
			claim(sbom.Declared, sbom.RoleManifest, value, "package.json")
		case "detected":
			claim(sbom.Detected, sbom.RoleLicenseFile, value, "LICENSE")
		case "file":
			claim(sbom.Detected, sbom.RoleFile, value, "src/a.c")
		case "test":
			claim(sbom.Detected, sbom.RoleAside, value, "test/a.c")
			conclusion = strings.TrimSuffix(conclusion, value)
		case "clarified":
			claim(sbom.Clarified, "", value, "licet.yaml")
			conclusion = value
		case "raw":
			c.Claims = append(c.Claims, sbom.Claim{Basis: sbom.Declared, Role: sbom.RoleManifest, Raw: value,
				Evidence: []sbom.Evidence{{Span: source.Span{Path: c.Name + "/package.json", Line: 1}}}})
		case "rawfile":
			c.Claims = append(c.Claims, sbom.Claim{Basis: sbom.Detected, Role: sbom.RoleFile, Raw: value,
				Evidence: []sbom.Evidence{{Span: source.Span{Path: path.Join(dir, "src/raw.c"), Line: 3}, Text: "lt1:4567"}}})
		case "row":
			c.Concluded.Row = value
		case "concluded":
			conclusion = unreadable(value)
		default:
			b.t.Fatalf("what is %q?", word)
		}
	}
	if conclusion != "" {
		c.Concluded.Expr = b.expr(conclusion)
	}
	b.fragment.Components = append(b.fragment.Components, c)
}

// unreadable puts the name of words that cannot be read in the place of UNREADABLE(words).
func unreadable(s string) string {
	before, rest, ok := strings.Cut(s, "UNREADABLE(")
	words, after, _ := strings.Cut(rest, ")")
	if !ok {
		return s
	}
	return before + "LicenseRef-licet-unknown-" + strings.TrimPrefix(string(source.TextDigest([]byte(words))), "lt1:") + after
}

func (b *builder) expr(s string) spdx.Expr {
	e, err := spdx.Parse(s)
	if err != nil {
		b.t.Fatal(err)
	}
	return e
}

// fields splits at blanks outside of quotes.
func fields(line string) []string {
	var out []string
	var word bytes.Buffer
	quoted := false
	for _, r := range line + " " {
		switch {
		case r == '"':
			quoted = !quoted
		case r == ' ' && !quoted:
			if word.Len() > 0 {
				out = append(out, word.String())
			}
			word.Reset()
		default:
			word.WriteRune(r)
		}
	}
	return out
}

// Twenty thousand components, a few dozen expressions: the time is that of looking at each once.
func BenchmarkEvaluate(b *testing.B) {
	file, err := policy.Parse("licet.yaml", []byte(`version: 1
extends: ["@distribute-binary"]
exceptions:
  - {purl: "pkg:npm/c1*", versions: "vers:npm/>=1|<2", license: GPL-3.0-only}
  - {purl: "pkg:npm/@acme/**", license: GPL-3.0-only}
`))
	if err != nil {
		b.Fatal(err)
	}
	licenses := []string{"MIT", "ISC", "Apache-2.0 OR MIT", "GPL-3.0-only", "BSD-3-Clause AND MIT", "LGPL-2.1-or-later"}
	root := sbom.ID("pkg:npm/root@1.0.0")
	f := sbom.Fragment{Components: []sbom.Component{{ID: root, Name: "root"}}}
	for i := range 20_000 {
		id := sbom.ID("pkg:npm/c" + strconv.Itoa(i) + "@1.2.3")
		f.Components = append(f.Components, sbom.Component{ID: id, PURL: string(id), Name: "c", Version: "1.2.3"})
		f.Relationships = append(f.Relationships, sbom.Relationship{From: root, To: id})
	}
	doc := sbom.Merge([]sbom.ID{root}, f)
	for i := range doc.Components {
		e, err := spdx.Parse(licenses[i%len(licenses)])
		if err != nil {
			b.Fatal(err)
		}
		doc.Components[i].Concluded.Expr = e
	}
	doc.Resolve()
	for b.Loop() {
		policy.Evaluate(context.Background(), file.Policy, doc, file.Facts, time.Time{})
	}
}
