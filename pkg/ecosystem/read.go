package ecosystem

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// TooLarge is the error of a file past its reader's limit.
type TooLarge struct{ Limit int64 } // bytes

func (e *TooLarge) Error() string { return fmt.Sprintf("larger than %d MiB", e.Limit>>20) }

var errNotRegular = errors.New("not a regular file")

// ReadFile is fs.ReadFile for files of strangers: no more than limit bytes are read, else the error is a
// [*TooLarge], and what is no regular file is not opened, since a pipe would never end.
func ReadFile(fsys fs.FS, name string, limit int64) ([]byte, error) {
	info, err := fs.Stat(fsys, name)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, errNotRegular
	case info.Size() > limit:
		return nil, &TooLarge{limit}
	}
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var data bytes.Buffer
	data.Grow(int(info.Size()) + bytes.MinRead)
	_, err = data.ReadFrom(io.LimitReader(f, limit+1))
	if err == nil && int64(data.Len()) > limit {
		err = &TooLarge{limit} // it grew
	}
	return data.Bytes(), err
}

// Unread is the gap of a file that [ReadFile] could not read.
func Unread(reader string, at source.Span, err error) sbom.Gap {
	g := sbom.Gap{Kind: sbom.Lost, Span: at, Reader: reader, Next: "make the file readable"}
	if _, ok := errors.AsType[*TooLarge](err); ok {
		g.Kind, g.Next = sbom.Limit, "look whether this is a manifest at all; if not, exclude it"
	}
	if errors.Is(err, errNotRegular) {
		g.Next = "put the file itself in its place, or exclude it"
	}
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		err = pe.Err // the gap names the file
	}
	g.Why = "cannot be read: " + err.Error()
	return g
}
