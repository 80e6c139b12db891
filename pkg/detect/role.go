package detect

import (
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// licenseStems are the names of license files, and noticeStems of those to be reproduced with them,
// in lower case, without extension, "-" for every separator.
var (
	licenseStems = []string{"license", "licence", "licenses", "licences", "copying", "copyright", "copyrights",
		"unlicense", "unlicence", "licensing", "eula"}
	noticeStems = []string{"notice", "notices", "patents", "authors", "third-party-notices", "third-party-notice",
		"third-party-licenses", "third-party-licences", "thirdpartynotices", "thirdpartylicenses", "3rdpartylicenses",
		"3rd-party-licenses", "third-party-readme", "thirdpartylicensereadme", // the latter and what follows are OpenJDK's
		"additional-license-info", "assembly-exception"}
)

// textExtensions are those that a license file's name may end in.
var textExtensions = []string{"", ".txt", ".md", ".markdown", ".rst", ".adoc", ".asciidoc", ".text", ".rtf", ".html", ".htm", ".code", ".docs"}

// RoleOf tells by a file's name what part it plays in its component.
//
//   - A license file is called license, licence, copying, unlicense, copyright, licensing or eula, in any
//     letter case, alone or with a number (COPYING3) or with a suffix or prefix set off by "-", "_" or "." (LICENSE-MIT, COPYING.LESSER, MIT-LICENSE,
//     license_apache), with no extension or that of a text: txt, md, rst, adoc, rtf, html and a few more.
//     So is every file of a folder LICENSES with such an extension, as REUSE has it, but its README and OWNERS.
//   - A notice file is called notice, patents, authors or third-party-notices in the same manner.
//   - A signature or digest of a license (LICENSE.asc, LICENSE.minisig) is none, nor is main.js.LICENSE.txt.
//   - copyright.html is a part of some page; license.go, license_test.py, license-checker.js, LICENSE.spdx.json are programs and data: their
//     extension says so.
func RoleOf(p string) sbom.Role {
	_, p = source.SplitRoot(p)
	stem, ok := textStem(path.Base(p))
	if !ok {
		return sbom.RoleFile
	}
	if isExtracted(stem) {
		return sbom.RoleFile
	}
	stem = strings.Map(func(r rune) rune {
		if r == '_' || r == '.' || r == ' ' {
			return '-'
		}
		return r
	}, stem)
	for _, s := range noticeStems {
		if stem == s || strings.HasPrefix(stem, s+"-") {
			return sbom.RoleNotice
		}
	}
	for _, s := range licenseStems {
		rest, ok := strings.CutPrefix(stem, s)
		rest = strings.TrimLeft(rest, "v0123456789")
		if ok && (rest == "" || rest[0] == '-') || strings.HasSuffix(stem, "-"+s) && !strings.HasPrefix(stem, "no-") {
			return sbom.RoleLicenseFile
		}
	}
	if dir := path.Base(path.Dir(p)); strings.EqualFold(dir, "LICENSES") && stem != "readme" && stem != "owners" {
		return sbom.RoleLicenseFile
	}
	return sbom.RoleFile
}

// isExtracted reports whether a bundler wrote the file beside the program that it is called after: main.js.LICENSE.txt has the
// comments of what went into main.js, which state something of that program and are no license of the folder.
func isExtracted(stem string) bool {
	program, ok := strings.CutSuffix(stem, ".license")
	return ok && slices.Contains([]string{".css", ".cjs", ".js", ".jsx", ".mjs", ".ts", ".tsx"}, path.Ext(program))
}

// textStem cuts the extension of a text off a name; ok is false if it has another one.
func textStem(written string) (stem string, ok bool) {
	name := strings.ToLower(written)
	ext := path.Ext(name)
	if ext == name || strings.HasPrefix(name, "copyright.htm") {
		return name, false
	}
	for _, e := range textExtensions {
		if ext == e {
			return strings.TrimSuffix(name, ext), true
		}
	}
	// COPYING.LESSER, LICENSE.MIT, LICENSE-2.0: what follows the dot is part of the name, not a type. In
	// small letters it is more often a type that nobody listed.
	base := strings.TrimSuffix(name, ext)
	shouted := func() bool { return strings.HasPrefix(written, strings.ToUpper(base)) }
	for _, s := range licenseStems {
		number, ok := strings.CutPrefix(base, s)
		if ok && strings.Trim(number, "v0123456789") == "" && shouted() && !sourceExtension(ext) || ok && number != "" && strings.ContainsAny(number[:1], "-_") && isVersion(ext[1:]) {
			return name, true
		}
	}
	return name, false
}

// isVersion reports whether an extension is the second half of a version number.
func isVersion(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// sourceExtension reports whether a file so called is a program or data, not the text of a license.
func sourceExtension(ext string) bool {
	switch ext[1:] {
	case "asc", "gpg", "md5", "minisig", "p7s", "pgp", "sha1", "sha256", "sha512", "sig", "sigstore", // of a text, and none
		"bat", "c", "cc", "cfg", "conf", "cpp", "cs", "css", "csv", "cxx", "dart", "erl", "ex", "exs", "gif", "go", "gradle",
		"h", "hpp", "hs", "hxx", "in", "ini", "java", "jpeg", "jpg", "js", "json", "jsonl", "jsx", "kt", "less", "lock", "lre", "lua", "m",
		"mjs", "ml", "mod", "pdf", "php", "pl", "pm", "png", "properties", "proto", "ps1", "py", "pyc", "r", "rb", "rs", "sass",
		"scala", "scss", "sh", "spdx", "sql", "sum", "svelte", "svg", "swift", "tmpl", "toml", "tpl", "ts", "tsv", "tsx", "vue",
		"xml", "xsd", "yaml", "yml", "zip":
		return true
	}
	return false
}
