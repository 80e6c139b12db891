package detect

import "strings"

// splitYears takes a statement, without its marks, apart into holder and years.
func splitYears(what string) (holder, years string) {
	years, rest := leadingYears(what)
	rest = cutRights(rest)
	if years == "" {
		rest, years = trailingYears(rest)
	}
	return cleanHolder(rest), years
}

// leadingYears reads years, ranges and lists of them: "2019-2021, 2023".
func leadingYears(s string) (years, rest string) {
	end := 0 // of the last year
	for i := 0; i < len(s); {
		switch {
		case yearAt(s[i:]):
			i += 4
			end = i
		case end > 0 && i == end+1 && i+1 < len(s) && s[end] == '-' && isDigit(s[i]) && isDigit(s[i+1]) && (i+2 == len(s) || !isDigit(s[i+2])):
			i += 2 // 1998-99
			end = i
		case strings.IndexByte(" ,-/&", s[i]) >= 0:
			i++
		case strings.HasPrefix(s[i:], "–"), strings.HasPrefix(s[i:], "—"):
			i += len("–")
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

// trailingYears reads years that stand after the holder: "Example Inc., 2019-2021".
func trailingYears(s string) (rest, years string) {
	s = strings.TrimRight(s, " .,;)")
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
	return len(s) >= len(word) && strings.EqualFold(s[:len(word)], word) && (len(s) == len(word) || !isNameByte(s[len(word)]) || s[len(word)] == '.')
}

func tidyYears(s string) string {
	s = strings.NewReplacer("–", "-", "—", "-", " - ", "-", "- ", "-", " -", "-").Replace(strings.TrimSpace(s))
	return strings.TrimLeft(s, " ,-/&")
}

// cutRights cuts "All rights reserved" and what comes after it.
func cutRights(s string) string {
	low := strings.ToLower(s)
	if len(low) != len(s) {
		return s // folding moved the offsets
	}
	for _, phrase := range []string{"all rights reserved", "all right reserved", "some rights reserved", "rights reserved"} {
		if i := strings.Index(low, phrase); i >= 0 {
			s, low = s[:i], low[:i]
		}
	}
	return s
}

// cleanHolder removes what is not part of the holder's name: "by", addresses, punctuation around it.
func cleanHolder(s string) string {
	s = strings.TrimLeft(s, " ,.;:-–—")
	if len(s) > 3 && strings.EqualFold(s[:3], "by ") {
		s = s[3:]
	}
	for _, open := range []string{"<", "(http", "(mailto", "http://", "https://", "[http"} {
		if i := strings.Index(s, open); i >= 0 {
			s = s[:i]
		}
	}
	if i := strings.LastIndexByte(s, '('); i >= 0 && strings.Contains(s[i:], "@") {
		s = s[:i]
	}
	s = strings.Trim(s, " ,;:-–—*#\"'`|/\\")
	if strings.HasSuffix(s, ".") && !endsAbbreviated(s) {
		s = s[:len(s)-1]
	}
	return strings.TrimSpace(s)
}

// endsAbbreviated reports whether the full stop at the end of s belongs to its last word.
func endsAbbreviated(s string) bool {
	word := s[strings.LastIndexByte(s, ' ')+1:]
	switch strings.ToLower(word) {
	case "inc.", "ltd.", "co.", "corp.", "jr.", "sr.", "e.v.", "s.a.", "b.v.", "n.v.", "s.p.a.", "llc.", "al.":
		return true
	}
	return len(word) == 2
}
