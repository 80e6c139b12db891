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
// in large letters, where nothing that is said there of itself takes anything back; else "". The rule ends in that name.
func pointerTo(paragraph []byte) string {
	words := strings.FieldsFunc(string(paragraph), func(c rune) bool { return !isLetter(c) })
	i := slices.IndexFunc(pointedFiles, func(name string) bool { return slices.Contains(words, name) })
	if i < 0 || len(words) > mostPointed ||
		slices.ContainsFunc(words, func(w string) bool { return rules.KindsOf(strings.ToLower(w))&(rules.WordSharp|rules.WordUnfree) != 0 }) {
		return ""
	}
	return sbom.RulePointer + pointedFiles[i]
}

// pointedFiles are the names of license files as they are written in a sentence. A copyright is often written so and no file.
var pointedFiles = []string{"LICENSE", "LICENCE", "COPYING", "COPYRIGHT"}
