package ecosystem

import (
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/package-url/packageurl-go"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// PURL writes a purl in its canonical form, which is a component's ID, by the rules of its type (purl specification,
// PURL-TYPES). qualifiers are keys and values in turn; those without a value are left out.
func PURL(kind, namespace, name, version string, qualifiers ...string) string {
	var list packageurl.Qualifiers
	for i := 0; i+1 < len(qualifiers); i += 2 {
		if qualifiers[i+1] != "" {
			list = append(list, packageurl.Qualifier{Key: qualifiers[i], Value: qualifiers[i+1]})
		}
	}
	p := packageurl.NewPackageURL(kind, namespace, name, version, list, "")
	if err := p.Normalize(); err != nil {
		return ""
	}
	return p.ToString()
}

// SubPURL is the purl of a part of a package, with the part as subpath.
func SubPURL(kind, namespace, name, version, subpath string) string {
	p := packageurl.NewPackageURL(kind, namespace, name, version, nil, subpath)
	if err := p.Normalize(); err != nil {
		return ""
	}
	return p.ToString()
}

// Printable reports whether a text from a file can be a name or a version: no white space, no control characters, none
// that change the direction of writing, not longer than any name is.
func Printable(s string) bool {
	return s != "" && len(s) <= 512 && utf8.ValidString(s) && strings.IndexFunc(s, func(r rune) bool {
		return r == utf8.RuneError || unicode.IsSpace(r) || !unicode.IsPrint(r)
	}) < 0
}

// maxBrief bounds the statement that a report repeats, in bytes: some manifests hold a whole license text.
const maxBrief = 200

// Quote shows a text from a file in a message.
func Quote(s string) string { return strconv.Quote(Brief(s)) }

// Brief is a text from a file without its secrets and of bounded length, in this order: what is cut off could be what tells
// a secret.
func Brief(s string) string {
	s = source.Redact(s)
	if len(s) <= maxBrief {
		return s
	}
	return strings.ToValidUTF8(s[:maxBrief], "") + "…"
}

// Together is the text of licenses that are listed one by one, and of which all hold. Each may be an expression, and stays one: "MIT OR
// ISC" and "EPL-2.0" are no choice between MIT and the other two.
func Together(licenses []string) string {
	var stated []string
	for _, l := range licenses {
		if l = strings.TrimSpace(l); l != "" {
			stated = append(stated, l)
		}
	}
	if len(stated) == 1 {
		return stated[0]
	}
	for i, l := range stated {
		stated[i] = "(" + l + ")"
	}
	return strings.Join(stated, " AND ")
}

// digests are the algorithms of package managers by the name before "-" or ":".
var digests = []struct {
	prefix, name string
	size         int // bytes
}{
	{"sha512", "SHA-512", 64},
	{"sha384", "SHA-384", 48},
	{"sha256", "SHA-256", 32},
	{"sha1", "SHA-1", 20},
	{"md5", "MD5", 16},
}

// Hash reads a checksum: "sha512-" and base64 as Subresource Integrity has it, "sha256:" and hexadecimal digits, or bare
// hexadecimal digits, whose number tells the algorithm. ok is false for what is none of these.
func Hash(s string) (h sbom.Hash, ok bool) {
	s = strings.TrimSpace(s)
	for _, d := range digests {
		if n := len(d.prefix); len(s) > n+1 && strings.IndexByte("-:=", s[n]) >= 0 && strings.EqualFold(s[:n], d.prefix) {
			s, _, _ = strings.Cut(s[n+1:], "?")
			if sum, err := base64.StdEncoding.DecodeString(s); err == nil && len(sum) == d.size {
				return sbom.Hash{Algorithm: d.name, Hex: hex.EncodeToString(sum)}, true
			}
		}
		if len(s) == hex.EncodedLen(d.size) && strings.Trim(s, "0123456789abcdefABCDEF") == "" {
			return sbom.Hash{Algorithm: d.name, Hex: strings.ToLower(s)}, true
		}
	}
	return sbom.Hash{}, false
}

// Hashes are the checksums of a list that can be read.
func Hashes(list ...string) []sbom.Hash {
	var out []sbom.Hash
	for _, s := range list {
		if h, ok := Hash(s); ok {
			out = append(out, h)
		}
	}
	return out
}
