package rules

import (
	"compress/flate"
	_ "embed"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
)

//go:embed data/texts.tsv
var textsTSV string

//go:embed data/texts.bin
var textsBIN string

// passage says where a text or header lies: which bytes of texts.bin hold its block, and which bytes of
// the block, once unpacked, it is.
type passage struct {
	id, kind             string
	from, to, start, end int
}

var passages = sync.OnceValue(func() []passage {
	table := rows(textsTSV)
	list := make([]passage, len(table))
	for i, f := range table {
		list[i] = passage{f[0], f[1], number(f[2]), number(f[3]), number(f[4]), number(f[5])}
	}
	return list
})

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		panic("rules: data/texts.tsv is broken: " + err.Error())
	}
	return n
}

// Text returns the full text of a listed license, with LF line breaks. Exceptions and ids that are newer
// than the texts have none.
func Text(id string) (string, bool) { return read(id, "text") }

// Header returns the notice that the license asks to be put into source files, where the list has one. It is for the tests
// of detection, which must know each of them in a file's comments.
func Header(id string) (string, bool) { return read(id, "header") }

// read finds one of the at most two passages of an id, the header before the text, and unpacks it.
func read(id, kind string) (string, bool) {
	key := func(id, kind string) string { return id + "\t" + kind }
	p, ok := find(passages(), key(id, kind), func(p *passage) string { return key(p.id, p.kind) })
	if !ok {
		return "", false
	}
	block, err := io.ReadAll(flate.NewReader(strings.NewReader(textsBIN[p.from:p.to])))
	if err != nil {
		panic(fmt.Sprintf("rules: data/texts.bin is broken: %v", err))
	}
	return string(block[p.start:p.end]), true
}
