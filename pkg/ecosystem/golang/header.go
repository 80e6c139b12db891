package golang

import (
	"bytes"
	"errors"
	"go/build/constraint"
	"go/scanner"
	"go/token"
	"io"
	"io/fs"
	"strconv"
	"strings"
)

// header is what the top of a Go file says: the lines for the build, the package clause, the imports.
type header struct {
	name       string          // of the package
	constraint constraint.Expr // nil for none
	imports    []string
	cgo        bool // it imports "C"
}

var (
	errCut      = errors.New("the file ends in the midst of its imports")
	errNoHeader = errors.New("no package clause, or imports that are no Go")
)

// headSize is how much of a file is read at first, in bytes: imports stand at the top.
const headSize = 4 << 10

// readHeader reads the top of a file, and more of it only as long as the imports don't end.
func readHeader(fsys fs.FS, name string) (header, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return header{}, err
	}
	defer f.Close()
	var data []byte
	for size := headSize; ; size *= 4 {
		had := len(data)
		data = append(data, make([]byte, size-had)...)
		n, err := io.ReadFull(f, data[had:])
		if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
			return header{}, err
		}
		data = data[:had+n]
		h, err := parseHeader(data, len(data) < size)
		if err != errCut || len(data) < size || size > maxFile {
			return h, err
		}
	}
}

// headerScanner reads tokens. What the scanner complains about is no header.
type headerScanner struct {
	scanner.Scanner
	base int
	size int
	bad  bool

	at  int // offset of the token
	tok token.Token
	lit string
}

func (s *headerScanner) next() {
	var pos token.Pos
	pos, s.tok, s.lit = s.Scan()
	s.at = int(pos) - s.base
}

// touchesEnd reports whether the token ends where the data does: there may be more of it.
func (s *headerScanner) touchesEnd() bool {
	return s.tok == token.EOF || s.at+max(len(s.lit), len(s.tok.String())) >= s.size
}

// parseHeader reads the top of a file. The error is errCut when src, which may not be the whole, ends
// before the imports do.
func parseHeader(src []byte, whole bool) (header, error) {
	var h header
	s := headerScanner{size: len(src)}
	file := token.NewFileSet().AddFile("", -1, len(src))
	s.base = file.Base()
	s.Init(file, src, func(token.Position, string) { s.bad = true }, scanner.ScanComments)
	fail := func() (header, error) {
		if !whole && (s.bad || s.touchesEnd()) {
			return h, errCut
		}
		return h, errNoHeader
	}
	var lines []comment
	for s.next(); s.tok == token.COMMENT; s.next() {
		lines = append(lines, comment{s.lit, s.at + len(s.lit)})
	}
	h.constraint = constraintOf(lines, src, s.at)
	if s.tok != token.PACKAGE {
		return fail()
	}
	if s.next(); s.tok != token.IDENT {
		return fail()
	}
	h.name = s.lit
	for s.skip(); s.tok == token.IMPORT; s.skip() {
		if !s.imports(&h) {
			return fail()
		}
	}
	if s.bad || !whole && s.touchesEnd() {
		return fail()
	}
	return h, nil
}

// skip goes on to the next token that is neither a comment nor the end of a statement.
func (s *headerScanner) skip() {
	for s.next(); s.tok == token.COMMENT || s.tok == token.SEMICOLON; s.next() {
	}
}

// imports reads one import declaration.
func (s *headerScanner) imports(h *header) bool {
	s.skip()
	if s.tok != token.LPAREN {
		return s.spec(h)
	}
	for s.skip(); s.tok != token.RPAREN; s.skip() {
		if !s.spec(h) {
			return false
		}
	}
	return true
}

// spec reads an optional name and a path.
func (s *headerScanner) spec(h *header) bool {
	if s.tok == token.IDENT || s.tok == token.PERIOD {
		s.skip()
	}
	if s.tok != token.STRING {
		return false
	}
	p, err := strconv.Unquote(s.lit)
	if err != nil {
		return false
	}
	if p == "C" {
		h.cgo = true
	} else {
		h.imports = append(h.imports, p)
	}
	return true
}

// comment is a comment above the package clause.
type comment struct {
	text string
	end  int // offset
}

// constraintOf gives the build constraint that stands above the package clause, which begins at clause: the
// line //go:build, else all lines "// +build", which need a blank line below them (`go help buildconstraint`).
func constraintOf(list []comment, src []byte, clause int) constraint.Expr {
	var old constraint.Expr
	for _, c := range list {
		switch {
		case !strings.HasPrefix(c.text, "//"):
		case constraint.IsGoBuild(c.text):
			if e, err := constraint.Parse(c.text); err == nil {
				return e
			}
		case constraint.IsPlusBuild(c.text) && hasBlankLine(src[c.end:clause]):
			if e, err := constraint.Parse(c.text); err == nil && old != nil {
				old = &constraint.AndExpr{X: old, Y: e}
			} else if err == nil {
				old = e
			}
		}
	}
	return old
}

func hasBlankLine(between []byte) bool {
	for line := range bytes.Lines(between[min(1, len(between)):]) {
		if len(bytes.TrimSpace(line)) == 0 {
			return true
		}
	}
	return false
}
