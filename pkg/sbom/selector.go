package sbom

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/pkg/version"
)

// Selector selects components by their package and version, as policies and facts write it:
// "pkg:npm/@acme/*" with "vers:npm/>=2|<3". The zero Selector selects nothing.
type Selector struct {
	packages source.Glob
	versions version.Range
	valid    bool
}

// NewSelector compiles a purl glob, without a version, and a range that may be empty for all versions.
// The glob may be written decoded ("@acme") or encoded ("%40acme").
func NewSelector(purl, versions string) (Selector, error) {
	if !strings.HasPrefix(purl, "pkg:") {
		return Selector{}, fmt.Errorf("%q is no purl: one begins with \"pkg:\"", purl)
	}
	if at := strings.LastIndexByte(purl, '@'); at > strings.LastIndexByte(purl, '/')+1 {
		return Selector{}, fmt.Errorf("the version of %q belongs into versions (vers:TYPE/%s)", purl, purl[at+1:])
	}
	glob, err := source.CompileGlob(normalPackage(purl))
	if err != nil {
		return Selector{}, err
	}
	s := Selector{packages: glob, valid: true}
	if versions != "" {
		s.versions, err = version.ParseRange(versions)
	}
	return s, err
}

// Match reports whether the component is one of those selected.
func (s Selector) Match(c *Component) bool {
	return s.valid && c.PURL != "" && s.MatchBare(packageOf(c.PURL), c.Version)
}

// MatchBare is Match for a purl in the form of [BarePURL] and a version: for many selectors on one
// component.
func (s Selector) MatchBare(bare, version string) bool {
	return s.valid && s.packages.Match(bare) && s.versions.Contains(version)
}

// Versions is the range, zero for all versions.
func (s Selector) Versions() version.Range { return s.versions }

// packageOf is a purl without version, qualifiers and subpath, decoded and in its type's normal form.
func packageOf(purl string) string {
	purl, _, _ = strings.Cut(purl, "#")
	purl, _, _ = strings.Cut(purl, "?")
	if at := strings.LastIndexByte(purl, '@'); at > strings.LastIndexByte(purl, '/')+1 {
		purl = purl[:at]
	}
	return normalPackage(purl)
}

// normalPackage decodes percent escapes and folds what the type folds (purl specification, type
// definitions): most types' names are compared without case, PyPI's without the difference of _ and -.
func normalPackage(purl string) string {
	if decoded, err := url.PathUnescape(purl); err == nil {
		purl = decoded
	}
	kind, rest, ok := strings.Cut(strings.TrimPrefix(purl, "pkg:"), "/")
	if !ok {
		return purl
	}
	kind = strings.ToLower(kind)
	switch kind {
	case "bitbucket", "composer", "deb", "github", "golang", "hex", "npm":
		rest = strings.ToLower(rest)
	case "pypi":
		rest = strings.ReplaceAll(strings.ToLower(rest), "_", "-")
	}
	return "pkg:" + kind + "/" + rest
}

// BarePURL is the form of a purl that selectors are matched against: without version, qualifiers and
// subpath, decoded, in its type's normal form. ok is false for what is no purl.
func BarePURL(purl string) (bare string, ok bool) {
	if !strings.HasPrefix(purl, "pkg:") {
		return "", false
	}
	return packageOf(purl), true
}
