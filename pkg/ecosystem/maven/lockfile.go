package maven

import (
	"path"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// readLock reads what the plugin maven-lockfile writes: the tree of what Maven resolved, with checksums. root is the
// POM's component beside it, "" if there is none.
func (r *reader) readLock(file string, root sbom.ID) {
	d, _ := r.Parse(r.FS, file, maxLock, "run `mvn io.github.chains-project:maven-lockfile:generate`", doc.JSON)
	top := d.Root()
	if root == "" {
		c := locked(top)
		if c.PURL == "" {
			c = r.Unnamed(path.Dir(file))
		}
		root = r.Root(c, path.Dir(file), source.Span{Path: file})
	}
	w := lockWalk{reader: r}
	w.children(root, top.Get("dependencies"))
	if len(w.absent) > 0 {
		r.WithoutFiles(source.Span{Path: file}, "run `mvn dependency:go-offline`", "the files of artifacts are not in the local repository", w.absent...)
	}
}

type lockWalk struct {
	*reader
	absent []sbom.ID
}

// children adds the edges to the entries of a list, and to theirs.
func (w *lockWalk) children(from sbom.ID, list doc.Node) {
	for n := range list.Items() {
		c := locked(n)
		if c.PURL == "" {
			w.Lost(n.Span(), "generate the lockfile again", "an entry without coordinates")
			continue
		}
		at := n.Get("artifactId").Span()
		if at.IsZero() {
			at = n.Get("artifactID").Span()
		}
		d := dependency{gav: gav{n.Get("groupId").Text(), c.Name, c.Version}, kind: "jar", classifier: n.Get("classifier").Text(), scope: n.Get("scope").Text()}
		id := sbom.ID(c.PURL)
		if file := w.fileOf(d.gav); file != "" {
			id = w.roots[w.byFile[file]]
		} else {
			dir, known := w.added[id]
			if !known {
				dir = w.fetched(d.gav, d.classifier, "jar", id)
				if p := w.find(d.gav); p != nil {
					w.repo.model(p).describe(&c)
				}
				if dir == "" {
					w.absent = append(w.absent, id)
				}
				w.added[id] = dir
			}
			w.Add(c, dir, at)
		}
		if id != from {
			w.Depend(from, id, d.edgeScope(), "", at)
		}
		w.children(id, n.Get("children"))
	}
}

// locked is the component of an entry; its PURL is empty if that has no coordinates.
func locked(n doc.Node) sbom.Component {
	text := func(keys ...string) string {
		for _, k := range keys {
			if s := n.Get(k).Text(); s != "" {
				return s
			}
		}
		return ""
	}
	group, id, version := text("groupId", "groupID"), text("artifactId", "artifactID"), text("version")
	if !ecosystem.Printable(group) || !ecosystem.Printable(id) || version != "" && !ecosystem.Printable(version) {
		return sbom.Component{}
	}
	return sbom.Component{
		Name: id, Version: version, PURL: ecosystem.PURL(name, group, id, version, "classifier", text("classifier")),
		Source: source.Redact(text("resolved")), Hashes: ecosystem.Hashes(checksum(text("checksumAlgorithm"), text("checksum"))),
	}
}

// checksum writes a checksum with its algorithm, as ecosystem.Hash reads it.
func checksum(algorithm, sum string) string {
	return strings.ToLower(strings.ReplaceAll(algorithm, "-", "")) + ":" + sum
}
