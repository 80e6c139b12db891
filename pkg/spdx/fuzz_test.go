package spdx

import (
	"errors"
	"strconv"
	"strings"
	"testing"
)

// FuzzParse: what can be read prints as what reads back the same; no order of operands shows in the normal
// form; what cannot be read has its place in the text.
func FuzzParse(f *testing.F) {
	_, cells := table(f, "parse.tsv", 3)
	for _, c := range cells {
		f.Add(c[0])
	}
	_, cells = table(f, "errors.tsv", 3)
	for _, c := range cells {
		s, err := strconv.Unquote(c[0])
		if err != nil {
			f.Fatal(err)
		}
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		e, err := Parse(s)
		if err == nil {
			checkLaws(t, e)
			return
		}
		var syntax *SyntaxError
		if !errors.As(err, &syntax) || syntax.Offset < 0 || syntax.Offset > syntax.End || syntax.End > len(s) {
			t.Errorf("%q: %v", s, err)
		}
	})
}

// wide gives n operands of different licenses, joined by AND and OR.
func wide(n int) string {
	ids := []string{"MIT", "gpl-2.0+", "Apache-2.0", "LicenseRef-a", "GPL-2.0 WITH Classpath-exception-2.0", "(ISC OR Zlib AND 0BSD)"}
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString([]string{" OR ", " AND ", " AND "}[i%3])
		}
		b.WriteString(ids[i%len(ids)])
	}
	return b.String()
}

func BenchmarkParse1000(b *testing.B) {
	s := wide(1000)
	for b.Loop() {
		if _, err := Parse(s); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNormal1000(b *testing.B) {
	e := parse(b, wide(1000))
	for b.Loop() {
		e.Normal()
	}
}

func BenchmarkFold1000(b *testing.B) {
	e := parse(b, wide(1000))
	least := func(a, b int) int { return min(a, b) }
	for b.Loop() {
		Fold(e, func(t Term) int { return len(t.ID) }, least, least)
	}
}
