package detect

import (
	"cmp"
	"encoding/binary"
	"slices"
)

// ownTexts are the license texts that somebody named. They are found as listed ones are: word for word, and damaged by the
// runs of words that a file has in common with them.
type ownTexts struct {
	patterns *patternSet
	near     *nearIndex
}

// newOwnTexts makes one fixed run of words of each text, and an index of all runs of anchorWords.
func newOwnTexts(own []OwnText) *ownTexts {
	o := &ownTexts{patterns: &patternSet{}, near: &nearIndex{}}
	type gram struct {
		hash  uint64
		place int
	}
	var grams []gram
	var words []byte
	for _, text := range own {
		var t wordText
		t.read(text.Text, 0, len(text.Text))
		n := t.len()
		if n < anchorWords {
			continue
		}
		p := pattern{id: text.ID, kind: "text", anchor: t.sum(0, anchorWords), program: []step{{words: n, sum: t.sum(0, n)}}}
		o.patterns.add(p)
		at := len(words) / 2
		for i := range n {
			words = binary.LittleEndian.AppendUint16(words, t.code(i)&^optionalBit)
			if i+anchorWords <= n {
				grams = append(grams, gram{t.sum(i, anchorWords), at + i})
			}
		}
		o.near.add(nearText{pattern: p, at: at, words: n, fixed: n, grams: max(0, n-anchorWords+1)})
	}
	o.patterns.sort()
	slices.SortFunc(grams, func(a, b gram) int { return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.place, b.place)) })
	// The layout is that of rules.NearTexts.
	table := make([]byte, 0, 4*(gramBuckets+1)+8*len(grams))
	next := 0
	for bucket := range gramBuckets + 1 {
		for next < len(grams) && int(grams[next].hash>>48) < bucket {
			next++
		}
		table = binary.LittleEndian.AppendUint32(table, uint32(next))
	}
	for _, g := range grams {
		table = binary.LittleEndian.AppendUint32(table, uint32(g.hash>>16))
		table = binary.LittleEndian.AppendUint32(table, uint32(g.place))
	}
	o.near.words, o.near.grams = string(words), string(table)
	o.near.close()
	return o
}
