package doc_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/licet/licet/pkg/doc"
)

var update = flag.Bool("update", false, "rewrite the want files")

// languages are the extensions under which cases of programs are kept.
var languages = map[string]*doc.Language{
	".py": doc.Python, ".rb": doc.Ruby, ".exs": doc.Elixir, ".erl": doc.Erlang, ".gradle": doc.Groovy, ".swift": doc.Swift, ".lua": doc.Lua, ".opam": doc.OCaml,
}

func read(path string, data []byte) (*doc.Doc, error) {
	if lang, ok := languages[filepath.Ext(path)]; ok {
		return doc.Code(path, data, lang)
	}
	switch filepath.Ext(path) {
	case ".json":
		return doc.JSON(path, data)
	case ".jsonc":
		return doc.JSONC(path, data)
	case ".toml":
		return doc.TOML(path, data)
	case ".xml":
		return doc.XML(path, data)
	case ".ini":
		return doc.INI(path, data)
	case ".properties":
		return doc.Properties(path, data)
	case ".control":
		return doc.Stanzas(path, data)
	case ".header":
		return doc.Header(path, data)
	case ".mf":
		return doc.Manifest(path, data)
	case ".outline":
		return doc.Outline(path, data, "#")
	}
	return doc.YAML(path, data)
}

// dump draws the tree: kind, place and source text of every node, one to a line.
func dump(data []byte, d *doc.Doc, err error) string {
	var b strings.Builder
	var walk func(indent string, n doc.Node)
	walk = func(indent string, n doc.Node) {
		s := n.Span()
		fmt.Fprintf(&b, "%v %d:%d", n.Kind(), s.Line, s.Col)
		switch n.Kind() {
		case doc.Object, doc.Array:
			fmt.Fprintf(&b, " to %q", data[s.End-min(3, s.End-s.Start):s.End])
			if n.Text() != "" {
				fmt.Fprintf(&b, ", text %q", n.Text())
			}
			b.WriteByte('\n')
		default:
			fmt.Fprintf(&b, " %q from %q\n", n.Text(), data[s.Start:s.End])
		}
		for k, v := range n.Members() {
			fmt.Fprintf(&b, "%s%q at %d:%d: ", indent, k.Text(), k.Span().Line, k.Span().Col)
			walk(indent+"  ", v)
		}
		for v := range n.Items() {
			fmt.Fprintf(&b, "%s- ", indent)
			walk(indent+"  ", v)
		}
	}
	walk("  ", d.Root())
	if err != nil {
		fmt.Fprintf(&b, "error %v\n", err)
	}
	return b.String()
}

// Each case is one document and the drawing of its tree.
func TestCases(t *testing.T) {
	files, _ := filepath.Glob("../../testdata/doc/*.txtar")
	if len(files) == 0 {
		t.Fatal("no cases")
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			in := ar.Files[0]
			d, err := read(in.Name, in.Data)
			got := dump(in.Data, d, err)
			if *update {
				ar.Files = append(ar.Files[:1], txtar.File{Name: "want", Data: []byte(got)})
				if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if len(ar.Files) != 2 {
				t.Fatal("no want; run with -update")
			}
			if diff := cmp.Diff(string(ar.Files[1].Data), got); diff != "" {
				t.Errorf("want -, got +\n%s", diff)
			}
		})
	}
}

func TestEncodings(t *testing.T) {
	for _, tt := range []struct {
		name, data string
		want       string // text of "a"
		place      string
		bytes      string // what the span covers in the file, "" if offsets do not hold
	}{
		{"x.json", "{\"a\":\"ü\"}", "ü", "x.json:1:6", `"ü"`},
		{"x.json", "\xef\xbb\xbf{\"a\":\"b\"}", "b", "x.json:1:9", `"b"`},
		{"x.json", "\xff\xfe{\x00\"\x00a\x00\"\x00:\x00\"\x00\xfc\x00\"\x00}\x00", "ü", "x.json:1:6", ""},
		{"x.json", "\xfe\xff\x00{\x00\n\x00\"\x00a\x00\"\x00:\x00\"\xd8\x3d\xde\x00\x00\"\x00}", "\U0001F600", "x.json:2:5", ""},
		{"x.json", "{\"a\":\"b\xff\xfe\"}", "b\uFFFD\uFFFD", "x.json:1:6", "\"b\xff\xfe\""},
		{"x.json", `{"a":"\ud800"}`, "\uFFFD", "x.json:1:6", `"\ud800"`},
		{"x.jsonc", "\xef\xbb\xbf{a:'b\xff'}", "b\uFFFD", "x.jsonc:1:7", "'b\xff'"},
		{"x.toml", "\xef\xbb\xbfa='b'\n", "b", "x.toml:1:6", "'b'"},
		{"x.toml", "# \xe9\na = 'b\xe9'\n", "b\uFFFD", "x.toml:2:5", ""},
		{"x.xml", "\xef\xbb\xbf<a>b\xff</a>", "b\uFFFD", "x.xml:1:7", "b\xff"},
		{"x.xml", "<?xml version='1.0' encoding='ISO-8859-1'?>\n<a>\xfc</a>", "ü", "x.xml:2:4", ""},
		{"x.xml", "\xff\xfe<\x00a\x00>\x00b\x00<\x00/\x00a\x00>\x00", "b", "x.xml:1:4", ""},
		{"x.yaml", "\xef\xbb\xbfa: b\n", "b", "x.yaml:1:7", "b"},
		{"x.yaml", "\xff\xfea\x00:\x00 \x00b\x00", "b", "x.yaml:1:4", ""},
		{"x.yaml", "# \xe9\na: b\xe9\n", "b\uFFFD", "x.yaml:2:4", ""},
		{"x.yaml", "é: 1\r\na: b\r\n", "b", "x.yaml:2:4", "b"},
		{"x.yaml", "x: {é: 1, a: 2}\na: b\n", "b", "x.yaml:2:4", "b"},
	} {
		d, err := read(tt.name, []byte(tt.data))
		if err != nil {
			t.Errorf("%q: %v", tt.data, err)
			continue
		}
		n := d.Root().Get("a")
		s := n.Span()
		if got := n.Text(); got != tt.want {
			t.Errorf("%q: text %q, want %q", tt.data, got, tt.want)
		}
		if s.String() != tt.place {
			t.Errorf("%q: at %v, want %v", tt.data, s, tt.place)
		}
		if got := tt.data[s.Start:s.End]; got != tt.bytes {
			t.Errorf("%q: span covers %q, want %q", tt.data, got, tt.bytes)
		}
	}
}

func TestZeroNode(t *testing.T) {
	var n doc.Node
	_, ok := n.Get("a").Get("b").Bool()
	for range n.Items() {
		t.Error("an item of nothing")
	}
	if n.Kind() != doc.Missing || n.Text() != "" || n.Len() != 0 || ok || !n.Span().IsZero() {
		t.Error("the zero node is not empty")
	}
}

func TestLimits(t *testing.T) {
	deep := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	bomb := "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
	mergeBomb := "m0: &m0 {k: v}\n"
	for i := 1; i < 60; i++ {
		bomb += fmt.Sprintf("a%d: &a%d [%s*a%d]\n", i, i, strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 9), i-1)
		mergeBomb += fmt.Sprintf("m%d: &m%d {<<: [*m%d, *m%d]}\n", i, i, i-1, i-1)
	}
	var outline strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&outline, "%sa\n", strings.Repeat(" ", i))
	}
	for _, tt := range []struct{ name, path, text, want string }{
		{"deep JSON", "x.json", deep(doc.MaxDepth + 1), "x.json:1:1001: nested deeper than 1000"},
		{"very deep JSON", "x.json", deep(1_000_000), "x.json:1:1001: nested deeper than 1000"},
		{"deep JSONC", "x.jsonc", deep(doc.MaxDepth + 1), "x.jsonc:1:1001: nested deeper than 1000"},
		{"very deep JSONC", "x.jsonc", deep(1_000_000), "x.jsonc:1:1001: nested deeper than 1000"},
		{"deep TOML", "x.toml", "a=" + deep(doc.MaxDepth+1), "x.toml:1:1002: nested deeper than 1000"},
		{"deep key", "x.toml", strings.Repeat("a.", 10_000) + "a=1", "x.toml:1:2001: nested deeper than 1000"},
		{"deep header", "x.toml", "[" + strings.Repeat("a.", 10_000) + "a]", "x.toml:1:2002: nested deeper than 1000"},
		{"many values", "x.toml", "a=[" + strings.Repeat("1,", 1<<23) + "]", "x.toml:1:1: more than 8388608 values, lines and parts of keys"},
		{"deep XML", "x.xml", strings.Repeat("<a>", 10_000), "x.xml:1:3001: nested deeper than 1000"},
		{"deep program", "x.py", deep(doc.MaxDepth + 1), "x.py:1:1000: nested deeper than 1000"},
		{"deep outline", "x.outline", outline.String(), "x.outline:1001:1001: nested deeper than 1000"},
		{"deep YAML", "x.yaml", deep(doc.MaxDepth + 1), "x.yaml:1:1001: nested deeper than 1000"},
		{"alias bomb", "x.yaml", bomb, "aliases stand for more than 100000 values"},
		{"merge bomb", "x.yaml", mergeBomb, "aliases stand for more than 100000 values"},
	} {
		_, err := read(tt.path, []byte(tt.text))
		var se *doc.SyntaxError
		if !errors.As(err, &se) || !strings.HasSuffix(err.Error(), tt.want) || !se.Limit {
			t.Errorf("%s: got error %v, want a limit: %s", tt.name, err, tt.want)
		}
	}
	if _, err := doc.JSON("x.json", make([]byte, doc.MaxSize+1)); err == nil || !strings.Contains(err.Error(), "larger than") {
		t.Errorf("size: got error %v", err)
	}
	for _, path := range []string{"x.json", "x.yaml"} {
		if _, err := read(path, []byte(deep(doc.MaxDepth))); err != nil {
			t.Errorf("%s nested as deep as allowed: %v", path, err)
		}
	}
}
