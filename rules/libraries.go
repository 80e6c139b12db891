package rules

import (
	_ "embed"
	"iter"
	"path"
	"sort"
	"strings"
	"sync"
)

//go:embed libraries.tsv
var librariesTSV string

// Library is a library that is commonly copied, and what tells of it.
type Library struct {
	Name string
	PURL string // without a version
	// Files are the ends of paths of files that tell that a folder is this library.
	Files []string
	// Whole are those of them that are all of it.
	Whole []string
	// Words tell in a comment that what it is about is of the library, "" for none; AllOf, that all of the file is.
	Words string
	AllOf bool
	// Defines are where its version stands: "NAME", "A.B.C", "NAME#", each after "file:" or not; see libraries.tsv.
	Defines []string
}

// libraryTable is libraries.tsv, and its rows by what they are called and by the names of the files that tell.
type libraryTable struct {
	rows  []Library
	names []libraryKey // sorted
	files []libraryKey // sorted, by the last part of the path
	words []int        // the rows that have some
}

type libraryKey struct {
	key string
	row int
}

var libraries = sync.OnceValue(func() *libraryTable {
	t := &libraryTable{}
	for line := range strings.Lines(librariesTSV) {
		fields := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if strings.HasPrefix(line, "#") || len(fields) < 5 {
			continue
		}
		lib, row := Library{Name: fields[0], PURL: fields[1], Defines: strings.Fields(fields[4])}, len(t.rows)
		if len(fields) > 5 {
			lib.Words, lib.AllOf = strings.CutPrefix(fields[5], "=")
			t.words = append(t.words, row)
		}
		t.names = append(t.names, libraryKey{Letters(lib.Name), row})
		for name := range strings.SplitSeq(fields[2], ",") {
			t.names = append(t.names, libraryKey{name, row})
		}
		for file := range strings.SplitSeq(fields[3], ",") {
			file, whole := strings.CutPrefix(file, "=")
			if file == "" {
				continue
			}
			lib.Files = append(lib.Files, file)
			if whole {
				lib.Whole = append(lib.Whole, file)
			}
			t.files = append(t.files, libraryKey{path.Base(file), row})
		}
		t.rows = append(t.rows, lib)
	}
	for _, keys := range [][]libraryKey{t.names, t.files} {
		sort.SliceStable(keys, func(i, k int) bool { return keys[i].key < keys[k].key })
	}
	return t
})

// Letters are those of a name, by which it is compared: its letters and digits, in lower case.
func Letters(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		}
		return -1
	}, name)
}

// LibrariesCalled are the libraries that have this name, or one that differs in letter case and punctuation.
func LibrariesCalled(name string) []*Library {
	t := libraries()
	return t.find(t.names, Letters(name))
}

// LibrariesOf are the libraries of which a file of that name, without folders, may tell.
func LibrariesOf(base string) []*Library {
	t := libraries()
	return t.find(t.files, base)
}

// LibrariesWithWords are those of which words in a comment tell.
func LibrariesWithWords() iter.Seq[*Library] {
	return func(yield func(*Library) bool) {
		t := libraries()
		for _, row := range t.words {
			if !yield(&t.rows[row]) {
				return
			}
		}
	}
}

func (t *libraryTable) find(keys []libraryKey, key string) []*Library {
	if key == "" {
		return nil
	}
	var out []*Library
	for i := sort.Search(len(keys), func(i int) bool { return keys[i].key >= key }); i < len(keys) && keys[i].key == key; i++ {
		out = append(out, &t.rows[keys[i].row])
	}
	return out
}
