package detect

import (
	"slices"
	"strings"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/rules"
)

// Many a header grants or keeps back no more than a file does that it names: "may not be copied except as stated in the file
// LICENSE". Whether that file is there is not known here; where it is, [sbom.Claim.PointsInto] takes such a claim back.

// mostPointed is how many words say no more than that.
const mostPointed = 120

// pointerBehind is how many bytes behind the name of a license nobody knows it may stand in which file that is.
const pointerBehind = 60

// pointerTo is the rule of a claim for a paragraph whose terms are those of a license file that it names, as files are named,
// in large letters, where nothing that is said there of itself takes anything back; else "". Where all is in large letters a
// word for a file has to stand beside it: "THIS PROGRAM IS UNDER A LICENSE AGREEMENT" points to none. The rule ends in the name.
func pointerTo(paragraph []byte) string {
	words := strings.FieldsFunc(string(paragraph), func(c rune) bool { return !isLetter(c) })
	if len(words) > mostPointed || slices.ContainsFunc(words, takesByItself) {
		return ""
	}
	isShouted := func(i int) bool { return words[i] == strings.ToUpper(words[i]) }
	points := func(i int) bool {
		return i >= 0 && i < len(words) && rules.KindsOf(strings.ToLower(words[i]))&rules.WordPoints != 0
	}
	for _, name := range rules.WordsOf(rules.WordFile) { // a copyright is often written so and no file, and is the last of them
		for i, w := range words {
			if strings.EqualFold(w, name) && isShouted(i) && (points(i-1) || points(i+1) || i > 0 && !isShouted(i-1)) {
				return sbom.RulePointer + w
			}
		}
	}
	return ""
}

// takesByItself reports whether a word takes something from whoever reads it, whatever a license file says.
func takesByItself(word string) bool {
	word = strings.ToLower(word)
	return rules.KindsOf(word)&(rules.WordSharp|rules.WordUnfree) != 0 || rules.BindingWords()[word]&rules.Narrows != 0
}
