package npm

import (
	"bytes"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// A bundler copies packages into one file, and asks nobody whether they are dependencies of development. What is in a bundle
// ships. Three files tell what that is: esbuild's metafile, the statistics of webpack, and a source map. The first two list
// everything, so what a deliverable that is stated as bundled holds is what they list; a source map tells only what of the
// sources had a place to tell of. All name files, and a file in node_modules is one of a package.
//
// The version is not told, but by the folder of a store, such as that of pnpm. Of several versions that the lockfile has
// any may be meant, if the way through the folders does not tell which.
//
// References: https://esbuild.github.io/api/#metafile; https://webpack.js.org/api/stats/; ECMA-426 (source maps), "sources".

// maxBundle is the size past which none of these is read, in bytes.
const maxBundle = 64 << 20

const rebuild = "build the bundle anew"

// sourceMaps are the endings of the maps of what bundlers write.
var sourceMaps = []string{".js.map", ".mjs.map", ".cjs.map", ".css.map"}

// isBundleFile tells the files that say what a bundle holds: the map by its name, the others by how they begin.
func isBundleFile(p string, head []byte) bool {
	return isSourceMap(p) || path.Ext(p) == ".json" && (isMetafile(head) || isStats(p, head))
}

func isSourceMap(p string) bool {
	return slices.ContainsFunc(sourceMaps, func(ending string) bool { return strings.HasSuffix(p, ending) })
}

// isMetafile reports whether a file begins as esbuild writes it: with its inputs, each with its size.
func isMetafile(head []byte) bool {
	rest := bytes.TrimSpace(head)
	for _, token := range []string{"{", `"inputs"`, ":", "{"} {
		var ok bool
		if rest, ok = bytes.CutPrefix(rest, []byte(token)); !ok {
			return false
		}
		rest = bytes.TrimSpace(rest)
	}
	return bytes.Contains(rest, []byte(`"bytes"`))
}

// isStats reports whether a file is what webpack tells of a build: it has no usual name, but is called after what it is.
func isStats(p string, head []byte) bool {
	base := path.Base(p)
	return (strings.Contains(base, "stats") || strings.Contains(base, "webpack")) &&
		bytes.Contains(head, []byte(`"hash"`)) && bytes.Contains(head, []byte(`"version"`))
}

// bundle is what one of the files tells.
type bundle struct {
	file     string
	held     map[string]source.Span // the paths of files in node_modules, and where each is named
	external map[string]bool        // names that are left to be loaded when it runs
	whole    bool                   // it lists all
}

func (b *bundle) hold(p string, at source.Span) {
	if i := strings.Index(p, "node_modules/"); i >= 0 && (i == 0 || p[i-1] == '/') {
		p = clean(p)
		if _, had := b.held[p]; !had {
			b.held[p] = at
		}
	}
}

// clean takes from what a bundler calls a file what is not its path: the loaders before it, and what follows it.
func clean(p string) string {
	if i := strings.LastIndexByte(p, '!'); i >= 0 {
		p = p[i+1:]
	}
	if i := strings.IndexAny(p, "?|\x00"); i > 0 {
		p = p[:i]
	}
	p, _, _ = strings.Cut(p, " + ") // "a.js + 5 modules"
	return strings.ReplaceAll(p, `\`, "/")
}

// readBundle reads one of the files.
func (r *reader) readBundle(file string) *bundle {
	d, gap := r.readJSON(file, maxBundle, rebuild)
	if gap != nil {
		r.Gap(*gap) // what could be read still tells what is inside
	}
	b := &bundle{file: file, held: map[string]source.Span{}, external: map[string]bool{}, whole: gap == nil}
	top := d.Root()
	switch {
	case isSourceMap(file):
		b.whole = false
		b.readMap(top, 0)
	case top.Get("outputs").Kind() == doc.Object:
		b.readOutputs(top.Get("outputs"))
	default:
		b.readStats(top, 0)
	}
	return b
}

// readOutputs reads esbuild's metafile: of the inputs of each output those of which something is left.
func (b *bundle) readOutputs(outputs doc.Node) {
	for _, out := range outputs.Members() {
		for in, n := range out.Get("inputs").Members() {
			if n.Get("bytesInOutput").Text() != "0" {
				b.hold(in.Text(), in.Span())
			}
		}
		for n := range out.Get("imports").Items() {
			if external, _ := n.Get("external").Bool(); external {
				b.external[packageOf(n.Get("path").Text())] = true
			}
		}
	}
}

// maxInner is how deep builds within builds, and modules within modules, are followed.
const maxInner = 16

// readStats reads what webpack tells of a build: its modules, those that were joined into one, and the builds within it.
func (b *bundle) readStats(n doc.Node, depth int) {
	if depth > maxInner {
		b.whole = false
		return
	}
	if n.Get("modules").Kind() != doc.Array && depth == 0 || strings.Trim(n.Get("filteredModules").Text(), "0") != "" {
		b.whole = false
	}
	b.readModules(n.Get("modules"), depth)
	for chunk := range n.Get("chunks").Items() {
		b.readModules(chunk.Get("modules"), depth)
	}
	for child := range n.Get("children").Items() {
		b.readStats(child, depth+1)
	}
}

func (b *bundle) readModules(list doc.Node, depth int) {
	for m := range list.Items() {
		if orphan, _ := m.Get("orphan").Bool(); orphan { // it is in no chunk, or told of where it was joined
			continue
		}
		for _, field := range []string{"nameForCondition", "name", "identifier"} {
			if n := m.Get(field); strings.Contains(n.Text(), "node_modules/") {
				b.hold(n.Text(), n.Span())
				break
			}
		}
		if rest, ok := strings.CutPrefix(m.Get("name").Text(), "external "); ok {
			if _, quoted, ok := strings.Cut(rest, `"`); ok {
				quoted, _, _ = strings.Cut(quoted, `"`)
				b.external[packageOf(quoted)] = true
			}
		}
		if depth < maxInner {
			b.readModules(m.Get("modules"), depth+1)
		} else {
			b.whole = false
		}
	}
}

// readMap reads a source map; one may be made of sections with a map each.
func (b *bundle) readMap(n doc.Node, depth int) {
	root := n.Get("sourceRoot").Text()
	for s := range n.Get("sources").Items() {
		if p := s.Text(); strings.Contains(p, "node_modules/") {
			b.hold(p, s.Span())
		} else if strings.Contains(root, "node_modules/") {
			b.hold(path.Join(root, p), s.Span())
		}
	}
	for section := range n.Get("sections").Items() {
		if depth < maxInner {
			b.readMap(section.Get("map"), depth+1)
		}
	}
}

// packageOf is the name of the package that an import names: "react" of "react/jsx-runtime".
func packageOf(specifier string) string {
	parts := strings.SplitN(specifier, "/", 3)
	if strings.HasPrefix(specifier, "@") && len(parts) > 1 {
		return parts[0] + "/" + parts[1]
	}
	return parts[0]
}

// inPackage gives the name of the package that a file lies in, and the way to it through the folders; version is not empty
// where the folder of a store tells.
func inPackage(p string) (name, way, version string) {
	i := strings.LastIndex(p, "node_modules/")
	name = packageOf(p[i+len("node_modules/"):])
	if !validName(name) {
		return "", "", ""
	}
	way = p[strings.Index(p, "node_modules/"):i] + "node_modules/" + name
	if store, ok := strings.CutSuffix(p[:i], "/"); ok {
		if stored, ok := strings.CutPrefix(path.Base(store), strings.ReplaceAll(name, "/", "+")+"@"); ok && slices.Contains(stores, path.Base(path.Dir(store))) {
			version, _, _ = strings.Cut(stored, "_")
			version, _, _ = strings.Cut(version, "(")
		}
	}
	return name, way, version
}

// candidates gives the components that a file may be of; several only if nothing tells which of the versions is meant.
func (k *known) candidates(p string) (name string, ids []sbom.ID) {
	name, way, version := inPackage(p)
	all := k.byName[name]
	var exact []sbom.ID
	for id := range all {
		c := all[id]
		if version != "" && c.version == version || version == "" && slices.ContainsFunc(c.dirs, func(dir string) bool {
			return dir == way || strings.HasSuffix(dir, "/"+way)
		}) {
			exact = append(exact, id)
		}
	}
	if len(exact) != 1 {
		exact = slices.Collect(maps.Keys(all))
	}
	slices.Sort(exact)
	return name, exact
}

// known are the packages of the project, by name.
type known struct {
	byName  map[string]map[sbom.ID]*place
	roots   map[string]sbom.ID // by folder
	own     map[string]bool    // their names
	shipped map[sbom.ID]bool   // what dependencies that are not of development lead to
}

// place is a version of a package, and where its files would lie.
type place struct {
	version string
	dirs    []string
}

func (r *reader) known() *known {
	k := &known{byName: map[string]map[sbom.ID]*place{}, roots: map[string]sbom.ID{}, own: map[string]bool{}, shipped: map[sbom.ID]bool{}}
	for _, c := range r.Components {
		root := slices.Contains(r.Roots, c.ID)
		for _, o := range c.Occurrences {
			if root && o.Dir != "" {
				k.roots[o.Dir] = c.ID
			}
		}
		if root {
			k.own[c.Name] = true
			continue
		}
		if k.byName[c.Name] == nil {
			k.byName[c.Name] = map[sbom.ID]*place{}
		}
		p := k.byName[c.Name][c.ID]
		if p == nil {
			p = &place{version: c.Version, dirs: slices.Clone(r.laid[c.ID])}
			k.byName[c.Name][c.ID] = p
		}
		for _, o := range c.Occurrences {
			p.dirs = append(p.dirs, o.Dir)
		}
	}
	next := map[sbom.ID][]sbom.ID{}
	for _, e := range r.Relationships {
		if e.Scope != sbom.Development && e.Scope != sbom.Test {
			next[e.From] = append(next[e.From], e.To)
		}
	}
	queue := slices.Clone(r.Roots)
	for len(queue) > 0 {
		id := queue[0]
		queue = queue[1:]
		if !k.shipped[id] {
			k.shipped[id] = true
			queue = append(queue, next[id]...)
		}
	}
	return k
}

// bundled says what of the project's packages is in which deliverable, where something tells of bundles, or a deliverable is
// stated to be one.
func (r *reader) bundled() {
	if len(r.bundles) == 0 && !slices.ContainsFunc(r.Facts.Deliverables, func(d sbom.Deliverable) bool { return d.Bundled }) {
		return
	}
	var bundles []*bundle
	for _, file := range r.bundles {
		if b := r.readBundle(file); len(b.held) > 0 || b.whole {
			bundles = append(bundles, b)
		}
	}
	k := r.known()
	inside := map[*bundle]map[sbom.ID]bool{} // true if it is sure
	for _, b := range bundles {
		inside[b] = r.inside(b, k)
	}
	for _, d := range r.Facts.Delivered() {
		r.answer(k, &d, slices.DeleteFunc(slices.Clone(bundles), func(b *bundle) bool { return !within(path.Dir(b.file), d.Roots) }), inside)
	}
}

// within reports whether a folder is one of these, or lies in one; no folders are the whole tree.
func within(dir string, folders []string) bool {
	return len(folders) == 0 || slices.ContainsFunc(folders, func(f string) bool {
		return f == "." || dir == f || strings.HasPrefix(dir, f+"/")
	})
}

// inside adds the edges from the project that a bundle is of to what it holds, and gives that: true for what is sure.
func (r *reader) inside(b *bundle, k *known) map[sbom.ID]bool {
	held := map[sbom.ID]bool{}
	at := map[sbom.ID]source.Span{}
	var stray []string
	for _, p := range slices.Sorted(maps.Keys(b.held)) {
		name, ids := k.candidates(p)
		if name == "" || k.own[name] {
			continue
		}
		if len(ids) == 0 {
			stray = append(stray, name)
			id := purl(name, "")
			k.byName[name] = map[sbom.ID]*place{id: {}}
			r.add(sbom.Component{ID: id, PURL: string(id), Name: name, Type: sbom.TypeLibrary, Origin: sbom.OriginBundled}, "", b.held[p])
			ids = []sbom.ID{id}
		}
		for _, id := range ids {
			held[id] = held[id] || len(ids) == 1
			if _, had := at[id]; !had {
				at[id] = b.held[p]
			}
		}
	}
	r.join(k.rootOf(path.Dir(b.file)), k, at)
	if len(stray) > 0 {
		r.Lost(source.Span{Path: b.file}, "keep the lockfile that it was built by, or "+rebuild,
			"the bundle holds packages that no lockfile names, and of which versions nothing is said: %s", ecosystem.Names(stray))
	}
	return held
}

// join adds the edges from a project to what its bundle holds, at these places. What it depends on by way of others is none of its
// direct dependencies for being in its bundle; if it is needed when the project runs there is an edge enough.
func (r *reader) join(root sbom.ID, k *known, at map[sbom.ID]source.Span) {
	if root == "" || len(at) == 0 {
		return
	}
	direct, led := map[sbom.ID]bool{}, map[sbom.ID]bool{}
	for _, e := range r.Relationships {
		direct[e.To] = direct[e.To] || e.From == root
		led[e.To] = true
	}
	for _, id := range slices.Sorted(maps.Keys(at)) {
		e := sbom.Relationship{From: root, To: id, Kind: sbom.Contains, Scope: sbom.Runtime, Linkage: sbom.Bundled, Found: []source.Span{at[id]}}
		switch {
		case direct[id] || !led[id]:
		case k.shipped[id]:
			continue
		default:
			e.Kind = sbom.Indirect
		}
		r.Relationships = append(r.Relationships, e)
	}
}

// rootOf is the project in the next folder above.
func (k *known) rootOf(dir string) sbom.ID {
	for ; ; dir = path.Dir(dir) {
		if id := k.roots[dir]; id != "" || dir == "." {
			return id
		}
	}
}

// answer says of each package of the project whether a deliverable holds it. What a deliverable that is no bundle needs
// beside its bundles is not told by these.
func (r *reader) answer(k *known, d *sbom.Deliverable, bundles []*bundle, inside map[*bundle]map[sbom.ID]bool) {
	if !slices.ContainsFunc(slices.Collect(maps.Keys(k.roots)), func(dir string) bool {
		return within(dir, d.Roots) || slices.ContainsFunc(d.Roots, func(f string) bool { return within(f, []string{dir}) })
	}) {
		return
	}
	whole := len(bundles) > 0 && slices.ContainsFunc(bundles, func(b *bundle) bool { return b.whole })
	for _, b := range bundles {
		for name := range b.external {
			whole = whole && k.byName[name] == nil // its dependencies are needed when the bundle runs
		}
	}
	for _, versions := range k.byName {
		for id := range versions {
			u := sbom.Use{Component: id, Deliverable: d.Name}
			for _, b := range bundles {
				sure, held := inside[b][id]
				switch {
				case held && sure:
					u.Shipped, u.Linkage, u.Because = sbom.Yes, sbom.Bundled, "in a bundle, by "+b.file
				case held && u.Shipped == "":
					u.Shipped, u.Because = sbom.Unknown, fmt.Sprintf("%s names the package, and not which version", b.file)
				}
			}
			switch {
			case u.Shipped != "" || !d.Bundled:
			case whole:
				u.Shipped, u.Because = sbom.No, "not in the bundle"
			case !k.shipped[id]:
				u.Shipped, u.Because = sbom.Unknown, "a bundle may hold what development needs, and nothing tells of it"
			}
			if u.Shipped != "" {
				r.Uses = append(r.Uses, u)
			}
		}
	}
}
