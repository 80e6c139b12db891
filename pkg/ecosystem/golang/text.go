package golang

import (
	"bytes"
	"fmt"
	"io/fs"
	"iter"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// maxFile is the size past which no file is read, in bytes: that of golang.org/x/mod/zip.MaxGoMod, past
// which the go command takes no go.mod.
const maxFile = 16 << 20

// readFile reads a manifest.
func readFile(fsys fs.FS, name string) ([]byte, error) {
	return ecosystem.ReadFile(fsys, name, maxFile)
}

// unread is the gap of a manifest that could not be read at all.
func unread(at source.Span, err error) sbom.Gap {
	g := ecosystem.Unread(name, at, err)
	g.Material = true
	return g
}

// spanIn gives the place [start, end) of data, which begins in the given line.
func spanIn(path string, data []byte, start, end, line int) source.Span {
	return source.Span{Path: path, Start: start, End: end, Line: line, Col: start - bytes.LastIndexByte(data[:start], '\n')}
}

// textLine is a line without the white space around it.
type textLine struct {
	text string
	at   source.Span
}

// lines gives the lines of data that are not blank.
func lines(path string, data []byte) iter.Seq[textLine] {
	return func(yield func(textLine) bool) {
		number, start := 0, 0
		for line := range bytes.Lines(data) {
			number++
			text := bytes.TrimSpace(line)
			begin := start
			start += len(line)
			if len(text) == 0 {
				continue
			}
			begin += bytes.Index(line, text[:1])
			l := textLine{string(text), source.Span{Path: path, Start: begin, End: begin + len(text), Line: number}}
			l.at.Col = begin - (start - len(line)) + 1
			if !yield(l) {
				return
			}
		}
	}
}

// isCut reports whether the file ends with this line and without a line end, as no file does that the go
// command wrote.
func isCut(data []byte, l textLine) bool { return l.at.End == len(data) }

// How many bad lines of one file become gaps of their own, and after how many reading stops.
const (
	maxBadLines = 20
	giveUp      = 10_000
)

// badLines gathers the lines of a file that could not be read.
type badLines struct {
	next string
	gaps []sbom.Gap
	more int
}

func (b *badLines) add(at source.Span, why string) {
	if len(b.gaps) == maxBadLines {
		b.more++
		return
	}
	b.gaps = append(b.gaps, sbom.Gap{Kind: sbom.Lost, Span: at, Reader: name, Why: why, Next: b.next, Material: true})
}

// stop reports whether so many lines were bad that the rest is not worth the time.
func (b *badLines) stop() bool { return b.more >= giveUp }

func (b *badLines) list() []sbom.Gap {
	if b.more == 0 {
		return b.gaps
	}
	last := b.gaps[len(b.gaps)-1]
	last.Span = source.Span{Path: last.Span.Path}
	last.Why = fmt.Sprintf("%d more lines cannot be read", b.more)
	if b.stop() {
		last.Kind, last.Why = sbom.Limit, last.Why+"; the rest was left unread"
	}
	return append(b.gaps, last)
}
