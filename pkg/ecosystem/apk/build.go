package apk

import (
	"context"
	"strings"

	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// build reads the project of an APKBUILD.
func build(ctx context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
	g := &ecosystem.Graph{Reader: name}
	file := p.Files[0]
	data, _ := g.Read(p.FS, file, maxSize)
	v, broken := variables(file, data)
	if !broken.IsZero() {
		g.Lost(broken, "look whether `abuild validate` can read it", "quotes that do not end")
	}
	root, at := p.Unnamed(p.Dir()), source.Span{Path: file}
	if pkg := v["pkgname"]; ecosystem.Printable(pkg.text) {
		root, at = sbom.Component{Name: pkg.text, Homepage: v["url"].text}, pkg.at
		if version := v["pkgver"].text; ecosystem.Printable(version) && !strings.ContainsAny(version, "${}") {
			root.Version = version
			if release := v["pkgrel"].text; ecosystem.Printable(release) {
				root.Version += "-r" + release
			}
		}
		root.PURL = ecosystem.PURL("apk", "alpine", root.Name, root.Version)
	}
	root.Claims = detect.Declaration(v["license"].text, v["license"].at)
	id := g.Root(root, p.Dir(), at)
	known := map[string]bool{root.Name: true}
	var wantedAll []ecosystem.Requirement
	for _, f := range []struct {
		field string
		scope sbom.Scope
	}{
		{"depends", sbom.Runtime}, {"makedepends", sbom.Build}, {"makedepends_build", sbom.Build}, {"makedepends_host", sbom.Build},
		{"checkdepends", sbom.Test}, {"depends_dev", sbom.Development},
	} {
		for word := range strings.FieldsSeq(v[f.field].text) {
			key := wanted(word)
			if known[key] || !ecosystem.Printable(key) || strings.HasPrefix(key, "!") || strings.ContainsAny(key, "$(){}") {
				continue
			}
			known[key] = true
			c := sbom.Component{Name: key, PURL: ecosystem.PURL("apk", "alpine", key, "")}
			wantedAll = append(wantedAll, ecosystem.Requirement{Key: key, Scope: f.scope, Range: word[len(key):], At: v[f.field].at, What: c})
		}
	}
	g.Absent(at, "", "scan a system on which the package is installed", g.Require(id, wantedAll, nil))
	return g.Fragment, ctx.Err()
}
