package main

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
)

// layers are several folders seen as one: what lies in more than one of them is that of the first.
type layers []fs.FS

// Open implements [fs.FS].
func (l layers) Open(name string) (fs.File, error) {
	return first(l, func(fsys fs.FS) (fs.File, error) { return fsys.Open(name) })
}

// Stat implements [fs.StatFS].
func (l layers) Stat(name string) (fs.FileInfo, error) {
	return first(l, func(fsys fs.FS) (fs.FileInfo, error) { return fs.Stat(fsys, name) })
}

// ReadDir implements [fs.ReadDirFS].
func (l layers) ReadDir(name string) ([]fs.DirEntry, error) {
	var out []fs.DirEntry
	var errs []error
	for _, fsys := range l {
		entries, err := fs.ReadDir(fsys, name)
		if err != nil {
			errs = append(errs, err)
		}
		out = append(out, entries...)
	}
	if len(errs) == len(l) {
		return nil, errs[0]
	}
	byName := func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) }
	slices.SortStableFunc(out, byName)
	return slices.CompactFunc(out, func(a, b fs.DirEntry) bool { return byName(a, b) == 0 }), nil
}

// first asks one folder after the other, until there is one with such a file.
func first[T any](l layers, ask func(fs.FS) (T, error)) (found T, err error) {
	for _, fsys := range l {
		if found, err = ask(fsys); !errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	return found, err
}
