package precommit

import (
	"strings"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
)

// kind is how the package manager of a language is told what to install.
type kind struct {
	purl  string
	ends  string // any of these ends the name
	equal string // comes before the version that alone will do
	start string // with which a version begins, before its first digit
}

// kinds are the languages whose packages can be named, by what pre-commit calls them.
var kinds = map[string]kind{
	"python": {"pypi", "[<>=!~;@( ", "==", ""},
	"node":   {"npm", "@", "@", ""},
	"ruby":   {"gem", ":", ":", ""},
	"golang": {"golang", "@", "@", "v"},
}

// component is a package: "name==1.0", "@scope/name@1.0.0", "name:1.0". ok is false for an option, and for what has a path or a location.
func (k kind) component(text string) (c sbom.Component, requirement string, ok bool) {
	end := len(text)
	if i := strings.IndexAny(text[min(1, len(text)):], k.ends); i >= 0 { // a scope of npm begins with an @
		end = i + 1
	}
	full, requirement := text[:end], strings.TrimSpace(text[end:])
	space, leaf := "", full
	if i := strings.LastIndexByte(full, '/'); i >= 0 {
		space, leaf = full[:i], full[i+1:]
	}
	switch {
	case !ecosystem.Printable(full), strings.ContainsAny(full, ":\\"), strings.ContainsAny(full[:1], "-./~"):
		return c, "", false
	case k.purl == "pypi" && (space != "" || strings.HasPrefix(requirement, "@")):
		return c, "", false
	case k.purl == "npm" && (space != "" && space[0] != '@' || strings.ContainsAny(requirement, ":/")):
		return c, "", false
	}
	version := k.version(requirement)
	return sbom.Component{Name: full, Version: version, PURL: ecosystem.PURL(k.purl, space, leaf, version)}, requirement, true
}

// version is the one that a requirement allows alone, "" if it allows others.
func (k kind) version(requirement string) string {
	if k.purl == "pypi" {
		if inner, ok := strings.CutPrefix(requirement, "["); ok { // extras
			_, requirement, _ = strings.Cut(inner, "]")
		}
		requirement, _, _ = strings.Cut(requirement, ";") // when it is installed
	}
	v, ok := strings.CutPrefix(strings.TrimSpace(requirement), k.equal)
	v = strings.TrimSpace(strings.TrimLeft(v, "="))
	digits, isStarted := strings.CutPrefix(v, k.start)
	core, _, _ := strings.Cut(digits, "-")
	switch {
	case !ok, !isStarted, !ecosystem.Printable(v), digits == "" || digits[0] < '0' || digits[0] > '9', strings.ContainsAny(v, "<>=!~^*,;[]/|"):
		return ""
	case k.purl == "npm" && (strings.Count(core, ".") != 2 || strings.ContainsAny(core, "xX")):
		return ""
	}
	return v
}
