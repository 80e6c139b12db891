package golang

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"golang.org/x/mod/module"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// maxOutline bounds what is kept of one module, in bytes.
const maxOutline = 8 << 20

// outline gives of a module in the cache its go.mod, and of each Go file what [parseHeader] takes from it: the constraint, the
// package clause, the imports. A file that has none of these is kept as an empty one, which has none either, and so is a test,
// which is never read there. In a folder without Go files an empty file that no build sees says that it is one.
func outline(name string, cache fs.FS, dir string) (map[string]string, bool) {
	if name != cacheName {
		return nil, false
	}
	out := map[string]string{}
	if !outlineManifest(out, cache, dir) {
		return out, false
	}
	size := 0
	folders := map[string]bool{}
	err := fs.WalkDir(cache, dir, func(p string, d fs.DirEntry, err error) error {
		switch base := path.Base(p); {
		case err != nil:
			return err
		case d.IsDir():
			folders[p] = true
			return nil
		case path.Ext(base) != ".go" || isHidden(base) || !d.Type().IsRegular():
			return nil
		case !strings.HasSuffix(base, "_test.go"):
			h, err := readHeader(cache, p)
			if err != nil && err != errNoHeader && err != errCut {
				return err
			}
			out[p] = h.text(err == nil)
		default:
			out[p] = ""
		}
		for up := path.Dir(p); folders[up]; up = path.Dir(up) {
			folders[up] = false
		}
		if size += len(p) + len(out[p]); size > maxOutline {
			return fmt.Errorf("more than %d bytes", maxOutline)
		}
		return nil
	})
	for folder, bare := range folders {
		if bare && folder != dir {
			out[folder+"/_"] = ""
		}
	}
	return out, err == nil
}

// outlineManifest adds the go.mod that [reader.dependency] reads.
func outlineManifest(out map[string]string, cache fs.FS, dir string) bool {
	modulePath, version, ok := strings.Cut(dir, "@")
	if !ok {
		return false
	}
	for _, p := range []string{"cache/download/" + modulePath + "/@v/" + version + ".mod", dir + "/go.mod"} {
		data, err := ecosystem.ReadFile(cache, p, maxFile)
		if err == nil {
			out[p] = string(data)
			break
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return false
		}
	}
	return true
}

// text is the shortest file with that header.
func (h *header) text(ok bool) string {
	if !ok {
		return ""
	}
	var b strings.Builder
	if h.constraint != nil {
		fmt.Fprintf(&b, "//go:build %s\n\n", h.constraint)
	}
	fmt.Fprintf(&b, "package %s\n", h.name)
	if h.cgo {
		b.WriteString("import \"C\"\n")
	}
	for _, i := range h.imports {
		fmt.Fprintf(&b, "import %q\n", i)
	}
	return b.String()
}

// Downloaded gives the modules that a module cache holds unpacked, with the hashes that the go command noted when it fetched
// them (https://go.dev/ref/mod#module-cache). They are sorted as the cache has them.
func Downloaded(cache fs.FS) []sbom.Component {
	var out []sbom.Component
	const top = "cache/download"
	fs.WalkDir(cache, top, func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return nil
		case d.IsDir() && p == top+"/sumdb":
			return fs.SkipDir
		case path.Ext(p) != ".ziphash" || path.Base(path.Dir(p)) != "@v":
			return nil
		}
		modulePath, err1 := module.UnescapePath(strings.TrimPrefix(path.Dir(path.Dir(p)), top+"/"))
		version, err2 := module.UnescapeVersion(strings.TrimSuffix(path.Base(p), ".ziphash"))
		sum, err3 := ecosystem.ReadFile(cache, p, 1<<10)
		if err1 != nil || err2 != nil || err3 != nil {
			return nil
		}
		v := module.Version{Path: modulePath, Version: version}
		dir, escaped, ok := escape(v)
		if info, err := fs.Stat(cache, dir+"@"+escaped); !ok || err != nil || !info.IsDir() {
			return nil
		}
		c := newModule(v)
		c.Hashes = []sbom.Hash{{Algorithm: "h1", Hex: strings.TrimSpace(string(sum))}}
		c.Occurrences = []sbom.Occurrence{{Dir: source.JoinRoot(cacheName, dir+"@"+escaped)}}
		out = append(out, c)
		return nil
	})
	return out
}
