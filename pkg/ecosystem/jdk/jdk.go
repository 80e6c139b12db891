// Package jdk reads Java runtimes: JDKs, JREs and the images that jlink makes, which deliverables carry beside or around an
// application.
//
// A runtime says what it is in a file called release, and what strangers' code is in it below legal: a folder for each module, in
// it the license of the runtime, over and over or as links, and a text for each library, whose first line is a heading with its
// name and mostly its version. So the trick is to believe the headings: the runtime is one component, whose files these folders
// are, and each text is the one file of a library that is contained in it.
//
// Two things hide in lib/modules, which is in a format of its own and is not read: modules that are no part of a runtime and were
// linked into the image, which the list of modules in release names, and everything where there is no folder legal (before Java
// 9, or where it was thrown away). The first become components, the second a gap.
//
// References: JEP 220 (run-time images, the file release), JEP 282 (jlink); the headings are those of
// src/*/share/legal/*.md of OpenJDK.
package jdk

import (
	"bytes"
	"context"
	"io/fs"
	"path"
	"strings"

	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

const (
	name       = "jdk"
	next       = "take the runtime anew"
	maxRelease = 1 << 20 // bytes of the file release
	maxNotice  = 4 << 20 // bytes of a text below legal
	maxModules = 2000    // folders below legal, and modules in the list; all of a JDK are below a hundred
)

// Ecosystem is the reader of Java runtimes.
var Ecosystem = &ecosystem.Ecosystem{
	Name: name,
	Doc: `Java runtimes: the file release and the folder legal of a JDK, a JRE or an image that jlink made

The runtime is one component, with the version and the implementor that release names; its license is what the texts below legal say. It
is called openjdk where it says that it is made of that (ASSEMBLY_EXCEPTION), else java. It contains a component for each library
that a text below legal is about, named as the heading is, with the version in it; and one for each module of the list in release that
is no part of Java and was linked into the image. What lib/modules holds besides is not read.`,
	Match: match,
	Read:  read,
	Beside: func(p string) bool {
		return strings.HasPrefix(p, "legal/") || strings.Contains(p, "/legal/") || path.Base(p) == exception
	},
}

// exception is the file in which OpenJDK says under what terms it is.
const exception = "ASSEMBLY_EXCEPTION"

func match(p string, mode fs.FileMode, head []byte) bool {
	return path.Base(p) == "release" && ecosystem.Own(p, mode) && bytes.Contains(head, []byte(`JAVA_VERSION="`))
}

// reader reads one runtime.
type reader struct {
	*ecosystem.Project
	ecosystem.Graph
	release doc.Node
	runtime sbom.ID
	folders []string // below legal
}

func read(ctx context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
	r := &reader{Project: p, Graph: ecosystem.Graph{Reader: name}}
	d, _ := r.Parse(r.FS, p.Files[0], maxRelease, next, doc.INI)
	r.release = d.Root()
	r.list()
	r.addRuntime()
	for _, dir := range r.folders {
		if err := ctx.Err(); err != nil {
			return r.Fragment, err
		}
		r.readNotices(dir)
	}
	r.addModules()
	return r.Fragment, ctx.Err()
}

// list finds the folders of the modules below legal.
func (r *reader) list() {
	legal := path.Join(r.Dir(), "legal")
	entries, _ := fs.ReadDir(r.FS, legal) // nil without one
	for _, e := range entries {
		if dir := path.Join(legal, e.Name()); r.At(dir) == "" {
			continue
		} else if len(r.folders) < maxModules {
			r.folders = append(r.folders, dir)
		} else {
			r.limit()
			break
		}
	}
}

func (r *reader) limit() {
	r.Gap(sbom.Gap{Kind: sbom.Limit, Span: source.Span{Path: r.Files[0]}, Material: true, Next: "look into the runtime yourself",
		Why: "more modules than any runtime has; the rest is not listed"})
}

// text is a value of the file release, in which all are quoted.
func (r *reader) text(key string) string { return strings.Trim(r.release.Get(key).Text(), `"`) }

// addRuntime adds the runtime, with all folders in which its own license lies.
func (r *reader) addRuntime() {
	c := sbom.Component{Name: "java", Version: r.text("JAVA_VERSION"), Type: sbom.TypePlatform, Origin: sbom.OriginVendored,
		Supplier: r.text("IMPLEMENTOR"), Source: r.text("SOURCE_REPO")}
	if !ecosystem.Printable(c.Version) {
		c.Version = ""
	}
	if at := r.exception(); at != "" {
		c.Name = "openjdk"
		if !r.has("LICENSE") {
			c.Claims = known(at)
		}
	}
	c.PURL = ecosystem.PURL("generic", "", c.Name, c.Version)
	at := r.release.Get("JAVA_VERSION").Span()
	r.runtime = r.Root(c, r.Dir(), at)
	for _, dir := range r.folders {
		r.Add(sbom.Component{ID: r.runtime, PURL: c.PURL, Name: c.Name, Version: c.Version, Type: c.Type, Origin: c.Origin}, dir, at)
	}
	if len(r.folders) == 0 {
		r.Unavailable(at, "take the THIRD_PARTY_README or the folder legal of that release, and state what it says with clarify",
			"the libraries that are part of a Java runtime have licenses of their own, and there is no folder legal that tells which they are", r.runtime)
	}
}

// has reports whether there is a file of that name at the top or in the folder of java.base, where the others point.
func (r *reader) has(file string) bool { return r.find(file) != "" }

func (r *reader) find(file string) string {
	for _, p := range []string{path.Join(r.Dir(), "legal/java.base", file), path.Join(r.Dir(), file)} {
		if info, err := fs.Stat(r.FS, p); err == nil && info.Mode().IsRegular() {
			return p
		}
	}
	return ""
}

func (r *reader) exception() string { return r.find(exception) }

// known is the license of OpenJDK where its text was left out: that it is OpenJDK the file says, what its terms are is known.
func known(at string) []sbom.Claim {
	claims := detect.Declaration("GPL-2.0-only WITH Classpath-exception-2.0", source.Span{Path: at})
	for i := range claims {
		for k := range claims[i].Evidence {
			claims[i].Evidence[k].Rule = "runtime:openjdk"
		}
	}
	return claims
}

// addModules adds what was linked into the image and is no part of Java.
func (r *reader) addModules() {
	n := r.release.Get("MODULES")
	modules := strings.Fields(strings.Trim(n.Text(), `"`))
	if len(modules) > maxModules {
		r.limit()
		modules = modules[:maxModules]
	}
	var hidden []sbom.ID
	for _, m := range modules {
		if strings.HasPrefix(m, "java.") || strings.HasPrefix(m, "jdk.") || !ecosystem.Printable(m) {
			continue
		}
		c := sbom.Component{ID: sbom.ID("file:" + path.Join(r.Dir(), "lib/modules") + "#" + m + "@"), Name: m, Origin: sbom.OriginBundled}
		id := r.Add(c, "", n.Span())
		r.contain(id, n.Span())
		hidden = append(hidden, id)
	}
	if len(hidden) > 0 {
		r.Unavailable(n.Span(), "scan what they were linked from as well, or state their licenses with clarify",
			"modules were linked into the image, where neither their versions nor their licenses can be read", hidden...)
	}
}

// contain adds the edge from the runtime to what is in it.
func (r *reader) contain(id sbom.ID, at source.Span) {
	r.Relationships = append(r.Relationships, sbom.Relationship{
		From: r.runtime, To: id, Kind: sbom.Contains, Scope: sbom.Runtime, Linkage: sbom.Bundled, Found: []source.Span{at}})
}
