package npm

import (
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/sbom"
)

// berry reads yarn.lock as Yarn 2 and later write it. Its ranges name a protocol, "npm:" if none is written; what an entry was
// resolved to is a name and a range again (https://yarnpkg.com/protocols).
func (l *pinned) berry() {
	l.refer = func(d dependency) string { return d.name + "@" + protocol(d.requirement) }
	for key, entry := range l.root(doc.YAML).Members() {
		if key.Text() == "__metadata" {
			l.cacheKey = entry.Get("cacheKey").Text()
		} else if l.object(key, entry) {
			l.berryEntry(key, entry)
		}
	}
}

func (l *pinned) berryEntry(key, entry doc.Node) {
	var refs []string
	for ref := range strings.SplitSeq(key.Text(), ",") {
		name, requirement := splitRef(strings.TrimSpace(ref))
		refs = append(refs, name+"@"+protocol(requirement))
	}
	p := &pin{at: key, version: entry.Get("version").Text(), checksum: entry.Get("checksum").Text()}
	name, where := splitRef(entry.Get("resolution").Text())
	if p.name = name; name == "" {
		p.name, _ = splitRef(refs[0])
	}
	p.locator = where
	where, _, _ = strings.Cut(where, "::") // what binds it to a project
	folder, workspace := strings.CutPrefix(where, "workspace:")
	location, detail, _ := strings.Cut(where, "#")
	switch {
	case workspace:
		p.own = true
	case strings.HasPrefix(where, "patch:"):
		p.patched = !strings.Contains(detail, "builtin<") // Yarn's own patches make packages work with it
		p.patch = yarnPatch(l.dir, detail)
	case isHTTP(where) && strings.Contains(where, "#commit="):
		p.resolved, p.direct = "git+"+strings.Replace(where, "#commit=", "#", 1), true
	case isHTTP(where):
		p.resolved, p.direct = where, true
	case isGit(where):
		p.resolved, p.direct = strings.Replace(where, "#commit=", "#", 1), true
	case strings.Contains(where, "#commit="): // git@host:path
		p.resolved, p.direct = "git+ssh://"+strings.Replace(strings.Replace(where, "#commit=", "#", 1), ":", "/", 1), true
	default:
		l.settle(p, location)
	}
	if p.optional = entry.Get("conditions").Kind() != doc.Missing; p.optional && p.checksum == "" { // it is for some platforms, and has no checksum
		p.checksum = l.cacheKey + "/"
	}
	if p.version == "0.0.0-use.local" {
		p.version = ""
	}
	p.needs = l.berryNeeds(entry)
	if folder, ok := below(l.dir, folder); workspace && ok {
		p.folder = folder
		l.importers[folder] = p.needs
		l.said[folder] = title{p.name, p.version, key}
		p.needs = nil
	}
	l.list(p, refs...)
}

// berryNeeds is what an entry requires. What its peers became is not told.
func (l *pinned) berryNeeds(entry doc.Node) (needs []need) {
	meta := entry.Get("dependenciesMeta").Index()
	for _, field := range []string{"dependencies", "optionalDependencies"} {
		for at, value := range entry.Get(field).Members() {
			d := dependency{name: at.Text(), requirement: value.Text(), scope: sbom.Runtime, at: at}
			if optional, _ := meta[d.name].Get("optional").Bool(); optional || field == "optionalDependencies" {
				d.scope = sbom.Optional
			}
			needs = append(needs, need{d, l.refer(d)})
		}
	}
	for at, value := range entry.Get("peerDependencies").Members() {
		needs = append(needs, l.peerOf(dependency{name: at.Text(), requirement: value.Text(), at: at}))
	}
	return needs
}

func protocol(requirement string) string {
	if strings.Contains(requirement, ":") {
		return requirement
	}
	return "npm:" + requirement
}
