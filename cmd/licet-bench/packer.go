package main

import (
	"archive/tar"
	"bytes"
	"debug/elf"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
)

// packer fills a layer of an image with files as real ones have: their kinds, sizes, license headers, and by how much they shrink.
type packer struct {
	tar        *tar.Writer
	random     *rand.Rand
	text, code []byte // of which parts are taken; what lies 32 KiB apart gzip does not see together
	count      int
	err        error
}

// poolSize is how much text and code there is to take from, in bytes.
const poolSize = 8 << 20

func newPacker(out io.Writer, seed int) *packer {
	p := &packer{tar: tar.NewWriter(out), random: rand.New(rand.NewPCG(1, uint64(seed)))}
	words := []string{"return", "value", "self", "index", "buffer", "for", "if", "else", "import", "length", "node", "parse", "0x1f", "next"}
	for len(p.text) < poolSize {
		p.text = append(p.text, words[p.random.IntN(len(words))]...)
		p.text = append(p.text, "  =.(\n"[p.random.IntN(6)], byte('a'+p.random.IntN(26)), byte('a'+p.random.IntN(26)), ' ')
	}
	for len(p.code) < poolSize { // half of it is the same again and again, as in what compilers write
		p.code = binary.LittleEndian.AppendUint32(p.code, p.random.Uint32()&0x00ff00ff|0x48008900)
	}
	return p
}

// part is a part of a pool.
func (p *packer) part(pool []byte, size int) []byte {
	size = min(size, len(pool))
	at := p.random.IntN(len(pool) - size + 1)
	return pool[at : at+size]
}

// file writes a file of these parts, and gives its size.
func (p *packer) file(name string, parts ...[]byte) int64 {
	size := int64(0)
	for _, part := range parts {
		size += int64(len(part))
	}
	if p.err == nil {
		p.err = p.tar.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: size, Format: tar.FormatPAX})
	}
	for _, part := range parts {
		if p.err == nil {
			_, p.err = p.tar.Write(part)
		}
	}
	p.count++
	return size
}

// header is what stands at the head of a source file: a tag, a notice, or nothing.
func (p *packer) header(mark string) []byte {
	switch p.count % 3 {
	case 0:
		return fmt.Appendf(nil, "%s Copyright 20%02d The Example Authors\n%s SPDX-License-Identifier: Apache-2.0\n", mark, p.count%25, mark)
	case 1:
		return fmt.Appendf(nil, "%s Copyright (c) 20%02d Jane Example. Use of this source code is governed by the MIT license.\n", mark, p.count%25)
	}
	return nil
}

// system is the lowest layer: packages of Debian with their texts, and programs and libraries.
func (p *packer) system(left int64) {
	left -= p.file("etc/os-release", []byte("ID=debian\nVERSION_ID=\"12\"\nVERSION_CODENAME=bookworm\n"))
	var status bytes.Buffer
	for k := 0; left > 0; k++ {
		name := fmt.Sprintf("libpkg%d", k)
		fmt.Fprintf(&status, "Package: %s\nStatus: install ok installed\nMaintainer: Jane <jane@debian.example>\nArchitecture: amd64\nVersion: 1.%d-1\nDescription: a package\n\n", name, k)
		left -= p.file("usr/share/doc/"+name+"/copyright", fmt.Appendf(nil,
			"Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\nFiles: *\nCopyright: 2020 Jane Example\nLicense: %s\n",
			[]string{"GPL-2+", "Expat", "BSD-3-clause", "LGPL-2.1+"}[k%4]))
		left -= p.elf(fmt.Sprintf("usr/lib/x86_64-linux-gnu/%s.so.1", name), 200<<10+p.random.IntN(2<<20))
		for i := range 20 {
			left -= p.file(fmt.Sprintf("usr/share/%s/part%d.conf", name, i), p.part(p.text, 500+p.random.IntN(8000)))
		}
	}
	p.file("var/lib/dpkg/status", status.Bytes())
}

// python are packages of Python as an installer lays them down.
func (p *packer) python(left int64) {
	for k := 0; left > 0; k++ {
		name, version := fmt.Sprintf("pkg%d", k), fmt.Sprintf("1.%d.0", k)
		dir := "usr/lib/python3/site-packages/"
		info := dir + name + "-" + version + ".dist-info/"
		p.file(info+"METADATA", fmt.Appendf(nil, "Metadata-Version: 2.4\nName: %s\nVersion: %s\nLicense-Expression: MIT\n", name, version))
		p.file(info+"licenses/LICENSE", []byte(listed("MIT")))
		p.file(info+"INSTALLER", []byte("pip\n"))
		for i := range 120 {
			left -= p.file(fmt.Sprintf("%s%s/mod%d.py", dir, name, i), p.header("#"), p.part(p.text, 1000+p.random.IntN(30000)))
			left -= p.file(fmt.Sprintf("%s%s/__pycache__/mod%d.cpython-311.pyc", dir, name, i), p.part(p.code, 1000+p.random.IntN(20000)))
		}
	}
}

// java are libraries in JARs.
func (p *packer) java(left int64) {
	for k := 0; left > 0; k++ {
		var jar bytes.Buffer
		if err := writeLibrary(&jar, k); err != nil && p.err == nil {
			p.err = err
		}
		left -= p.file(fmt.Sprintf("opt/app/lib/pkg-%d-1.%d.0.jar", k, k), jar.Bytes())
	}
}

// programs are large ones, of which some are larger than what is searched at a time, and the sources of an application.
func (p *packer) programs(left int64) {
	for k := 0; left > 0; k++ {
		left -= p.elf(fmt.Sprintf("opt/tools/bin/tool%d", k), min(int(left), 20<<20+k%4*30<<20))
		for i := range 200 {
			left -= p.file(fmt.Sprintf("opt/tools/src/tool%d/file%d.c", k, i), p.header("//"), p.part(p.text, 2000+p.random.IntN(40000)))
		}
	}
}

// elf writes a program for Linux of about that size (System V ABI, "Object Files"): code, of which one part in eight is constants, and
// the table that says where these are.
func (p *packer) elf(name string, size int) int64 {
	var parts [][]byte
	for left := size; left > 0; left -= poolSize / 2 {
		parts = append(parts, p.part(p.code, min(left, poolSize/2)))
	}
	names := []byte("\x00.shstrtab\x00.text\x00.rodata\x00")
	var head, table bytes.Buffer
	const headSize, sectionSize = 64, 64
	at := uint64(headSize + size)
	for i, s := range []elf.Section64{
		{},
		{Name: 1, Type: uint32(elf.SHT_STRTAB), Off: at, Size: uint64(len(names))},
		{Name: 11, Type: uint32(elf.SHT_PROGBITS), Off: headSize, Size: uint64(size - size/8)},
		{Name: 17, Type: uint32(elf.SHT_PROGBITS), Off: uint64(headSize + size - size/8), Size: uint64(size / 8)},
	} {
		if i > 0 {
			s.Addralign = 1
		}
		binary.Write(&table, binary.LittleEndian, s)
	}
	h := elf.Header64{
		Type: uint16(elf.ET_DYN), Machine: uint16(elf.EM_X86_64), Version: 1, Ehsize: headSize,
		Shoff: at + uint64(len(names)), Shentsize: sectionSize, Shnum: 4, Shstrndx: 1,
	}
	copy(h.Ident[:], "\x7fELF\x02\x01\x01")
	binary.Write(&head, binary.LittleEndian, h)
	parts = append([][]byte{head.Bytes()}, parts...)
	return p.file(name, append(parts, names, table.Bytes())...)
}
