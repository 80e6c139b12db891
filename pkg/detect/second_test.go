package detect

import (
	"testing"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/rules"
)

// Where the second opinion is another one both are kept, and less is claimed.
func TestConfirm(t *testing.T) {
	body, _ := rules.Text("MIT")
	for _, tt := range []struct {
		id       string
		evidence int
		coverage float64 // at most
	}{
		{"MIT", 2, 0.9},
		{"BSD-2-Clause", 2, 0.6},
	} {
		r := reading{work: new(workspace), path: "LICENSE", role: sbom.RoleLicenseFile, text: []byte(body)}
		var words wordText
		words.read(r.text, 0, len(r.text))
		m := textMatch{pattern: &pattern{id: tt.id, kind: "text"}, to: words.len(), coverage: 0.9}
		got := r.confirm(&words, m, []sbom.Evidence{{Rule: "text/" + tt.id, Coverage: m.coverage}})
		if len(got) != tt.evidence || got[1].Rule != "licensecheck/MIT" || got[0].Coverage > tt.coverage || tt.id == "MIT" && got[0].Coverage != 0.9 {
			t.Errorf("%s: %+v", tt.id, got)
		}
	}
}
