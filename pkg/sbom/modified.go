package sbom

import (
	"cmp"
	"slices"
)

// Change is one file of a copy that is not as it was published.
type Change struct {
	// Path is as [source.Span] writes it.
	Path string    `json:"path"`
	How  ChangeHow `json:"how"`
}

// ChangeHow is in which way a file differs.
type ChangeHow string

// The ways in which a file may differ. One that differs by its line endings alone, as version control systems change them, is
// listed, and not modified: nobody wrote anything.
const (
	ChangedBytes   ChangeHow = "changed"
	ChangedAdded   ChangeHow = "added"        // it is in the copy only
	ChangedEndings ChangeHow = "line-endings" // LF for CR LF, or the other way round
	ChangedByPatch ChangeHow = "patched"      // a patch of the project names it
)

// MaxChanged is how many files an occurrence lists that differ.
const MaxChanged = 100

// bySource orders the answers about one copy from several sources: that of somebody who saw a difference outweighs that
// of who saw none, and both that of who did not look.
var bySource = [...]Answer{Yes, No, Unknown, ""}

// joinModified joins what two sources say about the files of one place. Of equal answers the first by what it rests on counts.
func (o *Occurrence) joinModified(b *Occurrence) {
	by := cmp.Or(
		cmp.Compare(slices.Index(bySource[:], o.Modified), slices.Index(bySource[:], b.Modified)),
		cmp.Compare(o.Against, b.Against), cmp.Compare(b.Changes, o.Changes), slices.CompareFunc(o.Changed, b.Changed, Change.Compare),
	)
	if by > 0 {
		o.Modified, o.Against, o.Changed, o.Changes = b.Modified, b.Against, b.Changed, b.Changes
	}
}

// Compare orders changes by their paths.
func (c Change) Compare(d Change) int {
	return cmp.Or(cmp.Compare(c.Path, d.Path), cmp.Compare(c.How, d.How))
}

// Change notes files that differ: sorted, each once, and no more than are listed.
func (o *Occurrence) Change(files ...Change) {
	slices.SortFunc(files, Change.Compare)
	files = slices.Compact(files)
	o.Changes, o.Changed = len(files), files[:min(len(files), MaxChanged)]
}

// Modified says whether any copy of the component was modified: yes if one was, no if none was, else unknown. A place without
// a folder is none where a copy lies.
func (c *Component) Modified() Answer {
	answer := Answer("")
	for _, o := range c.Occurrences {
		switch {
		case o.Modified == Yes:
			return Yes
		case o.Modified == "" && o.Dir == "":
		case answer == "" || o.Modified.rank() < answer.rank():
			answer = cmp.Or(o.Modified, Unknown)
		}
	}
	return cmp.Or(answer, Unknown)
}
