package npm

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

// purl gives a package's purl: the scope with its "@" is the namespace (purl type definition of npm).
func purl(name, version string, qualifiers ...packageurl.Qualifier) sbom.ID {
	namespace := ""
	if scope, rest, ok := strings.Cut(name, "/"); ok {
		namespace, name = scope, rest
	}
	return sbom.ID(packageurl.NewPackageURL(packageurl.TypeNPM, namespace, name, version, qualifiers, "").ToString())
}

// origin gives the qualifiers of a package that does not come from a registry. resolved is the location
// that the lockfile records; direct says that a dependent asks for this very URL. Of a git location the
// purl holds the form of SPDX ("Package Download Location field"), with the commit behind an "@".
func origin(resolved string, direct bool) []packageurl.Qualifier {
	if isGit(resolved) {
		location, commit, ok := strings.Cut(source.Redact(resolved), "#")
		if ok {
			location += "@" + commit
		}
		return []packageurl.Qualifier{{Key: "vcs_url", Value: location}}
	}
	if direct && isHTTP(resolved) {
		return []packageurl.Qualifier{{Key: "download_url", Value: source.Redact(resolved)}}
	}
	return nil
}

func isGit(s string) bool {
	scheme, _, ok := strings.Cut(s, "://")
	return ok && (scheme == "git" || strings.HasPrefix(scheme, "git+"))
}

func isHTTP(s string) bool {
	return strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://")
}

// localPath gives the path of a "file:" or "link:" location.
func localPath(s string) (string, bool) {
	for _, scheme := range []string{"file:", "link:"} {
		if p, ok := strings.CutPrefix(s, scheme); ok {
			return strings.ReplaceAll(p, `\`, "/"), true
		}
	}
	return "", false
}

// alias splits "npm:name@range"; the range may be missing.
func alias(requirement string) (name, version string, ok bool) {
	rest, ok := strings.CutPrefix(requirement, "npm:")
	if !ok {
		return "", "", false
	}
	if i := strings.LastIndexByte(rest, '@'); i > 0 {
		return rest[:i], rest[i+1:], true
	}
	return rest, "", true
}

// validName reports whether a text can be the name of a package and of its folder. The registry's rules
// (https://docs.npmjs.com/cli/configuring-npm/package-json#name) were looser once: here only what could
// deceive a reader or leave the folder is refused.
func validName(s string) bool {
	if len(s) > 214 || !printable(s) {
		return false
	}
	scope, rest, scoped := strings.Cut(s, "/")
	if scoped {
		return len(scope) > 1 && scope[0] == '@' && validSegment(scope[1:]) && validSegment(rest)
	}
	return validSegment(s) && s[0] != '@'
}

func validSegment(s string) bool {
	return s != "" && s != "." && s != ".." && s != "node_modules" && !strings.ContainsAny(s, `/\:`)
}

// validVersion reports whether a text can be a version; it need not be a semantic one, but it is no URL.
func validVersion(s string) bool {
	return s != "" && len(s) <= 256 && printable(s) && !strings.ContainsAny(s, `/\:@`)
}

// printable: no white space, no control characters, none that change the direction of writing.
func printable(s string) bool {
	return utf8.ValidString(s) && strings.IndexFunc(s, func(r rune) bool {
		return r == utf8.RuneError || unicode.IsSpace(r) || !unicode.IsPrint(r)
	}) < 0
}

// maxBrief bounds the statement that a report repeats, in bytes: some manifests hold a whole license text.
const maxBrief = 200

// quote shows a text from a file in a message.
func quote(s string) string { return strconv.Quote(brief(s)) }

// brief is a text from a file without its secrets and of bounded length, in this order: what is cut off
// could be what tells a secret.
func brief(s string) string {
	s = source.Redact(s)
	if len(s) <= maxBrief {
		return s
	}
	return strings.ToValidUTF8(s[:maxBrief], "") + "…"
}

// algorithms are the digests of the Subresource Integrity specification, with SHA-1 that npm used before.
var algorithms = []struct {
	prefix, name string
	size         int
}{
	{"sha512-", "SHA-512", 64},
	{"sha384-", "SHA-384", 48},
	{"sha256-", "SHA-256", 32},
	{"sha1-", "SHA-1", 20},
}

// hashes reads an integrity field (https://www.w3.org/TR/SRI/#integrity-metadata): digests in base64,
// separated by space, each with options behind "?". ok is false if one could not be read.
func hashes(integrity string) (list []sbom.Hash, ok bool) {
	ok = true
	for field := range strings.FieldsSeq(integrity) {
		field, _, _ = strings.Cut(field, "?")
		known := false
		for _, a := range algorithms {
			encoded, is := strings.CutPrefix(field, a.prefix)
			if !is {
				continue
			}
			sum, err := base64.StdEncoding.DecodeString(encoded)
			if known = err == nil && len(sum) == a.size; known {
				list = append(list, sbom.Hash{Algorithm: a.name, Hex: hex.EncodeToString(sum)})
			}
		}
		ok = ok && known
	}
	return list, ok
}
