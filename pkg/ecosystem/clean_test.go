package ecosystem_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// TestClean holds that nothing of what a report shows obeys a stranger, and that what belongs together stays so.
func TestClean(t *testing.T) {
	const odd = "a\x1b[31m\u202eb\u009b\x00\xff\u2028\ufeffc"
	const shown = `a\x1b[31m\u202eb\u009b\x00\xff\u2028\ufeffc`
	at := source.Span{Path: "lock", Line: 3}
	f := sbom.Fragment{
		Roots: []sbom.ID{odd},
		Components: []sbom.Component{
			{
				ID: odd, PURL: odd, Name: odd, Version: odd, Supplier: odd, Homepage: "https://u:p@host.example/", Source: odd,
				Occurrences: []sbom.Occurrence{{Found: []source.Span{at}}},
				Claims:      []sbom.Claim{{Raw: odd + "\n\tb"}}, Copyrights: []sbom.Copyright{{Text: odd, Holder: odd}},
			},
			{ID: "b", Name: "Zoë 名 \U0001F600", Supplier: "a\u200db", Version: "1\n2"},
			{ID: "c", Name: "c", Version: "1"},
		},
		Relationships: []sbom.Relationship{{From: odd, To: "c", Requirement: odd}},
		Uses:          []sbom.Use{{Component: odd, Because: odd}},
		Gaps:          []sbom.Gap{{Why: odd + "\n\tb", Next: odd, Components: []sbom.ID{odd, "c"}}},
	}
	ecosystem.Clean("test", &f)
	for _, s := range []string{fmt.Sprintf("%v", f)} {
		if i := strings.IndexFunc(strings.ReplaceAll(s, "\n\tb", ""), unicode.IsControl); i >= 0 || strings.Contains(s, "\u202e") || strings.Contains(s, "u:p@") {
			t.Errorf("a control character or a secret at %d of %q", i, s)
		}
	}
	c := f.Components[0]
	for _, s := range []string{string(c.ID), c.PURL, c.Name, c.Source, f.Relationships[0].Requirement, string(f.Relationships[0].From), string(f.Roots[0]), string(f.Uses[0].Component), string(f.Gaps[0].Components[0])} {
		if s != shown {
			t.Errorf("got %q, want %q", s, shown)
		}
	}
	if got, want := c.Claims[0].Raw, shown+"\n\tb"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := f.Gaps[0].Why, shown+"  b"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if b := f.Components[1]; b.Name != "Zoë 名 \U0001F600" || b.Supplier != "a\u200db" || b.Version != "1 2" {
		t.Errorf("got %+v", b)
	}
	if len(f.Gaps) != 2 || f.Gaps[1].Span != at || !f.Gaps[1].Material || len(f.Gaps[1].Components) != 2 {
		t.Errorf("the gap of odd names: %+v", f.Gaps)
	}
	plain := sbom.Fragment{Components: []sbom.Component{{ID: "c", Name: "c", Version: "1"}}}
	if ecosystem.Clean("test", &plain); len(plain.Gaps) > 0 {
		t.Errorf("a gap of names in which nothing is odd: %+v", plain.Gaps)
	}
}
