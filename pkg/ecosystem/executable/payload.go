package executable

import (
	"cmp"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/archive"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/rules"
)

// A runtime may carry the application that it runs ([archive.PayloadOf]). The walk enters what it carries, where the form of that is
// known: the manifests and scripts in it are met as those of any folder. Where it is not, the program says nothing of what is in it,
// and that is a gap here. So are the modules of a frozen program of Python of which no metadata was put in with them: their names are
// known, and neither whose they are nor under which terms.

// carriers are those that put an application into a program, by what [archive.Payload] calls them, and are a part of it themselves.
var carriers = map[string]string{
	"deno": "deno compile", "nuitka": "Nuitka", "pkg": "pkg",
}

// readPayload tells of what the program carries.
func (r *reader) readPayload(at io.ReaderAt) {
	info, err := fs.Stat(r.FS, r.file)
	if err != nil {
		return
	}
	head := make([]byte, 8)
	if _, err := at.ReadAt(head, 0); err != nil {
		return
	}
	p, ok := archive.PayloadOf(at, info.Size(), head)
	switch {
	case !ok:
	case !p.Read:
		r.Gap(sbom.Gap{Kind: sbom.Unsupported, Span: r.at(), Material: true, Next: "scan what it was made of",
			Why: "the program carries an application that " + cmp.Or(carriers[p.By], p.By) + " put into it, which is not read"})
	case p.By == "pyinstaller":
		r.readFrozen(at, info.Size())
	}
}

// readFrozen tells of a program that PyInstaller made. Its bootloader is a part of it, and of the modules those are told that no package
// with metadata explains: a package that is called as the module is, or lists it (top_level.txt).
func (r *reader) readFrozen(at io.ReaderAt, size int64) {
	r.Add(sbom.Component{
		Name: "pyinstaller", PURL: ecosystem.PURL("pypi", "", "pyinstaller", ""), Type: sbom.TypeFramework, Origin: sbom.OriginEmbedded,
		Claims: r.known("pyinstaller", "GPL-2.0-or-later WITH Bootloader-exception"), // COPYING.txt; the hooks that it adds are Apache-2.0
	}, "", r.at())
	in, err := archive.Open(at, size)
	if err != nil {
		r.Lost(r.at(), "build it anew", "what PyInstaller put into the program cannot be read: %v", err)
		return
	}
	told := map[string]bool{}
	modules := map[string]bool{}
	entries, _ := in.ReadDir(".")
	for _, e := range entries {
		switch name := e.Name(); {
		case path.Ext(name) == ".dist-info" || path.Ext(name) == ".egg-info":
			project, _, _ := strings.Cut(name, "-")
			told[rules.Letters(project)] = true
			list, _ := ecosystem.ReadFile(in, path.Join(name, "top_level.txt"), maxManifest)
			for _, module := range strings.Fields(string(list)) {
				told[rules.Letters(module)] = true
			}
		case path.Ext(name) == ".pyz" && e.IsDir():
			inner, _ := in.ReadDir(name)
			for _, e := range inner {
				modules[strings.TrimSuffix(e.Name(), ".pyc")] = true
			}
		case path.Ext(name) == ".pyz": // one that is encrypted
			r.Lost(r.at(), "build it without", "the modules of the program are encrypted, or packed in a way that is not known")
		}
	}
	var whose []string
	for module := range modules {
		if !rules.IsPythonModule(module) && !told[rules.Letters(module)] && !strings.HasPrefix(module, "pyimod") && !strings.HasPrefix(module, "pyi_") {
			whose = append(whose, module)
		}
	}
	if len(whose) > 0 {
		slices.Sort(whose)
		r.Lost(r.at(), "build it with --copy-metadata for the packages that it takes in, or scan what it was made of",
			"the program does not tell whose these modules of Python are: %s", brief(whose))
	}
}

// brief lists the first few names, and how many others there are.
func brief(names []string) string {
	const few = 12
	for i, name := range names {
		if !ecosystem.Printable(name) {
			names[i] = ecosystem.Quote(name)
		}
	}
	if len(names) <= few {
		return strings.Join(names, ", ")
	}
	return strings.Join(names[:few], ", ") + " and " + sbom.Plural(len(names)-few, "other")
}
