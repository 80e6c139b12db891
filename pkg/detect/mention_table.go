package detect

import (
	"encoding/binary"
	"math/bits"
)

// Every word near a license is looked up among those of names, and every name is followed from word to word.
// Both tables are made once and then only read: with open addressing, half empty, a look takes a step or two and
// no call. A word is packed into three numbers, so that it is compared and hashed as a whole.

// packedWord is a word of up to maxWord bytes, the first in the lowest bits, zeros behind it.
type packedWord [maxWord / 8]uint64

// packWord packs the n letters, digits and dots at i in lower case; n is maxWord at most.
func packWord(text []byte, i, n int) (w packedWord) {
	const small = 0x2020202020202020 // tells small letters from large; digits and dots have it set
	if i+maxWord > len(text) {
		var end [maxWord]byte
		copy(end[:], text[i:i+n])
		text, i = end[:], 0
	}
	for k := range w {
		left := n - 8*k
		if left <= 0 {
			break
		}
		w[k] = binary.LittleEndian.Uint64(text[i+8*k:]) | small
		if left < 8 {
			w[k] &= 1<<(8*left) - 1
		}
	}
	return w
}

func (w *packedWord) hash() uint64 { return packedHash(w[0], w[1]^w[2]<<7) }

func packedHash(first, rest uint64) uint64 {
	h := first * 0x9E3779B97F4A7C15
	return (h ^ h>>29 ^ rest) * 0xBF58476D1CE4E5B9
}

// wordTable finds the numbers of words.
type wordTable struct {
	slots  []wordSlot
	shift  int
	filter [1 << 10]uint64 // over the hashes
}

// lettersAt packs the ASCII letters at i, if there are one to seven of them and no more, in lower case and counts
// them; it counts none where there are others. It looks at eight bytes at once, see lowerEight in package source.
func lettersAt(text []byte, i int) (word uint64, n int) {
	if i+8 > len(text) {
		return 0, 0
	}
	const each = 0x0101010101010101
	eight := binary.LittleEndian.Uint64(text[i:])
	small := eight&^(each*0x80) | each*0x20
	letter := (small + each*(0x80-'a')) &^ (small + each*(0x80-'z'-1)) &^ eight
	n = bits.TrailingZeros64(^letter&(each*0x80)) / 8 & 7
	return (eight | each*0x20) & (1<<(8*n) - 1), n
}

type wordSlot struct {
	word   packedWord
	number int32 // 0 for an empty slot
}

func newWordTable(numbers map[string]int32) *wordTable {
	size := bits.Len(uint(2 * len(numbers)))
	t := &wordTable{slots: make([]wordSlot, 1<<size), shift: 64 - size}
	for word, number := range numbers {
		if len(word) > maxWord || number == 0 {
			continue // no word of a text is so long
		}
		var b [maxWord]byte
		copy(b[:], word)
		var w packedWord
		for k := range w {
			w[k] = binary.LittleEndian.Uint64(b[8*k:])
		}
		hash := w.hash()
		t.filter[hash>>54] |= 1 << (hash >> 48 & 63)
		i := int(hash >> t.shift)
		for t.slots[i].number != 0 {
			i = (i + 1) & (len(t.slots) - 1)
		}
		t.slots[i] = wordSlot{w, number}
	}
	return t
}

// short gives the number of a word of up to eight letters. Most words of a text have none.
func (t *wordTable) short(word uint64) int32 {
	hash := packedHash(word, 0)
	if t.filter[hash>>54]&(1<<(hash>>48&63)) == 0 {
		return 0
	}
	return t.number(packedWord{word})
}

// number gives the number of a word, 0 for one that has none.
func (t *wordTable) number(w packedWord) int32 {
	for i := int(w.hash() >> t.shift); ; i = (i + 1) & (len(t.slots) - 1) {
		if s := &t.slots[i]; s.number == 0 || s.word == w {
			return s.number
		}
	}
}

// edgeTable is the tree of names: from a node by a word to a node. No edge leads back to the root, node 0.
type edgeTable struct {
	first []int32 // from the root, by word
	slots []edge
	shift int
}

type edge struct {
	from uint64 // the node in the high half, the word in the low one
	to   int32  // 0 for an empty slot
}

func newEdgeTable(edges map[uint64]int32, words int) *edgeTable {
	size := bits.Len(uint(2 * len(edges)))
	t := &edgeTable{first: make([]int32, words), slots: make([]edge, 1<<size), shift: 64 - size}
	for from, to := range edges {
		if from>>32 == 0 {
			t.first[from] = to
			continue
		}
		i := t.slot(from)
		for t.slots[i].to != 0 {
			i = (i + 1) & (len(t.slots) - 1)
		}
		t.slots[i] = edge{from, to}
	}
	return t
}

func (t *edgeTable) slot(from uint64) int {
	h := from * 0x9E3779B97F4A7C15
	return int((h ^ h>>32) * 0xBF58476D1CE4E5B9 >> t.shift)
}

// next gives the node to which the word leads, 0 for none.
func (t *edgeTable) next(node, word int32) int32 {
	if node == 0 {
		return t.first[word]
	}
	from := uint64(node)<<32 | uint64(word)
	for i := t.slot(from); ; i = (i + 1) & (len(t.slots) - 1) {
		if e := &t.slots[i]; e.to == 0 || e.from == from {
			return e.to
		}
	}
}
