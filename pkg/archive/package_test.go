package archive_test

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/licet/licet/pkg/archive"
	"github.com/licet/licet/pkg/source"
)

// entry is one of a cpio archive.
type entry struct {
	name, content string
	mode, inode   int
	links         int
}

func cpio(entries ...entry) []byte {
	var b bytes.Buffer
	for _, e := range append(entries, entry{name: "TRAILER!!!"}) {
		fmt.Fprintf(&b, "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%s\x00", e.inode, e.mode, 0, 0, e.links, 0, len(e.content), 0, 0, 0, 0, len(e.name)+1, 0, e.name)
		b.Write(make([]byte, -b.Len()&3))
		b.WriteString(e.content)
		b.Write(make([]byte, -b.Len()&3))
	}
	return b.Bytes()
}

// rpmOf is an RPM package with a header of that store.
func rpmOf(store string, payload []byte) []byte {
	header := func(store string) []byte {
		b := binary.BigEndian.AppendUint32([]byte("\x8e\xad\xe8\x01\x00\x00\x00\x00\x00\x00\x00\x00"), uint32(len(store)))
		return append(b, store...)
	}
	lead := append([]byte("\xed\xab\xee\xdb"), make([]byte, 92)...)
	return slices.Concat(lead, header("12345"), make([]byte, 3), header(store), payload)
}

// An RPM package is the files that it installs, and its header.
func TestRPM(t *testing.T) {
	files := cpio(
		entry{name: "./usr/share/licenses/a/COPYING", content: "MIT\n", mode: 0o100644, links: 1},
		entry{name: "./usr/bin/a", mode: 0o100755, inode: 7, links: 2}, entry{name: "./usr/bin/b", content: "code", mode: 0o100755, inode: 7, links: 2},
		entry{name: "./usr/bin/c", content: "a", mode: 0o120777, links: 1}, entry{name: "./empty", mode: 0o100644, inode: 9, links: 2},
		entry{name: "./dev/x", mode: 0o020644, links: 1}, entry{name: "./d", mode: 0o040755, links: 2},
	)
	for _, by := range []string{"", "gzip", "zstd"} {
		a := open(t, rpmOf("store", packed(t, by, files)))
		if len(a.Lost()) > 0 {
			t.Errorf("%s: %q", by, losses(a))
		}
		for name, want := range map[string]string{"usr/share/licenses/a/COPYING": "MIT\n", "usr/bin/a": "code", "usr/bin/b": "code", "usr/bin/c": "code", "empty": ""} {
			if text, err := fs.ReadFile(a, name); string(text) != want || err != nil {
				t.Errorf("%s: %s: %q, %v", by, name, text, err)
			}
		}
		if text, err := fs.ReadFile(a, archive.RPMHeader); !strings.HasSuffix(string(text), "store") || err != nil {
			t.Errorf("the header is %q, %v", text, err)
		}
	}
	whole := rpmOf("store", files)
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"a path that climbs", rpmOf("", cpio(entry{name: "../../a", mode: 0o100644, links: 1})), "../../a: its path leads out of the archive"},
		{"one that is cut", whole[:len(whole)-200], ": unexpected EOF"},
		{"files of another kind", rpmOf("", []byte(strings.Repeat("07070X", 50))), ": its files are packed in a way that is not known"},
	} {
		if got := losses(open(t, c.data)); len(got) != 1 || got[0] != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	large := rpmOf("", nil)
	binary.BigEndian.PutUint32(large[96+12:], 1<<30)
	if _, err := archive.Open(bytes.NewReader(large), int64(len(large))); !errors.Is(err, archive.ErrLimit) {
		t.Errorf("a header without end: %v", err)
	}
}

// A package of Alpine is three packed tars one behind the other, of which only the last has an end.
func TestAPK(t *testing.T) {
	part := func(h header) []byte {
		whole := tarred(t, h)
		return gzipped(whole[:len(whole)-1024])
	}
	a := open(t, slices.Concat(part(header{name: ".SIGN.RSA.x", content: "x"}), part(header{name: ".PKGINFO", content: "pkgname = a\n"}), gzipped(tarred(t, header{name: "usr/a", content: "a"}))))
	for _, name := range []string{".PKGINFO", "usr/a"} {
		if _, err := fs.Stat(a, name); err != nil || len(a.Lost()) > 0 {
			t.Errorf("%s: %v, %q", name, err, losses(a))
		}
	}
}

// A package of conda is one folder, whether it is one tar or a zip of two; a zip that resembles it is a zip.
func TestConda(t *testing.T) {
	info := string(packed(t, "zstd", tarred(t, header{name: "info/index.json", content: "{}"})))
	files := string(packed(t, "zstd", tarred(t, header{name: "lib/a", content: "a"})))
	a := open(t, zipped(t, "metadata.json", "{}", "pkg-a-1-0.tar.zst", files, "info-a-1-0.tar.zst", info))
	for _, name := range []string{"info/index.json", "lib/a", "metadata.json"} {
		if _, err := fs.Stat(a, name); err != nil {
			t.Error(err)
		}
	}
	if entries, err := a.ReadDir("."); len(entries) != 3 || len(a.Lost()) > 0 {
		t.Errorf("%v, %v, %q", entries, err, losses(a))
	}
	a = open(t, zipped(t, "metadata.json", "{}", "pkg-a-1-0.tar.zst", "text", "info-a-1-0.tar.zst", info))
	if got := losses(a); len(got) != 1 {
		t.Errorf("one of two parts is damaged: %q", got)
	}
	if _, err := fs.Stat(open(t, zipped(t, "info-a.tar.zst", info, "LICENSE", "MIT")), "info-a.tar.zst"); err != nil {
		t.Error(err)
	}
}

// An absolute link in a package of a system begins at the top of the package, in any other archive nowhere.
func TestLinksOfSystems(t *testing.T) {
	link := func(to string) header { return header{name: "usr/bin/" + path.Base(to), kind: tar.TypeSymlink, to: to} }
	files := []header{{name: "opt/a", content: "x"}, link("/opt/a"), link("/opt/elsewhere")}
	for name, c := range map[string]struct {
		data []byte
		want [2]source.Link
	}{
		"deb": {members("debian-binary", "2.0\n", "data.tar", string(tarred(t, files...))), [2]source.Link{source.LinkAlias, source.LinkDangling}},
		"rpm": {rpmOf("", cpio(entry{name: "opt/a", content: "x", mode: 0o100644, links: 1}, entry{name: "usr/bin/a", content: "/opt/a", mode: 0o120777, links: 1},
			entry{name: "usr/bin/elsewhere", content: "/opt/elsewhere", mode: 0o120777, links: 1})), [2]source.Link{source.LinkAlias, source.LinkDangling}},
		"apk": {gzipped(tarred(t, append(files, header{name: ".PKGINFO"})...)), [2]source.Link{source.LinkAlias, source.LinkDangling}},
		"tar": {tarred(t, files...), [2]source.Link{source.LinkOutside, source.LinkOutside}},
	} {
		a := open(t, c.data)
		listed, _ := source.Listed(a.Whole(), func(string, []fs.DirEntry) {})
		for _, tree := range []source.Tree{a.Whole(), listed} {
			var got []source.Link
			for e, err := range tree.Walk(context.Background()) {
				if err == nil && e.Link != "" {
					got = append(got, e.Link)
				}
			}
			if !slices.Equal(got, c.want[:]) {
				t.Errorf("%s: %q, want %q; %q", name, got, c.want, losses(a))
			}
		}
	}
}
