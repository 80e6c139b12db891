package detect

import (
	"slices"
	"strings"

	"github.com/licet/licet/pkg/source"
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
	for w := range source.Words(r.text[t.start[g.start]:t.end[g.end-1]]) {
		word := string(w.Text)
		if !free && slices.Contains(sharpWords, word) {
			return true
		}
		if _, ok := slices.BinarySearch(termWords, word); ok && !slices.Contains(seen, word) {
			seen = append(seen, word)
		}
	}
	return g.end-g.start >= leastTerms && len(seen) >= distinctTerms
}

// mostNameWords is how many words a file may have that does no more than name a license or a file.
const mostNameWords = 16

// frameWords may stand around the name of a license in a file that only names it.
var frameWords = []string{"a", "according", "at", "by", "code", "conditions", "distributed", "file", "files", "for", "found", "in", "is",
	"it", "licence", "license", "licensed", "library", "module", "of", "package", "program", "project", "released", "repository", "see",
	"software", "source", "terms", "the", "this", "to", "under", "version", "work"}

// onlyNames deals with a file that names one listed license and says no more ("MIT", "Licensed under the
// Apache License, Version 2.0"), which is a claim, or that only points to a file, which is none: the file
// it points to speaks for itself.
func (r *reading) onlyNames(t *wordText) bool {
	if t.len() > mostNameWords {
		return false
	}
	var words []string
	for w := range source.Words(r.text) {
		words = append(words, string(w.Text))
	}
	for from := 0; from < len(words); from++ {
		for to := len(words); to > from; to-- {
			id, ok := licenseNames()[strings.Join(words[from:to], " ")]
			if ok && allFrames(words[:from]) && allFrames(words[to:]) {
				start, end := int(t.start[from]), int(t.end[to-1])
				r.reference(id, "name/"+id, start, end)
				return true
			}
		}
		if !slices.Contains(frameWords, words[from]) {
			break
		}
	}
	return pointsToFile(words)
}

func allFrames(words []string) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return !slices.Contains(frameWords, w) })
}

// pointsToFile reports whether the words are a license file's name and what may stand around it.
func pointsToFile(words []string) bool {
	found := false
	for _, w := range words {
		switch {
		case slices.Contains(licenseStems, w):
			found = true
		case !slices.Contains(frameWords, w) && !slices.Contains(pathWords, w):
			return false
		}
	}
	return found
}

var pathWords = []string{"above", "directory", "doc", "docs", "folder", "licenses", "md", "parent", "please", "root", "top", "txt"}
