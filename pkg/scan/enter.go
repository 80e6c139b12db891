package scan

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/archive"
	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/rules"
)

// An archive in the tree that no reader knows is a folder of the tree: the worker that meets it enters it, and works off what is in
// it as the walk would have handed it out. So a worker holds an archive as long as it is in it, one archive is opened once for
// the walk, and several at a time. What readers want of it later they find in the same place.
//
// What is an archive is told by its bytes, whatever it is called; what it is then called says what is made of it (see rules.Packed).
// What is called as an archive is and is none by its bytes is a gap.

// isPacked reports whether a file is called as an archive is that is entered.
func (s *scanner) isPacked(p string) bool {
	kind, _ := rules.Packed(p)
	return kind == rules.PackedArchive || kind == rules.PackedRead && len(s.Ecosystems) == 0
}

// archived is an archive that was entered.
type archived struct {
	path   string
	folder string // in which all lies that is in it, "" for none
	size   int64  // of all files in it
	sha256 string
	empty  bool
	// bare says that it is no component: one packed file, or a document in the form of an archive.
	bare bool
	// content is that of the archive, if it is at hand, until it was entered.
	content source.Content
}

// packed notes an archive, which is entered once its own outcome stands. It is false for what is none, neither by its name nor by its bytes.
func (r *reader) packed(t task, f io.Reader, data []byte) bool {
	named := r.isPacked(t.Path)
	if len(data) == 0 || !named && !archive.Is(data) {
		return false
	}
	if !named && !r.Deep && isManual(t.Path) {
		r.out.manual = true
		return true
	}
	r.hold(t, true)
	r.annotate(t)
	if !archive.Is(data) && !ends(f, data, archive.EndsAsZip) {
		r.lost(r.unentered(t.Path, archive.ErrFormat))
		return true
	}
	r.note(t, f, data)
	return true
}

// manuals are where a system keeps what its packages document (FHS 3.0, 4.11), which is packed file by file (Debian Policy, 12.1, 12.3 and 12.7):
// thousands of pages and changelogs, in which licenses are spoken of. What the packages are licensed under is said elsewhere.
var manuals = []string{"share/doc/", "share/info/", "share/man/"}

// isManual reports whether a packed file is such a page, and no license file or notice among them.
func isManual(p string) bool {
	return detect.RoleOf(archive.Unpacked(p)) == sbom.RoleFile && slices.ContainsFunc(manuals, func(dir string) bool {
		return strings.HasPrefix(p, dir) || strings.Contains(p, "/"+dir)
	})
}

// note does so with what is an archive.
func (r *reader) note(t task, f io.Reader, data []byte) {
	if !r.unhashed && r.out.facts.SHA256 == "" {
		if err := r.hash(t, f, data); err != nil { // which may use the buffer that data lies in
			r.lost(r.unentered(t.Path, err))
			return
		}
	}
	kind, _ := rules.Packed(t.Path)
	r.out.archived = &archived{path: t.Path, sha256: r.out.facts.SHA256, content: t.Content, bare: kind == rules.PackedDocument}
}

// isBehind reports whether a file is a program or a script with a zip behind it.
func isBehind(f io.Reader, data []byte) bool {
	return ends(f, data, func(r io.ReaderAt, size int64) bool { return archive.IsBehind(data[:min(len(data), 512)], r, size) })
}

// ends asks for the end of a file. data is its first window, or all.
func ends(f io.Reader, data []byte, ask func(r io.ReaderAt, size int64) bool) bool {
	if len(data) < window {
		return ask(bytes.NewReader(data), int64(len(data)))
	}
	at, ok := f.(io.ReaderAt)
	file, isFile := f.(fs.File)
	if !ok || !isFile {
		return false
	}
	info, err := file.Stat()
	return err == nil && ask(at, info.Size())
}

// carried notes a program that carries an application, which is entered as an archive is. What is stated in it is stated there: the
// program itself, which was searched whole, keeps what it states elsewhere.
func (r *reader) carried(t task, f io.Reader) {
	at, ok := f.(io.ReaderAt)
	if t.Content != nil {
		at, ok = t.Content.Open(), true
	}
	if !ok {
		return
	}
	carried, ok := archive.Carried(at, t.Size)
	if !ok {
		return
	}
	within := func(s source.Span) bool { return carried(int64(s.Start)) }
	facts := &r.out.facts
	facts.Claims = slices.DeleteFunc(facts.Claims, func(c sbom.Claim) bool {
		return !slices.ContainsFunc(c.Evidence, func(e sbom.Evidence) bool { return !within(e.Span) })
	})
	facts.Copyrights = slices.DeleteFunc(facts.Copyrights, func(c sbom.Copyright) bool {
		return !slices.ContainsFunc(c.Found, func(s source.Span) bool { return !within(s) })
	})
	r.hold(t, true)
	r.out.archived = &archived{path: t.Path, sha256: facts.SHA256, content: t.Content}
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
		a.folder, a.bare = in.Inmost(), a.bare || in.IsSingle()
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
		if !s.isPacked(p) {
			gap.Why = "it begins as an archive does, and cannot be read as one: " + reason(err)
		}
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
