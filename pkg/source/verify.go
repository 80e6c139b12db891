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
	return &verifier{r: r, sum: hashOf(algorithm), want: strings.ToLower(want)}
}

// hashOf is the hash of a kind of digest; nil for one by which nothing can be told.
func hashOf(algorithm string) hash.Hash {
	switch algorithm {
	case "sha1":
		return sha1.New()
	case "sha256":
		return sha256.New()
	case "sha384":
		return sha512.New384()
	case "sha512":
		return sha512.New()
	}
	return nil
}

// Among reads r to its end, and gives the first of the digests that names what was read. They are those of one kind; the error is
// [ErrDigest] if none of them does.
func Among(r io.Reader, digests []Digest) (Digest, error) {
	if len(digests) == 0 {
		return "", errAlgorithm
	}
	algorithm, _, _ := strings.Cut(string(digests[0]), ":")
	sum := hashOf(algorithm)
	if sum == nil {
		return "", errAlgorithm
	}
	if _, err := io.Copy(sum, r); err != nil {
		return "", err
	}
	has := algorithm + ":" + hex.EncodeToString(sum.Sum(nil))
	for _, d := range digests {
		if strings.EqualFold(string(d), has) {
			return d, nil
		}
	}
	return "", ErrDigest
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
