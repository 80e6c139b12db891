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
	file     string
	top      doc.Node
	settings []setting
	items    []item
	imports  []imported
	sdks     []sdk
}

// imported is an element Import.
type imported struct {
	project string
	perhaps bool
}

// item is an element of an ItemGroup, such as a PackageReference.
type item struct {
	kind    string
	what    string // Include, or Update
	update  bool
	remove  bool
	perhaps bool // there is a condition on it

	versions []string // of one that is no element
	node     doc.Node
	at       source.Span
}

// get gives an attribute, or the element of that name in the item.
func (i item) get(name string) string {
	inside := ""
	for k, v := range i.node.Members() {
		switch {
		case !isMetadata(k.Text(), name):
		case strings.HasPrefix(k.Text(), "@") && v.Text() != "":
			return v.Text()
		case inside == "":
			inside = v.Text()
		}
	}
	return inside
}

// isMetadata reports whether an attribute or element of an item is the metadata of that name, whose case does not matter
// (learn.microsoft.com, "MSBuild project file schema reference").
func isMetadata(key, name string) bool { return strings.EqualFold(strings.TrimPrefix(key, "@"), name) }

// all gives the attribute, or what the elements of that name in the item say: several where conditions choose.
func (i item) all(name string) []string {
	var list []string
	if name == "Version" {
		list = i.versions
	}
	for k, v := range i.node.Members() {
		switch s := v.Text(); {
		case s == "" || !isMetadata(k.Text(), name):
		case v.Get("@Condition").Text() == "":
			list = []string{s}
		default:
			list = append(list, s)
		}
	}
	return list
}

// load reads a file of MSBuild once. One that does not exist has nothing in it.
func (r *reader) load(file string) *props {
	p := r.props[file]
	if p != nil {
		return p
	}
	p = &props{file: file}
	r.props[file] = p
	if info, err := fs.Stat(r.FS, file); err != nil || !info.Mode().IsRegular() {
		return p
	}
	if path.Ext(file) == ".cs" {
		r.loadApp(p)
		return p
	}
	d, _ := r.Parse(r.FS, file, maxManifest, "mend the file", doc.XML)
	p.top = d.Root().Get("Project")
	p.addSDK(p.top.Get("@Sdk"), "")
	p.take(p.top, "", 0)
	return p
}

// take reads the groups of an element; those within Choose, When and Otherwise too. when are the conditions on all of it.
func (p *props) take(n doc.Node, when string, depth int) {
	for k, v := range n.Members() {
		when := when + v.Get("@Condition").Text()
		switch k.Text() {
		case "PropertyGroup":
			for name, value := range v.Members() {
				if key := strings.ToLower(name.Text()); !strings.HasPrefix(key, "@") {
					p.settings = append(p.settings, setting{key, value.Text(), sureness(key, when+value.Get("@Condition").Text())})
				}
			}
		case "ItemGroup":
			for name, value := range v.Members() {
				p.addItems(name.Text(), value, when != "")
			}
		case "Sdk":
			p.addSDK(v.Get("@Name"), v.Get("@Version").Text())
		case "Import":
			p.addSDK(v.Get("@Sdk"), v.Get("@Version").Text())
			p.imports = append(p.imports, imported{v.Get("@Project").Text(), when != "" && !isExists(when)})
		case "Otherwise":
			when = "otherwise"
			fallthrough
		case "Choose", "When", "ImportGroup":
			if depth < 10 {
				p.take(v, when, depth+1)
			}
		}
	}
}

// isExists reports whether a condition only asks whether a file is there: if it is not, there is nothing to read.
func isExists(when string) bool {
	when = strings.ToLower(strings.TrimSpace(when))
	return strings.HasPrefix(when, "exists(") && !strings.Contains(when, " and ") && !strings.Contains(when, " or ")
}

// itemKinds are the items that are asked for, as they are mostly written; their case does not matter either.
var itemKinds = []string{"DotNetCliToolReference", "GlobalPackageReference", "PackageReference", "PackageVersion", "ProjectReference", "Reference"}

// addItems adds an item for each name in the list that Include, Update or Remove is.
func (p *props) addItems(kind string, n doc.Node, perhaps bool) {
	if i := slices.IndexFunc(itemKinds, func(name string) bool { return strings.EqualFold(name, kind) }); i >= 0 {
		kind = itemKinds[i]
	}
	perhaps = perhaps || n.Get("@Condition").Text() != ""
	for _, verb := range []string{"@Include", "@Update", "@Remove"} {
		list := n.Get(verb)
		for what := range strings.SplitSeq(list.Text(), ";") {
			if what = strings.TrimSpace(what); what != "" {
				p.items = append(p.items, item{kind: kind, what: what, update: verb == "@Update", remove: verb == "@Remove", perhaps: perhaps, node: n, at: list.Span()})
			}
		}
	}
}

// part is a file that a project consists of; perhaps if it is imported under a condition.
type part struct {
	*props
	perhaps bool
}

// maxImports bounds how many files one project may import.
const maxImports = 100

// files are the project file and all that it imports, in the order in which MSBuild reads them: Directory.Build.props of
// the nearest folder above, the project, Directory.Build.targets, Directory.Packages.props.
func (r *reader) files(file string) []part {
	var out []part
	seen := map[string]bool{}
	var add func(file string, perhaps bool)
	add = func(file string, perhaps bool) {
		if file == "" || seen[file] || len(seen) >= maxImports {
			return
		}
		seen[file] = true
		p := r.load(file)
		for _, i := range p.imports {
			add(r.imported(p, i.project), perhaps || i.perhaps)
		}
		out = append(out, part{p, perhaps})
	}
	for _, shared := range []string{sharedFile, centralFile, oldCentral} {
		add(r.above(path.Dir(file), shared), false)
	}
	add(file, false)
	add(r.above(path.Dir(file), "Directory.Build.targets"), false)
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
