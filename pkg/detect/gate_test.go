package detect

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// The table finds every word wherever it stands, in whatever letter case, and nothing else: as looking
// for it at each byte would.
func TestGate(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	words := slices.Concat(cueWords(), solidCues())
	for range 2000 {
		var b strings.Builder
		for b.Len() < 60 {
			w := words[rnd.IntN(len(words))].word
			switch rnd.IntN(4) {
			case 0:
				b.WriteString(strings.Repeat("x", rnd.IntN(9)))
			case 1:
				b.WriteString(strings.ToUpper(w))
			case 2:
				b.WriteString(w[:rnd.IntN(len(w))])
			default:
				b.WriteString(w)
			}
		}
		text := []byte(b.String())
		var want []hit
		for i := range text {
			for k := range words {
				if words[k].stands(text[i:]) {
					want = append(want, hit{int32(i), words[k].cue})
				}
			}
		}
		got := gate().find(text, nil)
		for _, list := range [][]hit{got, want} {
			slices.SortFunc(list, func(a, b hit) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.cue, b.cue)) })
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%q: %v, want %v", text, got, want)
		}
	}
}

func TestShort(t *testing.T) {
	for text, want := range map[string][]hit{
		"the GPL, LGPL and EXPORT_SYMBOL_GPL": {{4, cueName}, {10, cueName}},
		"© 2020":                              {{0, cueCopyright}},
		"\xa9 2020 \xe3\x82\xa9":              {{0, cueCopyright}},
		"GP":                                  nil,
	} {
		if got := short([]byte(text), nil); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

// A number of a slot is a byte.
func TestGateSlots(t *testing.T) {
	if n := len(gate().candidates); n > 256 {
		t.Errorf("%d triples", n-1)
	}
}

func BenchmarkGate(b *testing.B) {
	text := []byte(strings.Repeat("func add(a, b int) int {\n\treturn a + b // the sum of both (and no more)\n}\n\n", 14000))
	var hits []hit
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		hits = short(text, gate().find(text, hits[:0]))
	}
}
