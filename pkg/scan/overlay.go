package scan

import (
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
)

// overlay is a cache to which the outlines of known packages were added. What lies in the cache itself comes first: an outline
// is there for what does not.
type overlay struct {
	under fs.FS // nil for a cache that this machine does not have
	files map[string]string
	dirs  map[string][]string // of the folders that lead to the files, what they hold
}

func newOverlay(under fs.FS, files map[string]string) *overlay {
	o := &overlay{under: under, files: files, dirs: map[string][]string{}}
	for p := range files {
		for p != "." {
			dir := path.Dir(p)
			_, known := o.dirs[dir]
			o.dirs[dir] = append(o.dirs[dir], path.Base(p))
			if known {
				break
			}
			p = dir
		}
	}
	return o
}

func (o *overlay) Open(name string) (fs.File, error) {
	if o.under != nil {
		if f, err := o.under.Open(name); err == nil {
			return f, nil
		}
	}
	e, err := o.entry("open", name)
	if err != nil {
		return nil, err
	}
	return &overlaid{outlined: e, Reader: strings.NewReader(o.files[name])}, nil
}

func (o *overlay) Stat(name string) (fs.FileInfo, error) {
	if o.under != nil {
		if info, err := fs.Stat(o.under, name); err == nil {
			return info, nil
		}
	}
	return o.entry("stat", name)
}

func (o *overlay) ReadDir(name string) ([]fs.DirEntry, error) {
	names, ok := o.dirs[name]
	var out []fs.DirEntry
	var err error = fs.ErrNotExist
	if o.under != nil {
		out, err = fs.ReadDir(o.under, name)
	}
	if !ok {
		return out, err
	}
	out = slices.Clip(out)
	for _, n := range names {
		e, err := o.entry("stat", path.Join(name, n))
		if err != nil {
			return nil, err
		}
		out = append(out, fs.FileInfoToDirEntry(e))
	}
	slices.SortStableFunc(out, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return slices.CompactFunc(out, func(a, b fs.DirEntry) bool { return a.Name() == b.Name() }), nil // the cache's own comes first
}

func (o *overlay) entry(op, name string) (outlined, error) {
	if text, ok := o.files[name]; ok {
		return outlined{path.Base(name), int64(len(text)), 0o444}, nil
	}
	if _, ok := o.dirs[name]; ok {
		return outlined{path.Base(name), 0, fs.ModeDir | 0o555}, nil
	}
	return outlined{}, &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
}

// outlined describes a file or a folder of an outline.
type outlined struct {
	name string
	size int64
	mode fs.FileMode
}

func (e outlined) Name() string       { return e.name }
func (e outlined) Size() int64        { return e.size }
func (e outlined) Mode() fs.FileMode  { return e.mode }
func (e outlined) ModTime() time.Time { return time.Time{} }
func (e outlined) IsDir() bool        { return e.mode.IsDir() }
func (e outlined) Sys() any           { return nil }

// overlaid is an open file of an outline.
type overlaid struct {
	outlined
	io.Reader
}

func (f *overlaid) Stat() (fs.FileInfo, error) { return f.outlined, nil }
func (f *overlaid) Close() error               { return nil }
