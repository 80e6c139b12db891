package archive_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/licet/licet/pkg/archive"
)

// bzipped is "MIT\n", packed by bzip2, which Go only reads.
func bzipped(tb testing.TB) []byte {
	data, err := base64.StdEncoding.DecodeString("QlpoOTFBWSZTWfIVFTYAAAFGAAAQACIEACAAIZpoM00XPF3JFOFCQ8hUVNg=")
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

// One file that was packed by itself is that file, by the name that it had; a tar is a tar, however it is called.
func TestSingle(t *testing.T) {
	text := []byte("MIT\n")
	for _, c := range []struct {
		name   string
		data   []byte
		inner  string
		text   string
		single bool
	}{
		{"doc/LICENSE.gz", gzipped(text), "LICENSE", "MIT\n", true},
		{"man.1.gz", slices.Concat(gzipped(text), gzipped(text)), "man.1", "MIT\nMIT\n", true},
		{"a.js.xz", packed(t, "xz", text), "a.js", "MIT\n", true},
		{"a.js.ZST", packed(t, "zstd", text), "a.js", "MIT\n", true},
		{"a.bz2", bzipped(t), "a", "MIT\n", true},
		{"blob", gzipped(text), "blob", "MIT\n", true},
		{".gz", gzipped(text), ".gz", "MIT\n", true},
		{"a.tgz", gzipped(text), "a.tar", "MIT\n", true},
		{"blob", gzipped(tarred(t, header{name: "f", content: "x"})), "f", "x", false},
		{"empty.gz", gzipped(nil), "empty", "", true},
	} {
		a, err := archive.OpenFile(c.name, bytes.NewReader(c.data), int64(len(c.data)))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		got, err := fs.ReadFile(a, c.inner)
		if string(got) != c.text || err != nil || a.IsSingle() != c.single || len(a.Lost()) > 0 {
			t.Errorf("%s: %q, %v, single %v, lost %v", c.name, got, err, a.IsSingle(), a.Lost())
		}
	}
	if _, err := archive.Open(bytes.NewReader(gzipped(text)), int64(len(gzipped(text)))); err == nil {
		t.Error("a text without a name is an archive")
	}
}

// Of a damaged file, and of a large one, the beginning is there, and it is said that the rest is lost. A trap is none that goes on.
func TestSingleLost(t *testing.T) {
	whole := gzipped([]byte("MIT\n"))
	noise := make([]byte, 128<<10) // which packs to what is no trap, and in no time
	for i, x := 0, uint32(1); i < len(noise); i++ {
		x = x*1664525 + 1013904223
		noise[i] = byte(x >> 24)
	}
	for _, c := range []struct {
		name string
		data []byte
		size int64
		lost error
	}{
		{"cut.gz", whole[:len(whole)-3], 4, io.ErrUnexpectedEOF},
		{"large.zst", packed(t, "zstd", bytes.Repeat(noise, 17<<3)), 16 << 20, archive.ErrRest},
		{"large.xz", packed(t, "xz", bytes.Repeat(noise, 5<<3)), 4 << 20, archive.ErrRest},
		{"trap.gz", gzipped(bytes.Repeat([]byte("x"), 64<<20)), 16 << 20, archive.ErrLimit},
	} {
		a, err := archive.OpenFile(c.name, bytes.NewReader(c.data), int64(len(c.data)))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		info, err := fs.Stat(a, archive.Unpacked(c.name))
		if err != nil || info.Size() != c.size || len(a.Lost()) != 1 || !errors.Is(a.Lost()[0].Err, c.lost) {
			t.Errorf("%s: %v, %v, lost %v", c.name, info, err, a.Lost())
		}
	}
}

// A zip is found behind a program or a script, and nowhere else; what only begins like something packed is nothing.
func TestBehind(t *testing.T) {
	zip := zipped(t, "LICENSE", "MIT")
	commented := slices.Clone(zip)
	commented[len(commented)-2] = 5
	commented = append(commented, "about"...)
	for _, c := range []struct {
		name string
		data []byte
		want bool
	}{
		{"a script", slices.Concat([]byte("#!/usr/bin/env python3\n"), zip), true},
		{"a program", slices.Concat([]byte("\x7fELF"), make([]byte, 100_000), zip), true},
		{"a comment", slices.Concat([]byte("MZ"), make([]byte, 1000), commented), true},
		{"no program", slices.Concat([]byte("text\n"), zip), false},
		{"more behind it", slices.Concat([]byte("MZ"), zip, []byte("tail")), false},
		{"an end without a directory", append([]byte("#!/bin/sh\n"), "PK\x05\x06\x00\x00\x00\x00\x01\x00\x01\x00\x2e\x00\x00\x00\x00\x00\x00\x00\x00\x00"...), false},
		{"a script without", []byte("#!/bin/sh\n"), false},
	} {
		got := archive.IsBehind(c.data[:min(512, len(c.data))], bytes.NewReader(c.data), int64(len(c.data)))
		if got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
		a, err := archive.Open(bytes.NewReader(c.data), int64(len(c.data)))
		if c.name == "no program" { // who asks for it by name gets it
			c.want = true
		}
		if (err == nil) != c.want {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if err == nil {
			if text, _ := fs.ReadFile(a, "LICENSE"); string(text) != "MIT" {
				t.Errorf("%s: %q", c.name, text)
			}
		}
	}
	extension := slices.Concat([]byte("Cr24\x03\x00\x00\x00\x04\x00\x00\x00head"), zip)
	if !archive.Is(extension) || len(losses(open(t, extension))) > 0 {
		t.Error("a browser's extension")
	}
	for _, head := range []string{"BZhello, this is a text", "\x1f\x8b\x00", "!<arch>\n/               0", "PK", "", strings.Repeat("x", 512)} {
		if archive.Is([]byte(head)) {
			t.Errorf("%q is taken for an archive", head)
		}
	}
}
