package nuget

import (
	"path"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// sdk is a package that brings the rules by which a project is built (learn.microsoft.com/visualstudio/msbuild,
// "Reference an MSBuild project SDK").
type sdk struct {
	name, version string
	at            source.Span
}

// isOfDotnet reports whether .NET itself has that SDK.
func (s sdk) isOfDotnet() bool {
	return s.version == "" && (s.name == "Microsoft.NET.Sdk" || strings.HasPrefix(s.name, "Microsoft.NET.Sdk."))
}

// addSDK notes an SDK: an attribute Sdk lists names, each with a version or not.
func (p *props) addSDK(list doc.Node, version string) {
	for what := range strings.SplitSeq(list.Text(), ";") {
		id, own, _ := strings.Cut(strings.TrimSpace(what), "/")
		if own == "" {
			own = version
		}
		if id != "" {
			p.sdks = append(p.sdks, sdk{id, own, list.Span()})
		}
	}
}

// global is a file global.json.
type global struct {
	file string
	sdks []sdk
	used map[string]bool // in lower case
}

// globalAt is the global.json that a project sees, nil if there is none.
func (r *reader) globalAt(file string) *global {
	g := r.globals[file]
	if g == nil && file != "" {
		g = &global{file: file, used: map[string]bool{}}
		r.globals[file] = g
		d, _ := r.Parse(r.FS, file, maxManifest, "mend the file", doc.JSONC)
		for k, v := range d.Root().Get("msbuild-sdks").Members() {
			g.sdks = append(g.sdks, sdk{k.Text(), v.Text(), k.Span()})
		}
	}
	return g
}

// build adds the SDKs that build a project.
func (r *reader) build(at *root, dir string, v values) {
	g := r.globalAt(r.above(dir, globalFile))
	for _, f := range v.files {
		for _, s := range f.sdks {
			if g != nil {
				for _, pinned := range g.sdks {
					if strings.EqualFold(pinned.name, s.name) {
						g.used[strings.ToLower(s.name)] = true
						if s.version == "" {
							s = pinned
						}
					}
				}
			}
			if s.isOfDotnet() {
				continue
			}
			text, _ := v.text(s.version)
			if id := r.add(s.name, lowest(text), nil, s.at); id != "" {
				r.Depend(at.id, id, at.scopeOf(sbom.Build), s.version, s.at)
				at.sdks = append(at.sdks, id)
			}
		}
	}
}

// readGlobal adds the SDKs of a global.json that no project file named: there are more kinds of projects than those read here.
func (r *reader) readGlobal(file string) {
	g := r.globalAt(file)
	for _, s := range g.sdks {
		if g.used[strings.ToLower(s.name)] {
			continue
		}
		c := r.add(s.name, lowest(s.version), nil, s.at)
		if c == "" {
			continue
		}
		f := r.folders[path.Dir(file)]
		if len(f.roots) == 0 {
			f.roots = append(f.roots, &root{id: r.Root(r.Unnamed(f.dir), f.dir, source.Span{Path: file})})
		}
		r.Depend(f.roots[0].id, c, sbom.Build, s.version, s.at)
	}
}
