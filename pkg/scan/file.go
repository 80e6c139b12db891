package scan

import (
	"bytes"
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math"
	"math/bits"
	"slices"

	"github.com/licet/licet/pkg/archive"
	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/rules"
)

// reader is one worker of the walk, with a buffer that serves every file, and the outcome it works on.
type reader struct {
	*scanner
	out *outcome
	buf []byte
	// reached is the offset in the file up to which the windows before this one have told what is stated.
	reached int
	// ignoring says that a block to be passed over, which a window before this one opened, goes on in it.
	ignoring bool
	// visit is of the archives that the worker is in, and within how many these are.
	visit  *archive.Visit
	within int
}

// run works off one batch. After the context ended it only says that it is done.
func (r *reader) run(ctx context.Context, b *batch) {
	defer close(b.done)
	for _, t := range b.tasks {
		r.work(ctx, b, t)
	}
	if b.handed > 0 {
		b.tasks = nil
		r.inFlight.give(b.handed)
	}
}

// work does one task, and what follows from it: of an archive, all in it.
func (r *reader) work(ctx context.Context, b *batch, t task) {
	if ctx.Err() != nil {
		return
	}
	var beside *outcome
	if t.beside.path != "" {
		beside = r.sidecar(ctx, &t)
	}
	out := outcome{facts: sbom.FileFacts{Path: t.Path, Size: t.Size}, gaps: t.gaps, within: r.within}
	r.out = &out
	guard("detect", source.Span{Path: t.Path}, r.lost, func() { r.file(ctx, t) })
	n := len(b.outcomes)
	b.outcomes = append(b.outcomes, out)
	if out.archived != nil {
		r.pinned(t, func() { r.enter(ctx, b, n) })
	}
	if beside != nil {
		b.outcomes = append(b.outcomes, *beside)
	}
}

func (r *reader) lost(g sbom.Gap) { r.out.gaps = append(r.out.gaps, g) }

// file reads one file, lets the ecosystems match it and the engine search it.
func (r *reader) file(ctx context.Context, t task) {
	r.sum(t)
	if !r.Deep && installed(t.Path) && detect.RoleOf(t.Path) == sbom.RoleFile {
		r.out.wanted = r.matching(t.Path, t.Mode, nil)
		r.hold(t, len(r.out.wanted) > 0)
		return
	}
	var data []byte
	var f io.ReadCloser
	var err error
	if t.ahead != nil {
		data = t.ahead.data
	} else if f, err = r.open(t); err == nil {
		defer f.Close()
		data, err = r.fill(f, t.Size)
	}
	wanted := r.matching(t.Path, t.Mode, data[:min(len(data), 512)])
	if err == nil && len(wanted) == 0 && t.ahead == nil && r.packed(t, f, data) {
		return
	}
	r.out.unread = rules.UnreadBytes(data)
	manifest := r.isManifest(t.Path, wanted)
	behind := err == nil && !manifest && t.ahead == nil && isBehind(f, data)
	if t.Content != nil {
		wanted = r.readHanded(ctx, t, wanted)
	}
	if gap, ok := r.unreadable(t.Entry, err, manifest); ok {
		r.lost(gap)
		r.annotate(t)
		return
	}
	r.out.wanted = wanted
	if len(wanted) > 0 {
		if gap, ok := r.conflict(t.Path, data); ok {
			r.lost(gap)
		}
	}
	switch {
	case t.ahead != nil:
		r.out.dep5 = t.ahead.dep5
		r.reached, r.ignoring = 0, false
		r.keep(t.ahead.found, len(data), place{line: 1})
	case len(data) < window:
		r.reached, r.ignoring = 0, false
		r.search(data, len(data), place{line: 1})
	default:
		err = r.searchWindows(ctx, f, data)
	}
	r.annotate(t)
	if !r.unhashed && (len(r.out.facts.Claims) > 0 || manifest || t.ahead != nil || detect.RoleOf(t.Path) == sbom.RoleLicenseFile) {
		err = errors.Join(err, r.hash(t, f, data))
	}
	if gap, ok := r.unreadable(t.Entry, err, manifest); ok {
		r.lost(gap)
		return
	}
	switch {
	case behind:
		r.hold(t, true)
		r.note(t, f, data)
	case t.ahead == nil:
		r.carried(t, f)
	}
}

// unreadable is the gap of a file that could not be read, or is too large to be.
func (r *reader) unreadable(e source.Entry, err error, manifest bool) (sbom.Gap, bool) {
	if err == nil && e.Size <= min(maxFile, maxManifest) {
		return sbom.Gap{}, false // nearly always
	}
	limit := int64(maxFile)
	if manifest || detect.RoleOf(e.Path) == sbom.RoleLicenseFile {
		limit = maxManifest
	}
	if err == nil && e.Size <= limit {
		return sbom.Gap{}, false
	}
	gap := sbom.Gap{
		Kind: sbom.Lost, Span: source.Span{Path: e.Path}, Reader: "walk",
		Material: r.weighty(e.Path) || manifest && r.class(e.Path, ".") == "",
	}
	if err != nil {
		gap.Why = reason(err)
		gap.Next = "make it readable, or leave it out with --exclude"
	} else {
		gap.Kind = sbom.Limit
		gap.Why = fmt.Sprintf("%d MiB, more than the %d MiB that are read of such a file", e.Size>>20, limit>>20)
		gap.Next = "leave it out with --exclude if nothing of what it names ships"
	}
	return gap, true
}

// matching gives the numbers of the ecosystems that want the file.
func (s *scanner) matching(p string, mode fs.FileMode, head []byte) []int {
	var wanted []int
	for i, eco := range s.Ecosystems {
		if eco.Match(p, mode, head) {
			wanted = append(wanted, i)
		}
	}
	return wanted
}

// isManifest reports whether one of the ecosystems takes the file for a manifest, and not only for a product that may hold one.
func (s *scanner) isManifest(p string, wanted []int) bool {
	return slices.ContainsFunc(wanted, func(i int) bool { return !s.embedded(i, p) })
}

func (s *scanner) embedded(eco int, p string) bool {
	embedded := s.Ecosystems[eco].Embedded
	return embedded != nil && embedded(p)
}

// fill reads f into the worker's buffer, all of it or a window of it. size is only what to expect: a file
// may have grown since.
func (r *reader) fill(f io.Reader, size int64) ([]byte, error) {
	want := int(min(size+1, window))
	for read := 0; ; want = min(2*want, window) {
		if len(r.buf) < want {
			grown := make([]byte, min(1<<bits.Len(uint(want)), window))
			copy(grown, r.buf[:read])
			r.buf = grown
		}
		n, err := io.ReadFull(f, r.buf[read:want])
		read += n
		switch {
		case err == io.EOF || err == io.ErrUnexpectedEOF:
			return r.buf[:read], nil
		case err != nil || read == window:
			return r.buf[:read], err
		}
	}
}

// overlap is how much of a window is searched again with the next one, so that no statement is cut: the
// longest license text is under 64 KiB.
const overlap = 64 << 10

// place is where a window lies in its file: bytes before it, its first line's number, and how many bytes
// of that line precede it.
type place struct{ start, line, col int }

// searchWindows searches a file larger than a window; first is its first one.
func (r *reader) searchWindows(ctx context.Context, f io.Reader, first []byte) error {
	utf16 := isUTF16(first)
	at := place{line: 1}
	r.reached, r.ignoring = 0, false
	for data := first; ; {
		cut := nextWindow(data)
		r.search(data, cut, at)
		r.ignoring = detect.IgnoresBehind(data, cut, r.ignoring)
		switch {
		case len(data) < window:
			r.out.facts.Copyrights = sbom.JoinCopyrights(r.out.facts.Copyrights)
			return nil
		case utf16:
			return errors.New("a text in UTF-16 of which only the first 8 MiB were searched")
		case ctx.Err() != nil:
			return ctx.Err()
		}
		at = at.after(data[:cut])
		kept := copy(r.buf, data[cut:])
		n, err := io.ReadFull(f, r.buf[kept:window])
		if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
			return err
		}
		data = r.buf[:kept+n]
	}
}

// nextWindow is where in this window the next one begins; behind it if this is the last. Bytes that would
// be taken for the mark of UTF-16 are no good beginning.
func nextWindow(data []byte) int {
	if len(data) < window {
		return len(data)
	}
	cut := window - overlap
	for cut > window-2*overlap && isUTF16(data[cut:]) {
		cut--
	}
	return cut
}

// search lets the engine search one window. What begins at end or after it is left to the next one, unless it
// lies in what begins before: the next window has but the rest of that, and does not know what it is of.
func (r *reader) search(data []byte, end int, at place) {
	found := r.detect(r.out.facts.Path, data)
	r.keepBanners(data, end, at)
	if r.ignoring {
		ignoreBefore(&found, detect.IgnoredUntil(data))
	}
	r.keep(found, end, at)
}

// ignoreBefore passes over what is stated before an offset.
func ignoreBefore(found *detect.Result, end int) {
	for i := range found.Claims {
		if c := &found.Claims[i]; c.Evidence[0].Span.Start < end {
			c.Kind, c.Role = kindIgnored, sbom.RoleAside
		}
	}
	for i := range found.Copyrights {
		c := &found.Copyrights[i]
		c.Found = slices.DeleteFunc(c.Found, func(s source.Span) bool { return s.Start < end })
	}
}

// keep takes what was found in one window.
func (r *reader) keep(found detect.Result, end int, at place) {
	facts := &r.out.facts
	reach := end
	for _, c := range found.Claims {
		for _, ev := range c.Evidence {
			if ev.Span.Start < end {
				reach = max(reach, ev.Span.End)
			}
		}
	}
	told := r.reached - at.start // by the window before, 0 or less for nothing
	r.reached = at.start + reach
	for _, c := range found.Claims {
		kept := c.Evidence[:0]
		for _, ev := range c.Evidence {
			if ev.Span.Start < reach && (ev.Span.Start >= told || ev.Span.End-told > told-ev.Span.Start) {
				ev.Span = at.shift(ev.Span)
				ev.EndLine += at.line - 1
				kept = append(kept, ev)
			}
		}
		if c.Evidence = kept; len(kept) > 0 {
			facts.Claims = append(facts.Claims, c)
		}
	}
	for _, c := range found.Copyrights {
		kept := c.Found[:0]
		for _, found := range c.Found {
			if found.Start < end {
				kept = append(kept, at.shift(found))
			}
		}
		if c.Found = kept; len(kept) > 0 {
			facts.Copyrights = append(facts.Copyrights, c)
		}
	}
	if r.out.texts == nil {
		r.out.texts = found.Texts
		return
	}
	maps.Copy(r.out.texts, found.Texts)
}

func isUTF16(data []byte) bool {
	return bytes.HasPrefix(data, []byte{0xFF, 0xFE}) || bytes.HasPrefix(data, []byte{0xFE, 0xFF})
}

// after is the place behind bytes that begin at this one.
func (at place) after(passed []byte) place {
	at.start += len(passed)
	at.line += bytes.Count(passed, []byte{'\n'})
	at.col += len(passed)
	if i := bytes.LastIndexByte(passed, '\n'); i >= 0 {
		at.col = len(passed) - i - 1
	}
	return at
}

// shift moves a place in a window to the place in the file.
func (at place) shift(s source.Span) source.Span {
	if s.Line == 1 {
		s.Col += at.col
	}
	s.Start += at.start
	s.End += at.start
	s.Line += at.line - 1
	return s
}

// hash computes the file's checksums: from data when that is all of it, else by reading it once more.
func (r *reader) hash(t task, f io.Reader, data []byte) error {
	facts := &r.out.facts
	h256, h1 := sha256.New(), sha1.New()
	both := io.MultiWriter(h256, h1)
	if len(data) < window {
		both.Write(data)
	} else {
		whole := f
		if at, ok := f.(io.ReaderAt); ok {
			whole = io.NewSectionReader(at, 0, math.MaxInt64)
		} else {
			again, err := r.open(t)
			if err != nil {
				return err
			}
			defer again.Close()
			whole = again
		}
		if _, err := io.CopyBuffer(both, struct{ io.Reader }{whole}, r.buf); err != nil {
			return err
		}
	}
	facts.SHA256, facts.SHA1 = hex.EncodeToString(h256.Sum(nil)), hex.EncodeToString(h1.Sum(nil))
	return nil
}
