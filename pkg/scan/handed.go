package scan

import (
	"archive/zip"
	"context"
	"io"
	"io/fs"
	"path"
	"slices"
	"sync"
	"time"

	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/pkg/vendored"
)

// A tree whose files cannot be had in any order, a packed layer of an image, hands out each with its content ([source.Entry]).
// What was handed out is in memory until the worker that got it is done, so the walk waits while that is too much. What readers will
// ask for once more the tree is told to keep; and what is a project of its own is read at once, if it is large, as JARs are, or a program, of
// which there are many, and which as a rule says nothing of what it is made of.

// maxHanded is how many bytes that were handed out the workers may have at a time, if they have more than one file.
const maxHanded = 64 << 20

// inFlight counts the bytes that were handed out and are still in use.
type inFlight struct {
	mu   sync.Mutex
	less sync.Cond
	held int64
}

func newInFlight() *inFlight {
	f := &inFlight{}
	f.less.L = &f.mu
	return f
}

// has reports whether there is room for so many bytes more.
func (f *inFlight) has(n int64) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.held == 0 || f.held+n <= maxHanded
}

// take waits until there is room. Who has taken some for what no worker has got yet must not wait.
func (f *inFlight) take(n int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for f.held > 0 && f.held+n > maxHanded {
		f.less.Wait()
	}
	f.held += n
}

func (f *inFlight) give(n int64) {
	f.mu.Lock()
	f.held -= n
	f.mu.Unlock()
	f.less.Broadcast()
}

// holder is a tree that can keep the content of a file which will be asked for again.
type holder interface {
	Hold(path string, content source.Content)
	// Pin keeps it in any case, until it is released.
	Pin(path string, content source.Content) (release func())
}

// foreseeing is a tree that reads what is about to be asked for in its own order, once.
type foreseeing interface {
	Foresee(ask func()) (release func())
}

// foresee has the tree read what ask opens, where that spares time. ask may be called several times, and then finds files that cannot
// be opened; what it makes of that is thrown away.
func (s *scanner) foresee(ask func()) (release func()) {
	if f, ok := s.tree.(foreseeing); ok {
		return f.Foresee(func() {
			s.asking.Store(true)
			defer s.asking.Store(false)
			ask()
		})
	}
	return func() {}
}

// layered is a tree that was put together of layers.
type layered interface {
	Layer(path string) (diff source.Digest, whose string)
}

// readHanded reads a file that was handed out, for those of the ecosystems that want it to which each file is a project of its own, and
// gives the others.
func (r *reader) readHanded(ctx context.Context, t task, wanted []int) []int {
	var later []int
	for _, i := range wanted {
		eco := r.Ecosystems[i]
		if !r.embedded(i, t.Path) && t.Content.Size() <= source.Small || !isOneByOne(eco, t.Path) {
			later = append(later, i)
			continue
		}
		p := project{eco: eco, files: []string{t.Path}}
		r.readFragment(ctx, handed{r.files, t.Path, t.Content}, &p)
		if !p.isSilent() {
			r.out.read = append(r.out.read, p)
		}
		if z, err := zip.NewReader(t.Content.Open(), t.Content.Size()); err == nil {
			r.scanner.keep(t.Path+"!/", z)
		}
	}
	r.hold(t, len(later) > 0 || vendored.Tells(t.Path) || detect.RoleOf(t.Path) == sbom.RoleLicenseFile || slices.ContainsFunc(r.Ecosystems, func(eco *ecosystem.Ecosystem) bool {
		return eco.Beside != nil && eco.Beside(t.Path)
	}))
	return later
}

// pinned runs a function while the tree keeps what was handed out: an archive is opened by its path.
func (r *reader) pinned(t task, f func()) {
	if h, ok := r.tree.(holder); ok && t.Content != nil {
		defer h.Pin(t.place(), t.Content)()
	}
	f()
}

// hold has the tree keep the content of a file that was handed out, if somebody will ask for it again.
func (r *reader) hold(t task, again bool) {
	if h, ok := r.tree.(holder); ok && again && t.Content != nil {
		h.Hold(t.place(), t.Content)
	}
}

// open opens the file of a task.
func (r *reader) open(t task) (io.ReadCloser, error) {
	if t.Content != nil {
		return handedFile{t.Content.Open(), t.Path}, nil
	}
	return r.files.Open(t.place())
}

// isOneByOne reports whether an ecosystem makes a project of each file.
func isOneByOne(eco *ecosystem.Ecosystem, p string) bool {
	return eco.Group != nil && len(eco.Group([]string{p, p + "~"})) == 2
}

// locateLayers notes the layers that brought the files of the components.
func (s *scanner) locateLayers(p *project) {
	tree, ok := s.tree.(layered)
	if !ok {
		return
	}
	for _, c := range p.Components {
		for i := range c.Occurrences {
			o := &c.Occurrences[i]
			at := o.Dir
			if (at == "" || at == ".") && len(o.Found) > 0 {
				at = o.Found[0].Path
			}
			if at != "" && ofTarget(at) {
				file, _, _ := source.SplitArchive(at)
				o.Layer, o.Whose = tree.Layer(file)
			}
		}
	}
}

// handed is a file system of which one file is at hand.
type handed struct {
	fs.FS
	path    string
	content source.Content
}

func (h handed) Open(name string) (fs.File, error) {
	if name != h.path {
		return h.FS.Open(name)
	}
	return handedFile{h.content.Open(), h.path}, nil
}

func (h handed) Stat(name string) (fs.FileInfo, error)      { return fs.Stat(h.FS, name) }
func (h handed) ReadDir(name string) ([]fs.DirEntry, error) { return fs.ReadDir(h.FS, name) }
func (h handed) Lstat(name string) (fs.FileInfo, error)     { return fs.Lstat(h.FS, name) }
func (h handed) ReadLink(name string) (string, error)       { return fs.ReadLink(h.FS, name) }

// handedFile is that file, opened.
type handedFile struct {
	*io.SectionReader
	path string
}

func (f handedFile) Stat() (fs.FileInfo, error) { return f, nil }
func (f handedFile) Close() error               { return nil }
func (f handedFile) Name() string               { return path.Base(f.path) }
func (f handedFile) Mode() fs.FileMode          { return 0o444 }
func (f handedFile) ModTime() time.Time         { return time.Time{} }
func (f handedFile) IsDir() bool                { return false }
func (f handedFile) Sys() any                   { return nil }

// inOrder puts what the walk met in the order of its paths, in which most trees hand it out.
func (m *met) inOrder() {
	byPath := func(a, b sbom.FileFacts) int { return source.Span{Path: a.Path}.Compare(source.Span{Path: b.Path}) }
	if !slices.IsSortedFunc(m.files, byPath) {
		slices.SortStableFunc(m.files, byPath)
	}
}
