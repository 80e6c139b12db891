package npm

import (
	"bytes"
	"cmp"
	"path"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
)

// yarn reads both forms of yarn.lock: the lines of Yarn 1 and the YAML of those after it, which has "__metadata". In both
// an entry is named by the requirements that it meets, name@range.
func (l *pinned) yarn() {
	data, ok := l.Read(l.FS, l.file, maxLock)
	if !ok {
		l.broken = true
		return
	}
	if bytes.Contains(data[:min(len(data), 4096)], []byte("__metadata:")) {
		l.berry()
		return
	}
	d, err := doc.Outline(l.file, data, "#")
	if err != nil {
		l.broken = true
		l.Broken(l.file, l.write, err)
	}
	l.refer, l.unpeered = func(d dependency) string { return d.name + "@" + d.requirement }, true
	for key, fields := range d.Root().Members() {
		l.yarnEntry(key, fields)
	}
}

// yarnEntry is one of version 1.
func (l *pinned) yarnEntry(key, fields doc.Node) {
	refs := strings.Split(strings.TrimSuffix(key.Text(), ":"), ",")
	for i, ref := range refs {
		refs[i] = strings.Trim(strings.TrimSpace(ref), `"`)
	}
	name, requirement := splitRef(refs[0])
	p := &pin{at: key, name: name}
	if real, _, ok := alias(requirement); ok {
		p.name = real
	}
	for field, list := range fields.Members() {
		word, value := words(field.Text())
		switch word {
		case "version":
			p.version = value
		case "resolved":
			p.resolved = value
		case "integrity":
			p.integrity = value
		case "dependencies:", "optionalDependencies:":
			scope := sbom.Runtime
			if word == "optionalDependencies:" {
				scope = sbom.Optional
			}
			for at := range list.Members() {
				name, requirement := words(at.Text())
				p.needs = append(p.needs, need{dependency{name: name, requirement: requirement, scope: scope, at: at}, name + "@" + requirement})
			}
		}
	}
	l.settle(p, requirement)
	p.direct = isHTTP(requirement)
	location, fragment, _ := strings.Cut(p.resolved, "#")
	if isGit(requirement) || strings.HasSuffix(location, ".git") {
		p.direct = true
		if isHTTP(p.resolved) {
			p.resolved = "git+" + p.resolved
		}
	} else {
		p.resolved = location
		if _, ok := ecosystem.Hash(fragment); ok {
			p.integrity, p.sha1 = cmp.Or(p.integrity, fragment), strings.ToLower(fragment)
		}
		if real := registered(location); real != "" && !p.direct {
			p.name = real
		}
	}
	if p.version == "" && p.resolved == "" {
		l.broken = true
		l.Lost(key.Span(), l.write, "%s has no version", ecosystem.Quote(key.Text()))
		return
	}
	l.list(p, refs...)
}

// registered is the name under which a registry serves an archive: what stands before "/-/" in its location, with the scope if
// there is one. It tells what an alias or an override that the entry does not show has brought.
func registered(location string) string {
	before, _, ok := strings.Cut(location, "/-/")
	if !ok || !isHTTP(location) {
		return ""
	}
	before = strings.ReplaceAll(before, "%2f", "/")
	scope, name := path.Split(before)
	if scope = path.Base(scope); strings.HasPrefix(scope, "@") {
		name = scope + "/" + name
	}
	if !validName(name) {
		return ""
	}
	return name
}

// words splits a line into its first word and the rest, without quotes.
func words(line string) (first, rest string) {
	if quoted, ok := strings.CutPrefix(line, `"`); ok {
		first, rest, _ = strings.Cut(quoted, `"`)
	} else {
		first, rest, _ = strings.Cut(line, " ")
	}
	return first, strings.Trim(strings.TrimSpace(rest), `"`)
}

// splitRef splits name@range; the name may begin with "@".
func splitRef(ref string) (name, requirement string) {
	if i := strings.IndexByte(ref[min(1, len(ref)):], '@'); i >= 0 {
		return ref[:i+1], ref[i+2:]
	}
	return ref, ""
}
