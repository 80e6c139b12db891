package format

import (
	"bytes"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
)

// Unsealed is the serial number of a document that has none yet, see [Seal].
const Unsealed = "urn:uuid:00000000-0000-0000-0000-000000000000"

// serials is licet's own namespace for the names that are hashed to a UUID (RFC 9562, section 6.5).
var serials = [16]byte{0x8d, 0x1c, 0x6a, 0x52, 0x3b, 0xe0, 0x4f, 0x37, 0x9a, 0x64, 0x0d, 0xc5, 0x71, 0x2e, 0xb8, 0x19}

// Seal gives a JSON document its serial number: in the top-level field, which must hold [Unsealed], it
// writes "urn:uuid:" and the version 5 UUID of the document as it was before. The number is thus a
// function of every other byte: equal documents have equal numbers, and any change gives another one.
// doc is changed in place.
func Seal(doc []byte, field string) ([]byte, error) {
	key := fmt.Appendf(nil, "%q: %q", field, Unsealed) // quotes inside a JSON string are escaped: no value can look so
	at := bytes.Index(doc, key)
	if at < 0 {
		return nil, fmt.Errorf("document has no empty %q to fill", field)
	}
	serial := "urn:uuid:" + uuid5(serials, doc)
	copy(doc[at+len(key)-1-len(serial):], serial)
	return doc, nil
}

// uuid5 is the name-based UUID of RFC 9562, section 5.5: SHA-1 over namespace and name, cut to 16 bytes,
// with version and variant set.
func uuid5(namespace [16]byte, name []byte) string {
	h := sha1.New()
	h.Write(namespace[:])
	h.Write(name)
	u := h.Sum(nil)[:16]
	u[6] = u[6]&0x0f | 0x50
	u[8] = u[8]&0x3f | 0x80
	s := hex.EncodeToString(u)
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}
