package version

import (
	"slices"
	"strings"
)

// A version of Alpine is number{.number}{letter}{_suffix{number}}{~hash}{-r number} (apk-package(5)). It
// is compared part by part; where the parts are of different kinds, that version follows whose part
// stands earlier in this list, unless it is a suffix for what comes before a release.

// apkKind is the kind of a part, in the order in which they may follow each other.
type apkKind int

const (
	apkFirst apkKind = iota
	apkNumber
	apkLetter
	apkSuffix
	apkSuffixNumber
	apkHash
	apkRevision
	apkEnd
)

// apkSuffixes in ascending order; the first apkEarly of them precede a version without one.
var apkSuffixes = []string{"alpha", "beta", "pre", "rc", "cvs", "svn", "git", "hg", "p"}

const apkEarly = 4

type apkPart struct {
	kind apkKind
	text string
}

// nextAPK splits off the part that follows one of the kind last; ok is false if none can.
func nextAPK(v string, last apkKind) (part apkPart, rest string, ok bool) {
	if v == "" {
		return apkPart{kind: apkEnd}, "", true
	}
	switch c := v[0]; {
	case last == apkEnd:
		part.kind, part.text, rest = apkFirst, "", v
		part.text, rest = digits(v)
	case c == '.' && last <= apkNumber:
		part.kind = apkNumber
		part.text, rest = digits(v[1:])
	case 'a' <= c && c <= 'z' && last <= apkNumber:
		part.kind, part.text, rest = apkLetter, v[:1], v[1:]
	case c == '_' && last <= apkSuffixNumber:
		part.kind = apkSuffix
		part.text, rest = letters(v[1:])
		ok = slices.Contains(apkSuffixes, part.text)
		return part, rest, ok
	case isDigit(c) && last == apkSuffix:
		part.kind = apkSuffixNumber
		part.text, rest = digits(v)
	case c == '~' && last < apkHash:
		part.kind = apkHash
		n := len(v) - len(strings.TrimLeft(v[1:], "0123456789abcdef"))
		part.text, rest = v[1:n], v[n:]
	case strings.HasPrefix(v, "-r") && last < apkRevision:
		part.kind = apkRevision
		part.text, rest = digits(v[2:])
	}
	return part, rest, part.text != ""
}

func validAPK(v string) bool {
	for kind := apkEnd; ; {
		part, rest, ok := nextAPK(v, kind)
		if !ok || part.kind == apkEnd {
			return ok
		}
		v, kind = rest, part.kind
	}
}

func compareAPK(a, b string) int {
	kind := apkEnd
	for {
		partA, restA, _ := nextAPK(a, kind)
		partB, restB, _ := nextAPK(b, kind)
		if partA.kind != partB.kind {
			switch {
			case partA.early():
				return -1
			case partB.early():
				return 1
			}
			return int(partB.kind - partA.kind)
		}
		if partA.kind == apkEnd {
			return 0
		}
		if c := partA.compare(partB); c != 0 {
			return c
		}
		a, b, kind = restA, restB, partA.kind
	}
}

// early reports whether a part makes the version precede the one that lacks it.
func (p apkPart) early() bool {
	return p.kind == apkSuffix && slices.Index(apkSuffixes, p.text) < apkEarly
}

// compare compares parts of one kind. Numbers behind the first are compared as fractions are, digit by
// digit, if one has a leading zero.
func (p apkPart) compare(q apkPart) int {
	switch {
	case p.kind == apkSuffix:
		return slices.Index(apkSuffixes, p.text) - slices.Index(apkSuffixes, q.text)
	case p.kind == apkLetter || p.kind == apkHash, p.kind == apkNumber && (p.text[0] == '0' || q.text[0] == '0'):
		return strings.Compare(p.text, q.text)
	}
	return compareNumbers(p.text, q.text)
}
