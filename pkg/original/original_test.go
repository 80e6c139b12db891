package original_test

import (
	"context"
	"crypto"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/licet/licet/pkg/original"
)

// listed lists files, each followed by its text.
func listed(files ...string) *original.Published {
	p := original.New()
	for i := 0; i < len(files); i += 2 {
		if err := p.Add(files[i], strings.NewReader(files[i+1])); err != nil {
			panic(err)
		}
	}
	return p
}

// copyOf is a tree with those files.
func copyOf(files ...string) fstest.MapFS {
	out := fstest.MapFS{}
	for i := 0; i < len(files); i += 2 {
		out[files[i]] = &fstest.MapFile{Data: []byte(files[i+1]), Mode: 0o644}
	}
	return out
}

// said is a result in one line.
func said(r original.Result) string {
	modified, known := r.Modified()
	s := fmt.Sprintf("modified=%v known=%v compared=%d", modified, known, r.Compared)
	for _, c := range r.Changed {
		s += fmt.Sprintf(" %s %s", []string{"changed", "added", "endings"}[c.How], c.Path)
	}
	for _, u := range r.Unread {
		s += " unread " + u.Path
	}
	return s
}

func TestCompare(t *testing.T) {
	published := []string{"a.c", "int a;\n", "b.c", "int b;\n", "sub/c.c", "int c;\n", "dos.c", "int d;\r\n"}
	for _, tt := range []struct {
		name  string
		files []string
		want  string
	}{
		{"the same", published, "modified=false known=true compared=4"},
		{"a part", published[:2], "modified=false known=true compared=1"},
		{"nothing of it", nil, "modified=false known=false compared=0"},
		{"changed", []string{"a.c", "int x;\n"}, "modified=true known=true compared=1 changed v/a.c"},
		{"added", []string{"a.c", "int a;\n", "sub/new.c", ""}, "modified=true known=true compared=1 added v/sub/new.c"},
		{"only added", []string{"new.c", ""}, "modified=true known=true compared=0 added v/new.c"},
		{"in capital letters", []string{"A.c", "int a;\n"}, "modified=true known=true compared=0 added v/A.c"},
		{"LF to CR LF", []string{"a.c", "int a;\r\n"}, "modified=false known=true compared=1 endings v/a.c"},
		{"CR LF to LF", []string{"dos.c", "int d;\n"}, "modified=false known=true compared=1 endings v/dos.c"},
		{"CR alone is no end", []string{"a.c", "int a;\r"}, "modified=true known=true compared=1 changed v/a.c"},
		{"marks and texts beside it", []string{
			"a.c", "int a;\n", ".cargo-ok", "", ".bin/run", "", "LICENSE", "", "COPYING.txt", "", "README.md", "", "BUILD.bazel", "", "sub/NOTICE", "", "x.pyc", "",
		}, "modified=false known=true compared=1"},
		{"code with the name of a text", []string{"a.c", "int a;\n", "LICENSE.go", "", "LICENSES/x.c", "", "readme.js", "", ".hidden/x.c", ""},
			"modified=true known=true compared=1 added v/.hidden/x.c added v/LICENSE.go added v/LICENSES/x.c added v/readme.js"},
		{"another package in it", []string{"a.c", "int a;\n", "other/x.c", ""}, "modified=false known=true compared=1"},
	} {
		fsys := fstest.MapFS{"v": {Mode: fs.ModeDir | 0o755}, "w/a.c": {Data: []byte("int w;\n")}}
		for name, f := range copyOf(tt.files...) {
			fsys["v/"+name] = f
		}
		p := listed(published...)
		p.Dir = "v"
		if diff := cmp.Diff(tt.want, said(p.Compare(context.Background(), fsys, func(dir string) bool { return dir == "v/other" || dir == "v/sub" }))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

// A list that is a stranger's leads nowhere out of the tree, and what it does not list may be anything.
func TestCompareList(t *testing.T) {
	p := listed("a.py", "1", "../bin/run", "2", "../../etc/passwd", "3", "/etc/passwd", "4", "gone.py", "5", "dir", "6")
	p.Whole, p.Dir = false, "site"
	fsys := copyOf("site/a.py", "1", "site/b.py", "", "bin/run", "other", "etc/passwd", "x", "site/dir/x", "")
	if got, want := said(p.Compare(context.Background(), fsys, nil)), "modified=true known=true compared=2 changed bin/run unread site/dir"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// A path of a million folders is none, and is passed over in no time.
func TestCompareTrap(t *testing.T) {
	trap := strings.Repeat("a/", 1_000_000) + "x"
	p := listed("a.c", "int a;\n", trap, "")
	p.Dir = "."
	for _, p.Whole = range []bool{true, false} {
		if got, want := said(p.Compare(context.Background(), copyOf("a.c", "int a;\n"), nil)), "modified=false known=true compared=1"; got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// What cannot be read is not passed for the same: links that lead nowhere, pipes, files without permission.
func TestCompareUnread(t *testing.T) {
	p := listed("a.c", "int a;\n", "b.c", "int b;\n", "pipe", "")
	p.Dir = "."
	fsys := copyOf("a.c", "int a;\n")
	fsys["pipe"] = &fstest.MapFile{Mode: fs.ModeNamedPipe}
	fsys["out"] = &fstest.MapFile{Mode: fs.ModeSymlink, Data: []byte("../../etc")}
	if got, want := said(p.Compare(context.Background(), fsys, nil)), "modified=false known=false compared=1 unread out unread pipe"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	r := p.Compare(ctx, copyOf("a.c", "int a;\n"), nil)
	if _, known := r.Modified(); known {
		t.Error("an interrupted comparison knows the answer")
	}
}

// go.sum has SHA-256 over lines that begin with those of the files.
func TestH1(t *testing.T) {
	p, err := original.Folder(context.Background(), copyOf("xyz/def", "data for def", "xyz/abc", "data for abc"), "xyz")
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(fmt.Sprintf("%x  m@v1/abc\n%x  m@v1/def\n", sha256.Sum256([]byte("data for abc")), sha256.Sum256([]byte("data for def")))))
	if got, want := p.H1("m@v1"), "h1:"+base64.StdEncoding.EncodeToString(sum[:]); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if p.Hash != crypto.SHA256 || !p.Whole || len(p.Files) != 2 {
		t.Errorf("%+v", p)
	}
	for _, bad := range []fstest.MapFS{{}, {"xyz": {Data: []byte("a file")}}, {"xyz/link": {Mode: fs.ModeSymlink, Data: []byte("abc")}}} {
		if _, err := original.Folder(context.Background(), bad, "xyz"); err == nil {
			t.Errorf("%v is taken for an original", bad)
		}
	}
}
