package main

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/licet/licet/pkg/archive"
	"github.com/licet/licet/pkg/ecosystem/all"
	"github.com/licet/licet/pkg/scan"
)

// TestMain lets the test binary stand in for the program, as ratio starts itself for the baseline.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && (os.Args[1] == "read" || os.Args[1] == "lock" || os.Args[1] == "unpack") {
		main()
		return
	}
	// The race detector lets each of the hundreds of processes started here sleep for a second before it ends.
	os.Setenv("GORACE", "atexit_sleep_ms=0 "+os.Getenv("GORACE"))
	os.Exit(m.Run())
}

func tree(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"a": "12345", "d/b": "123", "d/e/c": "", ".git/HEAD": "ref"} {
		p := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestRead(t *testing.T) {
	dir := tree(t)
	var out strings.Builder
	if err := run([]string{"read", dir, filepath.Join(dir, "d")}, &out); err != nil {
		t.Fatal(err)
	}
	if want := "5 files, 11 bytes\n"; out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
	if err := run([]string{"read", filepath.Join(dir, "gone")}, &out); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a folder that is not there: %v", err)
	}
}

func TestRatioAndStart(t *testing.T) {
	dir := tree(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{
			[]string{"ratio", "-n", "2", dir, "--", self, "read", dir},
			`  tree      3 files, 0\.0 MB\n  read      .* s cpu, .* s wall, .* MB peak\n  command   .* MB peak\n  ratio     [0-9.]+ cpu, [0-9.]+ wall, [0-9.]+ MB per CPU-second\n$`,
		},
		{
			[]string{"start", "-n", "2", self, "read", dir},
			`  command   [0-9.]+ s cpu, [0-9.]+ s wall, [0-9.]+ MB peak\n$`,
		},
		{
			[]string{"start", "-n", "1", self, "read", filepath.Join(dir, "gone")},
			`, exit status 1\n$`,
		},
	} {
		var out strings.Builder
		if err := run(c.args, &out); err != nil {
			t.Errorf("%v: %v", c.args, err)
		}
		if !regexp.MustCompile(c.want).MatchString(out.String()) {
			t.Errorf("%v: got %q, want %q", c.args, out.String(), c.want)
		}
	}
}

func TestShapes(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := run([]string{"shapes", "-most", "2", self, "read"}, &out); err != nil {
		t.Fatal(err)
	}
	if want := regexp.MustCompile(`^.* read\n  shape .*\n  dense +[0-9.]+ +1\.00 +[0-9.]+  [0-9.]+\n`); !want.MatchString(out.String()) {
		t.Errorf("got %s, want %s", out.String(), want)
	}
}

// TestLocks holds that every lockfile made is one that its reader reads whole: else its speed says nothing.
func TestLocks(t *testing.T) {
	const n = 40
	for _, l := range locks() {
		dir := t.TempDir()
		if _, err := l.write(dir, n); err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		if err := run([]string{"lock", dir}, &out); err != nil {
			t.Errorf("%s: %v", l.name, err)
		}
		m := regexp.MustCompile(`^\w+: (\d+) components, (\d+) relationships\n$`).FindStringSubmatch(out.String())
		if m == nil {
			t.Errorf("%s: got %q", l.name, out.String())
			continue
		}
		if components, _ := strconv.Atoi(m[1]); components < n {
			t.Errorf("%s: %d components of %d", l.name, components, n)
		}
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := run([]string{"locks", "-n", "1", "-most", "1000", "-only", "Cargo.lock", self, "read"}, &out); err != nil {
		t.Fatal(err)
	}
	if want := regexp.MustCompile(`(?m)^  Cargo.lock +[0-9.]+ +[0-9]+ ms +[0-9]+ MB .* ms *$`); !want.MatchString(out.String()) {
		t.Errorf("got %s, want %s", out.String(), want)
	}
}

// TestTrees holds that the JARs in a JAR are read, and that there are as many lockfiles as there should be.
func TestTrees(t *testing.T) {
	dir := t.TempDir()
	if err := errors.Join(writeJAR(filepath.Join(dir, "jar"), 3), writeLocks(filepath.Join(dir, "locks"), 30)); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := run([]string{"lock", filepath.Join(dir, "jar")}, &out); err != nil || out.String() != "jar: 4 components, 3 relationships\n" {
		t.Errorf("got %q, %v", out.String(), err)
	}
	if read, err := readAll([]string{filepath.Join(dir, "locks")}); err != nil || read.files != 30 {
		t.Errorf("%d lockfiles of 30, %v", read.files, err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	out.Reset()
	if err := run([]string{"trees", "-n", "1", "-only", "lockfiles", self, "read"}, &out); err != nil {
		t.Fatal(err)
	}
	if want := regexp.MustCompile(`(?m)^  lockfiles +1000: .* MB peak; growth from 10 on, a step being x 10:  [0-9.]+ [0-9.]+$`); !want.MatchString(out.String()) {
		t.Errorf("got %s, want %s", out.String(), want)
	}
}

// TestImage holds that the image made is one that licet reads, with all of its packages, and the same each time.
func TestImage(t *testing.T) {
	dir := t.TempDir()
	if err := writeImage(filepath.Join(dir, "a"), 8); err != nil {
		t.Fatal(err)
	}
	if err := writeImage(filepath.Join(dir, "b"), 8); err != nil {
		t.Fatal(err)
	}
	first, err1 := os.ReadFile(filepath.Join(dir, "a", "index.json"))
	second, err2 := os.ReadFile(filepath.Join(dir, "b", "index.json"))
	if string(first) != string(second) || err1 != nil || err2 != nil {
		t.Errorf("%s, and then %s; %v %v", first, second, err1, err2)
	}
	m, err := archive.OpenImage(os.DirFS(filepath.Join(dir, "a")), archive.ImageOptions{})
	if err != nil || len(m.Lost()) > 0 {
		t.Fatalf("%v, %v", err, m.Lost())
	}
	r, err := scan.Run(t.Context(), m.Tree(), scan.Options{Ecosystems: all.Ecosystems})
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]bool{}
	for _, c := range r.Document.Components {
		kind, _, _ := strings.Cut(c.PURL, "/")
		kinds[kind] = true
	}
	for _, kind := range []string{"pkg:deb", "pkg:pypi", "pkg:maven"} {
		if !kinds[kind] {
			t.Errorf("no %s in it: %v", kind, kinds)
		}
	}
	var out strings.Builder
	if err := run([]string{"unpack", filepath.Join(dir, "a")}, &out); err != nil || !regexp.MustCompile(`^\d{3,} files, \d{7,8} bytes\n$`).MatchString(out.String()) {
		t.Errorf("%q, %v", out.String(), err)
	}
}

// TestModules holds that what is made in node_modules is what the lockfile beside it says.
func TestModules(t *testing.T) {
	dir := t.TempDir()
	if err := writeModules(dir, 3, 2); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := run([]string{"lock", dir}, &out); err != nil || out.String() != "npm: 4 components, 3 relationships\n" {
		t.Errorf("got %q, %v", out.String(), err)
	}
	if read, err := readAll([]string{dir}); err != nil || read.files != 2+3*4 {
		t.Errorf("%d files, %v", read.files, err)
	}
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{
		{}, {"read"}, {"write", "x"}, {"start", "-n", "0", "x"}, {"start", "-n", "1"},
		{"ratio", "x"}, {"ratio", "--", "x"}, {"ratio", "x", "--"}, {"ratio", "-m", "x"},
		{"shapes", "-most", "1"}, {"shapes", "-most", "0", "x"},
		{"lock"}, {"locks", "-most", "1000"}, {"locks", "-most", "10", "x"},
		{"image"}, {"image", "-most", "0", "x"}, {"image", "-only", "x", "x"}, {"modules", "-in", "x", "x"}, {"trees"}, {"trees", "-most", "10", "x"}, {"start", "-only", "x", "x"},
	} {
		if err := run(args, nil); !errors.Is(err, errUsage) {
			t.Errorf("%v: got %v, want the usage", args, err)
		}
	}
	if err := run([]string{"start", filepath.Join(t.TempDir(), "gone")}, nil); err == nil {
		t.Error("a program that is not there was measured")
	}
}
