package scan

import (
	"crypto"
	"io"
	"sync"

	"github.com/licet/licet/pkg/source"
)

// passed are digests of files that a tree hands out once, and that are compared later: to read them again would be to read the whole tree
// once more. They are made where a comparison may be, and of no other files.
type passed struct {
	mu   sync.Mutex
	sums map[crypto.Hash]map[string]string // by path
}

// sum makes the digests of a file that was handed out.
func (r *reader) sum(t task) {
	if t.Content == nil || r.unhashed {
		return
	}
	kinds := []crypto.Hash{crypto.SHA256}
	switch {
	case r.Deep:
		kinds = append(kinds, crypto.MD5, crypto.SHA1) // of the package managers of systems
	case sitePackages(t.Path) == "" && (installed(t.Path) || !filled(t.Path)):
		return
	}
	for _, kind := range kinds {
		if !kind.Available() {
			continue
		}
		h := kind.New()
		if _, err := io.CopyBuffer(struct{ io.Writer }{h}, struct{ io.Reader }{t.Content.Open()}, make([]byte, 64<<10)); err == nil {
			r.passed.add(kind, t.Path, string(h.Sum(nil)))
		}
	}
}

func (p *passed) add(kind crypto.Hash, at, sum string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.sums == nil {
		p.sums = map[crypto.Hash]map[string]string{}
	}
	if p.sums[kind] == nil {
		p.sums[kind] = map[string]string{}
	}
	p.sums[kind][at] = sum
}

// passedSum gives the digest of a file that was handed out, which a link in its path may lead to.
func (s *scanner) passedSum(kind crypto.Hash, at string) (string, bool) {
	s.passed.mu.Lock()
	defer s.passed.mu.Unlock()
	sums := s.passed.sums[kind]
	if len(sums) == 0 {
		return "", false
	}
	sum, ok := sums[at]
	if !ok {
		if link, to := source.Resolve(s.files, at); link == source.LinkAlias {
			sum, ok = sums[to]
		}
	}
	return sum, ok
}
