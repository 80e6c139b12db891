package executable_test

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
)

// frozen is a program with what PyInstaller appends to it: entries are a kind and a name, and the content.
func frozen(entries ...string) []byte {
	const head, cookie = 18, 88
	var data, toc bytes.Buffer
	for ; len(entries) > 1; entries = entries[2:] {
		name, n := entries[0][1:]+"\x00", len(entries[1])
		binary.Write(&toc, binary.BigEndian, []uint32{uint32(head + len(name)), uint32(data.Len()), uint32(n), uint32(n)})
		toc.WriteString("\x00" + entries[0][:1] + name)
		data.WriteString(entries[1])
	}
	at := data.Len()
	data.Write(toc.Bytes())
	data.WriteString("MEI\014\013\012\013\016")
	binary.Write(&data, binary.BigEndian, []uint32{uint32(at + toc.Len() + cookie), uint32(at), uint32(toc.Len()), 311})
	return append(portable(".rdata", nil), data.String()+strings.Repeat("\x00", 64)...)
}

// modules is an archive of modules without code.
func modules(names ...string) string {
	var b bytes.Buffer
	b.WriteString("PYZ\x00\x00\x00\x00\x00\x00\x00\x00\x0c[")
	binary.Write(&b, binary.LittleEndian, uint32(len(names)))
	for _, name := range names {
		b.WriteString(")\x02z" + string(rune(len(name))) + name + ")\x03" + strings.Repeat("i\x00\x00\x00\x00", 3))
	}
	return b.String()
}

// A frozen program is told by its bootloader, and its modules are Python's own, those of a package that it has metadata of, or nobody's
// that it tells. What a runtime carries in a form that is not read is a gap.
func TestPayload(t *testing.T) {
	const whose = "the program does not tell whose these modules of Python are: "
	for name, c := range map[string]struct {
		program []byte
		purl    string
		gaps    []string
	}{
		"frozen": {frozen("zPYZ-00.pyz", modules("json.decoder", "pyimod02_importers", "requests.api", "yaml", "_yaml", "urllib3", "acme"),
			"xrequests-2.0.dist-info/METADATA", "Name: requests", "xPyYAML-6.0.dist-info/top_level.txt", "_yaml\nyaml\n"), "pkg:pypi/pyinstaller", []string{whose + "acme, urllib3"}},
		"frozen, all told": {frozen("zPYZ-00.pyz", modules("json"), "smain", ""), "pkg:pypi/pyinstaller", nil},
		"frozen, many": {frozen("zPYZ-00.pyz", modules("a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m\x01", "n")), "pkg:pypi/pyinstaller",
			[]string{whose + "a, b, c, d, e, f, g, h, i, j, k, l and 2 others"}},
		"encrypted": {frozen("zPYZ-00.pyz", "secret"), "pkg:pypi/pyinstaller", []string{"the modules of the program are encrypted, or packed in a way that is not known"}},
		"deno":      {append(portable(".rdata", nil), "d3n0l4nd"...), "", []string{"the program carries an application that deno compile put into it, which is not read"}},
		"nothing":   {portable(".rdata", nil), "", nil},
	} {
		frag := read(t, c.program)
		var purl string
		var gaps []string
		for _, x := range frag.Components {
			purl += x.PURL
		}
		for _, g := range frag.Gaps {
			if gaps = append(gaps, g.Why); !g.Material {
				t.Errorf("%s: not material: %+v", name, g)
			}
		}
		if purl != c.purl || strings.Join(gaps, "; ") != strings.Join(c.gaps, "; ") {
			t.Errorf("%s: %q %q", name, purl, gaps)
		}
	}
}
