package scan

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/rules"
)

// project is one group of manifests, with the ecosystem that reads it and what it learned.
type project struct {
	eco   *ecosystem.Ecosystem
	files []string
	sbom.Fragment
	sites    map[sbom.ID]site // see locate
	in       *archived        // nil for one that lies in no archive
	whole    bool             // it is a bill of materials, and all of the target
	about    map[sbom.ID]bool // what such a one in a tree is about, which hangs where it lies whatever leads to it
	known    map[sbom.ID]bool // of a bill of materials in a tree: what others tell of, see supply
	copies   bool             // it is what was copied without a manifest
	uprooted bool             // others made what it is about
	within   []string         // files in archives that it read, for others
}

// read lets every ecosystem read its projects, and joins what they learned under the target's roots.
func (s *scanner) read(ctx context.Context, m *met) *sbom.Document {
	var projects []project
	for i, eco := range s.Ecosystems {
		group := eco.Group
		if group == nil {
			group = byFolder
		}
		for _, paths := range s.apart(m.manifests[i]) {
			for _, files := range group(paths) {
				projects = append(projects, project{eco: eco, files: files})
			}
		}
	}
	first := len(projects)
	projects = append(projects, m.read...)
	read := s.foresee(func() {
		parallel(ctx, s.Workers, first, func(i int) {
			p := project{eco: projects[i].eco, files: projects[i].files}
			if outer, _, packed := source.SplitArchive(p.files[0]); packed { // all that it may ask for is that, which takes long to unpack
				if f, err := s.files.Open(outer); err == nil {
					f.Close()
				}
				return
			}
			s.readFragment(ctx, s.filesAround(p.files[0]), &p)
		})
	})
	parallel(ctx, s.Workers, len(projects), func(i int) {
		if i < first {
			s.readFragment(ctx, s.filesAround(projects[i].files[0]), &projects[i])
		}
		s.finish(m, &projects[i])
	})
	read()
	projects = append(projects, s.readWithin(ctx, m, projects)...)
	projects = slices.DeleteFunc(projects, func(p project) bool {
		silent := p.isSilent()
		if silent {
			m.silent = append(m.silent, p.files...)
		}
		return silent
	})
	for i := range projects {
		projects[i].locate(func(string) bool { return false })
	}
	own, _, _ := foldersOf(projects) // by which it is known what a folder is for
	for i := range projects {
		projects[i].locate(func(dir string) bool { return s.classBelow(dir+"/", own) != "" })
	}
	release := s.foresee(func() { s.copies(m, projects) })
	copies := s.copies(m, projects)
	if release(); len(copies.Components)+len(copies.Gaps) > 0 {
		projects = append(projects, copies)
	}
	adopt(projects, s.Facts)
	s.supply(projects, m.count)
	manifests := slices.ContainsFunc(projects, func(p project) bool { return !p.copies })
	projects = s.boxed(m, projects)
	roots, joints := s.plant(projects)
	joints.Gaps = append(joints.Gaps, unreadGaps(m.unread)...)
	if !manifests {
		joints.Gaps = append(joints.Gaps, nothingRead(m))
	}
	fragments := []sbom.Fragment{joints}
	for _, p := range projects {
		fragments = append(fragments, p.Fragment)
	}
	return sbom.Merge(roots, fragments...)
}

// readWithin reads what lies in archives that are another reader's, by the names that the files have there.
func (s *scanner) readWithin(ctx context.Context, m *met, projects []project) []project {
	var out []project
	for _, p := range projects {
		slices.Sort(p.within)
		for _, file := range slices.Compact(p.within) {
			for _, eco := range s.Ecosystems {
				if eco.Match(file, 0, nil) {
					out = append(out, project{eco: eco, files: []string{file}})
				}
			}
		}
	}
	for _, p := range out {
		s.files.Assume(p.files[0])
	}
	parallel(ctx, s.Workers, len(out), func(i int) {
		s.readFragment(ctx, s.filesAround(out[i].files[0]), &out[i])
		s.finish(m, &out[i])
	})
	return out
}

// isSilent reports whether a project consists of products in which no manifest was found.
func (p *project) isSilent() bool {
	embedded := p.eco.Embedded
	return embedded != nil && len(p.Components)+len(p.Gaps) == 0 &&
		!slices.ContainsFunc(p.files, func(file string) bool { return !embedded(file) })
}

// byFolder makes one project of each folder.
func byFolder(paths []string) [][]string {
	var out [][]string
	for _, p := range paths {
		if n := len(out); n > 0 && path.Dir(out[n-1][0]) == path.Dir(p) {
			out[n-1] = append(out[n-1], p)
		} else {
			out = append(out, []string{p})
		}
	}
	return out
}

// readFragment reads one project; whatever happens there, the manifest at least leaves a gap.
func (s *scanner) readFragment(ctx context.Context, files fs.FS, p *project) {
	at := source.Span{Path: p.files[0]}
	if i := slices.IndexFunc(p.files, func(file string) bool { return s.class(file, ".") == "" }); i > 0 {
		at.Path = p.files[i] // what of it ships is lost as well
	}
	lost := func(g sbom.Gap) { p.Gaps = append(p.Gaps, g) }
	guard(p.eco.Name, at, lost, func() {
		f, err := p.eco.Read(ctx, &ecosystem.Project{FS: s.record("", files), Files: p.files, Caches: s.recorded, Facts: s.Facts, Heavy: &s.heavy, Opened: s.keep,
			Within: func(file string) { p.within = append(p.within, file) }})
		p.Fragment = f
		if err != nil && ctx.Err() == nil {
			lost(sbom.Gap{
				Kind: sbom.Lost, Span: at, Reader: p.eco.Name, Material: true,
				Why: reason(err), Next: "mend the file, or leave it out with --exclude",
			})
		}
	})
	for i, g := range p.Gaps {
		place := cmp.Or(g.Span.Path, at.Path)
		p.Gaps[i].Material = g.Material && (!ofTarget(place) || s.class(place, ".") == "") // what is aside does not ship
	}
}

// finish adds to what a project's reader learned what only the walk knows.
func (s *scanner) finish(m *met, p *project) {
	s.atTops(p)
	m.follow(p)
	s.locateLayers(p)
	s.forget(p)
	ecosystem.Clean(p.eco.Name, &p.Fragment)
}

// follow gives the components the folders in which their files were met, where a link led the reader there.
func (m *met) follow(p *project) {
	for _, c := range p.Components {
		for i, o := range c.Occurrences {
			if ofTarget(o.Dir) && o.Dir != "" {
				c.Occurrences[i].Dir = m.behind(o.Dir)
			}
		}
	}
}

// forget takes the folders from components that the user left out: they were not looked at.
func (s *scanner) forget(p *project) {
	var left []sbom.ID
	for i, c := range p.Components {
		for k, o := range c.Occurrences {
			if ofTarget(o.Dir) && s.excluded(o.Dir) {
				p.Components[i].Occurrences[k].Dir = ""
				left = append(left, c.ID)
			}
		}
	}
	if len(left) > 0 {
		p.Gaps = append(p.Gaps, sbom.Gap{
			Kind: sbom.Unavailable, Span: source.Span{Path: p.files[0]}, Reader: "walk", Components: left,
			Why: "the files of some packages were left out by --exclude", Next: "do not exclude them",
		})
	}
}

// unreadGaps are the manifests, lockfiles and archives that licet knows to be such and cannot read: one
// gap for each kind.
func unreadGaps(unread map[string][]string) []sbom.Gap {
	var out []sbom.Gap
	for kind, paths := range unread {
		slices.Sort(paths)
		if rules.IsUnreadProgram(kind) {
			out = append(out, sbom.Gap{
				Kind: sbom.Unsupported, Span: source.Span{Path: paths[0]}, Reader: "walk",
				Why:  fmt.Sprintf("%s (%s), of which only what their text states is known: what they were made of is not in the inventory", kind, sbom.Plural(len(paths), "file")),
				Next: "state what they are made of in a bill of materials beside them, if they ship",
			})
			continue
		}
		files := fmt.Sprintf("%d files", len(paths))
		if len(paths) == 1 {
			files = "a file"
		}
		out = append(out, sbom.Gap{
			Kind: sbom.Unsupported, Span: source.Span{Path: paths[0]}, Reader: "walk", Material: true,
			Why:  fmt.Sprintf("%s of %s, which licet does not read yet: what is named there is missing from the inventory", files, kind),
			Next: "leave it out with --exclude if nothing of it ships",
		})
	}
	return out
}

// nothingRead is the gap of a target in which no reader found anything to read.
func nothingRead(m *met) sbom.Gap {
	if m.count == 0 {
		return sbom.Gap{
			Kind: sbom.Lost, Span: source.Span{Path: "."}, Reader: "walk", Material: true,
			Why: "there are no files here", Next: "check the path, and the --exclude globs",
		}
	}
	return sbom.Gap{
		Kind: sbom.Unsupported, Span: source.Span{Path: "."}, Reader: "walk",
		Why:  "no manifest or lockfile that licet reads: what the files depend on is unknown",
		Next: "scan the folder that holds the manifest, or see `licet explain ecosystems`",
	}
}
