package python

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/annotation"
	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/pkg/spdx"
)

// Debian takes the license files out of Python packages: what they say stands in usr/share/doc/PACKAGE/copyright, in the format that is
// named copyright-format 1.0. Which package of the system a Python package is a part of dpkg knows by the list of its files. So where the
// metadata are vague ("BSD"), what that file says of all files in general is taken as the license text that was removed. What it says
// of single files is left to the package of the system.

// debianName is the name among the project's caches of the root of a system of Debian's.
const debianName = "debian"

const (
	debianLists = "var/lib/dpkg/info"
	debianSite  = "/usr/lib/python3/dist-packages/"
	maxLists    = 10_000   // packages of the system that are looked at
	maxList     = 16 << 20 // bytes of the list of one, or of its copyright file
)

// debianPackages are the packages of the system by the metadata of the Python packages in them, foo-1.0.egg-info.
func (r *reader) debianPackages() map[string]string {
	if r.debian != nil {
		return r.debian
	}
	r.debian = map[string]string{}
	entries, _ := fs.ReadDir(r.Caches[debianName], debianLists) // another system has none
	for _, e := range entries[:min(len(entries), maxLists)] {
		owner, ok := strings.CutSuffix(e.Name(), ".list")
		if !ok || !strings.HasPrefix(owner, "python3-") {
			continue
		}
		owner, _, _ = strings.Cut(owner, ":") // the architecture
		data, _ := ecosystem.ReadFile(r.Caches[debianName], path.Join(debianLists, e.Name()), maxList)
		for line := range strings.Lines(string(data)) {
			file, ok := strings.CutPrefix(strings.TrimSpace(line), debianSite)
			if info, _, _ := strings.Cut(file, "/"); ok && isInfo(info) {
				r.debian[info] = owner
			}
		}
	}
	return r.debian
}

// debianText is what Debian's file says of a package that lies in the system's own folder and is vague itself.
func (r *reader) debianText(info string, claims []sbom.Claim) []sbom.Claim {
	if r.Caches[debianName] == nil || !slices.ContainsFunc(claims, func(c sbom.Claim) bool { return c.Expr.IsNoAssertion() }) {
		return nil
	}
	owner := r.debianPackages()[info]
	file := path.Join("usr/share/doc", owner, "copyright")
	if owner == "" || !fs.ValidPath(file) {
		return nil
	}
	data, err := ecosystem.ReadFile(r.Caches[debianName], file, maxList)
	if err != nil || !detect.IsDebianCopyright(data) {
		return nil
	}
	set := annotation.DEP5("debian/copyright", data)
	general := set.Match("*") // a name that only a pattern for all files matches
	if own := set.Match("debian/rules"); general < 0 && len(set.Annotations) == 2 && own >= 0 {
		general = 1 - own // all but what Debian added, file by file
	}
	if general < 0 {
		return nil
	}
	var out []sbom.Claim
	for _, s := range set.Annotations[general].Licenses {
		e, ok := words(s.Text)
		if !ok {
			e = byText(data, s)
		}
		if e.IsNoAssertion() {
			continue
		}
		s.Span.Path = source.JoinRoot(debianName, file)
		out = append(out, sbom.Claim{
			Basis: sbom.Detected, Kind: "field", Role: sbom.RoleLicenseFile, Expr: e, Raw: ecosystem.Brief(s.Text),
			Evidence: []sbom.Evidence{{Span: s.Span, EndLine: s.EndLine, Rule: set.Rule}},
		})
	}
	return out
}

// byText is what a name means of which the file itself gives the text, "bsd-3-somebody". A text that is of another family than its
// name was read for something that it mentions.
func byText(data []byte, named annotation.Statement) spdx.Expr {
	for _, c := range detect.New().File("debian/copyright", data).Claims {
		for _, e := range c.Evidence {
			if term, ok := c.Expr.Term(); ok && c.Kind == "field" && e.Span.Line == named.Span.Line && strings.EqualFold(family(term.ID), family(named.Text)) {
				return c.Expr
			}
		}
	}
	return spdx.Expr{}
}
