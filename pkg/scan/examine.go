package scan

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// searched is what was learned in one folder of a cache.
type searched struct {
	sbom.Fragment
	texts map[sbom.Digest]sbom.Text
	read  []string // "path sha256" of every file read
}

// visit is one folder of a cache to search, for one component.
type visit struct {
	id  sbom.ID
	dir string
}

// examine searches the folders of components that lie outside the target for license files.
func (s *scanner) examine(ctx context.Context, graph *sbom.Document) []searched {
	var visits []visit
	for _, c := range graph.Components {
		for _, o := range c.Occurrences {
			if root, _ := source.SplitRoot(o.Dir); root != "" {
				visits = append(visits, visit{c.ID, o.Dir})
			}
		}
	}
	out := make([]searched, len(visits))
	parallel(ctx, s.Workers, len(visits), func(i int) {
		out[i].texts = map[sbom.Digest]sbom.Text{}
		guard("detect", source.Span{Path: visits[i].dir}, out[i].lost, func() { s.visit(visits[i], &out[i]) })
	})
	return out
}

func (f *searched) lost(g sbom.Gap) { f.Gaps = append(f.Gaps, g) }

// visit searches one folder.
func (s *scanner) visit(v visit, out *searched) {
	lost := func(kind sbom.GapKind, at string, err error) {
		out.lost(sbom.Gap{
			Kind: kind, Span: source.Span{Path: at}, Reader: "detect", Components: []sbom.ID{v.id},
			Why: reason(err), Next: "let the package manager fetch the package again",
		})
	}
	folder, closer, err := s.open(v.dir)
	if err != nil {
		lost(sbom.Unavailable, v.dir, err)
		return
	}
	defer closer()
	var claims []sbom.Claim
	var copyrights []sbom.Copyright
	err = fs.WalkDir(folder, ".", func(p string, d fs.DirEntry, err error) error {
		role := roleIn(p)
		switch {
		case err != nil:
			return err
		case d.IsDir() && p != "." && !isTextFolder(p) && !s.Deep:
			return fs.SkipDir
		case d.IsDir(), role == sbom.RoleFile && !s.Deep:
			return nil
		}
		at := within(v.dir, p)
		data, err := readBounded(folder, p)
		if err != nil {
			lost(sbom.Lost, at, err)
			return nil
		}
		found := s.engine.File(at, data)
		for _, c := range found.Claims {
			c.Role = role
			claims = append(claims, c)
		}
		copyrights = append(copyrights, found.Copyrights...)
		out.note(at, data, found.Texts)
		return nil
	})
	if err != nil {
		lost(sbom.Lost, v.dir, err)
	}
	out.Components = append(out.Components, component(v.id, v.dir, claims, copyrights))
}

// note keeps the texts that nobody knows, and the digest of what was read.
func (f *searched) note(at string, data []byte, texts map[sbom.Digest]string) {
	for d, body := range texts {
		f.texts[d] = sbom.Text{Body: source.Redact(body), From: source.Span{Path: at}}
	}
	sum := sha256.Sum256(data)
	f.read = append(f.read, at+" "+hex.EncodeToString(sum[:]))
}

// isTextFolder reports whether a folder holds the license texts of the one that it lies in, as the REUSE
// specification has it. In lower case it is more often a package that deals with licenses.
func isTextFolder(dir string) bool {
	name := path.Base(dir)
	return name == "LICENSES" || name == "Licenses"
}

// roleIn is the role of a file by its path in its component's folder. A license file speaks for the
// component only at its top; deeper it speaks for the files around it.
func roleIn(p string) sbom.Role {
	role := detect.RoleOf(p)
	dir := path.Dir(p)
	if isTextFolder(dir) {
		dir = path.Dir(dir)
	}
	if role == sbom.RoleLicenseFile && dir != "." {
		return sbom.RoleFile
	}
	return role
}

// component is the part of a component that the files of one of its folders tell.
func component(id sbom.ID, dir string, claims []sbom.Claim, copyrights []sbom.Copyright) sbom.Component {
	all := make([]int, len(claims))
	for i := range all {
		all[i] = i
	}
	return sbom.Component{
		ID: id, Claims: claims, Copyrights: copyrights,
		Occurrences: []sbom.Occurrence{{Dir: dir, Claims: all}},
	}
}

// open gives the folder that a path names: one of a cache, or one inside a zip archive in a cache.
func (s *scanner) open(dir string) (folder fs.FS, closer func() error, err error) {
	name, rest := source.SplitRoot(dir)
	cache, ok := s.Caches[name]
	if !ok {
		return nil, nil, fmt.Errorf("no cache %q", name)
	}
	archive, inner, ok := source.SplitArchive(rest)
	if !ok {
		folder, err = sub(cache, rest)
		return folder, func() error { return nil }, err
	}
	f, err := cache.Open(archive)
	if err != nil {
		return nil, nil, err
	}
	zr, err := unzip(f)
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	folder, err = sub(zr, inner)
	return folder, f.Close, err
}

// sub is a folder of fsys; it fails if there is none.
func sub(fsys fs.FS, dir string) (fs.FS, error) {
	dir = path.Clean(strings.TrimPrefix(dir, "/"))
	info, err := fs.Stat(fsys, dir)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, &fs.PathError{Op: "open", Path: dir, Err: fmt.Errorf("not a folder")}
	}
	return fs.Sub(fsys, dir)
}

// unzip reads the directory of an archive.
func unzip(f fs.File) (*zip.Reader, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	at, ok := f.(io.ReaderAt)
	if !ok {
		return nil, fmt.Errorf("%s: cannot be read at random", info.Name())
	}
	return zip.NewReader(at, info.Size())
}

// readBounded reads a license file, refusing one that is larger than any license.
func readBounded(fsys fs.FS, p string) ([]byte, error) {
	f, err := fsys.Open(p)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, window+1))
	if err == nil && len(data) > window {
		err = fmt.Errorf("more than the %d MiB that are read of such a file", window>>20)
	}
	return data, err
}

// within is the path of a file in a folder, with no dot where the folder is a cache's own top.
func within(dir, p string) string {
	if root, rest := source.SplitRoot(dir); rest == "." {
		return source.JoinRoot(root, p)
	}
	return dir + "/" + p
}
