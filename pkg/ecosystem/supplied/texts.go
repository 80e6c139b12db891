package supplied

import (
	"encoding/base64"
	"strings"
	"sync"

	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/pkg/spdx"
)

// A document may have the texts of licenses that it names in its own way: LicenseRef-1, "Acme License". What such a text says is searched
// as the text of a file is, and becomes a claim of its own beside the author's, which names what it is the text of. It stands aside: it
// is no statement about the component, but about a name. Package conclude reads the name by it.

// engine searches texts.
var engine = sync.OnceValue(func() *detect.Engine { return detect.New() })

// maxTexts bounds the different texts of a document that are searched, in bytes together. A name whose text lies past it keeps its meaning: none.
const maxTexts = 16 << 20

// maxParts is how many statements one text may make.
const maxParts = 32

// extracted notes the text of a license of the document's own.
func (v *inventory) extracted(id, text field) {
	if v.texts == nil {
		v.texts = map[string]field{}
	}
	v.texts[id.text] = text
}

// withTexts adds to the claims where the document has the texts of its own licenses, and what these say.
func (v *inventory) withTexts(list []sbom.Claim) []sbom.Claim {
	said := map[string]bool{}
	for i, c := range list {
		for _, t := range c.Expr.Terms() {
			text, ok := v.texts[t.ID]
			if !ok || text.at.IsZero() {
				continue
			}
			list[i].Evidence = append(list[i].Evidence, sbom.Evidence{Span: text.at, Rule: sbom.RuleExtracted})
			if !said[t.ID] {
				said[t.ID] = true
				list = append(list, v.says(t.ID, text)...)
			}
		}
	}
	return list
}

// says is the claim of what the text of a name says, if all of it is known.
func (v *inventory) says(name string, text field) []sbom.Claim {
	e := v.meaning(text.text)
	if e.IsNoAssertion() {
		return nil
	}
	return []sbom.Claim{{Basis: sbom.Detected, Kind: "text", Role: sbom.RoleAside, Expr: e, Raw: name,
		Evidence: []sbom.Evidence{{Span: text.at, Rule: sbom.RuleExtracted}}}}
}

// meaning is what a text says: the AND of all that was found in it, NOASSERTION where some of it is not known, or nothing is more than a
// name that it mentions.
func (v *inventory) meaning(text string) spdx.Expr {
	if e, known := v.meanings[text]; known {
		return e
	}
	if v.searched += len(text); v.searched > maxTexts {
		return spdx.Expr{}
	}
	var parts []spdx.Expr
	for _, c := range engine().File("LICENSE", []byte(text)).Claims {
		isUnknown := c.Expr.IsNoAssertion() || strings.HasPrefix(c.Expr.String(), "LicenseRef-")
		if isUnknown || c.Kind == "reference" || len(parts) == maxParts {
			parts = nil
			break
		}
		parts = append(parts, c.Expr)
	}
	e := spdx.Expr{}
	if len(parts) > 0 {
		e = spdx.And(parts...).Normal()
	}
	if v.meanings == nil {
		v.meanings = map[string]spdx.Expr{}
	}
	v.meanings[text] = e
	return e
}

// attached is the text of a license of CycloneDX, which may be in base64 (bom-1.6, attachment).
func attached(n doc.Node) field {
	text := n.Get("content")
	if text.Kind() == doc.Missing {
		text = n
	}
	out := textOf(text)
	if member(n, "encoding").text == "base64" {
		data, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(out.text), ""))
		if err != nil {
			return field{}
		}
		out.text = string(data)
	}
	return out
}

// readByText adds to the claims of one license of CycloneDX what its text says, where its name says nothing that can be read.
func (v *inventory) readByText(list []sbom.Claim, text field) []sbom.Claim {
	if len(list) != 1 || !list[0].Expr.IsNoAssertion() || strings.TrimSpace(text.text) == "" || text.at == (source.Span{}) {
		return list
	}
	list[0].Evidence = append(list[0].Evidence, sbom.Evidence{Span: text.at, Rule: sbom.RuleExtracted})
	return append(list, v.says(list[0].Raw, text)...)
}
