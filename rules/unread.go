package rules

import (
	"bytes"
	_ "embed"
	"encoding/hex"
	"path"
	"strconv"
	"strings"
	"sync"
)

//go:embed unread.tsv
var unreadTSV string

// unreadTable is unread.tsv: by whole name, by what names end in, and by what stands at an offset.
type unreadTable struct {
	names    map[string]string
	endings  [][2]string
	starts   [256][]unreadMagic // at the beginning, by the first byte
	magics   []unreadMagic      // behind it
	programs map[string]bool
}

// unreadMagic is what tells a kind of file by its bytes.
type unreadMagic struct {
	offset int
	bytes  []byte
	kind   string
}

var unread = sync.OnceValue(func() *unreadTable {
	t := &unreadTable{names: map[string]string{}, programs: map[string]bool{}}
	for _, row := range rows(unreadTSV) {
		pattern, kind := row[0], row[1]
		t.programs[kind] = t.programs[kind] || len(row) > 2
		if at, ok := strings.CutPrefix(pattern, "@"); ok {
			t.addMagic(at, kind)
		} else if ending, any := strings.CutPrefix(pattern, "*"); any {
			t.endings = append(t.endings, [2]string{ending, kind})
		} else {
			t.names[pattern] = kind
		}
	}
	return t
})

// addMagic adds a row like "257:7573746172".
func (t *unreadTable) addMagic(at, kind string) {
	before, digits, _ := strings.Cut(at, ":")
	offset, err := strconv.Atoi(before)
	magic, bad := hex.DecodeString(digits)
	if err != nil || bad != nil || len(magic) == 0 {
		panic("unread.tsv: " + at)
	}
	m := unreadMagic{offset, magic, kind}
	if offset == 0 {
		t.starts[magic[0]] = append(t.starts[magic[0]], m)
	} else {
		t.magics = append(t.magics, m)
	}
}

// Unread says what a file is that names components, or holds them, and that no reader reads yet: "Cargo",
// "Java archives". It is "" for every other file. When a reader comes its rows go.
func Unread(p string) string {
	name, t := path.Base(p), unread()
	if kind, ok := t.names[name]; ok {
		return kind
	}
	for _, e := range t.endings {
		if n := len(name) - len(e[0]); n > 0 && strings.EqualFold(name[n:], e[0]) {
			return e[1]
		}
	}
	return ""
}

// UnreadBytes says the same by what a file begins with, of which it looks at the first 32 KiB and a few bytes.
func UnreadBytes(data []byte) string {
	if len(data) == 0 {
		return ""
	}
	t := unread()
	for _, list := range [][]unreadMagic{t.starts[data[0]], t.magics} {
		for _, m := range list {
			if len(data) > m.offset && bytes.HasPrefix(data[m.offset:], m.bytes) {
				return m.kind
			}
		}
	}
	return ""
}

// IsUnreadProgram reports whether files of that kind are programs, whose text is searched as that of any other is.
func IsUnreadProgram(kind string) bool { return unread().programs[kind] }
