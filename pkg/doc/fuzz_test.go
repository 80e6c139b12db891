package doc_test

import (
	"path/filepath"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/licet/licet/pkg/doc"
)

func seeds(f *testing.F, ext string) {
	files, _ := filepath.Glob("../../testdata/doc/*.txtar")
	for _, file := range files {
		ar, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		if in := ar.Files[0]; filepath.Ext(in.Name) == ext {
			f.Add(in.Data)
		}
	}
}

// check walks the whole tree: no node lies outside the file or, but for aliases, outside its parent,
// and none is deeper than the limit.
func check(t *testing.T, d *doc.Doc, size int, within bool) {
	var walk func(n doc.Node, depth int)
	walk = func(n doc.Node, depth int) {
		s := n.Span()
		if s.Start < 0 || s.End < s.Start || s.End > size || s.Line < 1 || s.Col < 1 {
			t.Fatalf("%v %+v is outside the %d bytes of the file", n.Kind(), s, size)
		}
		if depth > doc.MaxDepth+1 {
			t.Fatalf("depth %d", depth)
		}
		child := func(c doc.Node) {
			if in := c.Span(); within && (in.Start < s.Start || in.End > s.End) {
				t.Fatalf("%+v is not inside %+v", in, s)
			}
			walk(c, depth+1)
		}
		for k, v := range n.Members() {
			_ = k.Text()
			if v.Kind() == doc.Missing {
				t.Fatal("a name without a value")
			}
			child(k)
			child(v)
		}
		for v := range n.Items() {
			child(v)
		}
		_, _ = n.Text(), n.Len()
	}
	if root := d.Root(); root.Kind() != doc.Missing {
		walk(root, 1)
	}
}

func FuzzJSON(f *testing.F) {
	seeds(f, ".json")
	f.Add([]byte("\xff\xfe{\x00}\x00"))
	f.Add([]byte("\xef\xbb\xbf[\"\xff\"]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := doc.JSON("x.json", data)
		if err == nil && d.Root().Kind() == doc.Missing {
			t.Fatal("no error and no document")
		}
		check(t, d, len(data), true)
	})
}

func FuzzJSONC(f *testing.F) {
	seeds(f, ".jsonc")
	seeds(f, ".json")
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := doc.JSONC("x.jsonc", data)
		if err == nil && d.Root().Kind() == doc.Missing {
			t.Fatal("no error and no document")
		}
		check(t, d, len(data), true)
		// What is JSON must be the same to both: a comment behind it keeps JSONC from taking the short way.
		plain, err := doc.JSON("x.jsonc", data)
		if err != nil {
			return
		}
		loose, err := doc.JSONC("x.jsonc", append(slices.Clip(data), " //"...))
		if err != nil {
			t.Fatal(err)
		}
		if a, b := dump(data, plain, nil), dump(data, loose, nil); a != b && utf8.Valid(data) {
			t.Fatalf("as JSON\n%s\nas JSONC\n%s", a, b)
		}
	})
}

func FuzzYAML(f *testing.F) {
	seeds(f, ".yaml")
	f.Add([]byte("\xff\xfea\x00:\x00"))
	f.Add([]byte("a: \xe9"))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := doc.YAML("x.yaml", data)
		if err == nil && d.Root().Kind() == doc.Missing {
			t.Fatal("no error and no document")
		}
		check(t, d, len(data), false)
	})
}

func FuzzTOML(f *testing.F) {
	seeds(f, ".toml")
	f.Add([]byte("\xef\xbb\xbfa=[[],{b.c=1}]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, _ := doc.TOML("x.toml", data)
		if d.Root().Kind() != doc.Object {
			t.Fatal("a document of TOML is an object")
		}
		check(t, d, len(data), true)
	})
}

func FuzzXML(f *testing.F) {
	seeds(f, ".xml")
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := doc.XML("x.xml", data)
		if err == nil && d.Root().Len() != 1 {
			t.Fatal("no error and not one element")
		}
		check(t, d, len(data), true)
	})
}

// FuzzFields holds all formats of fields and lines to the same: one value for any text.
func FuzzFields(f *testing.F) {
	formats := []string{".ini", ".properties", ".control", ".header", ".mf", ".outline"}
	for _, ext := range formats {
		seeds(f, ext)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, ext := range formats {
			d, _ := read("x"+ext, data)
			if d.Root().Kind() == doc.Missing {
				t.Fatal("no document")
			}
			check(t, d, len(data), true)
		}
		for l, err := range doc.Joined(doc.Lines("x", data)) {
			if s := l.Uncomment("#").Span(); err == nil && (s.Start < 0 || s.End < s.Start || s.End > len(data) || s.Col < 1) {
				t.Fatalf("%+v is outside the %d bytes of the file", s, len(data))
			}
		}
	})
}

func FuzzCode(f *testing.F) {
	for ext := range languages {
		seeds(f, ext)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for ext := range languages {
			d, _ := read("x"+ext, data)
			if d.Root().Kind() != doc.Array {
				t.Fatal("a program is an array")
			}
			check(t, d, len(data), true)
			for name, args := range d.Root().Calls("a", "setup") {
				_, _ = args.Pair()
				_ = args.Literal()
				_ = name.Span()
			}
		}
	})
}
