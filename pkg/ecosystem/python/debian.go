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
// metadata are vague ("BSD"), what that file says of all files in general is taken as the license text that was removed, and what it says
// of single ones that are installed as what these say. Of the source only (tests, what Debian added) it says more, which is left to the
// package of the system.

// debianName is the name among the project's caches of the root of a system of Debian's.
const debianName = "debian"

const (
	debianLists = "var/lib/dpkg/info"
	debianSite  = "/usr/lib/python3/dist-packages/"
	maxLists    = 10_000   // packages of the system that are looked at
	maxList     = 16 << 20 // bytes of the list of one, or of its copyright file
)

// debianPackages are the lists of files of the packages of the system, by the metadata of the Python packages in them, foo-1.0.egg-info.
func (r *reader) debianPackages() map[string]string {
	if r.debian != nil {
		return r.debian
	}
	r.debian = map[string]string{}
	entries, _ := fs.ReadDir(r.Caches[debianName], debianLists) // another system has none
	left := maxLists
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), "python3-") || !strings.HasSuffix(e.Name(), ".list") {
			continue
		}
		if left--; left < 0 {
			break
		}
		for _, file := range r.debianFiles(e.Name()) {
			if info, _, _ := strings.Cut(file, "/"); isInfo(info) {
				r.debian[info] = e.Name()
			}
		}
	}
	return r.debian
}

// debianFiles are the files in a list that lie where Python packages do, relative to that folder.
func (r *reader) debianFiles(list string) (files []string) {
	data, _ := ecosystem.ReadFile(r.Caches[debianName], path.Join(debianLists, list), maxList)
	for line := range strings.Lines(string(data)) {
		if file, ok := strings.CutPrefix(strings.TrimSpace(line), debianSite); ok {
			files = append(files, file)
		}
	}
	return files
}

// debianText is what Debian's file says of a package that lies in the system's own folder and is vague itself.
func (r *reader) debianText(info string, claims []sbom.Claim) []sbom.Claim {
	if r.Caches[debianName] == nil || !slices.ContainsFunc(claims, func(c sbom.Claim) bool { return c.Expr.IsNoAssertion() }) {
		return nil
	}
	list := r.debianPackages()[info]
	owner, _, _ := strings.Cut(strings.TrimSuffix(list, ".list"), ":") // the architecture
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
	own := set.Match("debian/rules")
	if general < 0 && len(set.Annotations) == 2 && own >= 0 {
		general = 1 - own // all but what Debian added, file by file
	}
	if general < 0 {
		return nil
	}
	stanzas := []int{general}
	for _, installed := range r.debianFiles(list) {
		for _, top := range []string{"", "src", "lib"} {
			if n := set.Match(path.Join(top, installed)); n >= 0 && n != own && !slices.Contains(stanzas, n) {
				stanzas = append(stanzas, n)
			}
		}
	}
	var out []sbom.Claim
	for _, n := range stanzas {
		for _, s := range set.Annotations[n].Licenses {
			e, ok := words(s.Text)
			if !ok {
				e = byText(data, s)
			}
			c := sbom.Claim{Basis: sbom.Detected, Kind: "field", Role: sbom.RoleLicenseFile, Expr: e, Raw: ecosystem.Brief(s.Text)}
			if n != general {
				c.Role = sbom.RoleFile // it says nothing of the others
			} else if e.IsNoAssertion() {
				return nil
			}
			s.Span.Path = source.JoinRoot(debianName, file)
			c.Evidence = []sbom.Evidence{{Span: s.Span, EndLine: s.EndLine, Rule: set.Rule}}
			out = append(out, c)
		}
	}
	return out
}

// byText is what a name means of which the file itself gives the text, "bsd-3-somebody". A text that is of another family than its
// name was read for something that it mentions, and of a name that stands for more than one license nothing is known.
func byText(data []byte, named annotation.Statement) (meaning spdx.Expr) {
	claims := detect.New().File("debian/copyright", data).Claims
	for _, c := range claims {
		if term, ok := c.Expr.Term(); ok && c.Kind == "field" && c.Evidence[0].Span.Line == named.Span.Line && strings.EqualFold(family(term.ID), family(named.Text)) {
			meaning = c.Expr
		}
	}
	for _, c := range claims {
		if c.Kind != "field" || c.Raw != named.Text {
			continue
		}
		start := c.Evidence[0].Span.End
		paragraph, _, _ := strings.Cut(string(data[start:]), "\n\n")
		for _, t := range claims {
			at := t.Evidence[0].Span.Start
			if (t.Kind == "text" || t.Kind == "notice") && at >= start && at < start+len(paragraph) && !t.Expr.Equal(meaning) {
				return spdx.Expr{}
			}
		}
	}
	return meaning
}
