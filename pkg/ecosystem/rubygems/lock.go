package rubygems

import (
	"path"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// lock is one Gemfile.lock.
type lock struct {
	whole  bool
	list   []*gem
	byName map[string][]*gem // several for several platforms
	wants  []want
	sums   map[string]string // by the full name
}

// gem is a gem of the lockfile.
type gem struct {
	name, version, platform string
	from                    *origin
	deps                    doc.Node
	at                      source.Span
	sums                    []sbom.Hash // of its archive
	spec                    *gemspec    // if it is at hand
	id                      sbom.ID
	next                    []*gem
	needed, reached         bool
}

// origin is one section: a server, a repository or a folder.
type origin struct{ kind, remote, revision string }

// want is a line of DEPENDENCIES.
type want struct {
	name, requirement string
	at                source.Span
}

func (r *reader) readLock(file string) *lock {
	l := &lock{byName: map[string][]*gem{}, sums: map[string]string{}}
	d, whole := r.Parse(r.FS, file, maxLock, "run `bundle lock`", func(file string, data []byte) (*doc.Doc, error) { return doc.Outline(file, data, "") })
	complete := d.Root().Len() == 0
	for section, body := range d.Root().Members() {
		switch kind := section.Text(); kind {
		case "GEM", "GIT", "PATH", "PLUGIN SOURCE":
			l.takeOrigin(r, kind, body)
		case "DEPENDENCIES":
			complete = true
			for line := range body.Members() {
				name, requirement := item(strings.TrimSuffix(line.Text(), "!"))
				if !ecosystem.Printable(name) {
					r.Lost(line.Span(), "run `bundle lock`", "%s cannot be the name of a gem", ecosystem.Quote(name))
					continue
				}
				l.wants = append(l.wants, want{name, requirement, line.Span()})
			}
		case "CHECKSUMS":
			for line := range body.Members() {
				gem, sums, _ := strings.Cut(line.Text(), ") ")
				name, version := item(gem + ")")
				l.sums[name+"-"+version] = sums
			}
		}
	}
	for _, g := range l.list {
		g.sums = ecosystem.Hashes(strings.Split(l.sums[fullName(g.name, g.version, g.platform)], ",")...)
	}
	if l.whole = whole && complete; whole && !complete {
		r.Lost(source.Span{Path: file}, "run `bundle lock`", "the lockfile ends in the middle: there is no section DEPENDENCIES")
	}
	return l
}

// takeOrigin reads a section with gems.
func (l *lock) takeOrigin(r *reader, kind string, body doc.Node) {
	from := &origin{kind: kind}
	for line, below := range body.Members() {
		key, value, _ := strings.Cut(line.Text(), ":")
		value = strings.TrimSpace(value)
		switch key {
		case "remote":
			from.remote = value
		case "revision":
			from.revision = value
		case "specs":
			for entry, deps := range below.Members() {
				l.takeGem(r, from, entry, deps)
			}
		}
	}
}

func (l *lock) takeGem(r *reader, from *origin, entry, deps doc.Node) {
	name, version := item(entry.Text())
	if !ecosystem.Printable(name) || !ecosystem.Printable(version) {
		r.Lost(entry.Span(), "run `bundle lock`", "%s is no gem with a version", ecosystem.Quote(entry.Text()))
		return
	}
	g := &gem{name: name, from: from, deps: deps, at: entry.Span()}
	g.version, g.platform, _ = strings.Cut(version, "-")
	l.list = append(l.list, g)
	l.byName[name] = append(l.byName[name], g)
}

// item reads "name (what)".
func item(text string) (name, what string) {
	name, rest, _ := strings.Cut(text, " (")
	what, _, _ = strings.Cut(rest, ")")
	return strings.TrimSpace(name), strings.TrimSpace(what)
}

// component is the gem as the lockfile names it.
func (g *gem) component() sbom.Component {
	c := sbom.Component{Name: g.name, Version: g.version, Hashes: g.sums}
	location := ""
	switch g.from.kind {
	case "GIT":
		location = source.Redact(g.from.remote)
		if !strings.HasPrefix(location, "git") || strings.HasPrefix(location, "git@") {
			location = "git+" + location
		}
		if g.from.revision != "" {
			location += "@" + g.from.revision
		}
		c.Source = location
	case "GEM":
		c.Source = source.Redact(g.from.remote)
	}
	c.PURL = purl(g.name, g.version, g.platform, location)
	return c
}

// checkout is the folder that Bundler gives a repository.
func (o *origin) checkout() string {
	return strings.TrimSuffix(path.Base(o.remote), ".git") + "-" + o.revision[:min(12, len(o.revision))]
}
