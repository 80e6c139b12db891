package detect

import (
	"iter"
	"slices"
	"strings"
	"sync"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/spdx"
	"github.com/licet/licet/rules"
)

// A manifest states its license as words, as an object {type, url}, or as a list of these, and each ecosystem has words and habits
// of its own; declared.tsv lists them. A field that holds a whole text is searched as a license file is.

// Meaning is what a declaration means.
type Meaning struct {
	Expr spdx.Expr   // NOASSERTION if it can be read in no way, or in several
	May  []spdx.Expr // what it may mean where that is not clear, as far as it is known: nothing to rely on

	oneOf bool // it means one of these, and says nothing besides
}

// IsClear reports whether a declaration means one thing.
func (m Meaning) IsClear() bool { return !m.Expr.IsNoAssertion() && !m.Expr.IsNone() }

// Declarations reads what the manifests of one ecosystem declare, and remembers it: a lockfile says the same thousands of
// times. It is not to be used by several goroutines at once.
type Declarations struct {
	either bool              // of a list of licenses one may be chosen
	own    map[string]string // words of the ecosystem's own, and the expressions that they stand for
	known  map[string]Meaning
}

// DeclarationsOf gives the reader for an ecosystem, which is named as its reader, the type of its purls or its package manager
// is. One that nobody knows has no words of its own, and every license of a list holds.
func DeclarationsOf(ecosystem string) *Declarations {
	d := &Declarations{own: map[string]string{}, known: map[string]Meaning{}}
	for _, row := range rules.Declared() {
		if row[0] != "either" && row[0] != "own" || !slices.Contains(strings.Fields(row[1]), ecosystem) {
			continue
		}
		if row[0] == "either" {
			d.either = true
		} else {
			d.own[row[2]] = row[3]
		}
	}
	return d
}

// Value reads a field, and gives it back in words. Of an object that names a license and an address the name counts; that of a
// list which says itself how its licenses join is licenselogic (pkg-create(8) of FreeBSD).
func (d *Declarations) Value(n doc.Node) (m Meaning, raw string) {
	switch n.Kind() {
	case doc.Array:
		return d.list(n.Items(), d.either)
	case doc.Object:
		if list := n.Get("licenses"); list.Kind() == doc.Array {
			either := d.either
			if logic := n.Get("licenselogic").Text(); logic != "" {
				either = logic == "or" || logic == "dual"
			}
			return d.list(list.Items(), either)
		}
		for _, key := range []string{"expression", "license", "type", "name", "id", "text", "url"} {
			if v := n.Get(key); v.Kind() != doc.Missing {
				if m, raw := d.Value(v); raw != "" {
					return m, raw
				}
			}
		}
		return Meaning{}, ""
	}
	raw = strings.TrimSpace(n.Text())
	return d.Words(raw), raw
}

// list joins the licenses of a list; null and empty ones are none.
func (d *Declarations) list(items iter.Seq[doc.Node], either bool) (Meaning, string) {
	var all []Meaning
	var raw []string
	for item := range items {
		if m, said := d.Value(item); said != "" {
			all, raw = append(all, m), append(raw, said)
		}
	}
	if all = withoutRefined(distinct(all)); len(all) > mostListed {
		all = []Meaning{{}}
	}
	joint, join := " AND ", spdx.And
	if either {
		joint, join = " OR ", spdx.Or
	}
	return joinMeanings(all, join), strings.Join(raw, joint)
}

// mostListed bounds the licenses of a list: nobody has so many, and what they mean together takes time.
const mostListed = 1000

// distinct leaves out what a list says again.
func distinct(all []Meaning) []Meaning {
	seen := map[string]bool{}
	return slices.DeleteFunc(all, func(m Meaning) bool {
		key := m.Expr.String()
		for _, e := range m.May {
			key += "\n" + e.String()
		}
		if seen[key] {
			return true
		}
		seen[key] = true
		return false
	})
}

// withoutRefined leaves out a name that several licenses have where another item of the list says which one it is: "BSD License",
// "BSD-2-Clause". What was only read in part, "MIT (non-commercial)", says more than any other item does.
func withoutRefined(all []Meaning) []Meaning {
	clear := map[string]bool{}
	for _, m := range all {
		if m.IsClear() {
			clear[m.Expr.Normal().String()] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(all), func(m Meaning) bool {
		return m.oneOf && slices.ContainsFunc(m.May, func(may spdx.Expr) bool { return clear[may.Normal().String()] })
	})
}

// mostMeanings bounds what an unclear list is said to mean.
const mostMeanings = 32

// joinMeanings joins what the parts of a list mean. It is unclear if one of them is.
func joinMeanings(all []Meaning, join func(...spdx.Expr) spdx.Expr) Meaning {
	if len(all) == 0 {
		return Meaning{}
	}
	clear, may := true, [][]spdx.Expr{nil}
	for _, m := range all {
		arms := m.May
		if m.IsClear() {
			arms = []spdx.Expr{m.Expr}
		}
		clear = clear && m.IsClear()
		if len(may)*len(arms) > mostMeanings {
			arms = nil
		}
		var longer [][]spdx.Expr
		for _, before := range may {
			for _, e := range arms {
				longer = append(longer, append(slices.Clone(before), e))
			}
		}
		may = longer
	}
	var out Meaning
	for _, arms := range may {
		out.May = append(out.May, join(arms...).Normal())
	}
	if clear {
		return Meaning{Expr: join(may[0]...)}
	}
	return out
}

// Words reads the words of a field.
func (d *Declarations) Words(s string) Meaning {
	m, ok := d.known[s]
	if !ok {
		m = d.words(s)
		d.known[s] = m
	}
	return m
}

func (d *Declarations) words(s string) Meaning {
	s = strings.TrimSpace(s)
	if rest, ok := strings.CutPrefix(strings.TrimLeft(s, "{ "), ":type"); ok { // of a podspec: { :type => 'MIT', :file => 'LICENSE' }
		s = strings.TrimLeft(rest, " =>")
		if quoted := strings.IndexAny(s, `'"`); quoted == 0 && strings.Count(s, s[:1]) > 1 {
			s, _, _ = strings.Cut(s[1:], s[:1])
		} else {
			s, _, _ = strings.Cut(s, ",")
			s = strings.Trim(s, " }'\"")
		}
	}
	if written, ok := d.own[s]; ok {
		e, _ := spdx.Parse(written)
		return Meaning{Expr: e}
	}
	if m, ok := wordings()[wording(s)]; ok {
		return m
	}
	if e, err := spdx.Parse(s); err == nil {
		return Meaning{Expr: e}
	}
	e, ambiguous := Declared(s)
	if ambiguous {
		if name, ok := CutAcronym(s); ok {
			return d.words(name)
		}
		if len(s) > longestName || strings.Contains(s, "\n") {
			return ofText(s)
		}
	}
	switch {
	case e.IsNoAssertion() || e.IsNone():
		return Meaning{}
	case ambiguous:
		return Meaning{May: []spdx.Expr{e.Normal()}}
	}
	return Meaning{Expr: e}
}

// longestName is how long the name of a license may be, in bytes; what is longer is a text.
const longestName = 150

// ofText gives the licenses of a text, which all hold.
func ofText(s string) Meaning {
	var all []spdx.Expr
	for _, c := range New().File("LICENSE", []byte(s)).Claims {
		if c.Expr.IsNoAssertion() || strings.Contains(c.Expr.String(), UnknownPrefix) {
			return Meaning{}
		}
		all = append(all, c.Expr)
	}
	if len(all) == 0 {
		return Meaning{}
	}
	return Meaning{Expr: spdx.And(all...).Normal()}
}

// CutAcronym takes the short name of a license off that follows the full one in parentheses: "ISC License (ISCL)". Its letters are
// those of the name, in their order; other words say more than the name does: "BSD (Commercial)", "MIT License (GPL-2.0)".
func CutAcronym(s string) (name string, ok bool) {
	name, short, ok := strings.Cut(s, " (")
	short, closed := strings.CutSuffix(short, ")")
	if !ok || !closed || short == "" || len(short) > longestAcronym {
		return "", false
	}
	rest := strings.ToLower(name)
	for _, c := range []byte(short) {
		switch {
		case isDigit(c), strings.IndexByte("-.+ v", c) >= 0: // of a version, which the name need not repeat
		case isASCIILetter(c):
			at := strings.IndexByte(rest, c|0x20)
			if at < 0 {
				return "", false
			}
			rest = rest[at+1:]
		default:
			return "", false
		}
	}
	return strings.TrimSpace(name), true
}

const longestAcronym = 12

// wordings are the names that say something only as the whole of a field.
var wordings = sync.OnceValue(func() map[string]Meaning {
	out := map[string]Meaning{}
	for _, row := range rules.Declared() {
		var m Meaning
		switch row[0] {
		case "whole":
			m.Expr, _ = spdx.Parse(row[1])
		case "may":
			m.oneOf = true
			for one := range strings.SplitSeq(row[1], " | ") {
				e, _ := spdx.Parse(one)
				m.May = append(m.May, e)
			}
		default:
			continue
		}
		for name := range strings.SplitSeq(row[2], " | ") {
			out[wording(name)] = m
		}
	}
	return out
})

// wording gives the words of a name that tell it from others, in lower case and with one blank between them.
func wording(s string) string {
	if len(s) > longestName {
		return ""
	}
	words := strings.FieldsFunc(strings.ToLower(s), func(c rune) bool {
		return c < 0x80 && !isASCIILetter(byte(c)) && !isDigit(byte(c)) && c != '.' && c != '+'
	})
	return strings.Join(slices.DeleteFunc(words, func(w string) bool {
		switch w {
		case "the", "license", "licence", "licenses", "licences", "licensed", "version":
			return true
		}
		return false
	}), " ")
}
