package archive

import (
	"archive/tar"
	"context"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"path"
	"slices"
	"sync"

	"github.com/licet/licet/pkg/source"
)

// Tree is the image to be scanned. Its files come layer by layer, with their content where the layer is packed; folders
// of version control systems are passed over, as in every tree.
func (m *Image) Tree() source.Tree { return imageTree{m} }

type imageTree struct{ *Image }

func (t imageTree) Lookup() fs.FS { return t.FS }

// Hold keeps the content of a file that will be asked for again.
func (t imageTree) Hold(p string, data []byte) {
	if at, ok := t.spots[t.nodes[p]]; ok && at.in != nil && !at.in.plain {
		t.held.put(extent{at.in, at.at}, data)
	}
}

// maxHanded is the size of a file up to which its content is handed out by the walk of a packed layer, in bytes.
const maxHanded = 64 << 20

// Walk implements [source.Tree], but for the order.
func (t imageTree) Walk(ctx context.Context) iter.Seq2[source.Entry, error] {
	return func(yield func(source.Entry, error) bool) {
		for _, err := range t.losses() {
			if !yield(source.Entry{Path: "."}, source.LostError{Err: err}) {
				return
			}
		}
		byLayer := make([]map[string]bool, len(t.layer))
		for p, n := range t.nodes {
			at, ok := t.spots[n]
			if !ok || n.mode.IsDir() || n.mode&fs.ModeDevice != 0 || source.Skipped(p) {
				continue // a device has no content
			}
			if byLayer[at.number] == nil {
				byLayer[at.number] = map[string]bool{}
			}
			byLayer[at.number][p] = true
		}
		for i, l := range t.layer {
			if ctx.Err() != nil || !t.walkLayer(ctx, l, byLayer[i], yield) {
				return
			}
		}
	}
}

// walkLayer yields what a layer brought and no later one hid: what of it is a packed file in the order of the layer, and then all
// else, such as hard links, by its path.
func (t imageTree) walkLayer(ctx context.Context, l *layer, left map[string]bool, yield func(source.Entry, error) bool) bool {
	goesOn := true
	if !l.plain && len(left) > 0 {
		err := l.each(func(h *tar.Header, at int64, content io.Reader) error {
			p, _ := clean(h.Name)
			n := t.nodes[p]
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if !left[p] || h.Typeflag != tar.TypeReg || t.spots[n].at != at || h.Size > maxHanded {
				return nil
			}
			data, err := io.ReadAll(content)
			if err != nil {
				return err
			}
			delete(left, p)
			if goesOn = yield(source.Entry{Path: p, Mode: n.mode, Size: n.size, Content: data}, nil); !goesOn {
				return io.EOF
			}
			return nil
		}, false)
		if err != nil && goesOn && !t.Layers[l.number].Lost && ctx.Err() == nil {
			goesOn = yield(source.Entry{Path: "."}, source.LostError{Err: fmt.Errorf("layer %d: %w", l.number+1, err)})
		}
	}
	rest := make([]string, 0, len(left))
	for p := range left {
		rest = append(rest, p)
	}
	slices.Sort(rest)
	for _, p := range rest {
		if !goesOn || ctx.Err() != nil {
			return false
		}
		n := t.nodes[p]
		e := source.Entry{Path: p, Mode: n.mode, Size: n.size}
		if n.mode&fs.ModeSymlink != 0 {
			e.Size = 0
			e.Link, e.Target = source.Resolve(t.FS, p)
		}
		goesOn = yield(e, nil)
	}
	return goesOn
}

// extent is the content of a file, by the place where it begins.
type extent struct {
	in *layer
	at int64
}

// held is the content of files that will be asked for again, as much as there is room for.
type held struct {
	mu           sync.Mutex
	data         map[extent][]byte
	small, large int // bytes
}

// How many bytes are held at most, of files that are small and of the others: a few JARs must not drive out thousands of manifests.
const (
	maxSmall     = 256 << 10 // bytes of a small file
	maxHeldSmall = 64 << 20
	maxHeldLarge = 48 << 20
)

func (h *held) get(c extent) ([]byte, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	data, ok := h.data[c]
	return data, ok
}

func (h *held) put(c extent, data []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	size, most := &h.small, maxHeldSmall
	if len(data) > maxSmall {
		size, most = &h.large, maxHeldLarge
	}
	if *size+len(data) > most || h.data[c] != nil {
		return
	}
	if h.data == nil {
		h.data = map[extent][]byte{}
	}
	h.data[c] = data
	*size += len(data)
}

// Layer is the layer that brought what is at a path, "" if that is not known.
func (t imageTree) Layer(p string) source.Digest {
	if number, ok := t.LayerOf(path.Clean(p)); ok {
		return t.Layers[number].Diff
	}
	return ""
}
