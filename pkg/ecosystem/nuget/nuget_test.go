package nuget_test

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
	"github.com/licet/licet/pkg/ecosystem/nuget"
	"github.com/licet/licet/pkg/sbom"
)

const cases = "../../../testdata/ecosystem/nuget"

func TestCases(t *testing.T) { ecotest.Run(t, nuget.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, nuget.Ecosystem, cases) }

func TestMatch(t *testing.T) {
	for p, want := range map[string]bool{
		"app.csproj": true, "a/app.fsproj": true, "a/app.vbproj": true, "app.proj": false,
		"packages.lock.json": true, "obj/project.assets.json": true, "bin/app.deps.json": true, "app.runtimeconfig.json": true, "runtimeconfig.template.json": false,
		"packages.config": true, "packages.App.config": true, "web.config": false, "app.nuspec": true,
		"Directory.Packages.props": true, "Directory.Build.props": true, "other.props": false, ".config/dotnet-tools.json": true,
		"node_modules/a/app.csproj": false,
		"global.json":               true, "hello.cs": false,
	} {
		if got := nuget.Ecosystem.Match(p, 0o644, nil); got != want {
			t.Errorf("Match(%q) = %v", p, got)
		}
	}
	for head, want := range map[string]bool{
		"#!/usr/bin/env dotnet\n": true, "// A\n#:package B@1\n": true, "using A; // #:package B@1\n": false, "": false,
	} {
		if got := nuget.Ecosystem.Match("hello.cs", 0o644, []byte(head)); got != want {
			t.Errorf("Match(hello.cs, %q) = %v", head, got)
		}
	}
	if nuget.Ecosystem.Match("app.csproj", fs.ModeSymlink, nil) {
		t.Error("a link was matched")
	}
}

// Properties that double each other, or lead in a circle, end; so do imports.
func TestProperties(t *testing.T) {
	var b strings.Builder
	b.WriteString("<Project><Import Project='a.csproj'/><Import Project='b.props'/><PropertyGroup><p0>x</p0><c>$(d)</c><d>$(c)</d>")
	for i := range 60 {
		fmt.Fprintf(&b, "<p%d>$(p%d)$(p%d)</p%d>", i+1, i, i, i+1)
	}
	b.WriteString("</PropertyGroup><ItemGroup>")
	for i := range 1000 {
		fmt.Fprintf(&b, "<PackageReference Include='A%d' Version='$(p60)'/><PackageReference Include='B%d' Version='$(c)'/>", i, i)
	}
	b.WriteString("</ItemGroup></Project>")
	frag := read(t, map[string]string{"a.csproj": b.String(), "b.props": "<Project><Import Project='a.csproj'/></Project>"})
	if len(frag.Components) != 2001 || frag.Components[1].Version != "" {
		t.Errorf("%d components, the second %+v", len(frag.Components), frag.Components[1])
	}
}

func read(tb testing.TB, files map[string]string) sbom.Fragment {
	tb.Helper()
	fsys := fstest.MapFS{}
	p := &ecosystem.Project{FS: fsys, Facts: &sbom.Facts{}}
	for f, text := range files {
		fsys[f] = &fstest.MapFile{Data: []byte(text), Mode: 0o644}
		if nuget.Ecosystem.Match(f, 0o644, nil) {
			p.Files = append(p.Files, f)
		}
	}
	frag, err := nuget.Ecosystem.Read(context.Background(), p)
	if err != nil {
		tb.Fatal(err)
	}
	return frag
}

func BenchmarkLock(b *testing.B) {
	for _, n := range []int{1_000, 20_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var text strings.Builder
			text.WriteString(`{"version": 1, "dependencies": {"net8.0": {`)
			for i := range n {
				if i > 0 {
					text.WriteString(",")
				}
				fmt.Fprintf(&text, "\n\"Name.%d\": {\"type\": \"Transitive\", \"resolved\": \"1.%d.0\", \"contentHash\": %q, \"dependencies\": {\"Name.%d\": \"1.0.0\", \"Name.%d\": \"1.0.0\"}}",
					i, i, strings.Repeat("A", 86)+"==", (i+1)%n, (i+7)%n)
			}
			text.WriteString("}}}")
			for b.Loop() {
				if frag := read(b, map[string]string{"packages.lock.json": text.String()}); len(frag.Components) != n+1 {
					b.Fatal(len(frag.Components))
				}
			}
		})
	}
}
