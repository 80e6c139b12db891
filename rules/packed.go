package rules

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed packed.tsv
var packedTSV string

// What is made of a file that is an archive, see [Packed].
const (
	PackedArchive  = "archive"  // it is entered, and a copy of something
	PackedRead     = "read"     // a reader knows more of it than what lies in it
	PackedDocument = "document" // it is entered, and a part of what it lies in
)

var packed = sync.OnceValue(func() map[string]string {
	kinds := map[string]string{}
	for _, row := range rows(packedTSV) {
		kinds[row[0]] = row[1]
	}
	return kinds
})

// Packed says what is made of a file that is called so, "" where its name does not say that it is an archive, and gives the end of
// the name that says it: (PackedArchive, ".tar.gz").
func Packed(p string) (kind, ending string) {
	dot := strings.LastIndexByte(p, '.')
	if dot < 0 || len(p)-dot > maxEnding {
		return "", ""
	}
	if kind, ok := packed()[strings.ToLower(p[dot:])]; ok {
		return kind, p[dot:]
	}
	dot = strings.LastIndexByte(p[:dot], '.')
	if dot < 0 || len(p)-dot > maxEnding {
		return "", ""
	}
	if kind, ok := packed()[strings.ToLower(p[dot:])]; ok {
		return kind, p[dot:]
	}
	return "", ""
}

// maxEnding is the length of the longest ending, in bytes.
const maxEnding = len(".appxbundle")
