package version

import (
	"encoding/hex"
	"fmt"
	"strings"
)

// maxConstraints bounds a range.
const maxConstraints = 1000

// SyntaxError says where a text stops being a range.
type SyntaxError struct {
	Offset int // byte offset
	Msg    string
}

func (e *SyntaxError) Error() string { return e.Msg }

func syntaxf(offset int, format string, args ...any) error {
	return &SyntaxError{Offset: offset, Msg: fmt.Sprintf(format, args...)}
}

// ParseRange reads a range in VERS syntax (Ecma VERS, clause 5): "vers:npm/1.2.3|>=2.0.0|<5.0.0". Its
// error is a [*SyntaxError]. Constraints that are not in ascending order, name a version twice, or do not
// alternate between lower and upper bounds are errors; so is, in a scheme that is known, a text that is
// no version of it.
func ParseRange(s string) (Range, error) {
	rest, ok := strings.CutPrefix(s, "vers:")
	if !ok {
		return Range{}, syntaxf(0, `a range begins with "vers:", as in vers:npm/>=2|<3`)
	}
	scheme, list, ok := strings.Cut(rest, "/")
	at := len("vers:")
	if !validScheme(scheme) {
		return Range{}, syntaxf(at, "%q is no scheme: want lower-case letters, digits, dot and dash", scheme)
	}
	if !ok || list == "" {
		return Range{}, syntaxf(len(s), "no constraint after the scheme, as in vers:%s/>=2|<3", scheme)
	}
	r := Range{text: s, scheme: scheme, order: orderOf(scheme)}
	if list == "*" {
		return r, nil
	}
	if scheme == "all" || scheme == "none" {
		return Range{}, syntaxf(at+len(scheme)+1, "vers:%s/* is the only range of this scheme", scheme)
	}
	at += len(scheme) + 1
	for part := range strings.SplitSeq(list, "|") {
		if len(r.constraints) == maxConstraints {
			return Range{}, syntaxf(at, "more than %d constraints", maxConstraints)
		}
		c, err := r.constraint(part, at)
		if err != nil {
			return Range{}, err
		}
		r.constraints = append(r.constraints, c)
		at += len(part) + 1
	}
	if err := r.check(); err != nil {
		return Range{}, err
	}
	return r, nil
}

func validScheme(s string) bool {
	return s != "" && 'a' <= s[0] && s[0] <= 'z' && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789.-") == "" && s != "invalid"
}

func (r Range) constraint(part string, at int) (constraint, error) {
	c := constraint{offset: at}
	for _, op := range comparators {
		if strings.HasPrefix(part, op) {
			c.comparator = op
			break
		}
	}
	text := part[len(c.comparator):]
	at += len(c.comparator)
	switch {
	case part == "":
		return c, syntaxf(at, "an empty constraint: drop the |")
	case strings.HasPrefix(part, "="):
		return c, syntaxf(at, "equality is written without =")
	case text == "":
		return c, syntaxf(at, "no version after %s", c.comparator)
	case text == "*":
		return c, syntaxf(at, "* stands alone")
	}
	var err error
	if c.text, err = decode(text, at); err != nil {
		return c, err
	}
	if r.order != nil {
		if c.version, err = r.order.parse(c.text); err != nil {
			return c, syntaxf(at, "%v", err)
		}
	}
	return c, nil
}

// decode undoes percent-encoding, which a version needs for > < = ! * | % and the space.
func decode(s string, at int) (string, error) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c <= ' ' || c >= 0x7f || strings.IndexByte("<>=!*", c) >= 0:
			return "", syntaxf(at+i, "%q must be written %%%02X in a version", c, c)
		case c != '%':
			b.WriteByte(c)
		default:
			octet, err := hex.DecodeString(s[i+1 : min(i+3, len(s))])
			if len(octet) != 1 || err != nil {
				return "", syntaxf(at+i, "%% wants two hexadecimal digits")
			}
			b.Write(octet)
			i += 2
		}
	}
	return b.String(), nil
}

// check holds the rules of VERS clause 5.4 over the whole sequence.
func (r Range) check() error {
	named := make(map[string]bool, len(r.constraints))
	var bound constraint // the last one that is not "!="
	for i, c := range r.constraints {
		if named[c.text] {
			return syntaxf(c.offset, "version %s is named twice", c.text)
		}
		named[c.text] = true
		if r.order != nil && i > 0 && c.version.Compare(r.constraints[i-1].version) <= 0 {
			return syntaxf(c.offset, "versions must ascend: %s does not follow %s", c.text, r.constraints[i-1].text)
		}
		if c.comparator == "!=" {
			continue
		}
		if bound.text != "" {
			if err := follows(bound, c); err != nil {
				return err
			}
		}
		bound = c
	}
	return nil
}

// follows reports whether c may come next after bound, "!=" left aside.
func follows(bound, c constraint) error {
	switch {
	case bound.isLower() && !c.isUpper():
		return syntaxf(c.offset, "%s%s lies inside the interval that %s%s opens", c.comparator, c.text, bound.comparator, bound.text)
	case !bound.isLower() && c.isUpper():
		return syntaxf(c.offset, "%s%s already holds %s%s", c.comparator, c.text, bound.comparator, bound.text)
	}
	return nil
}

// Exactly writes the range that holds one version only, "*" for the empty one.
func Exactly(scheme, version string) string {
	if version == "" {
		return "vers:" + scheme + "/*"
	}
	var b strings.Builder
	b.WriteString("vers:" + scheme + "/")
	for i := range len(version) {
		if c := version[i]; c <= ' ' || c >= 0x7f || strings.IndexByte("<>=!*|%", c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}
