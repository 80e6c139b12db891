package swift

import (
	"context"
	"io/fs"
	"path"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// manifest is what the literal values of a Package.swift tell.
type manifest struct {
	name   string
	at     source.Span
	wanted []ecosystem.Requirement
	locals []ecosystem.Requirement // packages in folders, which no lockfile lists; Key is the folder as it is written
	files  []ecosystem.Requirement // targets that were compiled elsewhere
}

// readManifest reads the call of Package(...) and, for manifests that add to a list piece by piece, every call of
// .package(...) wherever it stands.
func (r *reader) readManifest(file string) manifest {
	parse := func(file string, data []byte) (*doc.Doc, error) { return doc.Code(file, data, doc.Swift) }
	d, _ := r.Parse(r.FS, file, maxSize, "look whether `swift package describe` can read it", parse)
	m := manifest{at: source.Span{Path: file}}
	uses := usesOf(d.Root())
	for call, args := range d.Root().Calls("Package", ".package") {
		if call.IsWord("Package") {
			if n := argument(args, "name").Literal(); m.name == "" && n.Kind() == doc.String && ecosystem.Printable(n.Text()) {
				m.name, m.at = n.Text(), n.Span()
			}
			continue
		}
		if w, ok := requirement(args); ok {
			w.Scope = uses.scope(w.Key, strings.ToLower(argument(args, "name").Literal().Text()))
			if folder := argument(args, "path").Literal(); w.What.PURL == "" && folder.Kind() == doc.String {
				w.Key = folder.Text()
				m.locals = append(m.locals, w)
			} else {
				m.wanted = append(m.wanted, w)
			}
		} else if argument(args, "url") != nil || argument(args, "id") != nil {
			r.Lost(call.Span(), "write the location of the package as a literal", "a package whose location is computed")
		}
	}
	for call, args := range d.Root().Calls(".binaryTarget") {
		if w, ok := binary(args); ok {
			w.Scope = uses.scope(strings.ToLower(w.What.Name))
			m.files = append(m.files, w)
		} else {
			r.Lost(call.Span(), "write name and location of the target as literals", "a binary target whose name or location is computed")
		}
	}
	return m
}

// binary reads .binaryTarget(name: "X", url: "https://...", checksum: "...") and .binaryTarget(name: "X", path: "X.xcframework")
// (SE-0272, "Package Manager Binary Dependencies"). The checksum is the archive's SHA-256.
func binary(args doc.Terms) (w ecosystem.Requirement, ok bool) {
	title, location, folder := argument(args, "name").Literal(), argument(args, "url").Literal(), argument(args, "path").Literal()
	w.At, w.What.Name = title.Span(), title.Text()
	switch {
	case title.Kind() != doc.String || !ecosystem.Printable(w.What.Name):
		return w, false
	case location.Kind() == doc.String:
		w.What.Source = source.Redact(location.Text())
		if !ecosystem.Printable(w.What.Source) {
			return w, false
		}
		w.What.Hashes = ecosystem.Hashes("sha256:" + argument(args, "checksum").Literal().Text())
		w.What.PURL = ecosystem.PURL("generic", "", w.What.Name, "", "download_url", w.What.Source)
	case folder.Kind() == doc.String:
		w.Key, w.What.Origin = folder.Text(), sbom.OriginVendored
	default:
		return w, false
	}
	return w, true
}

func argument(args doc.Terms, label string) doc.Terms {
	for part := range args.Split(",") {
		if n, value := part.Pair(); n.IsWord(label) {
			return value
		}
	}
	return nil
}

// requirement reads .package(url: "...", from: "1.0.0"), .package(id: "scope.name", ...) and .package(path: "../x").
func requirement(args doc.Terms) (w ecosystem.Requirement, ok bool) {
	location, id, folder := argument(args, "url").Literal(), argument(args, "id").Literal(), argument(args, "path").Literal()
	var wanted []string
	for part := range args.Split(",") {
		if n, value := part.Pair(); n.Kind() == doc.Missing || !n.IsWord("url") && !n.IsWord("id") && !n.IsWord("name") && !n.IsWord("path") {
			if n.Kind() != doc.Missing {
				wanted = append(wanted, n.Text()+":")
			}
			wanted = append(wanted, words(value))
		}
	}
	w.Range = strings.NewReplacer(".. <", "..<", " :", ":").Replace(strings.Join(wanted, " "))
	version := ""
	if exact := argument(args, "exact").Literal(); exact.Kind() == doc.String {
		version = exact.Text()
	}
	for part := range args.Split(",") { // .exact("1.0.0"), as it was written until version 5.6 of the tools
		if len(part) == 2 && part[0].IsWord(".exact") && part[1].Len() == 1 {
			version = part[1].Terms()[0].Text()
		}
	}
	switch {
	case location.Kind() == doc.String:
		w.Key, w.At = identity(location.Text()), location.Span()
		w.What = component(location.Text(), w.Key, version)
	case id.Kind() == doc.String:
		w.Key, w.At = strings.ToLower(id.Text()), id.Span()
		w.What = component("", w.Key, version)
	case folder.Kind() == doc.String:
		w.Key, w.At = identity(folder.Text()), folder.Span()
		w.What = sbom.Component{Name: path.Base(folder.Text())}
	}
	return w, ecosystem.Printable(w.Key)
}

// words writes terms as a requirement is read: `"1.0.0" ..< "3.0.0"` without the quotes.
func words(t doc.Terms) string {
	var parts []string
	for _, n := range t {
		if n.Kind() == doc.Array {
			parts = append(parts, words(n.Terms()))
		} else {
			parts = append(parts, n.Text())
		}
	}
	return strings.Join(parts, " ")
}

// uses are the kinds of targets that name a package or one of its products.
type uses map[string]map[sbom.Scope]bool

// usesOf reads the targets. A dependency names its package, or is a string that may be a target, or a product with the name
// of its package.
func usesOf(root doc.Node) uses {
	u := uses{}
	note := func(n doc.Node, scope sbom.Scope) {
		key := strings.ToLower(n.Text())
		if u[key] == nil {
			u[key] = map[sbom.Scope]bool{}
		}
		u[key][scope] = true
	}
	for call, args := range root.Calls(".target", ".executableTarget", ".testTarget", ".macro", ".plugin") {
		scope := sbom.Runtime
		switch {
		case call.IsWord(".testTarget"):
			scope = sbom.Test
		case call.IsWord(".plugin"), call.IsWord(".macro"):
			scope = sbom.Build
		}
		list := argument(args, "dependencies").Literal()
		for item := range list.Items() {
			if item.Kind() == doc.String {
				note(item, scope)
			}
		}
		for _, used := range list.Calls(".product", ".byName") {
			note(argument(used, "package").Literal(), scope)
			note(argument(used, "name").Literal(), scope)
		}
		for _, used := range argument(args, "plugins").Literal().Calls(".plugin") {
			note(argument(used, "package").Literal(), scope.Weaker(sbom.Build))
		}
	}
	return u
}

// scope is the strongest for which the package is used under one of these names. One that no target is seen to use may be
// used under another name.
func (u uses) scope(names ...string) sbom.Scope {
	for _, scope := range []sbom.Scope{sbom.Runtime, sbom.Build, sbom.Test} {
		for _, name := range names {
			if name != "" && u[name][scope] {
				return scope
			}
		}
	}
	return sbom.Runtime
}

// checkouts adds the edges that the manifests of fetched packages tell. What only serves their tests is left out: nobody
// who uses them fetches it.
func (r *reader) checkouts(ctx context.Context) {
	pins := map[string]sbom.ID{}
	for _, pin := range r.pins {
		pins[pin.Key] = pin.ID
	}
	for i, pin := range r.pins {
		file := path.Join(r.dirs[i], manifestFile)
		if _, err := fs.Stat(r.FS, file); r.dirs[i] == "" || err != nil || ctx.Err() != nil {
			continue
		}
		m := r.readManifest(file)
		r.files[i] = m.files
		for _, w := range m.wanted {
			if to, ok := pins[w.Key]; ok && w.Scope != sbom.Test {
				r.Depend(pin.ID, to, w.Scope, w.Range, w.At)
			}
		}
	}
}
