// Package scan turns a tree into a report. It is the one place where a scan's parts meet, and the only
// one that starts goroutines.
//
// The road has six stages, each a file of this package, and data flows one way:
//
//	walk      every file of the tree is met once, those in archives too: manifests are noted, statements
//	          detected, those about other files given to these
//	read      the noted manifests are read by their ecosystems, and planted below the target's roots
//	recall    what others know is asked for packages whose files are not at hand (if the user names such)
//	compare   copies are held against what was published
//	examine   the folders of dependencies in caches are searched for license files
//	assign    every statement goes to the component whose file it stands in; copied code becomes one
//	settle    merge, conclude, resolve scopes
//
// Where there is much to do the work is shared by a few workers; results are taken in order, or joined by set
// union and sorted, so neither their number nor their timing shows in the report. A file that cannot be read, a reader that
// fails, even one that panics costs a gap and nothing else.
package scan

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/licet/licet/pkg/archive"
	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/known"
	"github.com/licet/licet/pkg/report"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// Options is what a scan needs besides the tree. The zero value scans without ecosystems or caches.
type Options struct {
	Ecosystems []*ecosystem.Ecosystem
	// Caches are the package managers' folders on this machine, by name; see [ecosystem.Project].
	Caches map[string]fs.FS
	// Known are asked, in this order, for what is known of packages whose files are not at hand.
	Known []known.Source
	// Facts may be nil.
	Facts *sbom.Facts
	// Exclude leaves out the paths that one of the globs matches, as does a glob's folder.
	Exclude []source.Glob
	// Ignore are paths of the target that are no part of it: what this very run is about to write.
	Ignore []string
	// Subject is what the target is, where it says so itself: an image. Its zero value is none.
	Subject Subject
	// Texts are the license texts that the facts name, by the license's id.
	Texts map[string][]byte
	// Deep reads every file of the dependencies, not only license files.
	Deep bool
	// Workers is how many goroutines share the work; 0 is GOMAXPROCS.
	Workers int
	// Progress, when not nil, is told now and then how many files were met. It is called from one
	// goroutine at a time.
	Progress func(files int)
}

// Subject is what a target says of itself.
type Subject struct {
	Component sbom.Component
	Input     sbom.Input   // what the report names it by
	Note      string       // what else is known of it, in one line
	Parts     []sbom.Input // what it was put together of: layers
}

// The limits of a scan. What lies past one is a gap.
const (
	// maxManifest is the size past which a manifest or license file is not read, in bytes.
	maxManifest = 64 << 20
	// maxFile is the size past which a file is not searched for statements, in bytes.
	maxFile = 1 << 30
	// window is how much of a file is in memory at a time, in bytes. With at most eight workers the
	// bytes in flight stay under 64 MiB.
	window = 8 << 20
	// maxWorkers bounds the workers, and with them the memory.
	maxWorkers = 8
)

// scanner is one run.
type scanner struct {
	Options
	tree      source.Tree
	files     *archive.Folders // the tree's, and those in archives that the walk entered
	engine    *detect.Engine
	classes   []pathClass
	curations []source.Glob // the paths of the facts' curations
	own       *sbom.Own     // what the facts call one's own
	notes     *notes
	unhashed  bool                      // nobody asks for checksums
	recorded  map[string]fs.FS          // Caches, with what readers read in them noted
	known     map[string]*known.Package // by the folder that it is about
	heavy     sync.Mutex                // held by the one worker that holds a large archive inflated
	kept      kept
	inFlight  *inFlight
	passed    passed
	asking    atomic.Bool     // what is read is thrown away, see foresee
	maxPacked int64           // the constant, but in tests
	full      atomic.Bool     // so much has come out of archives that no more are entered
	hearsay   map[string]bool // bills of materials, whose copyrights are those of others
}

func newScanner(tree source.Tree, opt Options) (*scanner, error) {
	s := &scanner{
		Options: opt, tree: tree, engine: detect.New(ownTexts(opt.Texts)...),
		notes: &notes{digest: map[string]string{}}, recorded: map[string]fs.FS{}, known: map[string]*known.Package{},
		maxPacked: maxPacked, inFlight: newInFlight(), hearsay: map[string]bool{},
	}
	s.notes.asking = &s.asking
	files := tree.Lookup()
	if files == nil {
		return nil, errors.New("this kind of target cannot be scanned yet: unpack it and scan the folder")
	}
	s.files = archive.NewFolders(files)
	if s.Facts == nil {
		s.Facts = &sbom.Facts{}
	}
	var err error
	if s.classes, err = compileClasses(s.Facts); err != nil {
		return nil, err
	}
	for _, c := range s.Facts.Curations {
		g, err := source.CompileGlob(c.Path)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.Found, err)
		}
		s.curations = append(s.curations, g)
	}
	if s.own, err = s.Facts.FirstParty.Compile(); err != nil {
		return nil, err
	}
	for name, cache := range opt.Caches {
		s.recorded[name] = s.record(name, cache)
	}
	if s.Workers <= 0 {
		s.Workers = runtime.GOMAXPROCS(0)
	}
	s.Workers = min(s.Workers, maxWorkers)
	return s, nil
}

func ownTexts(texts map[string][]byte) []detect.OwnText {
	var out []detect.OwnText
	for _, id := range slices.Sorted(maps.Keys(texts)) {
		out = append(out, detect.OwnText{ID: id, Text: texts[id]})
	}
	return out
}

// Run scans the tree. It fails only when the context ends, a fact is malformed, or the tree gives no
// access to its files; all else that goes wrong is a gap in the report.
func Run(ctx context.Context, tree source.Tree, opt Options) (*report.Report, error) {
	s, err := newScanner(tree, opt)
	if err != nil {
		return nil, err
	}
	met := s.walk(ctx)
	graph := s.read(ctx, met)
	if len(s.Known) > 0 {
		if graph, err = s.recall(ctx, met, graph); err != nil {
			return nil, err
		}
	}
	met.gaps = append(met.gaps, s.compare(ctx, graph)...)
	searched := s.examine(ctx, met, graph)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	doc, err := s.settle(met, graph, searched, s.assign(met, searched, graph))
	if err != nil {
		return nil, err
	}
	return &report.Report{
		Schema:       report.Schema,
		Command:      "scan",
		Reach:        s.reach(),
		Assumptions:  s.assumptions(met, doc),
		Deliverables: s.Facts.Delivered(),
		Document:     doc,
	}, nil
}

// wasOrWere counts files that something was done to.
func wasOrWere(files int) string {
	if files == 1 {
		return "a file was"
	}
	return fmt.Sprintf("%d files were", files)
}

func (s *scanner) reach() string {
	if s.Deep {
		return "all files of the target and of the dependencies on this machine"
	}
	return "all files of the target; of dependencies the license files, notices and manifests, and all files where these state nothing"
}

func (s *scanner) assumptions(m *met, doc *sbom.Document) []string {
	var out []string
	if s.Subject.Note != "" {
		out = append(out, s.Subject.Note)
	}
	if len(s.Facts.Deliverables) == 0 {
		out = append(out, "one deliverable: the whole tree, downloaded by customers, linked statically (state others under `deliverables`)")
	}
	if slices.ContainsFunc(doc.Relationships, func(e sbom.Relationship) bool { return e.Scope == "" }) {
		out = append(out, "dependencies whose manifest gives no scope are needed at run time")
	}
	if len(doc.Uses) > 0 && slices.ContainsFunc(s.Facts.Delivered(), func(d sbom.Deliverable) bool { return len(d.Platforms) == 0 }) {
		out = append(out, "programs are built for "+strings.Join(sbom.AssumedPlatforms, ", ")+"; what is imported on other platforms only is not shipped (state others under `platforms`)")
	}
	for _, src := range s.Known {
		out = append(out, src.Assumptions()...)
	}
	aside := 0
	for _, f := range doc.Files {
		if f.Class != "" && len(f.Claims) > 0 {
			aside++
		}
	}
	if aside > 0 {
		out = append(out, fmt.Sprintf("tests, fixtures, examples, documentation and what only builds do not ship: what %d such files state is listed and not judged (state others under `paths`)", aside))
	}
	if m.manuals > 0 {
		out = append(out, fmt.Sprintf("the manual pages and documents that packages of a system bring say nothing of their licenses: %s packed there not read, license files apart (--deep reads all)", wasOrWere(m.manuals)))
	}
	if m.excluded > 0 {
		out = append(out, fmt.Sprintf("--exclude leaves out %d files that hold nothing that ships", m.excluded))
	}
	return out
}
