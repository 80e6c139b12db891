package executable

import (
	"io"
	"strings"
)

// Loads are the libraries that a program loads, with blanks between.
func Loads(at io.ReaderAt) string {
	images, err := parse(at)
	if err != nil {
		return err.Error()
	}
	return strings.Join(images[0].libraries, " ")
}
