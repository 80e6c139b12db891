package executable

import (
	"bytes"
	"debug/elf"
	"debug/macho"
	"debug/pe"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/licet/licet/pkg/archive"
	"github.com/licet/licet/pkg/ecosystem"
)

// The limits of one program.
const (
	maxRead     = 256 << 20 // bytes that are read of it
	maxLoaded   = 256 << 20 // bytes of one that cannot be read at random, and so is loaded
	maxSection  = 8 << 20   // bytes of the section of cargo-auditable
	maxInflated = 64 << 20  // bytes that it inflates to
	maxManifest = 4 << 20   // bytes of a manifest that may be the program's
)

var errLarge = fmt.Errorf("larger than any of its kind")

// open opens a file to be read at random.
func open(fsys fs.FS, file string) (io.ReaderAt, io.Closer, error) {
	f, err := fsys.Open(file)
	if err != nil {
		return nil, nil, err
	}
	if at, ok := f.(io.ReaderAt); ok {
		if _, err := at.ReadAt(make([]byte, 1), 0); !errors.Is(err, errors.ErrUnsupported) {
			return at, f, nil
		}
	}
	f.Close()
	data, err := ecosystem.ReadFile(fsys, file, maxLoaded)
	at := bytes.NewReader(data)
	return at, io.NopCloser(at), err
}

// budget bounds how much is read of a file, whatever its tables say.
type budget struct {
	io.ReaderAt
	left int64
}

func (b *budget) ReadAt(p []byte, off int64) (int, error) {
	if b.left -= int64(len(p)); b.left < 0 {
		return 0, errLarge
	}
	return b.ReaderAt.ReadAt(p, off)
}

// image is a program for one processor as its format tells.
type image struct {
	io.ReaderAt
	names bool // it has a table of sections that tells which there are
	loads bool // it names libraries that are loaded when it starts; only ELF tells
	// libraries are those, of ELF and PE.
	libraries []string
	sections  map[string]section // by name; of several with one name the first
	window    []byte             // of a section that is searched
}

type section interface{ Open() io.ReadSeeker }

// parse reads the tables of a program: one, or one for each processor, which need not be compiled from the same. With an error it
// gives those that it could read.
func parse(at io.ReaderAt) ([]*image, error) {
	head := make([]byte, 8)
	if _, err := at.ReadAt(head, 0); err != nil {
		return nil, err
	}
	if !archive.IsUniversal(head) {
		img, err := parseOne(at, head)
		if err != nil {
			return nil, err
		}
		return []*image{img}, nil
	}
	var all []*image
	var broken error
	for _, slice := range archive.Slices(at, head) {
		head := make([]byte, 8)
		if _, err := slice.ReadAt(head, 0); err != nil {
			broken = err
			continue
		}
		if bytes.HasPrefix(head, []byte("!<arch>")) { // objects for a linker
			continue
		}
		img, err := parseOne(slice, head)
		if err != nil {
			broken = err
			continue
		}
		all = append(all, img)
	}
	if len(all) == 0 && !errors.Is(broken, errLarge) {
		return nil, broken
	}
	if broken != nil {
		broken = fmt.Errorf("of one of its processors: %w", broken)
	}
	return all, broken
}

func newImage(at io.ReaderAt) *image { return &image{ReaderAt: at, sections: map[string]section{}} }

func parseOne(at io.ReaderAt, head []byte) (*image, error) {
	img := newImage(at)
	switch {
	case bytes.HasPrefix(head, []byte("\x7fELF")):
		f, err := archive.ELF(at)
		if err != nil {
			return nil, err
		}
		img.addELF(f)
	case bytes.HasPrefix(head, []byte("MZ")):
		f, err := pe.NewFile(at)
		if err != nil {
			return nil, err
		}
		img.libraries = importedPE(f)
		for _, s := range f.Sections { // what Go writes has no section of its own here
			img.add(s.Name, s)
		}
	default:
		f, err := macho.NewFile(at)
		if err != nil {
			return nil, err
		}
		img.addMachO(f)
	}
	return img, nil
}

func (img *image) addELF(f *elf.File) {
	for _, s := range f.Sections {
		if s.Type != elf.SHT_NOBITS {
			img.add(s.Name, s)
		}
	}
	img.names = len(f.Sections) > 0
	if s := f.SectionByType(elf.SHT_DYNAMIC); s != nil && s.Size <= maxSection {
		needed, _ := f.DynValue(elf.DT_NEEDED) // what cannot be told is no reason to look less closely
		img.loads = len(needed) > 0
		img.libraries = neededELF(f, s.Link, needed)
	}
}

func (img *image) addMachO(f *macho.File) {
	for _, s := range f.Sections {
		img.add(s.Name, s)
	}
	img.names = len(f.Sections) > 0
}

func (img *image) add(name string, s section) {
	if _, had := img.sections[name]; !had {
		img.sections[name] = s
	}
}

// content reads a section.
func (img *image) content(name string) ([]byte, error) {
	s := img.sections[name]
	if s == nil {
		return nil, nil
	}
	data, err := io.ReadAll(io.LimitReader(s.Open(), maxSection+1))
	if err == nil && len(data) > maxSection {
		err = errLarge
	}
	return data, err
}
