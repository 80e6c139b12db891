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

func TestCompare(t *testing.T) {
	// each row ascends
	for _, row := range []struct{ scheme, ascending string }{
		{"npm", "1.0.0-alpha 1.0.0-alpha.1 1.0.0-rc.2 1.0.0-rc.10 1.0.0 1.0.1 1.10.0"},
		{"golang", "v0.0.0-20250101000000-0123456789ab v0.0.1 v1.0.0-rc.1 v1.0.0 1.2.0"},
		{"pypi", "1.0.dev1 1.0a1 1.0rc1 1.0 1.0.post1 1.1 1!0.1"},
		{"maven", "1.0-alpha-1 1.0-SNAPSHOT 1.0 1.0-sp1 1.0.1 1.10"},
		{"gem", "1.0.pre 1.0 1.0.0.1 1.1"},
		{"nuget", "1.0.0-alpha 1.0.0 1.0.0.1 1.1.0"},
		{"composer", "1.0.0-alpha1 1.0.0-beta1 1.0.0-RC1 1.0.0 1.0.1"},
		{"cargo", "0.1.0-pre 0.1.0 0.2.0"},
		{"semver", "1.0.0-1 1.0.0-a 1.0.0"},
	} {
		versions := strings.Fields(row.ascending)
		for i := range versions {
			for j := range versions {
				got, err := Compare(row.scheme, versions[i], versions[j])
				if err != nil {
					t.Fatalf("%s: %v", row.scheme, err)
				}
				if want := i - j; got*want < 0 || (got == 0) != (want == 0) {
					t.Errorf("%s: %s against %s: got %d, want the sign of %d", row.scheme, versions[i], versions[j], got, want)
				}
			}
		}
	}
	for _, bad := range [][3]string{{"deb", "1", "2"}, {"npm", "", "1"}, {"npm", "1", "one"}, {"npm", "1", strings.Repeat("1", 300)}} {
		if _, err := Compare(bad[0], bad[1], bad[2]); err == nil {
			t.Errorf("Compare(%q): no error", bad)
		}
	}
	if !slices.IsSorted(Schemes()) || !Known("npm") || Known("deb") {
		t.Error("schemes are not as documented")
	}
}

func TestExactly(t *testing.T) {
	for _, row := range [][3]string{
		{"npm", "1.2.3", "vers:npm/1.2.3"},
		{"npm", "", "vers:npm/*"},
		{"deb", "1!2%3 4", "vers:deb/1%212%253%204"},
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
