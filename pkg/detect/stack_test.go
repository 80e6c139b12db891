package detect

import (
	"strings"
	"testing"

	"github.com/licet/licet/rules"
)

// The texts of a stack one below the other, each under a title, are the whole.
func TestStacks(t *testing.T) {
	for _, s := range rules.Stacks() {
		var parts []string
		for _, id := range s.Of {
			text, ok := rules.Text(id)
			if !ok {
				t.Fatalf("no text of %s", id)
			}
			parts = append(parts, text)
		}
		r := New().File("LICENSE", []byte(strings.Join(parts, "\n\nTHE NEXT ONE\n------------\n\n")))
		if len(r.Claims) != 1 || r.Claims[0].Expr.String() != s.Becomes {
			t.Errorf("%v: %v, want %s", s.Of, claimed(r), s.Becomes)
		}
	}
}
