package archive_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/licet/licet/pkg/archive"
	"github.com/licet/licet/pkg/source"
)

// folders is a file system of these files, of which some archives are entered, the outer ones first.
func folders(tb testing.TB, files map[string][]byte, enter ...string) (*archive.Folders, []error) {
	tb.Helper()
	outer := fstest.MapFS{}
	for name, data := range files {
		outer[name] = &fstest.MapFile{Data: data, Mode: 0o644}
	}
	f := archive.NewFolders(outer)
	visit, entered := f.Visit(), 0
	var errs []error
	for _, p := range enter {
		_, err := visit.Enter(p, nil)
		if err == nil {
			entered++
		}
		errs = append(errs, err)
	}
	for range entered {
		visit.Leave()
	}
	return f, errs
}

// What lies in an archive is read by its path, however the archives in one another are packed.
func TestFolders(t *testing.T) {
	inner := zipped(t, "d/LICENSE", "MIT")
	stored := func(name string, data []byte) []byte {
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		f, _ := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		f.Write(data)
		w.Close()
		return b.Bytes()
	}
	for name, outer := range map[string][]byte{
		"a.zip": zipped(t, "x.zip", string(inner)), "b.zip": stored("x.zip", inner),
		"c.tar": tarred(t, header{name: "x.zip", content: string(inner)}), "d.tgz": gzipped(tarred(t, header{name: "x.zip", content: string(inner)})),
	} {
		f, errs := folders(t, map[string][]byte{name: outer}, name, name+"!/x.zip")
		if errs[0] != nil || errs[1] != nil {
			t.Errorf("%s: %v", name, errs)
			continue
		}
		p := name + "!/x.zip!/d/LICENSE"
		if text, err := fs.ReadFile(f, p); string(text) != "MIT" {
			t.Errorf("%s: %q, %v", p, text, err)
		}
		if at, rest, ok := f.Split(p); at != name+"!/x.zip" || rest != "d/LICENSE" || !ok {
			t.Errorf("%s: split into %q, %q", p, at, rest)
		}
		for _, dir := range []string{name + "!", name + "!/x.zip!", name + "!/x.zip!/d"} {
			if info, err := fs.Stat(f, dir); err != nil || !info.IsDir() {
				t.Errorf("%s: no folder, %v", dir, err)
			}
			if entries, err := fs.ReadDir(f, dir); err != nil || len(entries) != 1 {
				t.Errorf("%s: %d entries, %v", dir, len(entries), err)
			}
		}
		if _, err := f.Open(name + "!/y"); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("what is not there: %v", err)
		}
	}
}

// What is no archive, is one too deep, or would be taken for another file, is not entered.
func TestNotEntered(t *testing.T) {
	deep := tarred(t, header{name: "f", content: "x"})
	for range 5 {
		deep = tarred(t, header{name: "a.tar", content: string(deep)})
	}
	in := "a.tar!/a.tar"
	_, errs := folders(t, map[string][]byte{"a.tar": deep}, "a.tar", in, in+"!/a.tar", in+"!/a.tar!/a.tar", in+"!/a.tar!/a.tar!/a.tar")
	if errs[3] != nil || !errors.Is(errs[4], archive.ErrLimit) {
		t.Errorf("five deep: %v", errs)
	}
	zip := zipped(t, "f", "x")
	f, errs := folders(t, map[string][]byte{"a.zip": zip, "a.zip!/f": []byte("y"), "b.zip": []byte("text")}, "a.zip", "b.zip", "c.zip")
	if errs[0] == nil || !errors.Is(errs[1], archive.ErrFormat) || !errors.Is(errs[2], fs.ErrNotExist) {
		t.Errorf("%v", errs)
	}
	if text, _ := fs.ReadFile(f, "a.zip!/f"); string(text) != "y" {
		t.Errorf("the file beside is %q", text)
	}
}

// A trap of archives that each are within the limits is not, all together.
func TestTrapOfArchives(t *testing.T) {
	inner := zipped(t, "blank", string(make([]byte, 15<<20)))
	var entries []string
	enter := []string{"a.zip"}
	for i := range 6 {
		name := fmt.Sprint(i, ".zip")
		entries = append(entries, name, string(inner))
		enter = append(enter, "a.zip!/"+name)
	}
	outer := fstest.MapFS{"a.zip": {Data: zipped(t, entries...), Mode: 0o644}}
	f := archive.NewFolders(outer)
	visit := f.Visit()
	var errs []error
	for i, p := range enter {
		_, err := visit.Enter(p, nil)
		errs = append(errs, err)
		if i > 0 && err == nil {
			visit.Leave()
		}
	}
	if errs[4] != nil || !errors.Is(errs[5], archive.ErrLimit) {
		t.Errorf("%v", errs)
	}
}

// Of archives that take much memory one is entered at a time; whether it could be or not, the next one is not kept waiting.
func TestHeavy(t *testing.T) {
	body := make([]byte, 17<<20)
	for i := 0; i < len(body); i += 100 {
		binary.BigEndian.PutUint32(body[i:], uint32(i)*2654435761)
	}
	entries := []header{{name: "f", content: string(body)}}
	for i := range 40 {
		entries = append(entries, header{name: fmt.Sprint(i), kind: tar.TypeLink, to: "f"})
	}
	trap, fair := packed(t, "zstd", tarred(t, entries...)), packed(t, "zstd", tarred(t, entries[:1]...))
	f := archive.NewFolders(fstest.MapFS{"trap.tgz": {Data: trap, Mode: 0o644}, "1.tgz": {Data: fair, Mode: 0o644}, "2.tgz": {Data: fair, Mode: 0o644}})
	for _, p := range []string{"1.tgz", "2.tgz"} {
		if _, err := f.Visit().Enter("trap.tgz", nil); !errors.Is(err, archive.ErrLimit) {
			t.Fatal(err)
		}
		visit := f.Visit()
		if _, err := visit.Enter(p, nil); err != nil {
			t.Fatal(err)
		}
		visit.Leave()
	}
}

// barred is a file system that opens no file.
type barred struct{ fstest.MapFS }

func (b barred) Stat(name string) (fs.FileInfo, error) { return b.MapFS.Stat(name) }
func (b barred) Open(string) (fs.File, error)          { return nil, fs.ErrPermission }

// An archive that is at hand is not opened, as long as it need not be opened again; nor are those in it.
func TestAtHand(t *testing.T) {
	inner := zipped(t, "f", "x")
	for name, data := range map[string][]byte{"a.zip": zipped(t, "in.zip", string(inner)), "a.tgz": gzipped(tarred(t, header{name: "in.zip", content: string(inner)}))} {
		f := archive.NewFolders(barred{fstest.MapFS{name: {Data: data, Mode: 0o644}}})
		visit := f.Visit()
		if _, err := visit.Enter(name, nil); !errors.Is(err, fs.ErrPermission) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := visit.Enter(name, source.Bytes(data)); err != nil {
			t.Fatal(err)
		}
		if _, err := visit.Enter(name+"!/in.zip", nil); err != nil {
			t.Fatal(err)
		}
		if text, err := fs.ReadFile(f, name+"!/in.zip!/f"); string(text) != "x" {
			t.Errorf("%s: %q, %v", name, text, err)
		}
		visit.Leave()
		visit.Leave()
	}
}

// An archive that was closed, for others were opened, is opened again; several goroutines may ask.
func TestReopen(t *testing.T) {
	files := map[string][]byte{}
	var enter []string
	for i := range 100 {
		name := fmt.Sprintf("%d.tgz", i)
		inner := gzipped(tarred(t, header{name: "f", content: name}))
		files[name] = zipped(t, "in.tgz", string(inner))
		enter = append(enter, name)
	}
	outer := fstest.MapFS{}
	for name, data := range files {
		outer[name] = &fstest.MapFile{Data: data, Mode: 0o644}
	}
	f := archive.NewFolders(outer)
	for _, p := range enter {
		visit := f.Visit()
		for _, p := range []string{p, p + "!/in.tgz"} {
			if _, err := visit.Enter(p, nil); err != nil {
				t.Fatal(err)
			}
		}
		visit.Leave()
		visit.Leave()
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for _, p := range enter {
				if text, err := fs.ReadFile(f, p+"!/in.tgz!/f"); string(text) != p {
					t.Errorf("%s: %q, %v", p, text, err)
				}
			}
		})
	}
	wg.Wait()
}

// Whatever lies in archives in an archive, it is walked within the limits.
func FuzzFolders(f *testing.F) {
	inner := zipped(f, "a/LICENSE", "MIT", "x.tgz", string(gzipped(tarred(f, header{name: "b", content: "c"}))))
	f.Add(zipped(f, "in.zip", string(inner)))
	f.Add(gzipped(tarred(f, header{name: "in.zip", content: string(inner)})))
	f.Add(gzipped(inner))
	f.Add(append([]byte("#!/bin/sh\n"), inner...))
	f.Fuzz(func(t *testing.T, data []byte) {
		f := archive.NewFolders(fstest.MapFS{"a": {Data: data, Mode: 0o644}})
		visit, left := f.Visit(), 200
		var walk func(p string)
		walk = func(p string) {
			a, err := visit.Enter(p, nil)
			if err != nil {
				return
			}
			defer visit.Leave()
			for e, err := range a.Whole().Walk(context.Background()) {
				if left--; left < 0 {
					return
				}
				if err != nil || !e.Mode.IsRegular() || e.Size > 1<<20 {
					continue
				}
				p := p + "!/" + e.Path
				file, err := f.Open(p)
				if err != nil {
					continue
				}
				io.Copy(io.Discard, file)
				file.Close()
				if strings.Contains(e.Path, ".") {
					walk(p)
				}
			}
		}
		walk("a")
	})
}
