package rules

import (
	_ "embed"
	"path"
	"strings"
	"sync"
)

//go:embed unread.tsv
var unreadTSV string

// unreadTable is unread.tsv: by whole name, and by what names end in.
type unreadTable struct {
	names   map[string]string
	endings [][2]string
}

var unread = sync.OnceValue(func() unreadTable {
	t := unreadTable{names: map[string]string{}}
	for line := range strings.Lines(unreadTSV) {
		pattern, kind, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		if ending, any := strings.CutPrefix(pattern, "*"); any {
			t.endings = append(t.endings, [2]string{ending, kind})
		} else {
			t.names[pattern] = kind
		}
	}
	return t
})

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
