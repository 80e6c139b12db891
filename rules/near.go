package rules

import _ "embed"

//go:embed data/near.tsv
var nearTSV string

//go:embed data/words.bin
var nearWords string

//go:embed data/grams.bin
var nearGrams string

//go:embed data/texted.bin
var nearTexted string

// NearTexts returns what is needed to know a listed text or notice by a damaged copy, to be used in place.
//
// The table has a row for each of them, with tab-separated fields: its ids (the first names it), its kind
// (text or notice), which of the words are its own (the first one and how many), how many of these are
// fixed, how many of the fixed ones are in no more than four texts, and how many grams there are of it.
//
// The words are 16 bits each, little end first: 0 for a gap, where anything may stand, else the upper 15 bits
// of source.WordSum (1 for 0), and the highest bit set where the word is optional.
//
// The grams are runs of four words without a gap, by the hash of source.Chain: of tiny texts all, of
// short ones one in two, of long ones one in eight, of those that stand at too many places none. 65,537 numbers of 32 bits say where
// the entries begin and end whose hashes have the same upper 16 bits; an entry has the next 32 bits and
// the place of the first word among the words of all texts. Entries are in the order of their hashes.
//
// Texted says of each of the 32,768 words in how many texts it is, a byte each, at most 255.
func NearTexts() (table, words, grams, texted string) {
	return nearTSV, nearWords, nearGrams, nearTexted
}
