package jar

import (
	"archive/zip"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// facts is what one archive says of itself.
type facts struct {
	file     string // as spans write it: "lib/a.war!/WEB-INF/lib/b.jar"
	inside   string // as the folder inside it is written
	place    string // the file that speaks for it where nothing in it does
	manifest doc.Node
	modules  []*module // by META-INF/maven
	inner    []*zip.File
	moved    map[string]string // packages that were given other names, and a class of each
	cut      bool              // there are more of them
	base     io.ReaderAt
	depth    int
}

// module is one folder of META-INF/maven.
type module struct {
	coordinates
	at  source.Span
	pom doc.Node // the element project
}

// coordinates are those of a Maven repository.
type coordinates struct{ group, name, version string }

func (c coordinates) key() string { return c.group + ":" + c.name }

// readFile reads an archive of the target.
func (r *reader) readFile(file string) {
	z, at, closer, err := open(r.FS, file)
	if err != nil {
		r.unreadable(file, err)
		id := r.Add(sbom.Component{Name: path.Base(file), Origin: sbom.OriginVendored}, "", source.Span{Path: file})
		r.Gaps[len(r.Gaps)-1].Components = []sbom.ID{id}
		return
	}
	defer closer.Close()
	r.emit(r.list(z, at, file, 0), "")
	r.connect()
}

// unreadable adds the gap of an archive, or of an entry, that cannot be read.
func (r *reader) unreadable(at string, err error) {
	gap := sbom.Gap{
		Kind: sbom.Lost, Span: source.Span{Path: at}, Material: true,
		Why: "the archive cannot be read: " + err.Error(), Next: "put the whole file in its place, or exclude it",
	}
	if isLimit(err) {
		gap.Kind, gap.Next = sbom.Limit, "look into the archive yourself"
	}
	r.Gap(gap)
}

// list goes over the entries of an archive once.
func (r *reader) list(z *zip.Reader, at io.ReaderAt, file string, depth int) *facts {
	f := &facts{file: file, inside: file + "!/", place: file, base: at, depth: depth}
	byFolder := map[string]*module{}
	for _, e := range z.File {
		if r.budget.entries++; r.budget.entries > maxEntries {
			r.unreadable(file, errEntries)
			break
		}
		f.move(e.Name)
		switch {
		case strings.EqualFold(e.Name, manifestFile):
			if d := r.parse(f, e, doc.Manifest); d != nil {
				f.manifest = firstOf(d.Root())
			}
		case strings.HasPrefix(e.Name, mavenFolder):
			dir, base := path.Split(e.Name)
			if base != "pom.properties" && base != "pom.xml" {
				continue
			}
			m := byFolder[dir]
			if m == nil {
				m = &module{}
				byFolder[dir] = m
				f.modules = append(f.modules, m)
			}
			if base == "pom.xml" {
				m.readPOM(r.parse(f, e, doc.XML))
			} else {
				m.readProperties(r.parse(f, e, doc.Properties))
			}
		case strings.HasPrefix(e.Name, sbomFolder) && r.Within != nil && !e.FileInfo().IsDir():
			r.pass(f, e)
		case isArchive(e.Name) && !e.FileInfo().IsDir():
			f.inner = append(f.inner, e)
		}
	}
	return f
}

// maxPassed is how many files of one archive of the target, with all archives in it, are passed on.
const maxPassed = 1000

// pass leaves a file to the reader whose it is.
func (r *reader) pass(f *facts, e *zip.File) {
	switch r.passed++; {
	case r.passed <= maxPassed:
		r.Within(source.Join(f.inside, e.Name))
	case r.passed == maxPassed+1:
		r.Gap(sbom.Gap{Kind: sbom.Limit, Span: source.Span{Path: f.file}, Material: true, Next: "look into the archive yourself",
			Why: fmt.Sprintf("more than %d files in META-INF/sbom; the rest is not read", maxPassed)})
	}
}

// parse reads an entry that is a text; nil if it cannot be inflated.
func (r *reader) parse(f *facts, e *zip.File, parse func(string, []byte) (*doc.Doc, error)) *doc.Doc {
	data, err := r.budget.text(e)
	if err != nil {
		r.unreadable(f.file, err)
		return nil
	}
	d, _ := parse(source.Join(f.inside, e.Name), data)
	return d
}

// firstOf is the main section of a manifest.
func firstOf(n doc.Node) doc.Node {
	for section := range n.Items() {
		return section
	}
	return doc.Node{}
}

// readProperties reads pom.properties, which says for sure what the module is.
func (m *module) readProperties(d *doc.Doc) {
	if d == nil {
		return
	}
	top := d.Root()
	c := coordinates{top.Get("groupId").Text(), top.Get("artifactId").Text(), top.Get("version").Text()}
	if isPart(c.group) && isPart(c.name) && isPart(c.version) {
		m.coordinates, m.at = c, top.Get("artifactId").Span()
	}
}

// readPOM reads the copy of the POM, whose coordinates count where there are no others.
func (m *module) readPOM(d *doc.Doc) {
	if d == nil {
		return
	}
	m.pom = d.Root().Get("project")
	if m.name != "" {
		return
	}
	get := func(key string) string {
		if s := m.pom.Get(key).Text(); s != "" || key == "artifactId" {
			return s
		}
		return m.pom.Get("parent").Get(key).Text()
	}
	c := coordinates{get("groupId"), get("artifactId"), get("version")}
	if !isPart(c.version) {
		c.version = ""
	}
	if isPart(c.group) && isPart(c.name) {
		m.coordinates, m.at = c, m.pom.Get("artifactId").Span()
	}
}

// readFolder reads an archive that was unpacked.
func (r *reader) readFolder(dir string, files []string) {
	f := &facts{file: dir, inside: dir, place: files[0]}
	var manifest string
	for _, file := range files {
		if path.Base(file) == "MANIFEST.MF" {
			manifest = file
			continue
		}
		m := &module{}
		d, _ := r.Parse(r.FS, file, maxText, "mend the file", doc.Properties)
		m.readProperties(d)
		if !isFile(r.FS, path.Join(path.Dir(file), "pom.xml")) && m.name != "" {
			f.modules = append(f.modules, m) // the POM is read as such
		}
	}
	switch {
	case len(f.modules) > 0:
		for _, m := range f.modules {
			r.addModule(m, dir, sbom.OriginBundled)
		}
	case manifest != "" && len(files) == 1 && !r.isProject(dir):
		d, _ := r.Parse(r.FS, manifest, maxText, "mend the file", doc.Manifest)
		f.manifest = firstOf(d.Root())
		if f.manifest.Get("Bundle-SymbolicName").Text() != "" || f.manifest.Get("Implementation-Title").Text() != "" && f.manifest.Get("Implementation-Version").Text() != "" {
			c := f.byManifest(coordinates{})
			r.addArchive(f, c, nil, sbom.OriginVendored)
		}
	}
}
