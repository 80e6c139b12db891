package ecosystem_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

func TestGraph(t *testing.T) {
	g := ecosystem.Graph{Reader: "test"}
	at := source.Span{Path: "a/lock.json", Line: 3}
	root := g.Root(sbom.Component{Name: "app", Version: "1"}, "a", at)
	lib := g.Add(sbom.Component{Name: "lib", PURL: ecosystem.PURL("cargo", "", "lib", "2")}, "", at)
	g.Depend(root, lib, sbom.Test, "^2", at)
	if root != "file:a#app@1" || lib != "pkg:cargo/lib@2" || len(g.Roots) != 1 || len(g.Relationships) != 1 || g.Components[1].Origin != sbom.OriginManifest {
		t.Errorf("%+v", g)
	}
	for range 2000 {
		g.Lost(at, "write it again", "broken")
	}
	if n := len(g.Gaps); n != 1001 || g.Gaps[n-1].Kind != sbom.Limit || g.Gaps[0].Reader != "test" || !g.Gaps[0].Material {
		t.Errorf("%d gaps, the last %+v", n, g.Gaps[n-1])
	}
}

func TestParse(t *testing.T) {
	files := fstest.MapFS{"whole.json": {Data: []byte(`{"a": 1}`)}, "half.json": {Data: []byte("{\"a\": 1,\n\"b\"")}}
	for _, tt := range []struct {
		file, gap string
		whole     bool
	}{
		{"whole.json", "", true},
		{"half.json", "half.json:2:4: the document ends in the middle", false},
		{"none.json", "none.json: cannot be read: file does not exist", false},
	} {
		g := ecosystem.Graph{Reader: "test"}
		d, whole := g.Parse(files, tt.file, 1<<20, "write it again", doc.JSON)
		got := ""
		for _, gap := range g.Gaps {
			got = gap.Span.String() + ": " + gap.Why
		}
		if whole != tt.whole || got != tt.gap || d == nil || tt.file == "half.json" && d.Root().Get("a").Text() != "1" {
			t.Errorf("%s: whole %v, gap %q, want %v, %q", tt.file, whole, got, tt.whole, tt.gap)
		}
	}
}

func TestPURL(t *testing.T) {
	for _, tt := range []struct{ kind, namespace, name, version, want string }{
		{"pypi", "", "My_Package.Name", "1.0", "pkg:pypi/my-package.name@1.0"},
		{"npm", "@acme", "lib", "1.0.0", "pkg:npm/%40acme/lib@1.0.0"},
		{"maven", "org.acme", "lib", "", "pkg:maven/org.acme/lib"},
		{"github", "Acme", "Lib", "v1", "pkg:github/acme/lib@v1"},
		{"composer", "Acme", "Lib", "1", "pkg:composer/acme/lib@1"},
	} {
		if got := ecosystem.PURL(tt.kind, tt.namespace, tt.name, tt.version); got != tt.want {
			t.Errorf("%s, want %s", got, tt.want)
		}
	}
}

func TestHash(t *testing.T) {
	hex256 := strings.Repeat("0a", 32)
	for _, tt := range []struct{ written, algorithm, hex string }{
		{hex256, "SHA-256", hex256},
		{"sha256:" + strings.ToUpper(hex256), "SHA-256", hex256},
		{"sha256=" + hex256, "SHA-256", hex256},
		{"SHA1-AAAAAAAAAAAAAAAAAAAAAAAAAAA=", "SHA-1", strings.Repeat("0", 40)},
		{"sha512-AAAA", "", ""},
		{"", "", ""},
	} {
		h, ok := ecosystem.Hash(tt.written)
		if ok != (tt.hex != "") || h.Algorithm != tt.algorithm || h.Hex != tt.hex {
			t.Errorf("%q: %+v %v", tt.written, h, ok)
		}
	}
}
