package golang

import (
	goversion "go/version"
	"io/fs"
	"strconv"
	"strings"

	"golang.org/x/mod/module"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// gorootName is the Go installation's among the project's caches: the folder that GOROOT names.
const gorootName = "goroot"

// standardLibrary is its name in purls, in the place of a module path.
const standardLibrary = "stdlib"

// addStandardLibrary adds the standard library, which every main module is linked with. It returns its id if
// its files are not here.
func (b *build) addStandardLibrary() (absent sbom.ID) {
	if len(b.mains) == 0 {
		return ""
	}
	asked := b.askedVersion()
	at := b.goVersion()
	c := newModule(module.Version{Path: standardLibrary, Version: at})
	c.Occurrences = []sbom.Occurrence{{Found: []source.Span{asked.at}}}
	if at != "" && at == b.installedVersion() {
		c.Occurrences[0].Dir = source.JoinRoot(gorootName, ".")
		c.Occurrences = append(c.Occurrences, b.vendoredInStandard()...)
	} else {
		absent = c.ID
	}
	b.out.Components = append(b.out.Components, c)
	for _, m := range b.mains {
		b.edge(m.id, c.ID, sbom.Runtime, source.Redact(asked.value), asked.at)
	}
	return absent
}

// goVersion is the version of Go that compiles: the one installed, but a newer one that the manifests ask
// for would be fetched in its place. It is "" if neither is known.
func (b *build) goVersion() string {
	installed, asked := b.installedVersion(), bare(b.askedVersion().value)
	if installed == "" || goversion.Compare("go"+installed, "go"+asked) < 0 {
		return asked
	}
	return installed
}

// minor is 26 for the version 1.26.3, and 0 for what is none.
func minor(version string) int {
	_, rest, _ := strings.Cut(goversion.Lang("go"+version), ".")
	n, _ := strconv.Atoi(rest)
	return n
}

// askedVersion is the version that the manifests ask for, as they write it: by toolchain, else by go
// (https://go.dev/doc/toolchain), of the workspace, else of the module.
func (b *build) askedVersion() stated {
	var manifests []*manifest
	if b.work != nil {
		manifests = append(manifests, b.work)
	}
	if len(b.mains) > 0 { // a workspace may be of no module that can be read
		manifests = append(manifests, b.mains[0].manifest)
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

// vendoredInStandard are the folders of the modules that the standard library vendors and whose license lies
// with them. They are part of it: no build lists them as modules of its own, not even that which is written
// into a binary.
func (b *build) vendoredInStandard() []sbom.Occurrence {
	const list = "src/vendor/modules.txt"
	root := b.Caches[gorootName]
	data, err := readFile(root, list)
	if err != nil {
		return nil
	}
	v, gaps := parseVendor(source.JoinRoot(gorootName, list), data)
	b.gap(gaps...)
	var out []sbom.Occurrence
	for _, mod := range v.modules {
		dir := "src/vendor/" + mod.mod.Path
		if _, err := fs.Stat(root, dir+"/LICENSE"); err == nil {
			out = append(out, sbom.Occurrence{Dir: source.JoinRoot(gorootName, dir), Found: []source.Span{mod.at}})
		}
	}
	return out
}
