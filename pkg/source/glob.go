package source

import (
	"fmt"
	"path"
	"strings"
	"unicode/utf8"
)

// maxGlob bounds the length of a pattern.
const maxGlob = 1024

// Glob is a pattern for slash paths. "*" stands for any run of characters within a segment, "?" for one,
// "**" for any run that may cross slashes; "**/" at the start of a segment also stands for nothing, so
// "**/LICENSE" matches at every depth. Everything else stands for itself, and the whole path must match.
//
// The pattern is run as the set of places where a match may stand, one step a character: the time is
// bounded by the product of both lengths whatever the pattern.
type Glob struct {
	text   string
	prefix string  // what every match begins with
	tokens []token // of the rest; none: a match is the prefix itself
}

// token is one step of a pattern.
type token struct {
	kind byte // literal, one, star, deep, folders
	r    rune
}

const (
	literal = iota
	one     // any character but a slash
	star    // any run without a slash
	deep    // any run
	folders // nothing, or any run that ends in a slash
)

// GlobError says where a pattern is wrong.
type GlobError struct {
	Offset int // byte offset
	Msg    string
}

func (e *GlobError) Error() string { return e.Msg }

// CompileGlob compiles a pattern. Its error is a [*GlobError]: it refuses what would be read differently
// elsewhere or never match a path, so that a rule does not silently apply to nothing.
func CompileGlob(pattern string) (Glob, error) {
	if err := checkGlob(pattern); err != nil {
		return Glob{}, err
	}
	g := Glob{text: pattern}
	wild := strings.IndexAny(pattern, "*?")
	if wild < 0 {
		g.prefix = pattern
		return g, nil
	}
	g.prefix = pattern[:wild]
	for i := wild; i < len(pattern); {
		rest := pattern[i:]
		segment := i == 0 || pattern[i-1] == '/'
		switch {
		case segment && strings.HasPrefix(rest, "**/"):
			g.tokens = append(g.tokens, token{kind: folders})
			i += len("**/")
		case strings.HasPrefix(rest, "**"):
			g.tokens = append(g.tokens, token{kind: deep})
			i += len("**")
		case rest[0] == '*':
			g.tokens = append(g.tokens, token{kind: star})
			i++
		case rest[0] == '?':
			g.tokens = append(g.tokens, token{kind: one})
			i++
		default:
			r, size := utf8.DecodeRuneInString(rest)
			g.tokens = append(g.tokens, token{kind: literal, r: r})
			i += size
		}
	}
	return g, nil
}

func checkGlob(pattern string) error {
	refuse := func(at int, format string, args ...any) error {
		return &GlobError{Offset: at, Msg: fmt.Sprintf(format, args...)}
	}
	switch {
	case pattern == "":
		return refuse(0, "an empty pattern")
	case len(pattern) > maxGlob:
		return refuse(maxGlob, "a pattern of more than %d bytes", maxGlob)
	case pattern[0] == '!':
		return refuse(0, "a pattern cannot be negated")
	case pattern[0] == '/':
		return refuse(0, "paths are relative to the target: drop the leading slash")
	}
	if i := strings.Index(pattern, "***"); i >= 0 {
		return refuse(i, "*** means no more than **")
	}
	at := 0
	for segment := range strings.SplitSeq(pattern, "/") {
		if segment == "" || segment == "." || segment == ".." {
			return refuse(at, "%q is no segment of a path in the target", segment)
		}
		at += len(segment) + 1
	}
	for i, r := range pattern {
		switch {
		case r == '\\':
			return refuse(i, `segments are separated by "/", not by "\"`)
		case r < ' ' || r == 0x7f || r == utf8.RuneError:
			return refuse(i, "%q occurs in no path", r)
		}
	}
	return nil
}

// String gives the pattern.
func (g Glob) String() string { return g.text }

// Match reports whether the whole path matches. The zero Glob matches nothing.
func (g Glob) Match(p string) bool {
	rest, ok := strings.CutPrefix(p, g.prefix)
	if !ok || len(g.tokens) == 0 {
		return ok && rest == "" && g.text != ""
	}
	at, next := make(places, len(g.tokens)+1), make(places, len(g.tokens)+1)
	g.enter(at, 0)
	for _, r := range rest {
		clear(next)
		for i, t := range g.tokens {
			if at[i] {
				g.step(next, i, t, r)
			}
		}
		at, next = next, at
	}
	return at[len(g.tokens)]
}

// places are the tokens that may consume the next character; the last stands for the end.
type places []bool

// enter marks token i, and what follows it where it can stand for nothing.
func (g Glob) enter(p places, i int) {
	for ; !p[i]; i++ {
		p[i] = true
		if i == len(g.tokens) || g.tokens[i].kind == literal || g.tokens[i].kind == one {
			return
		}
	}
}

// step consumes r at token i.
func (g Glob) step(next places, i int, t token, r rune) {
	switch t.kind {
	case literal:
		if r == t.r {
			g.enter(next, i+1)
		}
	case one:
		if r != '/' {
			g.enter(next, i+1)
		}
	case star:
		if r != '/' {
			g.enter(next, i)
		}
	case deep:
		g.enter(next, i)
	case folders:
		next[i] = true // in the midst of a folder's name nothing may follow
		if r == '/' {
			g.enter(next, i+1)
		}
	}
}

// Covers reports whether the glob matches the path or a folder above it.
func (g Glob) Covers(p string) bool {
	for ; p != "." && p != "/" && p != ""; p = path.Dir(p) {
		if g.Match(p) {
			return true
		}
	}
	return false
}
