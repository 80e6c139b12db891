package detect

import (
	"strings"
	"sync"
)

// grammar is the names of licenses, and the words around them that are asked for one by one: the others are told by their
// class in frames.tsv.
type grammar struct {
	*names
	// inside a name, and what belongs to it
	v, version, with, only, plus, d, ed, approved, clauses wordSet
	// what joins names and parts of sentences
	or, and, of, the, article, to, by, in, under, as, well, along wordSet
	// what a license is said of, and that it is: "is GPL", "for the docs", "the same license as"
	this, isVerb, saysIs, purpose, same, boundBy, works wordSet
	// what only says where a license can be read: "see the", "a copy of the text of", "instead of this license"
	refers, copies, body, instead wordSet
	// a heading above a name, and what makes one
	licensing, heading wordSet
	// what denies, and of what: "compatible store", "no warranty", "has not been", "unlike it, this", "in terms of"
	without, describes, defined, lacks, verbs, clause, terms, applies wordSet
	// short names that are a license's before anything else
	acronyms wordSet
	// what stands before names of programs as well, and what has an object: "uses curl", "distribute the loop"
	using, naming, active, isnt, nots, cannot wordSet
	// behind a word that narrows: "academic use"; and "may be used under"
	use, used, be wordSet
	// what ends the name of a license besides that word
	agreement, eula wordSet
	// what gives something under a license that nobody knows: "licensed under", "governed by"
	givenBy, subject, bound, complies, accepts, you, licensees, holding wordSet
	// what leads to the address of a license: "as shown at"
	found wordSet
}

// wordSet is one of few word numbers.
type wordSet []int32

func (s wordSet) has(word int32) bool {
	for _, w := range s {
		if w == word {
			return word != 0
		}
	}
	return false
}

// set gives the words' numbers. It panics on a word that is not in frames.tsv: no text would ever have it.
func (n *names) set(words string) wordSet {
	var s wordSet
	for w := range strings.FieldsSeq(words) {
		if n.numbers[w] == 0 {
			panic("no word of rules/frames.tsv: " + w)
		}
		s = append(s, n.numbers[w])
	}
	return s
}

// versionWords stand before a version.
const versionWords = "version versions ver vers release rev revision v"

// grammarOfMentions is made once and then only read.
var grammarOfMentions = sync.OnceValue(func() *grammar {
	n := licenseNaming()
	return &grammar{
		names: n,
		v:     n.set("v"), version: n.set(versionWords), with: n.set("with plus including includes"), only: n.set("only"), plus: n.set("plus"),
		d: n.set("d"), ed: n.set("ed"), approved: n.set("accepted approved"),
		or: n.set("or"), and: n.set("and"), of: n.set("of"), the: n.set("the"), article: n.set("the a an"), to: n.set("to"), by: n.set("by"), in: n.set("in"),
		under: n.set("under by with as in"),
		this:  n.set("this"), isVerb: n.set("is are"), saysIs: n.set("is are under"), purpose: n.set("for"), same: n.set("same"),
		works:   n.set("code software library project package program plugin crate gem docs documentation"),
		boundBy: n.set("covered governed protected"),
		refers:  n.set("see"), copies: n.set("copy copies"), body: n.set("text"), instead: n.set("instead"),
		licensing: n.set("licensing"), heading: n.set("licensing copyright copyrights legal info information notice notices"),
		without:   n.set("without"),
		describes: n.set("compatible incompatible compatibility such successor predecessor defined"), defined: n.set("defined"),
		lacks:  n.set("warranty warranties guarantee cost costs charge dependencies fee liability copyright copyrights"),
		verbs:  n.set("longer be been being yet have has had was were currently necessarily"),
		clause: n.set("this it they we all"),
		terms:  n.set("terms"), applies: n.set("apply applies"),
		clauses: n.set("clause clauses"), as: n.set("as"), well: n.set("well"), along: n.set("along together"),
		acronyms: n.set("afl agpl artistic asl beerware bsl cddl cpl epl expat fdl gfdl gpl ipl isc lgpl lppl mit mpl ncsa npl ofl osl unlicense wtfpl zpl"),
		using:    n.set("use used uses utilizes via"), naming: n.set("name"), active: n.set("distribute redistribute modify"),
		isnt: n.set("isn aren won shouldn"), nots: n.set("not never no neither"), cannot: n.set("cannot"),
		use: n.set("use"), used: n.set("used"), be: n.set("be"),
		agreement: n.set("agreement"), eula: n.set("eula"),
		givenBy: n.set("under by"), subject: n.set("subject pursuant"),
		bound: n.set("bound"), complies: n.set("compliance accordance"), accepts: n.set("accept agree"), you: n.set("you"),
		licensees: n.set("licensees customers"), holding: n.set("holding having"),
		found: n.set("shown found see"),
	}
})
