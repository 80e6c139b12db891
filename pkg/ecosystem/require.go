package ecosystem

import (
	"fmt"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// A manifest says what a project wants, a lockfile what it has. Where the lockfile does not say which package needs which,
// and many do not, the manifest at least tells the packages that the project needs itself; all others hang
// below it by some way that nobody knows.

// Requirement is one thing that a manifest asks for.
type Requirement struct {
	Key   string // by which the lockfile knows it
	Scope sbom.Scope
	Range string         // as written
	At    source.Span    // the line that asks
	What  sbom.Component // what it is where no lockfile has it
}

// Pin is one package of a lockfile, added to the graph already.
type Pin struct {
	Key   string
	ID    sbom.ID
	At    source.Span
	Scope sbom.Scope // of what is not asked for directly
}

// Require joins the root to what its manifest asks for: to the pin of that key, or to a component of its own, which is
// returned. What is optional and not among the pins was left out when they were made. The edges between pins must have
// been added before: other pins that none leads to are what the root needs by way of something; where nothing is asked
// for, because there is no manifest, what it asks for.
func (g *Graph) Require(root sbom.ID, wanted []Requirement, pins []Pin) (unpinned []sbom.ID) {
	byKey := make(map[string]sbom.ID, len(pins))
	for _, p := range pins {
		if _, ok := byKey[p.Key]; !ok {
			byKey[p.Key] = p.ID
		}
	}
	reached := make(map[sbom.ID]bool, len(pins))
	for _, e := range g.Relationships {
		reached[e.To] = reached[e.To] || e.From != e.To
	}
	for _, w := range wanted {
		id, ok := byKey[w.Key]
		if !ok && len(pins) > 0 && w.Scope == sbom.Optional {
			continue
		}
		if !ok {
			id = g.Add(w.What, "", w.At)
			unpinned = append(unpinned, id)
		}
		reached[id] = true
		g.Depend(root, id, w.Scope, w.Range, w.At)
	}
	for _, p := range pins {
		if reached[p.ID] {
			continue
		}
		reached[p.ID] = true
		g.Depend(root, p.ID, p.Scope, "", p.At)
		if len(wanted) > 0 {
			g.Relationships[len(g.Relationships)-1].Kind = sbom.Indirect
		}
	}
	return unpinned
}

// Absent adds the gaps of what is not on this machine: without a lockfile ("") one that says so, of all that was asked for;
// with one, what it does not pin, and the packages that have no folder. next is the command that brings them.
func (g *Graph) Absent(at source.Span, lock, next string, unpinned []sbom.ID) {
	switch {
	case lock == "" && len(unpinned) > 0:
		g.Unavailable(at, next, "there is no lockfile: versions and transitive dependencies are unknown", unpinned...)
		return
	case lock == "":
		return
	case len(unpinned) > 0:
		g.Unavailable(source.Span{Path: lock}, next, fmt.Sprintf("the lockfile does not list %d of the packages that the manifest asks for", len(unpinned)), unpinned...)
	}
	here := map[sbom.ID]bool{} // or said already
	for _, id := range g.Roots {
		here[id] = true
	}
	for _, c := range g.Components {
		for _, o := range c.Occurrences {
			here[c.ID] = here[c.ID] || o.Dir != ""
		}
	}
	for _, id := range unpinned {
		here[id] = true
	}
	var absent []sbom.ID
	seen := map[sbom.ID]bool{}
	for _, c := range g.Components {
		if !here[c.ID] && !seen[c.ID] {
			absent = append(absent, c.ID)
		}
		seen[c.ID] = true
	}
	if len(absent) > 0 {
		why := fmt.Sprintf("the files of %d of %d packages are not on this machine", len(absent), len(seen)-len(g.Roots))
		g.WithoutFiles(source.Span{Path: lock}, next, why, absent...)
	}
}
