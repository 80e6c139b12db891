package doc_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/licet/licet/pkg/doc"
)

func TestLines(t *testing.T) {
	text := "\xef\xbb\xbfa==1 # why\r\n\n# all\n\tb \\\n   c#d \\\n<<<<<<< HEAD\ne\n"
	var got []string
	for l, err := range doc.Joined(doc.Lines("x", []byte(text))) {
		if err != nil {
			got = append(got, "error "+err.Error())
			continue
		}
		s, u := l.Span(), l.Uncomment("#")
		got = append(got, fmt.Sprintf("%v %d %q %q %q", s, l.Indent, l.Text, u.Text, text[u.Span().Start:u.Span().End]))
	}
	want := []string{
		`x:1:4 0 "a==1 # why" "a==1" "a==1"`,
		`x:3:1 0 "# all" "" ""`,
		`x:4:2 1 "b c#d" "b c#d" "b \\"`,
		"error x:6:1: a merge conflict marker",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want -, got +\n%s", diff)
	}
}

func TestLinePart(t *testing.T) {
	for l := range doc.Lines("x", []byte("one\n  two three\n")) {
		if at := strings.Index(l.Text, "three"); at > 0 {
			if s := l.Part(at, len(l.Text)); s.String() != "x:2:7" || s.Start != 10 || s.End != 15 {
				t.Errorf("got %+v", s)
			}
		}
	}
	if s := (doc.Line{}).Span(); !s.IsZero() {
		t.Errorf("the zero line stands at %v", s)
	}
}
