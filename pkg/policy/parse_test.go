package policy_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/licet/licet/pkg/policy"
)

// Each case is a policy file and what Parse says of it: the diagnostics, or a summary of what was read.
func TestParse(t *testing.T) {
	cases, err := filepath.Glob("../../testdata/policy/parse/*.txtar")
	if err != nil || len(cases) == 0 {
		t.Fatal("no cases", err)
	}
	for _, name := range cases {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			got := parsed(archive.Files[0].Name, archive.Files[0].Data)
			if *update {
				archive.Files[1].Data = []byte(got)
				if err := os.WriteFile(name, txtar.Format(archive), 0o666); err != nil {
					t.Fatal(err)
				}
			} else if diff := cmp.Diff(string(archive.Files[1].Data), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func parsed(name string, data []byte) string {
	f, err := policy.Parse(name, data)
	if err != nil {
		return err.Error() + "\n"
	}
	var b strings.Builder
	facts := f.Facts
	fmt.Fprintf(&b, "project %s %s %s\n", facts.Project.Name, facts.Project.Version, facts.Project.License)
	for _, d := range facts.Deliverables {
		fmt.Fprintf(&b, "deliverable %s %v to %s by %s for %v under %s %s bundled %v\n", d.Name, d.Roots, d.To, d.Delivery, d.Platforms, d.Outgoing, d.Linking, d.Bundled)
	}
	fmt.Fprintf(&b, "first party %v %v\n", facts.FirstParty.PURLs, facts.FirstParty.Paths)
	for _, p := range facts.Paths {
		fmt.Fprintf(&b, "path %s %s %q\n", p.Glob, p.Class, p.Reason)
	}
	for _, c := range facts.Choices {
		fmt.Fprintf(&b, "choice %s of %s\n", c.Choose, c.Of)
	}
	for _, c := range facts.Clarify {
		fmt.Fprintf(&b, "clarify %s %s is %s while %s\n", c.PURL, c.Versions, c.License, c.Text)
	}
	for _, c := range facts.Curations {
		fmt.Fprintf(&b, "curation %s %s is %s while %s: %s, %s\n", c.Path, c.Detected, c.Concluded, c.Region, c.Reason, c.By)
	}
	for _, l := range facts.Licenses {
		fmt.Fprintf(&b, "license %s %s %s\n", l.ID, l.Category, l.Text)
	}
	for _, w := range f.Warnings {
		fmt.Fprintf(&b, "warning: %s\n", w)
	}
	if f.Policy == nil {
		return b.String() + "no judgement\n"
	}
	p := f.Policy
	u := p.Unknown
	fmt.Fprintf(&b, "basis %s\ndefault %s\nunknown %s %s %s %s\n", p.Basis, p.Default.Verdict,
		u.Missing.Verdict, u.Unavailable.Verdict, u.Unrecognised.Verdict, u.Custom.Verdict)
	for _, e := range p.Entries {
		fmt.Fprintf(&b, "%s %s %q %s\n", e.Verdict, e, e.Reason, e.Found.Span)
	}
	for _, r := range p.Rules {
		fmt.Fprintf(&b, "rule %s %s %v %v %q %s\n", r.ID, r.Verdict, r.Entries, r.When.Scope, r.Reason, r.Found.Span)
	}
	for _, x := range p.Exceptions {
		fmt.Fprintf(&b, "exception %s %s %s %s %s until %s\n", x.PURL, x.Versions, x.License, x.Reason, x.ApprovedBy, x.Expires.Format("2006-01-02"))
	}
	return b.String()
}

func TestParseBytes(t *testing.T) {
	for _, c := range []struct{ name, data, want string }{
		{"UTF-16", "\xff\xfev\x00e\x00", "p.yaml:1:1: the file is UTF-16\n help: save it as UTF-8"},
		{"NUL", "version: 1\npo\x00", "p.yaml:2:3: a NUL byte: this is no text file"},
		{"Latin-1", "version: 1\n# caf\xe9\n", "p.yaml:2:6: byte 0xe9 is not UTF-8\n 2 | # caf�\n   |      ^\n help: save the file as UTF-8"},
		{"BOM", "\ufeffversion: 1\npolcy: 1\n", "p.yaml:2:1: unknown key \"polcy\" in the policy\n 2 | polcy: 1\n   | ^^^^^\n help: did you mean policy?"},
		{"CRLF", "version: 1\r\npolcy: 1\r\n", "p.yaml:2:1: unknown key \"polcy\" in the policy\n 2 | polcy: 1\n   | ^^^^^\n help: did you mean policy?"},
		{"huge", strings.Repeat("#", 5<<20), "p.yaml: a policy of more than 4194304 bytes"},
		{"secret", "version: 1\n'https://joe:hunter2@host.example': 1\n", "p.yaml:2:1: unknown key \"https://[redacted]@host.example\" in the policy\n 2 | 'https://[redacted]@host.example': 1\n   | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n help: one of: version, project, deliverables, first_party, paths, choices, clarify, curations, licenses, extends, policy, exceptions, decisions, baseline"},
		{"BOM on the line", "\ufeffpolcy: 1\n", "p.yaml:1:1: the policy without version\n 1 | polcy: 1\n   | ^\n help: begin with version: 1\np.yaml:1:1: unknown key \"polcy\" in the policy\n 1 | polcy: 1\n   | ^^^^^\n help: did you mean policy?"},
	} {
		_, err := policy.Parse("p.yaml", []byte(c.data))
		if err == nil || err.Error() != c.want {
			t.Errorf("%s: got\n%v\nwant\n%s", c.name, err, c.want)
		}
	}
}

// Errors are told all at once, but not without end.
func TestParseErrorsAreBounded(t *testing.T) {
	_, err := policy.Parse("p.yaml", []byte("version: 1\npolicy: {allow: ["+strings.Repeat("x, ", 1000)+"]}"))
	var all policy.Diagnostics
	if !errors.As(err, &all) || len(all) != 50 || !strings.Contains(all[49].Help, "and 950 more errors in this file") {
		t.Errorf("%d errors, the last with %q", len(all), all[len(all)-1].Help)
	}
}

// Every entry keeps its line to be shown, but not one that holds all the others: that would be quadratic.
func TestParseLongLine(t *testing.T) {
	f, err := policy.Parse("p.yaml", []byte("version: 1\npolicy:\n  deny: [ISC]\n  allow: ["+strings.Repeat("MIT, ", 100_000)+"]\n"))
	if err != nil || len(f.Policy.Entries) != 100_001 {
		t.Fatal(err)
	}
	if short, long := f.Policy.Entries[0].Found, f.Policy.Entries[1].Found; short.Line != "  deny: [ISC]" || long.Line != "" || long.Span.Line != 4 {
		t.Errorf("%+v, %+v", short, long)
	}
}

// FuzzParse: no bytes make Parse panic, and every error has a place in the file.
func FuzzParse(f *testing.F) {
	for _, pattern := range []string{"*.txtar", "parse/*.txtar"} {
		names, err := filepath.Glob("../../testdata/policy/" + pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, name := range names {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				f.Fatal(err)
			}
			if i := slices.IndexFunc(archive.Files, func(a txtar.File) bool { return a.Name == "licet.yaml" }); i >= 0 {
				f.Add(archive.Files[i].Data)
			}
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := policy.Parse("p.yaml", data)
		if err == nil {
			if file.Facts == nil {
				t.Error("no facts")
			}
			return
		}
		var all policy.Diagnostics
		if !errors.As(err, &all) || len(all) == 0 {
			t.Fatalf("not diagnostics: %v", err)
		}
		lines := strings.Count(string(data), "\n") + 1
		for _, d := range all {
			if d.Span.Path != "p.yaml" || d.Msg == "" || d.Span.Line < 1 || d.Span.Line > lines || d.Span.Start > d.Span.End || d.Span.End > len(data) {
				t.Errorf("%+v in a file of %d lines and %d bytes", d, lines, len(data))
			}
			_ = d.String()
		}
	})
}
