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
// 9, or where it was thrown away). The first become components, the second a gap. What texts there are in it, copies of those
// below legal among the resources of tools, is no statement of the runtime's; the same holds for jmods, from which jlink makes images.
//
// References: JEP 220 (run-time images, the file release), JEP 282 (jlink), JEP 261 (the format JMOD), and for what begins
// lib/modules imageFile.hpp of OpenJDK; the headings are those of src/*/share/legal/*.md there.
package jdk

import (
	"bytes"
	"context"
	"io/fs"
	"maps"
	"path"
	"slices"
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
	Doc: `Java runtimes: release, lib/modules, *.jmod and the folder legal of a JDK, a JRE or an image that jlink made

The runtime is one component, with the version and the implementor that release names; its license is what the texts below legal say. It
is called openjdk where it says that it is made of that (ASSEMBLY_EXCEPTION), else java. It contains a component for each library
that a text below legal is about, named as the heading is, with the version in it; and one for each module of the list in release that
is no part of Java and was linked into the image, or lies in jmods. What lib/modules and *.jmod hold is not read.`,
	Match:    match,
	Embedded: func(p string) bool { return path.Base(p) != "release" },
	Group:    func(paths []string) [][]string { return ecosystem.GroupBy(paths, home) },
	Read:     read,
	Beside: func(p string) bool {
		return strings.HasPrefix(p, "legal/") || strings.Contains(p, "/legal/") || path.Base(p) == exception
	},
}

// exception is the file in which OpenJDK says under what terms it is.
const exception = "ASSEMBLY_EXCEPTION"

func match(p string, mode fs.FileMode, head []byte) bool {
	if !ecosystem.Own(p, mode) {
		return false
	}
	begins := func(magic string) bool { return bytes.HasPrefix(head, []byte(magic)) }
	switch base := path.Base(p); {
	case base == "release":
		// Scripts are called so too, and set the like: here every line is a setting, the first too.
		return len(head) > 0 && head[0] >= 'A' && head[0] <= 'Z' && (begins(`JAVA_VERSION="`) || bytes.Contains(head, []byte("\nJAVA_VERSION=\"")))
	case base == "modules":
		return begins("\xda\xda\xfe\xca") || begins("\xca\xfe\xda\xda") // in the order of the processor
	}
	return path.Ext(p) == ".jmod" && begins("JM")
}

// home is the top of the runtime that a file is a part of. An image of modules that lies elsewhere than in lib is a runtime by itself: what
// lies beside it is no part of that.
func home(p string) string {
	dir := path.Dir(p)
	switch in := path.Base(dir); {
	case path.Base(p) == "modules" && in != "lib":
		return p
	case path.Base(p) == "modules" || in == "jmods":
		return path.Dir(dir)
	}
	return dir
}

// reader reads one runtime.
type reader struct {
	*ecosystem.Project
	ecosystem.Graph
	dir     string      // the top of it
	release doc.Node    // empty without the file
	at      source.Span // what tells of the runtime
	runtime sbom.ID
	folders []string // below legal
}

func read(ctx context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
	r := &reader{Project: p, Graph: ecosystem.Graph{Reader: name}}
	r.dir, r.at = home(p.Files[0]), source.Span{Path: p.Files[0]}
	if file := p.File("release"); file != "" {
		d, _ := r.Parse(r.FS, file, maxRelease, next, doc.INI)
		r.release = d.Root()
		r.at = r.release.Get("JAVA_VERSION").Span()
	} else if p.File("modules") == "" {
		r.readLoose()
		return r.Fragment, nil
	}
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
	legal := path.Join(r.dir, "legal")
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
	r.Gap(sbom.Gap{Kind: sbom.Limit, Span: r.at, Material: true, Next: "look into the runtime yourself",
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
		if !r.has("LICENSE") { // that it is OpenJDK the file says, what its terms are is known
			c.Claims = detect.Known("runtime:openjdk", "GPL-2.0-only WITH Classpath-exception-2.0", source.Span{Path: at})
		}
	}
	c.PURL = ecosystem.PURL("generic", "", c.Name, c.Version)
	r.runtime = r.Root(c, r.dir, r.at)
	for _, dir := range r.folders {
		r.Add(sbom.Component{ID: r.runtime, PURL: c.PURL, Name: c.Name, Version: c.Version, Type: c.Type, Origin: c.Origin}, dir, r.at)
	}
	if len(r.folders) == 0 {
		r.Unavailable(r.at, "take the THIRD_PARTY_README or the folder legal of that release, and state what it says with clarify",
			"the libraries that are part of a Java runtime have licenses of their own, and there is no folder legal that tells which they are", r.runtime)
	}
}

// has reports whether there is a file of that name at the top or in the folder of java.base, where the others point.
func (r *reader) has(file string) bool { return r.find(file) != "" }

func (r *reader) find(file string) string {
	for _, p := range []string{path.Join(r.dir, "legal/java.base", file), path.Join(r.dir, file)} {
		if info, err := fs.Stat(r.FS, p); err == nil && info.Mode().IsRegular() {
			return p
		}
	}
	return ""
}

func (r *reader) exception() string { return r.find(exception) }

// addModules adds what was linked into the image, or lies beside it to be linked, and is no part of Java.
func (r *reader) addModules() {
	n := r.release.Get("MODULES")
	at := map[string]source.Span{}
	for _, m := range strings.Fields(strings.Trim(n.Text(), `"`)) {
		at[m] = n.Span()
	}
	for _, file := range r.Files {
		if path.Ext(file) == ".jmod" {
			at[strings.TrimSuffix(path.Base(file), ".jmod")] = source.Span{Path: file}
		}
	}
	var hidden []sbom.ID
	for _, m := range slices.Sorted(maps.Keys(at)) {
		if strings.HasPrefix(m, "java.") || strings.HasPrefix(m, "jdk.") || !ecosystem.Printable(m) {
			continue
		}
		if len(hidden) == maxModules {
			r.limit()
			break
		}
		id := r.addModule(path.Join(r.dir, "lib/modules"), m, at[m])
		r.contain(id, at[m])
		hidden = append(hidden, id)
	}
	r.hide(hidden)
}

// addModule adds a module whose files cannot be read.
func (r *reader) addModule(in, m string, at source.Span) sbom.ID {
	return r.Add(sbom.Component{ID: sbom.ID("file:" + in + "#" + m + "@"), Name: m, Origin: sbom.OriginBundled}, "", at)
}

func (r *reader) hide(modules []sbom.ID) {
	if len(modules) > 0 {
		r.Unavailable(r.at, "scan what they were made of as well, or state their licenses with clarify",
			"there are modules in the format of Java's linker, in which neither their versions nor their licenses can be read", modules...)
	}
}

// readLoose adds modules to be linked that lie in no runtime: whatever they are called, they are what somebody made.
func (r *reader) readLoose() {
	var modules []sbom.ID
	for _, file := range r.Files {
		modules = append(modules, r.addModule(file, strings.TrimSuffix(path.Base(file), ".jmod"), source.Span{Path: file}))
	}
	r.hide(modules)
}

// contain adds the edge from the runtime to what is in it.
func (r *reader) contain(id sbom.ID, at source.Span) {
	r.Relationships = append(r.Relationships, sbom.Relationship{
		From: r.runtime, To: id, Kind: sbom.Contains, Scope: sbom.Runtime, Linkage: sbom.Bundled, Found: []source.Span{at}})
}
