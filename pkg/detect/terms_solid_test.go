package detect

import "testing"

// The gate finds each phrase of a script that parts no words, by the pairs of words.tsv.
func TestSolidPhrasesHavePairs(t *testing.T) {
	for _, row := range solidPhrases() {
		r := reading{text: []byte("x " + row[1] + " of something")}
		r.look()
		found := false
		for at := range r.cues(cueReserved) {
			found = found || at == len("x ")
		}
		if !found {
			t.Errorf("%s: no pair of characters in words.tsv", row[1])
		}
	}
	if n := len(gate().candidates); n > 1<<8 {
		t.Errorf("the gate has %d lists of words, and numbers for 256", n)
	}
}
