package rules_test

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/licet/licet/rules"
)

// TestSums holds data to sums.txt: whoever edits a generated file by hand, or forgets one, fails.
func TestSums(t *testing.T) {
	sums, err := os.ReadFile("data/sums.txt")
	if err != nil {
		t.Fatal(err)
	}
	listed := []string{"sums.txt"}
	for line := range strings.Lines(string(sums)) {
		f := strings.Split(strings.TrimSpace(line), "\t")
		if f[0] != "file" {
			continue
		}
		data, err := os.ReadFile(filepath.Join("data", f[1]))
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprintf("sha256:%x", sha256.Sum256(data)); got != f[2] {
			t.Errorf("%s has digest %s, sums.txt says %s: run go generate ./rules", f[1], got, f[2])
		}
		listed = append(listed, f[1])
	}
	entries, err := os.ReadDir("data")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !slices.Contains(listed, e.Name()) {
			t.Errorf("data/%s is not in sums.txt", e.Name())
		}
	}
}

func TestLists(t *testing.T) {
	if got, want := rules.ListVersion(), "3.28.0"; got != want {
		t.Errorf("list version %q, want %q", got, want)
	}
	if n := len(rules.Licenses()); n != 740 {
		t.Errorf("%d licenses, want 740", n)
	}
	if n := len(rules.Exceptions()); n != 86 {
		t.Errorf("%d exceptions, want 86", n)
	}
	if len(rules.Digest()) != 64 {
		t.Errorf("digest %q is no SHA-256", rules.Digest())
	}
	fold := func(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) }
	if !slices.IsSortedFunc(rules.Licenses(), func(a, b rules.License) int { return fold(a.ID, b.ID) }) {
		t.Error("licenses are not sorted")
	}
	if !slices.IsSortedFunc(rules.Exceptions(), func(a, b rules.Exception) int { return fold(a.ID, b.ID) }) {
		t.Error("exceptions are not sorted")
	}
	for _, l := range rules.Licenses() {
		got, ok := rules.LicenseByID(strings.ToUpper(l.ID))
		if !ok || got != l {
			t.Errorf("LicenseByID(%q) = %v, %v", strings.ToUpper(l.ID), got, ok)
		}
		if l.Name == "" || strings.Contains(l.Name, "  ") {
			t.Errorf("%s has the name %q", l.ID, l.Name)
		}
	}
	for _, x := range rules.Exceptions() {
		if got, ok := rules.ExceptionByID(strings.ToLower(x.ID)); !ok || got != x {
			t.Errorf("ExceptionByID(%q) = %v, %v", strings.ToLower(x.ID), got, ok)
		}
	}
	for _, id := range []string{"", "GPL", "MIT ", "zzz", "LicenseRef-MIT"} {
		if l, ok := rules.LicenseByID(id); ok {
			t.Errorf("LicenseByID(%q) found %s", id, l.ID)
		}
	}
}

func TestFlags(t *testing.T) {
	for _, c := range []struct {
		id                   string
		osi, fsf, deprecated bool
		successor            string
	}{
		{"MIT", true, true, false, ""},
		{"Apache-2.0", true, true, false, ""},
		{"JSON", false, false, false, ""},
		{"GPL-2.0", true, true, true, "GPL-2.0-only"},
		{"GPL-2.0+", true, true, true, "GPL-2.0-or-later"},
		{"wxWindows", true, false, true, "LGPL-2.0-or-later WITH WxWindows-exception-3.1"},
		{"Net-SNMP", false, false, true, ""},
		{"BSD-3-Clause-OpenWebUI", false, false, false, ""},
	} {
		l, _ := rules.LicenseByID(c.id)
		if l.OSI != c.osi || l.FSF != c.fsf || l.Deprecated != c.deprecated || l.Successor != c.successor {
			t.Errorf("%s: %+v", c.id, l)
		}
	}
}

// TestSuccessors: a deprecated id leads to one that is not, in one step.
func TestSuccessors(t *testing.T) {
	for _, l := range rules.Licenses() {
		if l.Successor == "" {
			continue
		}
		id, exception, _ := strings.Cut(l.Successor, " WITH ")
		if next, ok := rules.LicenseByID(id); !l.Deprecated || !ok || next.Deprecated {
			t.Errorf("%s leads to %s", l.ID, id)
		}
		if x, ok := rules.ExceptionByID(exception); exception != "" && (!ok || x.Deprecated) {
			t.Errorf("%s leads to %s", l.ID, exception)
		}
	}
	for _, x := range rules.Exceptions() {
		if next, ok := rules.ExceptionByID(x.Successor); x.Deprecated && (!ok || next.Deprecated) {
			t.Errorf("%s leads to %s", x.ID, x.Successor)
		}
	}
}

func TestTexts(t *testing.T) {
	var without []string
	for _, l := range rules.Licenses() {
		text, ok := rules.Text(l.ID)
		if !ok {
			without = append(without, l.ID)
			continue
		}
		if len(text) < 20 || strings.Contains(text, "\r") {
			t.Errorf("%s has a text of %d bytes", l.ID, len(text))
		}
	}
	if len(without) != 13 {
		t.Errorf("without text: %v, want the 13 ids that are newer than the list", without)
	}
	for id, begins := range map[string]string{"mit": "MIT License\n", "apache-2.0": "Apache License\n", "0BSD": "Copyright "} {
		if text, _ := rules.Text(id); !strings.HasPrefix(text, begins) {
			t.Errorf("text of %s begins %.20q, want %q", id, text, begins)
		}
	}
	if h, ok := rules.Header("GPL-3.0-or-later"); !ok || !strings.Contains(h, "either version 3 of the License") {
		t.Errorf("header of GPL-3.0-or-later: %q", h)
	}
	if h, ok := rules.Header("MIT"); ok {
		t.Errorf("MIT has the header %q", h)
	}
}

func TestUnread(t *testing.T) {
	for p, want := range map[string]string{
		"a/x.rar": "archives", "lib/x.7z": "archives", "x.tar.lz": "archives", "X.RAR": "archives", "boot/x.cpio.gz": "archives", "x.tar.z": "archives",
		"go.mod": "", "a/x.deb.txt": "", "a/x.crate": "", ".zip": "", "jar": "", "package.json": "",
	} {
		if got := rules.Unread(p); got != want {
			t.Errorf("%s: %q, want %q", p, got, want)
		}
	}
	iso := make([]byte, 40<<10)
	copy(iso[32769:], "CD001")
	for data, want := range map[string]string{
		"7z\xbc\xaf\x27\x1c\x00": "archives", "Rar!\x1a\x07\x01": "archives", "MSCF\x00\x00\x00\x00": "archives", "0707010000": "archives",
		"hsqs": "images of disks", "\x7fELF\x02\x01\x01\x00AI\x02": "images of disks", string(iso): "images of disks",
		"!<arch>\n": "static libraries", "7z": "", "": "", "#!/bin/sh": "",
	} {
		if got := rules.UnreadBytes([]byte(data)); got != want {
			t.Errorf("%.20q: %q, want %q", data, got, want)
		}
	}
	if !rules.IsUnreadProgram("static libraries") || rules.IsUnreadProgram("archives") {
		t.Error("archives are programs, or static libraries are none")
	}
}

func TestPacked(t *testing.T) {
	for p, want := range map[string][2]string{
		"a/x-1.0.tar.gz": {"archive", ".tar.gz"}, "X.ZIP": {"archive", ".ZIP"}, "a.docx": {"document", ".docx"}, "b.jar": {"read", ".jar"},
		"x.gz": {}, "zip": {}, "a.b.c": {}, "tar.gz": {}, "x.tar.lz": {}, "a.zip/b": {},
	} {
		if kind, ending := rules.Packed(p); kind != want[0] || ending != want[1] {
			t.Errorf("%s: %q %q, want %q", p, kind, ending, want)
		}
	}
}
