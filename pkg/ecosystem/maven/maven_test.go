package maven_test

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
	"github.com/licet/licet/pkg/ecosystem/maven"
	"github.com/licet/licet/pkg/sbom"
)

const cases = "../../../testdata/ecosystem/maven"

func TestCases(t *testing.T) { ecotest.Run(t, maven.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, maven.Ecosystem, cases) }

func TestMatch(t *testing.T) {
	const model = `<project xmlns="http://maven.apache.org/POM/4.0.0">`
	for _, tt := range []struct {
		path, head string
		want       bool
	}{
		{"pom.xml", "", true},
		{"a/b/pom.xml", "", true},
		{"repo/lib-1.0.pom", "", true},
		{"pom-release.xml", model, true},
		{"lib.pom.xml", model, true},
		{"pom-release.xml", "<project name='ant'>", false},
		{"dependency-reduced-pom.xml", model, false},
		{".flattened-pom.xml", model, false},
		{"src/main/resources/archetype-resources/pom.xml", model, false},
		{"node_modules/x/pom.xml", model, false},
		{"lockfile.json", `{"artifactId": "a"`, true},
		{"lockfile.json", `{"packages": {}`, false},
	} {
		if got := maven.Ecosystem.Match(tt.path, 0o644, []byte(tt.head)); got != tt.want {
			t.Errorf("Match(%q) = %v", tt.path, got)
		}
	}
	if maven.Ecosystem.Match("pom.xml", fs.ModeSymlink, nil) {
		t.Error("a link was matched")
	}
}

// Properties that double each other, or lead in a circle, end.
func TestInterpolation(t *testing.T) {
	var b strings.Builder
	b.WriteString("<project><groupId>g</groupId><artifactId>a</artifactId><version>1</version><properties><p0>x</p0>")
	for i := range 60 {
		fmt.Fprintf(&b, "<p%d>${p%d}${p%d}</p%d>", i+1, i, i, i+1)
	}
	b.WriteString("<c>${d}</c><d>${c}</d></properties><dependencies>")
	for i := range 1000 {
		fmt.Fprintf(&b, "<dependency><groupId>g</groupId><artifactId>a%d</artifactId><version>${p60}${c}</version></dependency>", i)
	}
	b.WriteString("</dependencies></project>")
	frag := read(t, map[string]string{"pom.xml": b.String()}, nil)
	if len(frag.Components) != 1001 || frag.Components[1].Version != "" || len(frag.Gaps) != 1 {
		t.Errorf("%d components, the second %+v, gaps %v", len(frag.Components), frag.Components[1], frag.Gaps)
	}
}

func read(tb testing.TB, files, cache map[string]string) sbom.Fragment {
	tb.Helper()
	p := &ecosystem.Project{FS: mount(files), Caches: map[string]fs.FS{"m2": mount(cache)}, Facts: &sbom.Facts{}}
	for f := range files {
		p.Files = append(p.Files, f)
	}
	frag, err := maven.Ecosystem.Read(context.Background(), p)
	if err != nil {
		tb.Fatal(err)
	}
	return frag
}

func mount(files map[string]string) fstest.MapFS {
	out := fstest.MapFS{}
	for f, text := range files {
		out[f] = &fstest.MapFile{Data: []byte(text), Mode: 0o644}
	}
	return out
}

// BenchmarkModules reads a tree of modules that inherit from one parent, and each need ten artifacts of a repository.
func BenchmarkModules(b *testing.B) {
	for _, n := range []int{100, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			files, cache := map[string]string{}, map[string]string{}
			var parent strings.Builder
			parent.WriteString("<project><groupId>g</groupId><artifactId>p</artifactId><version>1</version><dependencyManagement><dependencies>")
			for i := range 500 {
				fmt.Fprintf(&parent, "<dependency><groupId>d</groupId><artifactId>d%d</artifactId><version>1</version></dependency>", i)
				cache[fmt.Sprintf("d/d%d/1/d%d-1.pom", i, i)] = fmt.Sprintf("<project><groupId>d</groupId><artifactId>d%d</artifactId><version>1</version></project>", i)
			}
			parent.WriteString("</dependencies></dependencyManagement></project>")
			files["pom.xml"] = parent.String()
			for i := range n {
				var m strings.Builder
				fmt.Fprintf(&m, "<project><parent><groupId>g</groupId><artifactId>p</artifactId><version>1</version></parent><artifactId>m%d</artifactId><dependencies>", i)
				for k := range 10 {
					fmt.Fprintf(&m, "<dependency><groupId>d</groupId><artifactId>d%d</artifactId></dependency>", (i+k*17)%500)
				}
				m.WriteString("</dependencies></project>")
				files[fmt.Sprintf("m%d/pom.xml", i)] = m.String()
			}
			for b.Loop() {
				if frag := read(b, files, cache); len(frag.Components) < n {
					b.Fatal(len(frag.Components))
				}
			}
		})
	}
}
