// Package policy reads policy files, judges a document by them, and explains each verdict.
//
// A file has two halves. The facts say what is the case (what is delivered, what is one's own, which
// arm of an OR is taken) and become an [sbom.Facts]. The judgement says what is permitted and becomes a
// [Policy]. [Parse] reads both strictly: a word that it does not know is an error with a place, because
// a policy that silently ignores a line permits what its author forbade.
//
// # How a license is judged
//
// Verdicts are ordered allow < review < deny. [Evaluate] folds a component's expression: OR takes the
// least of its arms, AND the greatest. What is folded is an outcome, not a mere verdict: it carries the
// arm that was taken, so that the result can say "allowed, as MIT".
//
// A leaf is decided by the first of: an exception for this package and license; a rule whose condition
// holds; the lists, in which an entry that names the very term beats one that names the license without
// its exception, and that one beats a category; and at last what the file says of unknown and of unlisted
// licenses. "Or later" is the recipient's choice, so such a leaf is an OR over the versions that it can
// mean, each judged by itself. That one idea yields all three rules: allowing GPL-2.0-only allows
// GPL-2.0-or-later; allowing GPL-2.0-or-later, which is a name of its own, does not allow GPL-2.0-only;
// and a denial holds only if every version is denied. Categories are the other way round: all of them
// bind, so a license of several is judged by each, and the strictest verdict holds.
//
// # What is not here
//
// Conclusions (package conclude), duties (package obligation), how findings are drawn (package format).
// The package reads no file and no clock: the day comes in as an argument.
package policy

import (
	"time"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/pkg/spdx"
)

// File is a policy file that was read.
type File struct {
	Path   string
	Digest source.Digest // sha256 of its bytes
	// Facts is never nil.
	Facts *sbom.Facts
	// Policy is nil when the file states facts only. What it extends is already joined in.
	Policy *Policy
	// Warnings are doubtful but valid: a range of versions whose order is not known, an exception that
	// nobody answers for.
	Warnings Diagnostics
}

// Policy is what is permitted.
type Policy struct {
	// Basis is which license is judged: concluded (the default), declared, or detected.
	Basis string
	// Entries are those of the lists allow, review and deny.
	Entries []*Entry
	// Default is the verdict on a known license that nothing names.
	Default Setting
	Unknown Unknown
	// Rules are tried in order, before the lists.
	Rules      []*Rule
	Exceptions []*Exception

	path  string   // of the file
	lines []string // as they may be shown
}

// Setting is a verdict and where it was stated; no place for a built-in one.
type Setting struct {
	Verdict Verdict
	Found   Label
}

// Unknown has a verdict for each kind of unknown.
type Unknown struct {
	Missing      Setting // the files were looked at and state nothing
	Unavailable  Setting // the files are not on this machine
	Unrecognised Setting // something is stated that nobody can read
	Custom       Setting // a LicenseRef- that the policy does not name
}

// The kinds of unknown, as findings print them.
const (
	Missing      = "missing"
	Unavailable  = "unavailable"
	Unrecognised = "unrecognised"
	Custom       = "custom"
)

// of gives the setting for a kind.
func (u Unknown) of(kind string) Setting {
	switch kind {
	case Missing:
		return u.Missing
	case Unavailable:
		return u.Unavailable
	case Unrecognised:
		return u.Unrecognised
	}
	return u.Custom
}

// Entry is one item of a list: a license, with or without exception, or a category.
type Entry struct {
	Verdict  Verdict   // of the list that it stands in
	Term     spdx.Term // in normal form; zero for a category
	Category string    // "permissive"; "weak-copyleft" stands for two
	Reason   string
	Found    Label

	key string // of Term, see keyOf
}

// String gives the entry as a list has it.
func (e *Entry) String() string {
	if e.Category != "" {
		return "@" + e.Category
	}
	return e.Term.String()
}

// Rule decides licenses under a condition: by lists of its own, or by one whole expression.
type Rule struct {
	ID      string
	Entries []*Entry
	// Expression, when not NOASSERTION, must equal the judged expression as a whole; Verdict is its verdict.
	Expression spdx.Expr
	Verdict    Verdict
	When       When
	Reason     string
	Found      Label
}

// When is a condition on a component; empty parts always hold.
type When struct {
	// Scope: the effective scope is one of these; of what may be inside of a bundle, development is runtime.
	Scope   []sbom.Scope
	Linkage []sbom.Linkage // the closest linkage is one of these; unknown counts as static
	PURL    *sbom.Selector
}

// Exception permits one license for some packages, for a time.
type Exception struct {
	PURL     string
	Versions string
	License  spdx.Expr
	// Reason, ApprovedBy: who answers for it and why.
	Reason, ApprovedBy string
	// Expires is the last day on which it holds, at midnight UTC; zero for no end.
	Expires time.Time
	Found   Label

	selector sbom.Selector
}

// Live reports whether the exception holds at that time: through its last day, 23:59:59 UTC.
func (x *Exception) Live(asOf time.Time) bool {
	return x.Expires.IsZero() || asOf.Before(x.Expires.AddDate(0, 0, 1))
}

// own reports whether the label points into the given file, not into a preset that it extends.
func (l Label) own() bool {
	root, _ := source.SplitRoot(l.Span.Path)
	return !l.Span.IsZero() && root != presetRoot
}
