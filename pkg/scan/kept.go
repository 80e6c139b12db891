package scan

import (
	"archive/zip"
	"sync"

	"github.com/licet/licet/pkg/source"
)

// An archive that lies deflated in another one has to be inflated whole to be read, by its reader for its coordinates and
// once more for its license files. These are small, so they are taken out while the reader holds the archive. It makes no
// difference but in time whether an archive's texts were kept.

// maxKept is how many bytes of such texts are kept at most; of what is more the archives are inflated again.
const maxKept = 16 << 20

// kept are the license files of archives, by the folder that the archive is.
type kept struct {
	sync.Mutex
	texts map[string][]text
	held  uint64 // bytes
}

type text struct {
	at   string
	data []byte
}

// of are the texts of an archive; ok is false if they were not kept.
func (k *kept) of(dir string) (texts []text, ok bool) {
	k.Lock()
	defer k.Unlock()
	texts, ok = k.texts[dir]
	return texts, ok
}

// keep takes the license files out of an archive, all of them or, if one cannot be read or they are too many, none.
func (s *scanner) keep(dir string, z *zip.Reader) {
	if s.Deep || s.asking.Load() {
		return // each of the files is wanted, or this is read once more
	}
	size := uint64(0)
	for _, e := range entries(z, "", s.searches) {
		size += min(e.UncompressedSize64, maxKept+1)
	}
	if !s.kept.reserve(size) {
		return
	}
	texts := []text{}
	for p, e := range entries(z, "", s.searches) {
		data, err := readEntry(e)
		if err != nil {
			return
		}
		texts = append(texts, text{source.Join(dir, p), data})
	}
	s.kept.Lock()
	defer s.kept.Unlock()
	if s.kept.texts == nil {
		s.kept.texts = map[string][]text{}
	}
	s.kept.texts[dir] = texts
}

// reserve reports whether so many bytes more may be kept.
func (k *kept) reserve(size uint64) bool {
	k.Lock()
	defer k.Unlock()
	if k.held+size > maxKept {
		return false
	}
	k.held += size
	return true
}
