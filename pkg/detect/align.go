package detect

import (
	"cmp"
	"math"
	"math/bits"
)

// alignment is a stretch of a file laid beside a listed text.
type alignment struct {
	text     *nearText
	from, to int                       // words of the file, from the first that fits to the last
	matched  int                       // fixed words of the text that are there
	optional int                       // optional words that are there
	filled   int                       // words of the file that stand in the text's gaps
	inserted []region                  // words of the file that the text doesn't have
	lost     []region                  // words of the text that the file doesn't have
	extra    int                       // how many these are
	swapped  []swap                    // single words that stand in the place of others
	changes  []change                  // where file and text differ, in no order
	has      *[optionalBit / 64]uint64 // the words of the text, once somebody asks
}

// change is a place where the words of the file stand instead of those of the text; either may be none.
type change struct{ doc, text region }

// swap is a word of the file that stands where the text has another one.
type swap struct{ doc, text int }

// missing is how many fixed words of the text are not there.
func (a *alignment) missing() int { return a.text.fixed - a.matched }

// coverage is the share of the text that is there, less what was put in.
func (a *alignment) coverage() float64 {
	return float64(a.matched) / float64(max(1, a.text.fixed))
}

// score orders the texts that may be meant: what fits counts for them, and what is missing or too many
// against. Much that was put in at one place counts as one remark.
func (a *alignment) score() int {
	extra := 0
	for _, g := range a.inserted {
		extra += min(g.end-g.start, mostRemark)
	}
	return 4*(a.matched+a.optional) + 3*a.filled - 8*a.missing() - 8*extra - 16*a.namesLost()
}

// mostRemark is how many words put in at one place count.
const mostRemark = 25

// aligner walks along a file and a text at once.
type aligner struct {
	index    *nearIndex
	doc      *wordText
	low, top int // the words of the file that may be looked at
	a        *alignment
	lastDoc  int // of the words that fit: one past the last
	spare    int // how many fixed words may still be lost; less than none ends the walk
}

// align lays the file's words along a chain beside its text. It walks from seed to seed, and over the
// ends as far as anything fits; each step passes a word, so the time is that of the words passed. It
// ends early, with an alignment that does not convince, when too much of the text is lost.
func (c *chainer) align(t *wordText, ch chain, low, top int) alignment {
	text := &c.index.texts[ch.text]
	w := aligner{index: c.index, doc: t, low: low, top: top, a: &alignment{text: text, from: -1}, spare: text.spare()}
	path := c.path(ch)
	w.a.from = int(path[0].doc)
	w.back(w.a.from-1, int(path[0].text)-1)
	d, x := int(path[0].doc), int(path[0].text)
	w.lastDoc = d
	for _, s := range path[1:] {
		if w.spare < 0 {
			return alignment{text: text}
		}
		if int(s.doc) < d || int(s.text) < x {
			continue
		}
		d, x = w.forward(d, x, int(s.doc), int(s.text))
		w.lose(x, int(s.text))
		w.change(d, int(s.doc), x, int(s.text))
		if w.word(int(s.text)-1) == gapWord {
			w.fill(d, int(s.doc))
		} else {
			w.insert(d, int(s.doc))
		}
		d, x = int(s.doc), int(s.text)
	}
	_, x = w.forward(d, x, top, text.words)
	w.lose(x, text.words)
	if w.spare < 0 {
		return alignment{text: text}
	}
	w.a.to = w.lastDoc
	for n := len(w.a.inserted); n > 0 && w.a.inserted[n-1].start >= w.a.to; n = len(w.a.inserted) {
		w.a.inserted = w.a.inserted[:n-1]
	}
	for _, g := range w.a.inserted {
		w.a.extra += g.end - g.start
	}
	return *w.a
}

// word gives word x of the text; 0 for a gap and for what lies outside.
func (w *aligner) word(x int) uint16 {
	if x < 0 || x >= w.a.text.words {
		return gapWord
	}
	return w.index.word(w.a.text.at + x)
}

func (w *aligner) fits(d, x int) bool {
	code := w.word(x)
	return code != gapWord && d >= w.low && d < w.top && w.doc.code(d) == max(1, code&^optionalBit)
}

func (w *aligner) match(x int) {
	if w.word(x)&optionalBit != 0 {
		w.a.optional++
	} else {
		w.a.matched++
	}
}

func (w *aligner) insert(from, to int) {
	if from >= to {
		return
	}
	if n := len(w.a.inserted); n > 0 && w.a.inserted[n-1].end == from {
		w.a.inserted[n-1].end = to
		return
	}
	w.a.inserted = append(w.a.inserted, region{from, to})
}

func (w *aligner) change(from, to, textFrom, textTo int) {
	if from < to || textFrom < textTo {
		w.a.changes = append(w.a.changes, change{region{from, to}, region{textFrom, textTo}})
	}
}

// fill notes what stands in a gap. Where that is more than a name, it was put in.
func (w *aligner) fill(from, to int) {
	w.change(from, to, 0, 0)
	if to-from > longName {
		w.insert(from, to)
	} else {
		w.a.filled += max(0, to-from)
	}
}

func (w *aligner) lose(from, to int) {
	if from >= to {
		return
	}
	w.a.lost = append(w.a.lost, region{from, to})
	for x := from; x < to && w.spare >= 0; x++ {
		if code := w.word(x); code != gapWord && code&optionalBit == 0 {
			w.spare--
		}
	}
}

// How far ahead of a difference the walk looks for where file and text agree again, in words; in a
// gap, as many as a name may have.
const (
	lookAhead = 24
	longGap   = 30
	longName  = 8
)

// forward walks from words d and x up to docEnd and textEnd and returns where it stopped.
func (w *aligner) forward(d, x, docEnd, textEnd int) (int, int) {
	for x < textEnd && d <= docEnd && w.spare >= 0 {
		if d < docEnd && w.fits(d, x) {
			w.match(x)
			d, x = d+1, x+1
			w.lastDoc = d
			continue
		}
		if w.word(x) == gapWord {
			x++
			if x < textEnd {
				d += w.skipGap(d, x, docEnd, textEnd, 1)
			}
			continue
		}
		if end := w.optionalEnd(x, textEnd); end > x && end < textEnd && w.agree(d, end, docEnd, textEnd, 1) {
			x = end
			continue
		}
		a, b, ok := w.resync(d, x, docEnd, textEnd, 1)
		if !ok {
			break
		}
		if a == 1 && b == 1 {
			w.a.swapped = append(w.a.swapped, swap{d, x})
		}
		w.lose(x, x+b)
		w.change(d, d+a, x, x+b)
		if a > b {
			w.insert(d+b, d+a)
		}
		d, x = d+a, x+b
	}
	return d, x
}

// back walks from words d and x to the text's beginning.
func (w *aligner) back(d, x int) {
	for x >= 0 && d >= w.low && w.spare >= 0 {
		if w.fits(d, x) {
			w.match(x)
			w.a.from = d
			d, x = d-1, x-1
			continue
		}
		if w.word(x) == gapWord {
			x--
			if x >= 0 {
				d -= w.skipGap(d, x, w.low-1, -1, -1)
			}
			continue
		}
		a, b, ok := w.resync(d, x, w.low-1, -1, -1)
		if !ok {
			break
		}
		w.lose(x-b+1, x+1)
		w.change(d-a+1, d+1, x-b+1, x+1)
		if a == 1 && b == 1 {
			w.a.swapped = append(w.a.swapped, swap{d, x})
		}
		if a > b {
			w.insert(d-a+1, d-b+1)
		}
		d, x = d-a, x-b
	}
	w.lose(0, x+1)
	if x < longName {
		w.change(max(w.low, w.a.from-x-1), w.a.from, 0, x+1)
	}
}

// skipGap gives how many words of the file a gap takes before word x of the text; none if it is not found.
func (w *aligner) skipGap(d, x, docEnd, textEnd, dir int) int {
	for n := 0; n <= longGap && d+dir*n != docEnd; n++ {
		if w.fits(d+dir*n, x) && w.agree(d+dir*n, x, docEnd, textEnd, dir) {
			if dir > 0 {
				w.fill(d, d+n)
			} else {
				w.fill(d-n+1, d+1)
			}
			return n
		}
	}
	return 0
}

// optionalEnd gives where the optional words at x end.
func (w *aligner) optionalEnd(x, textEnd int) int {
	for x < textEnd && w.word(x)&optionalBit != 0 {
		x++
	}
	return x
}

// agree reports whether file and text agree from words d and x on, for two words or up to an end.
func (w *aligner) agree(d, x, docEnd, textEnd, dir int) bool {
	if x == textEnd {
		return true
	}
	if d == docEnd || !w.fits(d, x) {
		return false
	}
	d, x = d+dir, x+dir
	return d == docEnd || x == textEnd || w.word(x) == gapWord || w.fits(d, x)
}

// resync finds the nearest place after a difference from which on file and text agree, in the sense of agree:
// a words of the file and b of the text further. Nearest is where the fewest words lie between, and then where
// their numbers are most alike, for most damage replaces words.
//
// The words ahead of the file are sorted by their lowest bits; each of the text then finds those that are the same.
func (w *aligner) resync(d, x, docEnd, textEnd, dir int) (a, b int, ok bool) {
	docLeft, textLeft := dir*(docEnd-d), dir*(textEnd-x)
	if docLeft <= 0 {
		return 0, 0, false
	}
	var ahead [resyncBuckets]uint32 // which words of the file have these lowest bits
	var doc [lookAhead + 2]uint16
	for i := range min(docLeft, len(doc)) {
		doc[i] = w.doc.code(d + dir*i)
		ahead[doc[i]%resyncBuckets] |= 1 << i
	}
	same := func(b int) (at uint32, gap bool) { // which are word b of the text
		code := w.word(x + dir*b)
		if code == gapWord {
			return 0, true
		}
		code = max(1, code&^optionalBit)
		for left := ahead[code%resyncBuckets]; left != 0; left &= left - 1 {
			if i := bits.TrailingZeros32(left); doc[i] == code {
				at |= 1 << i
			}
		}
		return at, false
	}
	best := math.MaxInt
	here, _ := same(0)
	for k := 0; k < textLeft && k <= min(lookAhead, best); k++ {
		next, free := uint32(0), true
		if k+1 < textLeft {
			next, free = same(k + 1)
		}
		fit := here & (next >> 1)
		if free {
			fit = here
		} else if docLeft <= lookAhead+1 {
			fit |= here & (1 << (docLeft - 1))
		}
		if fit &= 1<<(lookAhead+1) - 1; k == 0 {
			fit &^= 1
		}
		here = next
		if fit == 0 {
			continue
		}
		i := bits.TrailingZeros32(fit)
		if sum := i + k; sum < best || sum == best && nearer(i, k, a, b) {
			a, b, best, ok = i, k, sum, true
		}
	}
	return a, b, ok
}

// resyncBuckets is more than twice the words ahead, so that few share one.
const resyncBuckets = 64

// nearer reports whether a and b, whose sum is that of c and d, are more alike; the greater a comes first.
func nearer(a, b, c, d int) bool {
	return cmp.Or(-cmp.Compare(abs(a-b), abs(c-d)), cmp.Compare(a, c)) > 0
}
