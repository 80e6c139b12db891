package known

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"errors"
)

// A signature is Ed25519's (RFC 8032) over all bytes of the file, 64 bytes in a file of their own, so that other programs can
// verify it too: `openssl pkeyutl -verify -rawin -pubin -inkey KEY -in facts.zst -sigfile facts.zst.sig`. Keys are PEM, as
// `openssl genpkey -algorithm ed25519` writes them (RFC 8410).

var (
	errPrivate = errors.New("not a private key of Ed25519 in PEM (`openssl genpkey -algorithm ed25519`)")
	errPublic  = errors.New("not a public key of Ed25519 in PEM (`openssl pkey -pubout`)")
	// ErrSignature is the error of a signature that is not that of the file by that key.
	ErrSignature = errors.New("the signature is not that of the file by this key")
)

// Sign signs a file with a private key in PEM (PKCS #8).
func Sign(file, key []byte) ([]byte, error) {
	block, _ := pem.Decode(key)
	if block == nil || block.Type != "PRIVATE KEY" {
		return nil, errPrivate
	}
	k, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, errPrivate // what the parser says of a key might quote it
	}
	private, ok := k.(ed25519.PrivateKey)
	if !ok {
		return nil, errPrivate
	}
	return ed25519.Sign(private, file), nil
}

// Verify fails unless the signature is that of the file by the public key in PEM (SubjectPublicKeyInfo).
func Verify(file, signature, key []byte) error {
	block, _ := pem.Decode(key)
	if block == nil || block.Type != "PUBLIC KEY" {
		return errPublic
	}
	k, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return errPublic
	}
	public, ok := k.(ed25519.PublicKey)
	if !ok {
		return errPublic
	}
	if !ed25519.Verify(public, file, signature) {
		return ErrSignature
	}
	return nil
}
