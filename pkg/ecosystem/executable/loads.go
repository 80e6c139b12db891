package executable

import (
	"bytes"
	"debug/elf"
	"debug/pe"
	"encoding/binary"
	"io"
	"strings"
)

// The libraries that a program loads when it starts are listed by the places of their names. debug/elf and debug/pe copy each name as
// often as it is listed, however long it is, and the latter all that is imported from each library; a few hundred kilobytes that list
// one place over and over are gigabytes to them. So the lists are read here, and no further than any that is meant.

const (
	maxLoads    = 2000 // libraries of one program
	maxLoadName = 256  // bytes of the name of one
)

// nameAt reads a name that a zero ends; it is "" for one that is none.
func nameAt(r io.ReaderAt, at int64) string {
	name := make([]byte, maxLoadName)
	n, _ := r.ReadAt(name, at)
	name, _, ended := bytes.Cut(name[:n], []byte{0})
	if !ended {
		return ""
	}
	return string(name)
}

// neededELF are the libraries whose names lie at these places of the table of strings with that number.
func neededELF(f *elf.File, table uint32, needed []uint64) []string {
	if int64(table) >= int64(len(f.Sections)) || f.Sections[table].Type != elf.SHT_STRTAB {
		return nil
	}
	var all []string
	for _, at := range needed[:min(len(needed), maxLoads)] {
		if name := nameAt(f.Sections[table], int64(at)); name != "" {
			all = append(all, name)
		}
	}
	return all
}

// importedPE are the libraries that a program for Windows loads, in lower case (PE Format, "The .idata Section": a table of entries of
// five words, of which the fourth is the address of the name, to one that is empty).
func importedPE(f *pe.File) []string {
	var directories []pe.DataDirectory
	switch h := f.OptionalHeader.(type) {
	case *pe.OptionalHeader32:
		directories = h.DataDirectory[:min(h.NumberOfRvaAndSizes, uint32(len(h.DataDirectory)))]
	case *pe.OptionalHeader64:
		directories = h.DataDirectory[:min(h.NumberOfRvaAndSizes, uint32(len(h.DataDirectory)))]
	}
	if len(directories) <= pe.IMAGE_DIRECTORY_ENTRY_IMPORT {
		return nil
	}
	table, at := sectionAt(f, directories[pe.IMAGE_DIRECTORY_ENTRY_IMPORT].VirtualAddress)
	var all []string
	for entry := make([]byte, 20); table != nil && len(all) < maxLoads; at += int64(len(entry)) {
		if _, err := table.ReadAt(entry, at); err != nil {
			break
		}
		address := binary.LittleEndian.Uint32(entry[12:])
		if address == 0 {
			break
		}
		names, nameIn := sectionAt(f, address)
		if names == nil {
			break
		}
		all = append(all, strings.ToLower(nameAt(names, nameIn)))
	}
	return all
}

// sectionAt is the section in which an address lies, and where in it; nil if there is none.
func sectionAt(f *pe.File, address uint32) (*pe.Section, int64) {
	for _, s := range f.Sections {
		if s.Offset != 0 && s.VirtualAddress <= address && address-s.VirtualAddress < s.VirtualSize {
			return s, int64(address - s.VirtualAddress)
		}
	}
	return nil, 0
}
