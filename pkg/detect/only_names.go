package detect

import (
	"slices"
	"strings"

	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/rules"
)

// mostNameWords is how many words a file may have that does no more than name a license or a file.
const mostNameWords = 16

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
		if rules.KindsOf(words[from])&rules.WordAround == 0 {
			break
		}
	}
	return pointsToFile(words)
}

func allFrames(words []string) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return rules.KindsOf(w)&rules.WordAround == 0 })
}

// pointsToFile reports whether the words are a license file's name and what may stand around it.
func pointsToFile(words []string) bool {
	found := false
	for _, w := range words {
		switch {
		case slices.Contains(licenseStems, w):
			found = true
		case rules.KindsOf(w)&(rules.WordAround|rules.WordPath) == 0:
			return false
		}
	}
	return found
}
