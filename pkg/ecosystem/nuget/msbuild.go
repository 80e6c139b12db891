package nuget

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/source"
)

// props is one file of MSBuild: a project, or one that projects import.
type props struct {
	file    string
	top     doc.Node
	values  map[string]string // properties, the names in lower case
	items   []item
	imports []string
}

// item is an element of an ItemGroup, such as a PackageReference.
type item struct {
	kind   string
	what   string // Include, or Update
	update bool
	remove bool
	node   doc.Node
	at     source.Span
}

// get gives an attribute, or the element of that name in the item.
func (i item) get(name string) string {
	if s := i.node.Get("@" + name).Text(); s != "" {
		return s
	}
	return i.node.Get(name).Text()
}

// load reads a file of MSBuild once. One that does not exist has nothing in it.
func (r *reader) load(file string) *props {
	p := r.props[file]
	if p != nil {
		return p
	}
	p = &props{file: file, values: map[string]string{}}
	r.props[file] = p
	if info, err := fs.Stat(r.FS, file); err != nil || !info.Mode().IsRegular() {
		return p
	}
	d, _ := r.Parse(r.FS, file, maxManifest, "mend the file", doc.XML)
	p.top = d.Root().Get("Project")
	p.take(p.top, 0)
	return p
}

// take reads the groups of an element; those within Choose, When, Otherwise and Target too.
func (p *props) take(n doc.Node, depth int) {
	for k, v := range n.Members() {
		switch k.Text() {
		case "PropertyGroup":
			for name, value := range v.Members() {
				key := strings.ToLower(name.Text())
				conditional := v.Get("@Condition").Text()+value.Get("@Condition").Text() != ""
				if _, ok := p.values[key]; (!ok || !conditional) && !strings.HasPrefix(key, "@") {
					p.values[key] = value.Text()
				}
			}
		case "ItemGroup":
			for name, value := range v.Members() {
				p.addItems(name.Text(), value)
			}
		case "Import":
			p.imports = append(p.imports, v.Get("@Project").Text())
		case "Choose", "When", "Otherwise", "ImportGroup":
			if depth < 10 {
				p.take(v, depth+1)
			}
		}
	}
}

// addItems adds an item for each name in the list that Include, Update or Remove is.
func (p *props) addItems(kind string, n doc.Node) {
	for _, verb := range []string{"@Include", "@Update", "@Remove"} {
		list := n.Get(verb)
		for what := range strings.SplitSeq(list.Text(), ";") {
			if what = strings.TrimSpace(what); what != "" {
				p.items = append(p.items, item{kind: kind, what: what, update: verb == "@Update", remove: verb == "@Remove", node: n, at: list.Span()})
			}
		}
	}
}

// maxImports bounds how many files one project may import.
const maxImports = 100

// files are the project file and all that it imports, in the order in which MSBuild reads them: Directory.Build.props of
// the nearest folder above, the project, Directory.Build.targets, Directory.Packages.props.
func (r *reader) files(file string) []*props {
	var out []*props
	seen := map[string]bool{}
	var add func(file string)
	add = func(file string) {
		if file == "" || seen[file] || len(seen) >= maxImports {
			return
		}
		seen[file] = true
		p := r.load(file)
		for _, written := range p.imports {
			add(r.imported(p, written))
		}
		out = append(out, p)
	}
	for _, shared := range []string{sharedFile, centralFile, oldCentral} {
		add(r.above(path.Dir(file), shared))
	}
	add(file)
	add(r.above(path.Dir(file), "Directory.Build.targets"))
	return out
}

// above is the nearest file of that name in a folder or above it, "" if there is none.
func (r *reader) above(dir, name string) string {
	for ; ; dir = path.Dir(dir) {
		file := path.Join(dir, name)
		if info, err := fs.Stat(r.FS, file); err == nil && info.Mode().IsRegular() {
			return file
		}
		if dir == "." || dir == "/" {
			return ""
		}
	}
}

// imported is the file that an import means, "" if that must be computed or leads out of the target. The usual way to
// import the next file above is known: $([MSBuild]::GetPathOfFileAbove('Directory.Build.props', '$(MSBuildThisFileDirectory)../')).
func (r *reader) imported(p *props, written string) string {
	if _, args, ok := strings.Cut(written, "GetPathOfFileAbove("); ok {
		quoted := strings.SplitN(args, "'", 3)
		if len(quoted) < 2 || path.Dir(p.file) == "." {
			return ""
		}
		return r.above(path.Dir(path.Dir(p.file)), path.Base(quoted[1]))
	}
	written = strings.ReplaceAll(written, `\`, "/")
	written = strings.ReplaceAll(written, "$(MSBuildThisFileDirectory)", "./")
	if strings.ContainsAny(written, "$*;") || written == "" || path.IsAbs(written) {
		return ""
	}
	file := path.Join(path.Dir(p.file), written)
	if !fs.ValidPath(file) {
		return ""
	}
	return file
}

// scope is what a project sees: the properties of its files, of which later ones win.
type values []*props

// The limits of properties: how deep they may refer to each other, and how long a value may become, in bytes.
const (
	maxReferences = 20
	maxValue      = 1 << 10
)

// text replaces $(name) in a value. ok is false if something in it is not known.
func (v values) text(s string) (text string, ok bool) {
	budget := 200
	return v.fill(strings.TrimSpace(s), nil, &budget)
}

func (v values) fill(s string, open []string, budget *int) (string, bool) {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(s, "$(")
		b.WriteString(before)
		if !found || b.Len() > maxValue {
			return b.String(), !found
		}
		name, after, closed := strings.Cut(rest, ")")
		name = strings.ToLower(strings.TrimSpace(name))
		value, known := v.lookup(name)
		*budget--
		if !closed || !known || *budget < 0 || len(open) > maxReferences || slices.Contains(open, name) {
			return "", false
		}
		value, known = v.fill(value, append(open, name), budget)
		if !known {
			return "", false
		}
		b.WriteString(value)
		s = after
	}
}

func (v values) lookup(name string) (string, bool) {
	for _, p := range slices.Backward(v) {
		if s, ok := p.values[name]; ok {
			return s, true
		}
	}
	return "", false
}

// first is the value of the first of these properties that has one.
func (v values) first(names ...string) string {
	for _, name := range names {
		if s, ok := v.lookup(strings.ToLower(name)); ok {
			if s, ok = v.text(s); ok && s != "" {
				return s
			}
		}
	}
	return ""
}
