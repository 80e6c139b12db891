// Package detect finds the license and copyright statements of a file: bytes in, claims out.
//
// A claim says what is stated, where (bytes, line and column of the file as it is), by which rule it was
// found and what share of a listed wording is there. It is a finding, not a judgement: what follows from
// several of them is package conclude's business. An [Engine] reads nothing but the bytes it is given;
// the name of the file only tells the file's role.
//
// # What this form sees
//
//   - SPDX-License-Identifier tags, anywhere in any file, binary ones included (of these the strings are read,
//     binary.go), and the misspelt ones of tag.go. A tag whose value can't be read as an expression is a claim
//     of NOASSERTION that keeps the value, and so is one whose line goes on with words that take something back
//     (tag_rest.go); text about tags is none.
//     Between REUSE-IgnoreStart and REUSE-IgnoreEnd all claims are set apart, see [Result].
//   - The wordings of the SPDX list, license texts and the headers that licenses ask for, wherever they
//     stand word for word but for the parts that the list's own templates let vary. In a license file all
//     of it is looked at; in other files what lies near words like "license" or "permission".
//   - The same wordings damaged: words replaced, sentences missing or put in. They are found by the runs of four
//     words that they share with the list, and laid beside the text that fits best (align*.go, twin.go); the
//     coverage says how much of it is there. Where a binding word was changed ("for a fee", "any student"), the whole is
//     a license of nobody (align_bind.go, binding.tsv under rules); a paragraph that was put in and binds or reads like
//     terms is a claim of its own, and a license that is named in what was put in is one too. Texts that
//     differ from a common one in a few words are claimed only if these words are there (twins.tsv under rules).
//   - All of this also where the words stand in strings, in markup, behind a word or a number that begins each line (markup.go).
//   - Exceptions, and licenses that SPDX doesn't list, by phrases of their own (phrase.go, data in exceptions.tsv
//     and unlisted.tsv under rules). An exception widens the claim of the license it stands by.
//   - Of license files (see [RoleOf]): the name of a license alone; what google/licensecheck recognises
//     and the list's wordings did not; and any remainder that reads like terms, which becomes a claim of
//     LicenseRef-licet-unknown- and its digest. An added "Commons Clause" is never passed over.
//   - Names of licenses with their versions, what joins them ("either A or B", "with the X exception") and
//     addresses where licenses lie, if the words around say that they apply: a grammar over the data of
//     names.tsv, frames.tsv and links.tsv under rules. What is denied or only spoken of is none. A license that is named and
//     that nobody knows is an unknown one where something is given under it ([RuleStranger]).
//   - Fields: "License: GPLv2+" in headers, spec files and debian/copyright, keys of manifests, MODULE_LICENSE,
//     @license, classifiers. Their free words are read by [Declared]; what can't be read keeps them.
//   - Terms that are nobody's in ordinary files, as in a proprietary header, by the phrases of terms.tsv
//     under rules: the paragraphs that have one are claimed as such a remainder is. So is a sentence that takes
//     from what a license beside it grants, as "commercial use requires a separate license" ([RuleNarrow]).
//     "All rights reserved" alone is listed aside as NOASSERTION ([RuleReserved]).
//   - Statements of copyright, with their years and holder.
//
// # What it does not see
//
// Other files: the claims are on the file that makes them. To which files a REUSE.toml, a sidecar
// (a.png.license) or a stanza of a debian/copyright gives what it states is told by package annotation, and
// package scan gives it to them.
//
// # The trick
//
// A wording is a program of fixed runs of words, gaps and choices, made from the list's templates by
// the generator under rules/gen; of the words only a hash is kept. Over the hashes of a file's prefixes any
// run of its words can be compared in one step, so a license of five thousand words is verified in a
// few, the texts need not be embedded to be found, and the time is linear whatever the input. What this
// leaves of a license file tells which few of its licenses google/licensecheck is started for.
//
// Most files say nothing. One pass over their bytes finds that out at half the speed of memory (gate.go),
// and what a passage says is remembered (memo.go), for a repository says the same again and again.
package detect
