package composer

import (
	"cmp"
	"iter"
	"path"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// readManifest reads the project's composer.json.
func (r *reader) readManifest(file string) {
	d, _ := r.Parse(r.FS, file, maxFile, "mend composer.json", doc.JSON)
	r.manifest, r.root = file, d.Root()
	r.stands[strings.ToLower(r.root.Get("name").Text())] = true
	for _, table := range []string{"replace", "provide"} {
		for key := range needs(r.root.Get(table)) {
			r.stands[strings.ToLower(key.Text())] = true
		}
	}
}

// isPackage reports whether a requirement names a package.
func isPackage(name string) bool {
	vendor, rest, ok := strings.Cut(name, "/")
	return ok && vendor != "" && rest != "" && !strings.Contains(rest, "/") && ecosystem.Printable(name)
}

// needs yields the packages that a table of requirements names, and what it says of each.
func needs(table doc.Node) iter.Seq2[doc.Node, doc.Node] {
	return func(yield func(doc.Node, doc.Node) bool) {
		for key, value := range table.Members() {
			if isPackage(key.Text()) && !yield(key, value) {
				return
			}
		}
	}
}

// purl is the purl of a package; the vendor is the namespace.
func purl(name, version string) string {
	vendor, rest, _ := strings.Cut(name, "/")
	return ecosystem.PURL("composer", vendor, rest, version)
}

// claims is what the field license declares: one license or, in an array, several of which one may be chosen
// (https://getcomposer.org/doc/04-schema.md#license).
func (r *reader) claims(manifest doc.Node) []sbom.Claim {
	return r.declared.Claims(manifest.Get("license"), manifest.Get("license").Span())
}

// settle says in which folder the project lies, and which of its files speaks of it.
func (r *reader) settle(first string) {
	r.file = cmp.Or(r.manifest, r.lock, first)
	r.dir = path.Dir(r.file)
	if path.Base(r.file) == installedFile {
		r.dir = path.Dir(path.Dir(r.dir))
	}
}

// addRoot adds the project.
func (r *reader) addRoot() {
	at := source.Span{Path: r.file}
	field := r.root.Get("name")
	if !isPackage(field.Text()) {
		c := r.Unnamed(r.dir)
		c.Claims = r.claims(r.root)
		r.id = r.Root(c, r.dir, at)
		return
	}
	c := sbom.Component{Name: field.Text(), Claims: r.claims(r.root), Homepage: source.Redact(r.root.Get("homepage").Text())}
	if v := r.root.Get("version").Text(); ecosystem.Printable(v) {
		c.Version = v
	}
	if r.root.Get("type").Text() == "project" {
		c.Type = sbom.TypeApplication
	}
	c.PURL = purl(c.Name, c.Version)
	r.id = r.Root(c, r.dir, field.Span())
}
