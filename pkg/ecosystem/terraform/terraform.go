// Package terraform reads .terraform.lock.hcl, in which Terraform and OpenTofu pin providers.
//
// A block names a provider by its source address, host/namespace/name, with its version, the constraints that led to it,
// and checksums of its archives for each platform. The checksums are not repeated: which of them is that of the
// archive in use depends on the machine.
//
// The format is described at https://developer.hashicorp.com/terraform/language/files/dependency-lock.
package terraform

import (
	"context"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

const (
	name    = "terraform"
	next    = "run `terraform init`"
	maxSize = 16 << 20
)

// Ecosystem is the reader of Terraform's lockfile.
var Ecosystem = &ecosystem.Ecosystem{
	Name: name,
	Doc: `Terraform providers: .terraform.lock.hcl

Components are the providers that the lockfile pins. They are programs that run where the infrastructure is changed: their
scope is runtime. Modules are not pinned by Terraform, and are not read.`,
	Match: ecosystem.Named(".terraform.lock.hcl"),
	Read:  read,
}

func read(ctx context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
	g := &ecosystem.Graph{Reader: name}
	file := p.Files[0]
	d, _ := g.Parse(p.FS, file, maxSize, next, func(file string, data []byte) (*doc.Doc, error) { return doc.Code(file, data, doc.Python) })
	root := g.Root(p.Unnamed(p.Dir()), p.Dir(), source.Span{Path: file})
	for block := range d.Root().Terms().Split("\n") {
		if len(block) != 3 || !block[0].IsWord("provider") || block[2].Bracket() != '{' {
			continue
		}
		fields := map[string]string{}
		for key, value := range block[2].Pairs() {
			fields[key.Text()] = value.Literal().Text()
		}
		parts := strings.Split(block[1].Text(), "/")
		if len(parts) != 3 || !ecosystem.Printable(block[1].Text()) || !ecosystem.Printable(fields["version"]) {
			g.Lost(block[0].Span(), next, "a provider without an address and a version")
			continue
		}
		c := sbom.Component{Name: parts[1] + "/" + parts[2], Version: fields["version"]}
		c.PURL = ecosystem.PURL("terraform", parts[1], parts[2], c.Version, "repository_url", parts[0])
		g.Depend(root, g.Add(c, "", block[1].Span()), sbom.Runtime, fields["constraints"], block[1].Span())
	}
	g.Absent(source.Span{Path: file}, file, next, nil)
	return g.Fragment, ctx.Err()
}
