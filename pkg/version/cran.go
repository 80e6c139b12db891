package version

import "strings"

// validCRAN: numbers with one "." or "-" between them (Writing R Extensions, "The DESCRIPTION file").
func validCRAN(v string) bool {
	for _, number := range cranNumbers(v) {
		if digits, rest := digits(number); digits == "" || rest != "" {
			return false
		}
	}
	return true
}

func cranNumbers(v string) []string { return strings.Split(strings.ReplaceAll(v, "-", "."), ".") }

// compareCRAN compares the numbers; of equal ones the shorter list precedes (R, numeric_version).
func compareCRAN(a, b string) int {
	numbersA, numbersB := cranNumbers(a), cranNumbers(b)
	for i := range min(len(numbersA), len(numbersB)) {
		if c := compareNumbers(numbersA[i], numbersB[i]); c != 0 {
			return c
		}
	}
	return len(numbersA) - len(numbersB)
}
