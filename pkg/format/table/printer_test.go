package table

import (
	"strings"
	"testing"
)

func TestColumns(t *testing.T) {
	for in, want := range map[string]int{"": 0, "abc": 3, "é": 1, "e\u0301": 1, "日本": 4, "ﾊ": 1, "…": 1, "🎉": 2} {
		if got := columns(in); got != want {
			t.Errorf("columns(%q) = %d, want %d", in, got, want)
		}
	}
}

func TestCut(t *testing.T) {
	for _, c := range []struct {
		in               string
		n                int
		head, tail, path string
	}{
		{"abcdef", 6, "abcdef", "abcdef", "abcdef"},
		{"abcdef", 4, "abc…", "…def", "…def"},
		{"日本語", 4, "日…", "…語", "…語"},
		{"日本語", 5, "日本…", "…本語", "…本語"},
		{"aa/bb/cc/dd", 9, "aa/bb/cc…", "…bb/cc/dd", "…/cc/dd"},
		{"abc", 1, "…", "…", "…"},
	} {
		if got := head(c.in, c.n); got != c.head {
			t.Errorf("head(%q, %d) = %q, want %q", c.in, c.n, got, c.head)
		}
		if got := tail(c.in, c.n); got != c.tail {
			t.Errorf("tail(%q, %d) = %q, want %q", c.in, c.n, got, c.tail)
		}
		if got := tailPath(c.in, c.n); got != c.path {
			t.Errorf("tailPath(%q, %d) = %q, want %q", c.in, c.n, got, c.path)
		}
	}
}

func TestBroken(t *testing.T) {
	for _, c := range []struct {
		in      string
		n, rest int
		want    string
	}{
		{"", 5, 5, ""},
		{"aa bb cc", 5, 5, "aa bb|cc"},
		{"aa bb cc", 2, 5, "aa|bb cc"},
		{"abcdefgh", 3, 4, "abc|defg|h"},
		{"a bcdefgh i", 3, 4, "a|bcde|fgh|i"},
		{"日本語 x", 4, 4, "日本|語 x"},
	} {
		if got := strings.Join(broken(c.in, c.n, c.rest), "|"); got != c.want {
			t.Errorf("broken(%q, %d, %d) = %q, want %q", c.in, c.n, c.rest, got, c.want)
		}
	}
}

func TestWindow(t *testing.T) {
	long := strings.Repeat("x", 200)
	for _, c := range []struct {
		line      string
		col, size int
		n         int
		want      string
	}{
		{"a := b", 1, 1, 20, "[a] := b"},
		{"\tkey: 1", 2, 3, 20, " [key]: 1"},
		{"short", 40, 5, 20, "short[]"},
		{"short", -3, -1, 20, "[]short"},
		{"short", 3, 99, 20, "sh[ort]"},
		{long + "MARK" + long, 201, 4, 20, "…xxxxxxxxxxxxxxx[MARK]"},
		{"ab" + long, 3, 200, 20, "ab[xxxxxxxxxxxxxxxxx…]"},
		{"日本 = 1", 1, 6, 20, "[日本] = 1"},
	} {
		before, marked, after := window(c.line, c.col, c.size, c.n)
		if got := before + "[" + marked + "]" + after; got != c.want {
			t.Errorf("window(%.20q, %d, %d, %d) = %q, want %q", c.line, c.col, c.size, c.n, got, c.want)
		}
	}
}
