package golang

import (
	"cmp"
	"path"
	"strings"

	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// vendored is a module of vendor/modules.txt.
type vendored struct {
	mod      module.Version // as required
	new      module.Version // its replacement, if any
	explicit bool           // some go.mod of the main modules requires it
	packages int            // how many of its packages were copied
	at       source.Span
}

// vendorFolder is a vendor folder as its modules.txt lists it. The go command writes the file and has
// no page about it but `go help mod vendor`; the form is
//
//	# path version [=> path [version]]
//	## explicit; go 1.17
//	package/path
//
// In a workspace a module is listed in all versions that its modules require; the highest is the copy.
type vendorFolder struct {
	dir     string // the folder itself
	path    string // of modules.txt
	modules []*vendored
	byPath  map[string]*vendored
	cut     bool // the file ends in the middle of a line, and modules may be missing
}

func parseVendor(name string, data []byte) (*vendorFolder, []sbom.Gap) {
	v := &vendorFolder{dir: path.Dir(name), path: name, byPath: map[string]*vendored{}}
	bad := badLines{next: "run `go mod vendor`"}
	var last *vendored
	for l := range lines(name, data) {
		if bad.stop() {
			break
		}
		if isCut(data, l) {
			v.cut = true
			bad.add(l.at, "the file ends in the middle of this line: modules may be missing from it")
			if strings.HasPrefix(l.text, "#") {
				break
			}
		}
		if rest, ok := strings.CutPrefix(l.text, "## "); ok {
			first, _, _ := strings.Cut(rest, ";")
			if last != nil && first == "explicit" {
				last.explicit = true
			}
			continue
		}
		rest, ok := strings.CutPrefix(l.text, "# ")
		if !ok {
			if last == nil {
				bad.add(l.at, "the package belongs to no module")
				continue
			}
			v.add(last) // in case it was named by its replacement alone
			last.packages++
			continue
		}
		mod, ok := parseVendored(strings.Fields(rest), l.at)
		switch {
		case !ok:
			bad.add(l.at, "the line is not `# module version`")
			last = nil
		case mod.mod.Version == "": // it repeats a replacement
			last = cmp.Or(v.byPath[mod.mod.Path], mod)
		default:
			last = v.add(mod)
		}
	}
	return v, bad.list()
}

// add lists a module and returns it, or that which is listed under its path already, in the higher of the
// two versions.
func (v *vendorFolder) add(mod *vendored) *vendored {
	had := v.byPath[mod.mod.Path]
	if had == nil {
		v.modules = append(v.modules, mod)
		v.byPath[mod.mod.Path] = mod
		return mod
	}
	if semver.Compare(mod.mod.Version, had.mod.Version) > 0 {
		had.mod, had.new, had.at = mod.mod, mod.new, mod.at
	}
	return had
}

// parseVendored reads the fields of a module's line: one or two, and one or two after an arrow.
func parseVendored(f []string, at source.Span) (*vendored, bool) {
	left, right := f, []string(nil)
	for i := range f {
		if f[i] == "=>" {
			left, right = f[:i], f[i+1:]
			break
		}
	}
	if len(left) == 0 || len(left) > 2 || len(right) > 2 || len(left) == 1 && right == nil {
		return nil, false
	}
	v := &vendored{at: at, mod: version(left)}
	if len(right) > 0 {
		v.new = version(right)
	}
	ok := isModule(v.mod.Path, cmp.Or(v.mod.Version, "v0.0.0")) && (len(right) < 2 || isModule(v.new.Path, v.new.Version))
	return v, ok
}

func version(f []string) module.Version {
	v := module.Version{Path: f[0]}
	if len(f) > 1 {
		v.Version = f[1]
	}
	return v
}
