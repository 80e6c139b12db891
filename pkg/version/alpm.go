package version

import "strings"

// validALPM refuses what ends in a separator: libalpm itself has no order for such versions, but a circle.
func validALPM(v string) bool {
	_, version, release := packageParts(v)
	return validEpoch(v) && version != "" && ends(version) && !strings.ContainsAny(version, ":/") &&
		only(release, ".") && !strings.HasSuffix(v, "-") && (release == "" || ends(release))
}

// ends reports whether a text ends in a letter or a digit.
func ends(text string) bool {
	c := text[len(text)-1]
	return isDigit(c) || isLetter(c)
}

// compareALPM orders as vercmp(8), but a version without a release precedes those with one. (vercmp takes it to be equal to each
// of them, which is no order.)
func compareALPM(a, b string) int { return comparePackages(a, b, compareALPMPart) }

// compareALPMPart compares runs of digits and runs of letters one by one, as RPM did of old. Digits follow letters. Between them
// more separators follow fewer. What has a run more follows, but if it begins with a letter: 1.0rc < 1.0 < 1.0.rc.
func compareALPMPart(a, b string) int {
	for {
		switch {
		case a == "" && b == "":
			return 0
		case a == "" && isLetter(b[0]), b == "" && !isLetter(a[0]):
			return 1
		case a == "" || b == "":
			return -1
		}
		runA, runB := strings.TrimLeftFunc(a, isSeparator), strings.TrimLeftFunc(b, isSeparator)
		if c := len(a) - len(runA) - (len(b) - len(runB)); c != 0 {
			return c
		}
		var wordA, wordB string
		switch a, b = runA, runB; {
		case isDigit(a[0]) != isDigit(b[0]):
			if isDigit(a[0]) {
				return 1
			}
			return -1
		case isDigit(a[0]):
			wordA, a = digits(a)
			wordB, b = digits(b)
			if c := compareNumbers(wordA, wordB); c != 0 {
				return c
			}
		default:
			wordA, a = letters(a)
			wordB, b = letters(b)
			if c := strings.Compare(wordA, wordB); c != 0 {
				return c
			}
		}
	}
}

func isSeparator(r rune) bool { return r >= 0x80 || !isDigit(byte(r)) && !isLetter(byte(r)) }
