package scan

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// A bill of materials that lies in a tree is what somebody says of it, or of something that was copied there. What it lists
// joins what the manifests and files say by its purl. Three things keep it from doubling or overriding these: its subject is
// the project where it bears its name, and no root in any case, for a root is one's own; of a component that others tell of it
// says nothing but where it names it and its claims; and between two of those it draws no edge, since most documents do not
// say for what something is needed. One that lies among tests, examples or documents is a sample, or was published there: it
// is about nothing that ships, and a gap that is not material says that it was left out.
//
// As the target itself it is what there is, and its subject the root.

// supply takes from the bills of materials what the tree knows better.
func (s *scanner) supply(projects []project, files int) {
	for _, p := range projects {
		if p.isSupplied() {
			s.hearsay[p.files[0]] = true
		}
	}
	if len(projects) == 1 && files == len(projects[0].files) && projects[0].isSupplied() {
		projects[0].whole = true
		return
	}
	known := map[sbom.ID]bool{s.treeRoot().ID: true}
	named := map[string][]sbom.ID{}
	for _, p := range projects {
		if p.isSupplied() {
			continue
		}
		for _, c := range p.Components {
			known[c.ID] = true
			for _, name := range []string{fullName(c), strings.ToLower(c.Name)} {
				if p.isRoot(c.ID) && !slices.Contains(named[name], c.ID) {
					named[name] = append(named[name], c.ID)
				}
			}
		}
	}
	var aside []string
	own, dependencies, _ := foldersOf(slices.DeleteFunc(slices.Clone(projects), func(p project) bool { return p.isSupplied() }))
	for i := range projects {
		switch p := &projects[i]; {
		case !p.isSupplied():
		case s.classBelow(p.files[0], own) != "":
			aside = append(aside, p.files[0])
			p.Fragment, p.sites = sbom.Fragment{}, nil
		default:
			s.yield(p, named, own, dependencies, known)
			p.hang(own, dependencies)
		}
	}
	if len(aside) > 0 {
		slices.Sort(aside)
		projects[0].Gaps = append(projects[0].Gaps, sbom.Gap{
			Kind: sbom.Unsupported, Span: source.Span{Path: aside[0]}, Reader: "walk",
			Why:  sbom.Plural(len(aside), "bill") + " of materials among tests, examples or documents: what they list is no part of the inventory",
			Next: "state what they are for under `paths` if they are about something that ships",
		})
	}
}

// isSupplied reports whether the project is a bill of materials that was read.
func (p *project) isSupplied() bool {
	return slices.ContainsFunc(p.Components, func(c sbom.Component) bool { return c.Origin == sbom.OriginSBOM })
}

// others are the roots that are the subjects of a document which is the whole target, and are not called as the project of which
// the facts speak: what they state of their project's license is not stated of a supplier's.
func (s *scanner) others(projects []project) map[sbom.ID]bool {
	out := map[sbom.ID]bool{}
	for _, p := range projects {
		for _, c := range p.Components {
			if p.whole && !strings.EqualFold(c.Name, s.Facts.Project.Name) {
				out[c.ID] = true
			}
		}
	}
	return out
}

// fullName is by what a project is told from others whatever its version: its purl, or its name.
func fullName(c sbom.Component) string {
	if c.PURL == "" {
		return strings.ToLower(c.Name)
	}
	purl, _, _ := strings.Cut(c.PURL, "?")
	if at := strings.LastIndexByte(purl, '@'); at > strings.LastIndexByte(purl, '/') {
		purl = purl[:at]
	}
	return purl
}

// yield makes the document's subject the project that it is, or, where it is but a frame, the project around it, and leaves
// of what others tell as well only the places and the claims.
func (s *scanner) yield(p *project, named map[string][]sbom.ID, own, dependencies owners, known map[sbom.ID]bool) {
	isSubject, is := map[sbom.ID]bool{}, map[sbom.ID]sbom.ID{}
	for _, id := range p.Roots {
		isSubject[id] = true
	}
	p.Roots, p.known, p.about = nil, known, isSubject
	around := s.beside(p, own, dependencies)
	for i, c := range p.Components {
		if around != "" {
			is[c.ID] = around
		} else if isSubject[c.ID] {
			if to := s.projectOf(c, path.Dir(p.files[0]), named, own); to != "" {
				is[c.ID] = to
			}
		}
		if known[c.ID] {
			p.Components[i] = sbom.Component{ID: c.ID, Occurrences: c.Occurrences, Claims: c.Claims, Copyrights: c.Copyrights}
		}
	}
	p.Components = slices.DeleteFunc(p.Components, func(c sbom.Component) bool { return is[c.ID] != "" && around == "" })
	for i, c := range p.Components {
		if is[c.ID] != "" { // what it says is said of the project
			p.Components[i] = sbom.Component{ID: is[c.ID], Claims: c.Claims, Copyrights: c.Copyrights}
		}
	}
	for i, e := range p.Relationships {
		p.Relationships[i].From, p.Relationships[i].To = cmp.Or(is[e.From], e.From), cmp.Or(is[e.To], e.To)
	}
	p.Relationships = slices.DeleteFunc(p.Relationships, func(e sbom.Relationship) bool { return e.From == e.To || known[e.From] && known[e.To] })
	for _, g := range p.Gaps {
		for k, id := range g.Components {
			g.Components[k] = cmp.Or(is[id], id)
		}
	}
	p.locate(func(string) bool { return false })
}

// listed is how many things a bill of materials lists, without the frame of one that is about nothing in particular.
func (p *project) listed() (n int) {
	for _, c := range p.Components {
		if c.Origin == sbom.OriginSBOM {
			n++
		}
	}
	return n
}

// beside is what a document is about that lists one thing and is called as a license file is: what lies in its folder, whatever the document calls
// that. It is "" for any other document.
func (s *scanner) beside(p *project, own, dependencies owners) sbom.ID {
	name, ok := strings.CutSuffix(path.Base(p.files[0]), ".spdx")
	if !ok || detect.RoleOf(name) != sbom.RoleLicenseFile || p.listed() != 1 {
		return ""
	}
	dir := source.Dir(p.files[0])
	for _, o := range []owners{dependencies, own} {
		if at, ids := o.of(source.Join(dir, "x")); at == dir && len(ids) > 0 {
			return slices.Min(ids)
		}
	}
	if dir == "." {
		return s.treeRoot().ID
	}
	return ""
}

// projectOf is the project that the subject of a document in that folder is: the one with its purl or name, or where no
// manifest names any, the one that the facts call so. A frame is the one around it.
func (s *scanner) projectOf(c sbom.Component, dir string, named map[string][]sbom.ID, own owners) sbom.ID {
	tree := s.treeRoot().ID
	for _, name := range []string{fullName(c), strings.ToLower(c.Name)} {
		if to := named[name]; len(to) == 1 {
			return to[0]
		}
	}
	stated := s.Facts.Project.Name
	isFrame := c.Origin == sbom.OriginUnknown
	if len(named) == 0 && (isFrame || stated != "" && strings.EqualFold(c.Name, stated)) {
		return tree
	}
	if _, ids := own.of(source.Join(dir, "x")); isFrame && len(ids) > 0 {
		return slices.Min(ids)
	}
	return ""
}

// hang makes what nothing leads to a part of the dependency in whose folder the document lies.
func (p *project) hang(own, dependencies owners) {
	file := p.files[0]
	inside, owner := dependencies.of(file)
	around, _ := own.of(file)
	if len(owner) == 0 || len(inside) <= len(around) {
		return
	}
	held := map[sbom.ID]bool{}
	for _, e := range p.Relationships {
		held[e.To] = true
	}
	for _, c := range p.Components {
		if (!held[c.ID] || p.about[c.ID]) && !p.known[c.ID] {
			p.Relationships = append(p.Relationships, sbom.Relationship{
				From: slices.Min(owner), To: c.ID, Kind: sbom.Contains, Scope: sbom.Runtime, Found: []source.Span{p.sites[c.ID].found},
			})
		}
	}
}
