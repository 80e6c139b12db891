package scan_test

import (
	"context"
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/scan"
	"github.com/licet/licet/pkg/source"
)

// What a reader lists without saying that its files are not at hand is told of all the same, once a file.
func TestAbsent(t *testing.T) {
	list := &ecosystem.Ecosystem{
		Name:  "list",
		Match: func(p string, _ fs.FileMode, _ []byte) bool { return p == "list" },
		Read: func(_ context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
			g := ecosystem.Graph{Reader: "list"}
			root := g.Root(p.Unnamed("."), ".")
			for line, purl := range []string{"pkg:npm/a@1", "pkg:npm/b@2"} {
				at := source.Span{Path: "list", Line: line + 1}
				if line > 0 {
					at = source.Span{Path: "list!/inner/list", Line: 1}
				}
				g.Depend(root, g.Add(sbom.Component{PURL: purl, Name: purl}, "", at), sbom.Test, "", at)
			}
			return g.Fragment, nil
		},
	}
	r, err := scan.Run(context.Background(), source.FS(fstest.MapFS{"list": {}}), scan.Options{Ecosystems: []*ecosystem.Ecosystem{list}})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Document.Gaps) != 1 {
		t.Fatalf("gaps: %v, want one", r.Document.Gaps)
	}
	if g := r.Document.Gaps[0]; g.Kind != sbom.Unavailable || g.Span.Path != "list" || len(g.Components) != 2 || g.Material {
		t.Errorf("gap %+v, want one of two components that do not ship", g)
	}
}
