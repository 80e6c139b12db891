package policy

import (
	"slices"
	"strings"

	"github.com/licet/licet/pkg/spdx"
	"github.com/licet/licet/rules"
)

// weakCopyleft is the one category that stands for two.
const weakCopyleft = "weak-copyleft"

// categories are the names that rules/ gives licenses.
func categories() []string { return rules.CategoryNames() }

// names reports whether the entry's category is or contains c.
func (e *Entry) names(c string) bool {
	return e.Category == c || e.Category == weakCopyleft && (c == "file-copyleft" || c == "library-copyleft")
}

// categoriesOf gives the categories of a term's license, whatever its exception; own are those of the
// facts. nil for a license that nobody put into one.
func categoriesOf(t spdx.Term, own map[string]string) []string {
	if t.IsRef() {
		if c, ok := own[strings.ToLower(t.ID)]; ok {
			return []string{c}
		}
		return nil
	}
	return rules.Categories(t.ID)
}

// pairOf gives the categories of a license together with its exception, where rules/ knows the pair.
func pairOf(t spdx.Term) (all []string, ok bool) {
	if t.Exception == "" {
		return nil, false
	}
	return rules.PairCategories(t.ID, t.Exception)
}

// binding drops from several categories those that only say for what kind of work a license was written:
// a font under strong copyleft is not allowed by allowing fonts, but a public-domain database is by
// allowing the public domain.
func binding(all []string) []string {
	terms := slices.DeleteFunc(slices.Clone(all), func(c string) bool { return c == "content" || c == "font" || c == "data" })
	if len(terms) == 0 {
		return all
	}
	return terms
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
