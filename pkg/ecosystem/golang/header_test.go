package golang

import (
	"archive/zip"
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func TestHeader(t *testing.T) {
	long := "/*" + strings.Repeat(" noise\n", headSize) + "*/\n"
	for _, tt := range []struct{ name, src, want string }{
		{"none", "package a", "a []"},
		{"one", `package a; import "x"; import y "y"; import . "z"; var i = "import"`, "a [x y z]"},
		{"block", "package a\nimport (\n\t\"x\"; _ `y` // z\n)\nimport ()\nfunc f() {}", "a [x y]"},
		{"cgo", "package a\n\n// #include <a.h>\nimport \"C\"\n", "a [] cgo"},
		{"bom", "\ufeffpackage a\r\nimport \"x\"\r\n", "a [x]"},
		{"long comment", long + "package a\n" + long + "import \"x\"\n" + long + "import \"y\"\nvar a int", "a [x y]"},
		{"constraint", "// Copyright\n\n//go:build linux && !cgo\n// +build windows\n\npackage a", "a [] linux && !cgo"},
		{"old constraint", "// +build a b\n// +build !c\n\n// Package a\npackage a", "a [] (a || b) && !c"},
		{"constraint without a blank line", "// +build a\npackage a", "a []"},
		{"constraint in a comment", "/*\n//go:build a\n*/\npackage a\n\n//go:build b\n", "a []"},
		{"malformed constraint", "//go:build (((\n\npackage a", "a []"},
		{"empty", "", errNoHeader.Error()},
		{"no Go", "<html>", errNoHeader.Error()},
		{"broken import", "package a\nimport ( x", errNoHeader.Error()},
		{"broken string", "package a\nimport \"x\n", errNoHeader.Error()},
		{"null", "package a\x00\nimport \"x\"", errNoHeader.Error()},
		{"later nonsense", "package a\nimport \"x\"\nfunc @", "a [x]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h, err := readHeader(fstest.MapFS{"a.go": {Data: []byte(tt.src)}}, "a.go")
			got := fmt.Sprintf("%s %v", h.name, h.imports)
			if h.cgo {
				got += " cgo"
			}
			if h.constraint != nil {
				got += " " + h.constraint.String()
			}
			if err != nil {
				got = err.Error()
			}
			if got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}

// Wherever a file is cut, what is read of it is what stands there, or that it was cut.
func TestHeaderCut(t *testing.T) {
	src := []byte("//go:build linux\n\npackage main // x\n\nimport (\n\t\"a\"\n\tb \"c/d\"\n)\n\nimport \"e\"\n\nfunc f() {}\n")
	whole, err := parseHeader(src, true)
	if err != nil {
		t.Fatal(err)
	}
	for n := range src {
		h, err := parseHeader(src[:n], false)
		if err == nil && !slices.Equal(h.imports, whole.imports) || err != nil && err != errCut {
			t.Errorf("%q: %v, %v", src[:n], h.imports, err)
		}
	}
}

func FuzzHeader(f *testing.F) {
	f.Add([]byte("//go:build a\n\npackage a\nimport \"x\"\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		whole, err := parseHeader(src, true)
		for _, n := range []int{len(src) / 2, len(src) * 3 / 4} {
			h, cut := parseHeader(src[:n], false)
			if cut == nil && err == nil && !slices.Equal(h.imports, whole.imports) {
				t.Errorf("%d bytes of %q: %v, %v", n, src, h.imports, whole.imports)
			}
		}
	})
}

func TestPlatforms(t *testing.T) {
	var p platforms
	all := p.bits([]string{"linux/amd64", "windows/arm64", "ios/arm64", "android/arm", "js/wasm"})
	for _, tt := range []struct{ name, src, want string }{
		{"a.go", "", "all"},
		{"linux.go", "", "all"},
		{"a_linux.go", "", "linux/amd64, android/arm"},
		{"a_darwin_arm64.go", "", "ios/arm64"},
		{"a_arm64.go", "", "windows/arm64, ios/arm64"},
		{"a_windows_test.go", "", "windows/arm64"},
		{"a_linux_x.go", "", "all"},
		{"a_amd64_linux.go", "", "linux/amd64, android/arm"},
		{"a.go", "unix", "linux/amd64, ios/arm64, android/arm"},
		{"a.go", "!linux && !js", "windows/arm64, ios/arm64"},
		{"a_linux.go", "amd64", "linux/amd64"},
		{"a.go", "gc && go1.18 && !race", "all"},
		{"a.go", "ignore || appengine", ""},
		{"a.go", "amd64.v1 || arm.7 || amd64.v3", "linux/amd64, android/arm"},
		{"a.go", "cgo", "cgo: all"},
		{"a.go", "cgo && linux", "cgo: linux/amd64, android/arm"},
		{"a.go", "mine && windows", "tags: windows/arm64"},
		{"a.go", "!mine && windows", "windows/arm64"},
		{"a.go", "mine && cgo", "tags: all"},
	} {
		src := "package a"
		if tt.src != "" {
			src = "//go:build " + tt.src + "\n\n" + src
		}
		h, err := parseHeader([]byte(src), true)
		if err != nil {
			t.Fatal(err)
		}
		c := p.when(p.named(tt.name), &h)
		got, bits := "", c.plain
		switch {
		case c.plain == 0 && c.cgo != 0:
			got, bits = "cgo: ", c.cgo
		case c.plain == 0 && !c.never():
			got, bits = "tags: ", c.plainTags|c.cgoTags
		}
		if bits == all {
			got += "all"
		} else {
			got += p.list(bits)
		}
		if got != tt.want {
			t.Errorf("%s %q: %s, want %s", tt.name, tt.src, got, tt.want)
		}
	}
}

// A release tag holds for the release that compiles and those before it.
func TestRelease(t *testing.T) {
	p := platforms{release: minor("1.26.8")}
	for tag, want := range map[string]bool{"go1.1": true, "go1.26": true, "go1.27": false, "go1.x": false} {
		if got := p.tag(tag, "linux/amd64", no); got.certain != want || got.possible != want {
			t.Errorf("%s: %v", tag, got)
		}
	}
}

// Modules that were downloaded but not unpacked are read in their zip, up to a limit for all of them.
func TestOpenZip(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("a.example/A@v1.0.0/a.go")
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(w, "package a\nimport \"x\"\n")
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{"a.zip": {Data: b.Bytes()}, "broken.zip": {Data: b.Bytes()[:20]}}
	im := &imports{}
	h, err := readHeader(im.open(files, "a.zip"), "a.example/A@v1.0.0/a.go")
	if err != nil || len(h.imports) != 1 {
		t.Errorf("%v, %v", h.imports, err)
	}
	if im.open(files, "broken.zip") != nil || im.open(files, "none.zip") != nil {
		t.Error("what is no zip is opened")
	}
	if im.zips = maxZips; im.open(files, "a.zip") != nil {
		t.Error("the limit is not held")
	}
}
