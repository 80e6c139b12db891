package source_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/licet/licet/pkg/source"
)

func TestPaths(t *testing.T) {
	for _, c := range []struct{ path, root, rest string }{
		{"go.mod", "", "go.mod"},
		{"gomod:a.example/b@v1/LICENSE", "gomod", "a.example/b@v1/LICENSE"},
		{"C:/code/a", "", "C:/code/a"}, // a drive letter is no cache
		{"c:a", "", "c:a"},
		{"odd name: x.c", "", "odd name: x.c"},
		{"Upper:x", "", "Upper:x"},
		{"ab:cd/x.c", "", "ab:cd/x.c"}, // a folder of the target may be called so
		{":x", "", ":x"},
		{"", "", ""},
	} {
		root, rest := source.SplitRoot(c.path)
		if root != c.root || rest != c.rest {
			t.Errorf("SplitRoot(%q) = %q, %q", c.path, root, rest)
		}
		if got := source.JoinRoot(root, rest); got != c.path {
			t.Errorf("JoinRoot gives %q for %q", got, c.path)
		}
	}
	for _, c := range []struct{ path, dir, name string }{
		{"a/b/c.go", "a/b", "c.go"}, {"c.go", ".", "c.go"}, {"goroot:LICENSE", "goroot:.", "LICENSE"},
		{"gomod:x.example/m@v1/LICENSE", "gomod:x.example/m@v1", "LICENSE"},
		{"gomod:cache/v1.zip!/m@v1/LICENSE", "gomod:cache/v1.zip!/m@v1", "LICENSE"},
	} {
		if got := source.Dir(c.path); got != c.dir {
			t.Errorf("Dir(%q) = %q", c.path, got)
		}
		if got := source.Join(c.dir, c.name); got != c.path {
			t.Errorf("Join(%q, %q) = %q", c.dir, c.name, got)
		}
		if got := source.Rel(c.path, c.dir); got != c.name {
			t.Errorf("Rel(%q, %q) = %q", c.path, c.dir, got)
		}
	}
}

func TestSpanString(t *testing.T) {
	for want, s := range map[string]source.Span{
		"":      {},
		"a":     {Path: "a"},
		"a:3":   {Path: "a", Line: 3},
		"a:3:7": {Path: "a", Line: 3, Col: 7, Start: 90},
	} {
		if got := s.String(); got != want {
			t.Errorf("%+v: %q, want %q", s, got, want)
		}
	}
}

func walk(tree source.Tree) []string {
	var out []string
	for e, err := range tree.Walk(context.Background()) {
		line := e.Path
		if e.Link != "" {
			line += " " + strings.TrimSpace(string(e.Link)+" "+e.Target)
		}
		if err != nil {
			line += " error"
		}
		out = append(out, line)
	}
	return out
}

func TestWalk(t *testing.T) {
	dir := t.TempDir()
	for _, f := range []string{"a/b.c", "a-b", ".git/config", "sub/.git", "sub/CVS", "sub/x", "a/CVS/Entries", ".gitignore"} {
		os.MkdirAll(filepath.Join(dir, filepath.Dir(f)), 0o777)
		if err := os.WriteFile(filepath.Join(dir, f), nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for name, to := range map[string]string{
		"l1-alias": "a/b.c", "l2-folder": "./sub/../a", "l3-up": "sub/../..", "l4-absolute": "/etc",
		"l5-nothing": "gone", "l6-loop": "l7-loop", "l7-loop": "l6-loop", "l8-chain": "l2-folder/b.c",
		"l9-through-file": "a-b/x",
	} {
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Skip(err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	want := []string{
		".gitignore", "a/b.c", "a-b",
		"l1-alias alias a/b.c", "l2-folder alias a", "l3-up outside", "l4-absolute outside", "l5-nothing dangling",
		"l6-loop loop", "l7-loop loop", "l8-chain alias a/b.c", "l9-through-file dangling", "sub/CVS", "sub/x",
	}
	if diff := cmp.Diff(want, walk(source.FS(root.FS()))); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"a-b", "gone error"}, walk(source.Files(root.FS(), "a-b", "gone"))); diff != "" {
		t.Error(diff)
	}
}

// unreadable is a file system with a folder that cannot be listed.
type unreadable struct{ fstest.MapFS }

func (u unreadable) ReadDir(name string) ([]fs.DirEntry, error) {
	if name == "locked" {
		return nil, &fs.PathError{Op: "open", Path: name, Err: errors.New("permission denied")}
	}
	return u.MapFS.ReadDir(name)
}

func TestWalkGoesOnAfterAnError(t *testing.T) {
	tree := source.FS(unreadable{fstest.MapFS{"a": {}, "locked/b": {}, "z": {}}})
	if diff := cmp.Diff([]string{"a", "locked error", "z"}, walk(tree)); diff != "" {
		t.Error(diff)
	}
}

func TestRedact(t *testing.T) {
	secret := "s3cr3tV4lue0123456789"
	for _, s := range []string{
		"https://user:SECRET@host.example/x", "https://SECRET@host.example", "git+ssh://bot:SECRET@host.example/r.git",
		"https://user:p@SECRET@host.example/x", "https://user:SECRET@p@host.example",
		"https://host.example/?token=SECRET&x=1", "https://host.example/p?a=1&X-Amz-Signature=SECRET", "#access_token=SECRET",
		"//registry.example/:_authToken=SECRET", "Authorization: Bearer SECRET", `"_auth": "SECRET"`, "PRIVATE-TOKEN: SECRET",
		"clone ghp_SECRETSECRETSECRET", "bot:SECRET@host.example/r.git", "see bot:SECRET@host.example", "key glpat-SECRETSECRET", "npm_SECRETSECRETSECRET now", "AKIAABCDEFGHIJKLMNOP",
	} {
		got := source.Redact(strings.ReplaceAll(s, "SECRET", secret))
		if strings.Contains(got, secret) || strings.Contains(got, "AKIA") || !strings.Contains(got, source.Redacted) {
			t.Errorf("%s: %s", s, got)
		}
	}
	for _, s := range []string{
		"", "https://host.example/a/b?page=2#top", "git@host.example:org/repo.git", "ssh://git@host.example/org/repo.git",
		"https://host.example/@scope/name@1.0.0",
		"// SPDX-License-Identifier: MIT", "pkg:npm/%40scope/name@1.0.0", "monkey=banana", "mailto:ann@host.example", "npm:left-pad@1.3.0", "npm:left-pad@next.beta", "workspace:lib@next.beta",
		"Email:ann@host.example", "image:tag@sha256:0011", "12:30:45 ann@host.example", "for key in keys: print(key)",
	} {
		if got := source.Redact(s); got != s {
			t.Errorf("%q became %q", s, got)
		}
	}
}

// Whatever stands around it, a planted credential does not survive.
func FuzzRedact(f *testing.F) {
	f.Add("https://", "@host.example/x")
	f.Add("see (git+https://", "@h.example)")
	f.Fuzz(func(t *testing.T, before, after string) {
		const secret = "hunter2hunter2"
		s := fmt.Sprintf("%s https://user:%s@host.example/p?token=%s %s", before, secret, secret, after)
		if got := source.Redact(s); strings.Contains(got, secret) {
			t.Errorf("%q: %q", s, got)
		}
	})
}
