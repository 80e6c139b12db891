package scan

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/pkg/vendored"
	"github.com/licet/licet/rules"
)

// One file may be a library of its own, or hold several that a bundler put into it. Its banners say so, and what is stated in
// one of them is stated of that library: the MIT of a bundled one is not the project's, and its missing license is not made
// good by the project's.

// piece is a part of a file that is a library's.
type piece struct {
	at source.Span
	id sbom.ID
}

// keepBanners notes the banners of a window that begin before end.
func (r *reader) keepBanners(data []byte, end int, at place) {
	if r.unhashed || !vendored.MayHaveBanners(r.out.facts.Path) {
		return
	}
	for _, b := range vendored.Banners(r.out.facts.Path, data) {
		if b.At.Start < end {
			b.Whole = b.Whole && at.start == 0
			b.At = at.shift(b.At)
			r.out.banners = append(r.out.banners, b)
		}
	}
}

// telling leaves out the plain banner of a file that says neither whose it is nor under which terms, and lies where one's own code
// does: /* lexer.c 1.4 */ is how some people head their own files, and the license of the project is theirs.
func telling(list []vendored.Banner, f *sbom.FileFacts) []vendored.Banner {
	if len(list) == 0 || len(f.Claims)+len(f.Copyrights) > 0 {
		return list
	}
	if _, amongCopies := vendored.Below(f.Path); amongCopies {
		return list
	}
	return slices.DeleteFunc(list, func(b vendored.Banner) bool { return b.Plain })
}

// addPieces makes components of the libraries that banners name, but for those whose file is a part of that library anyway.
func (a *assignment) addPieces(m *met, graph *sbom.Document) {
	known := a.named(graph)
	a.pieces = map[string][]piece{}
	var whole []sbom.Component
	for _, b := range m.banners {
		p := b.At.Path
		dir, ids := a.of(p)
		inPackage := installed(p) || filled(dir+"/") // and not beside them: public/vendor/jquery.min.js
		if len(ids) == 0 || a.class(p, dir) != "" || inPackage || sitePackages(p) != "" || a.read[p] || a.own.HasPath(p) {
			continue
		}
		if known.isOwn(b.Name, ids) || known.isOwn(b.Title, ids) {
			continue
		}
		c := known.component(b, dir)
		a.out.Components = append(a.out.Components, c)
		for _, id := range ids {
			if id != c.ID {
				a.out.Relationships = append(a.out.Relationships, sbom.Relationship{
					From: id, To: c.ID, Kind: sbom.Contains, Scope: sbom.Runtime, Linkage: linkageOf(c.Origin), Found: []source.Span{b.At},
				})
			}
		}
		if b.Whole {
			whole = append(whole, c)
		} else {
			a.pieces[p] = append(a.pieces[p], piece{b.At, c.ID})
		}
	}
	for _, c := range whole { // only now: a file is no folder in which others lie
		a.add(c)
	}
}

func linkageOf(o sbom.Origin) sbom.Linkage {
	if o == sbom.OriginBundled {
		return sbom.Bundled
	}
	return ""
}

// ofPiece gives what was found at a place of a file to the library that the place is of, if it is of one.
func (a *assignment) ofPiece(file string, at source.Span, found sbom.Component) bool {
	if at.Path != file {
		return false
	}
	list := a.pieces[file] // in the order of the file
	i, _ := slices.BinarySearchFunc(list, at.Start, func(p piece, start int) int { return cmp.Compare(p.at.End, start+1) })
	if i == len(list) || at.Start < list[i].at.Start {
		return false
	}
	found.ID, found.Occurrences = list[i].id, []sbom.Occurrence{{Found: []source.Span{list[i].at}}}
	if len(found.Claims) > 0 {
		found.Occurrences[0].Claims = []int{0}
		if found.Claims[0].Role == sbom.RoleNotice { // of the project, to which the library is a part
			found.Claims[0].Role = sbom.RoleFile
		}
	}
	a.out.Components = append(a.out.Components, found)
	return true
}

// names are the packages that the manifests name, by which banners are understood.
type names struct {
	roots    map[string]bool // what the roots are called, as it is compared
	isRoot   map[sbom.ID]bool
	packages map[string][]*sbom.Component // of npm, by their names as they are compared
	all      map[sbom.ID]string
}

func (a *assignment) named(graph *sbom.Document) *names {
	n := &names{roots: map[string]bool{}, isRoot: map[sbom.ID]bool{}, packages: map[string][]*sbom.Component{}, all: map[sbom.ID]string{}}
	for _, id := range graph.Roots {
		n.isRoot[id] = true
	}
	for i := range graph.Components {
		c := &graph.Components[i]
		n.all[c.ID] = c.Name
		if n.isRoot[c.ID] {
			n.addRoot(c.Name)
		}
		if strings.HasPrefix(c.PURL, "pkg:npm/") {
			key := rules.Letters(c.Name)
			n.packages[key] = append(n.packages[key], c)
		}
	}
	for _, c := range a.out.Components {
		n.all[c.ID] = c.Name
	}
	return n
}

// addRoot notes what a project is called: its scope on npm and the last part of its name, each without "lib" before it and the
// language behind it.
func (n *names) addRoot(project string) {
	parts := []string{path.Base(project)}
	if scope, _, ok := strings.Cut(project, "/"); ok && strings.HasPrefix(scope, "@") {
		parts = append(parts, scope)
	}
	for _, part := range parts {
		words := wordsOf(part)
		if last := len(words) - 1; last > 0 && slices.Contains(languages, words[last]) {
			words = words[:last]
		}
		if name := strings.TrimPrefix(strings.Join(words, ""), "lib"); name != "" {
			n.roots[name] = true
		}
	}
}

// languages are the last words of projects' names that only say what they are written in.
var languages = []string{"c", "cpp", "css", "go", "h", "js", "py", "rs"}

// wordsOf are the words of a name, in lower case and without signs.
func wordsOf(name string) []string {
	return strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
}

// isOwn reports whether a library is what owns the file that names it, or a part of a root. A root it is only by whole
// words: vuex is another library than vue, and vue is none of the project vue-app's.
func (n *names) isOwn(library string, owners []sbom.ID) bool {
	return n.isPartOfRoot(library) || slices.ContainsFunc(owners, func(id sbom.ID) bool {
		return !n.isRoot[id] && vendored.Alike(library, path.Base(n.all[id]))
	})
}

// isPartOfRoot reports whether a library that a banner names is a root, or is called after one: react-dom-server of react-dom,
// vue of @vue/core.
func (n *names) isPartOfRoot(library string) bool {
	words := wordsOf(library)
	for i := range words {
		name := strings.TrimPrefix(strings.Join(words[:i+1], ""), "lib")
		if n.roots[name] && (i == len(words)-1 || len(name) > 2) {
			return true
		}
	}
	return false
}

// component is the library of a banner: the package that a manifest names, if it names one of that name and version, else
// a component of its own in the folder of the owner.
func (n *names) component(b vendored.Banner, dir string) sbom.Component {
	c := sbom.Component{Name: b.Name, Version: b.Version, Type: sbom.TypeLibrary, Origin: origin(b), Homepage: b.Homepage}
	c.Occurrences = []sbom.Occurrence{{Found: []source.Span{b.At}}}
	if b.Whole { // of a part the files are elsewhere
		c.Occurrences[0].Dir = b.At.Path
	}
	var same []*sbom.Component
	for _, p := range n.packages[rules.Letters(cmp.Or(b.Package, b.Name))] {
		if (b.Package == "" || b.Package == p.Name) && (b.Version == "" || b.Version == p.Version) {
			same = append(same, p)
		}
	}
	switch {
	case len(same) == 1:
		return sbom.Component{ID: same[0].ID, Origin: same[0].Origin, Occurrences: c.Occurrences}
	case b.Package != "":
		scope, name := path.Split(b.Package)
		c.PURL = ecosystem.PURL("npm", strings.TrimSuffix(scope, "/"), name, b.Version)
	default:
		c.PURL = versioned(b.PURL, b.Version)
	}
	c.ID = cmp.Or(sbom.ID(c.PURL), ecosystem.FolderID(dir, c))
	if b.License != "" {
		c.Claims = detect.Known("supplement:"+b.Name, b.License, b.At)
		for i := range c.Claims {
			c.Occurrences[0].Claims = append(c.Occurrences[0].Claims, i)
		}
	}
	return c
}

// origin is how the library of a banner came there: a file of its own was copied, a part of a program was put in, and one of a script
// was bundled.
func origin(b vendored.Banner) sbom.Origin {
	switch {
	case b.Whole:
		return sbom.OriginVendored
	case vendored.IsProgram(b.At.Path), vendored.IsCredits(b.At.Path):
		return sbom.OriginEmbedded
	}
	return sbom.OriginBundled
}
