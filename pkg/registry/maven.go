package registry

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"strings"

	"github.com/licet/licet/pkg/doc"
)

// mavenProtocol is that of Maven's repositories (https://maven.apache.org/repositories/layout.html): a package is its POM with the POMs
// that this inherits from, and a file, unless the POM is all that there is. What the POMs declare does not spare the file: other licenses
// may lie in it. A POM's parents may come from another repository than it does, as with Maven.
var mavenProtocol = protocol{
	kind: "maven", title: "Maven repository", setting: "name a mirror in ~/.m2/settings.xml",
	configure: mavenSites, qualified: []string{"type", "classifier"}, find: findJAR,
}

// gav are coordinates.
type gav struct{ group, name, version string }

// file is where a repository has a file of an artifact.
func (c gav) file(ending string) string {
	return path.Join(strings.ReplaceAll(c.group, ".", "/"), c.name, c.version, c.name+"-"+c.version+ending)
}

func (c gav) isPlain() bool {
	return fs.ValidPath(c.file(".pom")) && !strings.ContainsAny(c.group+c.name+c.version, `${}/\:[](),?#%`) && c.group != "" && c.name != "" && c.version != "" &&
		!strings.HasSuffix(c.version, "-SNAPSHOT")
}

// maxParents bounds a chain of POMs.
const maxParents = 20

func findJAR(ctx context.Context, r *Registries, w *wanted) (*parcel, error) {
	sites := w.registry.sites(r.Sites["maven"], w)
	if len(sites) == 0 {
		return nil, w.registry.missing()
	}
	at := gav{w.purl.Namespace, w.purl.Name, w.purl.Version}
	if !at.isPlain() {
		return nil, errNotAsked
	}
	poms, packaging, err := fetchPOMs(ctx, r.client, sites, at)
	if err != nil {
		return nil, err
	}
	files := packed(poms)
	out := &parcel{
		sums: sums(poms[at.file(".pom")]), reader: "maven", manifest: at.file(".pom"), manifests: files,
		caches: map[string]fs.FS{"m2": files},
	}
	if packaging == "pom" && w.qualifier("type") == "" {
		return out, nil
	}
	ending := "." + cmp.Or(w.qualifier("type"), endingOf(packaging))
	if classifier := w.qualifier("classifier"); classifier != "" {
		ending = "-" + classifier + ending
	}
	if !fs.ValidPath(at.file(ending)) || strings.ContainsAny(ending, `/\?#%`) {
		return nil, errNotAsked
	}
	jar, err := fetchFrom(ctx, r.client, sites, at.file(ending), maxBody, false)
	if err != nil {
		return nil, err
	}
	archived, err := w.parcel(jar, out.reader, out.manifest)
	if err != nil {
		return nil, err
	}
	archived.manifests, archived.caches = out.manifests, out.caches
	archived.files, err = w.registry.unpacked(jar)
	return archived, err
}

var errNoPOM = errors.New("the Maven repository sends something that is no POM")

// endingOf is how the file is called that a POM is about (maven.apache.org/ref/current/maven-core/artifact-handlers.html).
func endingOf(packaging string) string {
	switch packaging {
	case "war", "ear", "rar", "aar", "zip":
		return packaging
	}
	return "jar"
}

// fetchPOMs fetches a POM and its parents, as far as one states a license, and tells how the package is packed.
func fetchPOMs(ctx context.Context, c *client, sites []Site, at gav) (poms map[string][]byte, packaging string, err error) {
	poms = map[string][]byte{}
	for n := 0; n < maxParents && at.isPlain() && poms[at.file(".pom")] == nil; n++ {
		data, err := fetchFrom(ctx, c, sites, at.file(".pom"), maxConfig, n > 0)
		if err != nil {
			if isGone(err) && n > 0 {
				err = errors.New("no Maven repository that is configured has the parent of some POMs")
			}
			return nil, "", err
		}
		d, err := doc.XML("pom.xml", data)
		project := d.Root().Get("project")
		if err != nil || project.Kind() == doc.Missing {
			return nil, "", errNoPOM
		}
		poms[at.file(".pom")] = data
		if n == 0 {
			packaging = strings.TrimSpace(project.Get("packaging").Text())
		}
		if project.Get("licenses").Get("license").Kind() != doc.Missing { // a parent's do not add to them
			return poms, packaging, nil
		}
		parent := project.Get("parent")
		text := func(name string) string { return strings.TrimSpace(parent.Get(name).Text()) }
		at = gav{text("groupId"), text("artifactId"), text("version")}
	}
	return poms, packaging, nil
}

// fetchFrom fetches a file from the first repository that has it; shared is a file that others ask for too.
func fetchFrom(ctx context.Context, c *client, sites []Site, file string, limit int64, shared bool) ([]byte, error) {
	var err error
	for _, s := range sites {
		var address string
		if address, err = join(s.Address, strings.Split(file, "/")...); err != nil {
			return nil, err
		}
		var got *answer
		if shared {
			got, err = c.once(ctx, address, "")
		} else {
			got, err = c.get(ctx, address, "", limit)
		}
		if err == nil {
			return got.data, nil
		}
		if !isGone(err) {
			break
		}
	}
	return nil, err
}

// mavenSites are the repositories of the user's settings.xml (https://maven.apache.org/settings.html): what mirrors the usual one, and those
// of active profiles, or their mirrors. Servers have names and passwords by the id of a mirror or repository; a password that is encrypted is
// Maven's secret.
func mavenSites(u *User, keys *Keyring) []Site {
	if u.Home == "" {
		return nil
	}
	return settingsXML(u.read(filepath.Join(u.Home, ".m2", "settings.xml")), u, keys)
}

func settingsXML(data []byte, u *User, keys *Keyring) []Site {
	d, _ := doc.XML("settings.xml", data)
	top := d.Root().Get("settings")
	s := &mavenSettings{keys: keys, servers: map[string]doc.Node{}, env: u.Env}
	for k, n := range top.Get("mirrors").Members() {
		if k.Text() == "mirror" {
			s.mirrors = append(s.mirrors, n)
		}
	}
	for k, n := range top.Get("servers").Members() {
		if k.Text() == "server" {
			s.servers[s.text(n, "id")] = n
		}
	}
	s.add("central", "")
	active := map[string]bool{}
	for _, n := range top.Get("activeProfiles").Members() {
		active[strings.TrimSpace(n.Text())] = true
	}
	for _, p := range top.Get("profiles").Members() {
		if !active[s.text(p, "id")] && s.text(p.Get("activation"), "activeByDefault") != "true" {
			continue
		}
		for _, repo := range p.Get("repositories").Members() {
			s.add(s.text(repo, "id"), s.text(repo, "url"))
		}
	}
	return s.sites
}

// mavenSettings are what a settings.xml says.
type mavenSettings struct {
	mirrors []doc.Node
	servers map[string]doc.Node
	keys    *Keyring
	env     func(string) string
	sites   []Site
}

// text is the text of an element, with variables of the environment in the place of ${env.NAME}.
func (s *mavenSettings) text(n doc.Node, name string) string {
	return expand(strings.ReplaceAll(strings.TrimSpace(n.Get(name).Text()), "${env.", "${"), s.env)
}

// add adds a repository, or what mirrors it. Without a URL it is the usual one, which only a mirror or a repository of that id names.
func (s *mavenSettings) add(id, address string) {
	for _, m := range s.mirrors {
		if mirrors(s.text(m, "mirrorOf"), id, address) {
			id, address = s.text(m, "id"), s.text(m, "url")
			break
		}
	}
	if !strings.HasPrefix(address, "http://") && !strings.HasPrefix(address, "https://") {
		return
	}
	address = s.keys.take(address)
	if server, ok := s.servers[id]; ok {
		password := s.text(server, "password")
		if password != "" && !(strings.HasPrefix(password, "{") && strings.HasSuffix(password, "}")) {
			s.keys.basic(address, s.text(server, "username"), password)
		}
	}
	s.sites = append(s.sites, Site{Address: address})
}

// mirrors reports whether a list such as "*,!snapshots" or "external:*" has a repository (https://maven.apache.org/guides/mini/guide-mirror-settings.html).
func mirrors(list, id, address string) bool {
	local := strings.Contains(address, "://localhost") || strings.Contains(address, "://127.0.0.1") || strings.HasPrefix(address, "file:")
	found := false
	for what := range strings.SplitSeq(list, ",") {
		switch what = strings.TrimSpace(what); {
		case what == "!"+id:
			return false
		case what == id, what == "*", what == "external:*" && !local, what == "external:http:*" && !local && strings.HasPrefix(address, "http:"):
			found = true
		}
	}
	return found
}
