package source

import (
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"strings"
)

// ErrDigest is the error of bytes that are not those that a digest names.
var ErrDigest = errors.New("its checksum is another than the recorded one")

// errAlgorithm is the error of a digest by which nothing can be told.
var errAlgorithm = errors.New("its checksum is of an unknown kind")

// Verify reads r, and instead of its end gives [ErrDigest] unless all that was read is what the digest names: sha1, sha256, sha384
// or sha512 of raw bytes. What was read before the end is not to be believed. The zero Digest asks for nothing.
func (d Digest) Verify(r io.Reader) io.Reader {
	if d == "" {
		return r
	}
	algorithm, want, _ := strings.Cut(string(d), ":")
	v := &verifier{r: r, want: strings.ToLower(want)}
	switch algorithm {
	case "sha1":
		v.sum = sha1.New()
	case "sha256":
		v.sum = sha256.New()
	case "sha384":
		v.sum = sha512.New384()
	case "sha512":
		v.sum = sha512.New()
	}
	return v
}

// verifier sums what is read of it.
type verifier struct {
	r    io.Reader
	sum  hash.Hash
	want string
}

func (v *verifier) Read(p []byte) (int, error) {
	if v.sum == nil {
		return 0, errAlgorithm
	}
	n, err := v.r.Read(p)
	v.sum.Write(p[:n])
	if err == io.EOF && hex.EncodeToString(v.sum.Sum(nil)) != v.want {
		err = ErrDigest
	}
	return n, err
}
