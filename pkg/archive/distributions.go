package archive

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
)

// Distributions are the Python packages that an installer keeps, as a file system that can be asked for one of them.
//
// Those who fill such a folder call what is in it by a hash of where it came from, or by nothing at all, and a lockfile seldom knows
// that place. What is the same in all of them is what a package looks like. So the folders are listed once, when somebody first asks,
// and what is found in them tells by itself whose it is:
//
//	pip     http-v2/3/5/d/3/1/35d318….body        what a server answered: a wheel or a source distribution, or something else
//	        http/3/5/d/3/1/35d318…                the same in one file with the headers, up to pip 23.2
//	        wheels/3f/9a/…/foo-1.0-py3-none-any.whl   what pip built; from version 23.1 on it says from what, in origin.json
//	uv      archive-v0/Xb3…/foo-1.0.dist-info     a wheel, unpacked
//	poetry  artifacts/5f/e4/…/foo-1.0-py3-none-any.whl, foo-1.0.tar.gz
//	pdm     packages/foo-1.0-py3-none-any/foo-1.0.dist-info, http, wheels
//
// (https://pip.pypa.io/en/stable/topics/caching/, https://docs.astral.sh/uv/concepts/cache/, https://python-poetry.org/docs/configuration/,
// https://pdm-project.org/latest/usage/config/.) Nothing is believed here: that a package is the one that was asked for is for the
// caller to prove.
//
// In the file system an answer of pip's older form is what was answered, without the headers, so that it is the archive that it was.
type Distributions struct {
	fs.FS
	once   sync.Once
	byName map[string][]Distribution
	err    error
}

// Distribution is a package that an installer keeps.
type Distribution struct {
	Name    string // as [PythonName] gives it
	Version string // as its file or folder is called
	Path    string // of the archive, or of the folder in which the package lies unpacked
	Info    string // the folder of the metadata in it: foo-1.0.dist-info; of a source distribution foo-1.0
	Packed  bool   // Path is an archive
	Built   bool   // the installer itself made the archive
}

// NewDistributions gives the view on a cache, which is not looked at until somebody asks.
func NewDistributions(fsys fs.FS) *Distributions { return &Distributions{FS: fsys} }

// The limits of a cache.
const (
	maxListed   = 500_000 // entries of folders that are looked at
	maxKeptDeep = 8       // folders above a package
)

// Named gives the distributions of a package, by its normalised name, in the order of their paths. The error says that the cache was
// listed only in part.
func (d *Distributions) Named(name string) ([]Distribution, error) {
	d.once.Do(func() {
		l := lister{fsys: d, out: map[string][]Distribution{}}
		for _, e := range l.list(".") {
			if e.IsDir() && isKept(e.Name()) {
				l.walk(e.Name(), 1)
			}
		}
		d.byName, d.err = l.out, l.err
	})
	return d.byName[name], d.err
}

// isKept reports whether a folder of a cache may hold packages: what else is there are answers to other questions, environments, and
// repositories.
func isKept(name string) bool {
	return slices.Contains([]string{"http", "http-v2", "wheels", "artifacts", "packages"}, name) || strings.HasPrefix(name, "archive-v")
}

// lister lists a cache.
type lister struct {
	fsys  fs.FS
	out   map[string][]Distribution
	count int
	err   error
}

// list lists a folder, unless too much was listed. One that cannot be listed holds nothing for us.
func (l *lister) list(dir string) []fs.DirEntry {
	if l.err != nil {
		return nil
	}
	entries, _ := fs.ReadDir(l.fsys, dir)
	if l.count += len(entries); l.count > maxListed {
		l.err = fmt.Errorf("%w: more than %d entries in a cache", ErrLimit, maxListed)
		return nil
	}
	return entries
}

// walk finds the packages in a folder. One that is unpacked is not looked into.
func (l *lister) walk(dir string, depth int) {
	entries := l.list(dir)
	for _, e := range entries {
		if e.IsDir() && l.add(Distribution{Path: dir, Info: e.Name()}) {
			return
		}
	}
	for _, e := range entries {
		switch p := path.Join(dir, e.Name()); {
		case e.IsDir() && depth < maxKeptDeep:
			l.walk(p, depth+1)
		case e.Type().IsRegular():
			l.file(p)
		}
	}
}

// add adds a package if Info is the folder of the metadata of a wheel.
func (l *lister) add(d Distribution) bool {
	stem, ok := strings.CutSuffix(d.Info, ".dist-info")
	name, version, parted := strings.Cut(stem, "-")
	if ok && parted {
		l.put(d, name, version)
	}
	return ok && parted
}

func (l *lister) put(d Distribution, name, version string) {
	d.Name, d.Version = PythonName(name), version
	l.out[d.Name] = append(l.out[d.Name], d)
}

// file looks at a file: those with the name of an archive are what they are called; of the answers of a server, what is in it tells.
func (l *lister) file(p string) {
	d := Distribution{Path: p, Packed: true, Built: strings.HasPrefix(p, "wheels/")}
	switch base := path.Base(p); {
	case strings.HasSuffix(base, ".whl"):
		if name, rest, ok := strings.Cut(base, "-"); ok {
			version, _, _ := strings.Cut(rest, "-")
			d.Info = name + "-" + version + ".dist-info"
			l.put(d, name, version)
		}
	case isSource(base) != "":
		l.source(d, strings.TrimSuffix(base, isSource(base)))
	case strings.HasPrefix(p, "http/"), strings.HasPrefix(p, "http-v2/") && path.Ext(p) == ".body":
		l.answer(d)
	}
}

// source adds a source distribution, whose one folder is called after it (the specification "Source distribution format").
func (l *lister) source(d Distribution, stem string) {
	if i := strings.LastIndexByte(stem, '-'); i > 0 {
		d.Info = stem
		l.put(d, stem[:i], stem[i+1:])
	}
}

// isSource is the ending of what may be a source distribution, "" for none.
func isSource(base string) string {
	for _, ending := range []string{".tar.gz", ".zip"} {
		if strings.HasSuffix(base, ending) {
			return ending
		}
	}
	return ""
}

// answer looks into what a server answered.
func (l *lister) answer(d Distribution) {
	f, err := l.fsys.Open(d.Path)
	if err != nil {
		return
	}
	defer f.Close()
	info, err := f.Stat()
	at, ok := f.(io.ReaderAt)
	head := make([]byte, 4)
	if err != nil || !ok || !info.Mode().IsRegular() {
		return
	}
	if n, _ := at.ReadAt(head, 0); n < len(head) {
		return
	}
	switch {
	case bytes.HasPrefix(head, []byte("PK")):
		z, err := zip.NewReader(at, info.Size())
		if err != nil {
			return
		}
		for _, e := range z.File {
			if d.Info, _, ok = strings.Cut(e.Name, "/"); ok && l.add(d) {
				return
			}
		}
		if len(z.File) > 0 {
			top, _, _ := strings.Cut(z.File[0].Name, "/")
			l.source(d, top)
		}
	case Is(head):
		_ = WalkTar(io.NewSectionReader(at, 0, info.Size()), func(name string, _ int64, _ io.Reader) error { // what is damaged the digest tells
			if top, _, ok := strings.Cut(name, "/"); ok {
				l.source(d, top)
			}
			return io.EOF
		})
	}
}

// PythonName is the name of a Python package as PEP 503 normalises it: lower case, and any run of - _ . is one -.
func PythonName(s string) string {
	plain := true
	for i := 0; i < len(s) && plain; i++ {
		c := s[i]
		plain = c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' && i > 0 && s[i-1] != '-'
	}
	if plain {
		return s
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '-' || c == '_' || c == '.':
			if n := len(out); n == 0 || out[n-1] != '-' {
				out = append(out, '-')
			}
		case c >= 'A' && c <= 'Z':
			out = append(out, c|0x20)
		default:
			out = append(out, c)
		}
	}
	return string(out)
}

// Open implements [fs.FS].
func (d *Distributions) Open(name string) (fs.File, error) {
	f, err := d.FS.Open(name)
	if err != nil || !strings.HasPrefix(name, "http/") {
		return f, err
	}
	at, ok := f.(io.ReaderAt)
	if !ok {
		return f, nil
	}
	start, size, ok := answered(at)
	if !ok {
		return f, nil
	}
	return &answer{File: f, SectionReader: io.NewSectionReader(at, start, size)}, nil
}

// Stat implements [fs.StatFS]; the size is that of what is stored.
func (d *Distributions) Stat(name string) (fs.FileInfo, error) { return fs.Stat(d.FS, name) }

// ReadDir implements [fs.ReadDirFS].
func (d *Distributions) ReadDir(name string) ([]fs.DirEntry, error) { return fs.ReadDir(d.FS, name) }

// answer is what was answered in a file with the headers.
type answer struct {
	fs.File
	*io.SectionReader
}

func (a *answer) Read(p []byte) (int, error) { return a.SectionReader.Read(p) }

func (a *answer) Stat() (fs.FileInfo, error) {
	info, err := a.File.Stat()
	return sized{info, a.SectionReader.Size()}, err
}

// sized is the information about a file of which another part is seen.
type sized struct {
	fs.FileInfo
	size int64
}

func (s sized) Size() int64 { return s.size }

// answered finds what was answered in a file that CacheControl wrote in its version 4: these letters, and MessagePack
// (https://github.com/msgpack/msgpack/blob/master/spec.md), in which it comes first: {"response": {"body": bytes, …
func answered(r io.ReaderAt) (start, size int64, ok bool) {
	head := make([]byte, 32)
	n, err := r.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, 0, false
	}
	rest, ok := bytes.CutPrefix(head[:n], []byte("cc=4,"))
	for _, key := range []string{"\xa8response", "\xa4body"} {
		if !ok || len(rest) == 0 || rest[0]&0xf0 != 0x80 { // a map of a few members
			return 0, 0, false
		}
		rest, ok = bytes.CutPrefix(rest[1:], []byte(key))
	}
	if !ok || len(rest) < 5 {
		return 0, 0, false
	}
	start = int64(n - len(rest))
	switch rest[0] { // bin 8, 16, 32
	case 0xc4:
		return start + 2, int64(rest[1]), true
	case 0xc5:
		return start + 3, int64(binary.BigEndian.Uint16(rest[1:])), true
	case 0xc6:
		return start + 5, int64(binary.BigEndian.Uint32(rest[1:])), true
	}
	return 0, 0, false
}
