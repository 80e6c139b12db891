package sbom

import (
	"path"
	"slices"
	"strings"
)

// RulePointer begins the rule of evidence for words which say no more than that a license file has the terms; the name of that
// file, LICENSE or another, follows. Where there is a file that is so called, it speaks for itself; where there is none, nobody
// knows the terms: code that was copied without its COPYING says nothing of the LICENSE around it.
const RulePointer = "unknown-text/pointer/"

// IsPointer reports whether all that the claim says is which license file has the terms.
func (c Claim) IsPointer() bool {
	return len(c.Evidence) > 0 && !slices.ContainsFunc(c.Evidence, func(e Evidence) bool { return !strings.HasPrefix(e.Rule, RulePointer) })
}

// PointsInto reports whether all that the claim says is which license file has the terms, and that one of the claims, all those
// about a component, stands in such a file.
func (c Claim) PointsInto(claims []Claim) bool {
	return c.IsPointer() && !slices.ContainsFunc(c.Evidence, func(e Evidence) bool {
		name := strings.TrimPrefix(e.Rule, RulePointer)
		return !slices.ContainsFunc(claims, func(d Claim) bool { return d.Role == RoleLicenseFile && !d.Expr.IsNone() && d.isIn(name) })
	})
}

// isIn reports whether a claim stands in a license file of that name, whatever stands before or behind the name, or in a folder
// of such files.
func (c Claim) isIn(name string) bool {
	american := strings.NewReplacer("LICENCE", "LICENSE")
	return slices.ContainsFunc(c.Evidence, func(e Evidence) bool {
		dir, base := path.Split(e.Span.Path)
		return strings.Contains(american.Replace(strings.ToUpper(path.Base(dir)+"/"+base)), american.Replace(name))
	})
}
