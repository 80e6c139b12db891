package golang

import (
	"fmt"
	"path"
	"strings"

	"golang.org/x/mod/module"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// download is how to mend what the module cache lacks.
func (b *build) download() string {
	const cache = "name the module cache by --cache gomod=DIR"
	if b.isOrphan() {
		return cache // the go command does nothing without go.mod
	}
	return "run `go mod download`, or " + cache
}

// addMains adds the main modules: roots, whose files are the target's.
func (b *build) addMains() {
	for _, m := range b.mains {
		c := sbom.Component{
			ID: m.id, Name: path.Base(m.dir), Type: sbom.TypeLibrary, Origin: sbom.OriginManifest,
			Occurrences: []sbom.Occurrence{{Dir: m.dir, Found: []source.Span{{Path: m.path}}}},
		}
		if m.module.value != "" {
			c.PURL, c.Name = string(m.id), m.module.value
			c.Occurrences[0].Found = []source.Span{m.module.at}
		}
		if m.command {
			c.Type = sbom.TypeApplication
		}
		b.out.Components = append(b.out.Components, c)
		b.out.Roots = append(b.out.Roots, m.id)
	}
}

// addModules adds the build list and returns what has no files here.
func (b *build) addModules() (absent []sbom.ID) {
	for _, s := range b.order {
		c := newModule(s.ships)
		if sum, ok := b.sums.files[s.ships]; ok {
			c.Hashes = []sbom.Hash{{Algorithm: "h1", Hex: sum.value}}
		}
		if len(s.by) == 0 && len(b.vendors) > 0 {
			c.Origin = sbom.OriginVendored
		}
		if dir, ok := b.moduleFolder(s.ships); ok && len(s.folders) == 0 { // what is vendored is what is compiled
			s.folders = []string{dir}
		}
		for _, dir := range s.folders {
			c.Occurrences = append(c.Occurrences, sbom.Occurrence{Dir: dir, Found: s.found})
		}
		if len(s.folders) == 0 {
			c.Occurrences = []sbom.Occurrence{{Found: s.found}}
			switch {
			case s.replaced != nil && s.replaced.isFolder():
				b.reportFolder(s)
			case !s.hollow:
				absent = append(absent, s.id)
			}
		}
		b.out.Components = append(b.out.Components, c)
	}
	for _, v := range b.strays {
		c := newModule(v.ships())
		c.Origin = sbom.OriginVendored
		c.Occurrences = []sbom.Occurrence{{Found: []source.Span{v.at}}}
		if b.isFolder(v.dir) {
			c.Occurrences[0].Dir = v.dir
		}
		b.out.Components = append(b.out.Components, c)
	}
	return absent
}

func newModule(v module.Version) sbom.Component {
	id := purl(v.Path, v.Version)
	return sbom.Component{
		ID: id, PURL: string(id), Name: v.Path, Version: v.Version,
		Type: sbom.TypeLibrary, Origin: sbom.OriginManifest,
	}
}

// folderOf gives the folder that replaces a module, if it lies in the target.
func (b *build) folderOf(r *replacement) (string, bool) {
	return inside(home(r.at.Path), r.new.Path)
}

// reportFolder says that the folder in a module's place is not there.
func (b *build) reportFolder(s *selection) {
	g := sbom.Gap{Kind: sbom.Unavailable, Span: s.replaced.at, Reader: name, Components: []sbom.ID{s.id},
		Why:  fmt.Sprintf("%s is replaced by %s, which lies outside the target", s.mod.Path, s.replaced.new.Path),
		Next: "scan the folder that holds both"}
	if _, ok := b.folderOf(s.replaced); ok {
		g.Kind, g.Next = sbom.Lost, "mend the path, or bring the folder back"
		g.Why = fmt.Sprintf("%s is replaced by %s, which is not there", s.mod.Path, s.replaced.new.Path)
	}
	b.gap(g)
}

// reportAbsent says once which components have no files on this machine, and how to get them. The
// standard library is "" when it is here.
func (b *build) reportAbsent(absent []sbom.ID, std sbom.ID) {
	goroot := "name a Go installation by --cache goroot=DIR"
	if _, version, ok := strings.Cut(string(std), "@"); ok {
		goroot = "name an installation of Go " + version + " or later by --cache goroot=DIR"
	}
	g := sbom.Gap{Kind: sbom.Unavailable, Span: b.at, Reader: name, Components: absent}
	missing := fmt.Sprintf("%d of %s", len(absent), modules(len(b.order)))
	switch {
	case len(absent) == 0 && std == "":
		return
	case len(absent) == 0:
		g.Why, g.Next = "the files of the standard library are not on this machine", goroot
	case std == "":
		g.Why, g.Next = "the files of "+missing+" are not on this machine", b.download()
	default:
		g.Why, g.Next = "the files of "+missing+" and those of the standard library are not on this machine", b.download()+"; "+goroot
	}
	unknown := b.unknownGraph()
	if g.FilesOnly = unknown == 0 || len(absent) == 0; !g.FilesOnly {
		g.Why += fmt.Sprintf(", and the module graph below %s is unknown", modules(unknown))
	}
	if std != "" {
		g.Components = append(g.Components, std)
	}
	b.gap(g)
}
