package scan

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/archive"
	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/pkg/vendored"
	"github.com/licet/licet/rules"
)

// met is what the walk met.
type met struct {
	manifests [][]string // for each ecosystem, the paths that it matched, sorted
	files     []sbom.FileFacts
	texts     map[sbom.Digest]sbom.Text
	gaps      []sbom.Gap
	unread    map[string][]string       // manifests and archives that nobody reads yet, by what they are
	silent    []string                  // of the manifests, products in which none was found
	links     map[string]string         // inside the tree, and where each leads
	dep5      map[string]bool           // files that state the licenses of others as Debian does
	archives  map[string]archived       // that were entered, by path
	plain     map[fileKind]int          // how many files state no license
	places    map[string]vendored.Place // folders that may hold copied code
	loose     map[string][]string       // files that state nothing and lie where copied code does, in no folder of their own, by that place
	banners   []vendored.Banner         // in the order of the walk
	excluded  int
	manuals   int       // packed pages of documentation that were passed over
	read      []project // products that were read when they were met
	count     int
	bytes     int64
	digest    sbom.Digest
}

// fileKind is what files of one folder whose names end alike have in common.
type fileKind struct{ dir, ending string }

func kindOf(p string) fileKind { return fileKind{source.Dir(p), path.Ext(p)} }

// walk meets every file of the tree once.
func (s *scanner) walk(ctx context.Context) *met {
	m := &met{
		manifests: make([][]string, len(s.Ecosystems)), texts: map[sbom.Digest]sbom.Text{},
		unread: map[string][]string{}, links: map[string]string{}, dep5: map[string]bool{}, plain: map[fileKind]int{},
		archives: map[string]archived{}, places: map[string]vendored.Place{}, loose: map[string][]string{},
	}
	sum := sha256.New() // over the names and sizes of all files, and the bytes of those that state something
	for o := range s.stream(ctx) {
		m.gaps = append(m.gaps, o.gaps...)
		if o.excluded {
			m.excluded++
			continue
		}
		if o.link.Path != "" {
			m.links[o.link.Path] = o.link.Target
		}
		f := o.facts
		if f.Path == "" {
			continue
		}
		if o.dep5 {
			m.dep5[f.Path] = true
		}
		m.count++
		m.bytes += f.Size
		for _, p := range vendored.Places(f.Path) {
			if _, known := m.places[p.Path]; !known {
				m.places[p.Path] = p
			}
		}
		fmt.Fprintf(sum, "%s\x00%d\x00%s\n", f.Path, f.Size, f.SHA256)
		for _, eco := range o.wanted {
			m.manifests[eco] = append(m.manifests[eco], f.Path)
		}
		m.read = append(m.read, o.read...)
		if o.manual {
			m.manuals++
		}
		if o.archived != nil {
			m.archives[f.Path] = *o.archived
		}
		if kind := unreadKind(&o); kind != "" && !filled(f.Path) && s.class(f.Path, ".") == "" {
			m.unread[kind] = append(m.unread[kind], f.Path)
		}
		m.banners = append(m.banners, telling(o.banners, &f)...)
		for d, body := range o.texts {
			keepText(m.texts, d, sbom.Text{Body: body, From: source.Span{Path: f.Path}})
		}
		if len(f.Claims)+len(f.Copyrights) > 0 {
			m.files = append(m.files, f)
		}
		if len(f.Claims) == 0 && f.Size > 0 && o.archived == nil && (s.Deep || !installed(f.Path)) && !isTestProgram(f.Path) {
			m.plain[kindOf(f.Path)]++
			if root, _, ok := vendored.Loose(f.Path); ok && !slices.ContainsFunc(o.banners, func(b vendored.Banner) bool { return b.Whole }) {
				m.loose[root] = append(m.loose[root], f.Path)
			}
		}
		if s.Progress != nil && m.count%1000 == 0 {
			s.Progress(m.count)
		}
	}
	m.inOrder()
	m.gaps = crowded(m.gaps)
	m.digest = sbom.Digest("sha256:" + hex.EncodeToString(sum.Sum(nil)))
	for _, paths := range m.manifests {
		slices.Sort(paths)
	}
	return m
}

// unreadKind says what a file is that nobody reads yet, "" for any other. A reader may want it for its name, or for what it begins with;
// that tells more than a name of what is in it.
func unreadKind(o *outcome) string {
	if o.archived != nil {
		return ""
	}
	if kind := rules.Unread(o.facts.Path); kind != "" && len(o.wanted) == 0 {
		return kind
	}
	return o.unread
}

// named are the files that name components: what they say of licenses is said of others, and is their
// readers' to tell.
func (m *met) named() map[string]bool {
	out := map[string]bool{}
	for _, paths := range m.manifests {
		for _, p := range paths {
			out[p] = path.Ext(p) != ".map" // that holds whole files, and these speak for themselves
		}
	}
	for _, p := range m.silent {
		delete(out, p)
	}
	for _, p := range m.read {
		out[p.files[0]] = true
	}
	for kind, paths := range m.unread {
		for _, p := range paths {
			out[p] = !rules.IsUnreadProgram(kind)
		}
	}
	return out
}

// behind gives the folder in which the files of dir lie, where a part of that path is a link.
func (m *met) behind(dir string) string {
	for at := dir; at != "." && at != "/"; at = path.Dir(at) {
		if to, ok := m.links[at]; ok {
			return m.behind(path.Join(to, dir[len(at):])) // no part of what a link leads to is one
		}
	}
	return dir
}

// keepText adds a text; of two places of one text the first in order stays.
func keepText(texts map[sbom.Digest]sbom.Text, d sbom.Digest, t sbom.Text) {
	if have, ok := texts[d]; !ok || t.From.Compare(have.From) < 0 {
		texts[d] = t
	}
}

// Detect searches every file of the tree and yields what each states, in the order of the walk, with the
// gaps that reading it left. A gap of something that is no file comes with facts that have no path.
func Detect(ctx context.Context, tree source.Tree, opt Options) iter.Seq2[sbom.FileFacts, []sbom.Gap] {
	return func(yield func(sbom.FileFacts, []sbom.Gap) bool) {
		opt.Ecosystems, opt.Deep = nil, true
		s, err := newScanner(tree, opt)
		if err != nil {
			yield(sbom.FileFacts{}, []sbom.Gap{{Kind: sbom.Unsupported, Span: source.Span{Path: "."}, Reader: "walk", Why: err.Error(), Material: true}})
			return
		}
		s.unhashed, s.engine = true, s.engine.Undigested()
		for o := range s.stream(ctx) {
			if !yield(o.facts, o.gaps) {
				return
			}
		}
	}
}

// outcome is what became of one entry of the walk.
type outcome struct {
	facts    sbom.FileFacts // without a path for what is no regular file
	wanted   []int          // the ecosystems that matched it
	texts    map[sbom.Digest]string
	banners  []vendored.Banner
	gaps     []sbom.Gap
	link     source.Entry // what it is, where it is a link inside the tree that is not read at its own path
	excluded bool         // the user left it out
	dep5     bool         // what it states is about others
	unread   string       // what its bytes say that it is, if nobody reads such files yet
	manual   bool         // it is packed documentation of an installed package
	archived *archived    // nil for what is no archive that was entered
	within   int          // how many archives it lies in
	read     []project    // what it is, where it was read at once
}

// batch is a run of tasks that one worker takes at a time, and their outcomes.
type batch struct {
	tasks    []task
	outcomes []outcome
	handed   int64 // bytes that came with the tasks
	done     chan struct{}
}

// batchSize is large enough to make the cost of handing over small beside that of opening files.
const batchSize = 32

// stream yields the outcome of every entry in the order of the walk. One goroutine walks, the workers
// read and search; a batch goes to the workers and, in order, to the consumer, who waits for it. The
// length of that queue bounds what is in memory.
func (s *scanner) stream(ctx context.Context) iter.Seq[outcome] {
	return func(yield func(outcome) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		work := make(chan *batch, s.Workers)
		order := make(chan *batch, 4*s.Workers)
		go s.feed(ctx, work, order)
		for range s.Workers {
			go func() {
				r := reader{scanner: s}
				for b := range work {
					r.run(ctx, b)
				}
			}()
		}
		var total enough
		for b := range order {
			select {
			case <-b.done:
			case <-ctx.Done(): // a worker may be deep in a large file
				return
			}
			for _, o := range b.outcomes {
				if s.counts(&total, &o) && !yield(o) {
					return
				}
			}
		}
	}
}

// feed walks the tree and hands out its entries in batches, until the tree or the context ends.
func (s *scanner) feed(ctx context.Context, work, order chan<- *batch) {
	defer close(work)
	defer close(order)
	b := &batch{done: make(chan struct{})}
	send := func() bool {
		select {
		case order <- b:
		case <-ctx.Done():
			return false
		}
		work <- b // the workers outlive the walk
		b = &batch{done: make(chan struct{})}
		return true
	}
	hand := func(n int64) bool {
		if n > 0 && !s.inFlight.has(n) && len(b.tasks)+len(b.outcomes) > 0 && !send() {
			return false
		}
		s.inFlight.take(n)
		b.handed += n
		return true
	}
	for t, o := range s.meet(ctx, s.tree) {
		if t != nil {
			if t.Content != nil && !hand(t.Content.Held()) {
				return
			}
			b.tasks = append(b.tasks, *t)
		} else {
			b.outcomes = append(b.outcomes, o)
		}
		if len(b.tasks)+len(b.outcomes) >= batchSize && !send() {
			return
		}
	}
	send()
}

// meet walks a tree and yields what there is to do, or what became of that which is not to be read.
func (s *scanner) meet(ctx context.Context, tree source.Tree) iter.Seq2[*task, outcome] {
	return func(yield func(*task, outcome) bool) {
		notes, tree := s.newAnnotations(tree)
		for e, err := range tree.Walk(ctx) {
			if ctx.Err() != nil {
				return
			}
			var t *task
			var o outcome
			gap, bad := s.entryGap(e, err)
			switch {
			case slices.Contains(s.Ignore, e.Path):
				continue
			case s.excluded(e.Path):
				o.excluded = true
			case bad:
				var known bool
				if o, known = s.linkedText(e); !known {
					o.gaps = []sbom.Gap{gap}
				}
			case e.Link == "":
				read, ok := notes.task(e)
				if !ok {
					continue
				}
				t = &read
			default:
				if file, ok := s.alias(e); ok {
					t = &task{Entry: file}
				} else {
					o.link = source.Entry{Path: e.Path, Target: e.Target}
				}
			}
			if !yield(t, o) {
				return
			}
		}
	}
}

// alias decides whether a link inside the tree is read at its own path. As a rule it is not: what it
// leads to is met there, an archive by its bytes too. But a file that is called LICENSE or package.json by its link alone means
// something only under that name.
func (s *scanner) alias(e source.Entry) (source.Entry, bool) {
	means := func(p string) bool {
		return detect.RoleOf(p) != sbom.RoleFile || len(s.matching(p, 0, nil)) > 0
	}
	if !means(e.Path) || installed(e.Path) {
		return e, false
	}
	info, err := fs.Stat(s.files, e.Target)
	if err != nil || !info.Mode().IsRegular() {
		return e, false
	}
	return source.Entry{Path: e.Path, Mode: info.Mode(), Size: info.Size(), Target: e.Target, Content: e.Content}, true
}

// excluded reports whether the user left out the path or a folder above it.
func (s *scanner) excluded(p string) bool {
	return slices.ContainsFunc(s.Exclude, func(g source.Glob) bool { return g.Covers(p) })
}

// entryGap says what is lost with an entry that is no readable file.
func (s *scanner) entryGap(e source.Entry, err error) (sbom.Gap, bool) {
	if err == nil && e.Link == "" && e.Mode.IsRegular() {
		return sbom.Gap{}, false // nearly always
	}
	gap := sbom.Gap{
		Kind: sbom.Lost, Span: source.Span{Path: e.Path}, Reader: "walk",
		Material: s.weighty(e.Path), Next: "leave it out with --exclude if it holds nothing of yours",
	}
	folder := s.class(e.Path, ".") == "" && isBare(path.Base(e.Path)) // it may be one, and hold anything
	switch {
	case err != nil:
		gap.Why = reason(err)
		gap.Next = "make it readable, or leave it out with --exclude"
		if _, ok := errors.AsType[source.LostError](err); ok {
			gap.Next = "see what it is, and whether it ships"
			gap.Material = s.class(e.Path, ".") == ""
			gap.Span.Path = strings.TrimSuffix(e.Path, "!") // of an archive
		}
		if errors.Is(err, archive.ErrLimit) {
			gap.Kind = sbom.Limit
		}
		if errors.Is(err, archive.ErrRest) { // the bulk of one file, of which the head was searched
			gap.Material = s.weighty(source.Join(path.Dir(gap.Span.Path), archive.Unpacked(gap.Span.Path)))
		}
		gap.Material = gap.Material || folder
	case e.Link == source.LinkDangling:
		gap.Why = "the link leads to nothing"
	case e.Link == source.LinkLoop:
		gap.Why = "the link leads in a circle"
	case e.Link == source.LinkOutside:
		gap.Kind = sbom.Unavailable
		gap.Why = "the link leads out of the tree"
		gap.Next = "scan the folder that it leads to as well, or leave it out with --exclude"
		gap.Material = gap.Material || folder
		if s.isInterpreter(e.Path) {
			gap.Why, gap.Next = "the interpreter of a virtual environment lies outside of the tree", "scan it as well if you ship it"
			gap.Material = false
		}
	case e.Link == source.LinkAlias && source.Skipped(e.Target):
		gap.Kind = sbom.Unsupported
		gap.Why = "the link leads into a folder of a version control system, which is not read"
		gap.Material = gap.Material || folder
	case e.Link == "":
		gap.Kind = sbom.Unsupported
		gap.Why = "not a regular file: " + e.Mode.Type().String()
	default:
		return gap, false
	}
	return gap, true
}

// isBare reports whether a name has no ending that tells a file's type. That of foo-1.2 is a version's.
func isBare(name string) bool { return strings.Trim(path.Ext(name), ".0123456789") == "" }

// isInterpreter reports whether the path is that of the program which runs a virtual environment of Python: in bin, or in
// Scripts, below the folder that pyvenv.cfg marks (PEP 405). It is the machine's, and no part of what was installed.
func (s *scanner) isInterpreter(p string) bool {
	bin := path.Dir(p)
	if base := path.Base(bin); base != "bin" && base != "Scripts" || !isPython(path.Base(p)) {
		return false
	}
	info, err := fs.Stat(s.files, path.Join(path.Dir(bin), "pyvenv.cfg"))
	return err == nil && info.Mode().IsRegular()
}

// isPython reports whether a program is called as the interpreters of Python are, with or without a version.
func isPython(name string) bool {
	name = strings.TrimRight(strings.TrimSuffix(strings.ToLower(name), ".exe"), ".0123456789")
	return name == "python" || name == "pypy" || name == "graalpy"
}

// reason is an error without the path, which the gap's place says already, and without host paths.
func reason(err error) string {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	return source.Redact(err.Error())
}
