package npm

import (
	"cmp"
	"path"
	"strings"

	"github.com/licet/licet/pkg/doc"
)

// What a manifest asks for need not be what it gets. The manifest at the top may replace requirements, by overrides (npm, and pnpm
// in a field of its own or in pnpm-workspace.yaml) or resolutions (Yarn), and a requirement may name a catalog, a list of ranges
// for all members of a workspace. A lockfile tells the result; without one these tell it of what is asked for directly. Of what
// they say for packages further down nobody knows without a lockfile whether it applies to anything.
//
// Described at https://docs.npmjs.com/cli/configuring-npm/package-json#overrides, https://yarnpkg.com/configuration/manifest#resolutions,
// https://pnpm.io/settings#overrides and https://pnpm.io/catalogs.

// workspaceFile is where pnpm names the members of a workspace, and what holds for all of them.
const workspaceFile = "pnpm-workspace.yaml"

// effective is the requirement that holds for a direct dependency of a manifest.
func (r *reader) effective(m *manifest, d dependency) string {
	top := cmp.Or(m.top, m)
	workspace, dir := r.workspace(top.dir)
	if m := r.manifests[dir]; m != nil && workspace.Kind() != doc.Missing {
		top = m
	}
	for _, list := range []doc.Node{
		top.root.Get("resolutions"), top.root.Get("pnpm").Get("overrides"), workspace.Get("overrides"), top.root.Get("overrides"),
	} {
		replaced := r.index(list)
		for _, key := range []string{d.name + "@" + d.requirement, d.name + "@npm:" + d.requirement, d.name, "**/" + d.name} {
			value := replaced[key]
			if value.Kind() == doc.Object { // npm's way to say it of the package and of what it needs
				value = value.Get(".")
			}
			if text := value.Text(); text != "" && !strings.HasPrefix(text, "$") && text != "-" {
				return text
			}
		}
	}
	named, ok := strings.CutPrefix(d.requirement, "catalog:")
	if !ok {
		return d.requirement
	}
	for _, n := range []doc.Node{workspace, top.root, top.root.Get("workspaces")} {
		ranges := n.Get("catalogs").Get(named)
		if named == "" || named == "default" && ranges.Kind() == doc.Missing {
			ranges = n.Get("catalog")
		}
		if text := r.index(ranges)[d.name].Text(); text != "" {
			return text
		}
	}
	return d.requirement
}

// index is [doc.Node.Index] of what is asked for each dependency, made once.
func (r *reader) index(n doc.Node) map[string]doc.Node {
	if n.Kind() != doc.Object {
		return nil
	}
	list, known := r.indexed[n]
	if !known {
		list = n.Index()
		r.indexed[n] = list
	}
	return list
}

// reportOverrides tells of what would replace requirements and is no object, so that versions may be others than those listed.
func (r *reader) reportOverrides(m *manifest) {
	for _, n := range []doc.Node{m.root.Get("resolutions"), m.root.Get("pnpm").Get("overrides"), m.root.Get("overrides")} {
		r.Expect(n, doc.Object, mendManifest, "what replaces requirements")
	}
}

// workspace is the workspace file of pnpm in a folder or above it, Missing if there is none, and the folder.
func (r *reader) workspace(dir string) (n doc.Node, at string) {
	for ; ; dir = path.Dir(dir) {
		n, known := r.workspaceFiles[dir]
		if !known {
			if file := path.Join(dir, workspaceFile); r.exists(file) {
				n = r.Object(r.FS, file, maxManifest, mendManifest, doc.YAML)
			}
			r.workspaceFiles[dir] = n
		}
		if n.Kind() != doc.Missing || dir == "." {
			return n, dir
		}
	}
}
