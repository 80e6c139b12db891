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
	for _, p := range rules.UnlistedPhrases() {
		if !unlisted[p.ID] {
			t.Errorf("no phrase finds %s", p.ID)
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

// What SPDX lists and nobody has the text of is known by a phrase or as the twin of another one.
func TestListedWithoutText(t *testing.T) {
	unread := []string{"BSD-Source-Code-no-disclaimer", "BSD-Source-alt-GPL", "BSD-ask-to-endorse"} // known by their tags and names alone
	known := map[string]bool{}
	for _, p := range rules.UnlistedPhrases() {
		known[p.ID] = true
	}
	for _, c := range rules.Clauses() {
		known[c.Becomes] = true
	}
	for _, l := range rules.Licenses() {
		if _, ok := rules.Text(l.ID); !ok && known[l.ID] == slices.Contains(unread, l.ID) {
			t.Errorf("%s: known by its words: %t", l.ID, known[l.ID])
		}
	}
}

func TestTwinsWithoutText(t *testing.T) {
	for _, c := range []struct{ of, old, new, want string }{
		{"BSD-2-Clause", "following disclaimer.", "following disclaimer in this position and unchanged.", "BSD-2-Clause-pos-unchanged"},
		{"BSD-3-Clause", "THIS SOFTWARE IS", "4. Licensees must not be found altering, obscuring, or replacing any \"Open WebUI\" branding.\n\nTHIS SOFTWARE IS", "BSD-3-Clause-OpenWebUI"},
		{"FDK-AAC", "FDK AAC Codec", "FDK MPEG-H Software", "FDK-MPEG-H"},
	} {
		text, _ := rules.Text(c.of)
		changed := strings.ReplaceAll(text, c.old, c.new)
		if changed == text {
			t.Errorf("%s has no %q", c.of, c.old)
		}
		if r := New().File("LICENSE", []byte(changed)); len(r.Claims) != 1 || r.Claims[0].Expr.String() != c.want {
			t.Errorf("%s with %q: %v, want %s", c.of, c.new, claimed(r), c.want)
		}
	}
	whole, _ := rules.Text("Brian-Gladman-3-Clause")
	before, rest, _ := strings.Cut(whole, "ALTERNATIVELY")
	_, behind, _ := strings.Cut(rest, "DISCLAIMER")
	if r := New().File("LICENSE", []byte(before+"DISCLAIMER"+behind)); len(r.Claims) != 1 || r.Claims[0].Expr.String() != "Brian-Gladman-3-Clause-no-conversion" {
		t.Errorf("without conversion: %v", claimed(r))
	}
}
