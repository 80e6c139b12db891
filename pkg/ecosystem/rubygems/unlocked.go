package rubygems

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// unlocked reads a Gemfile for which there is no lockfile.
func (b *bundle) unlocked() {
	at := source.Span{Path: b.gemfile}
	var unknown []sbom.ID
	if s := b.own(); s != nil {
		b.claimed[s] = true
		b.id, unknown = b.addGem(s)
	} else {
		b.id = b.Root(b.Unnamed(b.dir), b.dir, at)
	}
	for _, n := range b.names.needs {
		id := b.addUnpinned(n)
		unknown = append(unknown, id)
		b.Depend(b.id, id, n.scope, n.requirement, n.at)
	}
	b.reportUnpinned(at, unknown)
	b.reportUnread(b.names.unread)
}

// addGems adds the gems of the target that no bundle accounts for.
func (r *reader) addGems() {
	for _, dir := range slices.Sorted(maps.Keys(r.specs)) {
		for _, s := range r.specs[dir] {
			if !r.claimed[s] {
				_, unknown := r.addGem(s)
				r.reportUnpinned(source.Span{Path: s.file}, unknown)
			}
		}
	}
}

// addGem adds a gem as a root, and what it needs.
func (r *reader) addGem(s *gemspec) (id sbom.ID, unknown []sbom.ID) {
	id = r.Root(s.component(), s.dir, s.at)
	if !s.computed.IsZero() {
		r.Gap(sbom.Gap{Kind: sbom.Unsupported, Span: s.computed, Components: []sbom.ID{id}, Next: "write the version out",
			Why: "the version is computed"})
	}
	for _, n := range s.needs {
		to := r.addUnpinned(n)
		unknown = append(unknown, to)
		r.Depend(id, to, n.scope, n.requirement, n.at)
	}
	r.reportUnread(s.unread)
	return id, unknown
}

// reportUnread tells of requirements that a program computes.
func (r *reader) reportUnread(at []source.Span) {
	if len(at) > 0 {
		r.Gap(sbom.Gap{Kind: sbom.Unsupported, Span: at[0], Material: true, Next: relock,
			Why: fmt.Sprintf("%d of the gems that are named here are computed, and missing from the inventory", len(at))})
	}
}

// addUnpinned adds what a requirement names, with a version only if it leaves no choice: "1.2.3" means this one.
func (r *reader) addUnpinned(n need) sbom.ID {
	c := sbom.Component{Name: n.name}
	v := strings.TrimSpace(strings.TrimPrefix(n.requirement, "="))
	if v != "" && isDigit(v[0]) && ecosystem.Printable(v) && !strings.ContainsAny(v, ",<>=~!") {
		c.Version = v
	}
	c.PURL = purl(c.Name, c.Version, "", "")
	return r.Add(c, "", n.at)
}

func (r *reader) reportUnpinned(at source.Span, unknown []sbom.ID) {
	if len(unknown) > 0 {
		r.Unavailable(at, relock, "there is no lockfile: versions and transitive dependencies are unknown", unknown...)
	}
}
