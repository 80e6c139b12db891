package annotation

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// REUSE reads a REUSE.toml (REUSE 3.3, "REUSE.toml"). What is wrong with it is among the gaps of the set,
// which is never nil. Keys that the specification does not name are passed over, as it asks for.
func REUSE(p string, data []byte) *Set {
	r := reuseReader{newSet(p, path.Dir(p), RuleREUSE), data}
	d, err := doc.TOML(p, data)
	if bad, ok := errors.AsType[*doc.SyntaxError](err); ok {
		r.lost(bad.Span, "not TOML: "+bad.Msg, "mend the file: what stands below may have no effect")
	} else if err != nil {
		r.lost(source.Span{Path: p}, err.Error(), "mend the file")
	}
	r.version(d)
	for key, value := range d.Root().Members() {
		if key.Text() != "annotations" {
			continue
		}
		if value.Kind() != doc.Array {
			r.lost(key.Span(), "annotations is no list of tables", "write each as a table of its own: [[annotations]]")
		}
		for table := range value.Items() {
			r.table(table)
		}
	}
	return r.Set
}

type reuseReader struct {
	*Set
	data []byte
}

// version warns of a schema that this reader does not know.
func (r reuseReader) version(d *doc.Doc) {
	v := d.Root().Get("version")
	switch {
	case d.Root().Kind() == doc.Missing:
	case v.Kind() == doc.Missing:
		r.gap(sbom.Gap{
			Kind: sbom.Lost, Span: source.Span{Path: r.path, Line: 1, Col: 1},
			Why: "there is no version", Next: "write version = 1 at the top: that is how it was read",
		})
	case v.Kind() != doc.Number || v.Text() != "1":
		r.gap(sbom.Gap{
			Kind: sbom.Unsupported, Span: v.Span(), Material: true,
			Why: fmt.Sprintf("version %s of the format: it was read as version 1", v.Text()), Next: "see what this version of the format changes",
		})
	}
}

// table reads one [[annotations]].
func (r reuseReader) table(t doc.Node) {
	var a Annotation
	var patterns []Statement
	for key, value := range t.Members() {
		switch key.Text() {
		case "path":
			patterns = r.strings(key, value)
		case "precedence":
			a.Precedence = r.precedence(value)
		case "SPDX-FileCopyrightText":
			a.Copyrights = r.strings(key, value)
		case "SPDX-License-Identifier":
			a.Licenses = r.strings(key, value)
		}
	}
	if len(patterns) == 0 {
		r.lost(t.Span(), "an annotation without a path", "say which files it is about: path = \"**\"")
		return
	}
	for _, pattern := range patterns {
		if text, ok := r.below(pattern); ok {
			r.pattern(reusePattern(text), pattern.Span)
		}
	}
	r.Annotations = append(r.Annotations, a)
}

// precedence reads the key of that name. One that is not known hides nothing.
func (r reuseReader) precedence(v doc.Node) Precedence {
	switch v.Text() {
	case "closest":
		return Closest
	case "aggregate":
	case "override":
		return Override
	default:
		r.lost(v.Span(), fmt.Sprintf("%q is no precedence: the annotation is joined to what the files state", v.Text()),
			"write closest, aggregate or override")
	}
	return Aggregate
}

// strings reads a string or a list of them. The place of a single one begins with its key.
func (r reuseReader) strings(key, v doc.Node) []Statement {
	switch v.Kind() {
	case doc.String:
		s := r.statement(v)
		if from := key.Span(); s.Span.End > 0 {
			s.Span.Start, s.Span.Line, s.Span.Col = from.Start, from.Line, from.Col
		}
		return []Statement{s}
	case doc.Array:
		var out []Statement
		for item := range v.Items() {
			if item.Kind() != doc.String {
				r.lost(item.Span(), fmt.Sprintf("what is no string in the list %s: %s", key.Text(), item.Kind()), "write a string")
				continue
			}
			out = append(out, r.statement(item))
		}
		return out
	}
	r.lost(v.Span(), fmt.Sprintf("%s is neither a string nor a list: %s", key.Text(), v.Kind()), "write a string, or a list of strings")
	return nil
}

func (r reuseReader) statement(v doc.Node) Statement {
	at := v.Span()
	s := Statement{Text: strings.TrimSpace(v.Text()), Span: at, EndLine: at.Line}
	if at.End <= len(r.data) {
		s.EndLine += bytes.Count(r.data[at.Start:at.End], []byte{'\n'})
	}
	return s
}

// below checks that a path can be one of the folder's.
func (r reuseReader) below(pattern Statement) (string, bool) {
	text := strings.TrimPrefix(pattern.Text, "./")
	if text == "" || text[0] == '/' || text == ".." || strings.HasPrefix(text, "../") || strings.Contains(text, "/../") {
		r.lost(pattern.Span, fmt.Sprintf("%q is no path below the folder of the file", pattern.Text),
			"write it relative to that folder, or move the annotation to where the files are")
		return "", false
	}
	return text, true
}

// reusePattern compiles a path: "*" is any run without a slash, "**" and "**/" are any run, a backslash
// takes the meaning from what follows.
func reusePattern(text string) []step {
	var out []step
	runes := []rune(text)
	for i := 0; i < len(runes); i++ {
		switch r := runes[i]; {
		case r == '\\' && i+1 < len(runes):
			i++
			out = append(out, step{r: runes[i]})
		case r == '*' && i+1 < len(runes) && runes[i+1] == '*':
			for i+1 < len(runes) && runes[i+1] == '*' {
				i++
			}
			if i+1 < len(runes) && runes[i+1] == '/' {
				i++
			}
			out = append(out, step{kind: deep})
		case r == '*':
			out = append(out, step{kind: star})
		default:
			out = append(out, step{r: r})
		}
	}
	return out
}
