package maven

import (
	"iter"
	"maps"
	"path"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/source"
)

// gav are the coordinates of an artifact: groupId, artifactId, version.
type gav struct{ group, name, version string }

func (c gav) ga() string { return c.group + ":" + c.name }

func (c gav) String() string { return c.ga() + ":" + c.version }

// pom is one POM as it is written.
type pom struct {
	file     string // as spans write it
	dir      string // its folder
	top      doc.Node
	own      gav // group and version may be the parent's; nothing is filled in
	parent   gav // zero if there is none
	props    map[string]string
	profiles []doc.Node // those that are active
	resting  []doc.Node // the others, if they have dependencies
	rules    *management
	deps     []*declaration
	read     bool // deps are filled in
}

// newPOM takes a document apart. The element project is looked for at the top.
func newPOM(file string, d *doc.Doc) *pom {
	top := d.Root().Get("project")
	p := &pom{file: file, dir: source.Dir(file), top: top, props: map[string]string{}}
	p.own = gav{top.Get("groupId").Text(), top.Get("artifactId").Text(), top.Get("version").Text()}
	if up := top.Get("parent"); up.Len() > 0 {
		p.parent = gav{up.Get("groupId").Text(), up.Get("artifactId").Text(), up.Get("version").Text()}
	}
	if p.own.group == "" {
		p.own.group = p.parent.group
	}
	if p.own.version == "" {
		p.own.version = p.parent.version
	}
	p.activate()
	for _, part := range p.parts() {
		for k, v := range part.Get("properties").Members() {
			p.props[k.Text()] = v.Text()
		}
	}
	return p
}

// activate sorts the profiles: a property that must not be set is not set by default; where no profile of the POM is
// active by such a condition, those are that say activeByDefault.
func (p *pom) activate() {
	var byDefault, inactive []doc.Node
	for profile := range children(p.top.Get("profiles"), "profile") {
		on := profile.Get("activation")
		property := on.Get("property")
		switch {
		case strings.HasPrefix(property.Get("name").Text(), "!") && property.Get("value").Text() == "":
			p.profiles = append(p.profiles, profile)
		case on.Get("activeByDefault").Text() == "true":
			byDefault = append(byDefault, profile)
		default:
			inactive = append(inactive, profile)
		}
	}
	if len(p.profiles) == 0 {
		p.profiles = byDefault
	} else {
		inactive = append(inactive, byDefault...)
	}
	for _, profile := range inactive {
		if profile.Get("dependencies").Len() > 0 {
			p.resting = append(p.resting, profile)
		}
	}
}

// parts are the project and its active profiles, of which the later ones win.
func (p *pom) parts() []doc.Node { return append([]doc.Node{p.top}, p.profiles...) }

// at is the place that speaks for the POM: its artifactId.
func (p *pom) at() source.Span {
	if n := p.top.Get("artifactId"); n.Text() != "" {
		return n.Span()
	}
	return source.Span{Path: p.file}
}

// parentFile is where the parent should lie in the target: relativePath names a file or a folder, "../pom.xml" if it is
// not given; "" if it is given and empty, for then the parent is no part of the tree.
func (p *pom) parentFile() string {
	rel := "../pom.xml"
	if n := p.top.Get("parent").Get("relativePath"); n.Kind() != doc.Missing {
		if rel = n.Text(); rel == "" {
			return ""
		}
	}
	return pomAt(path.Join(p.dir, strings.ReplaceAll(rel, `\`, "/")))
}

// pomAt is the POM that a path means: itself, or the pom.xml in the folder.
func pomAt(p string) string {
	if ext := path.Ext(p); ext == ".xml" || ext == ".pom" {
		return p
	}
	return path.Join(p, "pom.xml")
}

// children yields the elements of this name in a list.
func children(list doc.Node, name string) iter.Seq[doc.Node] {
	return func(yield func(doc.Node) bool) {
		for k, v := range list.Members() {
			if k.Text() == name && !yield(v) {
				return
			}
		}
	}
}

func keys[V any](m map[string]V) iter.Seq[string] { return maps.Keys(m) }
