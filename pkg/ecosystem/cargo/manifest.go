package cargo

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

// manifest is one Cargo.toml.
type manifest struct {
	file, dir     string        // where it lies; dir as an occurrence has it
	digest        source.Digest // of the archive that dir is in, if the lockfile names one
	root, pkg     doc.Node      // the document, and its table [package]
	name, version string        // empty if it is no package
	at            source.Span
	parent        *manifest // the workspace's own, from which fields are inherited
	broken        bool
}

// readManifest reads a Cargo.toml of the target or of a cache. The version may be inherited and is then not yet known.
func (r *reader) readManifest(fsys fs.FS, file, dir string) *manifest {
	m := &manifest{file: file, dir: dir}
	d, whole := r.Parse(fsys, file, maxManifest, "mend Cargo.toml", doc.TOML)
	m.take(d, whole)
	if p := m.pkg.Get("name"); p.Kind() != doc.Missing && !ecosystem.Printable(m.name) {
		r.Lost(p.Span(), "name the package", "%s cannot be the name of a package", ecosystem.Quote(p.Text()))
		m.name = ""
	}
	return m
}

func (m *manifest) take(d *doc.Doc, whole bool) {
	m.root, m.broken = d.Root(), !whole
	if m.pkg = m.root.Get("package"); m.pkg.Kind() == doc.Missing {
		m.pkg = m.root.Get("project") // its name before Rust 1.0
	}
	m.name = m.pkg.Get("name").Text()
	m.version = m.pkg.Get("version").Text()
	m.at = source.Span{Path: m.file}
	if n := m.pkg.Get("name"); n.Kind() != doc.Missing {
		m.at = n.Span()
	}
}

// isPackage: the manifest is not that of a workspace alone.
func (m *manifest) isPackage() bool { return m.name != "" }

func (m *manifest) hasWorkspace() bool { return m.root.Get("workspace").Kind() == doc.Object }

// inherit says which workspace the manifest belongs to.
func (m *manifest) inherit(from *manifest) {
	m.parent = from
	if v := m.field("version").Text(); ecosystem.Printable(v) {
		m.version = v
	}
}

// field gives a field of [package], from the workspace where it says `workspace = true`.
func (m *manifest) field(key string) doc.Node {
	n := m.pkg.Get(key)
	if !inherits(n) {
		return n
	}
	if m.parent == nil {
		return doc.Node{}
	}
	return m.parent.root.Get("workspace").Get("package").Get(key)
}

func inherits(n doc.Node) bool {
	yes, _ := n.Get("workspace").Bool()
	return yes
}

// component is the package that the manifest describes.
func (m *manifest) component() sbom.Component {
	c := sbom.Component{Name: m.name, Version: m.version, Claims: m.claims()}
	c.PURL = ecosystem.PURL(name, "", m.name, m.version)
	m.describe(&c)
	return c
}

func (m *manifest) describe(c *sbom.Component) {
	c.Homepage = source.Redact(m.field("homepage").Text())
	if c.Source == "" {
		c.Source = source.Redact(m.field("repository").Text())
	}
}

// isMacro: the package is a procedural macro, which runs in the compiler.
func (m *manifest) isMacro() bool {
	lib := m.root.Get("lib")
	for _, key := range []string{"proc-macro", "proc_macro"} {
		if yes, _ := lib.Get(key).Bool(); yes {
			return true
		}
	}
	return false
}

// claims is what the field license declares: an SPDX expression, in which older packages write "/" for OR
// (manifest.html#the-license-and-license-file-fields).
func (m *manifest) claims() []sbom.Claim {
	field := m.field("license")
	raw := strings.TrimSpace(field.Text())
	if raw == "" {
		return nil
	}
	c := sbom.Claim{Basis: sbom.Declared, Role: sbom.RoleManifest, Raw: ecosystem.Brief(raw), Evidence: []sbom.Evidence{{Span: field.Span()}}}
	if e, ambiguous := detect.Declared(raw); !ambiguous {
		c.Expr = e
	}
	return []sbom.Claim{c}
}

// need is one requirement.
type need struct {
	name        string // of the package, whatever the code calls it
	requirement string // of the version
	scope       sbom.Scope
	dir         string // where the package lies, if it is required by path
	git         string // the repository, and behind # what of it
	registry    bool   // another than the usual one is named
	at          source.Span
}

// tables are the tables of requirements, by both names that Cargo reads.
var tables = []struct {
	name  string
	scope sbom.Scope
}{
	{"dependencies", sbom.Runtime},
	{"build-dependencies", sbom.Build}, {"build_dependencies", sbom.Build},
	{"dev-dependencies", sbom.Development}, {"dev_dependencies", sbom.Development},
}

// needs gives the requirements of a manifest, those for single targets too.
func (r *reader) needs(m *manifest) []need {
	holders := []doc.Node{m.root}
	for _, target := range m.root.Get("target").Members() {
		holders = append(holders, target)
	}
	var list []need
	for _, holder := range holders {
		for _, t := range tables {
			table := holder.Get(t.name)
			if k := table.Kind(); k != doc.Object && k != doc.Missing {
				r.Lost(table.Span(), "write a table", "%s is of kind %v: the dependencies it names are lost", t.name, k)
			}
			for key, value := range table.Members() {
				n := m.need(key, value, t.scope)
				if !ecosystem.Printable(n.name) {
					r.Lost(n.at, "name a package", "%s cannot be the name of a package", ecosystem.Quote(n.name))
					continue
				}
				list = append(list, n)
			}
		}
	}
	return list
}

// need reads one requirement: a range of versions, or a table of which the workspace may hold the larger part.
func (m *manifest) need(key, value doc.Node, scope sbom.Scope) need {
	n := need{name: key.Text(), scope: scope, at: key.Span()}
	if optional, _ := value.Get("optional").Bool(); optional && scope == sbom.Runtime {
		n.scope = sbom.Optional
	}
	from := m
	if inherits(value) && m.parent != nil {
		from = m.parent
		value = from.root.Get("workspace").Get("dependencies").Get(key.Text())
	}
	if value.Kind() != doc.Object {
		n.requirement = value.Text()
		return n
	}
	n.requirement = value.Get("version").Text()
	if renamed := value.Get("package").Text(); renamed != "" {
		n.name = renamed
	}
	if p := value.Get("path"); p.Text() != "" {
		n.dir = path.Join(from.dir, strings.ReplaceAll(p.Text(), `\`, "/"))
	}
	if git := value.Get("git").Text(); git != "" {
		n.git = git
		for _, ref := range []string{"rev", "tag", "branch"} {
			if v := value.Get(ref).Text(); v != "" {
				n.git += "#" + v
				break
			}
		}
	}
	n.registry = value.Get("registry").Text() != "" || value.Get("registry-index").Text() != ""
	return n
}

// written is the requirement as the edge shows it.
func (n need) written() string {
	if n.requirement == "" && n.git != "" {
		return n.git
	}
	return n.requirement
}

// patches gives what stands in the place of packages from elsewhere and lies in a folder: the tables [patch.SOURCE], which
// name packages, and [replace], which names them with their versions (overriding-dependencies.html).
func (m *manifest) patches() []need {
	if m == nil {
		return nil
	}
	tables := []doc.Node{m.root.Get("replace")}
	for _, source := range m.root.Get("patch").Members() {
		tables = append(tables, source)
	}
	var list []need
	for _, table := range tables {
		for key, value := range table.Members() {
			if n := m.need(key, value, sbom.Runtime); n.dir != "" {
				n.name, _, _ = strings.Cut(n.name, ":")
				list = append(list, n)
			}
		}
	}
	return list
}
