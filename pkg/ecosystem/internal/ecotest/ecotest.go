// Package ecotest runs the cases of a package manager's reader. Only tests import it.
//
// A case is one txtar file. Its comment says what the case shows. Files whose path starts with
// "cache/NAME/" are files of the cache NAME, all others but "want" are the target. The section "want" is a
// sorted ledger of the merged fragments with one fact a line, rewritten by "go test -update":
//
//	component pkg:npm/a@1.0.0 package-lock.json:12 dir=node_modules/a hash=SHA-512:3f2a declared=MIT
//	edge root -> pkg:npm/a@1.0.0 runtime ^1.0.0 package.json:5
//	gap lost material yarn.lock:40 line is not an entry
//	root pkg:npm/root@0.1.0
//	copy pkg:cargo/a@1.0.0 vendor/a against=Cargo.lock same=2 changed=vendor/a/src/lib.rs
//
// The last is said of each copy that has an original at hand.
//
// Txtar is text. Where a file needs other bytes, a line "escaped: PATH" in the comment says that
// backslash escapes of Go strings are to be read in that file (\r, \x00, \ufeff) and that its last line
// has no end unless one is written as \n.
//
// A path such as lib/a.zip!/b/c.txt is a file inside an archive of the target, which is packed from all such files, as a tar if
// that is what its name says; an archive may lie in an archive.
//
// A path such as bin/app#.dep-v0 is a section of an ELF program, which is linked from all such files: what is in .dep-v0 is
// deflated, what is in .go.buildinfo is Go's version and, on the lines after it, what "go version -m" prints.
//
// A line "deliverable: NAME FOLDERS PLATFORMS" in the comment states one, with commas between folders and
// between platforms, "-" for no platform, and "bundled" behind them for one that a bundler makes.
//
// Whatever a case says, every span must lie inside its file with line and column that agree with its
// offset, every edge must join components of the fragment, every folder named must exist, and a second
// reading must give the same ledger.
package ecotest

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

var update = flag.Bool("update", false, "rewrite the ledgers of the cases")

const want = "want"

// Run runs every case of dir, a folder of txtar files.
func Run(t *testing.T, eco *ecosystem.Ecosystem, dir string) {
	for _, name := range cases(t, dir) {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			in := inputOf(t, a)
			got := ledger(t, eco, in)
			if diff := cmp.Diff(got, ledger(t, eco, in)); diff != "" {
				t.Errorf("a second reading differs (-first +second):\n%s", diff)
			}
			i := slices.IndexFunc(a.Files, func(f txtar.File) bool { return f.Name == want })
			if *update {
				if i < 0 {
					i = len(a.Files)
					a.Files = append(a.Files, txtar.File{Name: want})
				}
				a.Files[i].Data = []byte(strings.Join(got, "\n") + "\n")
				if err := os.WriteFile(name, txtar.Format(a), 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			if i < 0 {
				t.Fatal("no section want: run with -update and read what it writes")
			}
			wanted := strings.Split(strings.TrimSuffix(string(a.Files[i].Data), "\n"), "\n")
			if diff := cmp.Diff(wanted, strings.Split(strings.Join(got, "\n"), "\n")); diff != "" {
				t.Errorf("ledger differs (-want +got):\n%s", diff)
			}
		})
	}
}

// Fuzz replaces one file of one case of dir by other bytes and reads the project: nothing may panic, and
// what [Run] demands of spans and edges must hold.
func Fuzz(f *testing.F, eco *ecosystem.Ecosystem, dir string) {
	var inputs []*input
	for c, name := range cases(f, dir) {
		a, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		in := inputOf(f, a)
		inputs = append(inputs, in)
		for i, file := range in.files {
			f.Add(uint16(c), uint16(i), file.Data)
		}
	}
	f.Fuzz(func(t *testing.T, c, i uint16, data []byte) {
		in := inputs[int(c)%len(inputs)]
		if len(in.files) == 0 {
			return
		}
		files := slices.Clone(in.files)
		files[int(i)%len(files)].Data = data
		ledger(t, eco, mount(files))
	})
}

func cases(tb testing.TB, dir string) []string {
	names, err := filepath.Glob(filepath.Join(dir, "*.txtar"))
	if err != nil || len(names) == 0 {
		tb.Fatalf("no cases in %s: %v", dir, err)
	}
	return names
}

// input is what a case gives to a reader.
type input struct {
	files  []txtar.File // without want, escapes resolved
	target fstest.MapFS
	caches map[string]fs.FS
	facts  sbom.Facts
	pages  map[string]*page // what was read to check spans
}

func inputOf(tb testing.TB, a *txtar.Archive) *input {
	var files []txtar.File
	for _, f := range a.Files {
		if f.Name == want {
			continue
		}
		if bytes.Contains(a.Comment, []byte("escaped: "+f.Name+"\n")) {
			s, err := strconv.Unquote(`"` + strings.NewReplacer("\n", `\n`, `"`, `\"`).Replace(strings.TrimSuffix(string(f.Data), "\n")) + `"`)
			if err != nil {
				tb.Fatalf("%s: %v", f.Name, err)
			}
			f.Data = []byte(s)
		}
		files = append(files, f)
	}
	in := mount(files)
	in.facts.Deliverables = deliverables(string(a.Comment))
	return in
}

func deliverables(comment string) []sbom.Deliverable {
	var out []sbom.Deliverable
	for line := range strings.Lines(comment) {
		rest, ok := strings.CutPrefix(line, "deliverable: ")
		f := strings.Fields(rest)
		if !ok || len(f) < 3 {
			continue
		}
		d := sbom.Deliverable{Name: f[0], Roots: strings.Split(f[1], ","), Bundled: slices.Contains(f[3:], "bundled")}
		if f[2] != "-" {
			d.Platforms = strings.Split(f[2], ",")
		}
		out = append(out, d)
	}
	return out
}

func mount(files []txtar.File) *input {
	in := &input{files: files, target: fstest.MapFS{}, caches: map[string]fs.FS{}}
	for _, f := range link(pack(files)) {
		file := &fstest.MapFile{Data: f.Data, Mode: 0o644}
		rest, ok := strings.CutPrefix(f.Name, "cache/")
		name, inner, cut := strings.Cut(rest, "/")
		if !ok || !cut {
			in.target[f.Name] = file
			continue
		}
		if in.caches[name] == nil {
			in.caches[name] = fstest.MapFS{}
		}
		in.caches[name].(fstest.MapFS)[inner] = file
	}
	return in
}

// fs gives the file system that a path of a report points into, and the path there.
func (in *input) fs(p string) (fs.FS, string) {
	root, rest := source.SplitRoot(p)
	if root == "" {
		return in.target, rest
	}
	if c := in.caches[root]; c != nil {
		return c, rest
	}
	return fstest.MapFS{}, rest
}

// ledger reads all projects of the target and lists the facts, sorted.
func ledger(tb testing.TB, eco *ecosystem.Ecosystem, in *input) []string {
	var matched []string
	for p, f := range in.target {
		if eco.Match(p, f.Mode, f.Data[:min(512, len(f.Data))]) {
			matched = append(matched, p)
		}
	}
	slices.Sort(matched)
	var lines []string
	var frags []sbom.Fragment
	var roots []sbom.ID
	for _, files := range group(eco, matched) {
		p := &ecosystem.Project{FS: in.target, Files: files, Caches: in.caches, Facts: &in.facts}
		frag, err := eco.Read(context.Background(), p)
		if err != nil {
			lines = append(lines, fmt.Sprintf("error %s: %v", strings.Join(files, " "), err))
		}
		ecosystem.Clean(eco.Name, &frag)
		in.check(tb, frag)
		frags = append(frags, frag)
		roots = append(roots, frag.Roots...)
	}
	merged := sbom.Merge(roots, frags...).Fragment()
	lines = append(lines, facts(merged)...)
	lines = append(lines, copies(eco, in, merged.Components)...)
	slices.Sort(lines)
	return slices.Compact(lines)
}

func group(eco *ecosystem.Ecosystem, paths []string) [][]string {
	if eco.Group != nil {
		return eco.Group(paths)
	}
	folders := map[string][]string{}
	for _, p := range paths {
		folders[path.Dir(p)] = append(folders[path.Dir(p)], p)
	}
	var groups [][]string
	for _, g := range folders {
		groups = append(groups, g)
	}
	return groups
}
