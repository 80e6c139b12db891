package version

import (
	"cmp"
	"strings"
)

// epoch splits "1:2.3" into the number that overrides all else, "" if there is none, and the rest.
func epoch(v string) (number, rest string) {
	if before, after, ok := strings.Cut(v, ":"); ok {
		return before, after
	}
	return "", v
}

func validEpoch(v string) bool {
	before, _, ok := strings.Cut(v, ":")
	if !ok {
		return true
	}
	number, rest := digits(before)
	return number != "" && rest == ""
}

// debParts splits [epoch:]upstream[-revision] (Debian policy, section 5.6.12).
func debParts(v string) (number, upstream, revision string) {
	number, v = epoch(v)
	if i := strings.LastIndexByte(v, '-'); i >= 0 {
		return number, v[:i], v[i+1:]
	}
	return number, v, ""
}

func validDeb(v string) bool {
	_, upstream, revision := debParts(v)
	return validEpoch(v) && upstream != "" && only(upstream, ".+-:~") && only(revision, ".+~") && !strings.HasSuffix(v, "-")
}

func compareDeb(a, b string) int {
	epochA, upstreamA, revisionA := debParts(a)
	epochB, upstreamB, revisionB := debParts(b)
	if c := compareNumbers(epochA, epochB); c != 0 {
		return c
	}
	if c := compareDebPart(upstreamA, upstreamB); c != 0 {
		return c
	}
	return compareDebPart(revisionA, revisionB)
}

// compareDebPart compares, from the left, what are no digits, then digits by their value, and so on. In
// the former a ~ precedes even the end, and letters precede all other signs.
func compareDebPart(a, b string) int {
	for a != "" || b != "" {
		for a != "" && !isDigit(a[0]) || b != "" && !isDigit(b[0]) {
			if c := debRank(a) - debRank(b); c != 0 {
				return c
			}
			a, b = a[1:], b[1:] // of equal rank, so neither ends here
		}
		var numberA, numberB string
		numberA, a = digits(a)
		numberB, b = digits(b)
		if c := compareNumbers(numberA, numberB); c != 0 {
			return c
		}
	}
	return 0
}

// debRank is the rank of the byte that a text begins with, among those that are no digits.
func debRank(text string) int {
	switch {
	case text == "" || isDigit(text[0]):
		return 0
	case text[0] == '~':
		return -1
	case isLetter(text[0]):
		return int(text[0])
	}
	return int(text[0]) + 256
}

// packageParts splits [epoch:]version[-release] (rpm-version(7); PKGBUILD(5), pkgver and pkgrel).
func packageParts(v string) (number, version, release string) {
	number, v = epoch(v)
	version, release, _ = strings.Cut(v, "-")
	return number, version, release
}

func validRPM(v string) bool {
	_, version, release := packageParts(v)
	return validEpoch(v) && version != "" && only(version, "._+~^") && only(release, "._+~^") && !strings.HasSuffix(v, "-")
}

// compareRPM orders a version without a release before those with one. (In a dependency, rpm takes the
// first to be equal to each of them, which is no order.)
func compareRPM(a, b string) int { return comparePackages(a, b, compareRPMPart) }

// comparePackages compares epochs, then versions, then releases, the last two by the given order.
func comparePackages(a, b string, part func(a, b string) int) int {
	epochA, versionA, releaseA := packageParts(a)
	epochB, versionB, releaseB := packageParts(b)
	return cmp.Or(compareNumbers(epochA, epochB), part(versionA, versionB), part(releaseA, releaseB))
}

// compareRPMPart compares runs of digits and runs of letters one by one. Digits follow letters, and what
// has more runs follows, but for a ~, which precedes the end, and a ^, which follows the end alone.
func compareRPMPart(a, b string) int {
	for {
		a, b = strings.TrimLeft(a, "._+"), strings.TrimLeft(b, "._+")
		switch rankA, rankB := rpmRank(a), rpmRank(b); {
		case rankA != rankB:
			return rankA - rankB
		case rankA == rpmEnd:
			return 0
		case rankA == rpmTilde || rankA == rpmCaret:
			a, b = a[1:], b[1:]
		case rankA == rpmDigits:
			var numberA, numberB string
			numberA, a = digits(a)
			numberB, b = digits(b)
			if c := compareNumbers(numberA, numberB); c != 0 {
				return c
			}
		default:
			var wordA, wordB string
			wordA, a = letters(a)
			wordB, b = letters(b)
			if c := strings.Compare(wordA, wordB); c != 0 {
				return c
			}
		}
	}
}

// What a run of an RPM's version may be, in ascending order.
const (
	rpmTilde = iota
	rpmEnd
	rpmCaret
	rpmLetters
	rpmDigits
)

func rpmRank(text string) int {
	switch {
	case text == "":
		return rpmEnd
	case text[0] == '~':
		return rpmTilde
	case text[0] == '^':
		return rpmCaret
	case isDigit(text[0]):
		return rpmDigits
	}
	return rpmLetters
}

// letters splits a text behind the letters that it begins with.
func letters(text string) (word, rest string) {
	i := 0
	for i < len(text) && isLetter(text[i]) {
		i++
	}
	return text[:i], text[i:]
}
