package verify_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/pkg/verify"
)

// doc reads "root; purl [scope]; ..." as a document whose first component is the root and needs the others.
func doc(s string) *sbom.Document {
	var f sbom.Fragment
	for part := range strings.SplitSeq(s, "; ") {
		words := strings.Fields(part)
		c := sbom.Component{ID: sbom.ID(words[0]), Name: words[0], Origin: sbom.OriginManifest, Occurrences: []sbom.Occurrence{{Found: []source.Span{{Path: "list", Line: 1}}}}}
		if rest, ok := strings.CutPrefix(words[0], "pkg:"); ok {
			c.PURL, c.Name = words[0], rest[strings.IndexByte(rest, '/')+1:]
			c.Name, c.Version, _ = strings.Cut(c.Name, "@")
		} else {
			_, c.Version, _ = strings.Cut(c.Name, "@")
		}
		f.Components = append(f.Components, c)
		if len(f.Components) > 1 {
			scope := sbom.Runtime
			if len(words) > 1 {
				scope = sbom.Scope(words[1])
			}
			f.Relationships = append(f.Relationships, sbom.Relationship{From: f.Components[0].ID, To: c.ID, Scope: scope})
		}
	}
	d := sbom.Merge([]sbom.ID{f.Components[0].ID}, f)
	d.Resolve()
	return d
}

func TestCompare(t *testing.T) {
	for _, c := range []struct {
		name, built, inventory string
		want                   []string
		exit                   int
	}{
		{"the same", "file:.#x@; pkg:golang/app@v1; pkg:golang/a@v1", "pkg:golang/app; pkg:golang/a@v1?type=module",
			[]string{"same pkg:golang/a@v1", "same pkg:golang/app@v1"}, 0},
		{"not listed", "r; pkg:golang/a@v1; pkg:golang/b@v1", "r; pkg:golang/a@v1", []string{"same pkg:golang/a@v1", "unlisted pkg:golang/b@v1"}, 1},
		{"another version", "r; pkg:npm/%40x/a@2", "r; pkg:npm/%40x/a@1; pkg:npm/%40x/a@3", []string{"another-version pkg:npm/%40x/a@2 1,3"}, 1},
		{"absent, and what does not ship", "r; pkg:npm/a@1", "r; pkg:npm/a@1; pkg:npm/b@1; pkg:npm/t@1 test; pkg:npm/o@1 optional",
			[]string{"same pkg:npm/a@1", "absent pkg:npm/b@1"}, 0},
		{"it tells nothing", "r", "r; pkg:deb/debian/libc6@2", []string{"gap the artifact does not tell what it is made of"}, 3},
		{"it tells nothing of some", "r; pkg:golang/a@v1", "r; pkg:golang/a@v1; pkg:npm/b@1; pkg:npm/t@1 test",
			[]string{"same pkg:golang/a@v1", "gap the artifact tells nothing of type npm, of which the inventory ships 1 component"}, 3},
		{"no version", "pkg:golang/a", "r; pkg:golang/a@v1", []string{"gap the artifact does not tell the version of pkg:golang/a"}, 3},
		{"only asked for", "r; pkg:pypi/a@1; pkg:pypi/b", "r; pkg:pypi/a@1", []string{"same pkg:pypi/a@1"}, 0},
		{"no purl", "r; pkg:maven/g/a@1; file:lib#b@1", "r; pkg:maven/g/a@1", []string{"same pkg:maven/g/a@1", "gap 1 component of the artifact bear no name"}, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := verify.Compare(doc(c.built), doc(c.inventory))
			var got []string
			for _, id := range r.Same {
				got = append(got, "same "+id)
			}
			for _, d := range r.Differences {
				got = append(got, strings.TrimSpace(fmt.Sprintf("%s %s %s", d.Kind, d.PURL, strings.Join(d.Others, ","))))
			}
			for _, g := range r.Gaps {
				got = append(got, "gap "+g.Why)
			}
			if !slices.EqualFunc(got, c.want, strings.HasPrefix) || r.Exit(false, false) != c.exit {
				t.Errorf("exit %d: %q, want %d: %q", r.Exit(false, false), got, c.exit, c.want)
			}
		})
	}
}

// TestGaps: what either side could not read counts, that a license is not at hand does not.
func TestGaps(t *testing.T) {
	built, inventory := doc("r; pkg:npm/a@1"), doc("r; pkg:npm/a@1")
	inventory.Gaps = []sbom.Gap{{Kind: sbom.Unavailable, Components: []sbom.ID{"pkg:npm/a@1"}, Material: true, Why: "no license"}}
	if r := verify.Compare(built, inventory); r.Exit(false, false) != 0 || len(r.Gaps) > 0 {
		t.Errorf("%+v", r)
	}
	built.Gaps = []sbom.Gap{{Kind: sbom.Lost, Material: true, Why: "cut"}}
	r := verify.Compare(built, inventory)
	if r.Exit(false, false) != 3 || r.Exit(true, false) != 0 || r.Gaps[0].Reader != "the artifact" {
		t.Errorf("%+v", r)
	}
}
