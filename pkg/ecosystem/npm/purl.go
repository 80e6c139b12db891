package npm

import (
	"strings"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// purl gives a package's purl: the scope with its "@" is the namespace (purl type definition of npm).
func purl(name, version string, qualifiers ...string) sbom.ID {
	namespace := ""
	if scope, rest, ok := strings.Cut(name, "/"); ok {
		namespace, name = scope, rest
	}
	return sbom.ID(ecosystem.PURL("npm", namespace, name, version, qualifiers...))
}

// origin gives the qualifiers of a package that does not come from a registry. resolved is the location
// that the lockfile records; direct says that a dependent asks for this very URL. Of a git location the
// purl holds the form of SPDX ("Package Download Location field"), with the commit behind an "@".
func origin(resolved string, direct bool) []string {
	if isGit(resolved) {
		location, commit, ok := strings.Cut(source.Redact(resolved), "#")
		if ok {
			location += "@" + commit
		}
		return []string{"vcs_url", location}
	}
	if direct && isHTTP(resolved) {
		return []string{"download_url", source.Redact(resolved)}
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

// localPath gives the path of a "file:", "link:" or "portal:" location.
func localPath(s string) (string, bool) {
	for _, scheme := range []string{"file:", "link:", "portal:"} {
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
	if len(s) > 214 || !ecosystem.Printable(s) {
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
	return s != "" && len(s) <= 256 && ecosystem.Printable(s) && !strings.ContainsAny(s, `/\:@`)
}

// hashes reads an integrity field (https://www.w3.org/TR/SRI/#integrity-metadata): digests separated by space. ok is false if
// one could not be read.
func hashes(integrity string) (list []sbom.Hash, ok bool) {
	ok = true
	for field := range strings.FieldsSeq(integrity) {
		h, known := ecosystem.Hash(field)
		if ok = ok && known; known {
			list = append(list, h)
		}
	}
	return list, ok
}
