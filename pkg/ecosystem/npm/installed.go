package npm

import (
	"fmt"
	"path"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// nodeModule finds the folder that Node.js loads a package from, for a file in dir: in the node_modules
// there or in a folder above (https://nodejs.org/api/modules.html#loading-from-node_modules-folders);
// "" if there is none in the target. pnpm keeps links there: the folder they lead to is meant.
func (r *reader) nodeModule(dir, name string) string {
	for up := dir; ; up = path.Dir(up) {
		if p := path.Join(up, "node_modules", name); r.exists(path.Join(p, manifestFile)) {
			if kind, target := source.Resolve(r.FS, p); kind == source.LinkAlias {
				return target
			}
			return p
		}
		if up == "." {
			return ""
		}
	}
}

// inspect reads the manifest of the package installed in dir. Another one than that of the name and the
// version, if one is given, is reported and not used; wanted says who names them.
func (r *reader) inspect(dir, name, version, wanted string) (m doc.Node, gap *sbom.Gap, ok bool) {
	if dir == "" {
		return doc.Node{}, nil, false
	}
	file := path.Join(dir, manifestFile)
	d, gap := r.readJSON(file, maxManifest, install)
	m = d.Root()
	hasName, hasVersion := m.Get("name").Text(), m.Get("version").Text()
	if hasName == name && (hasVersion == version || version == "") {
		return m, gap, true
	}
	if gap == nil {
		gap = &sbom.Gap{Kind: sbom.Lost, Span: source.Span{Path: file}, Next: install,
			Why: fmt.Sprintf("installed is %s, %s has %s", ecosystem.Quote(hasName+"@"+hasVersion), wanted, ecosystem.Quote(strings.TrimSuffix(name+"@"+version, "@")))}
	}
	return doc.Node{}, gap, false
}
