package annotation

import (
	"fmt"
	"testing"

	"github.com/licet/licet/pkg/source"
)

// matcher is the automaton of patterns in the syntax of REUSE.toml, or of Debian's format.
func matcher(debian bool, patterns ...string) *automaton {
	r := stanzaReader{Set: newSet("debian/copyright", ".", RuleDEP5)}
	for i, p := range patterns {
		if debian {
			r.compile(lineText{text: p, number: 1})
			r.Annotations = append(r.Annotations, Annotation{})
		} else {
			r.paths.add(reusePattern(p), i)
		}
	}
	return &r.paths
}

func TestPatterns(t *testing.T) {
	for _, tt := range []struct {
		debian        bool
		pattern, path string
		want          bool
	}{
		{false, "*.png", "a.png", true},
		{false, "*.png", ".png", true},
		{false, "*.png", "img/a.png", false},
		{false, "img/*", "img/a.png", true},
		{false, "img/*", "img/deep/a.png", false},
		{false, "img/**", "img/deep/a.png", true},
		{false, "img/**", "img", false},
		{false, "**", "a", true},
		{false, "**/a.c", "a.c", true},
		{false, "**/a.c", "x/y/a.c", true},
		{false, "src/**/a.c", "src/a.c", true},
		{false, "src/**/*.c", "src/x/y/z.c", true},
		{false, "a?c", "abc", false}, // no wildcard here
		{false, "a?c", "a?c", true},
		{false, `\*.c`, "*.c", true},
		{false, `\*.c`, "a.c", false},
		{false, `a\\b`, `a\b`, true},
		{false, `\a`, "a", true},
		{false, "[ab].c", "a.c", false},
		{false, "ü*", "über", true},
		{true, "*.in", "Makefile.in", true},
		{true, "*.in", "src/Makefile.in", true},
		{true, "Makefile.in", "src/Makefile.in", false},
		{true, "*/Makefile.in", "a/b/Makefile.in", true},
		{true, "*/Makefile.in", "Makefile.in", false},
		{true, "debian/*", "debian/patches/x", true},
		{true, "foo?bar", "foo bar", true},
		{true, "foo?bar", "foo/bar", true},
		{true, "foo?bar", "fooübar", true},
		{true, "foo?bar", "foobar", false},
		{true, `a\*`, "a*", true},
		{true, `a\*`, "ab", false},
		{true, `a\\b`, `a\b`, true},
		{true, "[ab]", "a", false},
		{true, "./src/*", "src/a.c", true},
		{true, "a.c,", "a.c", true},
	} {
		if got := matcher(tt.debian, tt.pattern).match(tt.path) == 0; got != tt.want {
			t.Errorf("%q matches %q: %v (Debian: %v)", tt.pattern, tt.path, got, tt.debian)
		}
	}
}

// The last annotation that matches counts, in whatever order the paths come.
func TestLastMatches(t *testing.T) {
	m := matcher(true, "*", "src/*", "src/a*", "*.png")
	for _, tt := range []struct {
		path string
		want int
	}{{"x", 0}, {"src/b", 1}, {"src/a", 2}, {"src/x.png", 3}, {"src/b", 1}, {"x/y/z", 0}, {"src/a.png", 3}, {"src/ab", 2}} {
		if got := m.match(tt.path); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.path, got, tt.want)
		}
	}
}

// manyPatterns are n patterns of a kind.
func manyPatterns(n int, format string) []string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprintf(format, i))
	}
	return out
}

// match50000 matches 50,000 paths.
func match50000(m *automaton) {
	for i := range 50_000 {
		m.match(fmt.Sprintf("src/part%d/module%d/file_%d.c", i/5000, i/100, i))
	}
}

// The number of patterns does not multiply the time: what is looked at to make the states stays far below
// the 25 million pairs of a path and a pattern.
func TestManyPatterns(t *testing.T) {
	for _, format := range []string{"src/part1/module%d/*", "**/file_%d.c", "*/module%d/*.h", "**_%d.*", "src/**/file_%d*"} {
		m := matcher(false, manyPatterns(500, format)...)
		match50000(m)
		if m.work > 15_000_000 {
			t.Errorf("%s: %d steps", format, m.work)
		}
	}
}

// Patterns that are made to cost time are given up, and a gap says so.
func TestHostilePatterns(t *testing.T) {
	s := newSet("REUSE.toml", ".", RuleREUSE)
	for i := range 2000 {
		s.pattern(reusePattern(fmt.Sprintf("**a**%d**b**c**d**e**f**g**h", i)), source.Span{Path: "REUSE.toml"})
	}
	for i := range 50_000 {
		s.Match(fmt.Sprintf("a%db%dc%dabcdefgabcdefg%d", i*7919%10007, i, i*31, i))
	}
	if s.paths.work < maxWork || len(s.Gaps) != 1 || !s.Gaps[0].Material {
		t.Errorf("work %d, gaps %+v", s.paths.work, s.Gaps)
	}
}

func BenchmarkMatch(b *testing.B) {
	for _, format := range []string{"src/part1/module%d/*", "**/file_%d.c"} {
		b.Run(format, func(b *testing.B) {
			for b.Loop() {
				match50000(matcher(false, manyPatterns(500, format)...))
			}
		})
	}
}
