package registry

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/package-url/packageurl-go"

	"github.com/licet/licet/pkg/archive"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/known"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/scan"
	"github.com/licet/licet/pkg/source"
)

// parcel is what a registry sent for one package.
type parcel struct {
	// sums are digests of what came, by algorithm, in CycloneDX's words.
	sums map[string]string
	// files are the package's; nil if nothing but its manifest was fetched.
	files fs.FS
	// reader is the ecosystem whose reader is given the manifest, which is a file of manifests, with these caches.
	reader, manifest string
	manifests        fs.FS
	caches           map[string]fs.FS
	// module is the folder of Go's cache in which the files lie, "" for all else: of modules the digest is one of the files.
	module string
}

// sums are the digests of bytes.
func sums(data []byte) map[string]string {
	s1, s256, s384, s512 := sha1.Sum(data), sha256.Sum256(data), sha512.Sum384(data), sha512.Sum512(data)
	return map[string]string{
		"SHA-1": hex.EncodeToString(s1[:]), "SHA-256": hex.EncodeToString(s256[:]),
		"SHA-384": hex.EncodeToString(s384[:]), "SHA-512": hex.EncodeToString(s512[:]),
	}
}

// unpacked opens an archive in which one package lies, at its top or in its only folder.
func (p *protocol) unpacked(data []byte) (fs.FS, error) {
	a, err := archive.Open(bytes.NewReader(data), int64(len(data)))
	if err != nil || len(a.Lost()) > 0 {
		return nil, p.odd()
	}
	tree, err := a.Tree()
	if err != nil {
		return nil, p.odd()
	}
	return tree.Lookup(), nil
}

// readFile reads a file of what was sent, if it is of no more than limit bytes.
func readFile(files fs.FS, name string, limit int64) ([]byte, error) {
	f, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = errMuch(limit)
	}
	return data, err
}

// archived fetches an archive in which one package lies, its manifest among its files. told are digests that the registry gives.
func (w *wanted) archived(ctx context.Context, c *client, where, reader, manifest string, told ...sbom.Hash) (*parcel, error) {
	got, err := c.get(ctx, where, "", maxBody)
	if err != nil {
		return nil, err
	}
	out, err := w.parcel(got.data, reader, manifest, told...)
	if err != nil {
		return nil, err
	}
	out.files, err = w.registry.unpacked(got.data)
	return out, err
}

// odd is the error of what is no package: a page that asks to sign in, half an archive, a trap.
func (p *protocol) odd() error {
	return fmt.Errorf("the %s sends something that is no package", p.title)
}

// packed is a file system of a few files. A zip is one already.
func packed(files map[string][]byte) fs.FS {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		f, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err == nil {
			_, err = f.Write(files[name])
		}
		if err != nil {
			return nothing{}
		}
	}
	if w.Close() != nil {
		return nothing{}
	}
	r, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		return nothing{}
	}
	return r
}

// nothing is a file system without files.
type nothing struct{}

func (nothing) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// search makes a known package of a parcel, which is the one by its digest, or by nothing but its name and version.
func (r *Registries) search(ctx context.Context, p *protocol, w *wanted, got *parcel, byName bool) (*known.Package, error) {
	if got.module != "" {
		return r.export(ctx, componentOf(w.Asked, source.JoinRoot("gomod", got.module)), "gomod", below{got.module, got.files})
	}
	c := componentOf(w.Asked, known.Home(w.PURL))
	if byName {
		c.Hashes = []sbom.Hash{{Algorithm: "SHA-256", Hex: got.sums["SHA-256"]}} // a package is kept by a digest, and has none
	}
	if err := r.declare(ctx, p, w, got, &c); err != nil {
		return nil, err
	}
	files := got.files
	if files == nil {
		if len(c.Claims) == 0 {
			return nil, fmt.Errorf("the %s has neither a license in the manifest nor files of some packages", p.title)
		}
		files = got.manifests
	}
	_, dir := source.SplitRoot(known.Home(w.PURL))
	out, err := r.export(ctx, c, "known", below{dir, files})
	if err == nil && byName {
		out.Hashes, out.Named = nil, true
	}
	return out, err
}

// declare lets the reader of the package manager read the manifest, and takes from it what it says of the package.
func (r *Registries) declare(ctx context.Context, p *protocol, w *wanted, got *parcel, c *sbom.Component) error {
	manifests := got.manifests
	if manifests == nil {
		manifests = got.files
	}
	i := slices.IndexFunc(r.Ecosystems, func(e *ecosystem.Ecosystem) bool { return e.Name == got.reader })
	if i < 0 {
		return errors.New("there is no reader of its manifest")
	}
	f, err := r.Ecosystems[i].Read(ctx, &ecosystem.Project{FS: manifests, Files: []string{got.manifest}, Caches: got.caches, Facts: &sbom.Facts{}})
	if err != nil {
		return err
	}
	ecosystem.Clean(got.reader, &f)
	for _, own := range f.Components {
		if !w.isCalled(own) {
			continue
		}
		c.Supplier, c.Homepage, c.Claims = own.Supplier, own.Homepage, own.Claims
		for _, claim := range c.Claims {
			for i := range claim.Evidence {
				e := &claim.Evidence[i]
				_, at := source.SplitRoot(e.Span.Path)
				e.Span.Path = source.Join(c.Occurrences[0].Dir, strings.ReplaceAll(at, "!/", "/"))
			}
		}
		return nil
	}
	return &otherError{"the " + p.title + " sends a package whose manifest has another name"}
}

// isCalled reports whether a manifest's name and version are those of the package: spelled otherwise, perhaps, and the version may be
// left to whoever publishes it.
func (w *wanted) isCalled(own sbom.Component) bool {
	p, err := packageurl.FromString(own.PURL)
	if err != nil || p.Type != w.purl.Type {
		return false
	}
	return strings.EqualFold(p.Namespace, w.purl.Namespace) && strings.EqualFold(p.Name, w.purl.Name) &&
		(p.Version == "" || plainVersion(p.Version) == plainVersion(w.purl.Version))
}

// plainVersion is a version without what package managers spell in several ways: case, a v before it, zeros behind it, what parts it,
// and what it was built by.
func plainVersion(v string) string {
	v, _, _ = strings.Cut(strings.TrimPrefix(strings.ToLower(v), "v"), "+")
	for strings.HasSuffix(v, ".0") {
		v = strings.TrimSuffix(v, ".0")
	}
	return strings.NewReplacer("-", "", "_", "", ".", " ").Replace(v)
}

// componentOf is what was asked for, with its files in that folder.
func componentOf(a known.Asked, dir string) sbom.Component {
	return sbom.Component{
		ID: sbom.ID(a.PURL), PURL: a.PURL, Name: a.Name, Version: a.Version, Type: sbom.TypeLibrary, Hashes: a.Hashes,
		Occurrences: []sbom.Occurrence{{Dir: dir}},
	}
}

// export searches the one package of a cache.
func (r *Registries) export(ctx context.Context, c sbom.Component, cache string, files fs.FS) (*known.Package, error) {
	opt := scan.Options{Ecosystems: r.Ecosystems, Caches: map[string]fs.FS{cache: files}, Workers: 1}
	packages, gaps, err := scan.Export(ctx, source.Files(files), opt, c)
	switch {
	case err != nil:
		return nil, err
	case len(gaps) > 0:
		return nil, &otherError{"of what the registry sends: " + gaps[0].Why}
	case len(packages) != 1:
		return nil, errors.New("the registry sends nothing that can be searched")
	}
	return &packages[0], nil
}

// below is a file system at whose folder dir another one lies.
type below struct {
	dir   string
	files fs.FS
}

// Open opens what lies in the folder; there is nothing beside it.
func (b below) Open(name string) (fs.File, error) {
	if name == b.dir {
		return b.files.Open(".")
	}
	if rest, ok := strings.CutPrefix(name, b.dir+"/"); ok && fs.ValidPath(name) {
		return b.files.Open(rest)
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}
