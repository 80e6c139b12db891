package detect

import (
	"bytes"
	"strings"
)

// In a table of a text, as Markdown and reStructuredText have them, a heading says that licenses stand in a column: the
// name in a cell below it is the license of what begins the row. A table whose rows begin with licenses is about these.

// licenseTable is the table that was read last.
type licenseTable struct {
	region
	below   int    // where its rows begin, behind those of headings
	columns []bool // those of licenses; nil if the heading above the table says that licenses are spoken of
	says    bool   // one of both does
}

// maxTable bounds the bytes of a table on each side of a row.
const maxTable = 16 << 10

// cellMarks may stand in a cell around a license.
const cellMarks = " \t*_`[]\"+"

// inLicenseCell reports whether tokens [from, to) begin or end what stands in a cell of licenses: they are all of it, or others
// stand beside them in a list.
func (p *mentionReader) inLicenseCell(from, to int) bool {
	at := int(p.t[from].start) - 1
	for at >= 0 && strings.IndexByte(cellMarks, p.text[at]) >= 0 {
		at--
	}
	if at < 0 || strings.IndexByte("|,;", p.text[at]) < 0 {
		return false // nearly always
	}
	listed := p.text[at] != '|'
	if listed && bytes.IndexByte(p.text[max(0, at-maxRaw):at], '|') < 0 {
		return false
	}
	behind := bytes.TrimLeft(lineFrom(p.text, int(p.t[to-1].end), maxRaw), cellMarks)
	if len(behind) > 0 && strings.IndexByte("|(,;", behind[0]) < 0 {
		return false
	}
	if listed && !p.isListInCell(at) {
		return false
	}
	line := lineStart(p.text, at)
	if t := &p.table; line < t.start || line >= t.end {
		p.table = readTable(p.text, line)
	}
	column := strokes(cells(p.text[line : at+1]))
	return p.table.says && line >= p.table.below && column > 0 &&
		(p.table.columns == nil || column < len(p.table.columns) && p.table.columns[column])
}

// isListInCell reports whether all that stands in the cell before the comma at is names of licenses, and few: "MIT, ISC, 0BSD".
func (p *mentionReader) isListInCell(at int) bool {
	near := p.text[max(0, at-maxRaw):at]
	start := bytes.LastIndexByte(near, '|') + 1
	if start == 0 || bytes.IndexByte(near[start:], '\n') >= 0 {
		return false
	}
	_, vague := Declared(strings.Trim(string(near[start:]), cellMarks))
	return !vague
}

// inNextCell reports whether tokens [from, to), of licenses, are all of their cell, and token k stands in another.
func (p *mentionReader) inNextCell(from, to, k int) bool {
	return bytes.IndexByte(p.text[p.t[to-1].end:p.t[k].start], '|') >= 0 && p.inLicenseCell(from, to)
}

// strokes counts the strokes that part cells.
func strokes(row []byte) int { return bytes.Count(row, []byte{'|'}) - bytes.Count(row, []byte(`\|`)) }

// cells takes the stroke off with which a row begins.
func cells(row []byte) []byte { return bytes.TrimPrefix(bytes.TrimLeft(row, " \t#/*"), []byte("|")) }

// readTable reads the table with the row that begins at line.
func readTable(text []byte, line int) licenseTable {
	t := licenseTable{region: region{line, line}}
	for t.start > 0 && line-t.start < maxTable {
		above := lineStart(text, t.start-1)
		if !isRow(text[above : t.start-1]) {
			break
		}
		t.start = above
	}
	for t.end = t.start; t.end < len(text) && t.end-line < maxTable; {
		row, _, _ := bytes.Cut(text[t.end:min(len(text), t.end+maxTable)], []byte{'\n'})
		if !isRow(row) {
			break
		}
		if t.below == 0 && t.end > t.start && isRule(row) {
			t.below = t.end
		}
		t.end += len(row) + 1
	}
	if t.below > 0 {
		t.columns, t.says = licenseColumns(text[t.start:t.below])
		t.says = t.says || underLicenseHeading(text[:t.start])
	}
	return t
}

// isRow reports whether a line may be one of a table.
func isRow(line []byte) bool { return bytes.IndexByte(line, '|') >= 0 || isRule(line) }

// isRule reports whether a line of strokes parts the rows of a table.
func isRule(line []byte) bool {
	return (bytes.Contains(line, []byte("--")) || bytes.Contains(line, []byte("=="))) && len(bytes.Trim(line, " \t\r\n-=+:|#*/")) == 0
}

// licenseColumns gives the columns whose headings say that licenses stand there, nil for none.
func licenseColumns(head []byte) (columns []bool, says bool) {
	for row := range bytes.Lines(head) {
		if isRule(row) {
			continue
		}
		for cell := range bytes.SplitSeq(bytes.ReplaceAll(cells(row), []byte(`\|`), nil), []byte{'|'}) {
			is := isLicenseHeading(cell)
			columns, says = append(columns, is), says || is
		}
		break
	}
	if !says {
		columns = nil
	}
	return columns, says
}

// underLicenseHeading reports whether the last line of a text that is not empty is a heading that says so.
func underLicenseHeading(above []byte) bool {
	above = bytes.TrimRight(above, " \t\r\n")
	line := above[lineStart(above, len(above)):]
	return bytes.HasPrefix(line, []byte{'#'}) && isLicenseHeading(line)
}

// isLicenseHeading reports whether few words say that licenses are spoken of, and not which are compatible, or detected.
func isLicenseHeading(words []byte) bool {
	n, says := licenseNaming(), false
	all := bytes.Fields(bytes.ToLower(words))
	for _, w := range all {
		word := strings.Trim(string(w), "*_`:()[]")
		class := n.classes[n.numbers[word]]
		if class&(isNegation|isRemark) != 0 {
			return false
		}
		says = says || class&isLicense != 0 || word == "licensing"
	}
	return says && len(all) <= maxHeading
}

// lineStart gives where the line of a place begins, or its last part if it is longer than any of a table.
func lineStart(text []byte, at int) int {
	low := max(0, at-maxTable)
	return low + bytes.LastIndexByte(text[low:at], '\n') + 1
}

// headsTable reports whether a word stands in a row of headings.
func headsTable(text []byte, at int) bool {
	row := lineFrom(text, at, maxRaw)
	if bytes.IndexByte(row, '|') < 0 && !bytes.HasSuffix(bytes.TrimRight(text[max(0, at-maxRaw):at], " *"), []byte{'|'}) {
		return false
	}
	below := bytes.TrimLeft(text[at+len(row):], "\r\n")
	return isRule(lineFrom(below, 0, maxRaw))
}

// tableEnd gives where the table ends in one of whose rows a word stands.
func tableEnd(text []byte, at int) int {
	return min(len(text), readTable(text, lineStart(text, at)).end)
}
