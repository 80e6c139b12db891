package githead

import (
	"bytes"
	"compress/zlib"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
)

// maxObject bounds one commit; maxInflated bounds all that is inflated on the way to it.
const (
	maxObject   = 4 << 20
	maxInflated = 64 << 20
)

// commit reads the content of the commit with the given name.
func (r *repository) commit(id string) ([]byte, error) {
	data, err := r.looseCommit(id)
	if errors.Is(err, fs.ErrNotExist) {
		data, err = r.packedCommit(id)
	}
	if err != nil {
		return nil, err
	}
	if got := nameOf("commit", data, len(id)); got != id {
		return nil, fmt.Errorf("the content has another name, %s: the repository is damaged", got)
	}
	return data, nil
}

// nameOf gives the name of an object, in the given number of hexadecimal digits: a hash of its type,
// its size and its content.
func nameOf(kind string, data []byte, digits int) string {
	head := fmt.Appendf(nil, "%s %d\x00", kind, len(data))
	if digits == sha256.Size*2 {
		sum := sha256.Sum256(append(head, data...))
		return hex.EncodeToString(sum[:])
	}
	sum := sha1.Sum(append(head, data...))
	return hex.EncodeToString(sum[:])
}

// looseCommit reads a commit that has a file of its own: compressed, after a header as in nameOf.
func (r *repository) looseCommit(id string) ([]byte, error) {
	f, err := openRegular(r.fsys, path.Join(r.shared, "objects", id[:2], id[2:]))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := zlib.NewReader(f)
	if err != nil {
		return nil, err
	}
	object, err := io.ReadAll(io.LimitReader(z, maxObject+1))
	if err != nil {
		return nil, err
	}
	if len(object) > maxObject {
		return nil, fmt.Errorf("over %d bytes", maxObject)
	}
	head, data, _ := bytes.Cut(object, []byte{0})
	if kind, _, _ := strings.Cut(string(head), " "); kind != "commit" {
		return nil, fmt.Errorf("a %.10q, not a commit", kind)
	}
	return data, nil
}
