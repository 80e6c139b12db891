package cyclonedx

import (
	cdx "github.com/CycloneDX/cyclonedx-go"

	"github.com/licet/licet/pkg/report"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/spdx"
	"github.com/licet/licet/rules"
)

// licenses are the concluded license and, where it is another one and the version allows it beside, the declared one; else
// the declared one comes back as text: whoever reads the list as licenses that all apply must not find one twice. Up to 1.6 the list is either any number of single licenses or
// exactly one expression (schema, licenseChoice); from 1.7 on the two mix. A license that is missing,
// unavailable or unrecognised has no entry: absence of one is no statement, the property is.
func (b builder) licenses(c *sbom.Component) (out *cdx.Licenses, declaredBeside string) {
	var list cdx.Licenses
	if e := c.Concluded.Expr; !isUnknown(e) {
		list = append(list, b.choice(c, e, cdx.LicenseAcknowledgementConcluded))
	}
	if e := report.Declared(c); !isUnknown(e) {
		declared := b.choice(c, e, cdx.LicenseAcknowledgementDeclared)
		if same := e.Equal(c.Concluded.Expr); len(list) > 0 && (same || !b.fits(list[0], declared)) {
			declaredBeside = e.String()
		} else {
			list = append(list, declared)
		}
	}
	if len(list) == 0 {
		return nil, declaredBeside
	}
	return &list, declaredBeside
}

// fits reports whether the version lets the two stand in one list and tells them apart: before 1.6
// there are no acknowledgements, and two entries are two licenses.
func (b builder) fits(concluded, declared cdx.LicenseChoice) bool {
	if b.version >= cdx.SpecVersion1_7 {
		return true
	}
	return b.version == cdx.SpecVersion1_6 && concluded.License != nil && declared.License != nil
}

func isUnknown(e spdx.Expr) bool { return e.IsNone() || e.IsNoAssertion() }

// choice writes one expression: a listed id as such, a LicenseRef- by name and with its text where it is
// at hand, everything else as an expression.
func (b builder) choice(c *sbom.Component, e spdx.Expr, ack cdx.LicenseAcknowledgement) cdx.LicenseChoice {
	if t, ok := e.Term(); ok && !t.Plus && t.Exception == "" {
		return cdx.LicenseChoice{License: b.single(c.Claims, t, ack)}
	}
	choice := cdx.LicenseChoice{Expression: e.String()}
	if ack != "" && b.version >= cdx.SpecVersion1_6 { // the library takes it off single licenses only
		choice.Acknowledgement = &ack
	}
	return choice
}

func (b builder) single(claims []sbom.Claim, t spdx.Term, ack cdx.LicenseAcknowledgement) *cdx.License {
	l := &cdx.License{Acknowledgement: ack}
	if _, ok := rules.LicenseByID(t.ID); ok && !t.Plus && t.Exception == "" {
		l.ID = t.ID
		return l
	}
	l.Name = t.String()
	if text, ok := report.TextOf(b.doc, claims, t); ok {
		l.Text = &cdx.AttachedText{ContentType: "text/plain", Content: text.Body}
	}
	return l
}

// observed are the licenses that the component's files state: one expression as it is, of several the
// leaves, for a list of observations is not an expression.
func (b builder) observed(c *sbom.Component) *cdx.Licenses {
	found := report.Detected(c.Claims)
	switch len(found) {
	case 0:
		return nil
	case 1:
		return &cdx.Licenses{b.choice(c, found[0], "")}
	}
	var list cdx.Licenses
	for _, t := range spdx.And(found...).Terms() {
		list = append(list, cdx.LicenseChoice{License: b.single(c.Claims, t, "")})
	}
	return &list
}
