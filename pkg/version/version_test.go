package version

import (
	"errors"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// rows reads a table of testdata/version: fields by tab, "#" for remarks.
func rows(t testing.TB, name string) [][]string {
	t.Helper()
	data, err := os.ReadFile("../../testdata/version/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var out [][]string
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSuffix(line, "\n"); !strings.HasPrefix(line, "#") {
			out = append(out, strings.Split(line, "\t"))
		}
	}
	return out
}

func TestContains(t *testing.T) {
	for _, row := range rows(t, "ranges.tsv") {
		r, err := ParseRange(row[0])
		if err != nil {
			t.Errorf("%s: %v", row[0], err)
			continue
		}
		if got, want := r.Contains(row[1]), row[2] == "yes"; got != want {
			t.Errorf("%s holds %s: got %v, want %v", row[0], row[1], got, want)
		}
		if r.String() != row[0] {
			t.Errorf("%s is printed as %s", row[0], r)
		}
	}
}

func TestParseRangeErrors(t *testing.T) {
	for _, row := range rows(t, "errors.tsv") {
		_, err := ParseRange(row[0])
		var syntax *SyntaxError
		if !errors.As(err, &syntax) {
			t.Errorf("%s: got %v, want a syntax error", row[0], err)
			continue
		}
		if got := []string{row[0], strconv.Itoa(syntax.Offset), syntax.Msg}; !slices.Equal(got, row) {
			t.Errorf("got  %q\nwant %q", got, row)
		}
	}
}

func TestZeroRangeHoldsAll(t *testing.T) {
	if r := (Range{}); !r.Contains("1.0") || !r.Contains("") || !r.Known() {
		t.Error("the zero Range must hold every version")
	}
}

// TestCompare reads rows of versions that ascend; those with an equals sign between them are equal.
func TestCompare(t *testing.T) {
	for _, row := range rows(t, "orders.tsv") {
		scheme := row[0]
		var versions []string
		var ranks []int
		rank := 0
		for i, word := range strings.Fields(row[1]) {
			switch {
			case i%2 == 0:
				versions, ranks = append(versions, word), append(ranks, rank)
			case word == "<":
				rank++
			case word != "=":
				t.Fatalf("%s: %q between versions", scheme, word)
			}
		}
		for i := range versions {
			for j := range versions {
				got, err := Compare(scheme, versions[i], versions[j])
				if err != nil {
					t.Fatalf("%s: %v", scheme, err)
				}
				if want := ranks[i] - ranks[j]; got*want < 0 || (got == 0) != (want == 0) {
					t.Errorf("%s: %s against %s: got %d, want the sign of %d", scheme, versions[i], versions[j], got, want)
				}
			}
		}
	}
}

func TestNoVersions(t *testing.T) {
	for _, row := range []struct{ scheme, none string }{
		{"npm", " one 1.x"}, {"npm", strings.Repeat("1", 300)},
		{"deb", ":1 a:1 1:- 1_2 1- -1 1:"}, {"rpm", "1- a:1 1/2 -1 1-2-3"},
		{"apk", "a 1. 1.a 1ab 1_x 1_rc1a 1-1 1-r 1~ 1~x 1-r1.2 1.0A"},
		{"alpm", "1. 1- 1-a_ :1 a:1 -1 1/2 1-1-1 1-1."}, {"cran", "1. .1 1..0 a 1.0a"},
		{"intdot", "a .1"}, {"generic", "abc -"}, {"datetime", "2026-01-01 10:00"},
		{"cpan", "1.0"}, {"all", "1"}, {"none", "1"},
	} {
		for _, text := range append(strings.Fields(row.none), "") {
			if _, err := Compare(row.scheme, text, text); err == nil {
				t.Errorf("%q is a version of %s", text, row.scheme)
			}
		}
	}
}

func TestSchemes(t *testing.T) {
	if !slices.IsSortedFunc(orders, func(a, b order) int { return strings.Compare(a.scheme, b.scheme) }) || !Known("npm") || !Known("deb") || !Known("none") || Known("cpan") || Known("") {
		t.Error("schemes are not as documented")
	}
}

func TestExactly(t *testing.T) {
	for _, row := range [][3]string{
		{"npm", "1.2.3", "vers:npm/1.2.3"},
		{"npm", "", "vers:npm/*"},
		{"cpan", "1!2%3 4", "vers:cpan/1%212%253%204"},
	} {
		got := Exactly(row[0], row[1])
		if got != row[2] {
			t.Errorf("Exactly(%q, %q) = %s, want %s", row[0], row[1], got, row[2])
		}
		if r, err := ParseRange(got); err != nil || !r.Contains(row[1]) {
			t.Errorf("%s does not hold %q (%v)", got, row[1], err)
		}
	}
}

// FuzzParseRange: no text makes the parser panic, every error has a place inside the text, and a range
// answers about any version.
func FuzzParseRange(f *testing.F) {
	for _, row := range rows(f, "ranges.tsv") {
		f.Add(row[0], row[1])
	}
	for _, row := range rows(f, "errors.tsv") {
		f.Add(row[0], "1.0")
	}
	f.Fuzz(func(t *testing.T, text, v string) {
		r, err := ParseRange(text)
		if err != nil {
			var syntax *SyntaxError
			if !errors.As(err, &syntax) || syntax.Offset < 0 || syntax.Offset > len(text) || syntax.Msg == "" {
				t.Fatalf("%q: error without a place: %v", text, err)
			}
			return
		}
		r.Contains(v)
		for _, c := range r.constraints {
			if got := r.Contains(c.text); got != c.includes() {
				t.Errorf("%q holds %s: %v", text, c.text, got)
			}
		}
	})
}

// FuzzCompare: the orders of our own are orders, whatever stands in a version.
func FuzzCompare(f *testing.F) {
	for _, row := range rows(f, "orders.tsv") {
		words := strings.Fields(row[1])
		f.Add(words[0], words[len(words)/2/2*2], words[len(words)-1])
	}
	sign := func(n int) int { return max(-1, min(1, n)) }
	f.Fuzz(func(t *testing.T, a, b, c string) {
		for i := range orders {
			o := &orders[i]
			if o.compare == nil {
				continue
			}
			va, errA := o.parse(a)
			vb, errB := o.parse(b)
			vc, errC := o.parse(c)
			if errA != nil || errB != nil {
				continue
			}
			if va.Compare(va) != 0 || sign(va.Compare(vb)) != -sign(vb.Compare(va)) {
				t.Errorf("%s: %q and %q: %d and back %d", o.scheme, a, b, va.Compare(vb), vb.Compare(va))
			}
			if errC == nil && va.Compare(vb) <= 0 && vb.Compare(vc) <= 0 && va.Compare(vc) > 0 {
				t.Errorf("%s: %q <= %q <= %q, but not the first and the last", o.scheme, a, b, c)
			}
		}
	})
}
