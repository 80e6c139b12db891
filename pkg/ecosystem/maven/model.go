package maven

import (
	"slices"
	"strings"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/source"
)

// maxParents bounds the chain of parents. Maven has no bound; the longest in use are below ten.
const maxParents = 50

// model is a POM with its parents: the effective POM, as far as it is asked for.
type model struct {
	*pom
	chain   []*pom                    // itself, its parent, and so on
	missing gav                       // the parent that is not at hand, if one is not
	cycle   bool                      // the parents lead in a circle
	gav     gav                       // its coordinates, interpolated
	others  []map[string]*declaration // managed entries whose names are properties, for each of the chain; nil: not asked for yet
	imports []*model                  // BOMs, first the one that wins
	absent  []gav                     // BOMs that are not at hand
}

// model gives the effective POM of p.
func (r *repo) model(p *pom) *model {
	if m := r.models[p]; m != nil {
		return m
	}
	m := &model{pom: p, chain: []*pom{p}}
	for at := p; at.parent.name != ""; {
		up := r.parentOf(at)
		if up == nil {
			m.missing = at.parent
			break
		}
		if slices.Contains(m.chain, up) || len(m.chain) == maxParents {
			m.cycle = true
			break
		}
		m.chain = append(m.chain, up)
		at = up
	}
	m.gav = p.own
	m.gav.group, m.gav.name, m.gav.version = m.text(p.own.group), m.text(p.own.name), m.text(p.own.version)
	r.models[p] = m
	return m
}

// parentOf finds the parent as Maven does: at relativePath if the POM there has the right coordinates, then anywhere.
func (r *repo) parentOf(p *pom) *pom {
	if root, _ := source.SplitRoot(p.file); root == "" {
		if up := r.byFile[p.parentFile()]; up != nil && up.own.ga() == p.parent.ga() &&
			(up.own.version == p.parent.version || strings.Contains(up.own.version+p.parent.version, "${")) {
			return up
		}
	}
	return r.find(p.parent)
}

// The limits of interpolation: how deep properties may refer to each other, and how long a value may become, in bytes.
const (
	maxReferences = 32
	maxValue      = 1 << 10
)

// text is a value with its properties filled in. What cannot be resolved stays as it is written.
func (m *model) text(s string) string {
	if !strings.Contains(s, "${") {
		return s
	}
	budget := 1000
	return m.fill(s, nil, &budget)
}

// fill replaces each ${name}; open are the names that are being resolved, so that a circle ends.
func (m *model) fill(s string, open []string, budget *int) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(s, "${")
		name, after, closed := strings.Cut(rest, "}")
		if !ok || !closed || b.Len() > maxValue {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(before)
		value, known := m.lookup(name)
		if *budget--; known && *budget > 0 && len(open) < maxReferences && !slices.Contains(open, name) {
			value = m.fill(value, append(open, name), budget)
		} else {
			value = "${" + name + "}"
		}
		if len(value) > maxValue {
			value = "${" + name + "}"
		}
		b.WriteString(value)
		s = after
	}
}

// lookup gives the value of a property as it is written: one of the project itself, else the nearest in the chain of
// parents. All values are those that the POM at the bottom sees.
func (m *model) lookup(name string) (string, bool) {
	field := strings.TrimPrefix(strings.TrimPrefix(name, "project."), "pom.")
	if field != name || name == "groupId" || name == "artifactId" || name == "version" {
		switch field {
		case "groupId":
			return m.own.group, m.own.group != ""
		case "artifactId":
			return m.own.name, m.own.name != ""
		case "version":
			return m.own.version, m.own.version != ""
		case "parent.groupId":
			return m.parent.group, m.parent.group != ""
		case "parent.artifactId":
			return m.parent.name, m.parent.name != ""
		case "parent.version":
			return m.parent.version, m.parent.version != ""
		case "packaging", "name":
			return m.top.Get(field).Text(), true
		}
	}
	for _, p := range m.chain {
		if v, ok := p.props[name]; ok {
			return v, true
		}
	}
	return "", false
}

// isName reports whether a text can be a group, an artifact or a version: nothing is missing in it.
func isName(s string) bool { return ecosystem.Printable(s) && !strings.ContainsAny(s, "${}/") }
