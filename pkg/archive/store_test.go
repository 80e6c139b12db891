package archive_test

import (
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/licet/licet/pkg/archive"
	"github.com/licet/licet/pkg/source"
)

// shelf is a store of pnpm with one package of one version of the layout: the files, by their paths.
func shelf(index, top string, files map[string]string) fstest.MapFS {
	out, entries := fstest.MapFS{}, []string{}
	for name, content := range files {
		sum := sha512.Sum512([]byte(content))
		place := hex.EncodeToString(sum[:])
		out[top+"files/"+place[:2]+"/"+place[2:]] = &fstest.MapFile{Data: []byte(content)}
		entries = append(entries, fmt.Sprintf(`%q: {"integrity": "sha512-%s", "mode": 420, "size": %d}`, name, base64.StdEncoding.EncodeToString(sum[:]), len(content)))
	}
	out[index+".json"] = &fstest.MapFile{Data: []byte(`{"files": {` + strings.Join(entries, ",") + `}}`)}
	return out
}

// The index of a package is a folder with its files.
func TestStore(t *testing.T) {
	files := map[string]string{"LICENSE": "MIT", "lib/a.js": "x"}
	for _, c := range [][2]string{{"v10/index/ab/cd-a@1.0.0", "v10/"}, {"v3/files/ab/cd-index", "v3/"}, {"index/ab/cd-@s+a@1.0.0", ""}, {"files/ab/cd-index", ""}} {
		s := archive.NewStore(shelf(c[0], c[1], files))
		pkg, err := fs.Sub(s, c[0])
		if err != nil {
			t.Fatal(err)
		}
		if err := fstest.TestFS(pkg, "LICENSE", "lib/a.js"); err != nil {
			t.Errorf("%s: %v", c[0], err)
		}
		if info, err := fs.Stat(s, c[0]+".json"); err != nil || info.IsDir() {
			t.Errorf("%s: the index itself is %v, %v", c[0], info, err)
		}
		if _, err := s.Open("v10/index/00/00-b@1"); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: of a package that is not there: %v", c[0], err)
		}
	}
}

// What was changed under the name of its digest, leads out of the package or has no digest cannot be read.
func TestStoreChanged(t *testing.T) {
	files := shelf("v10/index/ab/cd-a@1", "v10/", map[string]string{"LICENSE": "MIT", "../out": "x"})
	for name, f := range files {
		if strings.Contains(name, "/files/") {
			f.Data = []byte("GPL")
		}
	}
	s := archive.NewStore(files)
	if _, err := s.Open("v10/index/ab/cd-a@1/LICENSE"); !errors.Is(err, source.ErrDigest) {
		t.Errorf("a changed file: %v", err)
	}
	if entries, err := s.ReadDir("v10/index/ab/cd-a@1"); len(entries) != 1 || err != nil {
		t.Errorf("%v, %v", entries, err)
	}
	for _, index := range []string{`{`, `[]`, `{"files": {"a": 1}}`, `{"files": null}`} {
		s := archive.NewStore(fstest.MapFS{"index/ab/cd.json": {Data: []byte(index)}})
		if _, err := s.ReadDir("index/ab/cd"); err == nil {
			t.Errorf("%s is an index", index)
		}
	}
	s = archive.NewStore(fstest.MapFS{"index/ab/cd.json": {Data: []byte(`{"files": {"a": {"size": -9000}}}`)}})
	if _, err := s.Open("index/ab/cd/a"); err == nil {
		t.Error("a file without a digest was opened")
	}
}

func FuzzStore(f *testing.F) {
	f.Add([]byte(`{"files": {"LICENSE": {"integrity": "sha512-", "mode": 420, "size": 3}}}`), "LICENSE")
	f.Add([]byte(`{"files": {"../a": {}, "a/b": {}, "a": {"mode": -1, "size": -1}}}`), "a/b")
	f.Fuzz(func(t *testing.T, index []byte, name string) {
		s := archive.NewStore(fstest.MapFS{"v3/files/ab/cd-index.json": {Data: index}})
		if f, err := s.Open("v3/files/ab/cd-index/" + name); err == nil {
			f.Close()
		}
		fs.WalkDir(s, "v3/files/ab/cd-index", func(string, fs.DirEntry, error) error { return nil })
	})
}
