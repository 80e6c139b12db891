package doc

import (
	"bytes"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

// YAML reads one YAML document. Aliases and merge keys are resolved: what they stand for is found at
// every place that names it, with the span of the text itself. Scalars have the kinds of the core schema
// of YAML 1.2 (section 10.3.2); dates stay strings. A second document, a key that occurs twice in one
// mapping, a key that is no scalar, and an alias that contains itself are errors. The Doc is never nil;
// on an error of syntax it holds what the lines before it give. data must not change afterwards.
func YAML(path string, data []byte) (*Doc, error) {
	d, err := newDoc(path, data, yamlForm)
	if err != nil {
		return d, err
	}
	d.makeValid()
	if d.readBlock() {
		return d, nil
	}
	switch err := d.readYAML(); {
	case err == nil:
		return d, nil
	case len(d.nodes) > 0:
		return d, err
	default:
		return d, d.salvage(err)
	}
}

// salvage reads the lines before an error, for package yaml keeps nothing. It may take a line more or
// two until they make sense.
func (d *Doc) salvage(err *SyntaxError) *SyntaxError {
	cut := d.lineStart(err.Span.Line)
	if at := bytes.Index(d.data, []byte("\n<<<<<<< ")); at >= 0 && at < d.lineStart(err.Span.Line+2) {
		cut, err = at+1, d.syntax(at+1, "a merge conflict marker")
	}
	for range 3 {
		if len(bytes.TrimSpace(d.data[:cut])) == 0 {
			break
		}
		part := &Doc{path: d.path, data: d.data[:cut], base: d.base, form: yamlForm}
		part.lines = sync.OnceValue(part.index)
		if part.readBlock() {
			d.nodes, d.texts = part.nodes, part.texts
			break
		}
		again := part.readYAML()
		if d.nodes, d.texts = part.nodes, part.texts; again == nil || len(d.nodes) > 0 {
			break
		}
		cut = d.lineStart(min(again.Span.Line, 1+bytes.Count(d.data[:cut-1], []byte("\n"))))
	}
	return err
}

// readYAML reads the document by means of package yaml.
func (d *Doc) readYAML() *SyntaxError {
	dec := yaml.NewDecoder(bytes.NewReader(d.data[d.base:]))
	var root, second yaml.Node
	if err := dec.Decode(&root); err != nil {
		if err == io.EOF {
			return d.syntax(len(d.data), "the document is empty")
		}
		return d.yamlError(err)
	}
	b := yamlBuilder{d: d, open: map[*yaml.Node]bool{}}
	b.place(&root, &cursor{text: d.data, offset: d.base, line: 1, col: 1}, 0)
	if len(root.Content) > 0 {
		b.build(root.Content[0], 1)
	}
	if err := dec.Decode(&second); err != io.EOF {
		if err != nil {
			b.fail(d.yamlError(err))
		} else {
			b.fail(d.syntax(d.lineStart(second.Line), "a second document; only one is read"))
		}
	}
	return b.err
}

// A scalar of several lines or with escapes has its text beside the tree.
var yamlForm = form{plain: yamlPlain, unquote: func(raw []byte) string {
	text, _ := yamlPlain(raw)
	return strings.ReplaceAll(string(text), "''", "'")
}}

func yamlPlain(raw []byte) (text []byte, ok bool) {
	if len(raw) < 2 || raw[0] != '"' && raw[0] != '\'' {
		return raw, true
	}
	text = raw[1 : len(raw)-1]
	return text, raw[0] == '"' || !bytes.Contains(text, []byte("''"))
}

var yamlLine = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^line (\d+): `) })

func (d *Doc) yamlError(err error) *SyntaxError {
	msg := strings.TrimPrefix(err.Error(), "yaml: ")
	offset := 0
	if m := yamlLine().FindStringSubmatch(msg); m != nil {
		msg = msg[len(m[0]):]
		line, _ := strconv.Atoi(m[1])
		if slices.ContainsFunc(yamlShort, func(p string) bool { return strings.HasPrefix(msg, p) }) {
			line++
		}
		offset = d.lineStart(line)
	}
	return d.syntax(offset, "%s", msg)
}

// yamlShort begins the messages of package yaml's parser, as opposed to its scanner: it counts their
// lines from zero.
var yamlShort = []string{
	"did not find expected '-' indicator", "did not find expected <", "did not find expected ',' or",
	"did not find expected key", "did not find expected node content",
}

func (d *Doc) lineStart(line int) int {
	lines := d.lines()
	return int(lines[max(0, min(line, len(lines))-1)])
}

// yamlBuilder turns the nodes of package yaml into ours.
type yamlBuilder struct {
	d        *Doc
	err      *SyntaxError        // the first
	open     map[*yaml.Node]bool // anchored nodes that are being built
	borrowed int                 // aliases and merge keys around the node that is being built
	expanded int                 // nodes visited for them
}

func (b *yamlBuilder) fail(err *SyntaxError) {
	if b.err == nil {
		b.err = err
	}
}

// place replaces the line and column of every node by its byte offset, in Column, which nothing in
// package yaml keeps. The nodes come in the order of the text, so one pass over the text suffices.
func (b *yamlBuilder) place(n *yaml.Node, c *cursor, depth int) {
	n.Column = c.seek(n.Line, n.Column)
	if depth > MaxDepth {
		n.Content = nil // build reports it
	}
	for _, child := range n.Content {
		b.place(child, c, depth+1)
	}
}

// build appends n and what it contains.
func (b *yamlBuilder) build(n *yaml.Node, depth int) {
	d := b.d
	if b.full(n) {
		b.add(n, Null, "")
		return
	}
	if depth > MaxDepth && n.Kind != yaml.ScalarNode {
		b.fail(d.limit(n.Column, "nested deeper than %d", MaxDepth))
		b.add(n, Null, "")
		return
	}
	if n.Kind == yaml.AliasNode {
		b.alias(n, depth)
		return
	}
	if n.Anchor != "" {
		b.open[n] = true
		defer delete(b.open, n)
	}
	switch n.Kind {
	case yaml.MappingNode:
		i := b.add(n, Object, "")
		b.members(n, depth)
		b.finish(i, n)
	case yaml.SequenceNode:
		i := b.add(n, Array, "")
		for _, item := range n.Content {
			b.build(item, depth+1)
		}
		b.finish(i, n)
	default:
		b.add(n, yamlKind(n), n.Value)
	}
}

// full reports, as an error too, that a limit on the number of nodes is reached.
func (b *yamlBuilder) full(n *yaml.Node) bool {
	switch {
	case len(b.d.nodes) >= MaxNodes:
		b.fail(b.d.limit(n.Column, "more than %d values", MaxNodes))
	case b.expanded >= MaxExpanded:
		b.fail(b.d.limit(n.Column, "aliases stand for more than %d values", MaxExpanded))
	default:
		return false
	}
	return true
}

func (b *yamlBuilder) add(n *yaml.Node, kind Kind, text string) int {
	if b.borrowed > 0 {
		b.expanded++
	}
	i := len(b.d.nodes)
	start := n.Column
	end := b.d.scalarEnd(n, start)
	b.d.nodes = append(b.d.nodes, node{kind: kind, start: int32(start), end: int32(end), skip: int32(i + 1)})
	if kind != Object && kind != Array && b.d.text(b.d.data[start:end]) != text {
		b.d.keepText(i, text)
	}
	return i
}

// finish closes the array or object at i: behind its last child, or its bracket.
func (b *yamlBuilder) finish(i int, n *yaml.Node) {
	nodes := b.d.nodes
	nodes[i].skip = int32(len(nodes))
	end := nodes[i].end
	for c := i + 1; c < len(nodes); c = int(nodes[c].skip) {
		if nodes[c].start >= nodes[i].start { // the rest is borrowed from above
			end = max(end, nodes[c].end)
		}
	}
	if n.Style&yaml.FlowStyle != 0 {
		end = int32(b.d.bracketEnd(int(end)))
	}
	nodes[i].end = end
}

func (b *yamlBuilder) alias(n *yaml.Node, depth int) {
	if b.open[n.Alias] {
		b.fail(b.d.syntax(n.Column, "alias %q contains itself", n.Value))
		b.add(n, Null, "")
		return
	}
	b.borrowed++
	b.build(n.Alias, depth)
	b.borrowed--
}

// members appends the keys and values of a mapping: its own in written order, then those it merges in
// (https://yaml.org/type/merge.html) and does not override.
func (b *yamlBuilder) members(n *yaml.Node, depth int) {
	seen := make(map[string]bool, len(n.Content)/2)
	var merged []*yaml.Node
	for pair := range slices.Chunk(n.Content, 2) {
		key, value := pair[0], pair[1]
		if key.Kind == yaml.AliasNode {
			key = key.Alias
		}
		switch {
		case key.Kind != yaml.ScalarNode:
			b.fail(b.d.syntax(key.Column, "a key must be a scalar"))
		case key.Tag == "!!merge":
			merged = append(merged, value)
		case seen[key.Value]:
			b.fail(b.d.syntax(key.Column, "key %q occurs twice", key.Value))
		default:
			seen[key.Value] = true
			b.build(key, depth+1)
			b.build(value, depth+1)
		}
	}
	for _, value := range merged {
		b.merge(value, seen, depth)
	}
}

// merge appends the members of a mapping, or of each of a sequence of mappings, that are not yet seen.
func (b *yamlBuilder) merge(n *yaml.Node, seen map[string]bool, depth int) {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if b.open[n] || depth > MaxDepth {
		b.fail(b.d.syntax(n.Column, "a merge key contains itself"))
		return
	}
	b.borrowed++
	b.open[n] = true
	defer func() {
		b.borrowed--
		delete(b.open, n)
	}()
	switch n.Kind {
	case yaml.SequenceNode:
		for _, item := range n.Content {
			b.merge(item, seen, depth+1)
		}
	case yaml.MappingNode:
		for pair := range slices.Chunk(n.Content, 2) {
			key, value := pair[0], pair[1]
			if b.expanded++; b.full(key) {
				return
			}
			switch {
			case key.Tag == "!!merge":
				b.merge(value, seen, depth+1)
			case key.Kind == yaml.ScalarNode && !seen[key.Value]:
				seen[key.Value] = true
				b.build(key, depth+1)
				b.build(value, depth+1)
			}
		}
	default:
		b.fail(b.d.syntax(n.Column, "a merge key needs a mapping"))
	}
}

func yamlKind(n *yaml.Node) Kind {
	switch n.Tag {
	case "!!null":
		return Null
	case "!!bool":
		return Bool
	case "!!int", "!!float":
		return Number
	}
	return String
}
