package format

import (
	"bufio"
	"bytes"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
)

// Unsealed is the serial number of a document that has none yet, see [Seal].
const Unsealed = "urn:uuid:00000000-0000-0000-0000-000000000000"

// serials is licet's own namespace for the names that are hashed to a UUID (RFC 9562, section 6.5).
var serials = [16]byte{0x8d, 0x1c, 0x6a, 0x52, 0x3b, 0xe0, 0x4f, 0x37, 0x9a, 0x64, 0x0d, 0xc5, 0x71, 0x2e, 0xb8, 0x19}

// Seal writes a JSON document with its serial number: in the top-level field, in which the document that encode writes must
// hold [Unsealed], stands "urn:uuid:" and the version 5 UUID of the document as encode wrote it. The number is thus a
// function of every other byte: equal documents have equal numbers, and any change gives another one.
//
// Since the number stands at the beginning, the document is kept, in pages: a buffer that doubles would take three times
// as much.
func Seal(w io.Writer, field string, encode func(io.Writer) error) error {
	d := &unsealed{key: fmt.Appendf(nil, "%q: %q", field, Unsealed), at: -1, sum: sha1.New()}
	d.sum.Write(serials[:])
	paged := bufio.NewWriterSize(d, page)
	if err := errors.Join(encode(paged), paged.Flush()); err != nil {
		return err
	}
	if d.at < 0 {
		return fmt.Errorf("document has no empty %q to fill", field)
	}
	serial := "urn:uuid:" + uuid5(d.sum)
	copy(d.head[d.at+len(d.key)-1-len(serial):], serial)
	for _, p := range append([][]byte{d.head}, d.pages...) {
		if _, err := w.Write(p); err != nil {
			return err
		}
	}
	return nil
}

// page is how much of a document is kept in one piece, in bytes.
const page = 256 << 10

// unsealed is a document without serial number, and its sum so far.
type unsealed struct {
	key   []byte // quotes inside a JSON string are escaped: no value can look so
	at    int    // of the key in head, -1 before it was met
	head  []byte // up to the page with the key
	pages [][]byte
	sum   hash.Hash
}

func (d *unsealed) Write(p []byte) (int, error) {
	d.sum.Write(p)
	if d.at < 0 {
		from := max(0, len(d.head)-len(d.key))
		d.head = append(d.head, p...)
		if i := bytes.Index(d.head[from:], d.key); i >= 0 {
			d.at = from + i
		}
		return len(p), nil
	}
	d.pages = append(d.pages, bytes.Clone(p))
	return len(p), nil
}

// uuid5 is the name-based UUID of RFC 9562, section 5.5: SHA-1 over namespace and name, cut to 16 bytes,
// with version and variant set.
func uuid5(sum hash.Hash) string {
	u := sum.Sum(nil)[:16]
	u[6] = u[6]&0x0f | 0x50
	u[8] = u[8]&0x3f | 0x80
	s := hex.EncodeToString(u)
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}
