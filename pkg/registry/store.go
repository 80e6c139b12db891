package registry

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/licet/licet/pkg/known"
)

// store keeps answers, each in a file of its own. What is believed by its digest is kept by purl and digest; what is believed because
// somebody says so, by purl and by who says it.
type store struct {
	dir         string // "" keeps nothing
	rules, tool string // another license list finds other things
}

// file is where an answer is kept. by is who gave it, "" if the digest speaks for it.
func (s store) file(a known.Asked, by string) string {
	sum := sha256.New()
	fmt.Fprintln(sum, known.Schema, s.rules, s.tool, a.PURL)
	for _, h := range a.Hashes {
		fmt.Fprintln(sum, h.Algorithm, h.Hex)
	}
	if by != "" {
		fmt.Fprintln(sum, "by", by)
	}
	name := hex.EncodeToString(sum.Sum(nil))
	return filepath.Join(s.dir, name[:2], name+".zst")
}

// recall reads what is kept and no older than age, 0 for any age; what cannot be read, or is about something else, is fetched anew.
func (s store) recall(a known.Asked, by string, age time.Duration) *known.Package {
	if s.dir == "" {
		return nil
	}
	name := s.file(a, by)
	if info, err := os.Stat(name); err != nil || info.Size() > known.MaxFile || age > 0 && time.Since(info.ModTime()) > age {
		return nil
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil
	}
	_, packages, err := known.Decode(data, func(purl string) bool { return purl == a.PURL })
	if err != nil || len(packages) != 1 || packages[0].Named != (by != "") || !packages[0].Answers(a) {
		return nil
	}
	return &packages[0]
}

// keep keeps an answer, whole or not at all. That it could not be kept costs time, and nothing else.
func (s store) keep(a known.Asked, by string, p *known.Package) {
	if s.dir == "" {
		return
	}
	var b bytes.Buffer
	if err := known.Encode(&b, known.Header{Rules: s.rules, Tool: s.tool}, []known.Package{*p}); err != nil {
		return
	}
	name := s.file(a, by)
	if os.MkdirAll(filepath.Dir(name), 0o700) != nil {
		return
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".new-*")
	if err != nil {
		return
	}
	_, err = f.Write(b.Bytes())
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		os.Remove(f.Name())
	}
}
