package gradle

import (
	"maps"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/doc"
)

// The limits of a value: how deep names may refer to each other, and how long it may become, in bytes.
const (
	maxReferences = 20
	maxValue      = 1 << 10
)

// text is the value of an expression if it is a string: one that is written out, a name that is assigned somewhere in
// the build, or several of these joined by plus. ok is false for all else.
func (b *build) text(t doc.Terms) (string, bool) {
	budget := 200
	return b.evaluate(t, 0, &budget)
}

func (b *build) evaluate(t doc.Terms, depth int, budget *int) (string, bool) {
	if *budget--; len(t) == 0 || depth > maxReferences || *budget < 0 {
		return "", false
	}
	var out strings.Builder
	for part := range t.Split("+") {
		s, ok := b.operand(part, depth, budget)
		if !ok || out.Len()+len(s) > maxValue {
			return "", false
		}
		out.WriteString(s)
	}
	return out.String(), true
}

func (b *build) operand(t doc.Terms, depth int, budget *int) (string, bool) {
	for len(t) > 1 && (t[1].IsWord("as") || t[1].IsWord("?:") || t[1].IsWord("!")) {
		t = t[:1] // a cast, or a default for what is not there
	}
	switch n := t[0]; {
	case n.Kind() == doc.String && len(t) == 1, n.Kind() == doc.Number && len(t) == 1:
		return n.Text(), true
	case n.Bracket() == '(' && len(t) == 1:
		return b.evaluate(n.Terms(), depth, budget)
	case n.Kind() != doc.Word:
		return "", false
	case len(t) == 1 && strings.HasPrefix(n.Text(), `"`):
		return b.fill(unquote(n.Text()), depth, budget)
	case len(t) == 1:
		return b.named(n.Text(), depth, budget)
	case len(t) == 2 && t[1].Bracket() != 0: // property("x"), extra["x"], versions["x"], libs.versions.x.get()
		args := t[1].Terms()
		if len(args) == 0 {
			return b.named(n.Text(), depth, budget)
		}
		key, ok := b.evaluate(args[:1], depth+1, budget)
		if !ok {
			return "", false
		}
		word := n.Text()
		if i := strings.LastIndexByte(word, '.'); i >= 0 && t[1].Bracket() == '(' {
			word = word[i+1:]
		}
		if s, ok := b.named(word+"."+key, depth, budget); ok {
			return s, true
		}
		return b.named(key, depth, budget)
	}
	return "", false
}

// unquote takes the quotes off a string into which something is filled.
func unquote(s string) string {
	for _, q := range []string{`"""`, `"`} {
		if strings.HasPrefix(s, q) && strings.HasSuffix(s, q) && len(s) >= 2*len(q) {
			return s[len(q) : len(s)-len(q)]
		}
	}
	return s
}

// fill replaces $name and ${name} in a string.
func (b *build) fill(s string, depth int, budget *int) (string, bool) {
	var out strings.Builder
	for {
		before, rest, ok := strings.Cut(s, "$")
		out.WriteString(before)
		if !ok {
			return out.String(), out.Len() <= maxValue
		}
		word := rest
		if inner, ok := strings.CutPrefix(rest, "{"); ok {
			if word, s, ok = strings.Cut(inner, "}"); !ok {
				return "", false
			}
		} else {
			end := strings.IndexFunc(rest, func(r rune) bool {
				return r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '.'
			})
			if end < 0 {
				end = len(rest)
			}
			word, s = rest[:end], rest[end:]
			if trimmed := strings.TrimRight(word, "."); trimmed != word {
				word, s = trimmed, word[len(trimmed):]+s
			}
		}
		d, err := doc.Code("", []byte(word), doc.Groovy)
		if err != nil {
			return "", false
		}
		value, ok := b.evaluate(d.Root().Terms(), depth+1, budget)
		if !ok {
			return "", false
		}
		out.WriteString(value)
	}
}

// prefixes may stand before the name of a property and mean where to look.
var prefixes = []string{"this.", "project.", "rootProject.", "parent.", "ext.", "extra.", "properties."}

// named is the value of a name: the longest part of it that is assigned counts, "rootProject.ext.versions.junit" is
// "versions.junit".
func (b *build) named(word string, depth int, budget *int) (string, bool) {
	word = strip(word)
	word = strings.TrimSuffix(strings.TrimSuffix(word, ".get"), ".toString")
	if t, ok := b.names[word]; ok {
		if s, ok := b.evaluate(t, depth+1, budget); ok {
			return s, true
		}
	}
	if s, ok := b.texts[word]; ok {
		return s, true
	}
	if of, rest, ok := strings.Cut(word, ".versions."); ok && b.catalogs[of] != nil {
		b.catalogs[of].used = true
		s, ok := b.catalogs[of].versions[rest]
		return s, ok && s != ""
	}
	return "", false
}

// strings are the values of the arguments in a pair of brackets; those that are none are "".
func (b *build) strings(t doc.Terms) []string {
	var out []string
	for _, n := range t {
		for part := range n.Terms().Split(",") {
			if len(part) == 2 && part[0].Kind() == doc.Word && part[1].Bracket() != 0 { // listOf("a", "b")
				out = append(out, b.strings(part[1:])...)
			} else if len(part) == 1 && part[0].Bracket() == '[' {
				out = append(out, b.strings(part)...)
			} else {
				s, _ := b.text(part)
				out = append(out, s)
			}
		}
	}
	return out
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
