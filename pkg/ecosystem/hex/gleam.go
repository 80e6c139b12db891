package hex

import (
	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

const gleamNext = "run `gleam deps download`"

func (r *reader) gleam(manifest, lock string) {
	m := project{at: source.Span{Path: lock}}
	if manifest != "" {
		m = r.gleamManifest(manifest)
	}
	root := r.start(m)
	var pins []ecosystem.Pin
	if lock != "" {
		pins = r.gleamLock(lock)
	}
	r.Absent(m.at, lock, gleamNext, r.Require(root, m.wanted, pins))
}

// gleamManifest reads gleam.toml (gleam.run/writing-gleam/gleam-toml).
func (r *reader) gleamManifest(file string) project {
	top := r.Object(r.FS, file, maxSize, "look whether `gleam check` can read it", doc.TOML)
	m := project{name: top.Get("name").Text(), version: top.Get("version").Text(), at: source.Span{Path: file}}
	if n := top.Get("name"); n.Kind() == doc.String {
		m.at = n.Span()
	}
	if list := top.Get("licences"); list.Len() > 0 {
		m.claims = licenses(list)
	}
	for _, table := range []struct {
		name  string
		scope sbom.Scope
	}{{"dependencies", sbom.Runtime}, {"dev-dependencies", sbom.Development}, {"dev_dependencies", sbom.Development}} {
		for key, value := range top.Get(table.name).Members() {
			w := ecosystem.Requirement{Key: key.Text(), Scope: table.scope, Range: value.Text(), At: key.Span()}
			if value.Kind() == doc.Object {
				w.Range = value.Get("version").Text()
			}
			w.What = component("", w.Key, exactly(w.Range))
			if git := value.Get("git").Text(); git != "" {
				w.What = fromGit(w.Key, git, value.Get("ref").Text())
			} else if value.Get("path").Kind() == doc.String {
				w.What = sbom.Component{Name: w.Key}
			}
			if !ecosystem.Printable(w.Key) {
				r.Lost(w.At, "give it a name", "a dependency whose name is none")
				continue
			}
			m.wanted = append(m.wanted, w)
		}
	}
	return m
}

// gleamLock reads the packages of manifest.toml and the edges between them.
func (r *reader) gleamLock(file string) (pins []ecosystem.Pin) {
	top := r.Object(r.FS, file, maxSize, gleamNext, doc.TOML)
	ids := map[string]sbom.ID{}
	var needs []doc.Node
	for p := range top.Get("packages").Items() {
		name, version := p.Get("name"), p.Get("version")
		if !ecosystem.Printable(name.Text()) || !ecosystem.Printable(version.Text()) {
			r.Lost(p.Span(), gleamNext, "a package without name and version")
			continue
		}
		c := component("", name.Text(), version.Text())
		c.Hashes = ecosystem.Hashes(p.Get("outer_checksum").Text())
		switch p.Get("source").Text() {
		case "git":
			c = fromGit(c.Name, p.Get("repo").Text(), p.Get("commit").Text())
			c.Version = version.Text()
			c.PURL = ecosystem.PURL("hex", "", c.Name, c.Version, "vcs_url", "git+"+c.Source+"@"+p.Get("commit").Text())
		case "local":
			c.PURL = ""
		}
		id := r.add(c, "build/packages", name.Span())
		pins = append(pins, ecosystem.Pin{Key: c.Name, ID: id, At: name.Span()})
		ids[c.Name] = id
		needs = append(needs, p.Get("requirements"))
	}
	for i, pin := range pins {
		for need := range needs[i].Items() {
			if to := ids[need.Text()]; to != "" {
				r.Depend(pin.ID, to, sbom.Runtime, "", need.Span())
			}
		}
	}
	return pins
}
