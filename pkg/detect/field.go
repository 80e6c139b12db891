package detect

import (
	"bytes"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/spdx"
	"github.com/licet/licet/rules"
)

// Rules of the claims that a field makes.
const (
	RuleField      = "field"
	RuleClassifier = "trove-classifier"
)

// A field is a key that says license and a value: "License: GPLv2+" at the head of a spec file or a
// comment, `"license": "MIT"`, <license><name>..., @license, MODULE_LICENSE("GPL"), and a classifier of
// Python's package index. The value is free words, read by [Declared]. What can't be read is a claim too
// where nothing else can be meant: in a header, a manifest or a quoted string of a well-known key. In
// programs, where license may be the name of anything, only what can be read is one.

// fieldKeys are the keys whose value is a license, in lower case, with c for the s of licence. Sorted.
var fieldKeys = []string{"__license__", "bundle-license", "file_license", "license", "license-expression", "license-id", "license-type",
	"license_expression", "license_id", "license_spdx", "license_type", "licenseid", "licenses", "licensetype", "metadata_license", "module_license",
	"packagelicenseexpression", "pkglicense", "project_license"}

// field is one that was found: text[start:end] holds its key and all of its values.
type field struct {
	key        string
	start, end int
	keyEnd     int
	written    byte // '@' a documentation tag, '<' an element, '"' a quoted key, 'L' at the head of a line, 'H' a heading, 0 in a line
	values     []region
	rule       string
	either     bool // of several values one may be chosen
}

// fields finds the fields near the word license.
func (r *reading) fields() {
	end, begun := 0, false
	for at := range r.cues(cueLicense) {
		if at < end || within(r.tagged, at) {
			continue
		}
		if !begun {
			r.manifest, r.program, begun = isManifest(r.path), isProgram(r.path), true
		}
		f, ok := r.fieldAt(at)
		if !ok || len(f.values) == 0 {
			continue
		}
		if end == 0 && r.speaksOfOthers() {
			return
		}
		end = f.end
		r.fieldClaim(f)
	}
}

// lockfiles are written by package managers: all that they say of licenses is said of other components, at times thousands.
var lockfiles = []string{"Cargo.lock", "Gemfile.lock", "Pipfile.lock", "bun.lock", "composer.lock", "deno.lock", "go.sum", "go.work.sum", "mix.lock",
	"npm-shrinkwrap.json", "package-lock.json", "packages.lock.json", "pdm.lock", "pnpm-lock.yaml", "poetry.lock", "pubspec.lock", "uv.lock", "yarn.lock"}

func isLockfile(path string) bool { return containsFold(lockfiles, fileName(path)) }

// bills are what a document about other components begins with: a bill of materials.
var bills = []string{`"bomFormat"`, `"spdxVersion"`, "SPDXVersion:", "cyclonedx.org/schema/bom"}

// speaksOfOthers reports whether what the file declares is not about itself.
func (r *reading) speaksOfOthers() bool {
	head := r.text[:min(len(r.text), binaryHead/8)]
	return isLockfile(r.path) ||
		slices.ContainsFunc(bills, func(mark string) bool { return bytes.Contains(head, []byte(mark)) })
}

func fileName(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

// fieldAt reads the field whose key holds the word at i.
func (r *reading) fieldAt(i int) (field, bool) {
	f := field{start: i, keyEnd: i, rule: RuleField}
	for f.start > 0 && i-f.start < 32 && isKeyByte(r.text[f.start-1]) {
		f.start--
	}
	for f.keyEnd < len(r.text) && f.keyEnd-i < 32 && isKeyByte(r.text[f.keyEnd]) {
		f.keyEnd++
	}
	if !r.mayHaveValue(&f) {
		return f, false
	}
	key := strings.ToLower(string(r.text[f.start:f.keyEnd]))
	f.key = strings.ReplaceAll(strings.TrimRight(key, "-"), "licence", "license")
	if f.key == "license" && bytes.HasPrefix(r.text[f.keyEnd:], []byte(" ::")) {
		return r.classifier(f)
	}
	if k := strings.LastIndexByte(f.key, '.'); k >= 0 {
		f.key = f.key[k+1:] // spec.license
	}
	if _, ok := slices.BinarySearch(fieldKeys, f.key); !ok {
		return f, false
	}
	before, after := byte('\n'), byte('\n')
	if f.start > 0 {
		before = r.text[f.start-1]
	}
	if f.keyEnd < len(r.text) {
		after = r.text[f.keyEnd]
	}
	if (after == '"' || after == '\'') && before != after && before != '\\' {
		return f, false // the end of a longer key
	}
	if f.key == "license" && bytes.HasSuffix(r.text[:f.start], []byte("Change ")) {
		return f, false // see isChangeLicense
	}
	if strings.IndexByte("/#?&=", before) >= 0 && !startsLine(r.text, f.start) {
		return f, false // in an address
	}
	switch {
	case before == '@' || before == '\\':
		f.written = '@'
		f.start--
	case before == '<' || before == ':' && f.start > 1 && bytes.LastIndexByte(r.text[max(0, f.start-12):f.start], '<') >= 0:
		f.written = '<'
	case before == '"' || before == '\'':
		f.written = '"'
	case r.text[f.start] == '_':
		f.written = 'L'
	case startsLine(r.text, f.start):
		f.written = 'L'
	}
	if r.isLoose(&f) {
		return f, false
	}
	return f, r.readValue(&f)
}

// mayHaveValue tells most words of prose from keys by what stands around them: readValue would find no value.
func (r *reading) mayHaveValue(f *field) bool {
	if f.start > 0 && strings.IndexByte("@\\<:", r.text[f.start-1]) >= 0 {
		return true
	}
	v := valueReader{text: r.text[:min(len(r.text), f.keyEnd+fieldBytes)], pos: f.keyEnd}
	v.skip("\"'`")
	v.skip(" \t*")
	return strings.IndexByte(":=(\"'#\n\r", v.peek()) >= 0
}

// isLoose reports whether a key is more likely the name of a variable, or speaks of something else than the
// file: in the midst of a line of a program, and below the top of a configuration.
func (r *reading) isLoose(f *field) bool {
	switch {
	case f.written == '@' || f.key != "license" && f.key != "licenses" || r.manifest:
		return false
	case isYAML(r.path):
		return f.start > 0 && r.text[f.start-1] != '\n'
	case isProse(r.path):
		return f.start > 3 && string(r.text[f.start-4:f.start]) == "    " // an example
	}
	if before := bytes.TrimRight(r.text[max(0, f.start-maxBlanks):f.start], " "); f.written == 0 && bytes.HasSuffix(before, []byte("{")) {
		return true // { license: 'MIT' }
	}
	return f.written != 'L' && r.program
}

// isProse reports whether the file at path is in a language in which indented text is an example.
func isProse(path string) bool {
	switch strings.ToLower(lastExt(path)) {
	case "md", "markdown", "rst", "adoc":
		return true
	}
	return false
}

// isProgram reports whether the file at path is the source of a program.
func isProgram(path string) bool {
	ext := "." + lastExt(path)
	switch ext {
	case ".json", ".xml", ".toml", ".properties", ".cfg", ".conf", ".ini", ".spdx":
		return false
	}
	return sourceExtension(ext)
}

func isKeyByte(c byte) bool {
	return isASCIILetter(c) || isDigit(c) || c == '_' || c == '-' || c == '.'
}

// classifier reads "License :: OSI Approved :: MIT License".
func (r *reading) classifier(f field) (field, bool) {
	line := lineFrom(r.text, f.keyEnd, maxRaw)
	if n := bytes.IndexAny(line, "\"'`,;<|"); n >= 0 {
		line = line[:n]
	}
	n := bytes.LastIndex(line, []byte(":: "))
	last := string(bytes.TrimSpace(line[n+3:]))
	if last == "OSI Approved" || last == "DFSG approved" || last == "" || strings.HasPrefix(last, "Other") {
		return f, false
	}
	f.rule, f.written = RuleClassifier, '"'
	f.end = f.keyEnd + len(line)
	f.values = []region{{f.keyEnd + n + 3, f.end}}
	return f, true
}

// fieldClaim claims what the values of a field say.
func (r *reading) fieldClaim(f field) {
	var arms []spdx.Expr
	var raws []string
	read, same := true, 0
	for _, g := range f.values {
		raw := r.namedBeside(f.start, cutRemark(plain(r.text[g.start:g.end])))
		if raw == "" {
			continue
		}
		v := r.declared(&f, raw)
		if v.ambiguous || v.expr.IsNoAssertion() {
			read = false
		}
		v.times++
		same = max(same, v.times)
		arms, raws = append(arms, v.expr), append(raws, raw)
	}
	raw := strings.Join(raws, ", ")
	if read {
		f.end -= len(takenBack(r.text[f.start:f.end]))
	}
	if x, ok := rules.ExceptionByID(raw); ok {
		r.claim(kindException, RuleException+x.ID, spdx.Expr{}, x.ID, f.start, f.end, sbom.Evidence{})
		return
	}
	if len(arms) == 0 || !read && !r.isStatement(&f, raw) {
		return
	}
	if !read && len(arms) > 1 && !f.either {
		r.fieldClaims(f)
		return
	}
	if read && (f.key == "module_license" && r.statesMore(raw) || same > mostRepeated) {
		r.fielded = append(r.fielded, region{f.start, f.end})
		return
	}
	var expr spdx.Expr
	if read {
		r.fielded = append(r.fielded, region{f.start, f.end})
		if expr = spdx.And(arms...).Normal(); f.either {
			expr = spdx.Or(arms...).Normal()
		}
	}
	r.claim("field", f.rule, expr, raw[:min(len(raw), maxRaw)], f.start, f.end, sbom.Evidence{})
}

// fieldClaims claims each value of a field for itself, where not all of them can be read: what can be says nothing of the others.
func (r *reading) fieldClaims(f field) {
	for i, g := range f.values {
		raw := r.namedBeside(f.start, cutRemark(plain(r.text[g.start:g.end])))
		if raw == "" {
			continue
		}
		if i == 0 {
			g.start = f.start
		}
		var expr spdx.Expr
		if v := r.declared(&f, raw); !v.ambiguous && !v.expr.IsNoAssertion() {
			expr, r.fielded = v.expr, append(r.fielded, g)
		}
		r.claim("field", f.rule, expr, raw[:min(len(raw), maxRaw)], g.start, g.end, sbom.Evidence{})
	}
}

// takenBack gives the end of a field that takes something from the license before it, and may name another: "MIT (see
// LICENSE), except foo() which is GPL".
func takenBack(field []byte) []byte {
	for _, word := range []string{" except ", " excluding ", " but "} {
		if i := bytes.Index(field, []byte(word)); i >= 0 {
			return field[i:]
		}
	}
	return nil
}

// fieldValue is what the value of a field or tag says, and how often it was met in the fields of the file.
type fieldValue struct {
	expr      spdx.Expr
	ambiguous bool
	times     int
}

// mostValues bounds the different values of a file that are remembered.
const mostValues = 256

// declared reads one value, or remembers it.
func (r *reading) declared(f *field, raw string) *fieldValue {
	key := raw
	if f.isKernel() {
		key = f.key + "\x00" + raw
	}
	v := r.values[key]
	if v == nil {
		v = &fieldValue{}
		v.expr, v.ambiguous = f.declared(raw)
		if r.values == nil || len(r.values) == mostValues {
			r.values = map[string]*fieldValue{}
		}
		r.values[key] = v
	}
	return v
}

// isKernel reports whether the field is a macro of the kernel's.
func (f *field) isKernel() bool { return f.key == "module_license" || f.key == "file_license" }

// declared reads one value. What the kernel's macro means was written in linux/module.h.
func (f *field) declared(raw string) (spdx.Expr, bool) {
	if f.isKernel() {
		raw = strings.ReplaceAll(raw, "_", " ")
		switch raw {
		case "GPL", "GPL and additional rights":
			raw = "GPL-2.0-or-later"
		case "GPL v2":
			raw = "GPL-2.0-only"
		case "Dual BSD/GPL":
			raw = "BSD-3-Clause OR GPL-2.0-only"
		case "Dual MIT/GPL":
			raw = "MIT OR GPL-2.0-only"
		case "Dual MPL/GPL":
			raw = "MPL-1.1 OR GPL-2.0-only"
		}
	}
	return Declared(raw)
}

// statesMore reports whether the file says more about its license than the kernel's macro does, which is
// for the loader of modules and no precise statement (kernel documentation, "Linux kernel licensing rules").
func (r *reading) statesMore(raw string) bool {
	if r.more == nil { // what fields add to the claims changes nothing
		r.more = &saidMore{}
		for _, c := range r.claims {
			r.more.tagged = r.more.tagged || c.Kind == "tag"
			r.more.gnu = r.more.gnu || c.Kind != "field" && strings.Contains(c.Expr.String(), "GPL-")
		}
	}
	return r.more.tagged || r.more.gnu && strings.HasPrefix(raw, "GPL")
}

// saidMore is whether a file has tags, and whether it says something of GNU licenses otherwise than by fields.
type saidMore struct{ tagged, gnu bool }

// maxWords is how many words the name of a license has at most: what is longer is prose.
const maxWords = 9

// isStatement reports whether a value that can't be read stands where nothing but a license can be meant.
func (r *reading) isStatement(f *field, raw string) bool {
	if f.written == 'H' || len(strings.Fields(raw)) > maxWords || strings.Contains(raw, "--") || !isASCIILetter(raw[0]) || strings.ContainsAny(raw, "{}$%=\\<>*") || isCall(raw) || pointsElsewhere(raw) {
		return false
	}
	if f.rule == RuleClassifier || f.key == "__license__" || f.key == "module_license" {
		return true
	}
	header := f.written == 'L' && r.text[f.start] == 'L' && r.text[f.keyEnd] == ':'
	if header || f.written == '@' {
		literal := len(f.values) > 0 && strings.IndexByte("\"'`", r.text[f.values[0].start-1]) >= 0 // of a program
		if !literal && isStrangersName(raw) || slices.ContainsFunc(strings.Fields(strings.ToLower(raw)), func(w string) bool { return rules.KindsOf(w)&rules.WordUnfree != 0 }) {
			return true
		}
	}
	return (r.manifest || r.inFrontMatter(f.start)) && f.written != 0 || header && !sourceExtension("."+lastExt(r.path))
}

// isCall reports whether a value is an expression of a program: a parenthesis follows a word.
func isCall(raw string) bool {
	i := strings.IndexByte(raw, '(')
	return i >= 0 && (i == 0 || raw[i-1] != ' ')
}

func lastExt(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }

// pointsElsewhere reports whether a value only says where the license is to be found, or that none is known.
func pointsElsewhere(raw string) bool {
	low := strings.ToLower(raw)
	if strings.HasPrefix(low, "http") {
		return false // to terms that nobody knows, or it would have been read
	}
	for _, s := range []string{"see ", "file", "license", "licence", "unknown", "none", "tbd", "todo", "same as", "same terms", "copying", "various", "string", "null"} {
		if strings.HasPrefix(low, s) {
			return true
		}
	}
	return strings.Contains(low, "file") || strings.Contains(low, "license.") || strings.Contains(low, "copying")
}

// manifests are files whose fields describe the package they lie in.
var manifests = []string{"package.json", "composer.json", "bower.json", "cargo.toml", "pyproject.toml", "setup.cfg", "setup.py", "pom.xml", "pubspec.yaml",
	"citation.cff", "description", "meta.json", "meta.yml", "package.xml", "pkg-info", "metadata", "info.json", "component.json", "elm.json", "haxelib.json", "apkbuild",
	"pkgbuild", "control", "copyright", "metadata.json", "metadata.yaml", "galaxy.yml"}

// isManifest reports whether the file at path describes a package.
func isManifest(path string) bool {
	switch strings.ToLower(lastExt(path)) {
	case "spec", "nuspec", "gemspec", "podspec", "cabal", "rockspec", "opam", "pom", "bb", "ebuild":
		return true
	}
	return containsFold(manifests, fileName(path))
}

// cutRemark leaves out what follows a license in a field and is no part of its name.
func cutRemark(s string) string {
	for _, mark := range []string{"+ file ", "| file ", " -- ", "*/", "-->", " <http", " (http", `\n`} {
		if i := strings.Index(s, mark); i >= 0 {
			s = s[:i]
		}
	}
	return strings.Trim(s, " \t\"'`,;*|")
}
