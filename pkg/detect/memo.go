package detect

import (
	"crypto/sha256"
	"sync"
)

// memo remembers what passages state. A repository repeats its header thousands of times, and the license
// of a popular package lies in it dozens of times: each is examined once. The findings are a function
// of what the key is made of, so whatever the memo forgets, the result of a file is the same.
//
// It holds two generations of entries: when the younger is full it becomes the older one, which is then
// forgotten. What is in use lives on by being found.
type memo struct {
	mu         sync.Mutex
	room       int // entries of a generation, 0 for none
	young, old map[passageKey]findings
}

// passageKey is the digest of a passage and of what else its findings depend on. The rules, and the texts
// that somebody named, are those of the engine that the memo belongs to.
type passageKey [sha256.Size]byte

// memoRoom is enough for the headers in use at any time while a tree is walked.
const memoRoom = 2048

// memoBytes is the size past which the text of an unknown license is not kept in memory for a second
// file to have it.
const memoBytes = 16 << 10

func newMemo(room int) *memo {
	return &memo{room: room, young: map[passageKey]findings{}}
}

func (m *memo) find(k passageKey) (findings, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if f, ok := m.young[k]; ok {
		return f, true
	}
	f, ok := m.old[k]
	if ok {
		m.add(k, f)
	}
	return f, ok
}

func (m *memo) keep(k passageKey, f findings) {
	size := 0
	for _, text := range f.texts {
		size += len(text)
	}
	if size > memoBytes {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.add(k, f)
}

func (m *memo) add(k passageKey, f findings) {
	if m.room == 0 {
		return
	}
	if len(m.young) >= m.room {
		m.young, m.old = map[passageKey]findings{}, m.young
	}
	m.young[k] = f
}

// key gives the key of a passage.
func (r *reading) key() passageKey {
	h := sha256.New()
	h.Write([]byte(r.role))
	if r.hasTags {
		h.Write([]byte{1})
	}
	if r.tiny {
		h.Write([]byte{2})
	}
	if r.leaf {
		h.Write([]byte{3})
	}
	h.Write([]byte{0})
	h.Write(r.text)
	return passageKey(h.Sum(nil))
}
