package doc

import (
	"iter"
	"slices"
	"strings"
)

// Terms are values and words that follow each other in a program read by [Code].
type Terms []Node

// Terms gives the items of an array.
func (n Node) Terms() Terms { return slices.Collect(n.Items()) }

// IsWord reports whether the node is this word of a program.
func (n Node) IsWord(word string) bool { return n.Kind() == Word && string(n.raw()) == word }

// Bracket is the bracket that an array of a program stands in: ( [ or {; 0 for all else.
func (n Node) Bracket() byte {
	if n.Kind() != Array || n.i == 0 {
		return 0
	}
	if raw := n.raw(); len(raw) > 0 && strings.IndexByte("([{", raw[0]) >= 0 {
		return raw[0]
	}
	return 0
}

// Split parts the terms at each of the given words. Parts that are empty are left out.
func (t Terms) Split(at ...string) iter.Seq[Terms] {
	return func(yield func(Terms) bool) {
		start := 0
		for i := 0; i <= len(t); i++ {
			if i < len(t) && !slices.ContainsFunc(at, t[i].IsWord) {
				continue
			}
			if i > start && !yield(t[start:i]) {
				return
			}
			start = i + 1
		}
	}
}

// Pair gives the name of a member and its value, as they are written with = or : or => between them; the
// name is Missing if it is no such pair. Of a name in brackets, as Lua writes it, the string counts.
func (t Terms) Pair() (name Node, value Terms) {
	if len(t) < 2 || !t[1].IsWord("=") && !t[1].IsWord(":") && !t[1].IsWord("=>") {
		return Node{}, t
	}
	name = t[0]
	if name.Bracket() != 0 {
		for item := range name.Items() {
			name = item
		}
	}
	return name, t[2:]
}

// Pairs gives the members of a group, parted by commas, semicolons and the ends of lines; the name of
// what is no pair is Missing.
func (n Node) Pairs() iter.Seq2[Node, Terms] {
	return func(yield func(Node, Terms) bool) {
		for part := range n.Terms().Split(",", ";", "\n") {
			if name, value := part.Pair(); !yield(name, value) {
				return
			}
		}
	}
}

// Literal is the value if it is written out: one string, number or array, or one of Ruby's frozen
// strings; Missing if it must be computed.
func (t Terms) Literal() Node {
	if len(t) == 0 || len(t) > 2 || len(t) == 2 && !t[1].IsWord(".freeze") {
		return Node{}
	}
	switch t[0].Kind() {
	case String, Number, Array:
		return t[0]
	}
	return Node{}
}

// Body is a statement without the parameters of the block that it begins: of "|x| call x" what follows them.
func (t Terms) Body() Terms {
	if len(t) > 0 && t[0].IsWord("|") {
		if end := slices.IndexFunc(t[1:], func(n Node) bool { return n.IsWord("|") }); end >= 0 {
			return t[end+2:]
		}
	}
	return t
}

// Calls finds, wherever they stand in n, the calls of functions and methods of these names, and yields
// the name and the arguments: what stands in the parentheses behind it, or the rest of the statement
// that it begins. A name may be given with or without what it is part of: "setup" is found in
// "setuptools.setup".
func (n Node) Calls(names ...string) iter.Seq2[Node, Terms] {
	return func(yield func(Node, Terms) bool) { n.calls(names, yield) }
}

func (n Node) calls(names []string, yield func(Node, Terms) bool) bool {
	for statement := range n.Terms().Split("\n", ";") {
		statement = statement.Body()
		for i, term := range statement {
			if term.Kind() == Array && !term.calls(names, yield) {
				return false
			}
			if term.Kind() != Word || i+1 == len(statement) || !slices.ContainsFunc(names, term.ends) {
				continue
			}
			args := statement[i+1:]
			if args[0].Bracket() == '(' {
				args = args[0].Terms()
			} else if i > 0 {
				continue
			}
			if !yield(term, args) {
				return false
			}
		}
	}
	return true
}

// ends reports whether the word is a name, or one that is part of something.
func (n Node) ends(name string) bool {
	before, ok := strings.CutSuffix(n.Text(), name)
	return ok && (before == "" || before[len(before)-1] == '.' || before[len(before)-1] == ':')
}
