package policy

import (
	"slices"
	"strings"
	"sync"

	"github.com/licet/licet/pkg/spdx"
	"github.com/licet/licet/rules"
)

// Bounds of what is guessed at.
const (
	longestGuess = 200 // bytes of a statement
	maxMeanings  = 2
)

// listed are the ids of the list that are in use, and their names, written like ids, in the same order.
var listed = sync.OnceValues(func() (ids, names []string) {
	for _, l := range rules.Licenses() {
		if !l.Deprecated {
			ids, names = append(ids, l.ID), append(names, idLike(l.Name))
		}
	}
	return ids, names
})

// meanings are the listed licenses that words which cannot be read may stand for: "Apache 2.0",
// "MIT/X11". They are guesses, to be offered and never to be judged by.
func (p *Pass) meanings(raw string) []string {
	if len(raw) > longestGuess {
		return nil
	}
	if out, ok := p.meant[raw]; ok {
		return out
	}
	var out []string
	if id := meaning(raw); id != "" {
		out = []string{id}
	} else {
		for _, part := range strings.FieldsFunc(raw, func(r rune) bool { return strings.ContainsRune("/,;|&", r) }) {
			if id := meaning(part); id != "" && !slices.Contains(out, id) {
				out = append(out, id)
			}
		}
	}
	p.meant[raw] = out[:min(len(out), maxMeanings)]
	return p.meant[raw]
}

// meaning is the id that is spelled like the words, else that of the name which is; "" if none is. Neither
// another number is taken for a slip, nor a letter of a short word, where each of them counts.
func meaning(words string) string {
	const short = 8
	word := idLike(words)
	if strings.EqualFold(word, "unlicensed") { // one letter short of an id, and the contrary
		return ""
	}
	ids, names := listed()
	for _, spelled := range [][]string{ids, names} {
		like := spdx.Nearest(word, spelled)
		slip := len(word) >= short || len(like) >= len(word) && strings.EqualFold(like[:len(word)], word)
		if like != "" && slip && strings.HasPrefix(digits(like), digits(word)) {
			return ids[slices.Index(spelled, like)]
		}
	}
	return ""
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// idLike writes words as an id would be: "Apache License v2" as "Apache-2", "GPLv3+" as "GPL-3.0-or-later".
func idLike(words string) string {
	var kept []string
	for _, w := range strings.FieldsFunc(words, func(r rune) bool { return strings.ContainsRune(" \t\r\n,()\"'", r) }) {
		if !slices.Contains([]string{"the", "license", "licence", "licensed", "under", "version", "gnu"}, strings.ToLower(w)) {
			kept = append(kept, splitVersion(w))
		}
	}
	id := strings.Join(kept, "-")
	if older, ok := strings.CutSuffix(id, "+"); ok {
		if !strings.Contains(older, ".") {
			older += ".0"
		}
		return older + "-or-later"
	}
	return id
}

// splitVersion parts a name from the version behind it: "GPLv3" becomes "GPL-3", and "v2" becomes "2".
func splitVersion(w string) string {
	for i := range len(w) - 1 {
		if (w[i] == 'v' || w[i] == 'V') && '0' <= w[i+1] && w[i+1] <= '9' {
			return strings.TrimPrefix(w[:i]+"-"+w[i+1:], "-")
		}
	}
	return w
}
