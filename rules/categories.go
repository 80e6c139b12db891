package rules

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

// CategoryNames returns the names of all categories, as a policy's lists have them after an "@". What each
// means stands at the head of categories.tsv.
func CategoryNames() []string {
	return []string{
		"permissive", "advertising", "public-domain", "file-copyleft", "library-copyleft", "strong-copyleft",
		"network-copyleft", "content", "font", "data", "source-available", "non-commercial", "field-of-use",
		"proprietary", "ai-use-restricted",
	}
}

//go:embed categories.tsv
var categoriesTSV string

//go:embed pairs.tsv
var pairsTSV string

//go:embed permissions.txt
var permissionsTXT string

// kinds is a line of categories.tsv or pairs.tsv.
type kinds struct {
	id         string // of a pair: exception, tab, license
	categories []string
}

var categories = sync.OnceValue(func() []kinds {
	table := rows(categoriesTSV)
	list := make([]kinds, len(table))
	for i, f := range table {
		list[i] = kinds{id: f[0], categories: strings.Fields(f[1])}
	}
	return list
})

var pairs = sync.OnceValue(func() []kinds {
	table := rows(pairsTSV)
	list := make([]kinds, len(table))
	for i, f := range table {
		list[i] = kinds{id: f[1] + "\t" + f[0], categories: strings.Fields(f[2])}
	}
	return list
})

var permissions = sync.OnceValue(func() [][]string { return rows(permissionsTXT) })

// PublicDomain is the id for what is said of a work that nobody owns, "is in the public domain": no license, and the only id
// beyond the SPDX list that has a category here.
const PublicDomain = "LicenseRef-scancode-public-domain"

// Categories returns the categories of a listed license or of [PublicDomain], the one that counts most first; nil for any
// other id.
func Categories(id string) []string {
	k, _ := find(categories(), id, func(k *kinds) string { return k.id })
	return slices.Clone(k.categories)
}

// PairCategories returns the categories of a license together with an exception; ok is false for a pair
// that the rules do not know, of which nothing may be concluded from the exception.
func PairCategories(id, exception string) (c []string, ok bool) {
	k, ok := find(pairs(), exception+"\t"+family(id), func(k *kinds) string { return k.id })
	return slices.Clone(k.categories), ok
}

// family returns the key under which pairs.tsv has a license: GPL, LGPL and AGPL for all their versions.
func family(id string) string {
	name, _, _ := strings.Cut(id, "-")
	switch strings.ToUpper(name) {
	case "GPL", "LGPL", "AGPL":
		return name
	}
	return id
}

// PurePermission reports whether an exception does nothing but permit more, so that a recipient may drop
// it and take the work under the license alone (GPL-3.0 section 7).
func PurePermission(exception string) bool {
	_, ok := find(permissions(), exception, func(row *[]string) string { return (*row)[0] })
	return ok
}
