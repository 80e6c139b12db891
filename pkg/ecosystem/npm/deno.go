package npm

import (
	"path"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

const denoLock = "deno.lock"

// denoManifests are Deno's configuration files; the first counts.
var denoManifests = []string{"deno.json", "deno.jsonc"}

// jsr is the type of purl of Deno's registry. The type is not registered; its packages are named so by the registry itself, in
// the provenance statements that it signs.
const jsr = "jsr"

// deno reads deno.lock of versions 2 to 5. A specifier, "npm:name@range" or "jsr:@scope/name@range", leads to a version; a package
// is known by its name, its version and the peers that it was given, behind "_":
//
//	2    npm.specifiers, npm.packages
//	3    packages.specifiers, packages.npm, packages.jsr
//	4    specifiers, npm, jsr at the top; a requirement is a name alone where there is but one version of it
//	5    as 4, with what is optional apart
//
// Modules that are loaded from URLs are listed one by one, with their checksums, under "remote".
func (l *pinned) deno() {
	top := l.root(doc.JSON)
	switch v := top.Get("version").Text(); v {
	case "2", "3", "4", "5":
	case "":
		l.denoRemote(top) // version 1 is a list of modules
		return
	default:
		l.Gap(sbom.Gap{Kind: sbom.Unsupported, Span: top.Get("version").Span(), Material: true, Next: "use a newer licet",
			Why: "version " + ecosystem.Quote(v) + " of deno.lock is not known: it is read as 5"})
	}
	l.refer = func(d dependency) string { return denoSpecifier(d.name, d.requirement) }
	old, packages := top.Get("npm").Get("packages"), top.Get("packages")
	npm, specifiers := top.Get("npm"), top.Get("specifiers")
	switch {
	case old.Kind() == doc.Object:
		npm, specifiers = old, top.Get("npm").Get("specifiers")
	case packages.Kind() == doc.Object:
		npm, specifiers = packages.Get("npm"), packages.Get("specifiers")
	}
	last := map[string]string{} // of each name the reference to the last that is listed
	for key, entry := range npm.Members() {
		l.denoPackage("npm:", key, entry, last)
	}
	for _, list := range []doc.Node{top.Get("jsr"), packages.Get("jsr")} {
		for key, entry := range list.Members() {
			l.denoPackage("jsr:", key, entry, last)
		}
	}
	for key, value := range specifiers.Members() {
		l.denoAlias(key.Text(), value.Text(), last)
	}
	for _, p := range l.pins {
		for i, n := range p.needs {
			if l.refs[n.ref] == nil {
				p.needs[i].ref = last[n.ref]
			}
		}
	}
	l.denoRemote(top.Get("remote"))
	l.denoWorkspace(top.Get("workspace"), l.dir)
	for dir, member := range top.Get("workspace").Get("members").Members() {
		if folder, ok := below(l.dir, dir.Text()); ok {
			l.denoWorkspace(member, folder)
		}
	}
}

// denoPackage is an entry of one of the registries, which the prefix names.
func (l *pinned) denoPackage(prefix string, key, entry doc.Node, last map[string]string) {
	l.object(key, entry)
	p := &pin{at: key, integrity: entry.Get("integrity").Text(), resolved: entry.Get("tarball").Text(), optional: isForSome(entry)}
	p.name, p.version = splitRef(key.Text())
	version, peers, _ := strings.Cut(p.version, "_")
	p.version = version
	if prefix == "jsr:" {
		scope, name, _ := strings.Cut(p.name, "/")
		p.purl, p.integrity = ecosystem.PURL(jsr, scope, name, p.version), "" // its checksum is that of a list of files
	}
	for _, field := range []struct {
		name  string
		scope sbom.Scope
		peer  bool
	}{{"dependencies", sbom.Runtime, false}, {"optionalDependencies", sbom.Optional, false}, {"optionalPeers", sbom.Optional, true}} {
		list := entry.Get(field.name)
		for at, value := range list.Members() { // name: name@version
			d := dependency{name: at.Text(), requirement: value.Text(), scope: field.scope, peer: field.peer, at: at}
			p.needs = append(p.needs, need{denoPeer(d, peers), "npm:" + value.Text()})
		}
		for at := range list.Items() { // name, name@version, name@npm:other@version, jsr:name@range
			ref := at.Text()
			registry, bare, qualified := strings.Cut(ref, ":")
			if qualified = qualified && (registry == "npm" || registry == "jsr"); !qualified {
				bare = ref
			}
			name, version := splitRef(bare)
			if real, ok := strings.CutPrefix(version, "npm:"); ok {
				ref = real
			}
			if !qualified {
				ref = "npm:" + ref
			}
			d := dependency{name: name, requirement: version, scope: field.scope, peer: field.peer, at: at}
			p.needs = append(p.needs, need{denoPeer(d, peers), ref})
		}
	}
	ref := prefix + key.Text()
	last[prefix+p.name] = ref
	l.list(p, ref)
}

// denoPeer says of a requirement that it is a peer if it is among those that the package's key was given: "a@1.0.0_b@2.0.0",
// with those of these behind more than one "_", and "+" in names for "/".
func denoPeer(d dependency, given string) dependency {
	mark := "_" + strings.ReplaceAll(d.name, "/", "+") + "@"
	given = "_" + given
	for end := 0; ; end += len(mark) {
		i := strings.Index(given[end:], mark)
		if i < 0 {
			return d
		}
		if end += i; end == 0 || given[end-1] != '_' {
			d.peer, d.scope = true, sbom.Optional
			return d
		}
	}
}

// denoAlias notes what a specifier became: a version, or in older formats name@version with or without the registry.
func (l *pinned) denoAlias(specifier, became string, last map[string]string) {
	prefix := "npm:"
	if strings.HasPrefix(specifier, "jsr:") {
		prefix = "jsr:"
	}
	spec := denoSpecifier("", prefix+strings.TrimPrefix(specifier, prefix))
	name, _ := splitRef(strings.TrimPrefix(spec, prefix))
	became = strings.TrimPrefix(became, prefix)
	if !strings.HasPrefix(became, name+"@") {
		became = name + "@" + became
	}
	if p := l.refs[prefix+became]; p != nil {
		l.refs[spec] = p
		last[strings.TrimSuffix(prefix+name, "@")] = prefix + became
	}
}

// denoSpecifier makes a specifier of a requirement: of package.json a range, of deno.json already one, with a path in the
// package perhaps.
func denoSpecifier(name, requirement string) string {
	prefix, rest := "npm:", name+"@"+requirement
	for _, p := range []string{"npm:", "jsr:"} {
		if after, ok := strings.CutPrefix(requirement, p); ok {
			prefix, rest = p, strings.TrimPrefix(after, "/")
		}
	}
	if prefix == "jsr:" && !strings.HasPrefix(rest, "@") { // "jsr:^1.0.0" in package.json
		rest = name + "@" + rest
	}
	name, version := splitRef(rest)
	if parts := strings.SplitN(name, "/", 3); len(parts) > 1 && (parts[0] == "" || parts[0][0] != '@' || len(parts) > 2) {
		name = strings.Join(parts[:len(parts)-1], "/")
	}
	if version, _, _ = strings.Cut(version, "/"); version == "" {
		version = "*"
	}
	return prefix + name + "@" + version
}

// denoWorkspace is what the lockfile says of a project: the specifiers that its files and its package.json ask for.
func (l *pinned) denoWorkspace(n doc.Node, dir string) {
	for _, list := range []doc.Node{n.Get("dependencies"), n.Get("packageJson").Get("dependencies")} {
		for at := range list.Items() {
			ref := denoSpecifier("", at.Text())
			name, version := splitRef(strings.TrimPrefix(strings.TrimPrefix(ref, "npm:"), "jsr:"))
			l.importers[dir] = append(l.importers[dir], need{dependency{name: name, requirement: version, scope: sbom.Runtime, at: at}, ref})
		}
	}
}

// denoRemote lists what is loaded from URLs: a module for each path up to a version, "https://host/name@1.0.0/mod.ts", else
// for each folder.
func (l *pinned) denoRemote(list doc.Node) {
	for at := range list.Members() {
		location, _, _ := strings.Cut(source.Redact(at.Text()), "?")
		scheme, rest, _ := strings.Cut(location, "://")
		if !isHTTP(location) || !ecosystem.Printable(location) {
			continue
		}
		rest = rest[1+strings.LastIndexByte(rest[:max(strings.IndexByte(rest, '/'), 0)], '@'):] // without a user
		parts := strings.Split(rest, "/")
		p := &pin{at: at, name: path.Dir(rest)}
		if parts[0] == "" || len(parts) == 1 {
			continue
		}
		for i, part := range parts[1:] {
			if v := strings.LastIndexByte(part, '@'); v > 0 {
				p.name, p.version = path.Join(append(parts[:i+1:i+1], part[:v])...), part[v+1:]
				break
			}
		}
		p.resolved = scheme + "://" + p.name
		if p.version != "" {
			p.resolved += "@" + p.version
		}
		if l.refs[p.resolved] == nil {
			p.purl = ecosystem.PURL("generic", "", path.Base(p.name), p.version, "download_url", p.resolved)
			l.list(p, p.resolved)
		}
	}
}

// imports are what a deno.json asks for from registries: a name, which may be of its own choice, and a specifier
// (https://docs.deno.com/runtime/fundamentals/modules/).
func (m *manifest) imports() (list []dependency) {
	for at, value := range m.deno.Get("imports").Members() {
		written := value.Text()
		for _, prefix := range []string{"npm:", "jsr:"} {
			if !strings.HasPrefix(written, prefix) {
				continue
			}
			spec := denoSpecifier("", written)
			name, _ := splitRef(strings.TrimPrefix(spec, prefix))
			list = append(list, dependency{name: name, requirement: strings.TrimSuffix(spec, "@*"), scope: sbom.Runtime, at: at})
		}
	}
	return list
}
