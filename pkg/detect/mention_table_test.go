package detect

import (
	"strings"
	"testing"
)

// The tables hold what the maps that they are made of hold, however a word is written and wherever it stands.
func TestTables(t *testing.T) {
	n := licenseNaming()
	for word, number := range n.numbers {
		if len(word) > maxWord {
			continue
		}
		for _, text := range []string{word, strings.ToUpper(word) + strings.Repeat(" and more", 4)} {
			if got := n.table.number(packWord([]byte(text), 0, len(word))); got != number {
				t.Errorf("%q in %q: number %d, want %d", word, text, got, number)
			}
		}
		if got := n.table.number(packWord([]byte(word+"q"), 0, min(len(word)+1, maxWord))); got != n.numbers[(word + "q")[:min(len(word)+1, maxWord)]] {
			t.Errorf("%qq: number %d", word, got)
		}
	}
	for from, to := range n.next {
		if got := n.edges.next(int32(from>>32), int32(from&0xFFFFFFFF)); got != to {
			t.Errorf("from node %d by word %d to %d, want %d", from>>32, from&0xFFFFFFFF, got, to)
		}
	}
	if got := n.edges.next(1, 0); got != n.next[1<<32] {
		t.Errorf("an edge that is none leads to %d", got)
	}
}

// What eight bytes tell of a word is what they tell one by one.
func TestLettersAt(t *testing.T) {
	for c := range 256 {
		for at := range 8 {
			text := []byte("AbcDefgh")
			text[at] = byte(c)
			want := 0
			for want < 8 && isASCIILetter(text[want]) {
				want++
			}
			if want == 8 {
				want = 0 // too long
			}
			word, n := lettersAt(text, 0)
			if n != want || (packedWord{word}) != packWord(text, 0, n) {
				t.Errorf("%q: %d letters, want %d", text, n, want)
			}
		}
	}
}
