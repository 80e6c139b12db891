package detect

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/rules"
)

// nearText is a listed text or notice as a run of words that a damaged copy can be laid beside.
type nearText struct {
	pattern
	index *nearIndex
	at    int // of its first word among the words of all texts
	words int
	fixed int // words that are neither optional nor gaps
	rare  int // those of them that hardly any other text has
	grams int // runs of words that the index has of it
	// frequent: others differ from it in a few words and are not meant where these are missing.
	frequent bool
}

// nearIndex finds listed texts by runs of four words, see [rules.NearTexts]. The words and the grams are
// used where they lie in the program.
type nearIndex struct {
	texts        []nearText // in the order of their words
	words, grams string
	texted       string   // in how many texts each word is, a byte each, at most 255; "" if nobody has counted
	starts       []int32  // where each text begins, and a place behind them all
	firsts       []uint16 // the text that has each word whose place is a multiple of stride
}

// word gives word i of the text.
func (n *nearText) word(i int) uint16 { return n.index.word(n.at + i) }

// rareTexts is in how many texts a word may be that is the name of something.
const rareTexts = 4

// isRare reports whether a word is in hardly any text.
func (x *nearIndex) isRare(code uint16) bool { return x.inTexts(code) <= rareTexts }

// inTexts gives in how many texts a word is.
func (x *nearIndex) inTexts(code uint16) uint8 {
	if x.texted == "" {
		return 0
	}
	return x.texted[code&^optionalBit]
}

const (
	gapWord     = 0
	optionalBit = 1 << 15
	gramBuckets = 1 << 16
)

// nearTexts is the index over the list. What it takes to use it is in the rules: nothing is counted here.
var nearTexts = sync.OnceValue(func() *nearIndex {
	table, words, grams, texted := rules.NearTexts()
	x := &nearIndex{words: words, grams: grams, texted: texted, texts: make([]nearText, 0, strings.Count(table, "\n"))}
	for line := range strings.Lines(table) {
		ids, line, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		kind, line, _ := strings.Cut(line, "\t")
		id, _, _ := strings.Cut(ids, ",")
		var n [5]int
		for i := range n {
			var number string
			number, line, _ = strings.Cut(line, "\t")
			n[i], _ = strconv.Atoi(number)
		}
		x.add(nearText{pattern: pattern{id: id, kind: kind}, at: n[0], words: n[1], fixed: n[2], rare: n[3], grams: n[4],
			frequent: kind == "text" && slices.Contains(frequent, id)})
	}
	x.close()
	return x
})

// add adds a text whose words follow those of the texts before it.
func (x *nearIndex) add(n nearText) {
	for len(x.firsts)*stride < n.at {
		x.firsts = append(x.firsts, uint16(max(0, len(x.texts)-1)))
	}
	n.index = x
	x.texts = append(x.texts, n)
	x.starts = append(x.starts, int32(n.at))
}

// close completes the index once it has all texts, words and grams.
func (x *nearIndex) close() {
	x.starts = append(x.starts, math.MaxInt32)
	for len(x.firsts)*stride <= len(x.words)/2 {
		x.firsts = append(x.firsts, uint16(len(x.texts)-1))
	}
}

// number reads the 32 bits at byte i of the grams.
func (x *nearIndex) number(i int) uint32 {
	return number(x.grams[i : i+4])
}

func number(s string) uint32 {
	_ = s[3]
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}

// word gives the word at place i of all texts.
func (x *nearIndex) word(i int) uint16 {
	s := x.words[2*i : 2*i+2]
	return uint16(s[0]) | uint16(s[1])<<8
}

// stride is shorter than most texts, so that few lie between two of its multiples.
const stride = 64

// textAt gives the number of the text that has the word at place i of all texts.
func (x *nearIndex) textAt(i int) int {
	k := int(x.firsts[i/stride])
	for int(x.starts[k+1]) <= i {
		k++
	}
	return k
}

// bucket gives the entries among which the gram with this hash is, if anywhere, and the half of the hash that
// tells it from the others.
func (x *nearIndex) bucket(hash uint64) (entries string, want uint32) {
	b := int(hash >> 48)
	from, to := int(x.number(4*b)), int(x.number(4*b+4))
	const first = 4 * (gramBuckets + 1)
	return x.grams[first+8*from : first+8*to], uint32(hash >> 16)
}

// code gives word i of the text as the index has words.
func (t *wordText) code(i int) uint16 { return t.codes[i] }

// codeOf gives the word of a hash as the index has words.
func codeOf(sum uint64) uint16 { return max(1, uint16(sum>>49)) }

// wordCode gives a word as the index has words.
func wordCode(word []byte) uint16 { return codeOf(source.WordSum(word)) }

// numberCodes are the codes of the numbers that versions and lists are made of, sorted.
var numberCodes = sync.OnceValue(func() []uint16 {
	var out []uint16
	for i := range 32 {
		out = append(out, wordCode([]byte(strconv.Itoa(i))))
	}
	slices.Sort(out)
	return out
})

// isNumberCode reports whether a word is such a number.
func isNumberCode(code uint16) bool {
	_, ok := slices.BinarySearch(numberCodes(), code&^optionalBit)
	return ok
}
