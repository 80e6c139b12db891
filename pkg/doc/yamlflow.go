package doc

// flowReader reads a collection in brackets that ends on its line.
type flowReader struct {
	*blockReader
	pos, end int
}

// space goes past spaces and gives the byte that follows, 0 at the end of the line.
func (f *flowReader) space() byte {
	for f.pos < f.end && f.d.data[f.pos] == ' ' {
		f.pos++
	}
	if f.pos == f.end {
		return 0
	}
	return f.d.data[f.pos]
}

func (f *flowReader) collection() bool {
	kind, shut := Object, byte('}')
	if f.d.data[f.pos] == '[' {
		kind, shut = Array, ']'
	}
	if f.depth++; f.depth > MaxDepth || len(f.d.nodes) >= MaxNodes-2 {
		return false
	}
	i := len(f.d.nodes)
	f.add(kind, f.pos, f.pos)
	f.pos++
	names := nameSet{r: f.blockReader, object: i}
	for first := true; ; first = false {
		c := f.space()
		if c == shut && first {
			break
		}
		if kind == Object && !f.name(&names) || !f.item() {
			return false
		}
		if c = f.space(); c == shut {
			break
		}
		if c != ',' {
			return false
		}
		f.pos++
	}
	f.pos++
	f.depth--
	f.d.nodes[i].end, f.d.nodes[i].skip = int32(f.pos), int32(len(f.d.nodes))
	return true
}

// name reads a key, its colon and a space.
func (f *flowReader) name(names *nameSet) bool {
	start := f.pos
	if c := f.space(); c == 0 || c == '[' || c == '{' || !f.text() || string(f.d.data[start:f.pos]) == "<<" {
		return false
	}
	end := f.pos
	if end-start > maxYAMLKey || names.has(len(f.d.nodes)-1, f.d.data[start:end]) {
		return false
	}
	if f.space() != ':' || f.pos+1 >= f.end || f.d.data[f.pos+1] != ' ' {
		return false
	}
	f.pos++
	return true
}

// item reads a value. One that is left out is left to package yaml.
func (f *flowReader) item() bool {
	switch f.space() {
	case 0:
		return false
	case '[', '{':
		return f.collection()
	}
	return f.text()
}

// text reads a scalar.
func (f *flowReader) text() bool {
	data, start := f.d.data, f.pos
	if data[start] == '"' || data[start] == '\'' {
		f.pos = f.quoteEnd(start, f.end)
		return f.pos > 0 && f.scalar(start, f.pos)
	}
	if !f.startsPlain(start) || data[start] == '-' || data[start] == ':' {
		return false
	}
	end := start
	for at := start; ; at++ {
		if at == f.end {
			return false
		}
		switch c := data[at]; {
		case c == ',' || c == ']' || c == '}' || c == ':' && f.blank(at+1):
			f.pos = end
			return f.scalar(start, end)
		case c == '?' || c == '[' || c == '{' || c == '#' || c == ':' && (at+1 == f.end || data[at+1] == ',' || data[at+1] == ']' || data[at+1] == '}'):
			return false
		case c != ' ':
			end = at + 1
		}
	}
}
