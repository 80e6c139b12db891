package jdk

import (
	"io/fs"
	"path"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/rules"
)

// readNotices adds the libraries that the texts in a folder below legal are about. Links lead to the texts of another folder.
func (r *reader) readNotices(dir string) {
	entries, err := fs.ReadDir(r.FS, dir)
	if err != nil {
		r.Gap(ecosystem.Unread(name, r.at, err))
	}
	for _, e := range entries {
		if path.Ext(e.Name()) == ".md" && e.Type().IsRegular() {
			r.readNotice(path.Join(dir, e.Name()))
		}
	}
}

// readNotice adds the library that one text is about. What it states is stated of the library: the text is the one file of it.
func (r *reader) readNotice(file string) {
	data, ok := r.Read(r.FS, file, maxNotice)
	if !ok {
		return
	}
	for line, err := range doc.Lines(file, data) {
		if err != nil {
			break
		}
		heading := strings.TrimSpace(strings.TrimLeft(line.Text, "#"))
		stem := strings.TrimSuffix(path.Base(file), ".md")
		c := sbom.Component{Origin: sbom.OriginBundled}
		c.Name, c.Version = title(heading)
		if lib := rules.LibrariesCalled(stem); len(lib) == 1 {
			c.Name, c.PURL = lib[0].Name, lib[0].PURL
			if c.Version != "" {
				c.PURL += "@" + c.Version
			}
		}
		if !strings.HasPrefix(line.Text, "#") || c.Name == "" || len(c.Name) > maxTitle {
			c = sbom.Component{Origin: sbom.OriginBundled, Name: stem}
		}
		r.contain(r.Add(c, file, line.Span()), line.Span())
		return
	}
	r.Lost(r.at, next, "%s does not say which library it is about", ecosystem.Quote(file))
}

// maxTitle bounds the name of a library, in bytes.
const maxTitle = 200

// title takes the heading of a text apart: "ASM Bytecode Manipulation Framework v8.0.1", "CUP Parser Generator for Java v 0.11b",
// "Dynalink v.5", "JPEG release 6b", "Apache Commons ... Version 6.7.0". A version is the last word, and begins with a digit.
func title(heading string) (name, version string) {
	words := strings.Fields(heading)
	if len(words) < 2 {
		return strings.Join(words, " "), ""
	}
	last := len(words) - 1
	v := strings.TrimPrefix(strings.TrimPrefix(words[last], "v"), ".")
	if v == "" || v[0] < '0' || v[0] > '9' || strings.Trim(v, "0123456789abcdefghijklmnopqrstuvwxyz.-_+") != "" {
		return strings.Join(words, " "), ""
	}
	for last > 1 {
		switch strings.ToLower(words[last-1]) {
		case "v", "version", "release":
			last--
			continue
		}
		break
	}
	return strings.TrimRight(strings.Join(words[:last], " "), ",:- "), v
}
