package scan

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/archive"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// An archive in the tree that no reader knows is a folder of the tree: the worker that meets it enters it, and works off what is in
// it as the walk would have handed it out. So a worker holds an archive as long as it is in it, one archive is opened once for
// the walk, and several at a time. What readers want of it later they find in the same place.
//
// What is an archive is told by its first bytes, and of those that are only documents in the form of archives by their names, as is
// who wants to know: of a tree without archives nobody asks anything but the ends of names.

// packedEndings end the names of archives that are entered; ownedEndings those of archives that readers read, which are entered where
// there are no readers.
var (
	packedEndings = []string{
		".zip", ".tar", ".tgz", ".tar.gz", ".tbz", ".tbz2", ".tar.bz2", ".txz", ".tar.xz", ".tzst", ".tar.zst",
		".deb", ".udeb", ".ipk", ".rpm", ".apk", ".conda", ".aab", ".ipa", ".nbm", ".vsix", ".xpi",
	}
	ownedEndings = []string{".aar", ".crate", ".ear", ".egg", ".gem", ".jar", ".nupkg", ".war", ".whl"}
)

// isPacked reports whether a file is called as an archive is that is entered.
func (s *scanner) isPacked(p string) bool {
	dot := strings.LastIndexByte(p, '.')
	if dot < 0 || len(p)-dot > len(".conda") {
		return false
	}
	called := func(endings []string) bool {
		return slices.ContainsFunc(endings, func(e string) bool { return len(p) >= len(e) && strings.EqualFold(p[len(p)-len(e):], e) })
	}
	return called(packedEndings) || len(s.Ecosystems) == 0 && called(ownedEndings)
}

// archived is an archive that was entered.
type archived struct {
	path   string
	folder string // in which all lies that is in it, "" for none
	size   int64  // of all files in it
	sha256 string
	empty  bool
	// content is that of the archive, if it is at hand, until it was entered.
	content source.Content
}

// packed notes an archive, which is entered once its own outcome stands.
func (r *reader) packed(t task, f io.Reader, data []byte) {
	r.annotate(t)
	if !archive.Is(data) {
		r.lost(r.unentered(t.Path, archive.ErrFormat))
		return
	}
	if !r.unhashed {
		if err := r.hash(t, f, data); err != nil { // which may use the buffer that data lies in
			r.lost(r.unentered(t.Path, err))
			return
		}
	}
	r.out.archived = &archived{path: t.Path, sha256: r.out.facts.SHA256, content: t.Content}
}

// enter meets what is in an archive, of which the outcome of that number is.
func (r *reader) enter(ctx context.Context, b *batch, n int) {
	a := b.outcomes[n].archived
	if r.within == 0 {
		r.visit = r.files.Visit()
	}
	defer func() { a.content = nil }()
	lost := func(g sbom.Gap) { b.outcomes[n].gaps = append(b.outcomes[n].gaps, g) }
	guard("walk", source.Span{Path: a.path}, lost, func() {
		if r.full.Load() {
			return
		}
		before := r.visit.Bytes()
		in, err := r.visit.Enter(a.path, a.content)
		a.size = r.visit.Bytes() - before
		if err != nil {
			b.outcomes[n].archived.empty = true
			lost(r.unentered(a.path, err))
			return
		}
		r.within++
		defer func() { r.visit.Leave(); r.within-- }()
		a.folder = in.Inmost()
		files := len(b.outcomes)
		for t, o := range r.meet(ctx, source.Below(a.path+"!", in.Whole())) {
			if t != nil {
				r.work(ctx, b, *t)
				continue
			}
			o.within = r.within
			b.outcomes = append(b.outcomes, o)
		}
		a.empty = len(b.outcomes) == files
	})
}

// unentered is the gap of an archive that cannot be read, or only past a limit.
func (s *scanner) unentered(p string, err error) sbom.Gap {
	gap := sbom.Gap{
		Kind: sbom.Lost, Span: source.Span{Path: p}, Reader: "walk", Material: s.class(p, ".") == "" && !filled(p),
		Why: "the archive cannot be read: " + reason(err), Next: "see what it is, or leave it out with --exclude if nothing of it ships",
	}
	switch {
	case errors.Is(err, archive.ErrFormat):
		gap.Why = "it is called as an archive is, and cannot be read as one: " + reason(err)
	case errors.Is(err, archive.ErrLimit):
		gap.Kind, gap.Next = sbom.Limit, "look into the archive yourself, or scan it by itself"
	}
	return gap
}

// maxPacked is how much may come out of all archives of a tree, in bytes. Of what is met behind that nothing is said but that it is
// there, and the order of the tree decides what that is, though several read at a time.
const maxPacked = 256 << 30

// enough counts what came out of archives.
type enough struct {
	bytes int64
	full  bool
}

// counts reports whether an outcome counts, and says of an archive past the limit that it was not read.
func (s *scanner) counts(total *enough, o *outcome) bool {
	if total.full && o.within > 0 {
		return false
	}
	if o.archived == nil {
		return true
	}
	if total.bytes += o.archived.size; total.bytes > s.maxPacked || total.full {
		total.full = true
		s.full.Store(true)
		gap := s.unentered(o.facts.Path, fmt.Errorf("%w: more than %d GiB came out of the archives before", archive.ErrLimit, s.maxPacked>>30))
		gap.Material = gap.Material || o.within > 0 // of what lies behind it in the archive around it nothing else is said
		o.gaps, o.archived = append(o.gaps, gap), nil
	}
	return true
}
