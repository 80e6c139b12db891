// Package packed reads packages as package managers fetch them, where such files lie in a tree or a cache of it: the gems of
// Ruby (*.gem), the crates of Rust (*.crate), the packages of .NET (*.nupkg); and what those of conda say of themselves.
//
// Each is an archive with a manifest in it that states what it is; the license files lie beside that, and the scan looks for
// them there. A gem is a tar of two packed parts, its specification in YAML and its files; a crate is a packed tar of one
// folder; a package of .NET is a zip.
//
// Such a file is contained in the project around it, unless that one has a lockfile or manifest which leads to the same package: then
// it says for what. What the package needs in turn is not followed: it states ranges, and what was chosen of them lies beside it or
// is told by a lockfile.
//
// References: https://guides.rubygems.org/specification-reference/ and Gem::Package; https://doc.rust-lang.org/cargo/commands/cargo-package.html;
// https://learn.microsoft.com/nuget/reference/nuspec.
package packed

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/archive"
	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// name is the ecosystem's, and the reader's in gaps.
const name = "packed"

// maxManifest is how large a manifest in an archive may be, in bytes.
const maxManifest = 8 << 20

// Ecosystem is the reader of packages as they are fetched.
var Ecosystem = &ecosystem.Ecosystem{
	Name: name,
	Doc: `packages as they are fetched: *.gem, *.crate, *.nupkg; info/index.json in those of conda

Components are the packages, with the license that the specification, Cargo.toml or nuspec in the archive declares; license files
inside are looked for. A package that the project around it does not name is contained in it. What packages need is not followed.`,
	Fetched: true,
	Match: func(p string, mode fs.FileMode, head []byte) bool {
		return ecosystem.Own(p, mode) && formatOf(p) != nil || isConda(p, mode, head)
	},
	Group: func(paths []string) [][]string {
		return ecosystem.GroupBy(paths, func(p string) string { return p })
	},
	Read: read,
}

// format is one kind of archive.
type format struct {
	ending string
	read   func(r *reader) error
}

func formatOf(p string) *format {
	for _, f := range []format{{".gem", (*reader).gem}, {".crate", (*reader).crate}, {".nupkg", (*reader).nupkg}} {
		if strings.HasSuffix(strings.ToLower(p), f.ending) {
			return &f
		}
	}
	return nil
}

// reader reads one archive.
type reader struct {
	*ecosystem.Project
	ecosystem.Graph
	file string
}

func read(ctx context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
	r := &reader{Project: p, Graph: ecosystem.Graph{Reader: name}, file: p.Files[0]}
	f := formatOf(r.file)
	if f == nil {
		f = &format{read: (*reader).conda}
	}
	if err := f.read(r); err != nil {
		r.broken(err)
	}
	return r.Fragment, ctx.Err()
}

var (
	errLarge    = fmt.Errorf("%w: a manifest larger than %d MiB", archive.ErrLimit, maxManifest>>20)
	errSilent   = errors.New("there is no manifest of a package in it")
	errNameless = errors.New("its manifest does not name the package")
)

// broken adds the gap of an archive that cannot be read, and of which no more is known than that it is there.
func (r *reader) broken(err error) {
	at := source.Span{Path: r.file}
	base := path.Base(r.file)
	id := r.Add(sbom.Component{ID: sbom.ID("file:" + source.Dir(r.file) + "#" + base + "@"), Name: base, Origin: sbom.OriginVendored}, "", at)
	gap := sbom.Gap{
		Kind: sbom.Lost, Span: at, Material: true, Why: "the archive cannot be read: " + strings.ToValidUTF8(err.Error(), "\uFFFD"),
		Next: "fetch it again, or exclude it", Components: []sbom.ID{id},
	}
	if errors.Is(err, archive.ErrLimit) {
		gap.Kind, gap.Next = sbom.Limit, "look into the archive yourself"
	}
	r.Gap(gap)
}

// found adds the package, whose files lie in a folder of the archive. file is the one that its manifest names as its license, if it
// names one.
func (r *reader) found(c sbom.Component, folder string, at source.Span, file doc.Node) error {
	if !ecosystem.Printable(c.Name) || !ecosystem.Printable(c.Version) {
		return errNameless
	}
	c.Origin = sbom.OriginVendored
	id := r.Add(c, r.file+"!/"+folder, at)
	if p := file.Text(); p != "" && detect.RoleOf(path.Base(strings.ReplaceAll(p, `\`, "/"))) == sbom.RoleFile {
		r.Gap(sbom.Gap{
			Kind: sbom.Unsupported, Span: file.Span(), Components: []sbom.ID{id}, Next: "read it, and state the license under `clarify`",
			Why: "the license is the file " + ecosystem.Quote(p) + " in the archive, which is not called as license files are and is not read",
		})
	}
	return nil
}

// walk reads the archive as a tar.
func (r *reader) walk(visit func(name string, size int64, content io.Reader) error) error {
	f, err := r.FS.Open(r.file)
	if err != nil {
		return err
	}
	defer f.Close()
	return archive.WalkTar(f, visit)
}

// text reads what is not larger than any manifest.
func text(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxManifest+1))
	if err == nil && len(data) > maxManifest {
		err = errLarge
	}
	return data, err
}

// crate reads the Cargo.toml of the one folder in the archive. Cargo writes it anew when it packs: nothing is inherited any more.
func (r *reader) crate() error {
	var data []byte
	var file string
	err := r.walk(func(entry string, _ int64, content io.Reader) error {
		if path.Base(entry) != "Cargo.toml" || strings.Count(entry, "/") != 1 {
			return nil
		}
		file = entry
		var err error
		if data, err = text(content); err != nil {
			return err
		}
		return io.EOF
	})
	if err != nil {
		return err
	}
	if file == "" {
		return errSilent
	}
	d, err := doc.TOML(source.Join(r.file+"!/", file), data)
	if err != nil {
		r.Broken(r.file, "fetch it again, or exclude it", err)
	}
	p := d.Root().Get("package")
	c := sbom.Component{Name: p.Get("name").Text(), Version: p.Get("version").Text(), Homepage: p.Get("homepage").Text(), Source: p.Get("repository").Text()}
	c.PURL = ecosystem.PURL("cargo", "", c.Name, c.Version)
	c.Claims = declared(p.Get("license"))
	return r.found(c, path.Dir(file), p.Get("name").Span(), p.Get("license-file"))
}

// nupkg reads the nuspec at the top of the archive.
func (r *reader) nupkg() error {
	f, err := r.FS.Open(r.file)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	at, ok := f.(io.ReaderAt)
	if err != nil || !ok {
		return errors.Join(err, errors.New("it cannot be read at random"))
	}
	z, err := zip.NewReader(at, info.Size())
	if err != nil {
		return err
	}
	i := slices.IndexFunc(z.File, func(e *zip.File) bool { return !strings.Contains(e.Name, "/") && strings.HasSuffix(e.Name, ".nuspec") })
	if i < 0 {
		return errSilent
	}
	inner, err := z.File[i].Open()
	if err != nil {
		return err
	}
	defer inner.Close()
	data, err := text(inner)
	if err != nil {
		return err
	}
	d, err := doc.XML(source.Join(r.file+"!/", z.File[i].Name), data)
	if err != nil {
		r.Broken(r.file, "fetch it again, or exclude it", err)
	}
	meta := d.Root().Get("package").Get("metadata")
	c := sbom.Component{
		Name: meta.Get("id").Text(), Version: meta.Get("version").Text(), Supplier: meta.Get("authors").Text(),
		Homepage: meta.Get("projectUrl").Text(), Source: meta.Get("repository").Get("@url").Text(),
	}
	c.PURL = ecosystem.PURL("nuget", "", c.Name, c.Version)
	n, file := meta.Get("license"), doc.Node{}
	if n.Get("@type").Text() == "file" {
		file = n
	} else {
		c.Claims = declared(n)
	}
	return r.found(c, "", meta.Get("id").Span(), file)
}

// gem reads the specification, which is packed for itself. Its lines are no lines of a file: places name the archive.
func (r *reader) gem() error {
	var packed []byte
	var files bool
	err := r.walk(func(entry string, _ int64, content io.Reader) error {
		var err error
		switch entry {
		case "metadata.gz":
			packed, err = text(content)
		case "data.tar.gz":
			files = true
		}
		return err
	})
	if err != nil {
		return err
	}
	if packed == nil {
		return errSilent
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return err
	}
	data, err := text(z)
	if err != nil {
		return err
	}
	d, err := doc.YAML(r.file, data)
	if err != nil {
		return errors.New("its specification is no YAML")
	}
	return r.specification(d.Root(), files)
}
