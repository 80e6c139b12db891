package all

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/ecosystem/supplied"
	"github.com/licet/licet/pkg/format"
	"github.com/licet/licet/pkg/policy"
	"github.com/licet/licet/pkg/report"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/scan"
	"github.com/licet/licet/pkg/source"
)

// TestReadBack: what is written as a bill of materials and read back has the same components, scopes, edges, licenses and
// verdicts. What a format cannot say is listed here.
func TestReadBack(t *testing.T) {
	for _, f := range Formats {
		ending := map[string]string{"cyclonedx-json": "cdx.json", "cyclonedx-xml": "cdx.xml", "spdx-json": "spdx.json", "spdx-tag-value": "spdx", "spdx3-json": "spdx3.json"}[f.Name]
		for name, r := range samples() {
			if ending == "" || name == "empty" || name == "hostile" {
				continue // hostile names are shown with their escapes
			}
			t.Run(f.Name+"/"+name, func(t *testing.T) {
				for i := range r.Document.Components { // as a scan would have resolved it
					r.Document.Components[i].FirstParty = false
				}
				r.Document.Resolve()
				data := encode(t, f, r, format.Options{})
				tree := source.FS(fstest.MapFS{"app." + ending: {Data: data}})
				back, err := scan.Run(context.Background(), tree, scan.Options{Ecosystems: []*ecosystem.Ecosystem{supplied.Ecosystem}})
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(essence(f, r), essence(f, back)); diff != "" {
					t.Errorf("read back (-written +read):\n%s", diff)
				}
			})
		}
	}
}

// essence are the lines that must come back.
func essence(f *format.Format, r *report.Report) []string {
	isSPDX := strings.HasPrefix(f.Name, "spdx")
	d := r.Document
	name := func(id sbom.ID) string { // SPDX has no place for the ID of what has no purl
		if c := d.Component(id); c != nil && c.PURL == "" {
			return c.Name + " " + c.Version
		}
		return string(id)
	}
	var out []string
	for i := range d.Components {
		c := &d.Components[i]
		license := c.Concluded.Expr.Normal().String()
		if isSPDX && c.PURL == "pkg:npm/server@1.0.0" {
			license = "" // one of another document, which SPDX 2 can name only with that
		}
		if isSPDX && report.Unknown(c) == "unrecognised" {
			license = "NOASSERTION"
		}
		out = append(out, fmt.Sprintf("component %s %s %s %s", name(c.ID), c.Version, c.Scope, license))
	}
	for _, e := range d.Relationships {
		if e.Kind != sbom.Indirect {
			out = append(out, fmt.Sprintf("edge %s %s", name(e.From), name(e.To)))
		}
	}
	for _, finding := range policy.Evaluate(context.Background(), policy.Default().Policy, d, nil, time.Unix(0, 0)) {
		if c := d.Component(finding.Component); c != nil && !slices.Contains(d.Roots, c.ID) {
			out = append(out, fmt.Sprintf("finding %s %s %s", finding.Severity, finding.Check, name(c.ID)))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
