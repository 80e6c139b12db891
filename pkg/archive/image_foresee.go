package archive

import (
	"cmp"
	"errors"
	"io"
	"slices"
	"sync"
)

// Foresee spares a packed layer to be read from its beginning for each file that somebody is about to ask for. It calls ask, which
// opens the files that it wants, and for which those that are not at hand cannot be opened; these are then read in the order of the
// layers, each layer once, and are at hand until they are released. What is asked for may depend on what was read, so ask is called again, a
// few times, until it finds all that it wants.
//
// What is too large, or for which there is no room, is not at hand: it is read from its layer when somebody asks for it.
func (m *Image) Foresee(ask func()) (release func()) {
	var got []extent
	left := int64(maxForeseen)
	for range maxRounds {
		wanted := m.wishes.of(ask)
		slices.SortFunc(wanted, func(a, b wish) int {
			return cmp.Or(cmp.Compare(a.in.number, b.in.number), cmp.Compare(a.at, b.at))
		})
		read := len(got)
		for len(wanted) > 0 {
			n := 1
			for n < len(wanted) && wanted[n].in == wanted[0].in {
				n++
			}
			got = append(got, wanted[0].in.fetch(wanted[:n], &left)...)
			wanted = wanted[n:]
		}
		if len(got) == read {
			break
		}
	}
	return func() {
		for _, at := range got {
			m.held.drop(at)
		}
	}
}

// The limits of what is foreseen.
const (
	maxRounds    = 3
	maxForeseen  = 64 << 20 // bytes, packed
	maxOfOneFile = 8 << 20  // bytes
)

// fetch reads files of a packed layer, which are sorted by their places, and gives those that are then at hand.
func (l *layer) fetch(wanted []wish, left *int64) (got []extent) {
	c, err := l.open(nil)
	if err != nil {
		return nil // whoever asks for it is told
	}
	defer c.Close()
	for _, w := range wanted {
		if w.size > maxOfOneFile || *left <= 0 {
			continue
		}
		if _, err := io.CopyN(io.Discard, c, w.at-c.at); err != nil {
			return got
		}
		b, err := newBale(c, w.size)
		if err != nil {
			return got
		}
		*left -= b.held
		if l.image.held.keepNew(w.extent, b) {
			got = append(got, w.extent)
		}
	}
	return got
}

// wish is the content of a file that somebody wanted to open.
type wish struct {
	extent
	size int64
}

// wishes are those that are noted instead of fulfilled, if they are.
type wishes struct {
	mu   sync.Mutex
	open bool
	all  map[wish]bool
}

// of gives what is wished for meanwhile.
func (w *wishes) of(ask func()) (all []wish) {
	w.mu.Lock()
	w.open, w.all = true, map[wish]bool{}
	w.mu.Unlock()
	ask()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.open = false
	for is := range w.all {
		all = append(all, is)
	}
	return all
}

// note reports whether a wish is only noted.
func (w *wishes) note(is wish) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.open {
		w.all[is] = true
	}
	return w.open
}

var errForeseen = errors.New("it is not at hand yet")
