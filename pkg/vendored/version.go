package vendored

import "strings"

// maxVersion is how long a version may be, in bytes.
const maxVersion = 64

// leadingVersion is the version that a text begins with, "" if there is none: a number, more of them behind dots, then what
// follows without a gap and is made of letters, digits and . - + _ ~.
func leadingVersion(s string) string {
	end := 0
	for end < len(s) && end <= maxVersion && (isAlnum(s[end]) || strings.IndexByte(".-+_~", s[end]) >= 0) {
		end++
	}
	v := strings.TrimRight(s[:end], ".-+_~")
	if v == "" || len(v) > maxVersion || v[0] < '0' || v[0] > '9' {
		return ""
	}
	digits := len(v) - len(strings.TrimLeft(v, "0123456789"))
	switch rest := v[digits:]; {
	case rest == "":
	case rest[0] == '.' && len(rest) > 1 && isDigit(rest[1]):
	default:
		return "" // 3D, 2-clause
	}
	return described(v)
}

// described takes from what `git describe` writes of a tag what says that nothing came after it: 5.2.1-0-g0000000.
func described(v string) string {
	if i := strings.Index(v, "-0-g"); i > 0 {
		return v[:i]
	}
	return v
}

// firstVersion is the first version with a dot that stands by itself in a text, and where.
func firstVersion(s string) (v string, at int) {
	for i := 0; i < len(s); i++ {
		if !isDigit(s[i]) || i > 0 && (isAlnum(s[i-1]) && !(s[i-1] == 'v' && (i == 1 || !isAlnum(s[i-2]))) || strings.IndexByte(".-/%$", s[i-1]) >= 0) {
			continue
		}
		if v := leadingVersion(s[i:]); strings.Contains(v, ".") {
			return v, i
		}
		for i+1 < len(s) && isAlnum(s[i+1]) {
			i++
		}
	}
	return "", 0
}

// wholeVersion is the version that a text is, with or without a "v" before it; "" for anything else.
func wholeVersion(s string) string {
	s = strings.TrimSpace(s)
	if len(s) > 1 && (s[0] == 'v' || s[0] == 'V') && isDigit(s[1]) {
		s = s[1:]
	}
	v := leadingVersion(s)
	if v == "" || v != described(s) {
		return ""
	}
	return v
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isAlnum(c byte) bool { return isDigit(c) || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
