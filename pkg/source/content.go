package source

import (
	"bytes"
	"io"
)

// Content is that of a file which is at hand in memory, as it is or packed.
type Content interface {
	// Open gives a reader of it from its beginning, and of any part of it. Each call gives another one.
	Open() *io.SectionReader
	// Size is how long it is, in bytes.
	Size() int64
	// Held is how many bytes of memory it takes.
	Held() int64
}

// Bytes is content that lies in memory as it is. It is not to be changed.
type Bytes []byte

// Open implements [Content].
func (b Bytes) Open() *io.SectionReader { return io.NewSectionReader(bytes.NewReader(b), 0, b.Size()) }

// Size implements [Content].
func (b Bytes) Size() int64 { return int64(len(b)) }

// Held implements [Content].
func (b Bytes) Held() int64 { return int64(len(b)) }
