package detect

import (
	"bytes"
	"slices"
	"sync"

	"github.com/licet/licet/pkg/sbom"
)

// A passage is a part of a file that is examined by itself: the whole of a license or notice file, and
// of any other file the comment, or the lines, around a cue. What its bytes state depends on nothing
// outside of them, so that a header met before need not be examined again, see memo.go.

const (
	// blockBytes bounds a comment.
	blockBytes = 128 << 10
	// pieceBytes bounds a passage of a license or notice file: the words of one, and what they have in common with
	// the list, take up to fifty times as many bytes.
	pieceBytes = 512 << 10
	// cutBytes is how far before the end of such a passage it is sought where it may end: no text is longer.
	cutBytes = 64 << 10
	// openBytes is how far before a cue the beginning of its comment is looked for.
	openBytes = 4 << 10
	// before and after are how far a passage that is no comment reaches on both sides of a cue.
	before = 512
	after  = 1200
	// bridge is the longest part of a license text without a cue, where there is a cue in every
	// denseBytes of what precedes it.
	bridge     = 4 << 10
	denseBytes = 512
)

// passageCues are those near which something may stand besides tags and copyrights.
const passageCues = cueLicense | cueTerms | cueName | cueReserved

// passages gives the parts of the file to be examined, in order and disjoint.
func (r *reading) passages() []region {
	if isLockfile(r.path) {
		return nil
	}
	if r.role != sbom.RoleFile || r.isTiny() || r.isLeaf() || r.isCollection() {
		return r.pieces()
	}
	var out []region
	end := 0
	for at := range r.cues(passageCues) {
		if at < end || r.isTagged(at) {
			continue
		}
		g := r.block(at, end)
		end = g.end
		if n := len(out); n > 0 && r.joins(out[n-1], g) {
			out[n-1].end = g.end
		} else {
			out = append(out, g)
		}
	}
	return out
}

// tinyBytes is the size up to which a text is read whole: what says so little says it without the usual words.
const tinyBytes = 300

// isTiny reports whether the file is a text, not a program, that is short enough to be read whole.
func (r *reading) isTiny() bool {
	return len(r.text) <= tinyBytes && !isProgram(r.path) && !namesOthers(r.path)
}

// leafBytes is the size up to which a text that has a cue is one passage: the end of a license may have none.
const leafBytes = 32 << 10

// isLeaf reports whether the file is a text, not a program, that is short and may hold a license.
func (r *reading) isLeaf() bool {
	if len(r.text) > leafBytes || isProgram(r.path) || namesOthers(r.path) {
		return false
	}
	for at := range r.cues(passageCues) {
		if !r.isTagged(at) {
			return true
		}
	}
	return false
}

// isCollection reports whether the file is a text, not a program, that is full of cues: one license after the other.
func (r *reading) isCollection() bool {
	return len(r.hits)*denseBytes > len(r.text) && !isProgram(r.path) && !namesOthers(r.path)
}

// pieces cuts a license or notice file that is larger than any license, for the memory that its words take.
func (r *reading) pieces() []region {
	var out []region
	start := 0
	for len(r.text)-start > pieceBytes {
		end := start + pieceBytes - cutBytes + cutPlace(r.text[start+pieceBytes-cutBytes:start+pieceBytes])
		out = append(out, region{start, end})
		start = end
	}
	return append(out, region{start, len(r.text)})
}

// textBreaks set one text of a collection off from the next, the surest first.
var textBreaks = [][]byte{[]byte("\n\n=========="), []byte("\n\n----------"), []byte("\n\n**********"), []byte("\n\n##########"), []byte("\n\n\n"), []byte("\n\n"), []byte("\n")}

// cutPlace gives where a text is cut: before the last line that sets one text off from another, else at the last gap of
// two lines, of one, at the last line end, and behind it all if it has none.
func cutPlace(text []byte) int {
	place, best := len(text), len(textBreaks)
	for i := len(text); best > 0; {
		if i = bytes.LastIndexByte(text[:i], '\n'); i < 0 {
			break
		}
		for k, sign := range textBreaks[:best] {
			if bytes.HasPrefix(text[i:], sign) {
				place, best = i, k
				break
			}
		}
	}
	return place
}

// joins reports whether two passages are one: nothing lies between them, or what does lies inside a long
// text, as the many cues before it tell.
func (r *reading) joins(a, b region) bool {
	if b.end-a.start > blockBytes {
		return false
	}
	return b.start-a.end < bridge && b.start-a.end < a.end-a.start && len(r.between(a))*denseBytes > a.end-a.start ||
		len(bytes.TrimSpace(r.text[a.end:b.start])) == 0
}

// isTagged reports whether a cue is part of a tag, which speaks for itself.
func (r *reading) isTagged(at int) bool {
	return bytes.HasSuffix(r.text[:at], []byte("SPDX-")) || within(r.tagged, at)
}

// block gives the comment, or the lines, around the cue at i. It begins at low or after.
func (r *reading) block(i, low int) region {
	start := low + bytes.LastIndexByte(r.text[low:i], '\n') + 1
	var mark byte
	if i-start <= openBytes {
		mark = lineMark(r.text[start:min(i+3, len(r.text))])
	}
	if mark != 0 && mark != '*' || mark != 0 && r.isBox(start) {
		return r.markedLines(i, start, low, mark)
	}
	near := max(low, i-openBytes)
	open := bytes.LastIndex(r.text[near:i], []byte("/*"))
	if open >= 0 && i >= r.unclosed && !bytes.Contains(r.text[near+open:i], []byte("*/")) {
		high := min(len(r.text), i+blockBytes)
		if n := bytes.Index(r.text[i:high], []byte("*/")); n >= 0 {
			return region{near + open, i + n + 2}
		}
		r.unclosed = high
	}
	if mark != 0 {
		return r.markedLines(i, start, low, mark)
	}
	return r.lines(i, low)
}

// isBox reports whether the line at i is a whole comment, as in a frame of comments around a text.
func (r *reading) isBox(i int) bool {
	line := bytes.TrimSpace(lineFrom(r.text, i, openBytes))
	return bytes.HasPrefix(line, []byte("/*")) && bytes.HasSuffix(line, []byte("*/"))
}

// lineMark gives the first byte of a line if that marks a comment.
func lineMark(line []byte) byte {
	line = bytes.TrimLeft(line, " \t")
	if len(line) == 0 || bytes.IndexByte([]byte("#;%!*|/-'>"), line[0]) < 0 {
		return 0
	}
	if c := line[0]; (c == '/' || c == '-') && (len(line) < 2 || line[1] != c && line[1] != '*') {
		return 0
	}
	if line[0] == '/' && line[1] == '*' {
		return '*'
	}
	return line[0]
}

// markedLines gives the lines around the one of i, at start, that are comments by the same mark. A comment that
// is opened and closed ends where it is closed, unless the next line opens another.
func (r *reading) markedLines(i, start, low int, mark byte) region {
	g := region{start, start}
	for g.start > low && start-g.start < blockBytes {
		if mark == '*' && bytes.HasPrefix(bytes.TrimLeft(r.text[g.start:min(g.start+openBytes, len(r.text))], " \t"), []byte("/*")) &&
			!bytes.HasSuffix(bytes.TrimRight(r.text[low:g.start], " \t\r\n"), []byte("*/")) {
			break
		}
		prev := low + bytes.LastIndexByte(r.text[low:g.start-1], '\n') + 1
		if lineMark(r.text[prev:g.start]) != mark {
			break
		}
		g.start = prev
	}
	for g.end < len(r.text) && g.end-start < blockBytes {
		line := r.text[g.end:]
		if n := bytes.IndexByte(line, '\n'); n >= 0 {
			line = line[:n+1]
		}
		if g.end > start && lineMark(line) != mark {
			break
		}
		if mark == '*' {
			if n := bytes.Index(line, []byte("*/")); n >= 0 && lineMark(r.text[g.end+len(line):]) != '*' {
				g.end += n + 2
				break
			}
		}
		if len(line) > blockBytes {
			return r.lines(i, low)
		}
		g.end += len(line)
	}
	return g
}

// lines gives what lies near i, from line to line where there are any, but not past the end of a comment.
func (r *reading) lines(i, low int) region {
	g := region{max(low, i-before), min(len(r.text), i+after)}
	if n := bytes.Index(r.text[g.start:i], []byte("*/")); n >= 0 {
		g.start += n + 2
	} else if n := bytes.IndexByte(r.text[g.start:i], '\n'); n >= 0 && g.start > low {
		g.start += n + 1
	}
	if n := bytes.Index(r.text[i:g.end], []byte("*/")); n >= 0 {
		g.end = i + n + 2
	} else if n := bytes.LastIndexByte(r.text[i:g.end], '\n'); n >= 0 && g.end < len(r.text) {
		g.end = i + n + 1
	}
	return g
}

// examine looks for statements in all passages.
func (r *reading) examine(m *memo) { r.examineAll(r.passages(), m) }

func (r *reading) examineAll(passages []region, m *memo) {
	if len(passages) == 0 {
		return
	}
	r.work = workspaces.Get().(*workspace)
	defer func() {
		r.work.words.data = nil // the file need not be kept
		workspaces.Put(r.work)
		r.work = nil
	}()
	for _, g := range passages {
		sub := &reading{role: r.role, work: r.work, text: r.text[g.start:g.end], own: r.own, bare: r.bare, hasTags: len(r.claims) > 0, tiny: r.isTiny(), leaf: r.isLeaf()}
		key := sub.key()
		found, ok := m.find(key)
		if !ok {
			sub.hits = r.hitsIn(g)
			sub.statements()
			found = findings{sub.claims, sub.mentioned, sub.strange, sub.quoted, sub.changed, sub.texts}
			m.keep(key, found)
		}
		r.take(found, g.start)
	}
}

// workspace is the memory for what is made of a passage: its words, those of names, and what it has in common with the
// list. The passages of a file use it one after the other, and so does the next file: what a passage of a file that is
// made to be slow fills, nobody wants to ask for and to clear again.
type workspace struct {
	words  wordText
	tokens []token
	chains chainer
}

var workspaces = sync.Pool{New: func() any { return new(workspace) }}

// statements runs the stages over a passage whose words are read once for all of them.
func (r *reading) statements() {
	t := &r.work.words
	r.prose = prose(r.text)
	t.read(r.prose, 0, len(r.prose))
	found := r.find(t)
	r.findMentions(verbatim(t, found))
	r.licenseTexts(t, found)
	r.findStrange(t)
}

// from gives the cues at off and behind it.
func (r *reading) from(off int) []hit {
	low, high := 0, len(r.hits)
	for low < high {
		if mid := (low + high) / 2; int(r.hits[mid].at) < off {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return r.hits[low:]
}

// between gives the cues in g.
func (r *reading) between(g region) []hit {
	hits := r.from(g.start)
	return hits[:len(hits)-len(r.from(max(g.start, g.end)))]
}

// hitsIn gives the cues in g, with their places in it.
func (r *reading) hitsIn(g region) []hit {
	hits := slices.Clone(r.between(g))
	for i := range hits {
		hits[i].at -= int32(g.start)
	}
	return hits
}

// findings is what a passage states, with places in it.
type findings struct {
	claims    []sbom.Claim
	mentioned []mentioned
	strange   []strange
	quoted    []region
	changed   []region
	texts     map[sbom.Digest]string
}

// take adds the findings of the passage that begins at start.
func (r *reading) take(f findings, start int) {
	for _, c := range f.claims {
		c.Evidence = slices.Clone(c.Evidence)
		for i := range c.Evidence {
			c.Evidence[i].Span.Path = r.path
			c.Evidence[i].Span.Start += start
			c.Evidence[i].Span.End += start
		}
		list := &r.claims
		if s := c.Evidence[0].Span; r.isHidden(c.Kind, s.Start, s.End) {
			list = &r.hidden
		}
		*list = append(*list, c)
	}
	for _, m := range f.mentioned {
		m.start += start
		m.end += start
		m.name = region{m.name.start + start, m.name.end + start}
		r.takeMention(m)
	}
	for _, s := range f.strange {
		s.start, s.end = s.start+start, s.end+start
		if s.phrase.end > 0 {
			s.phrase = region{s.phrase.start + start, s.phrase.end + start}
		}
		r.strange = append(r.strange, s)
	}
	for _, q := range f.quoted {
		r.quoted = append(r.quoted, region{q.start + start, q.end + start})
	}
	for _, g := range f.changed {
		r.changed = append(r.changed, region{g.start + start, g.end + start})
	}
	for d, text := range f.texts {
		if r.texts == nil {
			r.texts = map[sbom.Digest]string{}
		}
		r.texts[d] = text
	}
}

// mentionKey is all that a mention says.
type mentionKey struct {
	expr                                    string
	grant, under, with, pointer, seen, docs bool
}

// takeMention keeps a mention unless the file has made the same one so often that it says nothing new.
func (r *reading) takeMention(m mentioned) {
	if len(r.mentioned) >= mostRepeated { // in few files
		if r.again == nil {
			r.again = map[mentionKey]int{}
		}
		key := mentionKey{m.expr, m.grant, m.under, m.with, m.pointer, m.seen, m.docs}
		if r.again[key]++; r.again[key] > mostRepeated {
			return
		}
	}
	r.mentioned = append(r.mentioned, m)
}
