package supplied_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
	"github.com/licet/licet/pkg/ecosystem/supplied"
)

const cases = "../../../testdata/ecosystem/supplied"

func TestCases(t *testing.T) { ecotest.Run(t, supplied.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, supplied.Ecosystem, cases) }

// TestMatch: names tell, or how a document begins.
func TestMatch(t *testing.T) {
	for _, c := range []struct {
		path, head string
		want       bool
	}{
		{"app.cdx.json", "", true},
		{"a/b/app.spdx", "", true},
		{"bom.json", `{"bomFormat": "CycloneDX"`, true},
		{"node_modules/x/bom.json", `{"bomFormat": "CycloneDX"`, true},
		{"bom.json", `{"materials": []`, false},
		{"any.json", `{"spdxVersion": "SPDX-2.3"`, true},
		{"any.json", `{"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"`, true},
		{"any.rdf", `<rdf:RDF xmlns:spdx="http://spdx.org/rdf/terms#">`, true}, {"friends.rdf", `<rdf:RDF xmlns:foaf="http://foaf.example/">`, false}, {"a.spdx.xml", "", true},
		{"package.json", `{"name": "cyclonedx"`, false},
		{"bom.xml", `<bom xmlns="http://cyclonedx.org/schema/bom/1.5">`, true},
		{"bom.xml", `<project>`, false},
		{"opt/bitnami/x/.spdx-x.spdx", `{`, false},
		{".spdx", "", false},
	} {
		if got := supplied.Ecosystem.Match(c.path, 0, []byte(c.head)); got != c.want {
			t.Errorf("%s %s: %v", c.path, c.head, got)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	ecotest.Bench(b, supplied.Ecosystem, func(n int) map[string]string {
		var components, edges strings.Builder
		for i := range n {
			fmt.Fprintf(&components, `,{"bom-ref":"r%d","type":"library","name":"p%d","version":"1","purl":"pkg:npm/p%d@1","licenses":[{"license":{"id":"MIT"}}]}`, i, i, i)
			fmt.Fprintf(&edges, `,{"ref":"r%d","dependsOn":["r%d","r%d"]}`, i, (i+1)%n, i/2)
		}
		return map[string]string{"a.cdx.json": `{"bomFormat":"CycloneDX","specVersion":"1.6","metadata":{"component":{"bom-ref":"r","name":"root","type":"application"}},"components":[` +
			components.String()[1:] + `],"dependencies":[` + edges.String()[1:] + `]}`}
	})
}
