package source

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"unicode/utf8"
)

// Digest names bytes or text by a hash, as "algorithm:hex": "sha256:..." over raw bytes, "lt1:..." over
// text normalised as [TextDigest] says.
type Digest string

// TextDigest names a passage of text by its words, so that two copies of a license that differ in
// layout, comment marks, quotes, letter case, list numbers or copyright holder have one name:
// "lt1:" and the hexadecimal SHA-256 of the passage normalised as follows. The rules are frozen; a
// better normalisation will be called lt2. They are all there is to know to write another
// implementation, and testdata/lt1 has fifty passages with their digests to check it by.
//
//  1. Characters. FF FE or FE FF at the start means UTF-16, little or big end first; EF BB BF is passed
//     over; everything else is UTF-8. A byte that is not part of valid UTF-8 stands for the Latin-1
//     character of its value; half a surrogate pair stands for U+FFFD. LF, CR and FF end a line. A blank is
//     a character with the property White_Space.
//  2. Words. A word is a longest run of letters, marks and numbers (Unicode categories L, M, N), each
//     mapped to its simple lower case. Everything else separates words and is forgotten: so are quotes,
//     dashes, hyphens, markup and the comment marks of most languages. A hyphen at the end of a line
//     does not join.
//  3. Comment words. The first word of a line is forgotten if it is dnl or rem and a blank follows.
//  4. List markers. A single letter a-z or a Roman number of up to five letters from i, v, x is forgotten
//     if "(", a blank or nothing stands before it and ")" after it, and so is a number of one or two digits
//     between "(" and ")". At the start of a line, a number of one to three digits (or several joined by dots) is
//     forgotten if "." or ")" follows, and a single letter or Roman number if "." follows, in both cases
//     with a blank or the line's end after it; but only where an item can begin: in the first line, after
//     a line that has no words or is forgotten, after a line with one of . , ; : behind its last word, and
//     after one whose last word is "and" or "or" with such a mark before it.
//  5. Copyright lines. A line is forgotten whole if its words are "all rights reserved"; or if it states
//     a copyright, that is, when its first 256 characters (after a comment word) read, after anything that
//     is neither letter nor number, and after the word portions if that is there, one of:
//     - SPDX-FileCopyrightText or SPDX-SnippetCopyrightText and a colon;
//     - one or more of: the word copyright, the word copr, "(c)", "©"; between and after them "by" and
//     any blanks, dots, commas, colons and dashes; and then one of these: a year (a number from 1900
//     to 2099); the word year, years or yyyy; one of < [ { $ %; any letter, if "©" or both a word and
//     "(c)" were there; or, if the first of them is written "Copyright", an upper-case letter that does
//     not begin one of the words act, and, disclaimer, disclaimers, holder, holders, information, law,
//     laws, license, licence, notice, notices, or, owner, owners, permission, protection, statement, status.
//     But a line in which a word begins with commerc, distribut, grant, licenc, licens, permi, prohibit,
//     restrict or warrant is never forgotten: it says more than who owns what. In this rule letter case
//     does not matter but where it is said to.
//  6. The word https becomes http.
//  7. The words that are left are joined by single blanks and written as UTF-8.
//
// A text without words has the digest of no bytes, which is no one's license:
// lt1:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855.
func TextDigest(text []byte) Digest { return WordsDigest(JoinWords(text)) }

// JoinWords gives the words of a text normalised as [TextDigest] says, joined by single blanks.
func JoinWords(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for w := range Words(text) {
		if len(out) > 0 {
			out = append(out, ' ')
		}
		out = append(out, w.Text...)
	}
	return out
}

// AppendWord appends what [Words] yields for the bytes of a word, from its Start to its End in a text that is no UTF-16.
func AppendWord(out, word []byte) []byte {
	n := len(out)
	for i := 0; i < len(word); i++ {
		if word[i] >= utf8.RuneSelf {
			s := scanner{decoder: decoder{text: word, kinds: &narrowKinds}, buf: make([]byte, 64)}
			return append(out[:n], s.wordAt(0).Text...)
		}
		out = append(out, letters[word[i]])
	}
	if string(out[n:]) == "https" {
		out = out[:len(out)-1]
	}
	return out
}

// WordsDigest gives the digest of a text whose words are at hand, joined by single blanks.
func WordsDigest(joined []byte) Digest {
	sum := sha256.Sum256(joined)
	return Digest("lt1:" + hex.EncodeToString(sum[:]))
}

// ReadAlone reports whether the words of text[start:end] are the same whether the whole text is normalised or this part
// alone. The part begins and ends where words do that [Words] yields for the whole. Lines are normalised one by one, so
// that the first and the last of the part, which may be cut, are all there is to tell; where it is not certain, the
// answer is false.
func ReadAlone(text []byte, start, end int) bool {
	last := text[start+bytes.LastIndexAny(text[start:end], "\n\r\f")+1 : end]
	for len(last) > 0 && last[0] < utf8.RuneSelf && letters[last[0]] == 0 {
		last = last[1:]
	}
	return !newDecoder(text).wide && isPlainStart(text[start:]) && isPlainStart(last)
}

// isPlainStart reports whether what a line begins with has nothing to do with rules 3 to 5, whatever stands around it: it is
// a word in ASCII and no mark of a comment, no "and" or "or", no mark of an item and no beginning of a statement of copyright.
func isPlainStart(line []byte) bool {
	n := 0
	for n < len(line) && line[n] < utf8.RuneSelf && letters[line[n]] != 0 {
		n++
	}
	if n < 2 || n < len(line) && (line[n] >= utf8.RuneSelf || line[n] == ')') || letters[line[0]] <= '9' {
		return false
	}
	switch low := bytes.ToLower(line[:n]); string(low) {
	case "dnl", "rem", "and", "or", "all", "c", "copr", "copyright", "portions", "spdx":
		return false
	default:
		return !isLetterOrRoman(low)
	}
}
