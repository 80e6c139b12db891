package sbt

import (
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// readLock reads build.sbt.lock (sbt-dependency-lock, "File formats", version 1).
func (b *build) readLock(file string) {
	const next = "run `sbt dependencyLockWrite`"
	d, _ := b.Parse(b.FS, file, maxLock, next, doc.JSON)
	asked := map[string][]int{}
	for i, m := range b.wanted {
		asked[m.group+":"+b.nameOf(m)] = append(asked[m.group+":"+b.nameOf(m)], i)
	}
	var all []sbom.ID
	for n := range d.Root().Get("dependencies").Items() {
		group, id, version := n.Get("org").Text(), n.Get("name").Text(), n.Get("version").Text()
		if !isPart(group) || !isPart(id) || !isPart(version) {
			b.Lost(n.Span(), next, "%s is no module with a version", ecosystem.Quote(group+":"+id+":"+version))
			continue
		}
		c := sbom.Component{Name: id, Version: version, PURL: ecosystem.PURL("maven", group, id, version)}
		for item := range n.Get("artifacts").Items() {
			if strings.HasPrefix(item.Get("name").Text(), id) && len(c.Hashes) == 0 {
				c.Hashes = ecosystem.Hashes(item.Get("hash").Text())
			}
		}
		var configurations []string
		for item := range n.Get("configurations").Items() {
			configurations = append(configurations, item.Text())
		}
		at := n.Get("name").Span()
		to := b.Add(c, "", at)
		all = append(all, to)
		b.joinLocked(to, scopeOf(strings.Join(configurations, ",")), at, asked[group+":"+id], len(asked) > 0)
	}
	if len(all) > 0 {
		b.WithoutFiles(source.Span{Path: file}, "run `sbt update`", "the files of modules are not on this machine", all...)
	}
}

// joinLocked adds the edge to a module of the lockfile: by what asks for it, else in a way that nobody knows.
func (b *build) joinLocked(to sbom.ID, scope sbom.Scope, at source.Span, asked []int, known bool) {
	for _, i := range asked {
		b.wanted[i].had = true
		b.Depend(b.root, to, scope, b.wanted[i].written, b.wanted[i].at)
	}
	if len(asked) == 0 {
		b.Depend(b.root, to, scope, "", at)
		if known {
			b.Relationships[len(b.Relationships)-1].Kind = sbom.Indirect
		}
	}
}
