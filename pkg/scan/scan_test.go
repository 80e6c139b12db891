package scan_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/licet/licet/pkg/archive"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/ecosystem/actions"
	"github.com/licet/licet/pkg/ecosystem/cargo"
	"github.com/licet/licet/pkg/ecosystem/composer"
	"github.com/licet/licet/pkg/ecosystem/docker"
	"github.com/licet/licet/pkg/ecosystem/golang"
	"github.com/licet/licet/pkg/ecosystem/jar"
	"github.com/licet/licet/pkg/ecosystem/jdk"
	"github.com/licet/licet/pkg/ecosystem/npm"
	"github.com/licet/licet/pkg/ecosystem/submodule"
	"github.com/licet/licet/pkg/ecosystem/supplied"
	"github.com/licet/licet/pkg/policy"
	"github.com/licet/licet/pkg/report"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/scan"
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/rules"
)

var update = flag.Bool("update", false, "rewrite the ledgers of the cases")

var readers = []*ecosystem.Ecosystem{actions.Ecosystem, cargo.Ecosystem, composer.Ecosystem, docker.Ecosystem, golang.Ecosystem, jar.Ecosystem, jdk.Ecosystem, npm.Ecosystem, submodule.Ecosystem, supplied.Ecosystem}

// lay writes a case's files below dir and gives the tree and the caches. Files under cache/NAME are of
// the cache NAME; those whose path has a "!/" are packed into the archive before it; facts.yaml is not
// of the tree. Lines of the comment that begin with a colon ask for what txtar cannot hold:
// ":link PATH -> TARGET", ":pipe PATH", ":exclude GLOB", ":deep".
func lay(t *testing.T, a *txtar.Archive, dir string) (source.Tree, scan.Options) {
	opt := scan.Options{Ecosystems: readers, Caches: map[string]fs.FS{}}
	write := func(name string, data []byte) {
		p := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	os.MkdirAll(filepath.Join(dir, "target"), 0o777)
	archives := map[string]map[string][]byte{}
	for _, f := range a.Files {
		file, inner, packed := source.SplitArchive(f.Name)
		switch {
		case f.Name == "want":
		case f.Name == "facts.yaml":
			file, err := policy.Parse(f.Name, f.Data)
			if err != nil {
				t.Fatal(err)
			}
			opt.Facts = file.Facts
		case packed:
			if archives[file] == nil {
				archives[file] = map[string][]byte{}
			}
			archives[file][inner] = f.Data
		case strings.HasPrefix(f.Name, "cache/"):
			write(f.Name, f.Data)
		default:
			write("target/"+f.Name, f.Data)
		}
	}
	for name, files := range archives {
		if !strings.HasPrefix(name, "cache/") {
			name = "target/" + name
		}
		write(name, pack(t, name, files))
	}
	for line := range strings.Lines(string(a.Comment)) {
		line, ok := strings.CutPrefix(strings.TrimSpace(line), ":")
		if !ok {
			continue
		}
		verb, rest, _ := strings.Cut(line, " ")
		p := filepath.Join(dir, "target", filepath.FromSlash(rest))
		switch verb {
		case "link":
			name, to, _ := strings.Cut(rest, " -> ")
			p = filepath.Join(dir, "target", filepath.FromSlash(name))
			os.MkdirAll(filepath.Dir(p), 0o777)
			if err := os.Symlink(to, p); err != nil {
				t.Skip(err)
			}
		case "pipe":
			if err := makePipe(p); err != nil {
				t.Skip(err)
			}
		case "exclude":
			g, err := source.CompileGlob(rest)
			if err != nil {
				t.Fatal(err)
			}
			opt.Exclude = append(opt.Exclude, g)
		case "deep":
			opt.Deep = true
		default:
			t.Fatalf("unknown line %q", line)
		}
	}
	folders, _ := os.ReadDir(filepath.Join(dir, "cache"))
	for _, f := range folders {
		opt.Caches[f.Name()] = open(t, filepath.Join(dir, "cache", f.Name()))
	}
	return source.FS(open(t, filepath.Join(dir, "target"))), opt
}

// pack packs files into an archive of the kind that its name says, those with a "!/" in their paths into archives in it.
func pack(t *testing.T, name string, files map[string][]byte) []byte {
	whole, parts := map[string][]byte{}, map[string]map[string][]byte{}
	for p, data := range files {
		inner, rest, packed := source.SplitArchive(p)
		switch {
		case !packed:
			whole[p] = data
		case parts[inner] == nil:
			parts[inner] = map[string][]byte{rest: data}
		default:
			parts[inner][rest] = data
		}
	}
	for inner, files := range parts {
		whole[inner] = pack(t, inner, files)
	}
	var out bytes.Buffer
	if file := whole[archive.Unpacked(name)]; strings.HasSuffix(name, ".gz") && file != nil {
		z := gzip.NewWriter(&out)
		z.Write(file)
		z.Close()
		return out.Bytes()
	}
	if !archive.IsTar(name) {
		w := zip.NewWriter(&out)
		for _, p := range slices.Sorted(maps.Keys(whole)) {
			f, err := w.Create(p)
			if err != nil {
				t.Fatal(err)
			}
			f.Write(whole[p])
		}
		w.Close()
		return out.Bytes()
	}
	z := gzip.NewWriter(&out)
	w := tar.NewWriter(z)
	for _, p := range slices.Sorted(maps.Keys(whole)) {
		if err := w.WriteHeader(&tar.Header{Name: p, Mode: 0o644, Size: int64(len(whole[p]))}); err != nil {
			t.Fatal(err)
		}
		w.Write(whole[p])
	}
	w.Close()
	z.Close()
	return out.Bytes()
}

func open(t *testing.T, dir string) fs.FS {
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	return root.FS()
}

// ledger is what the cases compare: a line a component, a file that states something, and a gap.
func ledger(r *report.Report) []string {
	var out []string
	d := r.Document
	for _, id := range d.Roots {
		out = append(out, "root "+string(id))
	}
	for _, c := range d.Components {
		line := fmt.Sprintf("component %s %s %s (%s)", c.ID, c.Scope, c.Concluded.Expr, c.Concluded.Row)
		if c.Direct {
			line += " direct"
		}
		if c.Concluded.Conflict {
			line += " conflict: " + c.Concluded.Note
		}
		for _, i := range c.Concluded.Because {
			for _, e := range c.Claims[i].Evidence {
				line += " " + e.Span.String()
			}
		}
		out = append(out, line)
		for _, o := range c.Occurrences {
			if o.Modified == "" {
				continue
			}
			out = append(out, fmt.Sprintf("modified %s %s: %s, against %s", c.ID, o.Dir, o.Modified, o.Against))
			for _, f := range o.Changed {
				out = append(out, fmt.Sprintf("%s %s", f.How, f.Path))
			}
		}
	}
	for _, e := range d.Relationships {
		if e.Kind == sbom.Contains {
			out = append(out, fmt.Sprintf("contains %s -> %s %s", e.From, e.To, e.Scope))
		}
	}
	for _, a := range r.Assumptions[1:] { // the first is the one deliverable
		out = append(out, "assumed "+a)
	}
	for _, i := range d.Inputs[1:] { // the first is the tree
		out = append(out, fmt.Sprintf("input %s %s: %s", i.Kind, i.Name, i.Note))
	}
	for _, f := range d.Files {
		for _, c := range f.Claims {
			line := fmt.Sprintf("file %s %s %s %s of %s", f.Path, c.Kind, c.Role, c.Expr, f.Owner)
			if e := c.Evidence[0]; e.Span.Path != f.Path {
				line += fmt.Sprintf(" by %s %s", e.Rule, e.Span)
			}
			out = append(out, line)
		}
		for _, c := range f.Copyrights {
			switch at := c.Found[0]; {
			case at.Path != f.Path:
				out = append(out, fmt.Sprintf("file %s copyright %q %q by %s", f.Path, c.Holder, c.Years, at))
			case c.Ignored:
				out = append(out, fmt.Sprintf("file %s copyright %q %q ignored", f.Path, c.Holder, c.Years))
			}
		}
	}
	for _, g := range d.Gaps {
		line := fmt.Sprintf("gap %s %s %s: %s; %s", g.Kind, g.Reader, g.Span, g.Why, g.Next)
		if g.Material {
			line += " [material]"
		}
		out = append(out, line)
	}
	return out
}

func TestCases(t *testing.T) {
	names, _ := filepath.Glob("../../testdata/scan/*.txtar")
	if len(names) == 0 {
		t.Fatal("no cases")
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			tree, opt := lay(t, a, t.TempDir())
			r, err := scan.Run(context.Background(), tree, opt)
			if err != nil {
				t.Fatal(err)
			}
			got := strings.Join(ledger(r), "\n") + "\n"
			i := slices.IndexFunc(a.Files, func(f txtar.File) bool { return f.Name == "want" })
			if *update {
				if i < 0 {
					i = len(a.Files)
					a.Files = append(a.Files, txtar.File{Name: "want"})
				}
				a.Files[i].Data = []byte(got)
				if err := os.WriteFile(name, txtar.Format(a), 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			if i < 0 {
				t.Fatal("no section want: run with -update and read what it writes")
			}
			if diff := cmp.Diff(string(a.Files[i].Data), got); diff != "" {
				t.Errorf("ledger differs (-want +got):\n%s", diff)
			}
		})
	}
}

// bigTree has enough files, of every kind, that the workers' timing would show.
func bigTree() fstest.MapFS {
	files := fstest.MapFS{"go.mod": {Data: []byte("module app.example\n\ngo 1.26\n")}}
	for i := range 2000 {
		body := fmt.Sprintf("// Copyright 20%02d Holder %d\n// SPDX-License-Identifier: MIT\npackage p%d\n", i%30, i%7, i)
		files[fmt.Sprintf("p%d/f%d.go", i%50, i)] = &fstest.MapFile{Data: []byte(body)}
	}
	for i := range 20 {
		files[fmt.Sprintf("third/%d/LICENSE", i)] = &fstest.MapFile{Data: []byte(strings.Repeat(fmt.Sprintf("You may copy this software under license number %d.\n", i), 30))}
		files[fmt.Sprintf("web/%d/package.json", i)] = &fstest.MapFile{Data: []byte(`{"name": "w", "version": "1.0.0", "license": "ISC", "dependencies": {"left": "^1"}}`)}
	}
	return files
}

func TestSameBytesWithAnyNumberOfWorkers(t *testing.T) {
	var want []byte
	for workers := 1; workers <= 8; workers++ {
		r, err := scan.Run(context.Background(), source.FS(bigTree()), scan.Options{Ecosystems: readers, Workers: workers})
		if err != nil {
			t.Fatal(err)
		}
		got, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		if want == nil {
			want = got
		} else if !bytes.Equal(want, got) {
			t.Fatalf("%d workers: %s", workers, cmp.Diff(string(want), string(got)))
		}
	}
}

func TestInterrupt(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	before := runtime.NumGoroutine()
	opt := scan.Options{Ecosystems: readers, Progress: func(int) { cancel() }}
	if r, err := scan.Run(ctx, source.FS(bigTree()), opt); err != context.Canceled {
		t.Fatalf("report %v, error %v", r != nil, err)
	}
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if runtime.NumGoroutine() <= before {
			return
		}
	}
	t.Errorf("%d goroutines are left of %d", runtime.NumGoroutine(), before)
}

// locked is a tree with files that may be seen and not read.
type locked struct{ fstest.MapFS }

func (l locked) Open(name string) (fs.File, error) {
	if strings.HasPrefix(path.Base(name), "locked") || name == "LICENSE" || name == "package-lock.json" {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return l.MapFS.Open(name)
}

// A file that cannot be read is a gap; it is material if it could name a component or a license.
func TestUnreadable(t *testing.T) {
	tree := source.FS(locked{fstest.MapFS{
		"LICENSE": {}, "locked.c": {}, "package-lock.json": {},
		"package.json": {Data: []byte(`{"name": "app", "version": "1.0.0", "license": "MIT"}`)},
		"open.c":       {Data: []byte("// SPDX-License-Identifier: ISC\n")},
	}})
	r, err := scan.Run(context.Background(), tree, scan.Options{Ecosystems: readers})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for _, g := range r.Document.Gaps {
		got[g.Span.Path] = got[g.Span.Path] || g.Material
		if g.Next == "" {
			t.Errorf("%s: %s: no next step", g.Span, g.Why)
		}
	}
	want := map[string]bool{"LICENSE": true, "locked.c": false, "package-lock.json": true}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("gaps and whether they are material: %s", diff)
	}
	if c := r.Document.Component("pkg:npm/app@1.0.0"); c == nil || c.Concluded.Expr.String() != "ISC AND MIT" {
		t.Errorf("the rest of the scan is lost: %+v", c)
	}
}

// A reader that panics costs a gap, and only its own project. The gap is of a file that ships, if one of the project does.
func TestPanicIsAGap(t *testing.T) {
	bad := &ecosystem.Ecosystem{
		Name:  "bad",
		Match: func(p string, _ fs.FileMode, _ []byte) bool { return path.Base(p) == "bad.lock" },
		Group: func(paths []string) [][]string { return [][]string{paths} },
		Read:  func(context.Context, *ecosystem.Project) (sbom.Fragment, error) { panic("index out of range") },
	}
	tree := source.FS(fstest.MapFS{
		"docs/bad.lock": {Data: []byte("x")},
		"src/bad.lock":  {Data: []byte("x")},
		"go.mod":        {Data: []byte("module app.example\n\ngo 1.26\n")},
	})
	r, err := scan.Run(context.Background(), tree, scan.Options{Ecosystems: append([]*ecosystem.Ecosystem{bad}, readers...)})
	if err != nil {
		t.Fatal(err)
	}
	found := slices.ContainsFunc(r.Document.Gaps, func(g sbom.Gap) bool {
		return g.Span.Path == "src/bad.lock" && g.Material && g.Reader == "bad"
	})
	if !found || r.Document.Component("pkg:golang/app.example") == nil {
		t.Errorf("gaps %+v, components %d", r.Document.Gaps, len(r.Document.Components))
	}
}

// A statement is found wherever it lies in a file of several windows, once, with its true place.
func TestLargeFile(t *testing.T) {
	const window = 8 << 20
	tag := "// SPDX-License-Identifier: ISC\n"
	for _, at := range []int{0, window - 64<<10 - 1, window - 64<<10, window - 10, window, 2*window - 100, 2*window - 2*64<<10} {
		data := bytes.Repeat([]byte("0123456789abcde\n"), (2*window+5000)/16)
		at -= at % 16
		copy(data[at:], tag)
		tree := source.FS(fstest.MapFS{"big.c": {Data: data}})
		n := 0
		for f := range scan.Detect(context.Background(), tree, scan.Options{}) {
			for _, c := range f.Claims {
				n++
				s := c.Evidence[0].Span
				if end := c.Evidence[0].EndLine; end != s.Line {
					t.Errorf("tag at %d: ends on line %d", at, end)
				}
				if !bytes.Contains(data[s.Start:s.End], []byte("ISC")) || s.Line != 1+at/16 || s.Col != 1+s.Start-16*(at/16) {
					t.Errorf("tag at %d: span %+v", at, s)
				}
			}
		}
		if n != 1 {
			t.Errorf("tag at %d: %d claims", at, n)
		}
	}
}

// What two windows hold is stated once, and what looks like the mark of UTF-16 where the second one begins
// is none.
func TestLargeFileInBothWindows(t *testing.T) {
	const window, overlap = 8 << 20, 64 << 10
	data := bytes.Repeat([]byte("0123456789abcde\n"), 2*window/16)
	owner := "// Copyright 2020 Ann Example\n"
	copy(data, owner)
	copy(data[window-1024:], owner)
	copy(data[window-overlap:], "\xFF\xFE")
	tree := source.FS(fstest.MapFS{"big.c": {Data: data}})
	for f, gaps := range scan.Detect(context.Background(), tree, scan.Options{}) {
		if len(gaps) > 0 {
			t.Errorf("gaps %+v", gaps)
		}
		if len(f.Copyrights) != 1 || len(f.Copyrights[0].Found) != 2 || f.Copyrights[0].Found[1].Start < window-1024 {
			t.Errorf("copyrights %+v", f.Copyrights)
		}
	}
}

// A text that lies where one window ends and the next begins is stated once, and so is what is stated inside of it
// or behind it.
func TestTextInTwoWindows(t *testing.T) {
	const cut = 8<<20 - 64<<10
	text, _ := rules.Text("Artistic-2.0")
	comment := "/*\n" + text + "\n*/\n"
	for _, at := range []int{cut - len(comment) + 100, cut - len(comment)/2, cut - 100, cut - 2, cut} {
		data := bytes.Repeat([]byte("0123456789abcde\n"), (cut+256<<10)/16)
		at -= at % 16
		copy(data[at:], comment)
		copy(data[at+len(comment)+4000:], "\n// SPDX-License-Identifier: ISC\n")
		var got []string
		for f := range scan.Detect(context.Background(), source.FS(fstest.MapFS{"big.c": {Data: data}}), scan.Options{}) {
			for _, c := range f.Claims {
				got = append(got, fmt.Sprint(c.Expr, c.Evidence[0].Span.Start < at+100 && c.Evidence[0].Span.End > at+len(comment)-100))
			}
		}
		if want := "[Artistic-2.0 true ISC false]"; fmt.Sprint(got) != want {
			t.Errorf("a text at %d of %d: %v, want %s", at-cut, len(comment), got, want)
		}
	}
}

// A block that is to be passed over goes on from one window to the next, and to the one behind, until it is closed.
func TestIgnoredInManyWindows(t *testing.T) {
	const window = 8 << 20
	data := bytes.Repeat([]byte("0123456789abcde\n"), 3*window/16)
	copy(data[4096:], "\nREUSE-IgnoreStart\n")
	for i, at := range []int{0, window - 64<<10 - 16, window + 4096, 2*window + 4096} {
		copy(data[at:], fmt.Sprintf("\n// SPDX-License-Identifier: LicenseRef-%d\n// Copyright 202%d Ann Example\n", i, i))
	}
	copy(data[2*window+8192:], "\nREUSE-IgnoreEnd\n")
	copy(data[2*window+12288:], "\n// SPDX-License-Identifier: ISC\n")
	var got []string
	for f := range scan.Detect(context.Background(), source.FS(fstest.MapFS{"big.c": {Data: data}}), scan.Options{}) {
		for _, c := range f.Claims {
			got = append(got, fmt.Sprint(c.Expr, " ", c.Role))
		}
		if len(f.Copyrights) != 1 || f.Copyrights[0].Years != "2020" {
			t.Errorf("copyrights %+v", f.Copyrights)
		}
	}
	if want := "[LicenseRef-0 file LicenseRef-1 aside LicenseRef-2 aside LicenseRef-3 aside ISC file]"; fmt.Sprint(got) != want {
		t.Errorf("%v, want %s", got, want)
	}
}

// A license file of a dependency that is too large to be one is a gap, and what its license is not known. Two
// components whose files lie in one folder both miss it.
func TestLargeLicenseInCache(t *testing.T) {
	eco := &ecosystem.Ecosystem{
		Name:  "some",
		Match: func(p string, _ fs.FileMode, _ []byte) bool { return p == "some.lock" },
		Read: func(context.Context, *ecosystem.Project) (sbom.Fragment, error) {
			folder := []sbom.Occurrence{{Dir: "gomod:dep"}}
			return sbom.Fragment{
				Roots:         []sbom.ID{"pkg:x/app@1"},
				Components:    []sbom.Component{{ID: "pkg:x/app@1"}, {ID: "pkg:x/a@1", Occurrences: folder}, {ID: "pkg:x/b@1", Occurrences: folder}},
				Relationships: []sbom.Relationship{{From: "pkg:x/app@1", To: "pkg:x/a@1"}, {From: "pkg:x/app@1", To: "pkg:x/b@1"}},
			}, nil
		},
	}
	cache := fstest.MapFS{"dep/LICENSE": {Data: make([]byte, 8<<20+1)}}
	tree := source.FS(fstest.MapFS{"some.lock": {Data: []byte("x")}})
	r, err := scan.Run(context.Background(), tree, scan.Options{Ecosystems: []*ecosystem.Ecosystem{eco}, Caches: map[string]fs.FS{"gomod": cache}})
	if err != nil {
		t.Fatal(err)
	}
	gaps := r.Document.Gaps
	if len(gaps) != 1 || gaps[0].Kind != sbom.Limit || !gaps[0].Material || len(gaps[0].Components) != 2 {
		t.Errorf("gaps %+v", gaps)
	}
	for _, id := range []sbom.ID{"pkg:x/a@1", "pkg:x/b@1"} {
		if row := r.Document.Component(id).Concluded.Row; row != "unavailable" {
			t.Errorf("%s: %s", id, row)
		}
	}
}

// License files are found in archives within archives, whether these are stored or deflated, and both of an entry that occurs twice;
// and whether they were taken out while the reader held the archive or, as a deep scan does it, are read later.
func TestNestedArchives(t *testing.T) {
	packed := func(method uint16, names ...string) func(...string) []byte {
		return func(texts ...string) []byte {
			var b bytes.Buffer
			w := zip.NewWriter(&b)
			for i, name := range names {
				f, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: method})
				if err != nil {
					t.Fatal(err)
				}
				f.Write([]byte(texts[i]))
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			return b.Bytes()
		}
	}
	for _, method := range []uint16{zip.Store, zip.Deflate} {
		inner := packed(zip.Deflate, "META-INF/LICENSE", "META-INF/LICENSE", "META-INF/maven/g/lib/pom.properties")(
			"SPDX-License-Identifier: ISC\n", "SPDX-License-Identifier: MPL-2.0\n", "groupId=g\nartifactId=lib\nversion=1\n")
		outer := packed(method, "WEB-INF/lib/lib-1.jar", "META-INF/maven/g/app/pom.properties")(string(inner), "groupId=g\nartifactId=app\nversion=1\n")
		tree := source.FS(fstest.MapFS{"app.war": {Data: outer}})
		for _, deep := range []bool{false, true} {
			r, err := scan.Run(context.Background(), tree, scan.Options{Ecosystems: readers, Deep: deep})
			if err != nil {
				t.Fatal(err)
			}
			c := r.Document.Component("pkg:maven/g/lib@1")
			if c == nil || c.Concluded.Expr.String() != "ISC AND MPL-2.0" || c.Scope != sbom.Runtime || len(r.Document.Gaps) > 0 {
				t.Errorf("method %d, deep %v: %+v, gaps %+v", method, deep, c, r.Document.Gaps)
			}
		}
	}
}
