package ecotest

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/licet/licet/pkg/ecosystem"
)

// A damage is what happens to files between a package manager and a scan.
type damage struct {
	name string
	do   func(data []byte) []byte // nil if it can't happen to this file
	// seen reports whether the damage can be told from a whole file, so that a reading without a word about it
	// would pass for a clean one.
	seen func(data []byte) bool
}

var damages = []damage{
	{"cut at a quarter", cutAt(1, 4), isBracketed},
	{"cut at the half", cutAt(1, 2), isBracketed},
	{"cut before the end", cutAt(9, 10), isBracketed},
	{"merge conflict", conflict, isBracketed},
	{"escapes in names", escapes, func([]byte) bool { return false }},
	{"deep lists", deep("["), isBracketed},
	{"deep objects", deep(`{"a":`), isBracketed},
	{"deep elements", deep("<a>"), isBracketed},
	{"deep folders", deep("- "), isBracketed},
}

// slowest bounds one reading of a damaged file: all are small, and what takes longer grows faster than they do.
const slowest = 10 * time.Second

// Spoil damages the files of the cases of dir, one at a time, in all the ways that it knows. Whatever the damage, nothing
// may panic or hang, what [Run] demands must hold, no control character may reach a fact, and where the damage shows, a
// gap must tell of it.
func Spoil(t *testing.T, eco *ecosystem.Ecosystem, dir string) {
	for _, name := range cases(t, dir) {
		a, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		in := inputOf(t, a)
		whole := ledger(t, eco, in)
		for i, file := range in.files {
			if f := in.target[file.Name]; f == nil || !eco.Match(file.Name, f.Mode, f.Data[:min(512, len(f.Data))]) {
				continue
			}
			for _, d := range damages {
				spoiled := d.do(file.Data)
				if spoiled == nil {
					continue
				}
				files := slices.Clone(in.files)
				files[i].Data = spoiled
				at := fmt.Sprintf("%s: %s: %s", filepath.Base(name), file.Name, d.name)
				start, failed := time.Now(), t.Failed()
				got := ledger(t, eco, mount(files))
				if t.Failed() && !failed {
					t.Errorf("%s: see above", at)
				}
				if took := time.Since(start); took > slowest {
					t.Errorf("%s: %v", at, took)
				}
				for _, fact := range got {
					if strings.IndexFunc(fact, unicode.IsControl) >= 0 || strings.Contains(fact, "\u202e") {
						t.Errorf("%s: a control character in %q", at, fact)
					}
				}
				if d.seen(file.Data) && !slices.ContainsFunc(got, isLoss) {
					if i := slices.IndexFunc(whole, func(fact string) bool { return isName(fact) && !isIn(fact, got) }); i >= 0 {
						t.Errorf("%s: lost without a word: %s", at, whole[i])
					}
				}
			}
		}
	}
}

// isLoss reports whether a line of a ledger says that something could not be read.
func isLoss(fact string) bool {
	return strings.HasPrefix(fact, "gap lost") || strings.HasPrefix(fact, "gap limit") || strings.HasPrefix(fact, "error ")
}

func isName(fact string) bool { return strings.HasPrefix(fact, "component ") }

// isIn reports whether the component of a fact is still in the ledger, wherever.
func isIn(fact string, ledger []string) bool {
	id := strings.Fields(fact)[1]
	return slices.ContainsFunc(ledger, func(s string) bool { return isName(s) && strings.Fields(s)[1] == id })
}

// isBracketed reports whether the file says where it ends.
func isBracketed(data []byte) bool {
	data = bytes.TrimSpace(data)
	return len(data) > 20 && (data[0] == '{' || data[0] == '<') && strings.IndexByte("}>", data[len(data)-1]) >= 0
}

func cutAt(n, of int) func([]byte) []byte {
	return func(data []byte) []byte {
		if len(data) < 20 {
			return nil
		}
		return slices.Clip(bytes.TrimRight(data, " \n"))[:len(data)*n/of]
	}
}

// middle is the beginning of the line in the middle.
func middle(data []byte) int { return bytes.LastIndexByte(data[:len(data)/2], '\n') + 1 }

// conflict leaves the line in the middle as git does when two sides changed it.
func conflict(data []byte) []byte {
	at := middle(data)
	line, rest, _ := bytes.Cut(data[at:], []byte("\n"))
	return slices.Concat(data[:at], []byte("<<<<<<< HEAD\n"), line, []byte("\n=======\n"), line, []byte("\n>>>>>>> theirs\n"), rest)
}

// escapes puts what a terminal obeys behind each letter a: as it is, or as the formats spell it.
func escapes(data []byte) []byte {
	return bytes.ReplaceAll(data, []byte("a"), []byte("a\x1b[31m\u202e\u009b\\u001b"))
}

// deep puts more levels into the middle than any file has.
func deep(opened string) func([]byte) []byte {
	return func(data []byte) []byte {
		at := middle(data)
		return slices.Concat(data[:at], bytes.Repeat([]byte(opened), 10_000), data[at:])
	}
}
