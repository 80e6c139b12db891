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
	w := walk{reader: r, m: m, chosen: map[string]sbom.ID{}}
	for _, d := range r.dependencies(m) {
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
	chosen map[string]sbom.ID // by key
	loose  []sbom.ID          // without a version
	absent []sbom.ID          // of which the POM or the file is not at hand
	first  source.Span        // of those
}

// take adds an edge and, where it is the first to lead to its artifact, what follows behind it.
func (w *walk) take(s step) {
	if id, ok := w.chosen[s.key()]; ok {
		if id != s.from {
			w.Depend(s.from, id, s.edgeScope(), s.requirement, s.at)
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
	w.Depend(s.from, id, s.edgeScope(), s.requirement, s.at)
	if root {
		return // it has edges of its own
	}
	if s.pin() == "" {
		w.loose = append(w.loose, id)
		return
	}
	p := w.find(gav{s.group, s.name, s.pin()})
	if p == nil || w.added[id] == "" && s.kind != "pom" {
		if w.absent = append(w.absent, id); w.first.IsZero() {
			w.first = s.at
		}
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
		if d.scope == "test" || d.scope == "provided" {
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
	if len(w.absent) > 0 {
		w.Unavailable(w.first, "run `mvn dependency:go-offline`",
			fmt.Sprintf("%d of %d artifacts are not in the local repository: their licenses and what they need are unknown", len(w.absent), len(w.chosen)), w.absent...)
	}
}
