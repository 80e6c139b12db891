package archive_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"testing"

	"github.com/licet/licet/pkg/archive"
)

// A large file of a packed layer is handed out packed anew, and any part of it reads as it was, whoever else reads it meanwhile.
func TestImageLargeFile(t *testing.T) {
	data := bytes.Repeat([]byte("0123456789abcdef"), (17<<20)/16+1)
	random := rand.NewChaCha8([32]byte{})
	random.Read(data[5<<20 : 6<<20]) // of which packing makes nothing less
	data = data[:17<<20+3]
	l := newLayout()
	m, err := archive.OpenImage(l.index(l.image(t, "linux/amd64", "gzip", tarred(t, header{name: "a", content: string(data)}))), archive.ImageOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for e, err := range m.Tree().Walk(context.Background()) {
		if err != nil || e.Content == nil {
			t.Fatalf("%s is not handed out: %v", e.Path, err)
		}
		if held := e.Content.Held(); held > int64(len(data))/4 {
			t.Errorf("it takes %d bytes of %d", held, len(data))
		}
		whole, err := io.ReadAll(e.Content.Open())
		if err != nil || !bytes.Equal(whole, data) {
			t.Errorf("%d bytes of %d are read, %v", len(whole), len(data), err)
		}
		for _, at := range []int64{0, 1, 256<<10 - 1, 256 << 10, 5 << 20, 17 << 20, 17<<20 + 3, 17<<20 + 4} {
			part := make([]byte, 300<<10)
			n, err := e.Content.Open().ReadAt(part, at)
			want := data[min(at, int64(len(data))):]
			want = want[:min(len(want), len(part))]
			if !bytes.Equal(part[:n], want) || (err == nil) != (n == len(part)) {
				t.Errorf("at %d: %d bytes, want %d; %v", at, n, len(want), err)
			}
		}
	}
}

// Layers may be read in any order and several at a time: they lie over each other as the image says.
func TestImageParallel(t *testing.T) {
	var layers [][]byte
	for _, content := range []string{"one", "two", "three", "four", "five", "six", "seven"} {
		layers = append(layers, tarred(t, header{name: "a", content: content}, header{name: "only" + content}))
	}
	l := newLayout()
	l.index(l.image(t, "linux/amd64", "gzip", layers...))
	m, err := archive.OpenImage(l, archive.ImageOptions{Parallel: func(n int, do func(i int)) {
		done := make(chan bool)
		for i := range n {
			go func() { do(i); done <- true }()
		}
		for range n {
			<-done
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	got := contents(t, m)
	if got["a"] != "seven 6" || len(got) != 8 || len(m.Lost()) > 0 {
		t.Errorf("%q, %v", got, m.Lost())
	}
}

// What is foreseen is read by one more reading of a layer, whatever the order in which it is asked for, and without it each is by one of its own.
func TestForesee(t *testing.T) {
	var files []header
	for _, name := range []string{"a", "b", "c", "d"} {
		files = append(files, header{name: name, content: "content of " + name})
	}
	l := newLayout()
	layers := &counting{FS: l.index(l.image(t, "linux/amd64", "gzip", tarred(t, files...)))}
	m, err := archive.OpenImage(layers, archive.ImageOptions{})
	if err != nil {
		t.Fatal(err)
	}
	before, asked := layers.opened, 0
	ask := func() {
		asked++
		for _, name := range []string{"d", "b", "a", "c"} {
			if data, err := fs.ReadFile(m, name); err == nil && string(data) != "content of "+name {
				t.Errorf("%s is %q", name, data)
			}
		}
	}
	release := m.Foresee(ask)
	ask()
	if n := layers.opened - before; n != 1 || asked > 3 {
		t.Errorf("the layer is read %d times, asked %d times", n, asked)
	}
	if data, err := fs.ReadFile(m, "c"); err != nil || string(data) != "content of c" {
		t.Errorf("%q, %v", data, err)
	}
	release()
	before = layers.opened
	ask()
	if n := layers.opened - before; n != 3 { // d, b, and a with c behind it
		t.Errorf("the layer is read %d times by itself", n)
	}
}

// counting counts how often a file is opened.
type counting struct {
	fs.FS
	opened int
}

func (c *counting) Open(name string) (fs.File, error) { c.opened++; return c.FS.Open(name) }

func (c *counting) Stat(name string) (fs.FileInfo, error) { return fs.Stat(c.FS, name) }

// Of a packed layer that breaks off, or is not what its digest says, the files before that are handed out, by one reading; the one in
// which it breaks off is lost, and nothing is said twice.
func TestImageLostPacked(t *testing.T) {
	noise := make([]byte, 1<<20)
	rand.NewChaCha8([32]byte{}).Read(noise)
	whole := tarred(t, header{name: "z", content: "z"}, header{name: "m", content: "m"}, header{name: "a", content: string(noise)})
	for name, cut := range map[string]int{"it breaks off": 1 << 19, "another digest": 0} {
		l := newLayout()
		l.index(l.image(t, "linux/amd64", "gzip", whole))
		for p, f := range l.MapFS {
			if len(f.Data) > 1<<19 {
				f.Data[4]++ // the time in the head of a gzip
				l.MapFS[p].Data = f.Data[:len(f.Data)-cut]
			}
		}
		layers := &counting{FS: l}
		m, err := archive.OpenImage(layers, archive.ImageOptions{})
		if err != nil {
			t.Fatal(err)
		}
		before := layers.opened
		var handed, lost []string
		for e, err := range m.Tree().Walk(context.Background()) {
			if err != nil {
				lost = append(lost, e.Path)
			} else if e.Content != nil {
				handed = append(handed, e.Path)
			}
		}
		want := map[bool]string{true: "[z m] [. a]", false: "[z m a] [.]"}[cut > 0]
		if got := fmt.Sprint(handed, lost); got != want || layers.opened != before+1 {
			t.Errorf("%s: %s, want %s; opened %d times", name, got, want, layers.opened-before)
		}
	}
}
