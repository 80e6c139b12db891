package terraform

import (
	"path"
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

// fetched are the modules that were, by their labels.
func (r *reader) fetched(dir string) map[string]doc.Node {
	file := path.Join(dir, modulesFile)
	data, err := ecosystem.ReadFile(r.FS, file, maxSize)
	if err != nil {
		return nil
	}
	d, _ := doc.JSON(file, data) // a report of Terraform, not a manifest: what is wrong with it costs only what it would have told
	out := map[string]doc.Node{}
	for n := range d.Root().Get("Modules").Items() {
		out[n.Get("Key").Text()] = n
	}
	return out
}

// modules adds the modules that the configuration of a folder calls. Those of the tree are read as what they are.
func (r *reader) modules(dir string, calls []module) {
	here := r.fetched(dir)
	var absent []sbom.ID
	var first source.Span
	for _, m := range calls {
		switch {
		case m.computed:
			r.Lost(m.at, "write the source of the module as a literal", "the source of the module %s is computed", ecosystem.Quote(m.label))
			continue
		case m.source == "", strings.HasPrefix(m.source, "./"), strings.HasPrefix(m.source, "../"), path.IsAbs(m.source):
			continue
		}
		c := m.component(here[m.label].Get("Version").Text())
		if !ecosystem.Printable(c.Name) {
			r.Lost(m.at, "state the source of the module", "%s cannot be a module", ecosystem.Quote(m.source))
			continue
		}
		folder := ""
		if at := here[m.label].Get("Dir").Text(); at != "" {
			folder = r.At(path.Join(dir, at))
		}
		id := r.Add(c, folder, m.at)
		r.Depend(r.root(m.at.Path), id, sbom.Runtime, m.version, m.at)
		if folder != "" {
			continue
		}
		if absent = append(absent, id); first.IsZero() {
			first = m.at
		}
	}
	if len(absent) > 0 {
		r.Unavailable(first, next, "the files of the modules are not on this machine, and no lockfile pins them", absent...)
	}
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
	case scheme == "" && kind == "" && !strings.Contains(rest, "@") && (len(parts) == 3 || len(parts) == 4):
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
