// Package terraform reads what Terraform and OpenTofu pin providers in, .terraform.lock.hcl, and of their configurations which
// providers these require and which modules they call.
//
// In the lockfile a block names a provider by its source address, host/namespace/name, with its version, the constraints
// that led to it, and checksums of its archives for each platform. The checksums are not repeated: which of them is that of
// the archive in use depends on the machine. A configuration is all files of a folder. Only the folder that is applied has a
// lockfile; the folders of modules that it calls have none, so that a provider that any lockfile of the tree pins is
// taken to be that one.
//
// The formats are described at https://developer.hashicorp.com/terraform/language/files/dependency-lock and
// https://developer.hashicorp.com/terraform/language/providers/requirements, language/modules/sources and language/syntax/json.
package terraform

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

const (
	name     = "terraform"
	lockFile = ".terraform.lock.hcl"
	next     = "run `terraform init`"
	mend     = "mend the file"
	maxSize  = 16 << 20
)

// Ecosystem is the reader of Terraform's providers.
var Ecosystem = &ecosystem.Ecosystem{
	Name: name,
	Doc: `Terraform providers and modules: .terraform.lock.hcl, *.tf, *.tofu, and the same in JSON

Components are the providers that the lockfile pins, those that a configuration requires and no lockfile of the tree pins, and
the modules that it calls from registries, repositories and archives. They run where the infrastructure is changed: their
scope is runtime. No lockfile pins modules: their versions and files are those that terraform init fetched.`,
	Match: func(p string, mode fs.FileMode, _ []byte) bool {
		return ecosystem.Own(p, mode) && (path.Base(p) == lockFile || isConfiguration(p) && !strings.Contains("/"+p, "/.terraform/"))
	},
	Group: func(paths []string) [][]string {
		if len(paths) == 0 {
			return nil
		}
		return [][]string{paths}
	},
	Read: read,
}

func isConfiguration(p string) bool {
	p = strings.TrimSuffix(p, ".json")
	return path.Ext(p) == ".tf" || path.Ext(p) == ".tofu"
}

func isJSON(p string) bool { return path.Ext(p) == ".json" }

// reader reads all configurations of a target.
type reader struct {
	ecosystem.Graph
	*ecosystem.Project
	roots  map[string]sbom.ID // by folder
	locked map[string]bool    // folders with a lockfile
	pinned map[string]bool    // namespace/name, in lower case
}

func read(ctx context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
	r := &reader{Graph: ecosystem.Graph{Reader: name}, Project: p, roots: map[string]sbom.ID{}, locked: map[string]bool{}, pinned: map[string]bool{}}
	folders := map[string][]string{}
	for _, file := range p.Files {
		if path.Base(file) == lockFile {
			r.lock(file)
		} else {
			folders[path.Dir(file)] = append(folders[path.Dir(file)], file)
		}
	}
	for _, dir := range slices.Sorted(maps.Keys(folders)) {
		if err := ctx.Err(); err != nil {
			return r.Fragment, err
		}
		r.configuration(dir, folders[dir])
	}
	return r.Fragment, ctx.Err()
}

// root is the configuration of a folder.
func (r *reader) root(file string) sbom.ID {
	dir := path.Dir(file)
	if r.roots[dir] == "" {
		r.roots[dir] = r.Root(r.Unnamed(dir), dir, source.Span{Path: file})
	}
	return r.roots[dir]
}

// lock reads a lockfile.
func (r *reader) lock(file string) {
	d, _ := r.Parse(r.FS, file, maxSize, next, hcl)
	root := r.root(file)
	r.locked[path.Dir(file)] = true
	var absent []sbom.ID
	for block := range d.Root().Terms().Split("\n") {
		if len(block) != 3 || !block[0].IsWord("provider") || block[2].Bracket() != '{' {
			continue
		}
		fields := map[string]string{}
		for key, value := range block[2].Pairs() {
			fields[key.Text()] = value.Literal().Text()
		}
		a, ok := parse(block[1].Text())
		if !ok || a.host == "" || !ecosystem.Printable(fields["version"]) {
			r.Lost(block[0].Span(), next, "a provider without an address and a version")
			continue
		}
		r.pinned[a.key()] = true
		id := r.Add(a.component(fields["version"]), "", block[1].Span())
		r.Depend(root, id, sbom.Runtime, fields["constraints"], block[1].Span())
		absent = append(absent, id)
	}
	if len(absent) > 0 {
		r.Unavailable(source.Span{Path: file}, next, fmt.Sprintf("the files of %[1]d of %[1]d packages are not on this machine", len(absent)), absent...)
	}
}

func hcl(file string, data []byte) (*doc.Doc, error) { return doc.Code(file, data, doc.HCL) }

// address is the source of a provider: [host/]namespace/name.
type address struct{ host, space, name string }

// parse reads an address. Without a namespace it is one of HashiCorp's.
func parse(s string) (a address, ok bool) {
	parts := strings.Split(s, "/")
	for _, part := range parts {
		if !ecosystem.Printable(part) {
			return a, false
		}
	}
	switch len(parts) {
	case 1:
		return address{"", "hashicorp", parts[0]}, true
	case 2:
		return address{"", parts[0], parts[1]}, true
	case 3:
		return address{parts[0], parts[1], parts[2]}, true
	}
	return a, false
}

func (a address) key() string { return strings.ToLower(a.space + "/" + a.name) }

func (a address) component(version string) sbom.Component {
	c := sbom.Component{Name: a.space + "/" + a.name, Version: version}
	c.PURL = ecosystem.PURL("terraform", a.space, a.name, version, "repository_url", a.host)
	return c
}
