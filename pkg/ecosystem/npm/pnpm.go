package npm

import (
	"bytes"
	"slices"
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
//
// Before the document of the project there may be another, of pnpm's own (https://pnpm.io/lockfile): of it the packages
// count that configure the project, and pnpm itself does not.
func (l *pinned) pnpm() {
	data, ok := l.Read(l.FS, l.file, maxLock)
	if !ok {
		l.broken = true
		return
	}
	parts := documents(data)
	for _, part := range parts {
		if len(parts) > 1 && len(bytes.TrimSpace(part)) == 0 {
			continue
		}
		d, err := doc.YAML(l.file, part)
		if err != nil {
			l.broken = true
			l.Broken(l.file, l.write, err)
		}
		switch top := d.Root(); top.Kind() {
		case doc.Object:
			l.pnpmDocument(top)
		case doc.Null, doc.Missing:
		default:
			l.broken = true
			l.Lost(top.Span(), l.write, "a lockfile is an object, this is of kind %v", top.Kind())
		}
	}
}

// maxDocuments bounds the documents of one file; pnpm writes two.
const maxDocuments = 4

// documents splits a stream of YAML at the lines "---". Each part begins with blank lines in place of what stands before it, so
// that places in it are those of the file.
func documents(data []byte) (parts [][]byte) {
	start, at := 0, 0
	for len(parts) < maxDocuments {
		i := bytes.Index(data[at:], []byte("\n---"))
		if i < 0 {
			return append(parts, blankedTo(data, start))
		}
		end := at + i + 1
		at = end + len("---")
		if rest, _, _ := bytes.Cut(data[at:], []byte("\n")); len(bytes.TrimSpace(rest)) > 0 {
			continue // a line that only begins so
		}
		parts = append(parts, blankedTo(data[:end], start))
		start = at
	}
	return append(parts[:1:1], data) // the reader of YAML will say what is wrong with so many
}

// blankedTo is the text with spaces for all that stands before a place but the ends of lines.
func blankedTo(data []byte, start int) []byte {
	if start == 0 {
		return data
	}
	data = slices.Clone(data)
	for i, c := range data[:start] {
		if c != '\n' {
			data[i] = ' '
		}
	}
	return data
}

func (l *pinned) pnpmDocument(top doc.Node) {
	version := top.Get("lockfileVersion")
	major, _, _ := strings.Cut(version.Text(), ".")
	f := pnpmForm{before: "/", between: "@"}
	switch major {
	case "5":
		f.between = "/"
	case "9":
		f.before = ""
	case "6":
	default:
		l.Gap(sbom.Gap{Kind: sbom.Unsupported, Span: version.Span(), Material: true, Next: "use a newer licet",
			Why: "version " + ecosystem.Quote(major) + " of pnpm's lockfile is not known: it is read as 9"})
		f.before = ""
	}
	before := len(l.pins)
	packages := top.Get("packages")
	if snapshots := top.Get("snapshots"); snapshots.Kind() == doc.Object {
		about := packages.Index()
		for key, entry := range snapshots.Members() {
			l.pnpmPackage(f, key, entry, about[withoutPeers(key.Text())])
		}
	} else {
		for key, entry := range packages.Members() {
			l.pnpmPackage(f, key, entry, entry)
		}
	}
	pins := l.pins[before:]
	for _, p := range pins {
		for i, n := range p.needs {
			p.needs[i].ref = f.ref(l, n.name, n.ref)
		}
	}
	patched := top.Get("patchedDependencies").Index()
	for _, p := range pins {
		said, exact := patched[p.name+"@"+p.version]
		if !exact {
			said, exact = patched[p.name]
		}
		if p.patched = exact || strings.Contains(p.at.Text(), "(patch_hash="); p.patched { // the key may be a range
			p.patch = l.pnpmPatch(p, said.Get("path").Text())
		}
	}
	importers := top.Get("importers")
	if importers.Kind() != doc.Object {
		l.pnpmImporter(f, l.dir, top)
	}
	own := false
	for dir, entry := range importers.Members() {
		if entry.Get("packageManagerDependencies").Kind() != doc.Missing || entry.Get("configDependencies").Kind() != doc.Missing {
			own = true
		}
		if folder, ok := below(l.dir, dir.Text()); ok {
			l.pnpmImporter(f, folder, entry)
		}
	}
	if own {
		l.pins = append(l.pins[:before:before], l.reached(pins)...)
	}
}

// reached gives those of the packages that the projects require, by whatever way.
func (l *pinned) reached(pins []*pin) (out []*pin) {
	seen := map[*pin]bool{}
	var todo []need
	for _, needs := range l.importers {
		todo = append(todo, needs...)
	}
	for len(todo) > 0 {
		p := l.refs[todo[len(todo)-1].ref]
		if todo = todo[:len(todo)-1]; p != nil && !seen[p] {
			seen[p] = true
			todo = append(todo, p.needs...)
		}
	}
	for _, p := range pins {
		if seen[p] {
			out = append(out, p)
		}
	}
	return out
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
	needs := l.importers[dir]
	if needs == nil {
		needs = []need{}
	}
	specifiers := entry.Get("specifiers").Index()
	section := func(field string, scope sbom.Scope) {
		for at, value := range entry.Get(field).Members() {
			d := dependency{name: at.Text(), requirement: specifiers[at.Text()].Text(), scope: scope, at: at}
			resolved := value.Text()
			if value.Kind() == doc.Object {
				d.requirement, resolved = value.Get("specifier").Text(), value.Get("version").Text()
			}
			needs = append(needs, need{d, f.ref(l, d.name, resolved)})
		}
	}
	for _, s := range sections {
		section(s.field, s.scope)
	}
	section("configDependencies", sbom.Build)
	l.importers[dir] = needs
}

// withoutPeers cuts the peers off a reference.
func withoutPeers(ref string) string {
	ref, _, _ = strings.Cut(ref, "(")
	return ref
}

// split gives the name and the version of a reference. Where it does not begin with a slash it may begin with a host.
func (f pnpmForm) split(key string) (name, version string) {
	id, registry := strings.CutPrefix(withoutPeers(key), "/")
	if !registry && f.before != "" && !strings.HasPrefix(id, "file:") {
		_, id, _ = strings.Cut(id, "/")
	}
	if f.between == "@" {
		return splitRef(id)
	}
	parts := strings.Split(id, "/")
	n := 1
	if strings.HasPrefix(id, "@") && len(parts) > 1 {
		n = 2
	}
	if len(parts) > n {
		version, _, _ = strings.Cut(parts[n], "_")
	}
	return strings.Join(parts[:n], "/"), version
}

func (l *pinned) pnpmPackage(f pnpmForm, key, entry, about doc.Node) {
	l.object(key, entry)
	resolution := about.Get("resolution")
	p := &pin{at: key, integrity: resolution.Get("integrity").Text(), resolved: resolution.Get("tarball").Text()}
	p.name, p.version = f.split(key.Text())
	fetched := isHTTP(p.version) || f.before != "" && !strings.HasPrefix(key.Text(), "/")
	switch resolution.Get("type").Text() {
	case "git":
		repo := resolution.Get("repo").Text()
		if !isGit(repo) {
			repo = "git+" + repo
		}
		p.resolved, p.direct = repo+"#"+resolution.Get("commit").Text(), true
	case "directory":
		l.settle(p, "file:"+resolution.Get("directory").Text())
	default:
		p.direct = fetched && isHTTP(p.resolved) && registered(p.resolved) == ""
	}
	for _, said := range []doc.Node{about, entry} {
		if n := said.Get("name").Text(); n != "" {
			p.name = n
		}
		if v := said.Get("version").Text(); v != "" {
			p.version = v
		}
		p.dev, p.optional = p.dev || isTrue(said, "dev"), p.optional || isTrue(said, "optional")
	}
	if strings.ContainsAny(p.version, ":/") {
		p.version = "" // a location
	}
	peers := about.Get("peerDependencies").Index()
	for _, field := range []string{"dependencies", "optionalDependencies"} {
		for at, value := range entry.Get(field).Members() {
			d := dependency{name: at.Text(), requirement: value.Text(), scope: sbom.Runtime, at: at}
			if _, d.peer = peers[d.name]; d.peer || field == "optionalDependencies" {
				d.scope = sbom.Optional
			}
			p.needs = append(p.needs, need{d, value.Text()})
		}
	}
	l.list(p, key.Text())
}
