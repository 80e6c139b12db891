package gradle

import (
	"path"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// check is one module of verification metadata.
type check struct {
	coordinates
	at       source.Span
	hashes   []sbom.Hash
	onlyText bool // no file but those that describe the module: Gradle looked at it, and took another version or none
}

// readVerification reads gradle/verification-metadata.xml: the checksums of every file that Gradle fetches, in the build of
// the build too.
func (b *build) readVerification(file string) {
	d, _ := b.Parse(b.FS, file, maxLock, "run `gradle --write-verification-metadata sha256`", doc.XML)
	b.metadata = file
	for k, n := range d.Root().Get("verification-metadata").Get("components").Members() {
		if k.Text() != "component" {
			continue
		}
		c := check{coordinates: coordinates{n.Get("@group").Text(), n.Get("@name").Text(), n.Get("@version").Text(), ""}, at: n.Get("@name").Span(), onlyText: true}
		if !isPart(c.group) || !isPart(c.name) || !isPart(c.version) {
			b.Lost(n.Span(), "run `gradle --write-verification-metadata sha256`", "%s is no module with a version", ecosystem.Quote(c.key()+":"+c.version))
			continue
		}
		for k, item := range n.Members() {
			if k.Text() != "artifact" {
				continue
			}
			file := item.Get("@name").Text()
			if ext := path.Ext(file); ext != ".pom" && ext != ".module" {
				c.onlyText = false
			}
			if strings.TrimSuffix(file, path.Ext(file)) != c.name+"-"+c.version || path.Ext(file) != ".jar" && path.Ext(file) != ".aar" && path.Ext(file) != ".klib" {
				continue
			}
			for k, sum := range item.Members() {
				c.hashes = append(c.hashes, ecosystem.Hashes(k.Text()+":"+sum.Get("@value").Text())...)
			}
		}
		b.checks = append(b.checks, c)
	}
}

// verify gives the modules their checksums. Those that nothing else names are of the build itself where lockfiles tell
// what is had, and otherwise needed in a way that nobody knows; where the metadata is all there is, it is listed whole.
func (b *build) verify(top *project) {
	known := map[sbom.ID]bool{}
	locked := false
	for _, c := range b.Components {
		known[c.ID] = true
	}
	for _, p := range b.projects {
		locked = locked || len(p.pins) > 0
	}
	alone := len(known) == len(b.Roots)
	for _, c := range b.checks {
		id := sbom.ID(ecosystem.PURL("maven", c.group, c.name, c.version))
		if !known[id] && c.onlyText && !alone {
			continue
		}
		b.Add(sbom.Component{PURL: string(id), Name: c.name, Version: c.version, Hashes: c.hashes}, "", c.at)
		if known[id] {
			continue
		}
		scope := sbom.Scope("")
		if locked || ofBuild(b.top) {
			scope = sbom.Build
		}
		b.Depend(top.id, id, scope, "", c.at)
		if !alone {
			b.Relationships[len(b.Relationships)-1].Kind = sbom.Indirect
		}
	}
}
