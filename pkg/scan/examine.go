package scan

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// searched is what was learned in one folder of a cache.
type searched struct {
	dir   string
	known bool // the folder is not on this machine
	files []sbom.FileFacts
	texts map[sbom.Digest]sbom.Text
	gaps  []sbom.Gap
}

// visit is one folder of a cache, and the component whose files lie there.
type visit struct {
	id       sbom.ID
	dir      string
	declared bool        // its manifest states a license
	digest   sbom.Digest // that the archive must have in which the folder is; "" for any
}

// examine searches the folders of components that lie outside the target, or in an archive, for license files,
// wherever in them they stand. Of those that npm laid into the target the walk met them.
func (s *scanner) examine(ctx context.Context, m *met, graph *sbom.Document) []searched {
	var visits []visit
	licensed := m.licensed()
	for _, c := range graph.Components {
		declared := slices.ContainsFunc(c.Claims, isDeclared)
		for _, o := range c.Occurrences {
			_, _, packed := s.split(o.Dir)
			silent := !s.Deep && !declared && installed(o.Dir+"/") && !licensed[o.Dir]
			if packed || silent || !ofTarget(o.Dir) {
				visits = append(visits, visit{c.ID, o.Dir, declared, o.Digest})
			}
		}
	}
	release := s.foresee(func() {
		parallel(ctx, s.Workers, len(visits), func(i int) {
			if ofTarget(visits[i].dir) {
				again := searched{texts: map[sbom.Digest]sbom.Text{}}
				guard("detect", source.Span{}, func(sbom.Gap) {}, func() { s.visit(ctx, visits[i], &again) })
			}
		})
	})
	defer release()
	out := make([]searched, len(visits))
	parallel(ctx, s.Workers, len(visits), func(i int) {
		out[i].texts = map[sbom.Digest]sbom.Text{}
		lost := func(g sbom.Gap) { out[i].gaps = append(out[i].gaps, g) }
		out[i].dir = visits[i].dir
		if p := s.known[visits[i].dir]; p != nil && sbom.ID(p.PURL) == visits[i].id {
			out[i].known, out[i].files, out[i].texts = true, p.Files, p.Texts
			return
		}
		guard("detect", source.Span{Path: visits[i].dir}, lost, func() { s.visit(ctx, visits[i], &out[i]) })
	})
	return out
}

// licensed are the folders in node_modules for which a license file states something.
func (m *met) licensed() map[string]bool {
	out := map[string]bool{}
	for _, f := range m.files {
		if installed(f.Path) && isLicensing(f) {
			out[homeOf(f.Path)] = true
		}
	}
	return out
}

// isLicensing reports whether a license file states anything.
func isLicensing(f sbom.FileFacts) bool {
	return slices.ContainsFunc(f.Claims, func(c sbom.Claim) bool { return c.Role == sbom.RoleLicenseFile })
}

// isDeclared reports whether a manifest states a license. What others say in a bill of materials spares nobody to look.
func isDeclared(c sbom.Claim) bool {
	return c.Basis == sbom.Declared && !c.IsSupplied() && !c.Expr.IsNone()
}

// isSilent reports whether neither the manifest nor a license file of the component states anything. One deeper down speaks
// for what lies around it.
func isSilent(v visit, found *searched) bool {
	return !v.declared && !slices.ContainsFunc(found.files, func(f sbom.FileFacts) bool { return isLicensing(f) && homeOf(f.Path) == v.dir })
}

// visit searches one folder. A cache's own top is not a package's: of it only the files are looked at.
//
// A package without a license file may state its license in each of its files, and "no license is stated" can be said only of
// one whose files were read. So where all else is silent, these are read.
func (s *scanner) visit(ctx context.Context, v visit, out *searched) {
	lost := func(at string, err error) {
		gap := sbom.Gap{
			Kind: sbom.Lost, Span: source.Span{Path: at}, Reader: "detect", Components: []sbom.ID{v.id},
			Why: reason(err), Next: "let the package manager fetch the package again",
		}
		switch {
		case errors.Is(err, fs.ErrNotExist):
			gap.Kind = sbom.Unavailable
		case errors.Is(err, errTooLarge):
			gap.Kind, gap.Next = sbom.Limit, "look into the file yourself"
			if detect.RoleOf(at) == sbom.RoleFile {
				gap.Components = nil // what their licenses are does not depend on it
			}
		}
		out.gaps = append(out.gaps, gap)
	}
	name, rest := source.SplitRoot(v.dir)
	if _, _, packed := s.split(v.dir); packed {
		s.visitArchive(ctx, v, out, lost)
		return
	}
	cache, ok := s.Caches[name]
	if name == "" {
		cache, ok = s.files, true
	}
	if !ok {
		lost(v.dir, fmt.Errorf("no cache %q", name))
		return
	}
	folder, err := sub(cache, rest)
	if err != nil {
		lost(v.dir, err)
		return
	}
	walk := func(wanted func(sbom.Role) bool) {
		err = fs.WalkDir(folder, ".", func(p string, d fs.DirEntry, err error) error {
			at := source.Join(v.dir, p)
			switch {
			case ctx.Err() != nil:
				return fs.SkipAll
			case err != nil:
				lost(at, err)
				return nil
			case d.IsDir() && p != "." && (rest == "." || name == "" && d.Name() == "node_modules"), name == "" && s.excluded(at):
				return skip(d)
			case d.IsDir(), !d.Type().IsRegular(), !wanted(detect.RoleOf(p)):
				return nil
			}
			data, err := readBounded(folder, p)
			if err != nil {
				lost(at, err)
				return nil
			}
			s.take(at, data, out)
			return nil
		})
		if err != nil {
			lost(v.dir, err)
		}
	}
	if name != "" {
		walk(func(r sbom.Role) bool { return s.Deep || r != sbom.RoleFile })
	}
	if !s.Deep && rest != "." && isSilent(v, out) {
		walk(func(r sbom.Role) bool { return r == sbom.RoleFile })
	}
}

// skip passes over a folder with all in it, or over a file.
func skip(d fs.DirEntry) error {
	if d.IsDir() {
		return fs.SkipDir
	}
	return nil
}

// take notes what a file of a dependency states.
func (s *scanner) take(at string, data []byte, out *searched) {
	found := s.detect(at, data)
	sum := sha256.Sum256(data)
	out.files = append(out.files, sbom.FileFacts{
		Path: at, Size: int64(len(data)), SHA256: hex.EncodeToString(sum[:]),
		Claims: found.Claims, Copyrights: found.Copyrights,
	})
	for d, body := range found.Texts {
		keepText(out.texts, d, sbom.Text{Body: body, From: source.Span{Path: at}})
	}
}

// detect searches bytes for statements. What a file asks to pass over is listed and has no say; what
// looks like a secret does not get further than here.
func (s *scanner) detect(p string, data []byte) detect.Result {
	found := s.engine.File(p, data)
	for _, c := range found.Hidden {
		c.Kind, c.Role = kindIgnored, sbom.RoleAside
		found.Claims = append(found.Claims, c)
	}
	for i := range found.Claims {
		found.Claims[i].Raw = source.Redact(found.Claims[i].Raw)
	}
	for i, c := range found.Copyrights {
		found.Copyrights[i].Text, found.Copyrights[i].Holder = source.Redact(c.Text), source.Redact(c.Holder)
	}
	for d, body := range found.Texts {
		found.Texts[d] = source.Redact(body)
	}
	return found
}

// sub is a folder of fsys; it fails if there is none.
func sub(fsys fs.FS, dir string) (fs.FS, error) {
	dir = path.Clean(strings.TrimPrefix(dir, "/"))
	info, err := fs.Stat(fsys, dir)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, errors.New("not a folder")
	}
	return fs.Sub(fsys, dir)
}

var errTooLarge = fmt.Errorf("more than the %d MiB that are read of such a file", window>>20)

// readBounded reads a license file, refusing one that is larger than any license.
func readBounded(fsys fs.FS, p string) ([]byte, error) {
	f, err := fsys.Open(p)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readAll(f)
}

// readAll reads what is not larger than any license.
func readAll(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, window+1))
	if err == nil && len(data) > window {
		err = errTooLarge
	}
	return data, err
}
