package maven

import (
	"slices"
	"strings"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// dependency is one that a model declares, interpolated, and with what the model manages filled in.
type dependency struct {
	gav
	kind, classifier string // type and classifier
	scope            string // as Maven calls it; compile if nothing is said
	requirement      string // the version as written
	optional         bool
	excluded         []string // "group:artifact", either may be *
	at               source.Span
}

// key is what makes two declarations one, see [declaration.key].
func (d *dependency) key() string {
	return d.group + ":" + d.name + ":" + d.kind + ":" + d.classifier
}

// fillIn gives a declaration with the model's properties.
func (m *model) fillIn(w *declaration) dependency {
	d := dependency{
		gav:  gav{m.text(w.group), m.text(w.name), m.text(w.version)},
		kind: m.text(w.kind), classifier: m.text(w.classifier), scope: m.text(w.scope),
		requirement: w.version, optional: m.text(w.optional) == "true", excluded: w.excluded, at: w.at,
	}
	for i, x := range d.excluded {
		if strings.Contains(x, "${") {
			d.excluded = slices.Clone(d.excluded)
			d.excluded[i] = m.text(x)
		}
	}
	return d
}

// dependencies are those of the model and its parents. Of one key in one POM the last declaration counts, and those
// of a child before those of its parents.
func (r *repo) dependencies(m *model) []dependency {
	var list []dependency
	at := map[string]int{}
	for _, p := range m.chain {
		known := len(list)
		for _, w := range p.needs() {
			d := m.fillIn(w)
			i, ok := at[d.key()]
			switch {
			case !ok:
				at[d.key()] = len(list)
				list = append(list, d)
			case i >= known:
				list[i] = d
			}
		}
	}
	for i := range list {
		r.manage(m, &list[i], false)
	}
	return list
}

// manage fills in what the model's dependencyManagement says. With all it overrides what the declaration says, as it
// does for what is needed indirectly. Whether something is optional is not managed (MNG-5227): only the declaration says it.
func (r *repo) manage(m *model, d *dependency, all bool) {
	rule, by := r.ruleFor(m, d.key(), 0)
	if rule == nil {
		return
	}
	if version := by.text(rule.version); version != "" && (all || d.version == "") {
		d.version = version
	}
	if scope := by.text(rule.scope); scope != "" && (all || d.scope == "") {
		d.scope = scope
	}
	if all || len(d.excluded) == 0 {
		d.excluded = slices.Concat(d.excluded, by.fillIn(rule).excluded)
	}
}

// maxImports bounds how deep BOMs may import each other.
const maxImports = 20

// ruleFor finds the managed entry, and the model whose properties it is to be read with: the model's own and its parents',
// then those of the BOMs in their order.
func (r *repo) ruleFor(m *model, key string, depth int) (*declaration, *model) {
	r.prepare(m)
	for i, p := range m.chain {
		if d := m.others[i][key]; d != nil {
			return d, m
		}
		if d := p.managed().byKey[key]; d != nil {
			return d, m
		}
	}
	if depth == maxImports {
		return nil, nil
	}
	for _, bom := range m.imports {
		if d, by := r.ruleFor(bom, key, depth+1); d != nil {
			return d, by
		}
	}
	return nil, nil
}

// prepare finds the BOMs, and the managed entries whose names are properties.
func (r *repo) prepare(m *model) {
	if m.others != nil {
		return
	}
	m.others = make([]map[string]*declaration, len(m.chain))
	seen := map[*model]bool{m: true}
	for i, p := range m.chain {
		for _, w := range p.managed().others {
			if m.others[i] == nil {
				m.others[i] = map[string]*declaration{}
			}
			d := m.fillIn(w)
			m.others[i][d.key()] = w
		}
		for _, w := range p.managed().imports {
			at := m.fillIn(w).gav
			bom := r.find(at)
			if bom == nil {
				m.absent = append(m.absent, at)
			} else if b := r.model(bom); !seen[b] {
				seen[b] = true
				m.imports = append(m.imports, b)
			}
		}
	}
}

// absentSources are the parents and BOMs, of the model and of the BOMs that it imports, that are not at hand.
func (r *repo) absentSources(m *model, seen map[*model]bool) []gav {
	if seen[m] {
		return nil
	}
	seen[m] = true
	r.prepare(m)
	var out []gav
	if m.missing != (gav{}) {
		out = append(out, m.missing)
	}
	out = append(out, m.absent...)
	for _, bom := range m.imports {
		out = append(out, r.absentSources(bom, seen)...)
	}
	return out
}

// edgeScope is the scope of an edge in licet's words.
func (d *dependency) edgeScope() sbom.Scope {
	switch d.scope {
	case "test":
		return sbom.Test
	case "provided", "system":
		return sbom.Build
	}
	if d.optional {
		return sbom.Optional
	}
	return sbom.Runtime
}

// extension is the type of the artifact's file, and the classifier that the type stands for
// (org.apache.maven.name.handler, "Default Artifact Handlers Reference").
func (d *dependency) extension() (ext, classifier string) {
	switch d.kind {
	case "maven-plugin", "ejb", "bundle", "eclipse-plugin", "hk2-jar", "jar", "java-source", "javadoc", "test-jar", "ejb-client":
		ext = "jar"
	default:
		ext = d.kind
	}
	switch d.kind {
	case "test-jar":
		classifier = "tests"
	case "java-source":
		classifier = "sources"
	case "javadoc":
		classifier = "javadoc"
	case "ejb-client":
		classifier = "client"
	}
	return ext, or(d.classifier, classifier)
}

// pin is the version if it is one: no range, no property, and none of Maven's words for the newest.
// "[1.0]" is exactly 1.0 (Maven's version range specification).
func (d *dependency) pin() string {
	v := d.version
	if inner, ok := strings.CutPrefix(v, "["); ok {
		if inner, ok = strings.CutSuffix(inner, "]"); ok && !strings.Contains(inner, ",") {
			v = strings.TrimSpace(inner)
		}
	}
	if !isName(v) || strings.ContainsAny(v, "[](),") || v == "LATEST" || v == "RELEASE" {
		return ""
	}
	return v
}
