package ecosystem

import (
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// Image gathers what a system's package manager has installed. The root is the system; it contains every package, so that
// packages that only need each other are reached too. What a package needs is met by the one that has or provides the name.
type Image struct {
	Graph
	*Project
	ID, Version string // of the system: "debian", "12"; empty if it does not say
	root        sbom.ID
	named       map[string]sbom.ID
	needs       []need
	contained   map[sbom.ID]bool
}

type need struct {
	from        sbom.ID
	scope       sbom.Scope
	requirement string
	at          source.Span
	names       []string
}

// maxRelease is the size of a file that names a system, in bytes.
const maxRelease = 1 << 20

// NewImage starts with the system whose files lie below the folder top; at is what says that packages are installed. The
// system is named by etc/os-release or usr/lib/os-release (freedesktop.org, os-release).
func NewImage(reader string, p *Project, top string, at source.Span) *Image {
	m := &Image{Graph: Graph{Reader: reader}, Project: p, named: map[string]sbom.ID{}, contained: map[sbom.ID]bool{}}
	root := p.Unnamed(top)
	for _, file := range []string{"etc/os-release", "usr/lib/os-release"} {
		file = path.Join(top, file)
		data, err := ReadFile(p.FS, file, maxRelease)
		if err != nil {
			continue
		}
		d, _ := doc.INI(file, data)
		m.ID, m.Version = unquoted(d.Root().Get("ID")), unquoted(d.Root().Get("VERSION_ID"))
		break
	}
	if m.ID != "" {
		root = sbom.Component{Name: m.ID, Version: m.Version, Type: sbom.TypePlatform}
	}
	m.root = m.Root(root, top, at)
	return m
}

func unquoted(n doc.Node) string {
	if s := strings.Trim(n.Text(), `"'`); Printable(s) {
		return s
	}
	return ""
}

// Distro is the qualifier that tells for which system a package was made: "debian-12"; "" if the system does not say.
func (m *Image) Distro() string {
	if m.Version == "" {
		return m.ID
	}
	return m.ID + "-" + m.Version
}

// Vendor is the namespace of the system's packages: what it is called, or else what it most probably is.
func (m *Image) Vendor(probably string) string { return cmp.Or(m.ID, probably) }

// Reserve makes room for a number of packages, where a database tells how many there are before they are installed.
func (m *Image) Reserve(packages int) {
	m.Components = slices.Grow(m.Components, packages)
	m.Relationships = slices.Grow(m.Relationships, 2*packages)
	m.needs = slices.Grow(m.needs, packages)
	if len(m.named) == 0 {
		m.named, m.contained = make(map[string]sbom.ID, packages), make(map[sbom.ID]bool, packages)
	}
}

// Install adds a package that is known under these names besides its own.
func (m *Image) Install(c sbom.Component, dir string, at source.Span, provides ...string) sbom.ID {
	id := m.Add(c, dir, at)
	m.named[c.Name] = id
	for _, name := range provides {
		if _, ok := m.named[name]; !ok {
			m.named[name] = id
		}
	}
	if !m.contained[id] {
		m.contained[id] = true
		m.Relationships = append(room(m.Relationships), sbom.Relationship{From: m.root, To: id, Kind: sbom.Contains, Scope: sbom.Runtime, Found: []source.Span{at}})
	}
	return id
}

// Need notes that a package needs what has one of these names, the first that is installed.
func (m *Image) Need(from sbom.ID, scope sbom.Scope, requirement string, at source.Span, names ...string) {
	m.needs = append(room(m.needs), need{from, scope, requirement, at, names})
}

// Finish adds the edges, and the gap of packages of whose license nothing is at hand.
func (m *Image) Finish() sbom.Fragment {
	type edge struct {
		from, to sbom.ID
		scope    sbom.Scope
	}
	known := make(map[edge]bool, len(m.needs))
	for _, n := range m.needs {
		e := edge{n.from, "", n.scope}
		for _, name := range n.names {
			e.to = cmp.Or(e.to, m.named[name])
		}
		if e.to != "" && e.from != e.to && !known[e] {
			known[e] = true
			m.Depend(n.from, e.to, n.scope, n.requirement, n.at)
		}
	}
	var silent []sbom.ID
	for _, c := range m.Components {
		if m.contained[c.ID] && c.Occurrences[0].Dir == "" && len(c.Claims) == 0 {
			silent = append(silent, c.ID)
		}
	}
	if len(silent) > 0 {
		at := source.Span{Path: m.Files[0]}
		why := fmt.Sprintf("neither license files nor a declared license of %d of %d packages are at hand", len(silent), len(m.contained))
		m.Unavailable(at, "scan an image that keeps usr/share/doc and usr/share/licenses", why, silent...)
	}
	return m.Fragment
}

// Below gives the folder of the system's root that a file of a package manager's database lies below: for the file
// "image/var/lib/dpkg/status" and the place "var/lib/dpkg/status" that is "image".
func Below(file, place string) (top string, ok bool) {
	rest, ok := strings.CutSuffix(file, place)
	if !ok || rest != "" && !strings.HasSuffix(rest, "/") {
		return "", false
	}
	return path.Clean(rest), true
}

// Above gives the folder that a part of a path lies in: for "app/renv/library/x/DESCRIPTION" and "renv/library" that is
// "app". rest is what follows the part.
func Above(p, part string) (dir, rest string, ok bool) {
	before, rest, ok := strings.Cut("/"+p, "/"+part+"/")
	if !ok {
		return "", "", false
	}
	return path.Clean(strings.TrimPrefix(before, "/")), rest, true
}

// GroupBy makes one project of all paths with the same key.
func GroupBy(paths []string, key func(string) string) [][]string {
	at := map[string]int{}
	var groups [][]string
	for _, p := range paths {
		k := key(p)
		i, ok := at[k]
		if !ok {
			i = len(groups)
			at[k] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], p)
	}
	return groups
}

// Placed matches the regular files that lie where place says, which gives the root of the file system above.
func Placed(place func(p string) (top string, ok bool)) func(string, fs.FileMode, []byte) bool {
	return func(p string, mode fs.FileMode, _ []byte) bool {
		_, ok := place(p)
		return ok && mode.IsRegular()
	}
}

// GroupPlaced makes one project of what lies below each root.
func GroupPlaced(place func(p string) (top string, ok bool)) func([]string) [][]string {
	return func(paths []string) [][]string {
		return GroupBy(paths, func(p string) string { top, _ := place(p); return top })
	}
}
