package version

import (
	"strings"
	"time"
)

// The general schemes of VERS.

// validIntdot: the version ends at the first byte that is neither a digit nor a dot, and must not be
// empty.
func validIntdot(v string) bool { return isDigit(v[0]) }

// compareIntdot compares numbers between dots; what is missing is zero.
func compareIntdot(a, b string) int {
	for a != "" || b != "" {
		var numberA, numberB string
		numberA, a = digits(a)
		numberB, b = digits(b)
		if c := compareNumbers(numberA, numberB); c != 0 {
			return c
		}
		a, b = dotted(a), dotted(b)
	}
	return 0
}

// dotted is what follows the dots that a text begins with, "" if it begins with none.
func dotted(text string) string {
	rest := strings.TrimLeft(text, ".")
	if len(rest) == len(text) || rest != "" && !isDigit(rest[0]) {
		return ""
	}
	return rest
}

func validTime(v string) bool {
	_, err := time.Parse(time.RFC3339, v)
	return err == nil
}

func compareTime(a, b string) int {
	timeA, _ := time.Parse(time.RFC3339, a) // both are valid
	timeB, _ := time.Parse(time.RFC3339, b)
	return timeA.Compare(timeB)
}

// The generic order is for versions of no known scheme, and guesses as people do: 1.0rc1 < 1.0 = 1.0.0 <
// 1.0patch2 < 1.0.1 < 1.0a. It is that of libversion, which VERS has in mind for it: runs of digits and of
// letters, and all else parts them.

// What a run may be, in ascending order.
const (
	genericPre  = iota // alpha, beta, rc, and every word that nobody knows
	genericZero        // 0, and the end
	genericPost        // patch and its like
	genericNumber
	genericLetter // one letter behind a number
)

func validGeneric(v string) bool { return strings.ContainsAny(v, "0123456789") }

func compareGeneric(a, b string) int {
	a, b = withoutV(a), withoutV(b)
	numberA, numberB := false, false // the last run was one, directly before
	for a != "" || b != "" {
		runA, restA := genericRun(a)
		runB, restB := genericRun(b)
		rankA, rankB := genericRank(runA, restA, numberA), genericRank(runB, restB, numberB)
		if rankA != rankB {
			return rankA - rankB
		}
		c := 0
		switch {
		case rankA == genericNumber:
			c = compareNumbers(runA, runB)
		case rankA != genericZero:
			c = int(runA[0]|0x20) - int(runB[0]|0x20)
		}
		if c != 0 {
			return c
		}
		number := rankA == genericNumber || rankA == genericZero
		a, b = genericTrim(restA), genericTrim(restB)
		numberA, numberB = number && len(a) == len(restA), number && len(b) == len(restB)
	}
	return 0
}

// withoutV drops what stands before the first run, and the v that often begins a version.
func withoutV(v string) string {
	v = genericTrim(v)
	if len(v) > 1 && v[0]|0x20 == 'v' && isDigit(v[1]) {
		return v[1:]
	}
	return v
}

// genericTrim drops the signs that part the runs.
func genericTrim(v string) string {
	for v != "" && !isDigit(v[0]) && !isLetter(v[0]) {
		v = v[1:]
	}
	return v
}

func genericRun(v string) (run, rest string) {
	if v != "" && isDigit(v[0]) {
		return digits(v)
	}
	return letters(v)
}

func genericRank(run, rest string, number bool) int {
	switch word := strings.ToLower(run); {
	case strings.Trim(run, "0") == "":
		return genericZero
	case isDigit(run[0]):
		return genericNumber
	case strings.HasPrefix(word, "post"), strings.HasPrefix(word, "patch"), word == "pl", word == "errata":
		return genericPost
	case number && len(run) == 1 && (rest == "" || !isDigit(rest[0])):
		return genericLetter
	}
	return genericPre
}
