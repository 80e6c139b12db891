package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
)

// A folder is the file system of its root, however many of its folders were opened before, and no link
// leads out of it.
func TestFolder(t *testing.T) {
	t.Run("folder", func(t *testing.T) { testFolder(t, newFolder) })
	t.Run("cache", func(t *testing.T) { testFolder(t, newCache) })
}

func testFolder(t *testing.T, open func(*os.Root) *folder) {
	dir := t.TempDir()
	outside := filepath.Join(dir, "outside")
	inside := filepath.Join(dir, "inside")
	os.WriteFile(outside, nil, 0o644)
	var files []string
	for i := range 2 * openFolders {
		name := fmt.Sprintf("a/%d/b/c", i)
		files = append(files, name)
		at := filepath.Join(inside, filepath.FromSlash(name))
		os.MkdirAll(filepath.Dir(at), 0o755)
		os.WriteFile(at, []byte(name), 0o644)
	}
	root, err := os.OpenRoot(inside)
	if err != nil {
		t.Fatal(err)
	}
	f := open(root)
	if err := fstest.TestFS(f, files...); err != nil {
		t.Error(err)
	}
	for _, link := range []struct{ name, to string }{{"a/0/up", "../1/b/c"}, {"a/0/out", "../../../outside"}} {
		if os.Symlink(link.to, filepath.Join(inside, filepath.FromSlash(link.name))) != nil {
			t.Skip("no links here")
		}
	}
	if data, err := fs.ReadFile(f, "a/0/up"); err != nil || string(data) != "a/1/b/c" {
		t.Error(string(data), err)
	}
	if file, err := f.Open("a/0/up"); err != nil {
		t.Error(err)
	} else {
		file.Close()
	}
	if _, err := f.Open("a/0/out"); err == nil {
		t.Error("a link leads out")
	}
	if os.Rename(filepath.Join(inside, "a", "1"), filepath.Join(inside, "a", "moved")) == nil && os.Symlink(dir, filepath.Join(inside, "a", "1")) == nil {
		if _, err := f.Open("a/1/outside"); err == nil {
			t.Error("a link that took the place of a folder leads out")
		}
	}
	if _, err := f.ReadDir("a/0/b/../.."); err == nil {
		t.Error("a path that is none was listed")
	}
	if len(f.open) > openFolders {
		t.Errorf("%d folders are open", len(f.open))
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
}
