package rules

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed binding.tsv
var bindingTSV string

// Binding says what a word does to a license when it is put into its text or taken out; a word may do several things.
type Binding uint16

// The head of binding.tsv says what these mean.
const (
	Narrows Binding = 1 << iota
	Put
	Scope
	Money
	Costs
	Waives
	Denies
	AboutNames
	Asks
	Lost
	Disclaims
	Grants
	Plain
)

// BindingWords returns the words that decide what a license permits, those that belong together joined by "_".
func BindingWords() map[string]Binding { return binding().words }

// BindingSame returns for some words the binding ones in whose place they serve as well.
func BindingSame() map[string][]string { return binding().same }

var binding = sync.OnceValue(func() (b struct {
	words map[string]Binding
	same  map[string][]string
}) {
	kinds := map[string]Binding{"narrows": Narrows, "put": Put, "scope": Scope, "money": Money, "costs": Costs, "waives": Waives, "denies": Denies, "named": AboutNames, "asks": Asks, "lost": Lost, "disclaims": Disclaims, "grants": Grants, "plain": Plain}
	b.words, b.same = map[string]Binding{}, map[string][]string{}
	for _, f := range rows(bindingTSV) {
		words := strings.Fields(f[1])
		for i, word := range words {
			if f[0] != "same" {
				b.words[word] |= kinds[f[0]]
			} else if i > 0 {
				b.same[word] = append(b.same[word], words[0])
			}
		}
	}
	return b
})
