package vendored

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/rules"
)

// Banner is a comment in a file that says of which library what follows is, or the whole file.
type Banner struct {
	Name    string
	Title   string // of a title, the name as it stands there; Name is that of the list of libraries, where it is one of these
	Version string // "" if it does not tell
	// Package is the name on npm, where a bundler wrote from which folder of node_modules the comment is; else "".
	Package string
	PURL    string // of a known library, without a version
	// License is known of what a compiler or bundler put in, and nothing that the file states; else "".
	License string
	// Homepage is that of a part of Chromium, where its list of these has one.
	Homepage string
	// At is the comment. What is stated in it is stated of the library.
	At source.Span
	// Whole: it stands at the head of a file that is called after the library.
	Whole bool
	// Plain: it is an ordinary comment with the name of the file, a version, and no known library's name. So may one's own begin.
	Plain bool
}

// Bundlers keep the comments that begin with /*! or have @license or @preserve, where they stand, or at the end, or in a file
// beside the bundle (esbuild: legal comments; terser-webpack-plugin: extractComments). esbuild puts those of packages below
// the line "Bundled license information:", each list of them below the path that the file has in node_modules.
//
// The limits: a comment that is longer is no banner, and of a file with more of them the rest is left with the file.
const (
	maxComment = 64 << 10
	maxBanners = 2000
	bundledBy  = "Bundled license information:"
)

// scripts are the endings of files in which bundlers leave the comments of what they took in; programs those of languages in which
// a library may be one file.
var (
	scripts  = []string{".cjs", ".css", ".js", ".mjs"}
	programs = []string{".c", ".cc", ".cpp", ".h", ".hh", ".hpp", ".hxx"}
)

// MayHaveBanners reports whether banners are looked for in a file of that name.
func MayHaveBanners(p string) bool {
	return isScript(p) || IsProgram(p) || path.Ext(p) == ".txt" || IsCredits(p)
}

// IsProgram reports whether a file is a program in a language in which a library may be one file.
func IsProgram(p string) bool { return slices.Contains(programs, path.Ext(p)) }

// isScript reports whether a file is what a bundler writes, or has the comments that it took out: app.js, app.js.LICENSE.txt.
func isScript(p string) bool {
	for _, taken := range []string{".LICENSE.txt", ".LEGAL.txt"} {
		p = strings.TrimSuffix(p, taken)
	}
	return slices.Contains(scripts, path.Ext(p))
}

// Banners finds the banners of a file, and in scripts what compilers and bundlers put there, in the order of the file. Spans are places in data.
func Banners(p string, data []byte) []Banner {
	b := &banners{path: p, data: data, line: 1}
	switch {
	case isScript(p):
	case IsCredits(p):
		b.credits()
		return b.found
	case path.Ext(p) == ".txt":
		b.blocks()
		return b.found
	default:
		return program(p, data)
	}
	if strings.HasSuffix(p, ".LEGAL.txt") {
		if i := bytes.Index(data, []byte(bundledBy)); i >= 0 {
			b.listed(i, len(data))
		}
		return b.found
	}
	for i := 0; len(b.found) < maxBanners; {
		start, end, ok := comment(data, i)
		if !ok {
			break
		}
		i = end
		text := data[start:end]
		switch {
		case len(text) > maxComment && !bytes.HasPrefix(text, []byte("/*! "+bundledBy)):
		case bytes.HasPrefix(text, []byte("/*! "+bundledBy)):
			b.listed(start, end)
		case isLegal(text):
			b.take(start, end, b.isHead(start))
		case len(b.found) == 0 && b.isHead(start): // of a file that nobody bundled
			b.takeNamed(start, end)
		}
	}
	return supplemented(p, data, b.found)
}

// comment finds the next block comment. One in which one of those is opened that bundlers keep was no comment, but a part of a
// text: "src/*.js".
func comment(data []byte, from int) (start, end int, ok bool) {
	i := bytes.Index(data[from:], []byte("/*"))
	if i < 0 {
		return 0, 0, false
	}
	start = from + i
	n := bytes.Index(data[start+2:], []byte("*/"))
	if n < 0 {
		return 0, 0, false
	}
	end = start + 2 + n + 2
	for at := start + 2; ; at += 2 {
		again := bytes.Index(data[at:end-2], []byte("/*"))
		if again < 0 {
			return start, end, true
		}
		if at += again; data[at+2] == '!' || data[at+2] == '*' && at+2 < end-2 {
			start = at
		}
	}
}

func isLegal(text []byte) bool {
	return bytes.HasPrefix(text, []byte("/*!")) || bytes.Contains(text, []byte("@license")) || bytes.Contains(text, []byte("@preserve"))
}

// banners gathers those of one file.
type banners struct {
	path  string
	data  []byte
	found []Banner
	// at and line are how far lines were counted.
	at, line int
}

// span is the place of data[start:end]; places are asked for in order.
func (b *banners) span(start, end int) source.Span {
	b.line += bytes.Count(b.data[b.at:start], []byte{'\n'})
	b.at = start
	return source.Span{Path: b.path, Start: start, End: end, Line: b.line, Col: start - bytes.LastIndexByte(b.data[:start], '\n')}
}

// isHead reports whether nothing but white space and "use strict" stands before an offset.
func (b *banners) isHead(start int) bool {
	if start > 64 {
		return false
	}
	before := strings.TrimPrefix(string(b.data[:start]), "\uFEFF")
	return strings.Trim(before, " \t\r\n;'\"") == "" || strings.Trim(before, " \t\r\n;'\"") == "use strict"
}

// take adds the banner that a legal comment is, if it names a library.
func (b *banners) take(start, end int, head bool) {
	name, version := title(string(b.data[start:end]))
	if name == "" {
		return
	}
	n := Banner{Name: name, Title: name, Version: version, At: b.span(start, end)}
	// Of the list only what has no files of its own is found in scripts: there "json" is no library of C++.
	if known := rules.LibrariesCalled(name); len(known) > 0 && (len(known[0].Files) == 0 || !isScript(b.path)) {
		n.Name, n.PURL = known[0].Name, known[0].PURL
	}
	n.Whole = head && (Alike(stemOf(b.path), n.Name) || Alike(stemOf(b.path), name))
	b.found = append(b.found, n)
}

// takeNamed adds an ordinary comment at the head of a file, if it has the name of the file and a version.
func (b *banners) takeNamed(start, end int) {
	if name, version := title(string(b.data[start:end])); version != "" && Alike(stemOf(b.path), name) {
		b.take(start, end, true)
		n := &b.found[len(b.found)-1]
		n.Plain = n.PURL == ""
	}
}

// stemOf is the name of a file up to its first dot: jquery of jquery.min.js; with what tells a version cut off.
func stemOf(p string) string {
	name, _ := nameOf(path.Base(p))
	stem, _, _ := strings.Cut(name, ".")
	return stem
}

// listed reads esbuild's list of the comments of packages: a path that begins a line and ends in a colon, and indented below it
// the comments of that file. What lies in node_modules is listed, without the path up to there.
func (b *banners) listed(start, end int) {
	var open *Banner
	shut := func(at int) {
		if open == nil {
			return
		}
		open.At.End = at
		if name, version := title(string(b.data[open.At.Start:at])); version != "" && Alike(name, path.Base(open.Name)) {
			open.Version = version
		}
		b.found = append(b.found, *open)
		open = nil
	}
	for i := start; i < end && len(b.found) < maxBanners; {
		next := end
		if n := bytes.IndexByte(b.data[i:end], '\n'); n >= 0 {
			next = i + n + 1
		}
		line := strings.TrimRight(string(b.data[i:min(next, i+1024)]), "\r\n")
		if p, ok := strings.CutSuffix(line, ":"); ok && p != "" && p[0] != ' ' && strings.Contains(p, "/") {
			shut(i)
			if name := packageOf(p); isName(name) && i > start {
				open = &Banner{Name: name, Package: name, At: b.span(i, i)}
			}
		}
		i = next
	}
	shut(end)
}

// blocks reads the list that rollup-plugin-license writes of the packages in a bundle: of each, between lines of three dashes, the
// fields Name, Version, License and Private of its package.json, then its texts.
func (b *banners) blocks() {
	const divider = "\n---\n"
	for start := 0; start < len(b.data) && len(b.found) < maxBanners; {
		end := len(b.data)
		if n := bytes.Index(b.data[start:], []byte(divider)); n >= 0 {
			end = start + n
		}
		text := strings.TrimLeft(string(b.data[start:min(end, start+2<<10)]), "\n")
		lines := strings.SplitN(text, "\n", 5)
		name, named := strings.CutPrefix(lines[0], "Name: ")
		isBlock := named && len(lines) > 3 && strings.HasPrefix(lines[1], "Version: ") && strings.HasPrefix(lines[2], "License: ") && strings.HasPrefix(lines[3], "Private: ")
		switch last := len(b.found) - 1; {
		case isBlock && isName(name):
			version := wholeVersion(strings.TrimPrefix(lines[1], "Version: "))
			b.found = append(b.found, Banner{Name: name, Package: name, Version: version, At: b.span(start, end)})
		case isBlock || last < 0:
			return
		default: // a text with such a line in it
			b.found[last].At.End = end
		}
		start = end + len(divider)
	}
}

// packageOf is the npm package of a path in node_modules.
func packageOf(p string) string {
	parts := strings.SplitN(p, "/", 3)
	if strings.HasPrefix(p, "@") && len(parts) > 1 {
		return parts[0] + "/" + parts[1]
	}
	return parts[0]
}

// maxHeadOfProgram is in how many of its first bytes a program names the library that it is.
const maxHeadOfProgram = 2 << 10

// program reads the head of a program that is a library of its own: "stb_image - v2.28 - public domain image loader" in
// stb_image.h; or that is called as one of the list is, and has the version that the list tells of.
func program(p string, data []byte) []Banner {
	base := path.Base(p)
	for _, lib := range rules.LibrariesOf(base) {
		if !slices.Contains(lib.Whole, base) {
			continue
		}
		n := Banner{Name: lib.Name, PURL: lib.PURL, At: source.Span{Path: p, Line: 1, Col: 1}, Whole: true}
		m := defines(p, data[:min(len(data), maxHead)])
		for _, rule := range lib.Defines {
			if s, ok := m.version(rule); ok {
				n.Version, n.At = s.Version, s.At
				break
			}
		}
		return []Banner{n}
	}
	b := &banners{path: p, data: data, line: 1}
	if b.words(); len(b.found) > 0 {
		return b.found
	}
	head := data[:min(len(data), maxHeadOfProgram)]
	start, end := 0, len(head)
	if s, e, ok := comment(head, 0); ok && b.isHead(s) {
		start, end = s, e
	} else if s := bytes.Index(head, []byte("/*")); s >= 0 && b.isHead(s) {
		start = s
	} else if !bytes.HasPrefix(head, []byte("//")) {
		return nil
	}
	b.takeNamed(start, end)
	return b.found
}

// maxBefore is in how many of its first bytes a program speaks of code of others that it has in it.
const maxBefore = 16 << 10

// words adds the libraries of which the words of the list tell, each once. What is theirs is the comment, or the file.
func (b *banners) words() {
	for i := 0; ; {
		start, end, ok := comment(b.data, i)
		if !ok || start >= maxBefore {
			return
		}
		i = end
		text := string(b.data[start:min(end, maxBefore)])
		for lib := range rules.LibrariesWithWords() {
			isFound := func(n Banner) bool { return n.Name == lib.Name }
			if strings.Contains(text, lib.Words) && !slices.ContainsFunc(b.found, isFound) {
				b.found = append(b.found, Banner{Name: lib.Name, PURL: lib.PURL, At: b.span(start, end), Whole: lib.AllOf})
			}
		}
	}
}
