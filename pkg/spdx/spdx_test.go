package spdx

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const tables = "../../testdata/spdx"

// table reads the lines of a table of n columns; comments and the line numbers they shift are kept apart.
func table(t testing.TB, name string, n int) (lines []int, cells [][]string) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(tables, name))
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(strings.TrimSuffix(string(data), "\n"), "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) != n {
			t.Fatalf("%s:%d: %d columns, want %d", name, i+1, len(f), n)
		}
		lines, cells = append(lines, i+1), append(cells, f)
	}
	return lines, cells
}

func parse(t testing.TB, s string) Expr {
	t.Helper()
	e, err := Parse(s)
	if err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	return e
}

func TestParse(t *testing.T) {
	lines, cells := table(t, "parse.tsv", 3)
	for i, f := range cells {
		for c := 1; c < 3; c++ {
			if f[c] == "=" {
				f[c] = f[c-1]
			}
		}
		e, err := Parse(f[0])
		if err != nil {
			t.Errorf("parse.tsv:%d: %v", lines[i], err)
			continue
		}
		if got := e.String(); got != f[1] {
			t.Errorf("parse.tsv:%d: prints %s, want %s", lines[i], got, f[1])
		}
		if got := e.Normal().String(); got != f[2] {
			t.Errorf("parse.tsv:%d: normal form %s, want %s", lines[i], got, f[2])
		}
		checkLaws(t, e)
	}
}

// checkLaws holds an expression to what is true of all.
func checkLaws(t testing.TB, e Expr) {
	t.Helper()
	again, err := Parse(e.String())
	if err != nil || again.String() != e.String() {
		t.Errorf("%s reads back as %s, %v", e, again, err)
	}
	n := e.Normal()
	if n.Normal().String() != n.String() {
		t.Errorf("%s has the normal form %s, which has the normal form %s", e, n, n.Normal())
	}
	if !n.Equal(e) || !e.Equal(again) {
		t.Errorf("%s is not equal to itself", e)
	}
	if r := reversed(e); !r.Equal(e) || r.Normal().String() != n.String() {
		t.Errorf("%s has the normal form %s, the other way round %s", e, n, r.Normal())
	}
	if len(e.Terms()) == 0 != (e.IsNone() || e.IsNoAssertion()) {
		t.Errorf("%s has the terms %v", e, e.Terms())
	}
}

// reversed gives e with the operands of every operator in the other order.
func reversed(e Expr) Expr {
	leaf := func(t Term) Expr {
		if t.ID == none {
			return None()
		}
		return Leaf(t)
	}
	return Fold(e, leaf, func(a, b Expr) Expr { return Or(b, a) }, func(a, b Expr) Expr { return And(b, a) })
}

func TestSyntaxErrors(t *testing.T) {
	lines, cells := table(t, "errors.tsv", 3)
	for i, f := range cells {
		s, err := strconv.Unquote(f[0])
		if err != nil {
			t.Fatalf("errors.tsv:%d: %v", lines[i], err)
		}
		e, err := Parse(s)
		var syntax *SyntaxError
		if !errors.As(err, &syntax) {
			t.Errorf("errors.tsv:%d: read as %s", lines[i], e)
			continue
		}
		got := syntax.Msg
		if syntax.Suggestion != "" {
			got += "; did you mean " + syntax.Suggestion + "?"
		}
		if strconv.Itoa(syntax.Offset) != f[1] || got != f[2] {
			t.Errorf("errors.tsv:%d: at %d: %s\nwant at %s: %s", lines[i], syntax.Offset, got, f[1], f[2])
		}
		if syntax.End < syntax.Offset || syntax.End > len(s) {
			t.Errorf("errors.tsv:%d: bytes %d to %d of %d", lines[i], syntax.Offset, syntax.End, len(s))
		}
		if !e.IsNoAssertion() {
			t.Errorf("errors.tsv:%d: an error comes with %s", lines[i], e)
		}
	}
}

func TestEqual(t *testing.T) {
	lines, cells := table(t, "equal.tsv", 3)
	for i, f := range cells {
		a, b := parse(t, f[0]), parse(t, f[2])
		if want := f[1] == "=="; a.Equal(b) != want || b.Equal(a) != want {
			t.Errorf("equal.tsv:%d: Equal is %v", lines[i], !want)
		}
	}
}

func TestAlternatives(t *testing.T) {
	lines, cells := table(t, "alternatives.tsv", 2)
	for i, f := range cells {
		term, ok := parse(t, f[0]).Term()
		if !ok {
			t.Fatalf("alternatives.tsv:%d: not one term", lines[i])
		}
		var got []string
		for _, a := range term.Alternatives() {
			got = append(got, a.String())
			if !slices.Equal(a.Alternatives(), []Term{a}) {
				t.Errorf("alternatives.tsv:%d: %s has further alternatives", lines[i], a)
			}
		}
		if strings.Join(got, ", ") != f[1] {
			t.Errorf("alternatives.tsv:%d: %s", lines[i], strings.Join(got, ", "))
		}
	}
}

func TestBounds(t *testing.T) {
	nest := func(n int) string { return strings.Repeat("(", n) + "MIT" + strings.Repeat(")", n) }
	chain := func(n int) string { return "MIT" + strings.Repeat(" OR MIT", n) }
	for _, ok := range []string{nest(MaxDepth), chain(MaxOperators)} {
		parse(t, ok)
	}
	for _, bad := range []string{
		nest(MaxDepth + 1), chain(MaxOperators + 1), chain(100_000), strings.Repeat("(", 1_000_000),
		strings.Repeat("MIT OR (", 100_000), strings.Repeat("x", 10_000_000), strings.Repeat("LicenseRef-a AND ", 100_000),
	} {
		if _, err := Parse(bad); err == nil || len(err.Error()) > 300 {
			t.Errorf("%.20q...: error %.400v", bad, err)
		}
	}
}

// BenchmarkRefuse shows that what is too large is refused at the cost of looking at it.
func BenchmarkRefuse(b *testing.B) {
	for _, n := range []int{100_000, 200_000, 400_000} {
		bad := "MIT" + strings.Repeat(" OR MIT", n)
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			b.SetBytes(int64(len(bad)))
			for b.Loop() {
				if _, err := Parse(bad); err == nil {
					b.Fatal("accepted")
				}
			}
		})
	}
}

func TestConstruct(t *testing.T) {
	mit, isc := parse(t, "MIT"), parse(t, "ISC")
	both := parse(t, "MIT AND ISC")
	for _, c := range []struct {
		got  Expr
		want string
	}{
		{And(), "NOASSERTION"},
		{And(mit), "MIT"},
		{And(mit, isc), "MIT AND ISC"},
		{And(both, mit), "MIT AND ISC AND MIT"},
		{Or(both, mit), "MIT AND ISC OR MIT"},
		{And(Or(mit, isc), mit), "(MIT OR ISC) AND MIT"},
		{And(mit, None()), "NONE"},
		{Or(mit, Expr{}), "NOASSERTION"},
		{And(None(), Expr{}), "NOASSERTION"},
		{Leaf(Term{ID: "mit"}), "MIT"},
		{Leaf(Term{ID: "gpl-2.0", Plus: true}), "GPL-2.0+"},
		{Leaf(Term{ID: "GPL-2.0-only", Exception: "Classpath-exception-2.0"}), "GPL-2.0-only WITH Classpath-exception-2.0"},
		{Leaf(Term{ID: "LicenseRef-x", Exception: "AdditionRef-y"}), "LicenseRef-x WITH AdditionRef-y"},
		{Leaf(Term{ID: "NONE"}), "NONE"},
		{Leaf(Term{ID: "NOASSERTION"}), "NOASSERTION"},
		{Leaf(Term{ID: "no such license"}), "NOASSERTION"},
		{Leaf(Term{ID: "MIT AND ISC"}), "NOASSERTION"},
		{Leaf(Term{}), "NOASSERTION"},
	} {
		if got := c.got.String(); got != c.want {
			t.Errorf("have %s, want %s", got, c.want)
		}
	}
	if both.String() != "MIT AND ISC" {
		t.Errorf("an operand changed to %s", both)
	}
}

func TestTerms(t *testing.T) {
	e := parse(t, "Zlib AND (MIT OR GPL-2.0 WITH Classpath-exception-2.0) AND MIT AND GPL-2.0")
	want := []Term{{ID: "Zlib"}, {ID: "MIT"}, {ID: "GPL-2.0", Exception: "Classpath-exception-2.0"}, {ID: "GPL-2.0"}}
	if got := e.Terms(); !slices.Equal(got, want) {
		t.Errorf("terms %v, want %v", got, want)
	}
	if got, ok := e.Term(); ok {
		t.Errorf("a compound is the term %v", got)
	}
	if got, ok := None().Term(); ok {
		t.Errorf("NONE is the term %v", got)
	}
	for id, want := range map[string]bool{"MIT": false, "LicenseRef-a": true, "DocumentRef-a:LicenseRef-b": true} {
		if got := (Term{ID: id}).IsRef(); got != want {
			t.Errorf("IsRef of %s is %v", id, got)
		}
	}
	if !(Term{ID: "GPL-2.0", Plus: true}).Equal(Term{ID: "GPL-2.0-or-later"}) || (Term{ID: "MIT"}).Equal(Term{ID: "ISC"}) {
		t.Error("terms are not compared by what they mean")
	}
}

// TestFoldOrder: operands are joined from the left in printed order, each leaf visited once.
func TestFoldOrder(t *testing.T) {
	leaf := func(t Term) string { return t.String() }
	or := func(a, b string) string { return "[" + a + "|" + b + "]" }
	and := func(a, b string) string { return "[" + a + "&" + b + "]" }
	for s, want := range map[string]string{
		"MIT":                            "MIT",
		"NONE":                           "NONE",
		"NOASSERTION":                    "NOASSERTION",
		"Zlib OR MIT OR ISC":             "[[Zlib|MIT]|ISC]",
		"Zlib OR MIT AND ISC AND 0BSD":   "[Zlib|[[MIT&ISC]&0BSD]]",
		"(Zlib OR MIT) AND (ISC OR MIT)": "[[Zlib|MIT]&[ISC|MIT]]",
	} {
		if got := Fold(parse(t, s), leaf, or, and); got != want {
			t.Errorf("%s folds to %s, want %s", s, got, want)
		}
	}
}

func TestJSON(t *testing.T) {
	type document struct {
		License Expr `json:"license"`
		Other   Expr `json:"other,omitzero"`
	}
	d := document{License: parse(t, "MIT OR gpl-2.0+")}
	data, err := json.Marshal(d)
	if err != nil || string(data) != `{"license":"MIT OR GPL-2.0+"}` {
		t.Errorf("encodes as %s, %v", data, err)
	}
	var back document
	if err := json.Unmarshal(data, &back); err != nil || !back.License.Equal(d.License) {
		t.Errorf("decodes as %s, %v", back.License, err)
	}
	var syntax *SyntaxError
	if err := json.Unmarshal([]byte(`{"license":"MIT OR"}`), &back); !errors.As(err, &syntax) || syntax.Offset != 6 {
		t.Errorf("a broken expression decodes with error %v", err)
	}
}

// The words of other languages than SPDX's are sought as ids are.
func TestNearest(t *testing.T) {
	words := []string{"allow", "review", "deny", "GPL-2.0-only"}
	for word, want := range map[string]string{
		"alow": "allow", "ALLOW": "allow", "alolw": "allow", "reveiw": "review", "dney": "deny", "GPL-2": "GPL-2.0-only",
		"permit": "", "": "", "a": "", strings.Repeat("allow", 20): "",
	} {
		if got := Nearest(word, words); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", word, got, want)
		}
	}
}
