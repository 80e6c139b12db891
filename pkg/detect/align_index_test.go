package detect

import "testing"

// TestNearCounts holds what the generator counted to the words and grams that it counted.
func TestNearCounts(t *testing.T) {
	x := nearTexts()
	var texted [optionalBit]int
	grams := make([]int, len(x.texts))
	for k := range x.texts {
		seen := map[uint16]bool{}
		for i := range x.texts[k].words {
			if code := x.texts[k].word(i) &^ optionalBit; !seen[code] {
				seen[code] = true
				texted[code]++
			}
		}
	}
	for code, n := range texted {
		if want := uint8(min(n, 255)); x.inTexts(uint16(code)) != want {
			t.Fatalf("word %d is in %d texts, not in %d", code, want, x.inTexts(uint16(code)))
		}
	}
	for i := 4 * (gramBuckets + 1); i < len(x.grams); i += 8 {
		grams[x.textAt(int(x.number(i+4)))]++
	}
	for k := range x.texts {
		text, rare := &x.texts[k], 0
		for i := range text.words {
			if code := text.word(i); code != gapWord && code&optionalBit == 0 && x.isRare(code) {
				rare++
			}
		}
		if text.rare != rare || text.grams != grams[k] {
			t.Errorf("%s %s has %d rare words and %d grams, not %d and %d", text.id, text.kind, rare, grams[k], text.rare, text.grams)
		}
	}
}

// TestPatternOrder: a pattern is sought by its anchor among rows that nobody sorts, and its program is read when a text asks for it.
func TestPatternOrder(t *testing.T) {
	s := listed()
	for k := range s.patterns {
		if k > 0 && s.patterns[k].anchor < s.patterns[k-1].anchor {
			t.Errorf("pattern %d, %s, is not in the order of anchors", k, s.patterns[k].id)
		}
		if program := s.program(k); len(program) == 0 || program[0].words == 0 {
			t.Errorf("the program of pattern %d, %s, does not begin with words", k, s.patterns[k].id)
		}
	}
}
