// Package version orders versions and says which lie in a range.
//
// Every package manager has an order of its own: "1.0-rc1" precedes "1.0" in npm and follows it for a
// naive comparison, "1.0.post1" means something in PyPI only. The orders of the language package
// managers come from deps.dev/util/semver, those of Debian, RPM, Alpine, Arch and R and the general ones of
// VERS are ours; a scheme that is not among them is not guessed at, its versions are compared as text and
// only for equality.
//
// Ranges are written in VERS syntax ("vers:npm/>=2|<3", Ecma VERS clause 5), which is the same for all
// schemes and therefore can be checked where it is written. The pipe is neither AND nor OR: the
// constraints are signposts on the line of versions, in ascending order, and between them lie the
// intervals. That is why an unsorted range is refused: sorted it might mean something else.
//
// The native syntaxes (^1.2, [1.0,2.0)) are not read here.
package version

import (
	"fmt"
	"slices"
	"strings"
)

// maxLength bounds a version; what is longer has no place in any order.
const maxLength = 256

// Known reports whether versions of the scheme can be ordered.
func Known(scheme string) bool {
	return scheme == "all" || scheme == "none" || orderOf(scheme) != nil
}

// Compare orders two versions of a scheme: negative if a precedes b, positive if it follows, 0 if they
// are equal there ("1.0" and "1.0.0" in npm). Build metadata does not count. It is an error if the scheme
// is unknown or one of the texts is no version of it.
func Compare(scheme, a, b string) (int, error) {
	order := orderOf(scheme)
	if order == nil {
		return 0, fmt.Errorf("no order is known for versions of %q", scheme)
	}
	va, err := order.parse(a)
	if err != nil {
		return 0, err
	}
	vb, err := order.parse(b)
	if err != nil {
		return 0, err
	}
	return va.Compare(vb), nil
}

// comparators in the order in which they must be looked for.
var comparators = []string{">=", "<=", "!=", "<", ">"}

// constraint is one signpost. comparator "" is equality.
type constraint struct {
	comparator string
	text       string
	version    value // zero when the scheme is unknown
	offset     int
}

func (c constraint) includes() bool {
	return c.comparator == "" || c.comparator == ">=" || c.comparator == "<="
}

func (c constraint) isLower() bool { return strings.HasPrefix(c.comparator, ">") }
func (c constraint) isUpper() bool { return strings.HasPrefix(c.comparator, "<") }

// Range is a set of versions of one scheme. The zero Range holds every version of every scheme.
type Range struct {
	text        string
	scheme      string
	order       *order       // nil: unknown, or needed by no constraint
	constraints []constraint // none: every version, but for the scheme "none"
}

// String gives the range as it was written; "" for the zero Range.
func (r Range) String() string { return r.text }

// Scheme is the versioning scheme: "npm", "golang"; "" for the zero Range.
func (r Range) Scheme() string { return r.scheme }

// Known reports whether the scheme's versions can be ordered. In a range of an unknown scheme only the
// versions that it names lie, letter by letter.
func (r Range) Known() bool { return r.scheme == "" || Known(r.scheme) }

// Contains reports whether v lies in the range (VERS, "Checking if a version is contained within a
// range"). What is no version of a known scheme lies in none but "*".
func (r Range) Contains(v string) bool {
	if len(r.constraints) == 0 {
		return r.scheme != "none"
	}
	if r.order == nil {
		return slices.ContainsFunc(r.constraints, func(c constraint) bool { return c.includes() && c.text == v })
	}
	version, err := r.order.parse(v)
	if err != nil {
		return false
	}
	bounds, exclusions := 0, 0
	for _, c := range r.constraints {
		if version.Compare(c.version) == 0 {
			return c.includes()
		}
		switch {
		case c.isLower() || c.isUpper():
			bounds++
		case c.comparator == "!=":
			exclusions++
		}
	}
	if bounds == 0 {
		return exclusions == len(r.constraints)
	}
	return r.between(version)
}

// between reports whether a version that no constraint names lies in one of the intervals: the nearest
// bound on either side decides, and a well-formed range never has them disagree.
func (r Range) between(version value) bool {
	for _, c := range r.constraints {
		switch above := version.Compare(c.version) > 0; {
		case c.isUpper() && !above:
			return true
		case c.isLower() && !above:
			return false
		}
	}
	for _, c := range slices.Backward(r.constraints) {
		if c.isLower() || c.isUpper() {
			return c.isLower()
		}
	}
	return false
}
