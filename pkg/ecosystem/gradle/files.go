package gradle

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// A configuration may ask for files, files('libs/x.jar'), or for all in a folder, fileTree('libs') (docs.gradle.org, "Declaring
// dependencies", "File dependencies"). Those that lie in the tree are read as the archives that they are; others are
// usually kept out of version control.

// local is one such wish.
type local struct {
	path  string // in the tree; "" if the script computes it
	whole bool   // a folder
	scope sbom.Scope
	at    source.Span
}

// files notes what a call of that name asks for.
func (w *walker) files(called string, args doc.Terms, scope sbom.Scope, at source.Span) {
	if called == "fileTree" {
		dir := w.folder(args)
		w.project.locals = append(w.project.locals, local{w.place(dir), true, scope, at})
		return
	}
	if n := len(args) - 1; n > 0 && args[n].Bracket() == '{' { // files(x) { builtBy y }
		args = args[:n]
	}
	if len(args) == 1 && args[0].Bracket() != 0 {
		args = args[0].Terms()
	}
	for part := range args.Split(",", "\n") {
		switch {
		case part[0].Bracket() != 0 && len(part) == 1, part[0].IsWord("listOf") && len(part) == 2:
			w.files(called, part[len(part)-1:], scope, at)
		default:
			w.project.locals = append(w.project.locals, local{w.place(part), false, scope, part[0].Span()})
		}
	}
}

// folder is the argument of fileTree that names it: the first text, or that behind dir.
func (w *walker) folder(args doc.Terms) doc.Terms {
	if len(args) > 0 && args[0].IsWord("mapOf") {
		args = args[1:]
	}
	if len(args) > 0 && args[0].Bracket() != 0 {
		if args = args[0].Terms(); len(args) == 2 && args[0].IsWord("mapOf") || len(args) == 1 && args[0].Bracket() != 0 {
			return w.folder(args)
		}
	}
	for part := range args.Split(",", "\n") {
		key, value := part.Pair()
		switch {
		case key.IsWord("dir"):
			return value
		case len(part) == 3 && part[0].Text() == "dir" && part[1].IsWord("to"):
			return part[2:]
		case key.Kind() == doc.Missing:
			return part
		}
	}
	return nil
}

// place is the path in the tree that an expression means, "" if that is not known or leads out of it.
func (w *walker) place(t doc.Terms) string {
	if len(t) == 0 {
		return ""
	}
	text, ok := w.text(t)
	dir := w.project.dir
	if !ok && len(t) == 1 {
		base, rest, _ := strings.Cut(unquote(t[0].Text()), "/")
		switch strings.Trim(base, "${}") {
		case "rootDir", "rootProject.projectDir", "rootProject.rootDir":
			text, dir = rest, w.build.top
		case "projectDir", "project.projectDir":
			text = rest
		}
	}
	p := path.Join(dir, text)
	if text == "" || path.IsAbs(text) || strings.ContainsAny(text, `$\`) || !fs.ValidPath(p) || !ecosystem.Printable(path.Base(p)) {
		return ""
	}
	return p
}

// emitLocals adds the files that are not in the tree, and tells of those of which not even the names are known.
func (b *build) emitLocals(p *project) {
	var gone []sbom.ID
	var first, hidden source.Span
	for _, l := range p.locals {
		switch {
		case l.path != "" && b.holds(l):
		case l.path == "" || l.whole:
			if hidden.IsZero() {
				hidden = l.at
			}
		default:
			base := path.Base(l.path)
			c := sbom.Component{Name: base, Type: sbom.TypeLibrary}
			c.ID = ecosystem.FolderID(path.Dir(l.path), c)
			id := b.Add(c, "", l.at)
			b.Depend(p.id, id, l.scope, "", l.at)
			if gone = append(gone, id); first.IsZero() {
				first = l.at
			}
		}
	}
	next := "scan a tree that has the files, or state their licenses under `clarify`"
	if len(gone) > 0 {
		b.Unavailable(first, next, "files that the script asks for are not in the tree: what they are, and their licenses, are unknown", gone...)
	}
	if !hidden.IsZero() {
		b.Unavailable(hidden, next, "the script asks for files whose names it does not state, or for a folder in which there are none")
	}
}

// holds reports whether the file is in the tree or, of a folder, an archive somewhere in it.
func (b *build) holds(l local) bool {
	info, err := fs.Stat(b.FS, l.path)
	if err != nil || !l.whole {
		return err == nil
	}
	found := false
	seen := 0
	_ = fs.WalkDir(b.FS, l.path, func(p string, e fs.DirEntry, err error) error {
		if seen++; err != nil || seen > 1000 {
			return fs.SkipAll
		}
		if found = !e.IsDir() && slices.Contains([]string{".jar", ".aar", ".klib"}, path.Ext(p)); found {
			return fs.SkipAll
		}
		return nil
	})
	return found && info.IsDir()
}
