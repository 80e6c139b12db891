package vendored_test

import (
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/vendored"
)

var update = flag.Bool("update", false, "rewrite the ledgers of the cases")

// ledger says what the folders at the top of a case are, and which banners its files have.
func ledger(files fstest.MapFS) []string {
	var out []string
	dirs, _ := fs.ReadDir(files, ".")
	for _, d := range dirs {
		if !d.IsDir() {
			continue
		}
		lib := vendored.Identify(files, d.Name(), func(string) bool { return false }, detect.RoleOf)
		line := fmt.Sprintf("folder %s: %s %s %s", d.Name(), lib.Name, lib.Version, lib.PURL)
		for _, at := range lib.Found {
			line += " " + at.String()
		}
		if len(lib.Versions) > 0 {
			line += " disagree: " + lib.Disagreement()
		}
		if lib.Licensed {
			line += " licensed"
		}
		out = append(out, line)
	}
	for _, p := range slices.Sorted(fileNames(files)) {
		if !vendored.MayHaveBanners(p) {
			continue
		}
		for _, b := range vendored.Banners(p, files[p].Data) {
			line := fmt.Sprintf("banner %s: %s %s %s", b.At, b.Name, b.Version, b.PURL)
			if b.Package != "" {
				line += " package " + b.Package
			}
			if b.Whole {
				line += " whole"
			}
			out = append(out, line)
		}
	}
	return out
}

func fileNames(files fstest.MapFS) func(func(string) bool) {
	return func(yield func(string) bool) {
		for p := range files {
			if !yield(p) {
				return
			}
		}
	}
}

func TestCases(t *testing.T) {
	names, _ := filepath.Glob("../../testdata/vendored/*.txtar")
	if len(names) == 0 {
		t.Fatal("no cases")
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			files := fstest.MapFS{}
			want := -1
			for i, f := range a.Files {
				if f.Name == "want" {
					want = i
					continue
				}
				files[f.Name] = &fstest.MapFile{Data: f.Data}
			}
			got := strings.Join(ledger(files), "\n") + "\n"
			if *update {
				if want < 0 {
					want = len(a.Files)
					a.Files = append(a.Files, txtar.File{Name: "want"})
				}
				a.Files[want].Data = []byte(got)
				if err := os.WriteFile(name, txtar.Format(a), 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			if want < 0 {
				t.Fatal("no section want: run with -update and read what it writes")
			}
			if diff := cmp.Diff(string(a.Files[want].Data), got); diff != "" {
				t.Errorf("ledger differs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPlaces(t *testing.T) {
	for _, c := range []struct{ file, want string }{
		{"third_party/zip/src/zip.c", "third_party/zip third_party/zip/src"},
		{"third_party/zip/BUILD", ""},
		{"src/deps.c", ""},
		{"deps/v8/third_party/x/x.h", "deps/v8 deps/v8/third_party/x"},
		{"third_party/host.example/a/b/c/d.go", "third_party/host.example third_party/host.example/a third_party/host.example/a/b third_party/host.example/a/b/c"},
		{"Third_Party/zip/zip.c", "Third_Party/zip"},
		{"third_party/zip.c", ""},
		{"EXTERNAL/zip/zip.c", "EXTERNAL/zip"},
		{"CONTRIB/zip/zip.c", "CONTRIB/zip"},
		{"third_party/plot/PLOT.R", "third_party/plot"},
		{"third_party/view/view.vue", "third_party/view"},
	} {
		var got []string
		for _, p := range vendored.Places(c.file) {
			got = append(got, p.Path)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %q", c.file, got)
		}
	}
}

// caseFiles gives the files of all cases.
func caseFiles(tb testing.TB) []txtar.File {
	var out []txtar.File
	names, _ := filepath.Glob("../../testdata/vendored/*.txtar")
	for _, name := range names {
		a, err := txtar.ParseFile(name)
		if err != nil {
			tb.Fatal(err)
		}
		out = append(out, a.Files...)
	}
	return out
}

func FuzzBanners(f *testing.F) {
	for _, file := range caseFiles(f) {
		if vendored.MayHaveBanners(file.Name) {
			f.Add(path.Base(file.Name), file.Data)
		}
	}
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		for _, b := range vendored.Banners(name, data) {
			if b.Name == "" || b.At.Start < 0 || b.At.End < b.At.Start || b.At.End > len(data) || b.At.Line < 1 || b.At.Col < 1 {
				t.Errorf("%+v", b)
			}
		}
	})
}

func FuzzIdentify(f *testing.F) {
	for _, file := range caseFiles(f) {
		f.Add("acme-1.2", path.Base(file.Name), file.Data)
	}
	f.Fuzz(func(t *testing.T, dir, name string, data []byte) {
		p := path.Join("d", dir, name)
		if !fs.ValidPath(p) || path.Dir(path.Dir(p)) != "d" {
			return
		}
		lib := vendored.Identify(fstest.MapFS{p: {Data: data}}, path.Dir(p), func(string) bool { return false }, detect.RoleOf)
		if lib.Name == "" || len(lib.Version) > 200 || lib.Version != "" && len(lib.Versions) > 0 {
			t.Errorf("%+v", lib)
		}
	})
}

func BenchmarkBanners(b *testing.B) {
	data := []byte(strings.Repeat("function f(a){return a/2*(a+1)}/*! acme v1.2.3 | (c) Acme */\n"+strings.Repeat("g(1,2,'x/*y');", 2000), 40))
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		vendored.Banners("app.js", data)
	}
}
