package doc

import "bytes"

// xmlKind is the kind of a token of XML.
type xmlKind uint8

const (
	xmlEnd   xmlKind = iota // of the document
	xmlText                 // between tags, entities and all
	xmlCData                // start and end are those of the text in it
	xmlStart                // a tag that begins an element, and ends it if empty is set
	xmlClose                // a tag that ends one
)

type xmlToken struct {
	kind          xmlKind
	start, end    int
	name, nameEnd int // of a tag
	empty         bool
}

// xmlScanner gives the tokens of a text; comments, instructions and the document type are left out.
type xmlScanner struct {
	data []byte
	pos  int

	entity int // where the first one is defined, 0 if none is
}

// next gives the next token, or says what is wrong at its start.
func (s *xmlScanner) next() (tok xmlToken, msg string) {
	for s.pos < len(s.data) {
		rest := s.data[s.pos:]
		tok = xmlToken{start: s.pos}
		switch {
		case rest[0] != '<':
			n := bytes.IndexByte(rest, '<')
			if n < 0 {
				n = len(rest)
			}
			s.pos += n
			tok.kind, tok.end = xmlText, s.pos
			return tok, ""
		case bytes.HasPrefix(rest, []byte("<!--")):
			if !s.skip(4, "-->") {
				return tok, "a comment that does not end"
			}
		case bytes.HasPrefix(rest, []byte("<![CDATA[")):
			if !s.skip(9, "]]>") {
				return tok, "a CDATA section that does not end"
			}
			return xmlToken{kind: xmlCData, start: tok.start + 9, end: s.pos - 3}, ""
		case bytes.HasPrefix(rest, []byte("<?")):
			if !s.skip(2, "?>") {
				return tok, "an instruction that does not end"
			}
		case bytes.HasPrefix(rest, []byte("<!")):
			if !s.doctype() {
				return tok, "a declaration that does not end"
			}
		default:
			return s.tag()
		}
	}
	return xmlToken{start: s.pos, end: s.pos}, ""
}

// skip goes behind the mark, looked for that many bytes from here.
func (s *xmlScanner) skip(from int, mark string) bool {
	n := bytes.Index(s.data[s.pos+from:], []byte(mark))
	if n < 0 {
		return false
	}
	s.pos += from + n + len(mark)
	return true
}

// doctype goes behind a declaration, its internal subset in brackets included.
func (s *xmlScanner) doctype() bool {
	depth := 0
	for i := s.pos; i < len(s.data); i++ {
		switch c := s.data[i]; c {
		case '-':
			if bytes.HasPrefix(s.data[i-2:], []byte("<!--")) {
				n := bytes.Index(s.data[i+2:], []byte("-->"))
				if n < 0 {
					return false
				}
				i, depth = i+n+4, depth-1
			}
		case '"', '\'':
			n := bytes.IndexByte(s.data[i+1:], c)
			if n < 0 {
				return false
			}
			i += n + 1
		case '[', '<':
			if depth++; s.entity == 0 && bytes.HasPrefix(s.data[i:], []byte("<!ENTITY")) {
				s.entity = i
			}
		case ']':
			depth--
		case '>':
			if depth--; depth == 0 {
				s.pos = i + 1
				return true
			}
		}
	}
	return false
}

// tag reads a tag up to its >, past the values of its attributes.
func (s *xmlScanner) tag() (tok xmlToken, msg string) {
	tok = xmlToken{kind: xmlStart, start: s.pos, name: s.pos + 1}
	if tok.name < len(s.data) && s.data[tok.name] == '/' {
		tok.kind, tok.name = xmlClose, tok.name+1
	}
	tok.nameEnd = s.nameEnd(tok.name)
	if tok.nameEnd == tok.name {
		return tok, "a < without a name: it is written &lt; in a text"
	}
	for i := tok.nameEnd; i < len(s.data); i++ {
		switch c := s.data[i]; c {
		case '"', '\'':
			n := bytes.IndexByte(s.data[i+1:], c)
			if n < 0 {
				return tok, "a tag that does not end"
			}
			i += n + 1
		case '<':
			return tok, "a tag that does not end"
		case '>':
			tok.empty = tok.kind == xmlStart && s.data[i-1] == '/'
			s.pos, tok.end = i+1, i+1
			return tok, ""
		}
	}
	return tok, "a tag that does not end"
}

// nameEnd is the end of a name that begins at i: at white space or a sign that is in no name.
func (s *xmlScanner) nameEnd(i int) int {
	for ; i < len(s.data); i++ {
		switch c := s.data[i]; {
		case c <= ' ', c == '=', c == '>', c == '/', c == '<', c == '"', c == '\'', c == '&', c == '!', c == '?':
			return i
		}
	}
	return i
}

// xmlAttribute is the places of a name, of a value within its quotes, and where to go on.
type xmlAttribute struct{ name, nameEnd, start, end, next int }

// attribute reads the next attribute of a tag that tag has seen whole; at its end the name is empty.
func (s *xmlScanner) attribute(at int) (a xmlAttribute, msg string) {
	a.name = s.space(at)
	a.nameEnd = s.nameEnd(a.name)
	if a.name == a.nameEnd {
		if c := s.data[a.name]; c != '>' && c != '/' {
			return a, "no name of an attribute"
		}
		return a, ""
	}
	eq := s.space(a.nameEnd)
	if s.data[eq] != '=' {
		return a, "an attribute without a value"
	}
	a.start = s.space(eq+1) + 1
	quote := s.data[a.start-1]
	if quote != '"' && quote != '\'' {
		return a, "the value of an attribute stands in quotes"
	}
	a.end = a.start + bytes.IndexByte(s.data[a.start:], quote)
	a.next = a.end + 1
	return a, ""
}

func (s *xmlScanner) space(i int) int {
	for s.data[i] <= ' ' {
		i++
	}
	return i
}
