package detect

import (
	"slices"
	"strings"
	"testing"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/rules"
)

// Each phrase is found, as what it stands for or as what an earlier row makes of the same words.
func TestPhrases(t *testing.T) {
	exceptions := map[string]bool{}
	for _, p := range rules.ExceptionPhrases() {
		if p.ID == anyException {
			continue
		}
		if _, ok := rules.ExceptionByID(p.ID); !ok {
			t.Errorf("%s is no exception", p.ID)
		}
		if findsPhrase(p, RuleException+p.ID) {
			exceptions[p.ID] = true
		}
	}
	for _, x := range rules.Exceptions() {
		if !exceptions[x.ID] && x.ID != "Classpath-exception-2.0-short" { // of which no text is at hand
			t.Errorf("no phrase finds %s", x.ID)
		}
	}
	unlisted := map[string]bool{}
	for _, p := range rules.UnlistedPhrases() {
		if findsPhrase(p, p.ID) {
			unlisted[p.ID] = true
		}
	}
	for _, l := range rules.Unlisted() {
		if !unlisted[l.ID] {
			t.Errorf("no phrase finds %s", l.ID)
		}
	}
	for _, p := range rules.NoticePhrases() {
		if !findsPhrase(p, "notice/"+p.ID) {
			t.Errorf("%s is not found by %q", p.ID, p.Text)
		}
	}
	if n := len(rules.Unlisted()); n < 120 {
		t.Errorf("only %d unlisted licenses have names", n)
	}
}

// findsPhrase reports whether a license file of the phrase alone gives a claim that names the rule or id.
func findsPhrase(p rules.Phrase, want string) bool {
	words := strings.FieldsFunc(p.Text, func(r rune) bool { return r == ' ' })
	words = slices.DeleteFunc(words, func(w string) bool { return w[0] == '~' })
	claims := New().File("LICENSE", []byte(strings.Join(words, " ")+"\n")).Claims
	return slices.ContainsFunc(claims, func(c sbom.Claim) bool {
		return strings.Contains(c.Evidence[0].Rule+" "+c.Expr.String(), want)
	})
}
