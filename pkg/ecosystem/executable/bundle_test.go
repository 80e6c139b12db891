package executable_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io/fs"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/ecosystem/executable"
	"github.com/licet/licet/pkg/sbom"
)

const (
	bundledDeps = `{"libraries": {"app/1.0.0": {"type": "project"}, "Lib/2.0.0": {"type": "project"}, "Acme.Json/13.0.1": {"type": "package"},
 "System.Web.Reference/4.0.0.0": {"type": "reference"}, "runtimepack.Microsoft.NETCore.App.Runtime.win-x64/8.0.4": {"type": "runtimepack"}}}`
	bundledConfig = `{"runtimeOptions": {"includedFrameworks": [{"name": "Microsoft.NETCore.App", "version": "8.0.4"}, {"name": "odd"}]}}`
)

// bundle is a program of .NET in one file, with the list in that version; files that are empty are not in it.
func bundle(version uint32, deps, config string) []byte {
	mark := sha256.Sum256([]byte(".net core bundle\n"))
	begin := int64(len(portable(".data", nil)))
	var b bytes.Buffer
	put := func(values ...any) {
		for _, v := range values {
			binary.Write(&b, binary.LittleEndian, v)
		}
	}
	text := func(s string) { b.Write(append(binary.AppendUvarint(nil, uint64(len(s))), s...)) }
	depsAt := begin + 40
	configAt := depsAt + int64(len(deps))
	put(configAt+int64(len(config)), mark)
	b.WriteString(deps + config)
	put(version, uint32(0), uint32(2))
	text(strings.Repeat("x", 200))
	if version > 1 {
		put(depsAt, int64(len(deps)), configAt, int64(len(config)), uint64(0))
	}
	put(depsAt, int64(len(deps)))
	if version >= 6 {
		put(int64(0))
	}
	put(uint8(3))
	text("app.deps.json")
	put(configAt, int64(len(config)))
	if version >= 6 {
		put(int64(0))
	}
	put(uint8(4))
	text("app.runtimeconfig.json")
	return portable(".data", b.Bytes())
}

func TestBundle(t *testing.T) {
	const all = "file:app#app@ pkg:nuget/Acme.Json@13.0.1 pkg:nuget/Lib@2.0.0 pkg:nuget/Microsoft.NETCore.App.Runtime.win-x64@8.0.4=MIT"
	for _, c := range []struct {
		name    string
		program []byte
		want    string
		gap     string
	}{
		{"of .NET Core 3", bundle(1, bundledDeps, bundledConfig), all, "not at hand"},
		{"of .NET 5", bundle(2, bundledDeps, bundledConfig), all, "not at hand"},
		{"of .NET 6", bundle(6, bundledDeps, bundledConfig), all, "not at hand"},
		{"the runtime alone", bundle(6, "", bundledConfig), "file:app#app@ pkg:generic/Microsoft.NETCore.App@8.0.4=MIT", "does not list"},
		{"without a list", bundle(6, "", ""), "file:app#app@", "does not list"},
		{"no JSON", bundle(6, "{", ""), "file:app#app@", "no JSON"},
		{"a package without a name", bundle(6, `{"libraries": {"/1": {}}}`, ""), "file:app#app@", "no name"},
		{"of years to come", bundle(99, bundledDeps, bundledConfig), "", "not known"},
	} {
		frag := read(t, c.program)
		var got []string
		for _, comp := range frag.Components {
			line := string(comp.ID)
			for _, claim := range comp.Claims {
				line += "=" + claim.Expr.String()
			}
			got = append(got, line)
		}
		if !sameWords(got, c.want) || !strings.Contains(fmt.Sprint(frag.Gaps), c.gap) || (c.gap == "") != (len(frag.Gaps) == 0) {
			t.Errorf("%s: %v, gaps %v", c.name, got, frag.Gaps)
		}
	}
}

// sameWords reports whether the list has these words, in any order.
func sameWords(list []string, words string) bool {
	seen := map[string]int{}
	for _, s := range list {
		seen[s]++
	}
	for _, w := range strings.Fields(words) {
		seen[w]--
	}
	for _, n := range seen {
		if n != 0 {
			return false
		}
	}
	return true
}

// Files of packages are found where NuGet keeps them; and wherever a bundle is cut, it is none, or something is missing.
func TestBundleFiles(t *testing.T) {
	program := bundle(6, bundledDeps, bundledConfig)
	p := &ecosystem.Project{FS: fstest.MapFS{"app": {Data: program}}, Files: []string{"app"}, Facts: &sbom.Facts{},
		Caches: map[string]fs.FS{"nuget": fstest.MapFS{"acme.json/13.0.1/LICENSE": {Data: []byte("MIT")}}}}
	frag, err := executable.Ecosystem.Read(context.Background(), p)
	found := false
	for _, c := range frag.Components {
		found = found || c.Name == "Acme.Json" && c.Occurrences[0].Dir == "nuget:acme.json/13.0.1"
	}
	if err != nil || !found {
		t.Errorf("%+v, error %v", frag.Components, err)
	}
	for at := range len(program) {
		if frag := read(t, program[:at]); len(frag.Components) > 0 && len(frag.Gaps) == 0 {
			t.Errorf("cut at %d nothing is missing: %+v", at, frag.Components)
		}
	}
	far := bytes.Clone(program)
	copy(far[len(portable(".data", nil)):], "\xff\xff\xff\xff\xff\xff\xff\x7f")
	if frag := read(t, far); len(frag.Components) != 0 {
		t.Errorf("a list out of the file: %+v", frag.Components)
	}
}

// A list of the bundle that says to be larger than the program takes no room.
func TestBundleLies(t *testing.T) {
	program := bundle(6, bundledDeps, bundledConfig)
	size := binary.LittleEndian.AppendUint64(nil, uint64(len(bundledDeps)))
	lie := bytes.ReplaceAll(program, size, binary.LittleEndian.AppendUint64(nil, 60<<20))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	frag := read(t, lie)
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; took > 16<<20 || len(frag.Gaps) != 1 || !strings.Contains(frag.Gaps[0].Why, "cut") {
		t.Errorf("%d bytes, gaps %+v", took, frag.Gaps)
	}
}

func FuzzBundle(f *testing.F) {
	f.Add(bundle(1, bundledDeps, bundledConfig))
	f.Add(bundle(6, bundledDeps, bundledConfig))
	f.Fuzz(func(t *testing.T, data []byte) { read(t, data) })
}
