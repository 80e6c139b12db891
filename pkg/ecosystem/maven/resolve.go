package maven

import (
	"fmt"
	"strings"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// step is one dependency on the walk.
type step struct {
	from sbom.ID
	dependency
	excluded *exclusions
}

// exclusions are those of one dependency and of all above it.
type exclusions struct {
	list []string
	up   *exclusions
}

// has reports whether an artifact is excluded.
func (e *exclusions) has(c gav) bool {
	for ; e != nil; e = e.up {
		for _, x := range e.list {
			if group, id, _ := strings.Cut(x, ":"); (group == "*" || group == c.group) && (id == "*" || id == c.name) {
				return true
			}
		}
	}
	return false
}

// resolve walks over the dependencies of a POM of the target, breadth first, so that the nearest declaration of an
// artifact is met first and decides its version.
func (r *reader) resolve(p *pom) {
	m := r.model(p)
	w := walk{reader: r, m: m, chosen: map[string]sbom.ID{}, weak: map[string]sbom.Scope{}}
	for _, d := range r.dependencies(m) {
		d.gav = r.relocated(&d)
		if scope := d.edgeScope(); !scope.Shipped() {
			w.weak[d.key()] = scope
		}
		w.queue = append(w.queue, step{r.roots[p], d, nil})
	}
	for w.done < len(w.queue) {
		s := w.queue[w.done]
		w.done++
		w.take(s)
	}
	w.gaps()
}

// walk is the resolution of one root.
type walk struct {
	*reader
	m      *model
	queue  []step
	done   int
	chosen map[string]sbom.ID    // by key
	weak   map[string]sbom.Scope // of what the root itself does not ship, by key
	loose  []sbom.ID             // without a version
	absent missing               // of which the POM is not at hand
	bare   missing               // of which the POM is, and the file is not
}

// missing are artifacts, and the place that asks for the first of them.
type missing struct {
	list  []sbom.ID
	first source.Span
}

func (m *missing) add(id sbom.ID, at source.Span) {
	if m.list = append(m.list, id); m.first.IsZero() {
		m.first = at
	}
}

// scopeOf is the scope of an edge. What a root declares itself has the scope that it states, whatever else leads to it: a
// WAR that has its server provided does not ship it (org.eclipse.aether.util.graph.transformer.JavaScopeSelector).
func (w *walk) scopeOf(s *step) sbom.Scope {
	if scope, ok := w.weak[s.key()]; ok {
		return scope
	}
	return s.edgeScope()
}

// take adds an edge and, where it is the first to lead to its artifact, what follows behind it.
func (w *walk) take(s step) {
	if id, ok := w.chosen[s.key()]; ok {
		if id != s.from {
			w.Depend(s.from, id, w.scopeOf(&s), s.requirement, s.at)
		}
		return
	}
	id, root := w.component(&s.dependency)
	if id == "" {
		w.Lost(s.at, "mend the dependency", "%s cannot be the name of an artifact", ecosystem.Quote(s.ga()))
		return
	}
	w.chosen[s.key()] = id
	if id == s.from {
		return
	}
	w.Depend(s.from, id, w.scopeOf(&s), s.requirement, s.at)
	if root {
		return // it has edges of its own
	}
	if s.pin() == "" {
		w.loose = append(w.loose, id)
		return
	}
	p := w.find(gav{s.group, s.name, s.pin()})
	switch {
	case p == nil:
		w.absent.add(id, s.at)
	case w.added[id] == "" && s.kind != "pom":
		w.bare.add(id, s.at)
	}
	if p == nil || s.scope == "system" {
		return
	}
	below := s.excluded
	if len(s.dependency.excluded) > 0 {
		below = &exclusions{s.dependency.excluded, below}
	}
	for _, d := range w.dependencies(w.repo.model(p)) {
		if d.optional || d.scope == "test" || d.scope == "provided" || d.scope == "system" || below.has(d.gav) {
			continue
		}
		w.manage(w.m, &d, true)
		if to := w.relocated(&d); to != d.gav {
			d.gav = to
			w.manage(w.m, &d, true)
		}
		if d.scope == "test" || d.scope == "provided" || below.has(d.gav) {
			continue
		}
		w.queue = append(w.queue, step{id, d, below})
	}
}

// gaps says what is missing, in one line each.
func (w *walk) gaps() {
	at := w.m.at()
	if w.m.missing.name != "" {
		at = w.m.top.Get("parent").Span()
	}
	if len(w.loose) > 0 {
		why := "no version: a range or nothing is stated, and there is no lockfile"
		if from := w.absentSources(w.m, map[*model]bool{}); len(from) > 0 {
			why = fmt.Sprintf("no version: it may come from %s, which is not at hand", from[0])
		}
		w.Unavailable(at, "run `mvn dependency:go-offline`", why, w.loose...)
	} else if w.m.missing.name != "" {
		w.Gap(sbom.Gap{Kind: sbom.Unavailable, Span: at, Next: "run `mvn dependency:go-offline`",
			Why: fmt.Sprintf("the parent %s is not at hand: dependencies and licenses that it states are unknown", ecosystem.Brief(w.m.missing.String()))})
	}
	w.gap(w.absent, "%d of %d artifacts are not in the local repository: their licenses and what they need are unknown")
	w.gap(w.bare, "of %d of %d artifacts the local repository has the POM alone: what is in their files is unknown")
}

func (w *walk) gap(m missing, why string) {
	if len(m.list) > 0 {
		w.Unavailable(m.first, "run `mvn dependency:go-offline`", fmt.Sprintf(why, len(m.list), len(w.chosen)), m.list...)
	}
}
