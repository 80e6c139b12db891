package scan_test

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"

	"github.com/licet/licet/pkg/sbom"
)

// carrier is a program that carries what PyInstaller appended: pairs of a kind with a name, and a content.
func carrier(entries ...string) []byte {
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
	return append([]byte("\x7fELF\x02\x01\x01"+strings.Repeat("\x00", 60)), data.String()+strings.Repeat("\x00", 64)...)
}

// What a program carries is met as what lies in an archive: packages with metadata are components, scripts have banners. What is stated
// there is stated of these, and of the program only what stands elsewhere in it.
func TestCarrier(t *testing.T) {
	program := carrier("xrequests-2.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: requests\nVersion: 2.0\nLicense: Apache-2.0\n",
		"xapp.js", "/*! left-string v1.2.3\nSPDX-License-Identifier: ISC */\nrun()\n")
	program = append(program, "\n# SPDX-License-Identifier: Zlib\n"...)
	header := `{"files":{"package.json":{"size":54,"offset":"0"}}}`
	var asar bytes.Buffer
	binary.Write(&asar, binary.LittleEndian, []uint32{4, uint32(len(header)+3)&^3 + 8, uint32(len(header)+3)&^3 + 4, uint32(len(header))})
	asar.WriteString(header + strings.Repeat("\x00", (4-len(header)%4)%4) + `{"name": "shop", "version": "1.0.0", "license": "MIT"}`)
	d := scanned(t, nil, map[string][]byte{"bin/app": program, "resources/app.asar": asar.Bytes(), "LICENSE": []byte("SPDX-License-Identifier: BSL-1.0\n")})
	for id, want := range map[sbom.ID]string{
		"pkg:pypi/requests@2.0": "Apache-2.0", "file:bin/app!/#left-string@1.2.3": "ISC", "file:resources/app.asar#app@": "MIT", "pkg:pypi/pyinstaller": "GPL-2.0-or-later WITH Bootloader-exception",
	} {
		c := d.Component(id)
		if c == nil {
			t.Errorf("%s is missing", id)
		} else if got := c.Concluded.Expr.String(); got != want {
			t.Errorf("%s: %s, want %s", id, got, want)
		}
	}
	for _, f := range d.Files {
		if f.Path == "bin/app" && (len(f.Claims) != 1 || f.Claims[0].Expr.String() != "Zlib") {
			t.Errorf("the program states %+v", f.Claims)
		}
	}
}

// TestCarrierOfNothing: what a program states is stated of it, however much of itself it says that it carries.
func TestCarrierOfNothing(t *testing.T) {
	text := "\n# SPDX-License-Identifier: GPL-3.0-only\n"
	whole := carrier()
	whole = append(whole[:67:67], text+string(whole[67:])...)
	binary.BigEndian.PutUint32(whole[len(whole)-80:], uint32(len(whole))) // from its first byte
	beside := carrier("xa", "a")
	beside = append(beside[:67:67], text+string(beside[67:])...)
	binary.BigEndian.PutUint32(beside[len(beside)-80:], uint32(len(beside)-67))
	binary.BigEndian.PutUint32(beside[len(beside)-76:], binary.BigEndian.Uint32(beside[len(beside)-76:])+uint32(len(text)))
	for name, program := range map[string][]byte{"whole": whole, "beside": beside} {
		d := scanned(t, nil, map[string][]byte{"bin/app": program, "LICENSE": []byte("SPDX-License-Identifier: BSL-1.0\n")})
		for _, f := range d.Files {
			if f.Path == "bin/app" && (len(f.Claims) != 1 || f.Claims[0].Expr.String() != "GPL-3.0-only") {
				t.Errorf("%s: the program states %+v", name, f.Claims)
			}
		}
	}
}
