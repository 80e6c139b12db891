package cargo

import (
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// unlocked reads manifests for which there is no lockfile: they name direct dependencies, and ranges of versions.
func (u *unit) unlocked() {
	at := source.Span{Path: u.dir}
	if u.top != nil {
		at.Path = u.top.file
	}
	if len(u.members) == 0 {
		u.homes[u.dir] = u.Root(u.Unnamed(u.dir), u.dir, at)
		return
	}
	var unknown []sbom.ID
	for _, m := range u.members {
		c := m.component()
		c.Type = u.typeOf(m)
		if m.dir != "." && u.isFile(path.Join(m.dir, ".cargo_vcs_info.json")) { // which `cargo package` writes
			c.Origin = sbom.OriginVendored
		}
		id := u.Root(c, m.dir, m.at)
		if u.homes[u.dir] == "" {
			u.homes[u.dir] = id
		}
		for _, n := range u.needs(m) {
			to := u.addNeighbour(n)
			if to == "" {
				to = u.addUnpinned(n)
				unknown = append(unknown, to)
			}
			u.Depend(id, to, n.scope, n.written(), n.at)
		}
	}
	if len(unknown) > 0 {
		slices.Sort(unknown)
		u.Unavailable(at, pin, "there is no lockfile: versions and transitive dependencies are unknown", slices.Compact(unknown)...)
	}
}

// addNeighbour adds the package of the target that a requirement names by its path; "" if there is none.
func (r *reader) addNeighbour(n need) sbom.ID {
	m := r.manifests[n.dir]
	if n.dir == "" || m == nil || !m.isPackage() {
		return ""
	}
	c := m.component()
	c.Type = r.typeOf(m)
	return r.Add(c, m.dir, m.at)
}

// addUnpinned adds what a requirement names: with a version only if it leaves no choice.
func (r *reader) addUnpinned(n need) sbom.ID {
	c := sbom.Component{Name: n.name}
	if v, ok := strings.CutPrefix(n.requirement, "="); ok {
		if v = strings.TrimSpace(v); strings.Count(v, ".") >= 2 && ecosystem.Printable(v) && !strings.ContainsAny(v, ",*<>=^~") {
			c.Version = v
		}
	}
	var location string
	if n.git != "" {
		repository, ref, _ := strings.Cut(source.Redact(n.git), "#")
		location = "git+" + repository
		if ref != "" {
			location += "@" + ref
		}
		c.Source = location
	}
	c.PURL = ecosystem.PURL(name, "", c.Name, c.Version, "vcs_url", location)
	return r.Add(c, "", n.at)
}
