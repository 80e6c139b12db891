package version

import (
	"fmt"
	"slices"
	"strings"

	"deps.dev/util/semver"
)

// order is how the versions of a scheme are read and compared: by package semver, or by functions of our
// own.
type order struct {
	scheme  string
	system  semver.System
	valid   func(version string) bool
	compare func(a, b string) int
}

// orders are the schemes whose order is known, sorted. The names are the types of purls, and the general
// ones of VERS.
var orders = []order{
	{scheme: "alpm", valid: validALPM, compare: compareALPM},
	{scheme: "apk", valid: validAPK, compare: compareAPK},
	{scheme: "cargo", system: semver.Cargo},
	{scheme: "cocoapods", system: semver.RubyGems}, // whose class for versions it takes over
	{scheme: "composer", system: semver.Composer},
	{scheme: "cran", valid: validCRAN, compare: compareCRAN},
	{scheme: "datetime", valid: validTime, compare: compareTime},
	{scheme: "deb", valid: validDeb, compare: compareDeb},
	{scheme: "gem", system: semver.RubyGems},
	{scheme: "generic", valid: validGeneric, compare: compareGeneric},
	{scheme: "golang", system: semver.Go},
	{scheme: "hackage", valid: validIntdot, compare: compareIntdot},
	{scheme: "hex", system: semver.DefaultSystem},
	{scheme: "intdot", valid: validIntdot, compare: compareIntdot},
	{scheme: "jsr", system: semver.NPM},
	{scheme: "julia", system: semver.DefaultSystem},
	{scheme: "lexicographic", valid: func(string) bool { return true }, compare: strings.Compare},
	{scheme: "maven", system: semver.Maven},
	{scheme: "npm", system: semver.NPM},
	{scheme: "nuget", system: semver.NuGet},
	{scheme: "pub", system: semver.DefaultSystem},
	{scheme: "pypi", system: semver.PyPI},
	{scheme: "rpm", valid: validRPM, compare: compareRPM},
	{scheme: "semver", system: semver.DefaultSystem},
	{scheme: "swift", system: semver.DefaultSystem},
}

// orderOf finds the order of a scheme; nil if none is known.
func orderOf(scheme string) *order {
	i, ok := slices.BinarySearchFunc(orders, scheme, func(o order, s string) int { return strings.Compare(o.scheme, s) })
	if !ok {
		return nil
	}
	return &orders[i]
}

// value is a version that is known to be one of its scheme.
type value struct {
	order    *order
	text     string
	semantic *semver.Version // nil unless package semver compares it
}

// Compare is negative if v precedes w, a value of the same order.
func (v value) Compare(w value) int {
	if v.semantic != nil {
		return v.semantic.Compare(w.semantic)
	}
	return v.order.compare(v.text, w.text)
}

func (o *order) parse(text string) (value, error) {
	no := fmt.Errorf("%.40q is no version of %s", text, o.name())
	if text == "" || len(text) > maxLength || strings.ContainsFunc(text, foreign) {
		return value{}, no
	}
	if o.compare != nil {
		if !o.valid(text) {
			return value{}, no
		}
		return value{order: o, text: text}, nil
	}
	v := o.semantic(text)
	if v == nil {
		return value{}, no
	}
	return value{order: o, text: text, semantic: v}, nil
}

// name is the scheme in the words of those who use it.
func (o *order) name() string {
	if o.compare == nil {
		return strings.ToLower(o.system.String())
	}
	return o.scheme
}

// semantic reads a version by package semver; nil if it is none.
func (o *order) semantic(text string) (v *semver.Version) {
	defer func() {
		if recover() != nil { // package semver has panicked on texts that are nearly versions
			v = nil
		}
	}()
	switch {
	case o.system == semver.Go && isDigit(text[0]):
		text = "v" + text // the standard library's versions have no "v"
	case o.system == semver.Composer:
		text = strings.ToLower(text) // stability flags have no case: RC follows beta
	}
	v, err := o.system.Parse(text)
	if err != nil || v.IsWildcard() {
		return nil
	}
	return v
}

// foreign reports whether r occurs in no version; the star would be read as a wildcard.
func foreign(r rune) bool { return r <= ' ' || r >= 0x7f || r == '*' }

func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// only reports whether a text has no other bytes than letters, digits and these.
func only(text, others string) bool {
	for i := range len(text) {
		if c := text[i]; !isDigit(c) && !isLetter(c) && strings.IndexByte(others, c) < 0 {
			return false
		}
	}
	return true
}

// digits splits a text behind the digits that it begins with.
func digits(text string) (number, rest string) {
	i := 0
	for i < len(text) && isDigit(text[i]) {
		i++
	}
	return text[:i], text[i:]
}

// compareNumbers compares two runs of digits of any length; none is zero.
func compareNumbers(a, b string) int {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	return strings.Compare(a, b)
}
