package scan

import (
	"cmp"
	"context"
	"io/fs"
	"path"
	"slices"

	"github.com/licet/licet/pkg/annotation"
	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// task is one file for a worker, with what others state about it.
type task struct {
	source.Entry
	ahead  *ahead   // nil for what is still to be read
	beside sidecar  // zero for none
	stated []stated // the top's first
	gaps   []sbom.Gap
	// claims and copyrights are what the sidecar states, once it was read.
	claims     []sbom.Claim
	copyrights []sbom.Copyright
}

// place is where its file is, which may be called otherwise by a link.
func (t *task) place() string { return cmp.Or(t.Target, t.Path) }

// stated is what another file says of the one in hand.
type stated struct {
	by *given
	n  int // the annotation
}

func (t stated) precedence() annotation.Precedence { return t.by.Annotations[t.n].Precedence }
func (t stated) claims() []sbom.Claim              { return t.by.claims[t.n] }
func (t stated) copyrights() []sbom.Copyright      { return t.by.copyrights[t.n] }

// task makes a task of an entry; ok is false for a sidecar, which is read with the file that it is about.
func (a *annotations) task(e source.Entry) (t task, ok bool) {
	t.Entry = e
	if !a.listed {
		a.lookBeside(e)
	}
	if len(a.beside) > 0 {
		if side, found := a.beside[e.Path]; found {
			delete(a.beside, e.Path)
			if side.path == "" {
				return t, false
			}
			if t.beside = side; a.listed {
				a.beside[side.path] = sidecar{}
			}
		}
	}
	if len(a.ahead) > 0 {
		t.ahead = a.ahead[e.Path]
		delete(a.ahead, e.Path)
	}
	if len(a.lost) > 0 {
		t.gaps = a.lost[e.Path]
		delete(a.lost, e.Path)
	}
	if len(a.sets) > 0 && e.Size > 0 && isCovered(e.Path) && (a.Deep || !installed(e.Path)) {
		a.ask(&t)
	}
	return t, true
}

// lookBeside looks for the sidecar of a file that was named alone.
func (a *annotations) lookBeside(e source.Entry) {
	p := e.Path + sidecarExt
	if info, err := fs.Lstat(a.files, p); err == nil {
		a.pair(p, e.Path, func() (fs.FileInfo, error) { return info, nil })
	}
}

// ask finds what the sets state about the file.
func (a *annotations) ask(t *task) {
	if dir := path.Dir(t.Path); dir != a.dir || a.above == nil {
		a.dir, a.above = dir, a.above[:0]
		for ; ; dir = path.Dir(dir) {
			a.above = slices.Insert(a.above, 0, a.sets[dir]...)
			if dir == "." {
				break
			}
		}
	}
	for _, g := range a.above {
		gaps := len(g.Gaps)
		if n := g.Match(t.Path); n >= 0 {
			t.stated = append(t.stated, stated{g, n})
		}
		t.gaps = append(t.gaps, g.Gaps[gaps:]...)
	}
}

// sidecar reads the sidecar of a file. It states nothing about itself: what it states is left in the task.
func (r *reader) sidecar(ctx context.Context, t *task) *outcome {
	e := source.Entry{Path: t.beside.path, Size: t.beside.size}
	r.out = &outcome{facts: sbom.FileFacts{Path: e.Path, Size: e.Size}}
	guard("detect", source.Span{Path: e.Path}, r.lost, func() { r.file(ctx, task{Entry: e}) })
	facts := &r.out.facts
	for _, c := range facts.Claims {
		for k := range c.Evidence {
			c.Evidence[k].Rule = annotation.RuleSidecar
		}
	}
	t.claims, t.copyrights = facts.Claims, facts.Copyrights
	facts.Claims, facts.Copyrights = nil, nil
	if t.beside.unasked {
		facts.Path = "" // its gaps are told
	}
	return r.out
}

// annotate joins what others state about the file to what it states itself. What it states, where that is
// set aside, is listed still: who does not trust the tree reads it too.
func (r *reader) annotate(t task) {
	facts := &r.out.facts
	if slices.ContainsFunc(t.claims, isOwn) {
		ignoreAll(facts.Claims)
	}
	if len(t.copyrights) > 0 {
		ignoreCopyrights(facts.Copyrights)
	}
	facts.Claims = append(facts.Claims, t.claims...)
	facts.Copyrights = append(facts.Copyrights, t.copyrights...)
	if len(t.stated) > 0 {
		annotateLicense(facts, t.stated)
		annotateCopyright(facts, t.stated)
	}
}

func annotateLicense(facts *sbom.FileFacts, others []stated) {
	licensing := slices.DeleteFunc(slices.Clone(others), func(t stated) bool { return len(t.claims()) == 0 })
	effect := annotation.Resolve(precedences(licensing), slices.ContainsFunc(facts.Claims, isOwn))
	if effect.Overridden {
		ignoreAll(facts.Claims)
	}
	role := detect.RoleOf(facts.Path)
	for _, i := range effect.Kept {
		for _, c := range licensing[i].claims() {
			c.Role = role
			facts.Claims = append(facts.Claims, c)
		}
	}
	for _, i := range effect.Hidden {
		hidden := slices.Clone(licensing[i].claims())
		ignoreAll(hidden)
		facts.Claims = append(facts.Claims, hidden...)
	}
}

// maxCollective is how many copyrights of many files together are given to each of them. Longer lists are
// those of a whole tree.
const maxCollective = 20

func annotateCopyright(facts *sbom.FileFacts, others []stated) {
	owned := slices.DeleteFunc(slices.Clone(others), func(t stated) bool {
		n := len(t.copyrights())
		return n == 0 || t.by.Collective && n > maxCollective
	})
	effect := annotation.Resolve(precedences(owned), len(facts.Copyrights) > 0)
	if effect.Overridden {
		ignoreCopyrights(facts.Copyrights)
	}
	for _, i := range effect.Kept {
		facts.Copyrights = append(facts.Copyrights, owned[i].copyrights()...)
	}
	for _, i := range effect.Hidden {
		hidden := slices.Clone(owned[i].copyrights())
		ignoreCopyrights(hidden)
		facts.Copyrights = append(facts.Copyrights, hidden...)
	}
}

func precedences(list []stated) []annotation.Precedence {
	out := make([]annotation.Precedence, len(list))
	for i, t := range list {
		out[i] = t.precedence()
	}
	return out
}

// isOwn reports whether a claim of a file states the license of the file: not that of a snippet in it, nor
// a name that it only mentions.
func isOwn(c sbom.Claim) bool {
	return !isIgnored(c) && c.Kind != "reference" && c.Evidence[0].Rule != detect.RuleSnippet
}

// kindIgnored is the kind of a claim that is listed and has no say.
const kindIgnored = "ignored"

func isIgnored(c sbom.Claim) bool { return c.Kind == kindIgnored }

func ignoreAll(claims []sbom.Claim) {
	for i := range claims {
		claims[i].Kind, claims[i].Role = kindIgnored, sbom.RoleAside
	}
}

func ignoreCopyrights(list []sbom.Copyright) {
	for i := range list {
		list[i].Ignored = true
	}
}
