package executable

import (
	"bytes"
	"compress/zlib"
	"errors"
	"io"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// cargoCache is the folder in which Cargo unpacks what it downloads: one folder a registry, in each one folder a package.
const cargoCache = "cargo"

// maxCrates is how many packages one program is believed to hold.
const maxCrates = 100_000

// readRust reads the section of cargo-auditable, if there is one.
func (r *reader) readRust(img *image) error {
	packed, err := img.content(".dep-v0")
	if err != nil || packed == nil {
		return err
	}
	z, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		return err
	}
	data, err := io.ReadAll(io.LimitReader(z, maxInflated+1))
	if err == nil && len(data) > maxInflated {
		return errLarge
	}
	if err != nil {
		return err
	}
	d, err := doc.JSON(r.file, data)
	if err != nil {
		return errors.New("it is no JSON")
	}
	list := d.Root().Get("packages")
	if list.Kind() != doc.Array {
		return errors.New("it has no list of packages")
	}
	return r.crates(list)
}

// crate is one package of the list.
type crate struct {
	doc.Node
	id    sbom.ID
	build bool
}

// crates adds the packages and the edges between them, which name each other by their numbers in the list.
func (r *reader) crates(list doc.Node) error {
	var all []crate
	root := -1
	for n := range list.Items() {
		if len(all) >= maxCrates {
			return errLarge
		}
		if n.Get("root").Text() == "true" && root < 0 {
			root = len(all)
		}
		all = append(all, crate{Node: n, build: n.Get("kind").Text() == "build"})
	}
	if root >= 0 { // first: whether the program is of this tree says whose its local packages are
		if err := r.addCrate(&all[root], true); err != nil {
			return err
		}
	}
	for i := range all {
		if i == root {
			continue
		}
		if err := r.addCrate(&all[i], false); err != nil {
			return err
		}
	}
	if root < 0 { // all are listed, but which of them is the program is not said
		program := r.product(path.Base(r.file), "", sbom.Component{})
		for _, c := range all {
			r.hold(program, c.id, scopeOf(c))
		}
	}
	for i, from := range all {
		for n := range from.Get("dependencies").Items() {
			to, err := strconv.Atoi(n.Text())
			if err != nil || to < 0 || to >= len(all) {
				return errors.New("a package needs one that is not in the list")
			}
			e := sbom.Relationship{From: from.id, To: all[to].id, Scope: scopeOf(all[to]), Found: []source.Span{r.at()}}
			if all[to].build && all[i].build {
				e.Scope = sbom.Runtime // what a build script needs when it runs
			}
			if e.Scope == sbom.Runtime && !all[to].build {
				e.Linkage = sbom.Static
			}
			if e.From != e.To {
				r.Relationships = append(r.Relationships, e)
			}
		}
	}
	return nil
}

func scopeOf(c crate) sbom.Scope {
	if c.build {
		return sbom.Build
	}
	return sbom.Runtime
}

// addCrate adds one package; where the root is the project around the program, the program in its stead.
func (r *reader) addCrate(p *crate, root bool) error {
	crateName, version := p.Get("name").Text(), p.Get("version").Text()
	if !ecosystem.Printable(crateName) || !ecosystem.Printable(version) {
		return errors.New("a package in it has no name or no version")
	}
	c := sbom.Component{Name: crateName, Version: version, PURL: ecosystem.PURL("cargo", "", crateName, version), Origin: sbom.OriginEmbedded}
	if root {
		c.Type = sbom.TypeApplication
		if r.above("Cargo.toml", func(data []byte) bool { return named(data, crateName) }) {
			r.own, c.Origin = true, ""
			p.id = r.product(crateName, version, c)
			return nil
		}
	}
	dir := r.crateFolder(&c)
	p.id = r.Add(c, dir, r.at())
	if dir == "" && !(r.own && p.Get("source").Text() == "local") { // a member of the workspace, as the root is
		r.absent = append(r.absent, p.id)
	}
	return nil
}

// named reports whether a Cargo.toml is that of a package.
func named(manifest []byte, crateName string) bool {
	d, _ := doc.TOML("Cargo.toml", manifest)
	return d != nil && d.Root().Get("package").Get("name").Text() == crateName
}

// crateFolder finds the files of a package in the cache, and adds what its manifest declares; "" if they are not there.
func (r *reader) crateFolder(c *sbom.Component) string {
	cache := r.Caches[cargoCache]
	folder := c.Name + "-" + c.Version
	if cache == nil || strings.ContainsAny(folder, `/\`) {
		return ""
	}
	registries, err := fs.ReadDir(cache, ".")
	if err != nil {
		return ""
	}
	for _, registry := range registries {
		file := path.Join(registry.Name(), folder, "Cargo.toml")
		data, err := ecosystem.ReadFile(cache, file, maxManifest)
		if err != nil {
			continue
		}
		d, _ := doc.TOML(source.JoinRoot(cargoCache, file), data)
		n := d.Root().Get("package").Get("license")
		c.Claims = detect.Declaration(n.Text(), n.Span())
		return source.JoinRoot(cargoCache, path.Join(registry.Name(), folder))
	}
	return ""
}
