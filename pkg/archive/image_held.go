package archive

import (
	"cmp"
	"container/heap"
	"sync"

	"github.com/licet/licet/pkg/source"
)

// extent is the content of a file, by the place where it begins.
type extent struct {
	in *layer
	at int64
}

func (e extent) compare(f extent) int {
	return cmp.Or(cmp.Compare(e.in.number, f.in.number), cmp.Compare(e.at, f.at))
}

// held is the content of files that will be asked for again, as much as there is room for.
type held struct {
	mu       sync.Mutex
	foretold shelf // what is asked for before the walk comes to it
	small    shelf
	large    shelf
	pins     map[extent]*pin
}

// How many bytes are held at most, of each kind of files: a few JARs must not drive out thousands of manifests.
const (
	maxForetold  = 16 << 20
	maxHeldSmall = 48 << 20
	maxHeldLarge = 48 << 20
)

func newHeld() held {
	return held{foretold: shelf{most: maxForetold}, small: shelf{most: maxHeldSmall}, large: shelf{most: maxHeldLarge}, pins: map[extent]*pin{}}
}

// pin is what is held whether there is room or not, until all are done with it.
type pin struct {
	source.Content
	users int
}

func (h *held) get(at extent) (source.Content, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if p := h.pins[at]; p != nil {
		return p.Content, true
	}
	for _, s := range []*shelf{&h.foretold, &h.small, &h.large} {
		if c, ok := s.data[at]; ok {
			return c, true
		}
	}
	return nil, false
}

// pin holds content until it is released. Several may hold the same, each under a name of its own that links give it.
func (h *held) pin(at extent, c source.Content) (release func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	p := h.pins[at]
	if p == nil {
		p = &pin{Content: c}
		h.pins[at] = p
	}
	p.users++
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		if p.users--; p.users == 0 {
			delete(h.pins, at)
		}
	}
}

// put holds content if there is room for it, packed.
func (h *held) put(s *shelf, at extent, c source.Content) {
	if data, ok := c.(source.Bytes); ok && len(data) > minBale {
		if b, err := newBale(c.Open(), c.Size()); err == nil && b.held < c.Held() {
			c = b
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	s.put(at, c)
}

// minBale is the size of a file from which on it is packed to be held, in bytes.
const minBale = 2 << 10

// shelf has room for so many bytes. What it holds in the end does not depend on the order in which things are put there, for
// workers do so in any: it is those that come first in the image, up to the first for which there was no room.
type shelf struct {
	data       map[extent]source.Content
	order      lastFirst
	size, most int64
	full       bool
	end        extent // of a full one: nothing from there on is held
}

func (s *shelf) put(at extent, c source.Content) {
	if s.data[at] != nil || s.full && at.compare(s.end) >= 0 {
		return
	}
	if s.data == nil {
		s.data = map[extent]source.Content{}
	}
	s.data[at] = c
	s.size += c.Held()
	heap.Push(&s.order, at)
	for s.size > s.most {
		s.full, s.end = true, heap.Pop(&s.order).(extent)
		s.size -= s.data[s.end].Held()
		delete(s.data, s.end)
	}
}

// lastFirst is a heap of extents ([heap.Interface]).
type lastFirst []extent

func (l lastFirst) Len() int           { return len(l) }
func (l lastFirst) Less(i, k int) bool { return l[i].compare(l[k]) > 0 }
func (l lastFirst) Swap(i, k int)      { l[i], l[k] = l[k], l[i] }

// Push implements [heap.Interface].
func (l *lastFirst) Push(x any) { *l = append(*l, x.(extent)) }

// Pop implements [heap.Interface].
func (l *lastFirst) Pop() any {
	last := len(*l) - 1
	x := (*l)[last]
	*l = (*l)[:last]
	return x
}
