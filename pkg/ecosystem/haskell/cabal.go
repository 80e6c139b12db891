package haskell

import (
	"path"
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
}

func (r *reader) cabal(file string) manifest {
	m := cabalReader{manifest: manifest{at: source.Span{Path: file}}, top: true, scope: sbom.Runtime, seen: map[string]int{}}
	data, _ := r.Read(r.FS, file, maxSize)
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
		m.needs(line, value, sbom.Build)
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
