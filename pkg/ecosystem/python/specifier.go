package python

import (
	"strings"

	"github.com/licet/licet/pkg/version"
)

// admits reports whether a version lies in a range, as PEP 440 and Poetry write them: clauses joined by a comma or a blank,
// alternatives by "||". It serves to tell two versions of one package in a lockfile apart; what cannot be read
// admits everything.
func admits(spec, v string) bool {
	for alternative := range strings.SplitSeq(spec, "||") {
		all := true
		for _, clause := range clauses(alternative) {
			all = all && admitsClause(clause, v)
		}
		if all {
			return true
		}
	}
	return false
}

// clauses parts a range at commas and blanks; a blank behind an operator parts nothing.
func clauses(s string) []string {
	var out []string
	for field := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == ',' || r == ' ' }) {
		if n := len(out); n > 0 && strings.TrimLeft(out[n-1], "=<>!~^") == "" {
			out[n-1] += field
		} else {
			out = append(out, field)
		}
	}
	return out
}

// operators are those of PEP 440 and Poetry; a longer one before those it begins with.
var operators = []string{"===", "==", "!=", "<=", ">=", "~=", "<", ">", "^", "~", ""}

func admitsClause(clause, v string) bool {
	for _, op := range operators {
		bound, ok := strings.CutPrefix(clause, op)
		if !ok {
			continue
		}
		if bound == "" || bound == "*" {
			return true
		}
		if prefix, wild := strings.CutSuffix(bound, ".*"); wild {
			return hasPrefix(v, prefix) != (op == "!=")
		}
		if !strings.Contains(bound, "+") {
			v, _, _ = strings.Cut(v, "+") // a build of its own is that version (PEP 440, "Local version identifiers")
		}
		c, err := version.Compare("pypi", v, bound)
		if err != nil {
			return true
		}
		switch op {
		case "===", "==", "":
			return c == 0
		case "!=":
			return c != 0
		case "<=":
			return c <= 0
		case ">=":
			return c >= 0
		case "<":
			return c < 0
		case ">":
			return c > 0
		}
		return c >= 0 && hasPrefix(v, kept(op, bound))
	}
	return true
}

// kept is the part of the bound that ^, ~ and ~= let no version change.
func kept(op, bound string) string {
	parts := strings.Split(bound, ".")
	n := 1
	switch op {
	case "^":
		for n < len(parts) && parts[n-1] == "0" {
			n++
		}
	case "~":
		n = min(2, len(parts))
	case "~=":
		n = max(1, len(parts)-1)
	}
	return strings.Join(parts[:n], ".")
}

// hasPrefix compares whole parts: 1.10 does not begin with 1.1.
func hasPrefix(v, prefix string) bool {
	rest, ok := strings.CutPrefix(v, prefix)
	return ok && (rest == "" || rest[0] < '0' || rest[0] > '9')
}
