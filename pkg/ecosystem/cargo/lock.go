package cargo

import (
	"strings"

	"deps.dev/util/semver"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// lock is one Cargo.lock. Its versions differ little: 1 lists checksums in a table of their own and what a package
// needs always with version and source, 2 shortens both, 3 and 4 change how the address of a repository is written.
type lock struct {
	file   string
	whole  bool // all of it could be read
	list   []*locked
	byName map[string][]*locked
}

// locked is a package of the lockfile.
type locked struct {
	name, version string
	source        string // empty for what is required by path
	hash          string
	replacement   string // what stands in its place
	deps          doc.Node
	at            source.Span
	manifest      *manifest // if it is at hand
	macro         bool
	next          []*locked // what it needs
	needed        bool      // by another
	reached       bool      // from a root
	id            sbom.ID
}

func (r *reader) readLock(file string) *lock {
	l := &lock{file: file, byName: map[string][]*locked{}}
	d, whole := r.Parse(r.FS, file, maxLock, "run `cargo generate-lockfile`", doc.TOML)
	l.whole = whole
	root := d.Root()
	sums := root.Get("metadata").Index() // of version 1
	if old := root.Get("root"); old.Kind() == doc.Object {
		l.take(r, old, sums)
	}
	packages := root.Get("package")
	if k := packages.Kind(); k != doc.Array && k != doc.Missing {
		r.Lost(packages.Span(), "run `cargo generate-lockfile`", "package is of kind %v: the packages it names are lost", k)
	}
	for entry := range packages.Items() {
		l.take(r, entry, sums)
	}
	return l
}

func (l *lock) take(r *reader, entry doc.Node, sums map[string]doc.Node) {
	p := &locked{
		name: entry.Get("name").Text(), version: entry.Get("version").Text(), source: entry.Get("source").Text(),
		hash: entry.Get("checksum").Text(), replacement: entry.Get("replace").Text(), deps: entry.Get("dependencies"), at: entry.Get("name").Span(),
	}
	if !ecosystem.Printable(p.name) || p.version != "" && !ecosystem.Printable(p.version) {
		r.Lost(entry.Span(), "run `cargo generate-lockfile`", "an entry without a name: %s", ecosystem.Quote(p.name+" "+p.version))
		return
	}
	r.Expect(entry.Get("source"), doc.String, "run `cargo generate-lockfile`", "the source of a package")
	r.Expect(p.deps, doc.Array, "run `cargo generate-lockfile`", "dependencies")
	if p.hash == "" && len(sums) > 0 {
		p.hash = sums["checksum "+p.name+" "+p.version+" ("+p.source+")"].Text()
	}
	l.list = append(l.list, p)
	l.byName[p.name] = append(l.byName[p.name], p)
}

// resolve finds what an entry of a list of dependencies means: "name", "name version" or "name version (source)",
// as much of it as tells packages apart; and what replaces it, where something does.
func (l *lock) resolve(dep string) *locked {
	p := l.find(dep, true)
	if p != nil && p.replacement != "" {
		return l.find(p.replacement, false)
	}
	return p
}

func (l *lock) find(dep string, replaced bool) *locked {
	name, rest, _ := strings.Cut(dep, " ")
	version, from, _ := strings.Cut(rest, " ")
	from = strings.Trim(from, "()")
	for _, p := range l.byName[name] {
		if (version == "" || p.version == version) && (from == "" || sameSource(p.source, from)) && (replaced || p.replacement == "") {
			return p
		}
	}
	return nil
}

// sameSource compares addresses; the commit may be left out.
func sameSource(a, b string) bool {
	a, _, _ = strings.Cut(a, "#")
	b, _, _ = strings.Cut(b, "#")
	return a == b
}

// meets reports whether a package meets a requirement. What cannot be compared is believed.
func meets(p *locked, n need) bool {
	if p.name != n.name {
		return false
	}
	c, err := semver.Cargo.ParseConstraint(n.requirement)
	if err != nil || n.requirement == "" {
		return true
	}
	v, err := semver.Cargo.Parse(p.version)
	return err != nil || c.MatchVersionPrerelease(v)
}

// isRegistry reports whether a source is the registry that Cargo uses when nothing else is said. Lockfiles name it by
// its repository, whichever protocol served it.
func isRegistry(from string) bool { return strings.HasSuffix(from, "/crates.io-index") }

// component is the package as the lockfile names it. One from elsewhere than the usual registry is told apart by a
// qualifier.
func (p *locked) component() sbom.Component {
	c := sbom.Component{Name: p.name, Version: p.version, Hashes: ecosystem.Hashes(p.hash)}
	var key, value string
	switch kind, address, _ := strings.Cut(p.source, "+"); {
	case p.source == "" || isRegistry(p.source):
	case kind == "git":
		repository, commit, _ := strings.Cut(source.Redact(p.source), "#")
		repository, _, _ = strings.Cut(repository, "?")
		key, value = "vcs_url", repository
		if commit != "" {
			value += "@" + commit
		}
		c.Source = value
	default:
		key, value = "repository_url", source.Redact(address)
		c.Source = value
	}
	c.PURL = ecosystem.PURL(name, "", p.name, p.version, key, value)
	return c
}
