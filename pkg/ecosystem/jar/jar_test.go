package jar_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
	"github.com/licet/licet/pkg/ecosystem/jar"
	"github.com/licet/licet/pkg/sbom"
)

const cases = "../../../testdata/ecosystem/jar"

func TestCases(t *testing.T) { ecotest.Run(t, jar.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, jar.Ecosystem, cases) }

func TestMatch(t *testing.T) {
	for p, want := range map[string]bool{
		"a.jar": true, "lib/a.war": true, "a.EAR": true, "a.aar": true, "a.zip": false,
		"gradle/wrapper/gradle-wrapper.jar": false, "x/.mvn/wrapper/maven-wrapper.jar": false,
		"META-INF/maven/g/a/pom.properties": true, "x/META-INF/maven/g/a/pom.properties": true, "pom.properties": false,
		"x/META-INF/MANIFEST.MF": true, "MANIFEST.MF": false, "src/main/resources/META-INF/MANIFEST.MF": false,
	} {
		if got := jar.Ecosystem.Match(p, 0o644, nil); got != want {
			t.Errorf("Match(%q) = %v", p, got)
		}
	}
	if jar.Ecosystem.Match("a.jar", fs.ModeSymlink, nil) {
		t.Error("a link was matched")
	}
}

// What archives are called, and what follows from it where nothing in them says more.
func TestFileNames(t *testing.T) {
	for file, want := range map[string]string{
		"commons-lang3-3.12.0.jar":                           "pkg:maven/commons-lang3/commons-lang3@3.12.0",
		"guava-31.1-jre.jar":                                 "pkg:maven/guava/guava@31.1-jre",
		"log4j-1.2-api-2.17.1.jar":                           "pkg:maven/log4j-1.2-api/log4j-1.2-api@2.17.1",
		"spring-core-5.3.0-RC1.jar":                          "pkg:maven/spring-core/spring-core@5.3.0-RC1",
		"app-1.0-20230101.120000-1.jar":                      "pkg:maven/app/app@1.0-20230101.120000-1",
		"jackson_core-2.9.jar":                               "pkg:maven/jackson_core/jackson_core@2.9",
		"tool-v1.2.jar":                                      "pkg:maven/tool/tool@1.2",
		"tools.jar":                                          "",
		"repository/org/acme/lib-x/1.0/lib-x-1.0.jar":        "pkg:maven/org.acme/lib-x@1.0",
		"caches/files-2.1/org.acme/lib/2.0/0a0b/lib-2.0.jar": "pkg:maven/org.acme/lib@2.0",
	} {
		frag := read(t, file, pack(t, nil))
		if len(frag.Components) != 1 || frag.Components[0].PURL != want {
			t.Errorf("%s: %+v", file, frag.Components)
		}
	}
}

func read(tb testing.TB, name string, data []byte) sbom.Fragment {
	tb.Helper()
	fsys := fstest.MapFS{name: {Data: data, Mode: 0o644}}
	frag, err := jar.Ecosystem.Read(context.Background(), &ecosystem.Project{FS: fsys, Files: []string{name}, Facts: &sbom.Facts{}})
	if err != nil {
		tb.Fatal(err)
	}
	return frag
}

// entry is one of an archive.
type entry struct {
	name   string
	data   []byte
	stored bool
}

func pack(tb testing.TB, entries []entry) []byte {
	tb.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, e := range entries {
		method := zip.Deflate
		if e.stored {
			method = zip.Store
		}
		f, err := w.CreateHeader(&zip.FileHeader{Name: e.name, Method: method})
		if err != nil {
			tb.Fatal(err)
		}
		f.Write(e.data)
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func properties(id string) entry {
	return entry{name: "META-INF/maven/g/" + id + "/pom.properties", data: []byte("groupId=g\nartifactId=" + id + "\nversion=1\n")}
}

// Traps end at a limit, and say so.
func TestLimits(t *testing.T) {
	deep := pack(t, []entry{properties("deepest")})
	for i := range 10 {
		deep = pack(t, []entry{properties(fmt.Sprint("level", i)), {name: "x.jar", data: deep, stored: i%2 == 0}})
	}
	var moved []entry
	for i := range 201 {
		moved = append(moved, entry{name: fmt.Sprintf("a/shaded/com/x%d/C.class", i)})
	}
	for name, tt := range map[string]struct {
		data []byte
		why  string
	}{
		"moved":   {pack(t, moved), "given other names"},
		"deep":    {deep, "nested deeper"},
		"ratio":   {pack(t, []entry{{name: "META-INF/MANIFEST.MF", data: make([]byte, 3<<20)}}), "inflates by more"},
		"large":   {pack(t, []entry{{name: "META-INF/MANIFEST.MF", data: noise(5 << 20)}}), "larger than any"},
		"nested":  {pack(t, []entry{{name: "x.jar", data: make([]byte, 200<<20)}}), "larger than any"},
		"no zip":  {[]byte("text"), "cannot be read"},
		"cut":     {pack(t, []entry{properties("a")})[:60], "cannot be read"},
		"in it":   {pack(t, []entry{{name: "x.jar", data: []byte("text")}}), "cannot be read"},
		"no name": {pack(t, []entry{{name: "META-INF/MANIFEST.MF", data: []byte("Bundle-SymbolicName: a b\n")}}), "does not say"},
		"itself":  {pack(t, []entry{{name: "../../x.jar", data: pack(t, nil)}}), "does not say"},
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			frag := read(t, "lib/odd.jar", tt.data)
			if len(frag.Components) == 0 || len(frag.Gaps) == 0 || !strings.Contains(fmt.Sprint(frag.Gaps), tt.why) {
				t.Errorf("%d components, gaps %v", len(frag.Components), frag.Gaps)
			}
			if time.Since(start) > 5*time.Second {
				t.Errorf("took %v", time.Since(start))
			}
		})
	}
}

// What is another reader's is passed on, up to a limit.
func TestWithin(t *testing.T) {
	var entries []entry
	for i := range 1002 {
		entries = append(entries, entry{name: fmt.Sprintf("META-INF/sbom/%d.cdx.json", i)})
	}
	inner := pack(t, []entry{{name: "META-INF/sbom/bom.json"}, {name: "META-INF/other/bom.json"}})
	for _, c := range []struct {
		entries    []entry
		last       string
		want, gaps int
	}{
		{[]entry{properties("x"), {name: "lib/y-1.jar", data: inner}}, "x-1.jar!/lib/y-1.jar!/META-INF/sbom/bom.json", 1, 0},
		{append(entries, properties("x")), "x-1.jar!/META-INF/sbom/999.cdx.json", 1000, 1},
	} {
		var got []string
		p := &ecosystem.Project{FS: fstest.MapFS{"x-1.jar": {Data: pack(t, c.entries)}}, Files: []string{"x-1.jar"}, Facts: &sbom.Facts{},
			Within: func(file string) { got = append(got, file) }}
		frag, err := jar.Ecosystem.Read(context.Background(), p)
		if err != nil || len(got) != c.want || len(got) > 0 && got[len(got)-1] != c.last || len(frag.Gaps) != c.gaps {
			t.Errorf("%d files, gaps %v, error %v", len(got), frag.Gaps, err)
		}
	}
}

// A file system that cannot read at random is read whole.
func TestStream(t *testing.T) {
	data := pack(t, []entry{properties("a")})
	fsys := stream{fstest.MapFS{"a-1.jar": {Data: data, Mode: 0o644}}}
	frag, err := jar.Ecosystem.Read(context.Background(), &ecosystem.Project{FS: fsys, Files: []string{"a-1.jar"}, Facts: &sbom.Facts{}})
	if err != nil || len(frag.Components) != 1 || frag.Components[0].PURL != "pkg:maven/g/a@1" {
		t.Errorf("%+v, error %v", frag, err)
	}
}

type stream struct{ fstest.MapFS }

func (s stream) Open(name string) (fs.File, error) {
	f, err := s.MapFS.Open(name)
	return struct{ fs.File }{f}, err
}

func noise(n int) []byte {
	data := make([]byte, n)
	io.ReadFull(rand.NewChaCha8([32]byte{}), data)
	return data
}

// BenchmarkFat reads a JAR of 60 MB with 120 archives in it, stored and deflated.
func BenchmarkFat(b *testing.B) {
	for _, stored := range []bool{true, false} {
		b.Run(fmt.Sprint("stored=", stored), func(b *testing.B) {
			var entries []entry
			for i := range 120 {
				inner := []entry{properties(fmt.Sprint("lib", i))}
				for k := range 100 {
					inner = append(inner, entry{name: fmt.Sprintf("org/acme/C%d.class", k), data: noise(5000)})
				}
				entries = append(entries, entry{name: fmt.Sprintf("BOOT-INF/lib/lib%d-1.jar", i), data: pack(b, inner), stored: stored})
			}
			data := pack(b, entries)
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				if frag := read(b, "app.jar", data); len(frag.Components) != 121 {
					b.Fatal(len(frag.Components))
				}
			}
		})
	}
}

// locker counts how often it is locked, and fails a test where that is done twice at a time.
type locker struct {
	t      *testing.T
	times  int
	locked bool
}

func (l *locker) Lock() {
	if l.locked {
		l.t.Error("locked twice")
	}
	l.times, l.locked = l.times+1, true
}

func (l *locker) Unlock() { l.locked = false }

// TestHeavy holds that a reader that inflates much says so, and for as long as it does.
func TestHeavy(t *testing.T) {
	inner := func(size int) []byte { return pack(t, []entry{properties("in"), {name: "a.bin", data: noise(size)}}) }
	for _, c := range []struct {
		name    string
		entries []entry
		want    int
	}{
		{"small", []entry{{name: "a.jar", data: inner(1 << 10)}, {name: "b.jar", data: inner(2 << 10)}}, 0},
		{"one after the other", []entry{{name: "a.jar", data: inner(3 << 20)}, {name: "b.jar", data: inner(3 << 20)}}, 0},
		{"large", []entry{{name: "a.jar", data: inner(5 << 20)}, {name: "b.jar", data: inner(5 << 20)}}, 1},
		{"in one another", []entry{{name: "a.jar", data: pack(t, []entry{{name: "b.jar", data: inner(3 << 20)}})}}, 1},
		{"broken", []entry{{name: "a.jar", data: noise(5 << 20)}}, 1},
	} {
		l := &locker{t: t}
		p := &ecosystem.Project{FS: fstest.MapFS{"x.jar": {Data: pack(t, c.entries)}}, Files: []string{"x.jar"}, Facts: &sbom.Facts{}, Heavy: l}
		if _, err := jar.Ecosystem.Read(context.Background(), p); err != nil {
			t.Error(err)
		}
		if l.times != c.want || l.locked {
			t.Errorf("%s: locked %d times, want %d; still locked: %v", c.name, l.times, c.want, l.locked)
		}
	}
}
