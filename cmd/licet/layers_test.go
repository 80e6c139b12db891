package main

import (
	"errors"
	"io/fs"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/licet/licet/pkg/source"
)

// What lies in several folders is that of the first; what lies in one is there, and what lies in none is not.
func TestLayers(t *testing.T) {
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	l := layers{fstest.MapFS{"d/a": file("1"), "d/c": file("1")}, fstest.MapFS{"d/a": file("2"), "d/b": file("2"), "e/x": file("2")}}
	for name, want := range map[string]string{"d/a": "1", "d/b": "2", "d/c": "1", "e/x": "2"} {
		if got, err := fs.ReadFile(l, name); string(got) != want || err != nil {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	for name, want := range map[string]string{"d": "abc", "e": "x", ".": "de"} {
		got := ""
		entries, err := fs.ReadDir(l, name)
		for _, e := range entries {
			got += e.Name()
		}
		if got != want || err != nil {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	_, opened := l.Open("none")
	_, told := l.Stat("none")
	_, listed := l.ReadDir("none")
	for _, err := range []error{opened, told, listed} {
		if !errors.Is(err, fs.ErrNotExist) {
			t.Error(err)
		}
	}
}

// Every cache that readers know is the root of paths, and what is none is not: else a path in it would be one of the target.
func TestCacheNames(t *testing.T) {
	for _, name := range cacheNames {
		if root, rest := source.SplitRoot(source.JoinRoot(name, "a/b")); root != name || rest != "a/b" {
			t.Errorf("%s is not among the roots of package source", name)
		}
	}
	if !slices.IsSorted(cacheNames) {
		t.Error("the caches are not sorted")
	}
}
