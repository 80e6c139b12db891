package detect

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"iter"
	"slices"
	"sync"
)

// The gate is the one pass over all bytes of a file. It finds the words near which a statement may
// stand, and the stages look only there.
//
// Each word has a key, five bytes that are rare in programs. Whoever looks at three bytes in every three
// meets exactly one of the three triples of a key, so a table of all triples tells in one step whether
// a word may be here. The table is indexed by a hash of the triple and the steps do not depend on one
// another: it takes less than a processor's cycle a byte. The few signs that are too short for this are
// searched by [bytes.IndexByte], which is quicker still as long as they are rare.

// cue is a set of kinds of words by which the gate finds where to look.
type cue uint16

const (
	cueTag       cue = 1 << iota // SPDX-
	cueIgnore                    // REUSE-Ignore
	cueLicense                   // license, licence, licensed, licensing, licencia, Lizenz
	cueCopyright                 // copyright, ©, (c) and a year, &copy;
	cueTerms                     // permission, redistribution, warranty and other words of notices
	cueName                      // GPL, Apache, COPYING: names that may stand without the word license
	cueReserved                  // proprietary, confidential, prohibited
	cueAny       cue = 1<<iota - 1
)

// hit is a cue found: the word's first byte, and what it is.
type hit struct {
	at  int32
	cue cue
}

// cueWord is a word, in lower case unless it is sought as it stands; key is where its key begins.
type cueWord struct {
	cue  cue
	key  int
	word string
	as   bool
}

// shortNames are names that few words of another sense look like, written as they are: they may stand without the word
// license. The end of each is its key: "MPL" is in every example.
var shortNames = []string{"CC0 1.0", "CC0-1.0", "WTFPL", " 0BSD", "MPL-1.0", "MPL-1.1", "MPL-2.0", "MPL 1.1", "MPL 2.0", "EPL-1.0", "EPL-2.0", "EUPL-1.1",
	"EUPL-1.2", "CDDL-1.0", "CDDL-1.1", "OSL-3.0", "OFL-1.1", "BSL-1.0", "BUSL-1.1", "SSPL-1.0", "BlueOak-1.0"}

func cueWords() []cueWord {
	words := slices.Clone(plainCues)
	for _, name := range shortNames {
		words = append(words, cueWord{cueName, len(name) - keyBytes, name, true})
	}
	return words
}

var plainCues = []cueWord{
	{cueTag, 0, "SPDX-", false},
	{cueIgnore, 0, "REUSE-Ignore", true},
	{cueLicense, 1, "licens", false},
	{cueLicense, 1, "licenc", false},
	{cueLicense, 1, "licenz", false},
	{cueLicense, 1, "lizenz", false},
	{cueCopyright, 1, "copyright", false},
	{cueCopyright, 0, "(c) copyright", false},
	{cueCopyright, 0, "(c) 1", false},
	{cueCopyright, 0, "(c) 2", false},
	{cueCopyright, 0, "(c)19", false},
	{cueCopyright, 0, "(c)20", false},
	{cueCopyright, 0, "(c), 1", false},
	{cueCopyright, 0, "(c), 2", false},
	{cueCopyright, 0, "&copy;", false},
	{cueCopyright, 0, "&#169;", false},
	{cueCopyright, 0, "&#xa9;", false},
	{cueCopyright, 0, `\u00a9`, false},
	{cueCopyright, 0, `\xa9 `, false},
	{cueTerms, 1, "permission", false},
	{cueTerms, 1, "permitted", false},
	{cueTerms, 4, "distribut", false},
	{cueTerms, 0, "warrant", false},
	{cueTerms, 6, "copyright notice", false},
	{cueTerms, 6, "copyrighted", false},
	{cueTerms, 0, "\"as is", false},
	{cueTerms, 0, "'as is", false},
	{cueTerms, 0, "as-is", false},
	{cueTerms, 1, "hereby", false},
	{cueTerms, 1, "liability", false},
	{cueTerms, 2, "reproduce", false},
	{cueTerms, 2, "reproduction", false},
	{cueName, 1, "apache", false},
	{cueName, 3, "public domain", false},
	{cueName, 0, "COPYING", true},
	{cueName, 2, "copyleft", false},
	{cueName, 6, "creativecommons", false},
	{cueName, 6, "creative commons", false},
	{cueName, 0, "mozilla", false},
	{cueName, 1, "gnu.org", false},
	{cueName, 0, "cc by-", false},
	{cueName, 0, "cc-by-", false},
	{cueName, 1, "freely", false},
	{cueName, 3, "leased under", false},
	{cueName, 0, "gnu gpl", false},
	{cueName, 0, "gnu lgpl", false},
	{cueName, 0, "gnu agpl", false},
	{cueName, 0, "gnugpl", false},
	{cueName, 0, "gnulgpl", false},
	{cueName, 0, "gnuagpl", false},
	{cueName, 0, "gnu library", false},
	{cueName, 0, "gnu lesser", false},
	{cueName, 0, "gnu general", false},
	{cueName, 0, "gpl v", false},
	{cueName, 0, "gplv2", false},
	{cueName, 0, "gplv3", false},
	{cueName, 0, "gpl 1", false},
	{cueName, 0, "gpl 2", false},
	{cueName, 0, "gpl 3", false},
	{cueName, 0, "gpl-2", false},
	{cueName, 0, "gpl-3", false},
	{cueName, 1, "-clause", false},
	{cueName, 2, "clause bsd", false},
	{cueName, 2, "clauses bsd", false},
	{cueName, 0, "artistic", false},
	{cueName, 2, "same terms", false},
	{cueName, 0, "terms of", false},
	{cueName, 0, "under mit", false},
	{cueName, 0, "mit/x11", false},
	{cueName, 0, "mit & ", false},
	{cueName, 0, " & mit", false},
	{cueName, 0, "under bsd", false},
	{cueName, 1, "attribution-", false},
	{cueReserved, 2, "proprietary", false},
	{cueReserved, 3, "confidential", false},
	{cueReserved, 4, "trade secret", false},
	{cueReserved, 3, "unauthori", false},
	{cueReserved, 2, "prohibited", false},
	{cueReserved, 3, "purposes only", false},
	{cueReserved, 2, "use only", false},
	{cueReserved, 2, "commercial", false},
	{cueReserved, 2, "educational purposes", false},
	{cueReserved, 2, "kommerziel", false},
	{cueReserved, 1, "comercial", false},
	{cueReserved, 2, "commercieel", false},
	{cueReserved, 2, "komercyjn", false},
	{cueReserved, 0, "vaten gebrauch", false},
	{cueReserved, 0, "коммерч", true},
}

// cueTable finds the words of a list.
type cueTable struct {
	slots      [1 << tripleBits]uint8 // the triple's number in candidates, 0 for none
	candidates [][]candidate
}

// candidate is a word that a triple may belong to, that triple, folded, and how far into the word it stands.
type candidate struct {
	*cueWord
	back   int
	triple uint32
}

const (
	tripleBits = 14
	keyBytes   = 5
	// folded clears the bit of each byte that tells small letters from large.
	folded = 0xDFDFDFDFDFDFDFDF
)

// triple is the slot of the first three of four folded bytes, the lowest first.
func triple(b uint32) uint32 { return b << 8 * 0x9E3779B1 >> (32 - tripleBits) }

var gate = sync.OnceValue(func() *cueTable { return newCueTable(slices.Concat(cueWords(), solidCues())) })

func newCueTable(words []cueWord) *cueTable {
	t := &cueTable{candidates: [][]candidate{nil}}
	for i := range words {
		w := &words[i]
		key := []byte(w.word[w.key : w.key+keyBytes])
		own := 0 // the number of its triples, if it is a rare word: numbers are few
		for k := range keyBytes - 2 {
			var b [4]byte
			copy(b[:], key[k:k+3])
			letters := binary.LittleEndian.Uint32(b[:]) & (folded & 0xFFFFFFFF)
			slot := &t.slots[triple(letters)]
			if *slot == 0 {
				if own == 0 || !w.as {
					own = len(t.candidates)
					t.candidates = append(t.candidates, nil)
				}
				*slot = uint8(own)
			}
			t.candidates[*slot] = append(t.candidates[*slot], candidate{w, w.key + k, letters})
		}
	}
	return t
}

// find appends the places of all words in the text, in order.
func (t *cueTable) find(text []byte, hits []hit) []hit {
	i := 0
	for ; i+8 <= len(text); i += 6 {
		b := binary.LittleEndian.Uint64(text[i:]) & folded
		first, second := t.slots[triple(uint32(b))], t.slots[triple(uint32(b>>24))]
		if first|second != 0 {
			hits = t.verify(text, i, first, hits)
			hits = t.verify(text, i+3, second, hits)
		}
	}
	for ; i+3 <= len(text); i += 3 {
		var b [4]byte
		copy(b[:], text[i:i+3])
		hits = t.verify(text, i, t.slots[triple(binary.LittleEndian.Uint32(b[:])&(folded&0xFFFFFFFF))], hits)
	}
	return hits
}

// verify appends the words of the slot that stand where the triple at i says.
func (t *cueTable) verify(text []byte, i int, slot uint8, hits []hit) []hit {
	if slot == 0 {
		return hits
	}
	letters := (uint32(text[i]) | uint32(text[i+1])<<8 | uint32(text[i+2])<<16) & (folded & 0xFFFFFF)
	for _, c := range t.candidates[slot] {
		if at := i - c.back; c.triple == letters && at >= 0 && c.stands(text[at:]) {
			hits = append(hits, hit{int32(at), c.cue})
		}
	}
	return hits
}

// stands reports whether the text begins with the word.
func (w *cueWord) stands(text []byte) bool {
	if len(text) < len(w.word) {
		return false
	}
	if w.as {
		return string(text[:len(w.word)]) == w.word
	}
	for i := range len(w.word) {
		if lower(text[i]) != lower(w.word[i]) {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c | 0x20
	}
	return c
}

// short appends the cues that have too few bytes for the table: the copyright sign in UTF-8 and Latin-1,
// and GPL with whatever stands around it.
func short(text []byte, hits []hit) []hit {
	for at := 0; ; at++ {
		i := bytes.IndexByte(text[at:], 0xA9)
		if i < 0 {
			break
		}
		at += i
		switch {
		case at > 0 && text[at-1] == 0xC2:
			hits = append(hits, hit{int32(at - 1), cueCopyright})
		case at == 0 || text[at-1] < 0x80:
			hits = append(hits, hit{int32(at), cueCopyright})
		}
	}
	for at := 0; ; at++ {
		i := bytes.IndexByte(text[at:], 'G')
		if i < 0 {
			return hits
		}
		at += i
		if isGPL(text[at:]) && (at == 0 || text[at-1] != '_') {
			hits = append(hits, hit{int32(at), cueName})
		}
	}
}

// isGPL reports whether text begins with the name and not with that of a clock, GPLL.
func isGPL(text []byte) bool {
	return bytes.HasPrefix(text, []byte("GPL")) && (len(text) == 3 || text[3] < 'A' || text[3] > 'Z')
}

// look fills r.hits: the only pass over the bytes of the whole file.
func (r *reading) look() {
	hits := gate().find(r.text, r.hits[:0])
	for i := range hits { // a word found by the end of its key may lie a few bytes before the last
		for k := i; k > 0 && hits[k].compare(hits[k-1]) < 0; k-- {
			hits[k], hits[k-1] = hits[k-1], hits[k]
		}
	}
	n := len(hits)
	if hits = short(r.text, hits); n < len(hits) {
		hits = merged(hits[:n], hits[n:])
	}
	r.hits = hits
}

func (h hit) compare(other hit) int {
	return cmp.Or(cmp.Compare(h.at, other.at), cmp.Compare(h.cue, other.cue))
}

// merged gives the hits of two lists in order; the second may be two that are in order.
func merged(a, b []hit) []hit {
	if !slices.IsSortedFunc(b, hit.compare) {
		cut := 1
		for b[cut-1].compare(b[cut]) <= 0 {
			cut++
		}
		b = merged(b[:cut], b[cut:])
	}
	out := make([]hit, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if a[0].compare(b[0]) <= 0 {
			out, a = append(out, a[0]), a[1:]
		} else {
			out, b = append(out, b[0]), b[1:]
		}
	}
	return append(append(out, a...), b...)
}

// cues yields the places of the cues of a set, in order.
func (r *reading) cues(set cue) iter.Seq[int] {
	return func(yield func(int) bool) {
		for _, h := range r.hits {
			if h.cue&set != 0 && !yield(int(h.at)) {
				return
			}
		}
	}
}
