package verify

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// A JAR that was built here names itself, whatever was put into it: tools that put the classes of others into one need not keep their
// coordinates. That other JARs beside it speak makes it no clearer. What its classes are called does: a package that is
// called neither after the group of what was built here nor after its name is somebody else's, and nobody said whose.

// javaEndings end the names of Java archives.
var javaEndings = []string{".jar", ".war", ".ear", ".aar"}

func isJava(p string) bool { return slices.Contains(javaEndings, strings.ToLower(path.Ext(p))) }

// The limits of one outermost Java archive with those in it.
const (
	maxJavaBytes   = 256 << 20 // of it, and of what is inflated
	maxJavaEntries = 1_000_000
	maxJavaDepth   = 4
)

// classes are the Java archives of an artifact.
type classes struct {
	// packages are the packages that an archive has classes of, by their first two parts: org.acme; nil where a limit was met.
	packages map[string]map[string]bool
	left     int64 // bytes
	entries  int
}

// note notes the packages of an archive and of those in it.
func (c *classes) note(files fs.FS, p string) {
	data, err := ecosystem.ReadFile(files, p, maxJavaBytes)
	if err != nil {
		c.packages[p] = nil
		return
	}
	c.left, c.entries = maxJavaBytes, 0
	c.read(p, data, 1)
}

func (c *classes) read(p string, data []byte, depth int) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if c.entries += entriesOf(z); err != nil || c.entries > maxJavaEntries || depth > maxJavaDepth {
		c.packages[p] = nil
		return
	}
	found := map[string]bool{}
	c.packages[p] = found
	for _, e := range z.File {
		switch {
		case strings.HasSuffix(e.Name, ".class"):
			if name := packageOf(e.Name); name != "" {
				found[name] = true
			}
		case isJava(e.Name) && !e.Mode().IsDir():
			inner := p + "!/" + e.Name
			if data, ok := c.inflate(e); ok {
				c.read(inner, data, depth+1)
			} else {
				c.packages[inner] = nil
			}
		}
	}
}

func entriesOf(z *zip.Reader) int {
	if z == nil {
		return 0
	}
	return len(z.File)
}

func (c *classes) inflate(e *zip.File) ([]byte, bool) {
	r, err := e.Open()
	if err != nil {
		return nil, false
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, c.left+1))
	c.left -= int64(len(data))
	return data, err == nil && c.left >= 0
}

// packageOf gives the first two parts of the package of a class, "" for one in none. Where an archive is for a server, or for several
// releases of Java, the packages begin deeper (JAR File Specification, "Multi-release JAR files").
func packageOf(entry string) string {
	for _, top := range []string{"WEB-INF/classes/", "BOOT-INF/classes/"} {
		entry = strings.TrimPrefix(entry, top)
	}
	parts := strings.Split(path.Dir(entry), "/")
	if len(parts) > 3 && parts[0] == "META-INF" && parts[1] == "versions" {
		parts = parts[3:]
	}
	if parts[0] == "." || parts[0] == "META-INF" {
		return ""
	}
	return strings.Join(parts[:min(2, len(parts))], ".")
}

// mixed adds the gap of Java archives that name nothing but what was built here, and have classes of others.
func (c *comparison) mixed(programs *Programs) {
	archives := programs.java()
	if len(archives) == 0 {
		return
	}
	var own []string // groups and names of what was built here
	speaking := map[string]bool{}
	for i := range c.built.Components {
		x := &c.built.Components[i]
		if typeOf(x.PURL) != "maven" {
			continue
		}
		if c.isOwn(x) {
			pkg, _ := split(x.PURL)
			group, name, _ := strings.Cut(strings.TrimPrefix(pkg, "pkg:maven/"), "/")
			own = append(own, group, name)
			continue
		}
		for _, o := range x.Occurrences {
			for _, at := range append(o.Found, source.Span{Path: o.Dir}) {
				speaking[archiveOf(at.Path, archives)] = true
			}
		}
	}
	for _, p := range slices.Sorted(maps.Keys(archives)) {
		gap := sbom.Gap{Kind: sbom.Unsupported, Material: true, Span: source.Span{Path: p},
			Next: "verify a build that keeps the coordinates of what it puts into an archive, or the packages that it was made of"}
		others := slices.DeleteFunc(slices.Sorted(maps.Keys(archives[p])), func(name string) bool { return isNamedAfter(name, own) })
		switch {
		case archives[p] == nil:
			gap.Kind, gap.Why = sbom.Limit, "the archive is too large, too deep or damaged: whose classes are in it was not looked at"
		case speaking[p] || len(others) == 0:
			continue
		default:
			gap.Why = fmt.Sprintf("nothing is told of %s in the archive whose classes it has, the first is %s", sbom.Plural(len(others), "package"), others[0])
		}
		c.gap("the artifact", gap)
	}
}

// archiveOf is the innermost Java archive that a path leads to or into, "" for none.
func archiveOf(p string, archives map[string]map[string]bool) string {
	for {
		p = strings.TrimSuffix(strings.TrimSuffix(p, "/"), "!")
		if _, ok := archives[p]; ok {
			return p
		}
		end := strings.LastIndex(p, "!/")
		if end < 0 {
			return ""
		}
		p = p[:end]
	}
}

// isNamedAfter reports whether a package is called after one of the groups and names.
func isNamedAfter(pkg string, own []string) bool {
	return slices.ContainsFunc(own, func(name string) bool {
		return name != "" && (pkg == name || strings.HasPrefix(pkg, name+".") || strings.HasPrefix(name, pkg+"."))
	})
}
