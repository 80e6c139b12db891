package detect

import "strings"

// splitYears takes a statement, without its marks, apart into holder and years.
func splitYears(what string) (holder, years string) {
	years, rest := leadingYears(what)
	rest = withoutMarks(strings.TrimLeft(cutRights(rest), " ,"))
	if years == "" {
		rest, years = trailingYears(rest)
	}
	return cleanHolder(rest), years
}

// leadingYears reads years, ranges and lists of them: "2019-2021, 2023", "1994, 95".
func leadingYears(s string) (years, rest string) {
	end := 0 // of the last year
	for i := 0; i < len(s); {
		switch {
		case yearAt(s[i:]):
			i += 4
			end = i
		case end > 0 && shortYearAt(s, i):
			i += 2
			end = i
		case strings.IndexByte(" ,-/&~", s[i]) >= 0:
			i++
		case strings.HasPrefix(s[i:], "–"), strings.HasPrefix(s[i:], "—"):
			i += len("–")
		case end > 0 && strings.HasPrefix(s[i:], troffDash):
			i += len(troffDash)
		case end > 0 && hasWord(s[i:], "and"):
			i += len("and")
		case end > 0 && hasWord(s[i:], "to"):
			i += len("to")
		case end > 0 && hasWord(s[i:], "present"):
			i += len("present")
			end = i
		case end > 0 && hasWord(s[i:], "now"):
			i += len("now")
			end = i
		default:
			return tidyYears(s[:end]), s[end:]
		}
	}
	return tidyYears(s[:end]), s[end:]
}

// troffDash is how a manual page writes a dash.
const troffDash = `\(en`

// shortYearAt reports whether two digits at i end a range or go on a list of years.
func shortYearAt(s string, i int) bool {
	if i+1 >= len(s) || !isDigit(s[i]) || !isDigit(s[i+1]) || strings.IndexByte("-, /", s[i-1]) < 0 {
		return false
	}
	return i+2 == len(s) || strings.IndexByte(" ,-/.", s[i+2]) >= 0
}

// trailingYears reads years that stand after the holder: "Example Inc., 2019-2021".
func trailingYears(s string) (rest, years string) {
	s = strings.TrimRight(s, " .,;)-–")
	for i := range len(s) {
		if (i == 0 || strings.IndexByte(" ,(", s[i-1]) >= 0) && yearAt(s[i:]) {
			if years, after := leadingYears(s[i:]); strings.Trim(after, " .,;)") == "" {
				return s[:i], years
			}
		}
	}
	return s, ""
}

func hasWord(s, word string) bool {
	return hasFold(s, word) && (len(s) == len(word) || !isNameByte(s[len(word)]) || s[len(word)] == '.')
}

// tidyYears writes ranges alike.
func tidyYears(s string) string {
	s = strings.TrimLeft(s, " ,-/&~")
	if strings.Trim(s, "0123456789-") == "" && !strings.Contains(s, "--") {
		return s
	}
	for _, dash := range []string{troffDash, "---", "--", "–", "—", "~", " - ", "- ", " -"} {
		if strings.Contains(s, dash) {
			s = strings.ReplaceAll(s, dash, "-")
		}
	}
	return s
}

// cutRights cuts "All rights reserved" and what comes after it.
func cutRights(s string) string {
	low := strings.ToLower(s)
	if len(low) != len(s) {
		return s // folding moved the offsets
	}
	for _, phrase := range []string{"all rights reserved", "all right reserved", "some rights reserved", "rights reserved"} {
		if i := strings.Index(low, phrase); i >= 0 {
			return s[:i]
		}
	}
	return s
}

// afterHolder are what a holder's name ends before: addresses, the license, and remarks.
var afterHolder = []string{"<", "@url{", "@uref{", " @email{", "(http", "(mailto", "(www.", "http://", "https://", "[http", "](", "]]>", " under the ", " under MIT", " under GPL",
	" Licensed", " licensed under", " released under", " Distributed", " distributed under", " Permission", " Portions", " All rights",
	" ALL RIGHTS", " SPDX-", ": "}

// cleanHolder removes what is not part of the holder's name: "by", addresses, punctuation around it, and
// the sentences after it.
func cleanHolder(s string) string {
	s = decodeEntities(s)
	s = strings.TrimLeft(s, " ,.;:-–—+")
	if hasWord(s, "by") {
		s = strings.TrimLeft(s[len("by"):], " :") // the name may stand on the next line
	}
	for _, mark := range afterHolder {
		if i := strings.Index(s, mark); i >= 0 {
			s = s[:i]
		}
	}
	s = withoutMail(cutSentence(s))
	s = strings.TrimRight(strings.Trim(s, " ,;:-–—*#'`|/\\~"), "@")
	if strings.IndexByte(s, '{') < 0 {
		s = strings.TrimRight(s, "}")
	}
	if strings.Count(s, `"`)%2 == 1 { // of a string that ends, or of a name that began before
		s = strings.TrimRight(s[:strings.LastIndexByte(s, '"')], " ,(")
	}
	for _, word := range []string{" and", " &", " or", " (", "; Modified work", ". Modified work"} {
		s = strings.TrimRight(strings.TrimSuffix(s, word), " ,;")
	}
	switch open := strings.LastIndexByte(s, '('); {
	case strings.Count(s, "(") < strings.Count(s, ")"):
		s = strings.TrimRight(s, ")")
	case open > 0 && strings.IndexByte(s[open:], ')') < 0:
		s = strings.TrimRight(s[:open], " ,")
	}
	if strings.HasSuffix(s, ".") && !endsAbbreviated(s) {
		s = s[:len(s)-1]
	}
	return strings.TrimSpace(s)
}

// decodeEntities decodes the characters that addresses are set off by, where they are written for HTML,
// JSON or POD.
func decodeEntities(s string) string {
	if !strings.ContainsAny(s, `&\<`) {
		return s
	}
	for _, e := range [][2]string{{"E<lt>", "<"}, {"E<gt>", ">"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&amp;", "&"}, {"&quot;", `"`}, {"&nbsp;", " "}, {`\u003c`, "<"}, {`\u003e`, ">"}, {`\u0026`, "&"}, {`\ `, " "}, {`\&`, ""}} {
		s = strings.ReplaceAll(s, e[0], e[1])
	}
	return s
}

// withoutMail cuts addresses of mail from a holder that says more than that.
func withoutMail(s string) string {
	if strings.IndexByte(s, '@') < 0 {
		return s
	}
	var kept []string
	for word := range strings.FieldsSeq(s) {
		if at := strings.IndexByte(word, '@'); at <= 0 || strings.IndexByte(word[at:], '.') < 0 {
			kept = append(kept, word)
		}
	}
	if len(kept) == 0 {
		return s
	}
	return strings.Join(kept, " ")
}

// cutSentence cuts a name where another sentence or a postal address begins: after a full stop that is
// no abbreviation's, or with a number that is no year.
func cutSentence(s string) string {
	for i := 1; i+2 < len(s); i++ {
		if s[i] != '.' && s[i] != ',' || s[i+1] != ' ' {
			continue
		}
		next := s[i+2]
		switch {
		case isDigit(next) && !yearAt(s[i+2:]):
			return s[:i+1]
		case s[i] == '.' && (next < 'a' || next > 'z') && !endsAbbreviated(s[:i+1]) && !hasFold(s[i+2:], "inc") && !hasFold(s[i+2:], "ltd"):
			return s[:i]
		}
	}
	return s
}

// endsAbbreviated reports whether the full stop at the end of s belongs to its last word.
func endsAbbreviated(s string) bool {
	word := s[strings.LastIndexAny(s, " (")+1:]
	switch strings.ToLower(word) {
	case "inc.", "ltd.", "co.", "corp.", "jr.", "sr.", "dr.", "st.", "prof.", "univ.", "dept.", "e.v.", "s.a.", "b.v.", "n.v.", "s.p.a.", "llc.", "al.",
		"s.r.l.", "s.r.o.", "pty.", "pvt.", "int.", "intl.", "dipl.", "ing.", "u.s.", "bros.", "ph.d.", "gmbh.", "no.":
		return true
	}
	return len(word) == 2 || len(word) == 3 && word[0] >= 0x80 || strings.Count(word, ".") > 1
}
