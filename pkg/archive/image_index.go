package archive

import (
	"fmt"
	"sync"
)

// index reads all layers, several at a time if there is who does that, and lays them over each other in their order.
func (m *Image) index(opt ImageOptions) {
	parallel, keep := opt.Parallel, opt.Keep
	if keep == nil {
		keep = func(string) bool { return false }
	}
	if parallel == nil {
		parallel = func(n int, do func(i int)) {
			for i := range n {
				do(i)
			}
		}
	}
	x := indexing{Image: m, keep: keep, read: map[int]listed{}}
	x.laid.L = &x.mu
	parallel(len(m.layer), x.layer)
}

// indexing lays layers over each other as they are read.
type indexing struct {
	*Image
	keep    func(path string) bool
	mu      sync.Mutex
	laid    sync.Cond
	next    int // layer to be laid
	entries int
	read    map[int]listed // of the layers from that on
}

// listed is what came of reading a layer.
type listed struct {
	entries []entry
	err     error
}

// maxAhead is how many layers may be read before the one that is to be laid, since all that is in them is in memory.
const maxAhead = 4

// layer reads one layer, and lays all of which it is the turn.
func (x *indexing) layer(i int) {
	x.mu.Lock()
	for i > x.next+maxAhead {
		x.laid.Wait()
	}
	full := x.entries > maxImageEntries
	x.mu.Unlock()
	var l listed
	if !full {
		l.entries, l.err = x.Image.layer[i].index(x.keep)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.read[i] = l
	for l, ok := x.read[x.next]; ok; l, ok = x.read[x.next] {
		delete(x.read, x.next)
		x.lay(x.next, l)
		x.next++
	}
	x.laid.Broadcast()
}

// lay lays a layer over those below it.
func (x *indexing) lay(i int, l listed) {
	m := x.Image
	m.hidden = map[string]bool{}
	if x.entries += len(l.entries); x.entries > maxImageEntries {
		l = listed{err: fmt.Errorf("%w: more than %d entries in an image", ErrLimit, maxImageEntries)}
	}
	for _, e := range l.entries {
		m.layer[i].enter(e)
	}
	if m.Layers[i].Diff = m.layer[i].blob.diff; l.err != nil {
		m.Layers[i].Lost = true
		m.lose("", fmt.Errorf("layer %d of %d: %w", i+1, len(m.layer), l.err))
	}
}
