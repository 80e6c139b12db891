package cargo

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// unit is what one Cargo.lock is for, or would be: a workspace, or a package alone.
type unit struct {
	*reader
	dir     string
	top     *manifest   // the manifest in dir, nil if there is none
	members []*manifest // the packages that it makes
	others  []*manifest // packages elsewhere in the target that it needs by their path
	patches []need      // packages in the target that take the place of others
	lock    string      // path of the lockfile, "" for none
}

// units finds the workspaces, and gives each the lockfile of its folder.
func (r *reader) units(locks map[string]string) []*unit {
	at := map[string]*unit{}
	unitAt := func(dir string) *unit {
		if at[dir] == nil {
			at[dir] = &unit{reader: r, dir: dir, top: r.manifests[dir], lock: locks[dir], patches: r.manifests[dir].patches()}
		}
		return at[dir]
	}
	dirs := slices.Sorted(maps.Keys(r.manifests))
	belongs := r.membership(dirs)
	for _, dir := range dirs {
		m, home := r.manifests[dir], belongs[dir]
		if home != dir && locks[dir] != "" && locks[home] == "" {
			home = dir // it was built alone
		}
		if home != dir && locks[dir] != "" {
			r.Gap(sbom.Gap{Kind: sbom.Lost, Span: source.Span{Path: locks[dir]}, Next: "delete it",
				Why: fmt.Sprintf("Cargo does not read this lockfile: that of the workspace at %s counts", ecosystem.Quote(home))})
			at[dir] = unitAt(home)
		}
		m.inherit(r.manifests[belongs[dir]])
		if u := unitAt(home); m.isPackage() {
			u.members = append(u.members, m)
		}
	}
	for dir := range locks {
		unitAt(dir)
	}
	for dir, u := range at {
		if u.dir != dir {
			delete(at, dir)
		}
	}
	r.adopt(at)
	var list []*unit
	for _, dir := range slices.Sorted(maps.Keys(at)) {
		list = append(list, at[dir])
	}
	return list
}

// membership says in which folder the workspace of each manifest is rooted: its own, if it belongs to none.
func (r *reader) membership(dirs []string) map[string]string {
	belongs := map[string]string{}
	candidates := map[string][]string{} // manifests that may be members, by the folder of the workspace
	for _, dir := range dirs {
		belongs[dir] = dir
		if home := r.above(r.manifests[dir]); home != "" {
			candidates[home] = append(candidates[home], dir)
		}
	}
	for home, inside := range candidates {
		for _, dir := range r.reached(r.manifests[home], inside) {
			belongs[dir] = home
		}
	}
	return belongs
}

// above gives the folder of the workspace that a manifest may belong to: the one that it names, or the next
// above that does not exclude it; "" if it is one itself, or there is none.
func (r *reader) above(m *manifest) string {
	if m.hasWorkspace() {
		return ""
	}
	if named := m.pkg.Get("workspace").Text(); named != "" {
		if home := path.Join(m.dir, named); r.manifests[home] != nil && r.manifests[home].hasWorkspace() {
			return home
		}
	}
	for dir := m.dir; dir != "."; {
		dir = path.Dir(dir)
		if w := r.manifests[dir]; w != nil && w.hasWorkspace() {
			return dir
		}
	}
	return ""
}

// reached gives those of the folders that are members of a workspace: named by its globs, or needed by path by
// one that is (workspaces.html#the-members-and-exclude-fields).
func (r *reader) reached(w *manifest, inside []string) []string {
	table := w.root.Get("workspace")
	var excluded []string
	for item := range table.Get("exclude").Items() {
		excluded = append(excluded, path.Join(w.dir, item.Text()))
	}
	candidate, member := map[string]bool{}, map[string]bool{}
	for _, dir := range inside {
		candidate[dir] = true
		if r.manifests[dir].pkg.Get("workspace").Text() != "" {
			member[dir] = true
		}
	}
	for item := range table.Get("members").Items() {
		if path.Join(w.dir, item.Text()) == w.dir {
			continue
		}
		glob, err := source.CompileGlob(path.Join(w.dir, item.Text()))
		if err != nil {
			r.Lost(item.Span(), "write the members as paths below this folder", "%s: %v", ecosystem.Quote(item.Text()), err)
			continue
		}
		for _, dir := range inside {
			if glob.Match(dir) && (!isBelow(dir, excluded) || dir == path.Join(w.dir, item.Text())) {
				member[dir] = true
			}
		}
	}
	queue := slices.Collect(maps.Keys(member))
	if w.isPackage() {
		queue = append(queue, w.dir)
	}
	for len(queue) > 0 {
		m := r.manifests[queue[len(queue)-1]]
		queue = queue[:len(queue)-1]
		for _, dir := range m.paths(w) {
			if candidate[dir] && !member[dir] && !isBelow(dir, excluded) {
				member[dir] = true
				queue = append(queue, dir)
			}
		}
	}
	return slices.Collect(maps.Keys(member))
}

func isBelow(dir string, folders []string) bool {
	return slices.ContainsFunc(folders, func(f string) bool { return dir == f || strings.HasPrefix(dir, f+"/") })
}

// paths gives the folders that a manifest needs packages of. parent is the workspace's, if it is not known yet.
func (m *manifest) paths(parent *manifest) []string {
	with := *m
	if with.parent == nil {
		with.parent = parent
	}
	var list []string
	quiet := reader{Graph: ecosystem.Graph{Reader: name}}
	for _, n := range quiet.needs(&with) {
		if n.dir != "" {
			list = append(list, n.dir)
		}
	}
	return list
}

// adopt gives packages that stand alone and have no lockfile to the unit with one that needs them by path, be it in place of
// one from elsewhere.
func (r *reader) adopt(at map[string]*unit) {
	taken := map[string]bool{}
	for _, home := range slices.Sorted(maps.Keys(at)) {
		u := at[home]
		if u.lock == "" {
			continue
		}
		take := func(dir string) {
			other := at[dir]
			if other != nil && other.lock == "" && len(other.members) == 1 && other.top == other.members[0] && !slices.Contains(u.others, other.top) {
				taken[dir] = true
				u.others = append(u.others, other.top)
			}
		}
		for _, n := range u.patches {
			take(n.dir)
		}
		for _, m := range u.members {
			for _, dir := range m.paths(nil) {
				take(dir)
			}
		}
		for i := 0; i < len(u.others); i++ {
			for _, dir := range u.others[i].paths(nil) {
				take(dir)
			}
		}
	}
	for dir := range taken {
		delete(at, dir)
	}
}
