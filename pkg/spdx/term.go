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
	if x, ok := rules.ExceptionByID(t.Exception); ok && x.Successor != "" {
		t.Exception = x.Successor
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
