package python

import (
	"path"
	"slices"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// lock is a list of packages that were chosen together.
type lock struct {
	file     string
	install  string // what brings the packages onto this machine
	packages []*pack
	byName   map[string][]int
	locals   map[string]*pack // by the folder in which they lie
	edges    bool             // what the packages need of each other is known
	within   *lock            // the environment that these packages are a part of, or nil
	unmet    []sbom.ID        // what packages need that is not there
	listed   bool             // a file lists the packages, so that one whose files are not at hand is missing
}

// pack is one package of a lock, or the project itself.
type pack struct {
	requirement // its name and origin; spec is empty
	version     string
	hashes      []sbom.Hash
	claims      []sbom.Claim
	homepage    string
	source      string     // where it comes from, as written
	scope       sbom.Scope // as the lock says; "" if it does not
	direct      sbom.Answer
	dirs        []string      // where its files lie
	digest      source.Digest // of the archive that they lie in, if that was verified
	needs       []need
	at          []source.Span
	root        bool
	sealed      bool // its files lie in an archive
	member      bool // of the project that the lock is of, by the lock's own word
	id          sbom.ID
	whole       level            // the scope in which it is needed
	asks        map[string]level // and in which the extras of it are
	asked       bool             // another package that is needed as much needs it
}

// maxVersions is how many versions of one package a requirement is compared with.
const maxVersions = 64

// add adds a package to the lock. One that is named again, for the sake of an extra, is one package.
func (l *lock) add(p *pack) *pack {
	if l.byName == nil {
		l.byName = map[string][]int{}
	}
	same := l.byName[p.name]
	if len(same) < maxVersions {
		for _, i := range same {
			if q := l.packages[i]; q.version == p.version && q.origin == p.origin {
				q.needs = append(q.needs, p.needs...)
				q.at = append(q.at, p.at...)
				q.hashes = append(q.hashes, p.hashes...)
				if q.scope != p.scope {
					q.scope = stronger(q.scope, p.scope)
				}
				return q
			}
		}
		l.byName[p.name] = append(same, len(l.packages))
	}
	l.packages = append(l.packages, p)
	if p.local != "" {
		if l.locals == nil {
			l.locals = map[string]*pack{}
		}
		l.locals[path.Join(path.Dir(l.file), p.local)] = p
	}
	return p
}

// find gives the packages that a requirement means: of several versions those that it admits, or all if it
// admits none, since then the lock knows better.
func (l *lock) find(n need) []int {
	same := l.byName[n.name]
	if len(same) < 2 {
		return same
	}
	var fits []int
	for _, i := range same {
		p := l.packages[i]
		if (n.origin == (origin{}) || n.vcs == p.vcs && n.url == p.url) && (n.spec == "" || admits(n.spec, p.version)) {
			fits = append(fits, i)
		}
	}
	if len(fits) == 0 {
		return same
	}
	return fits
}

// lacks reports whether a requirement pins a version that the lock does not have.
func (l *lock) lacks(n need) bool {
	v := pin(n.spec)
	return v != "" && !slices.ContainsFunc(l.byName[n.name], func(i int) bool { return l.packages[i].version == "" || admits(n.spec, l.packages[i].version) })
}

// fill adds a component for each package. Those whose files are not at hand are named in one gap.
func (r *reader) fill(l *lock) {
	var missing []sbom.ID
	r.Components = slices.Grow(r.Components, len(l.packages))
	for _, p := range l.packages {
		if p.id != "" {
			continue
		}
		if p.local != "" {
			if dir := r.folder(path.Join(path.Dir(l.file), p.local)); dir != "" {
				p.dirs = append(p.dirs, dir)
			}
		}
		r.elsewhere(p)
		p.id = r.component(p)
		if len(p.dirs) == 0 {
			missing = append(missing, p.id)
		}
	}
	if len(missing) > 0 && l.listed {
		r.WithoutFiles(at(l.file), l.install, "the packages' files are not on this machine, so that only what the lockfile says of them is known", missing...)
	}
}

// component adds the component that a package is.
func (r *reader) component(p *pack) sbom.ID {
	c := sbom.Component{
		Name: firstOf(p.written, p.name), Version: p.version, PURL: p.conda, Homepage: p.homepage, Claims: p.claims, Hashes: distinct(p.hashes),
		Source: source.Redact(firstOf(p.source, p.vcs, p.url, p.local)),
	}
	if c.PURL == "" {
		c.PURL = purl(p.name, p.version, p.origin)
	}
	dir := ""
	if len(p.dirs) > 0 {
		dir = p.dirs[0]
	}
	id := r.Add(c, dir, p.at...)
	for i := 1; i < len(p.dirs); i++ {
		r.Add(sbom.Component{ID: id, PURL: c.PURL, Name: c.Name, Version: c.Version}, p.dirs[i])
	}
	for i := range max(len(p.dirs), 1) {
		r.Components[len(r.Components)-1-i].Occurrences[0].Digest = p.digest
	}
	return id
}

func distinct(list []sbom.Hash) []sbom.Hash {
	if len(list) < 2 {
		return list // nearly always
	}
	seen := map[sbom.Hash]bool{}
	return slices.DeleteFunc(list, func(h sbom.Hash) bool {
		again := seen[h]
		seen[h] = true
		return again
	})
}

// hash adds a checksum as a lockfile writes it.
func (p *pack) hash(s string) {
	if h, ok := ecosystem.Hash(s); ok {
		p.hashes = append(p.hashes, h)
	}
}
