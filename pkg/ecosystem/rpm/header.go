package rpm

import (
	"bytes"
	"encoding/binary"
	"iter"
	"strings"
)

// The tags that are read (rpmtag.h).
const (
	tagName          = 1000
	tagVersion       = 1001
	tagRelease       = 1002
	tagEpoch         = 1003
	tagVendor        = 1011
	tagLicense       = 1014
	tagURL           = 1020
	tagArch          = 1022
	tagProvideName   = 1047
	tagRequireName   = 1049
	tagDirIndexes    = 1116
	tagBaseNames     = 1117
	tagDirNames      = 1118
	tagRecommendName = 5046
	tagSuggestName   = 5049
)

// The types of values that are read.
const (
	typeInt32       = 4
	typeString      = 6
	typeStringArray = 8
	typeI18NString  = 9
)

// header is one package: an index of tags, and the store that their values lie in.
type header struct {
	index map[uint32]entry
	store []byte
}

type entry struct{ kind, offset, count uint32 }

// maxTags bounds the index of a header; RPM itself knows fewer.
const maxTags = 1 << 16

// parseHeader reads the numbers of entries and bytes, the entries of 16 bytes each, and the store. ok is false for what
// is no header of a package.
func parseHeader(blob []byte) (h header, ok bool) {
	if len(blob) < 8 {
		return h, false
	}
	entries, size := uint64(binary.BigEndian.Uint32(blob)), uint64(binary.BigEndian.Uint32(blob[4:]))
	if entries > maxTags || 8+16*entries+size > uint64(len(blob)) {
		return h, false
	}
	h = header{index: make(map[uint32]entry, entries), store: blob[8+16*entries:][:size]}
	for i := range entries {
		e := blob[8+16*i:]
		h.index[binary.BigEndian.Uint32(e)] = entry{
			kind: binary.BigEndian.Uint32(e[4:]), offset: binary.BigEndian.Uint32(e[8:]), count: binary.BigEndian.Uint32(e[12:]),
		}
	}
	return h, h.text(tagName) != ""
}

// value is the store from where the tag's values begin.
func (h header) value(tag uint32) (entry, []byte) {
	e, ok := h.index[tag]
	if !ok || uint64(e.offset) > uint64(len(h.store)) {
		return entry{}, nil
	}
	return e, h.store[e.offset:]
}

func (h header) text(tag uint32) string {
	if e, data := h.value(tag); e.kind == typeString || e.kind == typeI18NString || e.kind == typeStringArray {
		text, _, _ := bytes.Cut(data, []byte{0})
		return strings.ToValidUTF8(string(text), "\uFFFD")
	}
	return ""
}

// list are the texts of a tag that has several.
func (h header) list(tag uint32) (out []string) {
	e, data := h.value(tag)
	if e.kind != typeStringArray {
		return nil
	}
	for range min(e.count, uint32(len(data))) {
		text, rest, ok := bytes.Cut(data, []byte{0})
		if !ok {
			break
		}
		out, data = append(out, strings.ToValidUTF8(string(text), "\uFFFD")), rest
	}
	return out
}

// number is the first number of a tag.
func (h header) number(tag uint32) (uint32, bool) {
	if e, data := h.value(tag); e.kind == typeInt32 && e.count > 0 && len(data) >= 4 {
		return binary.BigEndian.Uint32(data), true
	}
	return 0, false
}

// files yields those of the given files that the package has. A file is a name and the number of a folder.
func (h header) files(wanted map[string]bool) iter.Seq[string] {
	return func(yield func(string) bool) {
		folders := h.list(tagDirNames)
		e, indexes := h.value(tagDirIndexes)
		if e.kind != typeInt32 || len(wanted) == 0 {
			return
		}
		for i, base := range h.list(tagBaseNames) {
			if 4*i+4 > len(indexes) {
				return
			}
			folder := binary.BigEndian.Uint32(indexes[4*i:])
			if uint64(folder) >= uint64(len(folders)) {
				continue
			}
			if file := folders[folder] + base; wanted[file] && !yield(file) {
				return
			}
		}
	}
}
