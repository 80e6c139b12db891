package policy

import (
	"slices"
	"strings"

	"github.com/licet/licet/pkg/spdx"
	"github.com/licet/licet/rules"
)

// weakCopyleft is the one category that stands for two.
const weakCopyleft = "weak-copyleft"

// names reports whether the entry's category is or contains c.
func (e *Entry) names(c string) bool {
	return e.Category == c || e.Category == weakCopyleft && (c == "file-copyleft" || c == "library-copyleft")
}

// categories gives the categories of a license together with its exception, where rules/ knows the pair;
// else those of the license whatever its exception, and of the organisation's own licenses those of the
// facts. There are none for a license that nobody put into one.
func (j *judge) categories(t spdx.Term) (all []string, pair bool) {
	if all, pair = rules.PairCategories(t.ID, t.Exception); pair {
		return all, true
	}
	if own, ok := j.own[strings.ToLower(t.ID)]; ok && t.IsRef() {
		return []string{own}, false
	}
	return rules.Categories(t.ID), false
}

// binds reports whether a license of these categories passes only where this one is permitted. Those that
// only say for what kind of work it was written bind where it has no other: a font under strong copyleft
// is not allowed by allowing fonts, but a public-domain database is by allowing the public domain.
func binds(category string, all []string) bool {
	kind := func(c string) bool { return c == "content" || c == "font" || c == "data" }
	return !kind(category) || !slices.ContainsFunc(all, func(c string) bool { return !kind(c) })
}

// copyleft ranks how far the categories reach: not at all, into the file, the library, the whole program,
// over the network.
func copyleft(all []string) int {
	reach := 0
	for _, c := range all {
		reach = max(reach, 1+slices.Index([]string{"file-copyleft", "library-copyleft", "strong-copyleft", "network-copyleft"}, c))
	}
	return reach
}
