package python

import (
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// setupCfg reads a setup.cfg (https://setuptools.pypa.io/en/latest/userguide/declarative_config.html). Values that begin
// with "attr:" or "file:" name where the value is to be found.
func (r *reader) setupCfg(h *home, file string) {
	data, ok := r.Read(r.FS, file, maxFile)
	if !ok {
		return
	}
	d, err := doc.INI(file, data)
	if err != nil {
		r.broken(file, err)
	}
	top := d.Root()
	meta, options := top.Get("metadata"), top.Get("options")
	var t terms
	for k, v := range meta.Members() {
		switch key := strings.ReplaceAll(strings.ToLower(k.Text()), "-", "_"); {
		case key == "name":
			h.identify(bySetupCfg, v.Text(), "", v.Span())
		case key == "version":
			h.identify(bySetupCfg, "", v.Text(), v.Span())
			h.fromAttribute(v.Text())
		case key == "license_expression":
			t.expression = stated{v.Text(), v.Span()}
		case key == "license" && !strings.HasPrefix(v.Text(), "file:"):
			t.license = stated{v.Text(), v.Span()}
		case key == "classifiers" || key == "classifier":
			for line, span := range rows(data, v) {
				t.classifier(line, span)
			}
		case key == "url" || key == "home_page":
			h.homepage = firstOf(h.homepage, v.Text())
		}
	}
	h.claims = addClaim(h.claims, t.claims()...)
	if meta.Kind() == doc.Object || options.Kind() == doc.Object {
		h.library = true
	}
	c := cfgReader{r, h, file, data}
	for k, v := range options.Members() {
		h.lists = true
		switch k.Text() {
		case "install_requires":
			c.list(v, sbom.Runtime, "")
		case "tests_require":
			c.list(v, sbom.Test, "")
		case "setup_requires":
			c.list(v, sbom.Build, "")
		}
	}
	for k, v := range top.Get("options.extras_require").Members() {
		extra, marker, _ := strings.Cut(k.Text(), ":")
		if extra == "" && marker != "" {
			c.list(v, sbom.Runtime, "")
		} else {
			c.list(v, scopeOf(k.Text(), sbom.Optional), normal(extra))
		}
	}
}

type cfgReader struct {
	*reader
	home *home
	file string
	data []byte
}

// list reads requirements, one a line, or the files that hold them.
func (c *cfgReader) list(v doc.Node, scope sbom.Scope, extra string) {
	if files, ok := strings.CutPrefix(v.Text(), "file:"); ok {
		for f := range strings.FieldsFuncSeq(files, func(r rune) bool { return r == ',' || r == '\n' || r == ' ' }) {
			if included, ok := c.included(c.file, f, v.Span()); ok {
				c.useRequirements(c.home, included, scope, v.Span())
			}
		}
		return
	}
	for line, span := range rows(c.data, v) {
		line, _, _ = strings.Cut(line, " #")
		for part := range strings.SplitSeq(strings.TrimSuffix(line, ","), ",\n") {
			n, ok := c.needOf(strings.TrimSpace(part), span)
			if !ok {
				c.Lost(span, "correct the line", "%s is no requirement", ecosystem.Quote(part))
				continue
			}
			n.extra = extra
			c.home.need(n, scope)
		}
	}
}

// rows yields the lines of a value and where each stands, without blank ones and comments. Where the places in the file are
// not known, all have that of the value.
func rows(data []byte, v doc.Node) func(yield func(string, source.Span) bool) {
	return func(yield func(string, source.Span) bool) {
		span := v.Span()
		text := v.Text()
		exact := span.End > span.Start && span.End <= len(data)
		if exact {
			text = string(data[span.Start:span.End])
		}
		at := span
		offset := 0
		for line := range strings.SplitSeq(text, "\n") {
			body := strings.TrimSpace(line)
			if exact {
				indent := strings.Index(line, body)
				at.Start = span.Start + offset + indent
				at.End = at.Start + len(body)
				at.Col = 1 + indent
				if offset == 0 {
					at.Col = span.Col + indent
				}
			}
			if body != "" && body[0] != '#' && !yield(strings.ToValidUTF8(body, "\uFFFD"), at) {
				return
			}
			offset += len(line) + 1
			if exact {
				at.Line++
			}
		}
	}
}
