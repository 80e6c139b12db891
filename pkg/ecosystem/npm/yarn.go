package npm

import (
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// yarn reads both forms of yarn.lock: the lines of Yarn 1 and the YAML of those after it, which has "__metadata". In both
// an entry is named by the requirements that it meets, name@range.
func (l *pinned) yarn() (broken bool) {
	data, err := ecosystem.ReadFile(l.FS, l.file, maxLock)
	if err != nil {
		l.Gap(material(ecosystem.Unread(name, source.Span{Path: l.file}, err)))
		return true
	}
	if strings.Contains(string(data[:min(len(data), 4096)]), "__metadata:") {
		return l.berry()
	}
	d, gap := parsed(l.file, data, l.write, func(file string, data []byte) (*doc.Doc, error) { return doc.Outline(file, data, "#") })
	if gap != nil {
		l.Gap(material(*gap))
	}
	l.refer = func(d dependency) string { return d.name + "@" + d.requirement }
	for key, fields := range d.Root().Members() {
		l.yarnEntry(key, fields)
	}
	return gap != nil
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
	p.local = l.isOwn(requirement)
	p.direct = isHTTP(requirement)
	if isGit(requirement) || strings.HasSuffix(strings.SplitN(p.resolved, "#", 2)[0], ".git") {
		p.direct = true
		if isHTTP(p.resolved) {
			p.resolved = "git+" + p.resolved
		}
	}
	if p.version == "" && p.resolved == "" {
		l.Lost(key.Span(), l.write, "%s has no version", ecosystem.Quote(key.Text()))
		return
	}
	l.list(p, refs...)
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

// berry reads yarn.lock as Yarn 2 and later write it. Its ranges name a protocol, "npm:" if none is written.
func (l *pinned) berry() (broken bool) {
	d, broken := l.mustRead(l.file, maxLock, l.write, doc.YAML)
	l.refer = func(d dependency) string { return d.name + "@" + protocol(d.requirement) }
	for key, entry := range d.Root().Members() {
		if key.Text() == "__metadata" {
			continue
		}
		var refs []string
		for ref := range strings.SplitSeq(key.Text(), ",") {
			name, requirement := splitRef(strings.TrimSpace(ref))
			refs = append(refs, name+"@"+protocol(requirement))
		}
		p := &pin{at: key, version: entry.Get("version").Text()}
		name, where := splitRef(entry.Get("resolution").Text())
		p.name = name
		folder, workspace := strings.CutPrefix(where, "workspace:")
		p.local = workspace || l.isOwn(where)
		switch {
		case isHTTP(where) && strings.Contains(where, "#commit="):
			p.resolved, p.direct = "git+"+strings.Replace(where, "#commit=", "#", 1), true
		case isHTTP(where):
			p.resolved, p.direct = where, true
		case isGit(where):
			p.resolved, p.direct = strings.Replace(where, "#commit=", "#", 1), true
		}
		if workspace || !p.local {
			for _, s := range []struct {
				field string
				scope sbom.Scope
			}{{"dependencies", sbom.Runtime}, {"optionalDependencies", sbom.Optional}} {
				for at, value := range entry.Get(s.field).Members() {
					scope := s.scope
					if optional, _ := entry.Get("dependenciesMeta").Get(at.Text()).Get("optional").Bool(); optional {
						scope = sbom.Optional
					}
					d := dependency{name: at.Text(), requirement: value.Text(), scope: scope, at: at}
					p.needs = append(p.needs, need{d, l.refer(d)})
				}
			}
		}
		if folder, ok := below(l.dir, folder); workspace && ok {
			l.importers[folder] = p.needs
			if validName(p.name) {
				l.titles[folder] = p.name
			}
			p.needs = nil
		}
		l.list(p, refs...)
	}
	return broken
}

func protocol(requirement string) string {
	if strings.Contains(requirement, ":") {
		return requirement
	}
	return "npm:" + requirement
}

func material(g sbom.Gap) sbom.Gap {
	g.Material = true
	return g
}
