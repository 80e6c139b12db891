package executable_test

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/ecosystem/executable"
	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
	"github.com/licet/licet/pkg/sbom"
)

const cases = "../../../testdata/ecosystem/executable"

func TestCases(t *testing.T) { ecotest.Run(t, executable.Ecosystem, cases) }

func FuzzSection(f *testing.F) { ecotest.Fuzz(f, executable.Ecosystem, cases) }

func read(tb testing.TB, data []byte) sbom.Fragment {
	tb.Helper()
	fsys := fstest.MapFS{"app": {Data: data, Mode: 0o755}}
	frag, err := executable.Ecosystem.Read(context.Background(), &ecosystem.Project{FS: fsys, Files: []string{"app"}, Facts: &sbom.Facts{}})
	if err != nil {
		tb.Fatal(err)
	}
	return frag
}

// What a real program says of itself is what the go command says it is made of.
func TestRealProgram(t *testing.T) {
	if testing.Short() {
		t.Skip("links a program")
	}
	const program = "github.com/licet/licet/cmd/licet"
	file := filepath.Join(t.TempDir(), "licet")
	if out, err := exec.Command("go", "build", "-o", file, program).CombinedOutput(); err != nil {
		t.Skipf("%v: %s", err, out)
	}
	list, err := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{.Path}} {{.Version}}{{end}}", program).Output()
	data, errRead := os.ReadFile(file)
	if err != nil || errRead != nil {
		t.Fatal(err, errRead)
	}
	if !executable.Ecosystem.Match("app", 0o755, data[:512]) {
		t.Error("the program is not matched")
	}
	var got, want []string
	for _, c := range read(t, data).Components {
		if c.Name != "stdlib" && c.Name != "github.com/licet/licet" {
			got = append(got, c.Name+" "+c.Version)
		}
	}
	for line := range strings.Lines(string(list)) {
		if line = strings.TrimSpace(line); line != "" && line != "github.com/licet/licet" {
			want = append(want, line)
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(slices.Compact(want), got); diff != "" || len(got) == 0 {
		t.Errorf("modules differ (-listed +read):\n%s", diff)
	}
	for at := 0; at < len(data); at += 1 + len(data)/10 { // cut anywhere it is none, or a gap
		read(t, data[:at])
	}
}

func TestMatch(t *testing.T) {
	for head, want := range map[string]bool{
		"\x7fELF\x02": true, "MZ\x90": true, "\xcf\xfa\xed\xfe\x07": true, "\xfe\xed\xfa\xce": true,
		"\xca\xfe\xba\xbe\x00\x00\x00\x02": true, "\xca\xfe\xba\xbe\x00\x00\x00\x34": false, "\xca\xfe\xba\xbe": false,
		"#!/bin/sh": false, "": false,
	} {
		if got := executable.Ecosystem.Match("a", 0o755, []byte(head)); got != want {
			t.Errorf("Match(%q) = %v", head, got)
		}
	}
	if executable.Ecosystem.Match("a", fs.ModeSymlink, []byte("\x7fELF")) {
		t.Error("a link was matched")
	}
}

// noReadAt is a file system whose files can only be read from their beginnings.
type noReadAt struct{ fs.FS }

func (f noReadAt) Open(name string) (fs.File, error) {
	file, err := f.FS.Open(name)
	return struct{ fs.File }{file}, err
}

func TestNotAtRandom(t *testing.T) {
	file, err := os.Executable()
	if err != nil {
		t.Skip(err)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	fsys := noReadAt{fstest.MapFS{"app": {Data: data, Mode: 0o755}}}
	frag, err := executable.Ecosystem.Read(context.Background(), &ecosystem.Project{FS: fsys, Files: []string{"app"}, Facts: &sbom.Facts{}})
	if want := read(t, data); err != nil || len(frag.Components) != len(want.Components) {
		t.Errorf("%d components, read at random %d; %v", len(frag.Components), len(want.Components), err)
	}
}

// Whatever the bytes of a program are, reading it ends.
func FuzzBytes(f *testing.F) {
	for _, head := range []string{"\x7fELF\x02\x01\x01", "MZ", "\xcf\xfa\xed\xfe", "\xca\xfe\xba\xbe\x00\x00\x00\x01"} {
		f.Add(append([]byte(head), bytes.Repeat([]byte{1}, 256)...))
	}
	f.Add(frozen("zPYZ-00.pyz", modules("json", "requests.api"), "xrequests-2.0.dist-info/METADATA", "Name: requests"))
	f.Add(fat64(mach("__const", []byte("x")), mach(".dep-v0", []byte("x"))))
	f.Fuzz(func(t *testing.T, data []byte) { read(t, data) })
}
