package spdx

import (
	"strings"

	"github.com/licet/licet/rules"
)

// Term is one leaf of an expression: a license, with "or later" and an exception where they are stated.
// ID may be a listed id, a LicenseRef-, or DocumentRef-x:LicenseRef-y; Exception a listed exception or
// an AdditionRef-. Comparable; == tells how it is written, Equal what it means.
type Term struct {
	ID        string
	Plus      bool // "+", for ids that have no "-or-later" of their own
	Exception string
}

// String prints the term as an expression has it.
func (t Term) String() string {
	s := t.ID
	if t.Plus {
		s += "+"
	}
	if t.Exception != "" {
		s += " WITH " + t.Exception
	}
	return s
}

// IsRef reports whether the license is a user-defined one: LicenseRef-, with or without DocumentRef-.
func (t Term) IsRef() bool {
	return strings.HasPrefix(t.ID, licenseRef) || strings.HasPrefix(t.ID, documentRef)
}

// Normal returns the term in today's words: deprecated ids give way to the successor that SPDX names
// (GPL-2.0 is GPL-2.0-only, GPL-2.0+ is GPL-2.0-or-later, GPL-2.0-with-classpath-exception is
// GPL-2.0-only WITH Classpath-exception-2.0), and a "+" that an -or-later id repeats is dropped.
// A deprecated id without a successor, or with one that a further exception leaves no room for, stays.
func (t Term) Normal() Term {
	if t.Exception != "" {
		if x, ok := rules.ExceptionByID(t.Exception); ok && x.Successor != "" {
			t.Exception = x.Successor
		}
	}
	if t.Plus {
		if l, ok := rules.LicenseByID(t.ID + "+"); ok {
			return t.renamed(l.Successor, false)
		}
	}
	l, ok := rules.LicenseByID(t.ID)
	if !ok {
		return t
	}
	if l.Successor != "" {
		return t.renamed(l.Successor, t.Plus)
	}
	if t.Plus && strings.HasSuffix(t.ID, orLater) {
		t.Plus = false
	}
	return t
}

const (
	only    = "-only"
	orLater = "-or-later"
)

// renamed returns t under the license of a successor, which may bring an exception.
func (t Term) renamed(successor string, plus bool) Term {
	id, exception, _ := strings.Cut(successor, " WITH ")
	if exception != "" && t.Exception != "" && exception != t.Exception {
		return t
	}
	if exception == "" {
		exception = t.Exception
	}
	if plus {
		if base, isOnly := strings.CutSuffix(id, only); isOnly {
			id, plus = base+orLater, false
		} else if strings.HasSuffix(id, orLater) {
			plus = false
		}
	}
	return Term{ID: id, Plus: plus, Exception: exception}
}

// IsOrLater reports whether the term leaves the choice of a later version to the recipient: a "+" or an id
// that ends in "-or-later".
func (t Term) IsOrLater() bool {
	return t.Plus || strings.HasSuffix(t.ID, orLater) && !t.IsRef()
}

// Alternatives returns the single versions that the term can mean, oldest first, each with the term's
// exception: GPL-2.0-only and GPL-3.0-only for GPL-2.0-or-later, MPL-1.1 and MPL-2.0 for MPL-1.1+. They
// are in normal form, and only listed versions count: the license after the next is nobody's choice yet.
// A term that states one version, or a "+" to a license that has no other, gives that one alone.
func (t Term) Alternatives() []Term {
	t = t.Normal()
	if !t.IsOrLater() {
		return []Term{t}
	}
	id, isOrLater := strings.CutSuffix(t.ID, orLater)
	if isOrLater {
		id += only
	}
	versions := []string{id}
	if isOrLater || !strings.HasSuffix(id, only) { // GPL-2.0-only+ contradicts itself: the lesser reading
		versions = rules.Versions(id)
	}
	terms := make([]Term, len(versions))
	for i, v := range versions {
		terms[i] = Term{ID: v, Exception: t.Exception}
	}
	return terms
}
