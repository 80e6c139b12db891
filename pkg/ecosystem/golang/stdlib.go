package golang

import (
	goversion "go/version"
	"io/fs"
	"strings"

	"golang.org/x/mod/module"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// gorootName is the Go installation's among the project's caches: the folder that GOROOT names.
const gorootName = "goroot"

// standardLibrary is its name in purls, in the place of a module path.
const standardLibrary = "stdlib"

// addStandardLibrary adds the standard library, which every main module is linked with, and the modules
// vendored within it. It returns its id if its files are not here.
func (b *build) addStandardLibrary() (absent sbom.ID) {
	if len(b.mains) == 0 {
		return ""
	}
	asked := b.askedVersion()
	installed := b.installedVersion()
	at := installed
	if at == "" || goversion.Compare("go"+at, "go"+bare(asked.value)) < 0 {
		at = bare(asked.value) // the go command would fetch it in the place of an older one
	}
	c := newModule(module.Version{Path: standardLibrary, Version: at})
	c.Occurrences = []sbom.Occurrence{{Found: []source.Span{asked.at}}}
	if installed != "" && at == installed {
		c.Occurrences[0].Dir = source.JoinRoot(gorootName, ".")
		b.addVendoredInStandard(c.ID)
	} else {
		absent = c.ID
	}
	b.out.Components = append(b.out.Components, c)
	for _, m := range b.mains {
		b.edge(m.id, c.ID, sbom.Runtime, source.Redact(asked.value), asked.at)
	}
	return absent
}

// askedVersion is the version that the manifests ask for, as they write it: by toolchain, else by go
// (https://go.dev/doc/toolchain), of the workspace, else of the module.
func (b *build) askedVersion() stated {
	manifests := []*manifest{b.mains[0].manifest}
	if b.work != nil {
		manifests = []*manifest{b.work, b.mains[0].manifest}
	}
	for _, m := range manifests {
		if t := m.toolchain; t.value != "" && t.value != "default" {
			return stated{"toolchain " + t.value, t.at}
		}
		if m.language.value != "" {
			return stated{"go " + m.language.value, m.language.at}
		}
	}
	return stated{"", b.at}
}

// bare is the version in a directive: "1.22.3" of "toolchain go1.22.3", of "toolchain go1.22.3-corp" and of
// "go 1.22.3".
func bare(directive string) string {
	_, v, _ := strings.Cut(directive, " ")
	v, _, _ = strings.Cut(strings.TrimPrefix(v, "go"), "-")
	if !goversion.IsValid("go" + v) {
		return ""
	}
	return v
}

// installedVersion is that of the Go installation, "" if there is none or it is no release.
func (r *reader) installedVersion() string {
	root := r.Caches[gorootName]
	if root == nil {
		return ""
	}
	data, err := readFile(root, "VERSION")
	if err != nil {
		return ""
	}
	line, _, _ := strings.Cut(string(data), "\n")
	line = strings.TrimSpace(line)
	if !goversion.IsValid(line) {
		return ""
	}
	return strings.TrimPrefix(line, "go")
}

// addVendoredInStandard adds the modules that the standard library itself vendors. Where the copy came
// without a license file the one at the top of the installation speaks for it.
func (b *build) addVendoredInStandard(std sbom.ID) {
	const list = "src/vendor/modules.txt"
	root := b.Caches[gorootName]
	data, err := readFile(root, list)
	if err != nil {
		return
	}
	v, gaps := parseVendor(source.JoinRoot(gorootName, list), data)
	b.gap(gaps...)
	for _, mod := range v.modules {
		c := newModule(mod.mod)
		c.Origin = sbom.OriginVendored
		o := sbom.Occurrence{Dir: source.JoinRoot(gorootName, "."), Found: []source.Span{mod.at}}
		dir := "src/vendor/" + mod.mod.Path
		if _, err := fs.Stat(root, dir+"/LICENSE"); err == nil {
			o.Dir = source.JoinRoot(gorootName, dir)
		}
		c.Occurrences = []sbom.Occurrence{o}
		b.out.Components = append(b.out.Components, c)
		b.edge(std, c.ID, sbom.Runtime, mod.mod.Version, mod.at)
	}
}
