package detect

import (
	"bytes"
	"slices"
)

// termWords are words by which terms can be told from titles, names and remarks: distinctTerms of
// them in a passage of leastTerms words make it read like terms. Sorted.
var termWords = []string{"advertising", "agree", "agreement", "allowed", "authorization", "condition",
	"conditions", "copies", "copy", "disclaimer", "disclaims", "endorse", "fee", "grant", "granted", "grants",
	"indemnify", "infringement", "liability", "liable", "licensee", "licensor", "merchantability", "modify", "must",
	"obligations", "patent", "patents", "permission", "permits", "permitted", "promote", "provided", "redistribute",
	"redistribution", "redistributions", "restriction", "restrictions", "retain", "right", "rights", "royalty",
	"sale", "sell", "shall", "sublicense", "terminate", "terms", "transfer", "use", "warranties", "warranty",
	"written"}

// doneWords say in a sentence of what may be done, and in a longer passage of what was: "may not be reused". Sorted.
var doneWords = []string{"copied", "covered", "distribute", "distributed", "modified", "publish", "published", "redistributed",
	"released", "reproduced", "reused", "shared", "sold", "sublicensed", "used"}

// sharpWords are words one of which is enough: they limit what a license that stands beside them grants.
var sharpWords = []string{"academic", "commercial", "commercially", "confidential", "evaluation", "forbidden", "military",
	"noncommercial", "nuclear", "prohibited", "proprietary", "restricted", "unauthorized"}

const (
	leastTerms    = 16
	distinctTerms = 4
)

// readsLikeTerms reports whether the words of g read like the terms of a license: a remainder that does
// is reported, however short, and titles, holders and addresses are not.
func (r *reading) readsLikeTerms(t *wordText, g region) bool {
	var seen []string
	narrow, free := false, false
	for i := g.start; i < g.end; i++ {
		switch kind, _ := r.phraseAt(t, i); kind {
		case "narrow", "closed":
			narrow = narrow || !r.isSpokenOf(t, i)
		case "free":
			free = true
		}
	}
	if narrow {
		return true
	}
	for w := range bytes.SplitSeq(r.alone(t, g), []byte{' '}) {
		word := string(w)
		if !free && slices.Contains(sharpWords, word) {
			return true
		}
		if _, ok := slices.BinarySearch(termWords, word); ok && !slices.Contains(seen, word) {
			seen = append(seen, word)
		}
	}
	return g.end-g.start >= leastTerms && len(seen) >= distinctTerms
}
