package archive

import (
	"archive/tar"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/source"
)

// Tree is the image to be scanned. Its files come layer by layer, with their content where the layer is packed; folders
// of version control systems are passed over, as in every tree.
func (m *Image) Tree() source.Tree { return imageTree{m} }

type imageTree struct{ *Image }

func (t imageTree) Lookup() fs.FS { return t.FS }

// Hold keeps the content of a file that will be asked for again.
func (t imageTree) Hold(p string, c source.Content) {
	if at, ok := t.spots[t.nodes[p]]; ok && at.in != nil && !at.in.plain {
		shelf := &t.held.small
		if c.Size() > source.Small {
			shelf = &t.held.large
		}
		t.held.put(shelf, extent{at.in, at.at}, c)
	}
}

// Pin keeps it in any case, until it is released.
func (t imageTree) Pin(p string, c source.Content) (release func()) {
	at, ok := t.spots[t.nodes[p]]
	if !ok || at.in == nil || at.in.plain {
		return func() {}
	}
	return t.held.pin(extent{at.in, at.at}, c)
}

// maxPlain is the size of a file up to which its content is handed out as it is, and not packed anew, in bytes.
const maxPlain = 16 << 20

// Walk implements [source.Tree], but for the order.
func (t imageTree) Walk(ctx context.Context) iter.Seq2[source.Entry, error] {
	return func(yield func(source.Entry, error) bool) {
		for _, err := range t.losses() {
			if !yield(source.Entry{Path: "."}, source.LostError{Err: err}) {
				return
			}
		}
		packed := make([]map[int64][]source.Entry, len(t.layer)) // by the place of the content, links together
		others := make([][]source.Entry, len(t.layer))
		for p, n := range t.nodes {
			at, ok := t.spots[n]
			if !ok || n.mode.IsDir() || n.mode&fs.ModeDevice != 0 || source.Skipped(p) { // a device has no content
				continue
			}
			e, of := source.Entry{Path: p, Mode: n.mode, Size: n.size}, p
			if n.mode&fs.ModeSymlink != 0 {
				e.Size = 0
				e.Link, e.Target = source.Resolve(t.FS, p)
				of = e.Target
			}
			if in, ok := t.packed(of); ok {
				if packed[in.in.number] == nil {
					packed[in.in.number] = map[int64][]source.Entry{}
				}
				packed[in.in.number][in.at] = append(packed[in.in.number][in.at], e)
			} else {
				others[at.number] = append(others[at.number], e)
			}
		}
		for i, l := range t.layer {
			if ctx.Err() != nil || !t.walkPacked(ctx, l, packed[i], yield) || !t.walkOthers(ctx, others[i], yield) {
				return
			}
		}
	}
}

// packed gives the place of a file's content in a packed layer; ok is false for what is handed out without its content.
func (t imageTree) packed(p string) (at spot, ok bool) {
	n := t.nodes[p]
	if n == nil || n.open == nil || n.size > maxFileBytes {
		return spot{}, false
	}
	at, ok = t.spots[n]
	return at, ok && !at.in.plain
}

// walkPacked yields the files whose content is in a packed layer and that no later one hid, in the order of the layer, each with the
// links to it, whichever layer these are in: somebody may want to read a link as a file of its own.
func (t imageTree) walkPacked(ctx context.Context, l *layer, left map[int64][]source.Entry, yield func(source.Entry, error) bool) bool {
	if len(left) == 0 {
		return true
	}
	goesOn := true
	c, err := l.open(nil)
	if err != nil {
		return yield(source.Entry{Path: "."}, source.LostError{Err: fmt.Errorf("layer %d: %w", l.number+1, err)})
	}
	defer c.Close()
	err = l.each(c, func(h *tar.Header, at int64, content io.Reader) error {
		entries := left[at]
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if len(entries) == 0 || h.Typeflag != tar.TypeReg {
			return nil
		}
		if file := t.nodes[cmp.Or(entries[0].Target, entries[0].Path)]; h.Size != file.size {
			return errChanged
		}
		c, err := hold(content, h.Size)
		if err == errBale {
			err = source.LostError{Err: err}
		} else if err != nil {
			return err
		}
		delete(left, at)
		slices.SortFunc(entries, byPath)
		for _, e := range entries {
			if err == nil {
				e.Content = c
			} else if e.Link != "" {
				continue // it is lost once
			}
			if goesOn = yield(e, err); !goesOn {
				return io.EOF
			}
		}
		return nil
	})
	if !goesOn || ctx.Err() != nil {
		return false
	}
	if err != nil && !t.Layers[l.number].Lost {
		return yield(source.Entry{Path: "."}, source.LostError{Err: fmt.Errorf("layer %d: %w", l.number+1, err)})
	}
	if err == nil {
		err = errChanged
	}
	for _, entries := range left {
		if !yield(source.Entry{Path: slices.MinFunc(entries, byPath).Path}, source.LostError{Err: err}) {
			return false
		}
	}
	return true
}

func byPath(a, b source.Entry) int { return strings.Compare(a.Path, b.Path) }

var errChanged = errors.New("a layer is another one than a moment ago")

// walkOthers yields files that are read where they lie, links to these, to folders and to nothing, and what is too large to be handed
// out, as their content lies there, so that one more reading meets them all.
func (t imageTree) walkOthers(ctx context.Context, entries []source.Entry, yield func(source.Entry, error) bool) bool {
	slices.SortFunc(entries, func(a, b source.Entry) int {
		return cmp.Or(cmp.Compare(t.spots[t.nodes[a.Path]].at, t.spots[t.nodes[b.Path]].at), byPath(a, b))
	})
	for _, e := range entries {
		if ctx.Err() != nil || !yield(e, nil) {
			return false
		}
	}
	return true
}

// Layer is the layer that brought what is at a path, and whose it is; "" if that is not known.
func (t imageTree) Layer(p string) (diff source.Digest, whose string) {
	if number, ok := t.LayerOf(path.Clean(p)); ok {
		return t.Layers[number].Diff, string(t.Layers[number].Whose)
	}
	return "", ""
}
