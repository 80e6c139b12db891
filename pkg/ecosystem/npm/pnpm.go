package npm

import (
	"path"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
)

// pnpm reads pnpm-lock.yaml of versions 5 to 9. It says itself what the projects of the target require, under "importers"
// or, for one alone, at the top. A package is known by its name, its version and the peers that it was given:
//
//	5    /name/1.0.0_peer@2.0.0
//	6    /name@1.0.0(peer@2.0.0)
//	9    name@1.0.0(peer@2.0.0), the requirements under "snapshots", the rest, without peers, under "packages"
func (l *pinned) pnpm() (broken bool) {
	d, broken := l.mustRead(l.file, maxLock, l.write, doc.YAML)
	root := d.Root()
	major, _, _ := strings.Cut(root.Get("lockfileVersion").Text(), ".")
	f := pnpmForm{before: "/", between: "@"}
	switch major {
	case "5":
		f.between = "/"
	case "9":
		f.before = ""
	case "6":
	default:
		l.Lost(root.Get("lockfileVersion").Span(), l.write, "version %s of pnpm's lockfile is not known: it is read as 9", ecosystem.Quote(major))
		f.before = ""
	}
	packages := root.Get("packages")
	if snapshots := root.Get("snapshots"); snapshots.Kind() == doc.Object {
		about := packages.Index()
		for key, entry := range snapshots.Members() {
			l.pnpmPackage(f, key, entry, about[withoutPeers(key.Text())])
		}
	} else {
		for key, entry := range packages.Members() {
			l.pnpmPackage(f, key, entry, entry)
		}
	}
	f.settle(l)
	if importers := root.Get("importers"); importers.Kind() == doc.Object {
		for dir, entry := range importers.Members() {
			if folder, ok := below(l.dir, dir.Text()); ok {
				l.pnpmImporter(f, folder, entry)
			}
		}
	} else {
		l.pnpmImporter(f, l.dir, root)
	}
	return broken
}

// pnpmForm is how a version of the format writes a reference.
type pnpmForm struct{ before, between string }

// ref is the reference to what a requirement of this name was resolved to: a version, or already a reference.
func (f pnpmForm) ref(l *pinned, name, resolved string) string {
	if l.refs[resolved] != nil || strings.HasPrefix(resolved, "link:") {
		return resolved
	}
	return f.before + name + f.between + resolved
}

func (l *pinned) pnpmImporter(f pnpmForm, dir string, entry doc.Node) {
	l.importers[dir] = []need{}
	for _, s := range sections {
		for at, value := range entry.Get(s.field).Members() {
			d := dependency{name: at.Text(), requirement: entry.Get("specifiers").Get(at.Text()).Text(), scope: s.scope, at: at}
			resolved := value.Text()
			if value.Kind() == doc.Object {
				d.requirement, resolved = value.Get("specifier").Text(), value.Get("version").Text()
			}
			l.importers[dir] = append(l.importers[dir], need{d, f.ref(l, d.name, resolved)})
		}
	}
}

// withoutPeers cuts the peers off a reference.
func withoutPeers(ref string) string {
	ref, _, _ = strings.Cut(ref, "(")
	return ref
}

func (l *pinned) pnpmPackage(f pnpmForm, key, entry, about doc.Node) {
	p := &pin{at: key, integrity: about.Get("resolution").Get("integrity").Text()}
	id := strings.TrimPrefix(withoutPeers(key.Text()), "/")
	if i := strings.LastIndex(id, f.between); i > 0 {
		p.name, p.version = id[:i], id[i+1:]
	}
	if f.between == "@" {
		p.name, p.version = splitRef(id)
	}
	if f.between == "/" {
		p.version, _, _ = strings.Cut(p.version, "_")
	}
	resolution := about.Get("resolution")
	switch location := resolution.Get("tarball").Text(); {
	case resolution.Get("type").Text() == "git":
		repo := resolution.Get("repo").Text()
		if !isGit(repo) {
			repo = "git+" + repo
		}
		p.resolved, p.direct = repo+"#"+resolution.Get("commit").Text(), true
	case resolution.Get("type").Text() == "directory":
		p.local = true
		if folder, ok := below(l.dir, resolution.Get("directory").Text()); ok && l.manifests[path.Clean(folder)] == nil {
			p.local = false
		}
	case location != "" && !strings.HasPrefix(key.Text(), "/") && f.before != "" || isHTTP(p.version):
		p.resolved, p.direct = location, true
	}
	for _, said := range []doc.Node{about, entry} {
		if n := said.Get("name").Text(); n != "" {
			p.name = n
		}
		if v := said.Get("version").Text(); v != "" {
			p.version = v
		}
		dev, _ := said.Get("dev").Bool()
		optional, _ := said.Get("optional").Bool()
		p.dev, p.optional = p.dev || dev, p.optional || optional
	}
	for _, s := range []struct {
		field string
		scope sbom.Scope
	}{{"dependencies", sbom.Runtime}, {"optionalDependencies", sbom.Optional}} {
		for at, value := range entry.Get(s.field).Members() {
			p.needs = append(p.needs, need{dependency{name: at.Text(), requirement: value.Text(), scope: s.scope, at: at}, value.Text()})
		}
	}
	l.list(p, key.Text())
}

// settle makes references of what packages need, once all packages are known.
func (f pnpmForm) settle(l *pinned) {
	for _, p := range l.pins {
		for i, n := range p.needs {
			p.needs[i].ref = f.ref(l, n.name, n.ref)
		}
	}
}
