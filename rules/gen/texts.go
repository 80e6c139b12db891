package main

import (
	"bytes"
	"compress/flate"
	"fmt"
	"slices"
	"strings"
)

// blockSize is what has to be unpacked to read one text: more saves space, less saves time.
const blockSize = 64 << 10

// extent is where a text lies: in which block, and which bytes of it.
type extent struct{ block, start, end int }

// packTexts compresses the license texts and standard headers in independent blocks. The index has a
// line for each: id, kind (text or header), bytes of the block in packed, bytes in the block. Texts that
// several ids share are packed once; line breaks are LF.
func packTexts(src *sources) (index, packed []byte) {
	type row struct {
		id, kind string
		extent
	}
	var rows []row
	var p packer
	for _, id := range sortedKeys(src.list) {
		if h := src.details[id].Header; strings.TrimSpace(h) != "" {
			rows = append(rows, row{id, "header", p.add(h)})
		}
		rows = append(rows, row{id, "text", p.add(src.list[id].Text)})
	}
	var out, lines bytes.Buffer
	ends := []int{0}
	for _, b := range p.blocks {
		out.Write(deflate(b))
		ends = append(ends, out.Len())
	}
	for _, r := range rows {
		fmt.Fprintf(&lines, "%s\t%s\t%d\t%d\t%d\t%d\n", r.id, r.kind, ends[r.block], ends[r.block+1], r.start, r.end)
	}
	return lines.Bytes(), out.Bytes()
}

// packer lays texts into blocks.
type packer struct {
	blocks []string
	places map[string]extent // by text
}

func (p *packer) add(text string) extent {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	if at, ok := p.places[text]; ok {
		return at
	}
	last := len(p.blocks) - 1
	if last < 0 || len(p.blocks[last])+len(text) > blockSize {
		p.blocks = append(p.blocks, "")
		last++
	}
	start := len(p.blocks[last])
	p.blocks[last] += text
	if p.places == nil {
		p.places = map[string]extent{}
	}
	p.places[text] = extent{last, start, start + len(text)}
	return p.places[text]
}

func deflate(text string) []byte {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	if err != nil {
		panic(err) // the level is a constant
	}
	w.Write([]byte(text)) // a bytes.Buffer takes everything
	w.Close()
	return b.Bytes()
}

// wordings is what detection learns the licenses from: all texts of the list, deprecated ids included.
func wordings(src *sources) []licenseText {
	var all []licenseText
	for _, id := range sortedKeys(src.list) {
		if slices.Contains(src.exceptions, id) {
			continue // the list has the text of one among the licenses
		}
		d := src.details[id]
		all = append(all, licenseText{
			ID:         id,
			Deprecated: d.Deprecated,
			Text:       strings.ReplaceAll(src.list[id].Text, "\r\n", "\n"),
			Template:   d.Template,
			Header:     d.HeaderTemplate,
		})
	}
	return all
}
