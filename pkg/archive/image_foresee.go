package archive

import (
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
// What is too large, or for which there is no room, is not at hand: it is read from its layer when somebody asks for it, the first
// few of each layer, and of the others the reading fails.
func (m *Image) Foresee(ask func()) (release func()) {
	var pins []func()
	var wanted []wish
	left := int64(maxForeseen)
	for range maxRounds {
		wanted = m.wishes.of(ask)
		slices.SortFunc(wanted, func(a, b wish) int { return a.compare(b.extent) })
		read := len(pins)
		for rest := wanted; len(rest) > 0; {
			n := 1
			for n < len(rest) && rest[n].in == rest[0].in {
				n++
			}
			pins = append(pins, rest[0].in.fetch(rest[:n], &left)...)
			rest = rest[n:]
		}
		if len(pins) == read {
			break
		}
	}
	m.slow.foresee(wanted)
	return func() {
		for _, release := range pins {
			release()
		}
	}
}

// The limits of what is foreseen.
const (
	maxRounds    = 6
	maxForeseen  = 64 << 20 // bytes, packed
	maxOfOneFile = 8 << 20  // bytes
)

// fetch reads files of a packed layer, which are sorted by their places, and pins those for which there is room.
func (l *layer) fetch(wanted []wish, left *int64) (pins []func()) {
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
			return pins
		}
		b, err := newBale(c, w.size)
		if err != nil {
			return pins
		}
		*left -= b.held
		pins = append(pins, l.image.held.pin(w.extent, b))
	}
	return pins
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
