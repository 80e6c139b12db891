package terraform

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// module is a call of a module.
type module struct {
	label, source, version string
	computed               bool // the source is an expression
	at                     source.Span
}

// modulesFile is where terraform init notes what it fetched.
const modulesFile = ".terraform/modules/modules.json"

// fetched are the modules that were, by their keys: the labels of the calls that lead to them, with dots between.
func (r *reader) fetched(dir string) map[string]doc.Node {
	file := path.Join(dir, modulesFile)
	data, err := ecosystem.ReadFile(r.FS, file, maxSize)
	if err != nil {
		return nil
	}
	d, err := doc.JSON(file, data)
	if err != nil { // a report of Terraform, not a manifest: without it the modules count as not fetched
		return nil
	}
	out := map[string]doc.Node{}
	for n := range d.Root().Get("Modules").Items() {
		out[n.Get("Key").Text()] = n
	}
	return out
}

// caller gathers the modules that the configuration of a folder calls.
type caller struct {
	*reader
	dir      string
	here     map[string]doc.Node // what was fetched, by key
	ids      map[string]sbom.ID  // by key
	standard string              // the registry of sources without a host, as the modules file writes it
	absent   []sbom.ID
	first    source.Span // of these
}

// modules adds the modules that the configuration of a folder calls, and of those that were fetched what they call themselves.
// Those of the tree are read as what they are.
func (r *reader) modules(dir string, calls []module) {
	c := caller{reader: r, dir: dir, here: r.fetched(dir), ids: map[string]sbom.ID{}}
	for _, m := range calls {
		switch {
		case m.computed:
			r.Lost(m.at, "write the source of the module as a literal", "the source of the module %s is computed", ecosystem.Quote(m.label))
		case m.source == "":
		case !m.isLocal():
			c.add(m.label, m, r.root(m.at.Path))
			if host, ok := strings.CutSuffix(c.here[m.label].Get("Source").Text(), "/"+m.source); ok && !strings.Contains(host, "/") {
				c.standard = host + "/"
			}
		case path.IsAbs(m.source) || r.At(path.Join(dir, m.source)) == "":
			r.Gap(sbom.Gap{Kind: sbom.Unavailable, Span: m.at, Material: true, Next: "scan a folder that holds the module too",
				Why: "the module " + ecosystem.Quote(m.label) + " lies in a folder outside of the tree"})
		}
	}
	c.nested()
	if len(c.absent) > 0 {
		r.Unavailable(c.first, next, "the files of the modules are not on this machine, and no lockfile pins them", c.absent...)
	}
}

// nested adds what modules that were fetched call themselves.
func (c *caller) nested() {
	for _, key := range slices.Sorted(maps.Keys(c.here)) { // whoever calls a module comes before it
		dot := strings.LastIndexByte(key, '.')
		from := c.ids[key[:max(0, dot)]]
		if from == "" { // called by the tree, and so known
			continue
		}
		at := c.here[key].Get("Source")
		m := module{label: key[dot+1:], source: strings.TrimPrefix(at.Text(), c.standard), at: at.Span()}
		if m.isLocal() {
			c.ids[key] = from // a part of it
			continue
		}
		c.add(key, m, from)
	}
}

// add adds a module that another one or the configuration itself calls.
func (c *caller) add(key string, m module, from sbom.ID) {
	what := m.component(c.here[key].Get("Version").Text())
	if !ecosystem.Printable(what.Name) {
		c.Lost(m.at, "state the source of the module", "%s cannot be a module", ecosystem.Quote(m.source))
		return
	}
	folder := ""
	if at := c.here[key].Get("Dir").Text(); at != "" {
		folder = c.At(path.Join(c.dir, at))
	}
	id := c.Add(what, folder, m.at)
	c.ids[key] = id
	c.Depend(from, id, sbom.Runtime, m.version, m.at)
	if folder == "" {
		if c.absent = append(c.absent, id); c.first.IsZero() {
			c.first = m.at
		}
	}
}

// isLocal reports whether the module lies in a folder beside the one that calls it, or in one of this machine.
func (m module) isLocal() bool {
	return strings.HasPrefix(m.source, "./") || strings.HasPrefix(m.source, "../") || path.IsAbs(m.source)
}

// component is the module: one of a registry, [HOST/]NAMESPACE/NAME/SYSTEM; one of a repository, whose address may begin with
// git:: or be that of a known host, with the revision in ?ref=; or an archive; what is none of these has no name. What stands
// behind // is a folder in it.
// version is what is known to be had, else the constraint may tell.
func (m module) component(version string) sbom.Component {
	if version == "" {
		version = exact(m.version)
	}
	from, query, _ := strings.Cut(m.source, "?")
	kind, location, forced := strings.Cut(from, "::")
	if !forced {
		kind, location = "", from
	}
	scheme, rest := "", location
	if before, after, ok := strings.Cut(location, "://"); ok {
		scheme, rest = before+"://", after
	}
	rest, _, _ = strings.Cut(rest, "//")
	parts := strings.Split(rest, "/")
	switch {
	case isHost(rest, "github.com/", 3), isHost(rest, "bitbucket.org/", 3):
		if scheme == "" {
			return repository("https://"+strings.Join(parts[:3], "/"), query)
		}
	case scheme == "" && kind == "" && !strings.Contains(rest, "@") && (len(parts) == 3 && !strings.Contains(parts[0], ".") || len(parts) == 4):
		host := ""
		if len(parts) == 4 {
			host, parts = parts[0], parts[1:]
		}
		c := sbom.Component{Name: strings.Join(parts, "/"), Version: version}
		c.PURL = ecosystem.PURL("terraform", parts[0]+"/"+parts[1], parts[2], version, "repository_url", host)
		return c
	}
	if kind == "git" || scheme == "" && strings.Contains(rest, "@") || scheme == "ssh://" || strings.HasSuffix(rest, ".git") {
		return repository(scheme+rest, query)
	}
	if kind == "" && scheme == "" {
		return sbom.Component{}
	}
	c := sbom.Component{Name: m.label, Source: m.source}
	if kind == "" && strings.HasPrefix(scheme, "http") {
		c.PURL = ecosystem.PURL("generic", "", m.label, "", "download_url", source.Redact(scheme+rest))
	}
	return c
}

// isHost reports whether a location begins with a host and has as many parts as its repositories.
func isHost(location, host string, parts int) bool {
	return strings.HasPrefix(location, host) && strings.Count(location, "/") >= parts-1
}

// repository is a module of a repository at the revision that the query names.
func repository(location, query string) sbom.Component {
	revision := ""
	for field := range strings.SplitSeq(query, "&") {
		if value, ok := strings.CutPrefix(field, "ref="); ok && ecosystem.Printable(value) {
			revision = value
		}
	}
	host, repo, _ := ecosystem.Repository(location)
	c := sbom.Component{Name: repo, Version: revision, Source: location, PURL: ecosystem.RepositoryPURL(location, revision)}
	if host == "" {
		c.Name = ""
	}
	return c
}
