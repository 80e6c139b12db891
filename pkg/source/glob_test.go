package source

import (
	"errors"
	"strings"
	"testing"
)

func TestGlob(t *testing.T) {
	for _, c := range []struct{ pattern, matches, not string }{
		{"go.mod", "go.mod", "a/go.mod go.mod2 go.mo"},
		{"*", "a go.mod .hidden", "a/b a/"},
		{"**", "a a/b a/b/c", ""},
		{"*.go", "a.go .go", "a/b.go a.gox"},
		{"a/*", "a/b a/", "a a/b/c b/a"},
		{"a/**", "a/b a/b/c a/", "a ab/c"},
		{"**/LICENSE", "LICENSE a/LICENSE a/b/LICENSE", "NOLICENSE a/NOLICENSE LICENSE/a"},
		{"a/**/z", "a/z a/b/z a/b/c/z", "az a/bz a/b/zz"},
		{"a/**/b/**/c", "a/b/c a/x/b/y/c a/b/b/c", "a/c a/b a/xb/c"},
		{"a**z", "az a/b/z abz", "a/b"},
		{"te?t", "test text", "tet te/t"},
		{"?/*", "a/b é/b", "ab/c"},
		{"*/x*y/*", "a/xy/b a/x-y/", "a/b/xy/c a/xyz/b"},
		{"a*b*c", "abc a1b2c abbbc abcbc", "ab ac a/b/c abcb"},
		{"[id].tsx", "[id].tsx", "i.tsx"},
		{"pkg:npm/@acme/*", "pkg:npm/@acme/x", "pkg:npm/@acme/x/y pkg:npm/@acmex/y"},
	} {
		g, err := CompileGlob(c.pattern)
		if err != nil {
			t.Errorf("%s: %v", c.pattern, err)
			continue
		}
		for _, path := range strings.Fields(c.matches) {
			if !g.Match(path) {
				t.Errorf("%s should match %s", c.pattern, path)
			}
		}
		for _, path := range strings.Fields(c.not) {
			if g.Match(path) {
				t.Errorf("%s should not match %s", c.pattern, path)
			}
		}
	}
	if (Glob{}).Match("") {
		t.Error("the zero Glob should match nothing")
	}
}

func TestGlobErrors(t *testing.T) {
	for _, c := range []struct {
		pattern string
		offset  int
		msg     string
	}{
		{"", 0, "an empty pattern"},
		{"!a", 0, "a pattern cannot be negated"},
		{"/a", 0, "paths are relative to the target: drop the leading slash"},
		{"a/***", 2, "*** means no more than **"},
		{"a//b", 2, `"" is no segment of a path in the target`},
		{"a/", 2, `"" is no segment of a path in the target`},
		{"a/../b", 2, `".." is no segment of a path in the target`},
		{"./a", 0, `"." is no segment of a path in the target`},
		{`a\b`, 1, `segments are separated by "/", not by "\"`},
		{"a\x00", 1, `'\x00' occurs in no path`},
		{"a\xff", 1, `'�' occurs in no path`},
		{strings.Repeat("a", 1025), 1024, "a pattern of more than 1024 bytes"},
	} {
		_, err := CompileGlob(c.pattern)
		var bad *GlobError
		if !errors.As(err, &bad) || bad.Offset != c.offset || bad.Msg != c.msg {
			t.Errorf("%q: got %#v, want %d: %s", c.pattern, err, c.offset, c.msg)
		}
	}
}

// matches is the definition, exponential.
func matches(pattern, path string, start bool) bool {
	switch {
	case pattern == "":
		return path == ""
	case start && strings.HasPrefix(pattern, "**/"):
		if matches(pattern[3:], path, true) {
			return true
		}
		for i := range len(path) {
			if path[i] == '/' && matches(pattern[3:], path[i+1:], true) {
				return true
			}
		}
		return false
	case strings.HasPrefix(pattern, "**"):
		return matches(pattern[2:], path, false) || path != "" && matches(pattern, path[1:], false)
	case pattern[0] == '*':
		return matches(pattern[1:], path, false) || path != "" && path[0] != '/' && matches(pattern, path[1:], false)
	case path == "" || pattern[0] == '?' && path[0] == '/' || pattern[0] != '?' && pattern[0] != path[0]:
		return false
	}
	return matches(pattern[1:], path[1:], pattern[0] == '/')
}

// FuzzGlob: on short texts the matcher agrees with the definition, on long ones it ends.
func FuzzGlob(f *testing.F) {
	f.Add("a/**/b*", "a/x/bc")
	f.Add("**/**/*?a", "a/b/ca")
	f.Add("*a*a*a*a*b", strings.Repeat("a", 200))
	f.Fuzz(func(t *testing.T, pattern, path string) {
		g, err := CompileGlob(pattern)
		if err != nil {
			var bad *GlobError
			if !errors.As(err, &bad) || bad.Offset > len(pattern) || bad.Msg == "" {
				t.Fatalf("%q: %#v", pattern, err)
			}
			return
		}
		got := g.Match(path)
		if len(pattern) > 12 || len(path) > 12 || strings.ContainsFunc(pattern+path, func(r rune) bool { return r >= 0x80 }) {
			return
		}
		if want := matches(pattern, path, true); got != want {
			t.Errorf("%q on %q: %v, want %v", pattern, path, got, want)
		}
	})
}

// BenchmarkGlobHostile shows that stars do not multiply.
func BenchmarkGlobHostile(b *testing.B) {
	g, err := CompileGlob(strings.Repeat("*a", 50) + "b")
	if err != nil {
		b.Fatal(err)
	}
	path := strings.Repeat("a", 1000)
	for b.Loop() {
		g.Match(path)
	}
}
