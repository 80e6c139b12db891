package sbt

import (
	"strings"

	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/sbom"
)

// maxReferences bounds how deep names and blocks are followed.
const maxReferences = 20

// assign notes what is assigned to names: "val x = ...", "lazy val x: String = ...".
func (b *build) assign(n doc.Node, depth int) {
	for s := range n.Terms().Split("\n", ";") {
		for i, t := range s {
			if t.Bracket() != 0 && depth < maxReferences {
				b.assign(t, depth+1)
			}
			if !t.IsWord("=") || i == 0 || i+1 == len(s) {
				continue
			}
			key := s[i-1]
			if i > 2 && s[i-2].IsWord(":") {
				key = s[i-3]
			}
			if _, ok := b.names[key.Text()]; !ok {
				b.names[key.Text()] = s[i+1:]
			}
		}
	}
}

// text is the value of one term if that is a string, or a name that is assigned one. A name may be qualified by the
// object that it stands in: "Versions.cats".
func (b *build) text(t doc.Node, depth int) string {
	switch {
	case t.Kind() == doc.String:
		return t.Text()
	case t.Kind() != doc.Word || depth > maxReferences:
		return ""
	}
	word := t.Text()
	if value, ok := b.names[word]; ok && len(value) > 0 {
		return b.text(value[0], depth+1)
	}
	if i := strings.LastIndexByte(word, '.'); i >= 0 {
		if value, ok := b.names[word[i+1:]]; ok && len(value) > 0 {
			return b.text(value[0], depth+1)
		}
	}
	return ""
}

// read takes what the build states of itself: "name := ...", "ThisBuild / version := ...".
func (f *facts) read(b *build, s script) {
	if s.plugins {
		return
	}
	f.block(b, s.terms, 0)
}

func (f *facts) block(b *build, n doc.Node, depth int) {
	for s := range n.Terms().Split("\n", ";", ",") {
		for i, t := range s {
			if t.Bracket() != 0 && depth < maxReferences {
				f.block(b, t, depth+1)
			}
			if t.IsWord(":") && i > 0 && i+2 < len(s) && s[i+1].IsWord("=") {
				f.state(b, s[i-1].Text(), s[i+2:])
				break
			}
		}
	}
}

// state notes one setting; of several the one that is met first counts.
func (f *facts) state(b *build, key string, value doc.Terms) {
	text := b.text(value[0], 0)
	set := func(field *string) {
		if *field == "" {
			*field = text
		}
	}
	switch key {
	case "name":
		if f.name == "" && text != "" {
			f.at = value[0].Span()
		}
		set(&f.name)
	case "organization":
		set(&f.organization)
	case "version":
		set(&f.version)
	case "scalaVersion":
		set(&f.scala)
	case "licenses":
		for _, t := range value {
			for part := range t.Terms().Split(",") {
				if len(f.license) == 0 && part[0].Kind() == doc.String {
					f.license = detect.Declaration(part[0].Text(), part[0].Span())
				}
			}
		}
	}
}

// find looks for modules wherever they are written.
func (b *build) find(n doc.Node, plugins bool, depth int) {
	for s := range n.Terms().Split("\n", ";", ",") {
		for i, t := range s {
			if t.Bracket() != 0 && depth < maxReferences*5 {
				b.find(t, plugins || i > 0 && (s[i-1].IsWord("addSbtPlugin") || s[i-1].IsWord("addCompilerPlugin")), depth+1)
			}
		}
		for i := 0; i < len(s); i++ {
			if s[i].IsWord("%") {
				if end := b.module(s, i, plugins); end > i {
					i = end
				}
			}
		}
	}
}

// follow looks for settings of libraryDependencies that name modules which are written nowhere in the build.
func (b *build) follow(n doc.Node, depth int) {
	for s := range n.Terms().Split("\n", ";", ",") {
		for i, t := range s {
			if t.Bracket() != 0 && depth < maxReferences*5 {
				b.follow(t, depth+1)
			}
			if !t.IsWord("libraryDependencies") {
				continue
			}
			value := s[i+1:]
			for len(value) > 0 && value[0].Kind() == doc.Word && strings.Trim(value[0].Text(), "+:=") == "" {
				value = value[1:]
			}
			b.modules(value)
		}
	}
}

// modules looks at an expression that makes modules: names, lists of names, these joined by ++. Of other expressions nothing
// can be told.
func (b *build) modules(value doc.Terms) {
	for part := range value.Split("+", "++", ",", "\n") {
		t := part[0]
		if len(part) > 1 && part[1].Bracket() == '(' && (t.IsWord("Seq") || t.IsWord("List") || t.IsWord("Set") || t.IsWord("Vector")) {
			b.modules(part[1].Terms())
			continue
		}
		word := t.Text()
		last := word[strings.LastIndexByte(word, '.')+1:]
		if t.Kind() != doc.Word || len(part) > 1 && part[1].Bracket() != 0 || last == "value" || last == "empty" || word == "Nil" || word == "if" || strings.HasPrefix(word, ".") {
			continue
		}
		if b.names[word] == nil && b.names[last] == nil && last != "" {
			b.unknown = append(b.unknown, t.Span())
		}
	}
}

// module reads one whose first percent sign is the i-th term, and gives the last term of it, or i if it is none.
func (b *build) module(s doc.Terms, i int, plugins bool) int {
	if i == 0 {
		return i
	}
	signs := func(from int) int {
		n := 0
		for from+n < len(s) && s[from+n].IsWord("%") {
			n++
		}
		return n
	}
	first := signs(i)
	at := i + first
	if at+2 >= len(s) || signs(at+1) != 1 {
		return i
	}
	m := module{group: b.text(s[i-1], 0), name: b.text(s[at], 0), version: b.text(s[at+2], 0), cross: first > 1, scope: sbom.Runtime, at: s[at].Span()}
	m.written = s[at+2].Text()
	last := at + 2
	if last+2 < len(s) && signs(last+1) == 1 {
		m.scope = scopeOf(configuration(s[last+2:]))
		last += 2
	}
	if plugins {
		m.scope = sbom.Build
	}
	if !isPart(m.group) || !isPart(m.name) {
		if first > 1 {
			b.unknown = append(b.unknown, m.at)
		}
		return i
	}
	if !isPart(m.version) || strings.ContainsAny(m.version, "[](),+") || strings.HasPrefix(m.version, "latest.") {
		m.version = ""
	}
	b.wanted = append(b.wanted, m)
	return last
}

// configuration is what stands behind the last percent sign: Test, "test", "test->test;compile->compile", Test classifier "x".
func configuration(t doc.Terms) string { return t[0].Text() }

// scopeOf is the strongest of what the configurations are for.
func scopeOf(s string) sbom.Scope {
	best := sbom.Scope("")
	for part := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == ';' || r == ',' }) {
		own, _, _ := strings.Cut(part, "->")
		scope := sbom.Runtime
		switch c := strings.ReplaceAll(strings.ToLower(strings.TrimSpace(own)), "-", ""); c { // as an object of sbt or by its name
		case "provided", "compileinternal", "compileonly", "plugin", "compilerplugin", "scalatool", "scaladoctool":
			scope = sbom.Build
		case "it":
			scope = sbom.Test
		case "optional", "optionalinternal":
			scope = sbom.Optional
		default:
			if strings.Contains(c, "test") {
				scope = sbom.Test
			}
		}
		if best == "" {
			best = scope
		}
		best = best.Stronger(scope)
	}
	if best == "" {
		return sbom.Runtime
	}
	return best
}
