package archive_test

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/licet/licet/pkg/archive"
)

// layout is an image layout that is written blob by blob.
type layout struct{ fstest.MapFS }

func (l layout) put(data []byte) string {
	sum := sha256.Sum256(data)
	digest := hex.EncodeToString(sum[:])
	l.MapFS["blobs/sha256/"+digest] = &fstest.MapFile{Data: data}
	return "sha256:" + digest
}

func (l layout) json(v any) map[string]any {
	data, _ := json.Marshal(v)
	return map[string]any{"digest": l.put(data), "size": len(data)}
}

type fields = map[string]any

// image writes an image of the layers, each packed by something, and gives its descriptor.
func (l layout) image(tb testing.TB, platform string, by string, layers ...[]byte) fields {
	var stored []any
	var diffs []string
	for _, layer := range layers {
		sum := sha256.Sum256(layer)
		diffs = append(diffs, "sha256:"+hex.EncodeToString(sum[:]))
		data := packed(tb, by, layer)
		stored = append(stored, fields{"digest": l.put(data), "size": len(data)})
	}
	os, arch, _ := strings.Cut(platform, "/")
	config := l.json(fields{"os": os, "architecture": arch, "rootfs": fields{"diff_ids": diffs}, "config": fields{"Labels": fields{"org.opencontainers.image.base.name": "base.example/slim:1"}}})
	d := l.json(fields{"config": config, "layers": stored})
	d["platform"] = fields{"os": os, "architecture": arch}
	return d
}

func (l layout) index(images ...fields) layout {
	data, _ := json.Marshal(fields{"manifests": images})
	l.MapFS["index.json"] = &fstest.MapFile{Data: data}
	l.MapFS["oci-layout"] = &fstest.MapFile{Data: []byte(`{"imageLayoutVersion":"1.0.0"}`)}
	return l
}

func newLayout() layout { return layout{fstest.MapFS{}} }

// contents are the files of an image as its tree hands them out, with what they hold.
func contents(tb testing.TB, m *archive.Image) map[string]string {
	tb.Helper()
	out := map[string]string{}
	tree := m.Tree()
	for e, err := range tree.Walk(context.Background()) {
		switch {
		case err != nil:
			out["lost "+err.Error()] = ""
			continue
		case e.Link != "":
			out[e.Path] = "-> " + e.Target
			continue
		}
		data, err := fs.ReadFile(tree.Lookup(), e.Path)
		var handed []byte
		if e.Content != nil && err == nil {
			handed, err = io.ReadAll(e.Content.Open())
		}
		if err != nil {
			tb.Errorf("%s: %v", e.Path, err)
		}
		if e.Content != nil && !bytes.Equal(data, handed) {
			tb.Errorf("%s is handed out as %q and read as %q", e.Path, handed, data)
		}
		number, _ := m.LayerOf(e.Path)
		out[e.Path] = fmt.Sprintf("%s %d", data, number)
	}
	return out
}

// Layers are laid over each other: what a later one has takes the place of what is there, and a whiteout takes away what lower ones
// have.
func TestImage(t *testing.T) {
	file := func(name, content string) header { return header{name: name, content: content} }
	dir := func(name string) header { return header{name: name, kind: tar.TypeDir} }
	for _, c := range []struct {
		name   string
		layers [][]header
		want   map[string]string
	}{
		{"a file is replaced", [][]header{{file("a", "x"), file("b", "x")}, {file("a", "y")}}, map[string]string{"a": "y 1", "b": "x 0"}},
		{"a file is taken away", [][]header{{file("d/a", "x"), file("d/b", "x")}, {file("d/.wh.a", "")}}, map[string]string{"d/b": "x 0"}},
		{"a folder is taken away", [][]header{{dir("d/"), file("d/e/a", "x"), file("b", "x")}, {file(".wh.d", "")}}, map[string]string{"b": "x 0"}},
		{"a folder is emptied and filled anew", [][]header{{file("d/a", "x")}, {file("d/b", "y"), file("d/.wh..wh..opq", "")}}, map[string]string{"d/b": "y 1"}},
		{"a whiteout hides nothing of its own layer", [][]header{{file("a", "x")}, {file("a", "y"), file(".wh.a", "")}}, map[string]string{"a": "y 1"}},
		{"what was taken away comes back", [][]header{{file("a", "x")}, {file(".wh.a", "")}, {file("a", "z")}}, map[string]string{"a": "z 2"}},
		{"a whiteout of nothing", [][]header{{file("a", "x")}, {file("n/.wh.b", ""), file("n/.wh..wh..opq", "")}}, map[string]string{"a": "x 0"}},
		{"a folder becomes a file", [][]header{{file("d/a", "x")}, {file("d", "y")}}, map[string]string{"d": "y 1"}},
		{"a file becomes a folder", [][]header{{file("d", "x")}, {file("d/a", "y")}}, map[string]string{"d/a": "y 1"}},
		{"a hard link into a lower layer", [][]header{{file("a", "x")}, {header{name: "b", kind: tar.TypeLink, to: "a"}}}, map[string]string{"a": "x 0", "b": "x 1"}},
		{"a link", [][]header{{file("a", "x")}, {header{name: "b", kind: tar.TypeSymlink, to: "a"}}}, map[string]string{"a": "x 0", "b": "-> a"}},
		{"an absolute link", [][]header{{file("d/a", "x"), header{name: "d/b", kind: tar.TypeSymlink, to: "/d/a"}}}, map[string]string{"d/a": "x 0", "d/b": "-> d/a"}},
		{"a path that stands twice in a layer", [][]header{{file("a", "x"), file("a", "y")}}, map[string]string{"a": "y 0"}},
		{"a device", [][]header{{header{name: "dev/null", kind: tar.TypeChar}, file("a", "x")}}, map[string]string{"a": "x 0"}},
		{"a folder by the bits of a file's mode", [][]header{{file("a", "x")}, {header{name: "LICENSE", content: "y", mode: 0o040644}}}, map[string]string{"a": "x 0", "LICENSE": "y 1"}},
		{"a name that is not UTF-8", [][]header{{file("caf\xe9/a", "x")}, {file("caf\xe9/b", "y")}}, map[string]string{"caf\u00e9/a": "x 0", "caf\u00e9/b": "y 1"}},
		{"a whiteout of the folder itself", [][]header{{file("d/a", "x")}, {file("d/.wh..", ""), file("b", "y")}}, map[string]string{"lost the entry \"d/.wh..\": its path leads out of the archive": "", "d/a": "x 0", "b": "y 1"}},
		{"a backslash", [][]header{{file("a", "x"), file("a\\b", "y")}}, map[string]string{"a": "x 0", "a\\b": "y 0"}},
		{"a file below a link to a folder", [][]header{{file("d/a", "x"), header{name: "l", kind: tar.TypeSymlink, to: "d"}}, {file("l/b", "y")}}, map[string]string{"d/a": "x 0", "d/b": "y 1", "l": "-> d"}},
		{"a hard link in the place of a file", [][]header{{file("x", "one")}, {file("b", "two"), header{name: "b", kind: tar.TypeLink, to: "x"}}}, map[string]string{"x": "one 0", "b": "one 1"}},
		{"a path that climbs", [][]header{{file("../a", "x"), file("b", "y")}}, map[string]string{`lost the entry "../a": its path leads out of the archive`: "", "b": "y 0"}},
	} {
		for _, by := range []string{"", "gzip", "zstd"} {
			var layers [][]byte
			for _, l := range c.layers {
				layers = append(layers, tarred(t, l...))
			}
			l := newLayout()
			m, err := archive.OpenImage(l.index(l.image(t, "linux/amd64", by, layers...)), archive.ImageOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if got := contents(t, m); !maps.Equal(got, c.want) {
				t.Errorf("%s, %s: %q, want %q", c.name, by, got, c.want)
			}
			if m.Base != "base.example/slim:1" {
				t.Errorf("made of %q", m.Base)
			}
		}
	}
}

// A layer that is not there, and one that is not what its digest says, are lost, and the others are read.
func TestImageLost(t *testing.T) {
	one, two := tarred(t, header{name: "a", content: "x"}), tarred(t, header{name: "b", content: "y"})
	for name, spoil := range map[string]func(l layout, blob string){
		"it is not in the image":                  func(l layout, blob string) { delete(l.MapFS, blob) },
		"its content is not what its digest says": func(l layout, blob string) { l.MapFS[blob].Data = tarred(t, header{name: "b", content: "z"}) },
		"unexpected EOF":                          func(l layout, blob string) { l.MapFS[blob].Data = two[:100] },
	} {
		l := newLayout()
		l.index(l.image(t, "linux/amd64", "", one, two))
		sum := sha256.Sum256(two)
		spoil(l, "blobs/sha256/"+hex.EncodeToString(sum[:]))
		m, err := archive.OpenImage(l, archive.ImageOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if lost := losses(m.FS); len(lost) != 1 || !strings.Contains(lost[0], "layer 2 of 2: "+name) {
			t.Errorf("%q, want that %s", lost, name)
		}
		if got := contents(t, m); got["a"] != "x 0" {
			t.Errorf("%s: %q", name, got)
		}
	}
	l := newLayout()
	l.index(l.image(t, "linux/amd64", "", one))
	for p, f := range l.MapFS {
		if strings.Contains(string(f.Data), `"layers"`) {
			l.MapFS[p] = &fstest.MapFile{Data: append(f.Data, ' ')}
		}
	}
	if _, err := archive.OpenImage(l, archive.ImageOptions{}); err == nil {
		t.Error("a manifest that is not what its digest says is believed")
	}
}

// Of several images one is chosen, by its tag and for its platform; where nothing tells which, all are listed.
func TestImageChosen(t *testing.T) {
	tagged := func(d fields, ref string) fields {
		d = maps.Clone(d)
		d["annotations"] = fields{"org.opencontainers.image.ref.name": ref}
		return d
	}
	l := newLayout()
	amd := l.image(t, "linux/amd64", "", tarred(t, header{name: "amd", content: "x"}))
	arm := l.image(t, "linux/arm64", "", tarred(t, header{name: "arm", content: "x"}))
	note := l.image(t, "unknown/unknown", "", tarred(t, header{name: "note", content: "x"}))
	many := l.json(fields{"manifests": []any{arm, amd, note}})
	only := l.json(fields{"manifests": []any{arm, note}})
	l.index(tagged(many, "registry.example/acme/app:1"), tagged(only, "registry.example/acme/app:arm"))
	for _, c := range []struct{ ref, platform, want string }{
		{"", "", "several images are here: write one of them behind a colon: registry.example/acme/app:1, registry.example/acme/app:arm"},
		{"1", "", "amd"},
		{"registry.example/acme/app:1", "linux/arm64", "arm"},
		{"arm", "", "arm"},
		{"arm", "linux/amd64", "the image is not there for linux/amd64; write --platform with one of linux/arm64"},
		{"2", "", "no image is called 2 here; there is registry.example/acme/app:1, registry.example/acme/app:arm"},
	} {
		m, err := archive.OpenImage(l, archive.ImageOptions{Ref: c.ref, Platform: c.platform})
		got := ""
		if err != nil {
			got = err.Error()
		} else {
			got = strings.Join(slices.Sorted(maps.Keys(contents(t, m))), " ")
			if m.Name != "registry.example/acme/app" {
				t.Errorf("called %q", m.Name)
			}
		}
		if got != c.want {
			t.Errorf("%q for %q: %s, want %s", c.ref, c.platform, got, c.want)
		}
	}
}

// What `docker save` writes names its layers by files, and they are held against the configuration.
func TestImageSaved(t *testing.T) {
	layer := tarred(t, header{name: "a", content: "x"})
	sum := sha256.Sum256(layer)
	for _, diff := range []string{hex.EncodeToString(sum[:]), strings.Repeat("0", 64)} {
		config := fmt.Sprintf(`{"os":"linux","architecture":"amd64","rootfs":{"diff_ids":["sha256:%s"]}}`, diff)
		m, err := archive.OpenImage(fstest.MapFS{
			"manifest.json":   {Data: []byte(`[{"Config":"c.json","RepoTags":["acme/app:1"],"Layers":["0/layer.tar"]}]`)},
			"c.json":          {Data: []byte(config)},
			"0/layer.tar":     {Data: layer},
			"repositories":    {Data: []byte("{}")},
			"unrelated/other": {Data: []byte("x")},
		}, archive.ImageOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if m.Name != "acme/app" || m.Tag != "1" || m.Platform != "linux/amd64" {
			t.Errorf("%+v", m)
		}
		if lost := len(m.Lost()) > 0; lost != (diff[0] == '0' && diff[1] == '0') {
			t.Errorf("the layer %s is lost: %v", diff, m.Lost())
		}
	}
}

func FuzzOpenImage(f *testing.F) {
	l := newLayout()
	l.index(l.image(f, "linux/amd64", "gzip", tarred(f, header{name: "a", content: "x"}), tarred(f, header{name: ".wh.a"})))
	f.Add(l.MapFS["index.json"].Data, []byte(`[{"Config":"c.json","Layers":["l"]}]`), tarred(f, header{name: "d/.wh..wh..opq"}))
	f.Add([]byte(`{"manifests":[{"digest":"sha256:00"}]}`), []byte(`{}`), []byte("x"))
	f.Fuzz(func(t *testing.T, index, saved, layer []byte) {
		files := maps.Clone(l.MapFS)
		files["index.json"] = &fstest.MapFile{Data: index}
		for _, files := range []fs.FS{files, fstest.MapFS{"manifest.json": {Data: saved}, "c.json": {Data: []byte("{}")}, "l": {Data: layer}}} {
			m, err := archive.OpenImage(files, archive.ImageOptions{})
			if err != nil {
				continue
			}
			for e, err := range m.Tree().Walk(context.Background()) {
				if err == nil && !fs.ValidPath(e.Path) {
					t.Errorf("a path that is none: %q", e.Path)
				}
			}
		}
	})
}
