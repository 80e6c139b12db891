package scan

import (
	"bytes"
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"math/bits"

	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// reader is one worker of the walk, with a buffer that serves every file, and the outcome it works on.
type reader struct {
	*scanner
	out *outcome
	buf []byte
}

// run works off one batch. After the context ended it only says that it is done.
func (r *reader) run(ctx context.Context, b *batch) {
	defer close(b.done)
	for _, e := range b.entries {
		if ctx.Err() != nil {
			return
		}
		b.outcomes = append(b.outcomes, outcome{facts: sbom.FileFacts{Path: e.Path, Size: e.Size}})
		r.out = &b.outcomes[len(b.outcomes)-1]
		guard("detect", source.Span{Path: e.Path}, r.lost, func() { r.file(e) })
	}
}

func (r *reader) lost(g sbom.Gap) { r.out.gaps = append(r.out.gaps, g) }

// file reads one file, lets the ecosystems match it and the engine search it.
func (r *reader) file(e source.Entry) {
	role := detect.RoleOf(e.Path)
	if installed(e.Path) && !r.Deep && role == sbom.RoleFile {
		r.match(e, nil)
		return
	}
	f, err := r.files.Open(e.Path)
	var data []byte
	if err == nil {
		defer f.Close()
		data, err = r.fill(f, e.Size)
	}
	r.match(e, data[:min(len(data), 512)])
	r.out.facts.Class = r.class(e.Path)
	important := len(r.out.wanted) > 0 || role == sbom.RoleLicenseFile
	if gap, ok := r.unreadable(e, err, important); ok {
		r.lost(gap)
		r.out.wanted = nil
		return
	}
	if len(data) < window {
		r.search(data, place{line: 1})
	} else {
		err = r.searchWindows(f, data)
	}
	if err == nil && (important || len(r.out.facts.Claims) > 0) {
		err = r.hash()
	}
	if gap, ok := r.unreadable(e, err, important); ok {
		r.lost(gap)
	}
}

// unreadable is the gap of a file that could not be read, or is too large to be.
func (r *reader) unreadable(e source.Entry, err error, important bool) (sbom.Gap, bool) {
	gap := sbom.Gap{
		Kind: sbom.Lost, Span: source.Span{Path: e.Path}, Reader: "walk",
		Material: important && r.out.facts.Class == "", // what is aside does not ship
	}
	limit := int64(maxFile)
	if important {
		limit = maxManifest
	}
	switch {
	case err != nil:
		gap.Why = reason(err)
		gap.Next = "make it readable, or leave it out with --exclude"
	case e.Size > limit:
		gap.Kind = sbom.Limit
		gap.Why = fmt.Sprintf("%d MiB, more than the %d MiB that are read of such a file", e.Size>>20, limit>>20)
		gap.Next = "leave it out with --exclude if it holds nothing of yours"
	default:
		return gap, false
	}
	return gap, true
}

// match notes which ecosystems want the file.
func (r *reader) match(e source.Entry, head []byte) {
	for i, eco := range r.Ecosystems {
		if eco.Match(e.Path, e.Mode, head) {
			r.out.wanted = append(r.out.wanted, i)
		}
	}
}

// fill reads the next window of f, or all of it if that is less, into the worker's buffer.
func (r *reader) fill(f io.Reader, size int64) ([]byte, error) {
	n := int(min(size+1, window))
	if len(r.buf) < n {
		r.buf = make([]byte, 1<<bits.Len(uint(n-1)))
	}
	n, err := io.ReadFull(f, r.buf[:n])
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = nil
	}
	return r.buf[:n], err
}

// overlap is how much of a window is searched again with the next one, so that no statement is cut: the
// longest license text is under 64 KiB.
const overlap = 64 << 10

// place is where a window lies in its file: bytes before it, its first line's number, and how many bytes
// of that line precede it.
type place struct{ start, line, col int }

// searchWindows searches a file larger than a window; first is its first one.
func (r *reader) searchWindows(f io.Reader, first []byte) error {
	at := place{line: 1}
	for data := first; ; {
		last := len(data) < window
		r.search(data, at)
		if last {
			return nil
		}
		done := data[:len(data)-overlap]
		if i := bytes.LastIndexByte(done, '\n'); i >= 0 {
			at.col = len(done) - i - 1
		} else {
			at.col += len(done)
		}
		at.start += len(done)
		at.line += bytes.Count(done, []byte{'\n'})
		copy(r.buf, data[len(done):])
		n, err := io.ReadFull(f, r.buf[overlap:window])
		if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
			return err
		}
		data = r.buf[:overlap+n]
	}
}

// search lets the engine search one window. What begins in the part that the next window repeats is
// left to it.
func (r *reader) search(data []byte, at place) {
	facts := &r.out.facts
	found := r.engine.File(facts.Path, data)
	end := len(data)
	if end == window {
		end -= overlap
	}
	for _, c := range found.Claims {
		kept := c.Evidence[:0]
		for _, ev := range c.Evidence {
			if ev.Span.Start < end {
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
		if c.Found[0].Start < end {
			for i := range c.Found {
				c.Found[i] = at.shift(c.Found[i])
			}
			facts.Copyrights = append(facts.Copyrights, c)
		}
	}
	for d, body := range found.Texts {
		if r.out.texts == nil {
			r.out.texts = map[sbom.Digest]string{}
		}
		r.out.texts[d] = source.Redact(body)
	}
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

// hash reads the file once more for its checksums: few files make claims, and those are small and warm.
func (r *reader) hash() error {
	facts := &r.out.facts
	f, err := r.files.Open(facts.Path)
	if err != nil {
		return err
	}
	defer f.Close()
	h256, h1 := sha256.New(), sha1.New()
	if _, err := io.CopyBuffer(io.MultiWriter(h256, h1), struct{ io.Reader }{f}, r.buf); err != nil {
		return err
	}
	facts.SHA256, facts.SHA1 = hex.EncodeToString(h256.Sum(nil)), hex.EncodeToString(h1.Sum(nil))
	return nil
}
