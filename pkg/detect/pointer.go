package detect

import (
	"slices"
	"strings"

	"github.com/licet/licet/rules"
)

// Many a header grants or keeps back no more than a file does that it names: "may not be copied except as stated in the file
// LICENSE". Whether that file is there is not known here; package conclude takes such a claim back where it is.

// mostPointed is how many words say no more than that.
const mostPointed = 120

// pointerBehind is how many bytes behind the name of a license nobody knows it may stand in which file that is.
const pointerBehind = 60

// pointsToTerms reports whether the terms of a paragraph are those of a license file that it names, as files are named, in
// large letters; and whether nothing that is said there of itself takes anything back.
func pointsToTerms(paragraph []byte) bool {
	words := strings.FieldsFunc(string(paragraph), func(c rune) bool { return !isLetter(c) })
	return len(words) <= mostPointed &&
		slices.ContainsFunc(words, func(w string) bool { return slices.Contains(pointedFiles, w) }) &&
		!slices.ContainsFunc(words, func(w string) bool { return rules.KindsOf(strings.ToLower(w))&(rules.WordSharp|rules.WordUnfree) != 0 })
}

// pointedFiles are the names of license files as they are written in a sentence.
var pointedFiles = []string{"COPYING", "COPYRIGHT", "LICENCE", "LICENSE"}
