package gradle

import (
	"io/fs"
	"path"
	"strings"

	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// What a module's license is stands in its POM, or in the nearest of that POM's parents that states one. Gradle fetches all of
// these to resolve the module, so that they lie in its cache, in a folder of their own beside that of the JAR.

// The limits of POMs: bytes, and parents, of which the longest chains in use have less than ten.
const (
	maxPOM     = 8 << 20
	maxParents = 50
)

// licenses are the claims of the POM of a module; none if it is not at hand.
func (b *build) licenses(c coordinates) []sbom.Claim {
	for range maxParents {
		top, ok := b.pom(c)
		if !ok {
			return nil
		}
		if claims := detect.POM(top.Get("licenses"), func(s string) string { return s }); claims != nil {
			return claims
		}
		parent := top.Get("parent")
		c = coordinates{group: parent.Get("groupId").Text(), name: parent.Get("artifactId").Text(), version: parent.Get("version").Text()}
	}
	return nil
}

// pom reads a POM in the caches. Each is read once: modules share their parents.
func (b *build) pom(c coordinates) (top doc.Node, ok bool) {
	if c.classifier = ""; !c.isStorable() {
		return doc.Node{}, false
	}
	if b.poms == nil {
		b.poms = map[coordinates]doc.Node{}
	}
	if top, ok = b.poms[c]; !ok {
		if cache, file := b.storedFile(c, ".pom"); file != "" {
			if data, err := ecosystem.ReadFile(b.Caches[cache], file, maxPOM); err == nil {
				d, err := doc.XML(source.JoinRoot(cache, file), data)
				if top = d.Root().Get("project"); err != nil {
					b.Gap(sbom.Gap{Kind: sbom.Lost, Span: source.Span{Path: source.JoinRoot(cache, file)}, Next: "run `gradle dependencies --refresh-dependencies`",
						Why: "what licenses it states is not known: " + err.Error()})
				}
			}
		}
		b.poms[c] = top
	}
	return top, top.Kind() != doc.Missing
}

// isStorable reports whether coordinates lead to a folder of a cache.
func (c coordinates) isStorable() bool {
	return c.version != "" && strings.Trim(c.group, ".") != "" && strings.Trim(c.name, ".") != "" && strings.Trim(c.version, ".") != "" &&
		!strings.ContainsAny(c.group+c.name+c.version, `/\:${}`)
}

// storedFile finds a file of a module. Gradle's own cache has a folder for each checksum of a file, Maven's repository one for each
// version.
func (b *build) storedFile(c coordinates, ending string) (cache, file string) {
	leaf := c.name + "-" + c.version + ending
	if own := b.Caches["gradle"]; own != nil {
		dir := path.Join(c.group, c.name, c.version)
		sums, _ := fs.ReadDir(own, dir)
		for _, sum := range sums {
			if file := path.Join(dir, sum.Name(), leaf); isFile(own, file) {
				return "gradle", file
			}
		}
	}
	if local := b.Caches["m2"]; local != nil {
		if file := path.Join(strings.ReplaceAll(c.group, ".", "/"), c.name, c.version, leaf); isFile(local, file) {
			return "m2", file
		}
	}
	return "", ""
}
