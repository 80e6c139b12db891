package scan_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/licet/licet/pkg/archive"
	"github.com/licet/licet/pkg/ecosystem/dpkg"
	"github.com/licet/licet/pkg/ecosystem/python"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/scan"
	"github.com/licet/licet/pkg/source"
)

// What a file states of others holds in an image as in a folder, whichever layer it is in.
func TestImageStated(t *testing.T) {
	layers := []map[string][]byte{
		{"app/a.c": []byte("int a;\n"), "app/old/b.c": []byte("// SPDX-License-Identifier: ISC\n"), "deb/c.c": []byte("int c;\n"), "z/d.png.license": []byte("SPDX-License-Identifier: 0BSD\n")},
		{
			"app/REUSE.toml":       []byte("version = 1\n\n[[annotations]]\npath = \"**\"\nprecedence = \"override\"\nSPDX-License-Identifier = \"GPL-2.0-only\"\n"),
			"deb/debian/copyright": []byte("Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\nFiles: *\nCopyright: 2020 Jane Example\nLicense: Zlib\n"),
			"z/d.png":              []byte("x"),
		},
	}
	saved := fstest.MapFS{"manifest.json": {Data: []byte(`[{"Config":"c.json","Layers":["1.tgz","2.tgz"]}]`)}, "c.json": {Data: []byte(`{"os":"linux","architecture":"amd64"}`)}}
	folder := fstest.MapFS{}
	for i, files := range layers {
		name := []string{"1.tgz", "2.tgz"}[i]
		saved[name] = &fstest.MapFile{Data: pack(t, name, files)}
		for p, data := range files {
			folder[p] = &fstest.MapFile{Data: data}
		}
	}
	image, err := archive.OpenImage(saved, archive.ImageOptions{})
	if err != nil {
		t.Fatal(err)
	}
	stated := func(tree source.Tree) map[string][]string {
		r, err := scan.Run(context.Background(), tree, scan.Options{Ecosystems: readers})
		if err != nil {
			t.Fatal(err)
		}
		out := map[string][]string{}
		for _, f := range r.Document.Files {
			for _, c := range f.Claims {
				out[f.Path] = append(out[f.Path], string(c.Role)+" "+c.Kind+" "+c.Expr.String()+" "+c.Evidence[0].Span.Path)
			}
		}
		return out
	}
	want, got := stated(source.FS(folder)), stated(image.Tree())
	if n := len(want["app/a.c"]); n != 1 {
		t.Errorf("in a folder: %q", want)
	}
	delete(got, "z/d.png.license") // in an image it is a file besides
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// opens counts how often files are opened.
type opens struct {
	fs.FS
	mu    sync.Mutex
	count map[string]int
}

func (o *opens) Open(name string) (fs.File, error) {
	o.mu.Lock()
	o.count[name]++
	o.mu.Unlock()
	return o.FS.Open(name)
}

func (o *opens) Stat(name string) (fs.FileInfo, error) { return fs.Stat(o.FS, name) }

// A packed layer is read twice, however many large files are in it that readers want to read at random, and small ones that are asked
// for out of their order.
func TestImageReadTwice(t *testing.T) {
	program := append([]byte("\x7fELF\x02\x01\x01"), make([]byte, 17<<20)...)
	files := map[string][]byte{
		"opt/LICENSE":               []byte("SPDX-License-Identifier: ISC\n"),
		"usr/lib/os-release":        []byte("ID=acme\n"),
		"var/lib/dpkg/status":       []byte("Package: a\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n"),
		"srv/REUSE.toml":            []byte("version = 1\n"),
		"srv/third_party/x/README":  []byte("x 1.0\n"),
		"srv/third_party/x/x.h":     []byte("#define X_VERSION \"1.0\"\n"),
		"srv/third_party/x/COPYING": []byte("SPDX-License-Identifier: MIT\n"),
		"srv/third_party/y/NEWS":    []byte("y 1.0\n"),
	}
	for i := range 4 {
		files[fmt.Sprintf("opt/program%d", i)] = program
	}
	saved := &opens{FS: fstest.MapFS{
		"manifest.json": {Data: []byte(`[{"Config":"c.json","Layers":["1.tgz"]}]`)}, "c.json": {Data: []byte(`{"os":"linux","architecture":"amd64"}`)},
		"1.tgz": {Data: pack(t, "1.tgz", files)},
	}, count: map[string]int{}}
	image, err := archive.OpenImage(saved, archive.ImageOptions{Parallel: scan.Parallel, Keep: scan.Foretells})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := scan.Run(context.Background(), image.Tree(), scan.Options{Ecosystems: readers}); err != nil {
		t.Fatal(err)
	}
	if n := saved.count["1.tgz"]; n != 2 {
		t.Errorf("the layer is read %d times", n)
	}
}

// What packages in an image are compared with is found, and their files are not read once more for it: those of Python always, those of a
// system where all is asked for.
func TestImageModified(t *testing.T) {
	sums := func(files map[string]string) (out []byte) {
		for p, text := range files {
			out = fmt.Appendf(out, "%x  %s\n", md5.Sum([]byte(text)), p)
		}
		return out
	}
	digest := sha256.Sum256([]byte("x = 1\n"))
	const site = "usr/lib/python3/site-packages/"
	layers := []map[string][]byte{
		{
			"usr/lib/a.so": []byte("a"), "usr/lib/b.so": []byte("b"), "etc/os-release": []byte("ID=debian\n"),
			site + "p/__init__.py": []byte("x = 2\n"), site + "q.py": []byte("x = 1\n"),
		},
		{
			"var/lib/dpkg/status":           []byte("Package: a\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n\nPackage: b\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n"),
			"var/lib/dpkg/info/a.md5sums":   sums(map[string]string{"usr/lib/a.so": "a"}),
			"var/lib/dpkg/info/b.md5sums":   sums(map[string]string{"usr/lib/b.so": "as it was published"}),
			site + "p-1.dist-info/METADATA": []byte("Metadata-Version: 2.1\nName: p\nVersion: 1\n"), site + "p-1.dist-info/INSTALLER": []byte("pip\n"),
			site + "p-1.dist-info/RECORD":   fmt.Appendf(nil, "p/__init__.py,sha256=%s,6\n", base64.RawURLEncoding.EncodeToString(digest[:])),
			site + "q-1.dist-info/METADATA": []byte("Metadata-Version: 2.1\nName: q\nVersion: 1\n"), site + "q-1.dist-info/INSTALLER": []byte("pip\n"),
			site + "q-1.dist-info/RECORD": fmt.Appendf(nil, "q.py,sha256=%s,6\n", base64.RawURLEncoding.EncodeToString(digest[:])),
		},
	}
	for deep, want := range map[bool]string{false: "p yes, q no", true: "a no, b yes, p yes, q no"} {
		saved := &opens{FS: fstest.MapFS{
			"manifest.json": {Data: []byte(`[{"Config":"c.json","Layers":["1.tgz","2.tgz"]}]`)}, "c.json": {Data: []byte(`{"os":"linux","architecture":"amd64"}`)},
			"1.tgz": {Data: pack(t, "1.tgz", layers[0])}, "2.tgz": {Data: pack(t, "2.tgz", layers[1])},
		}, count: map[string]int{}}
		image, err := archive.OpenImage(saved, archive.ImageOptions{Keep: scan.Foretells})
		if err != nil {
			t.Fatal(err)
		}
		r, err := scan.Run(context.Background(), image.Tree(), scan.Options{Ecosystems: append(slices.Clip(readers), dpkg.Ecosystem, python.Ecosystem), Deep: deep, Workers: 1}) // what differs is read in order
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, c := range r.Document.Components {
			if m := c.Modified(); m != sbom.Unknown && m != "" {
				got = append(got, c.Name+" "+string(m))
			}
		}
		slices.Sort(got)
		if is := strings.Join(got, ", "); is != want {
			t.Errorf("deep %v: %s, want %s; %v", deep, is, want, r.Document.Gaps)
		}
		if n := saved.count["1.tgz"]; n > 2+1 { // what differs is read again, for the ends of its lines
			t.Errorf("deep %v: the layer of the files is read %d times", deep, n)
		}
		if n := saved.count["2.tgz"]; n > 3 {
			t.Errorf("deep %v: the layer of the lists is read %d times", deep, n)
		}
	}
}

// A link that is read as a file of its own comes with the content of what it leads to, so that no layer is read once more for it: Debian
// lays JARs in usr/share/java and links to them, by their coordinates, in usr/share/maven-repo.
func TestImageLinked(t *testing.T) {
	var below, above bytes.Buffer
	z, linked := gzip.NewWriter(&below), tar.NewWriter(&above)
	jars := tar.NewWriter(z)
	rest := make([]byte, 6<<19) // of which packing makes nothing less
	rand.NewChaCha8([32]byte{}).Read(rest)
	for i := range 6 {
		files := map[string][]byte{"large": rest[i<<19 : (i+1)<<19], "META-INF/MANIFEST.MF": fmt.Appendf(nil, "Implementation-Title: j%d\nImplementation-Version: 1\n", i)}
		name, data := fmt.Sprintf("usr/share/java/j%d.jar", i), pack(t, "j.jar", files)
		jars.WriteHeader(&tar.Header{Name: name, Typeflag: tar.TypeReg, Mode: 0o644, Size: int64(len(data))})
		jars.Write(data)
		jars.WriteHeader(&tar.Header{Name: fmt.Sprintf("usr/share/java/hard%d.jar", i), Typeflag: tar.TypeLink, Linkname: name})
		linked.WriteHeader(&tar.Header{Name: fmt.Sprintf("usr/share/maven-repo/j/%d/j.jar", 6-i), Typeflag: tar.TypeSymlink, Linkname: "/" + name})
	}
	jars.Close()
	z.Close()
	linked.Close()
	saved := &opens{FS: fstest.MapFS{
		"manifest.json": {Data: []byte(`[{"Config":"c.json","Layers":["1.tgz","2.tar"]}]`)}, "c.json": {Data: []byte(`{"os":"linux","architecture":"amd64"}`)},
		"1.tgz": {Data: below.Bytes()}, "2.tar": {Data: above.Bytes()},
	}, count: map[string]int{}}
	image, err := archive.OpenImage(saved, archive.ImageOptions{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := scan.Run(context.Background(), image.Tree(), scan.Options{Ecosystems: readers})
	if err != nil {
		t.Fatal(err)
	}
	places := 0
	for _, c := range r.Document.Components {
		if strings.HasPrefix(c.Name, "j") || strings.HasPrefix(c.Name, "hard") {
			places += len(c.Occurrences)
		}
	}
	if places != 3*6 {
		t.Errorf("JARs at %d places, want 18: %v", places, r.Document.Gaps)
	}
	if n := saved.count["1.tgz"]; n != 2 {
		t.Errorf("the layer is read %d times", n)
	}
}
