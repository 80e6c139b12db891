package scan_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/ecosystem/rubygems"
	"github.com/licet/licet/pkg/known"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/scan"
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/pkg/spdx"
)

// stub is a source with the same answer for all: a gap, or the word of somebody.
type stub struct {
	gap   sbom.GapKind
	word  string
	asked []known.Asked
}

func (s *stub) Look(_ context.Context, asked []known.Asked) (out known.Answer, err error) {
	s.asked = asked
	for _, a := range asked {
		if s.gap != "" {
			out.Gaps = append(out.Gaps, sbom.Gap{Kind: s.gap, Why: "stub", Components: []sbom.ID{sbom.ID(a.PURL)}})
		}
		if s.word == "" {
			continue
		}
		expr, err := spdx.Parse(s.word)
		if err != nil {
			return out, err
		}
		dir := known.Home(a.PURL)
		out.Packages = append(out.Packages, known.Package{PURL: a.PURL, Named: true, Dir: dir, Claims: []sbom.Claim{{
			Basis: sbom.Declared, Kind: sbom.KindSupplied, Role: sbom.RoleManifest, Expr: expr, Raw: s.word, Evidence: []sbom.Evidence{{Span: source.Span{Path: dir + "/x"}}},
		}}})
	}
	return out, nil
}

func (s *stub) Inputs() []sbom.Input  { return nil }
func (s *stub) Assumptions() []string { return nil }

var pinned = fstest.MapFS{
	"package.json":      {Data: []byte(`{"name": "app", "version": "1.0.0", "license": "MIT", "dependencies": {"x": "1.0.0"}}`)},
	"package-lock.json": {Data: []byte(`{"name": "app", "version": "1.0.0", "lockfileVersion": 3, "packages": {"": {"name": "app", "version": "1.0.0", "dependencies": {"x": "1.0.0"}}, "node_modules/x": {"version": "1.0.0", "integrity": "sha512-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="}}}`)},
}

// TestHearsay: somebody's word fills in what is not at hand, tells where it is from, and takes no gap away that says more.
func TestHearsay(t *testing.T) {
	gaps := func(d *sbom.Document) (out []string) {
		for _, g := range d.Gaps {
			out = append(out, string(g.Kind)+" "+g.Why)
		}
		return out
	}
	d := recalled(t, pinned, nil, &stub{gap: sbom.Unavailable}, &stub{word: "ISC"})
	c := d.Component("pkg:npm/x@1.0.0")
	if c == nil || c.Concluded.Row != "supplied" || c.Concluded.Expr.String() != "ISC" || len(d.Gaps) != 0 {
		t.Errorf("%+v, gaps %q", c, gaps(d))
	}
	d = recalled(t, pinned, nil, &stub{gap: sbom.Lost}, &stub{word: "ISC"})
	if got := gaps(d); !slices.Equal(got, []string{"lost stub"}) {
		t.Errorf("that other bytes came is said no more: %q", got)
	}
	loose := fstest.MapFS{"package.json": pinned["package.json"]} // without a lockfile what x needs is unknown
	before := gaps(recalled(t, loose, nil))
	after := recalled(t, loose, nil, &stub{word: "ISC"})
	if got := gaps(after); len(before) != 1 || len(got) != 1 || !strings.HasPrefix(got[0], before[0]) {
		t.Errorf("gaps %q, before %q", got, before)
	}
	module := fstest.MapFS{ // what x needs stands in its go.mod, and the word is about its license
		"go.mod": {Data: []byte("module corp.example/app\n\ngo 1.21\n\nrequire x.example/x v1.0.0\n")},
		"go.sum": {Data: []byte("x.example/x v1.0.0 h1:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbba=\nx.example/x v1.0.0/go.mod h1:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbba=\n")},
	}
	if got := gaps(recalled(t, module, nil, &stub{word: "ISC"})); !slices.ContainsFunc(got, func(g string) bool { return strings.Contains(g, "the module graph below") }) {
		t.Errorf("gaps %q", got)
	}
	gems := fstest.MapFS{
		"Gemfile":      {Data: []byte("source \"https://a.example/\"\ngem \"a\"\n")},
		"Gemfile.lock": {Data: []byte("GEM\n  remote: https://a.example/\n  specs:\n    a (1.0.0)\n\nGEM\n  remote: https://b.example/\n  specs:\n    b (1.0.0)\n\nGIT\n  remote: https://git.example/c\n  revision: 0123456789012345678901234567890123456789\n  specs:\n    c (1.0.0)\n\nDEPENDENCIES\n  a\n  b!\n  c!\n")},
	}
	word := &stub{word: "ISC"}
	if _, err := scan.Run(t.Context(), source.FS(gems), scan.Options{Ecosystems: []*ecosystem.Ecosystem{rubygems.Ecosystem}, Known: []known.Source{word}}); err != nil {
		t.Fatal(err)
	}
	if len(word.asked) != 3 || word.asked[0].Source != "https://a.example/" || !slices.Equal(word.asked[1].Sources, []string{"https://a.example/", "https://b.example/"}) {
		t.Errorf("asked %+v", word.asked)
	}
}
