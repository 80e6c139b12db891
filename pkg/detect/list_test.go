package detect

import (
	"slices"
	"strings"
	"testing"

	"github.com/licet/licet/rules"
)

// twins maps licenses to those with the same words, of which detection names the first: current ids
// before deprecated ones, "-only" before "-or-later", else the shortest.
func twins() map[string][]string {
	out := map[string][]string{}
	for line := range strings.Lines(rules.Patterns()) {
		f := strings.Split(line, "\t")
		if f[1] == "text" {
			ids := strings.Split(f[0], ",")
			for _, id := range ids {
				out[id] = append(out[id], ids[0])
			}
		}
	}
	return out
}

// Every text of the list is its own license, or the twin that stands for it, and nothing else.
func TestListedTexts(t *testing.T) {
	names := twins()
	exact, twin, total := 0, 0, 0
	for _, l := range rules.Licenses() {
		text, ok := rules.Text(l.ID)
		if !ok {
			continue
		}
		total++
		r := New().File("LICENSE", []byte(text))
		if len(r.Claims) != 1 {
			t.Errorf("%s: %d claims, want one: %v", l.ID, len(r.Claims), claimed(r))
			continue
		}
		c := r.Claims[0]
		_, exception, combined := strings.Cut(l.Successor, " WITH ")
		if combined && (c.Kind == "exception" && c.Raw == exception || strings.HasSuffix(c.Expr.String(), " WITH "+exception)) {
			twin++
			continue
		}
		id := strings.TrimPrefix(c.Evidence[0].Rule, "text/")
		switch {
		case c.Kind != "text" || c.Evidence[0].Coverage != 1:
			t.Errorf("%s: %v", l.ID, claimed(r))
		case id == l.ID:
			exact++
		case slices.Contains(names[l.ID], id):
			twin++
		default:
			t.Errorf("%s is taken for %s", l.ID, id)
		}
	}
	t.Logf("%d texts: %d as themselves, %d as the twin that stands for them", total, exact, twin)
	if total < 700 {
		t.Errorf("only %d texts", total)
	}
}

func claimed(r Result) []string {
	var out []string
	for _, c := range r.Claims {
		out = append(out, c.Evidence[0].Rule)
	}
	return out
}

// A text is known with another layout and other holders: in a comment, rewrapped, in capitals.
func TestListedTextsDressed(t *testing.T) {
	for _, id := range []string{"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "EPL-2.0", "GPL-2.0-only", "GPL-3.0-only", "ISC", "LGPL-2.1-only",
		"MIT", "MPL-2.0", "Zlib"} {
		text, _ := rules.Text(id)
		for name, dress := range map[string]func(string) string{
			"C comment":      func(s string) string { return "/*\n * " + strings.ReplaceAll(s, "\n", "\n * ") + "\n */\n" },
			"Python comment": func(s string) string { return "# " + strings.ReplaceAll(s, "\n", "\n# ") + "\n" },
			"CRLF":           func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") },
			"byte order":     func(s string) string { return "\ufeff" + s },
			"capitals":       strings.ToUpper,
			"quotes":         func(s string) string { return strings.NewReplacer(`"`, "”", "'", "’", "--", "—").Replace(s) },
			"wrapped":        rewrap,
		} {
			r := New().File("LICENSE", []byte(dress(text)))
			if len(r.Claims) != 1 || r.Claims[0].Expr.String() != id {
				t.Errorf("%s as %s: %v", id, name, claimed(r))
			}
		}
	}
}

// rewrap breaks the lines of each paragraph anew.
func rewrap(s string) string {
	var b strings.Builder
	for paragraph := range strings.SplitSeq(s, "\n\n") {
		if strings.Contains(strings.ToLower(paragraph), "copyright (c)") {
			b.WriteString(paragraph + "\n\n") // one statement a line
			continue
		}
		n := 0
		for word := range strings.FieldsSeq(paragraph) {
			if n += len(word) + 1; n > 60 {
				b.WriteString("\n")
				n = len(word)
			}
			b.WriteString(word + " ")
		}
		b.WriteString("\n\n")
	}
	return b.String()
}
