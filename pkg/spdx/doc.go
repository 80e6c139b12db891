// Package spdx reads, compares and prints SPDX license expressions: the one place in licet that knows
// what AND, OR, WITH and "+" mean. Policy, conclusion, obligations and every format go through it.
//
// Expressions follow SPDX 3.0.1, annex "SPDX license expressions", of which SPDX 2.3, annex D, is a part.
// Ids are those of package rules, in any letter case on input and in the list's own on output; what is
// known about an id (name, text, category) is asked of rules, too, not of this package. An id that is not
// listed is a SyntaxError with its place and the nearest listed one. Nothing is guessed: a caller who
// wants to keep such a statement keeps its raw text beside a NOASSERTION.
//
// An expression is read as it is written: Parse keeps order, duplicates and deprecated ids, String gives
// them back. Meaning begins with the normal form, in which there is one way to say each thing, and with
// Equal, which compares it. A leaf is a Term: license, "+", exception. A license WITH an exception is a
// leaf of its own; the exception is never dropped. Alternatives tells which versions an "or later" leaves
// to the recipient.
//
// The trick is that the tree never holds an operator directly below the same operator: And, Or and Parse
// splice such operands in, so parentheses that mean nothing are gone before anyone can depend on them, and
// AND and OR alternate from level to level. Sorting a level and dropping equal neighbours is then all
// there is to the normal form, and a Fold over the tree is all there is to an evaluation. It never
// expands one operator over the other: that is exponential, and no verdict needs it.
//
// NONE (nothing is stated) and NOASSERTION (nobody can say) are whole expressions here. SPDX 3.1 is going
// to allow them under AND; until then And and Or carry them to the top, so that they are never lost.
package spdx
