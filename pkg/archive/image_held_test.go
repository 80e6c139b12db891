package archive

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"math/rand/v2"
	"testing"

	"github.com/licet/licet/pkg/source"
)

// What is held in the end does not depend on the order in which workers put it there.
func TestShelfOrder(t *testing.T) {
	layers := []*layer{{number: 0}, {number: 1}}
	var first map[extent]source.Content
	for seed := range uint64(50) {
		s := shelf{most: 100}
		for _, i := range rand.New(rand.NewPCG(seed, 0)).Perm(40) {
			s.put(extent{layers[i%2], int64(i)}, make(source.Bytes, 3+i*7%11))
		}
		if first == nil {
			first = s.data
		}
		size := int64(0)
		for at, c := range s.data {
			size += c.Held()
			if at.in != layers[0] {
				t.Errorf("%d of the second layer is held, with no room for all of the first", at.at)
			}
		}
		if size > 100 || size != s.size || len(s.data) < 5 {
			t.Errorf("%d bytes are held, %d are drawn", size, s.size)
		}
		if !maps.EqualFunc(first, s.data, func(a, b source.Content) bool { return a.Size() == b.Size() }) {
			t.Fatalf("seed %d: %d other files are held", seed, len(s.data))
		}
	}
}

// What two hold under one place is held until both are done with it.
func TestPinTwice(t *testing.T) {
	h, at := newHeld(), extent{&layer{}, 1}
	first, second := h.pin(at, source.Bytes("x")), h.pin(at, source.Bytes("x"))
	first()
	if _, ok := h.get(at); !ok {
		t.Error("it is gone with the first")
	}
	second()
	if _, ok := h.get(at); ok {
		t.Error("it is still held")
	}
}

// Which files are read singly is settled by their order in the image where they were foreseen.
func TestSlowForeseen(t *testing.T) {
	var s slow
	l := &layer{}
	var wanted []wish
	for i := range 2 * maxSingly {
		wanted = append(wanted, wish{extent: extent{l, int64(i)}})
	}
	s.foresee(wanted)
	for i := 2*maxSingly - 1; i >= 0; i-- {
		if got := s.refused[extent{l, int64(i)}]; got != (i >= maxSingly) {
			t.Errorf("%d of %d is refused: %v", i, len(wanted), got)
		}
	}
}

// Of a file that packing makes nothing less no more is held than the limit.
func TestBaleLimit(t *testing.T) {
	read := &drawn{r: rand.NewChaCha8([32]byte{})}
	if _, err := newBale(read, 1<<30); !errors.Is(err, ErrLimit) || read.n > maxBale+maxBale/8 {
		t.Errorf("%v after %d MiB", err, read.n>>20)
	}
	if b, err := newBale(zeros{}, 1<<30); err != nil || b.Held() > maxBale/4 {
		t.Errorf("a large file of nothing: %v", err)
	}
	data := bytes.Repeat([]byte("x"), pieceSize+1)
	b, err := newBale(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(b.Open()); err != nil || !bytes.Equal(got, data) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}

type drawn struct {
	r io.Reader
	n int64
}

func (c *drawn) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }
