package scan

import (
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/pkg/spdx"
)

// owners finds the components whose files lie at a path of the target: those of the nearest folder above
// it that is some component's own.
type owners map[string][]sbom.ID

func ownersOf(graph *sbom.Document) owners {
	o := owners{}
	for _, c := range graph.Components {
		o.add(c)
	}
	return o
}

// add notes the folders of the target in which the component's files lie.
func (o owners) add(c sbom.Component) {
	for _, occ := range c.Occurrences {
		if root, _ := source.SplitRoot(occ.Dir); root == "" && occ.Dir != "" {
			o[occ.Dir] = append(o[occ.Dir], c.ID)
		}
	}
}

// of gives the nearest folder with an owner, or "." if none has one.
func (o owners) of(p string) (dir string, ids []sbom.ID) {
	for dir = path.Dir(p); ; dir = path.Dir(dir) {
		if ids, ok := o[dir]; ok || dir == "." {
			return dir, ids
		}
	}
}

// assign gives every statement found in the target to the component whose file it stands in. A folder
// with a license of its own that no manifest explains, an island, becomes a component first: someone
// else's code that was copied in.
func (s *scanner) assign(m *met, graph *sbom.Document) sbom.Fragment {
	o := ownersOf(graph)
	var out sbom.Fragment
	for _, island := range s.islands(m, o) {
		out.Components = append(out.Components, island.component)
		out.Relationships = append(out.Relationships, island.edge)
		o[island.dir] = []sbom.ID{island.component.ID}
	}
	for i := range m.files {
		f := &m.files[i]
		dir, ids := o.of(f.Path)
		if len(ids) == 0 {
			continue
		}
		f.Owner = ids[0]
		claims := s.claimsFor(f, dir)
		for _, id := range ids {
			out.Components = append(out.Components, component(id, dir, claims, f.Copyrights))
		}
	}
	out.Components = append(out.Components, inherit(m, graph, o)...)
	return out
}

// claimsFor gives the claims of a file with the role that it plays in its component, curated where the
// facts correct them.
func (s *scanner) claimsFor(f *sbom.FileFacts, dir string) []sbom.Claim {
	role := roleIn(relative(f.Path, dir))
	if f.Class != "" && role == sbom.RoleFile {
		role = sbom.RoleAside
	}
	for i := range f.Claims {
		f.Claims[i].Role = role
	}
	out := slices.Clone(f.Claims)
	for i, c := range out {
		out[i] = s.curate(f.Path, c)
	}
	return out
}

// curate replaces what was detected by what a named person concluded of the same passage.
func (s *scanner) curate(p string, c sbom.Claim) sbom.Claim {
	for _, cur := range s.Facts.Curations {
		same := cur.Detected.IsNoAssertion() || cur.Detected.Equal(c.Expr)
		holds := cur.Region == "" || slices.ContainsFunc(c.Evidence, func(e sbom.Evidence) bool { return e.Text == cur.Region })
		if cur.Path != p || !same || !holds {
			continue
		}
		c.Expr, c.Kind = cur.Concluded, "curated"
		c.Raw = strings.TrimSpace(cur.By + ": " + cur.Reason)
		c.Evidence = append(slices.Clip(c.Evidence), sbom.Evidence{Span: cur.Found, Rule: "curation"})
		return c
	}
	return c
}

func relative(p, dir string) string {
	if dir == "." {
		return p
	}
	return strings.TrimPrefix(p, dir+"/")
}

// island is a folder with a license of its own.
type island struct {
	dir       string
	component sbom.Component
	edge      sbom.Relationship
}

// islands finds the folders that have license files of their own, that no component owns, and whose
// license is another than that of the component around them. A copy of the same license is the habit of
// many repositories and tells nothing.
func (s *scanner) islands(m *met, o owners) []island {
	texts := map[string][]spdx.Expr{} // by folder, what its license files say
	places := map[string]source.Span{}
	for _, f := range m.files {
		if f.Class != "" || detect.RoleOf(f.Path) != sbom.RoleLicenseFile || len(f.Claims) == 0 {
			continue
		}
		dir := path.Dir(f.Path)
		if isTextFolder(dir) {
			dir = path.Dir(dir)
		}
		if _, ok := places[dir]; !ok {
			places[dir] = f.Claims[0].Evidence[0].Span
		}
		for _, c := range f.Claims {
			texts[dir] = append(texts[dir], c.Expr.Normal())
		}
	}
	var out []island
	for dir, exprs := range texts {
		around, ids := o.of(dir + "/x")
		if around == dir || len(ids) == 0 || subset(exprs, texts[around]) {
			continue
		}
		name := path.Base(dir)
		out = append(out, island{
			dir: dir,
			component: sbom.Component{
				ID: sbom.ID("file:" + dir + "#" + name + "@"), Name: name, Type: sbom.TypeLibrary,
				Origin: sbom.OriginVendored, Occurrences: []sbom.Occurrence{{Dir: dir, Found: []source.Span{places[dir]}}},
			},
			edge: sbom.Relationship{
				From: ids[0], To: sbom.ID("file:" + dir + "#" + name + "@"), Kind: sbom.Contains,
				Scope: sbom.Runtime, Found: []source.Span{places[dir]},
			},
		})
	}
	return out
}

// subset reports whether every expression of a is one of b.
func subset(a, b []spdx.Expr) bool {
	for _, e := range a {
		if !slices.ContainsFunc(b, e.Equal) {
			return false
		}
	}
	return true
}

// inherit gives a root without any statement of its own the license files of the folder above it: one
// LICENSE at the top of a repository speaks for all its projects.
func inherit(m *met, graph *sbom.Document, o owners) []sbom.Component {
	spoken := map[sbom.ID]bool{}
	for _, c := range graph.Components {
		spoken[c.ID] = len(c.Claims) > 0
	}
	texts := map[string][]sbom.Claim{}
	for _, f := range m.files {
		dir, ids := o.of(f.Path)
		for _, id := range ids {
			spoken[id] = spoken[id] || len(f.Claims) > 0
		}
		if roleIn(relative(f.Path, dir)) == sbom.RoleLicenseFile {
			texts[dir] = append(texts[dir], f.Claims...)
		}
	}
	var out []sbom.Component
	for _, id := range graph.Roots {
		c := graph.Component(id)
		if c == nil || spoken[id] {
			continue
		}
		for _, occ := range c.Occurrences {
			for dir := occ.Dir; dir != "." && dir != ""; {
				dir, _ = o.of(dir)
				if claims := texts[dir]; len(claims) > 0 {
					out = append(out, component(id, occ.Dir, claims, nil))
					break
				}
			}
		}
	}
	return out
}
