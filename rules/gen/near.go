package main

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/source"
)

// What package rules says of near.tsv, words.bin and grams.bin.
const (
	gramWords   = 4
	optionalBit = 1 << 15
	gapWord     = 0
	bucketBits  = 16
	// Of the grams of a text one in so many is kept, chosen by its hash so that the same are kept of all
	// texts: all of a text of up to tinyText words, fewer of one of up to shortText, least of longer ones.
	tinyText, shortText       = 100, 400
	shortSampled, longSampled = 2, 8
	// wordyGap is how many words a variable must have by default that has most of them whenever it is used.
	wordyGap = 8
	// mostPlaces is at how many places a gram may stand and still tell anything.
	mostPlaces = 128
)

// nearWord is a word of a text that is known in damaged form too.
type nearWord struct {
	sum      uint64
	gap      bool // anything may stand here
	optional bool
}

func (w nearWord) code() uint16 {
	if w.gap {
		return gapWord
	}
	code := max(1, uint16(w.sum>>49))
	if w.optional {
		code |= optionalBit
	}
	return code
}

// flat gives the words of a tree with marks for what may vary.
func flat(nodes []node) []nearWord {
	var text strings.Builder
	place(nodes, &text)
	c := compiler{}
	for w := range source.Words([]byte(text.String())) {
		c.words = append(c.words, word{source.WordSum(w.Text), w.Start})
	}
	return c.flat(nodes, false)
}

func (c *compiler) flat(nodes []node, optional bool) []nearWord {
	var out []nearWord
	for _, n := range nodes {
		switch {
		case n.optional != nil:
			out = append(out, c.flat(n.optional, true)...)
		case n.match == bulletMatch:
		case n.match != "":
			if kept := c.between(n.start, n.end); len(kept) >= wordyGap {
				for _, w := range kept {
					out = append(out, nearWord{sum: w.sum, optional: true})
				}
			}
			if len(out) > 0 && !out[len(out)-1].gap {
				out = append(out, nearWord{gap: true})
			}
		default:
			for _, w := range c.between(n.start, n.end) {
				out = append(out, nearWord{sum: w.sum, optional: optional})
			}
		}
	}
	for len(out) > 0 && out[len(out)-1].gap {
		out = out[:len(out)-1]
	}
	return out
}

// near writes near.tsv, words.bin, texted.bin and grams.bin.
func near(list []licenseText) (index, words, texted, grams []byte) {
	type row struct {
		ids  []string
		kind string
		text []nearWord
	}
	var rows []*row
	seen := map[string]*row{}
	add := func(id, kind string, text []nearWord, least int) {
		if fixed(text) < least {
			return
		}
		key := kind + fmt.Sprint(text)
		if r := seen[key]; r != nil {
			if !slices.Contains(r.ids, id) {
				r.ids = append(r.ids, id)
			}
			return
		}
		seen[key] = &row{[]string{id}, kind, text}
		rows = append(rows, seen[key])
	}
	list = slices.Clone(list)
	slices.SortFunc(list, preferred)
	for _, l := range list {
		if l.Deprecated {
			continue // the text of a current one, or an exception
		}
		switch {
		case strings.HasSuffix(l.ID, "-or-later"): // a text says no such thing, its notice does
		case l.Template != "":
			add(l.ID, "text", flat(parseTemplate(l.Template)), leastText)
		default:
			add(l.ID, "text", flat(plainText(l.Text)), leastText)
		}
		if l.Header != "" && !l.Deprecated {
			add(l.ID, "notice", flat(parseTemplate(l.Header)), leastNotice)
		}
	}
	var all [][]nearWord
	var starts []int // of each text, and behind them all
	var codes []byte
	var places []gramPlace
	for _, r := range rows {
		at := len(codes) / 2
		all, starts = append(all, r.text), append(starts, at)
		for _, w := range r.text {
			codes = binary.LittleEndian.AppendUint16(codes, w.code())
		}
		places = append(places, gramPlaces(r.text, at)...)
	}
	starts = append(starts, len(codes)/2)
	texted = textsOf(all)
	places = telling(places)
	var table bytes.Buffer
	for i, r := range rows {
		fmt.Fprintf(&table, "%s\t%s\t%d\t%d\t%d\t%d\t%d\n", strings.Join(r.ids, ","), r.kind, starts[i], len(r.text), fixed(r.text),
			rare(r.text, texted), placesIn(places, starts[i], starts[i+1]))
	}
	return table.Bytes(), codes, texted, gramTable(places)
}

// textsOf says of each word in how many texts it is, at most 255.
func textsOf(all [][]nearWord) []byte {
	out := make([]byte, optionalBit)
	for _, text := range all {
		seen := map[uint16]bool{}
		for _, w := range text {
			if code := w.code() &^ optionalBit; !seen[code] {
				seen[code] = true
				out[code] = min(out[code], 254) + 1
			}
		}
	}
	return out
}

// rareTexts is in how many texts a word may be that is the name of something.
const rareTexts = 4

// rare counts the words that a text must have and hardly any other has.
func rare(text []nearWord, texted []byte) int {
	n := 0
	for _, w := range text {
		if !w.gap && !w.optional && texted[w.code()] <= rareTexts {
			n++
		}
	}
	return n
}

func placesIn(places []gramPlace, from, to int) int {
	n := 0
	for _, p := range places {
		if from <= p.at && p.at < to {
			n++
		}
	}
	return n
}

// fixed counts the words that a text must have.
func fixed(text []nearWord) int {
	n := 0
	for _, w := range text {
		if !w.gap && !w.optional {
			n++
		}
	}
	return n
}

// gramPlace is a run of gramWords words and where it stands among the words of all texts.
type gramPlace struct {
	hash uint64
	at   int
}

func gramPlaces(text []nearWord, at int) []gramPlace {
	var out []gramPlace
	for i := range text {
		if i+gramWords > len(text) {
			break
		}
		run := text[i : i+gramWords]
		if slices.ContainsFunc(run, func(w nearWord) bool { return w.gap }) {
			continue
		}
		var sum uint64
		for _, w := range run {
			sum = source.Chain(sum, w.sum)
		}
		if sum>>8%sampling(len(text)) == 0 {
			out = append(out, gramPlace{sum, at + i})
		}
	}
	return out
}

// sampling is of how many grams one is kept of a text of so many words.
func sampling(words int) uint64 {
	switch {
	case words <= tinyText:
		return 1
	case words <= shortText:
		return shortSampled
	}
	return longSampled
}

// telling gives the grams that do not stand at too many places, in the order of their hashes.
func telling(places []gramPlace) []gramPlace {
	slices.SortFunc(places, func(a, b gramPlace) int { return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.at, b.at)) })
	var out []gramPlace
	for len(places) > 0 {
		same := 1
		for same < len(places) && places[same].hash == places[0].hash {
			same++
		}
		if same <= mostPlaces {
			out = append(out, places[:same]...)
		}
		places = places[same:]
	}
	return out
}

// gramTable writes the buckets' ends and then the entries.
func gramTable(places []gramPlace) []byte {
	var ends [1 << bucketBits]uint32
	var entries []byte
	for i, p := range places {
		entries = binary.LittleEndian.AppendUint32(entries, uint32(p.hash>>(32-bucketBits)))
		entries = binary.LittleEndian.AppendUint32(entries, uint32(p.at))
		ends[p.hash>>(64-bucketBits)] = uint32(i + 1)
	}
	out := binary.LittleEndian.AppendUint32(nil, 0)
	last := uint32(0)
	for _, end := range ends {
		last = max(last, end)
		out = binary.LittleEndian.AppendUint32(out, last)
	}
	return append(out, entries...)
}
