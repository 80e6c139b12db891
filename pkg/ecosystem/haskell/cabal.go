package haskell

import (
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// manifest is what a *.cabal tells.
type manifest struct {
	sbom.Component
	at     source.Span
	wanted []ecosystem.Requirement
}

// stanzas begin the parts of a package, and say what the packages are for that such a part needs.
var stanzas = map[string]sbom.Scope{
	"library": sbom.Runtime, "executable": sbom.Runtime, "foreign-library": sbom.Runtime, "common": sbom.Runtime,
	"test-suite": sbom.Test, "benchmark": sbom.Test, "custom-setup": sbom.Build,
}

// cabalReader reads a *.cabal line by line: fields, whose values go on in lines that are indented more, and stanzas.
type cabalReader struct {
	manifest
	scope  sbom.Scope
	top    bool   // outside of stanzas
	field  string // whose value goes on
	indent int    // of the field
	seen   map[string]int
	shared map[string]sbom.Scope // of common stanzas, by name
}

func (r *reader) cabal(file string) manifest {
	m := cabalReader{manifest: manifest{at: source.Span{Path: file}}, top: true, scope: sbom.Runtime, seen: map[string]int{}}
	data, _ := r.Read(r.FS, file, maxSize)
	m.shared = shared(file, data)
	for line, err := range doc.Lines(file, data) {
		if err != nil {
			r.Broken(file, next, err)
			break
		}
		if !strings.HasPrefix(line.Text, "--") {
			m.line(line)
		}
	}
	if m.Name == "" {
		m.Name = strings.TrimSuffix(path.Base(file), ".cabal")
	}
	m.PURL = ecosystem.PURL("hackage", "", m.Name, m.Version)
	return m.manifest
}

// shared is the scope of each common stanza: the strongest among those of the stanzas that import it (Cabal user guide,
// "Common stanzas"). A stanza imports what stands above it, so the last one is known first. One that nobody imports has none,
// and counts as any other.
func shared(file string, data []byte) map[string]sbom.Scope {
	type stanza struct {
		word, name string
		imports    []string
	}
	var all []stanza
	importing := -1 // the indent of the field import whose value goes on
	for line, err := range doc.Lines(file, data) {
		if err != nil {
			break // said by who reads the fields
		}
		word, _, _ := strings.Cut(strings.ToLower(line.Text), " ")
		field, value, isField := strings.Cut(line.Text, ":")
		_, opens := stanzas[word]
		switch {
		case strings.HasPrefix(line.Text, "--"):
			continue
		case importing >= 0 && line.Indent > importing:
			value = line.Text
		case isField && len(all) > 0 && strings.EqualFold(strings.TrimSpace(field), "import"):
			importing = line.Indent
		case opens && !isField:
			all = append(all, stanza{word: word, name: stanzaName(line)})
			fallthrough
		default:
			importing = -1
			continue
		}
		last := &all[len(all)-1]
		for name := range strings.SplitSeq(value, ",") {
			last.imports = append(last.imports, strings.TrimSpace(name))
		}
	}
	scopes := map[string]sbom.Scope{}
	for _, s := range slices.Backward(all) {
		scope := stanzas[s.word]
		if of, ok := scopes[s.name]; ok && s.word == "common" {
			scope = of
		}
		for _, name := range s.imports {
			old, known := scopes[name]
			if !known || scope == sbom.Runtime || scope == sbom.Build && old == sbom.Test {
				scopes[name] = scope
			}
		}
	}
	return scopes
}

// stanzaName is what stands behind the word that opens a stanza.
func stanzaName(line doc.Line) string {
	_, name, _ := strings.Cut(line.Text, " ")
	return strings.TrimSpace(name)
}

func (m *cabalReader) line(line doc.Line) {
	name, value, ok := strings.Cut(line.Text, ":")
	name = strings.ToLower(strings.TrimSpace(name))
	word, _, _ := strings.Cut(strings.ToLower(line.Text), " ")
	scope, opens := stanzas[word]
	switch {
	case line.Indent > m.indent && m.field != "":
		m.value(line, line.Text)
	case ok && !strings.ContainsAny(name, " ,<>=("):
		m.field, m.indent = name, line.Indent
		m.value(line, strings.TrimSpace(value))
	case opens:
		if of, ok := m.shared[stanzaName(line)]; ok && word == "common" {
			scope = of
		}
		m.top, m.scope, m.field = false, scope, ""
	default: // if, else, what is not known
		m.field = ""
	}
}

// value takes a value, or a line of one.
func (m *cabalReader) value(line doc.Line, value string) {
	if value == "" {
		return
	}
	switch m.field {
	case "build-depends", "setup-depends":
		m.needs(line, value, m.scope)
	case "build-tool-depends", "build-tools":
		if m.scope == sbom.Test { // a tool of the tests alone
			m.needs(line, value, sbom.Test)
		} else {
			m.needs(line, value, sbom.Build)
		}
	}
	if !m.top {
		return
	}
	switch m.field {
	case "name":
		if ecosystem.Printable(value) {
			m.Name, m.at = value, line.Span()
		}
	case "version":
		if ecosystem.Printable(value) {
			m.Version = value
		}
	case "license":
		m.Claims = detect.Declaration(value, line.Span())
	case "homepage":
		m.Homepage = value
	}
}

// needs reads a list of "name >=1.0 && <2" and "name:{part, part} ^>=1", parted by commas. A package that the program needs
// too does not serve the tests alone.
func (m *cabalReader) needs(line doc.Line, value string, scope sbom.Scope) {
	depth := 0
	parts := strings.FieldsFunc(value, func(c rune) bool {
		if c == '{' {
			depth++
		} else if c == '}' {
			depth--
		}
		return c == ',' && depth <= 0
	})
	for _, part := range parts {
		part = strings.TrimSpace(part)
		end := strings.IndexAny(part, " <>=^:")
		if end < 0 {
			end = len(part)
		}
		key, requirement := part[:end], strings.TrimSpace(part[end:])
		if _, after, ok := strings.Cut(requirement, "}"); ok { // of several parts of the package
			requirement = strings.TrimSpace(after)
		} else if strings.HasPrefix(requirement, ":") {
			_, requirement, _ = strings.Cut(requirement, " ")
		}
		if !ecosystem.Printable(key) || key == m.Name || strings.ContainsAny(key, "{}()&|") {
			continue
		}
		if i, ok := m.seen[key]; ok {
			if scope == sbom.Runtime || scope == sbom.Build && m.wanted[i].Scope == sbom.Test {
				m.wanted[i].Scope = scope
			}
			continue
		}
		m.seen[key] = len(m.wanted)
		version := ""
		if exact, ok := strings.CutPrefix(requirement, "=="); ok && !strings.ContainsAny(exact, "*&|") {
			version = strings.TrimSpace(exact)
		}
		m.wanted = append(m.wanted, ecosystem.Requirement{Key: key, Scope: scope, Range: requirement, At: line.Span(), What: component(key, version)})
	}
}
