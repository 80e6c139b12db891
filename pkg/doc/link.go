package doc

// A format in which the members of one object need not stand together, as the tables of TOML, is read
// into linked entries first: each knows its first and last child and its next sibling, so that a member
// is added in constant time wherever the text names it. At the end one pass lays them out as the flat
// slice that every other part of this package knows.

// none is the index of no entry.
const none = -1

// entry is a value, with its key if it is an object's.
type entry struct {
	keyStart, keyEnd  int32
	start, end        int32
	first, last, next int32 // children and sibling, or 0: the root is nobody's child
	kind              Kind
	header            bool // a header of its own made it, so that it is an array of tables or a table
}

// linker collects entries. The first is the root, an object.
type linker struct {
	d       *Doc
	entries []entry
	index   map[int32]map[string]int32 // members by name, of the objects that have many
}

// few is how many members are searched one by one.
const few = 16

func newLinker(d *Doc) *linker {
	l := &linker{d: d, index: map[int32]map[string]int32{}}
	l.entries = append(l.entries, entry{kind: Object, start: int32(d.base), end: int32(d.base)})
	return l
}

// lookup gives the member of the object at that bears a name, or none.
func (l *linker) lookup(at int32, name []byte) int32 {
	if index, ok := l.index[at]; ok {
		if i, ok := index[string(name)]; ok {
			return i
		}
		return none
	}
	count := 0
	for i := l.entries[at].first; i != 0; i = l.entries[i].next {
		if l.isNamed(i, name) {
			return i
		}
		count++
	}
	if count > few {
		index := make(map[string]int32, 2*count)
		for i := l.entries[at].first; i != 0; i = l.entries[i].next {
			index[l.d.text(l.key(i))] = i
		}
		l.index[at] = index
	}
	return none
}

func (l *linker) key(i int32) []byte { return l.d.data[l.entries[i].keyStart:l.entries[i].keyEnd] }

func (l *linker) isNamed(i int32, name []byte) bool {
	if text, ok := l.d.form.plain(l.key(i)); ok {
		return string(text) == string(name)
	}
	return l.d.form.unquote(l.key(i)) == string(name)
}

// add appends a member to the object at.
func (l *linker) add(at int32, name []byte, e entry) int32 {
	i := l.item(at, e)
	if index, ok := l.index[at]; ok {
		index[string(name)] = i
	}
	return i
}

// item appends a child to the object or array at.
func (l *linker) item(at int32, e entry) int32 {
	i := int32(len(l.entries))
	l.entries = append(l.entries, e)
	if parent := &l.entries[at]; parent.first == 0 {
		parent.first, parent.last = i, i
	} else {
		l.entries[parent.last].next, parent.last = i, i
	}
	return i
}

// flatten lays the entries out as the nodes of the document, each behind its parent.
func (l *linker) flatten() {
	l.d.nodes = make([]node, 0, 2*len(l.entries))
	l.lay(0)
}

// lay appends an entry and what it contains, and gives the end of the last of it. Readers bound the
// depth.
func (l *linker) lay(at int32) (end int32) {
	d, e := l.d, &l.entries[at]
	if e.keyEnd > 0 {
		d.nodes = append(d.nodes, node{kind: String, start: e.keyStart, end: e.keyEnd, skip: int32(len(d.nodes) + 1)})
	}
	i := len(d.nodes)
	d.nodes = append(d.nodes, node{kind: e.kind, start: e.start})
	end = max(e.end, e.keyEnd)
	for c := e.first; c != 0; c = l.entries[c].next {
		end = max(end, l.lay(c))
	}
	d.nodes[i].end, d.nodes[i].skip = end, int32(len(d.nodes))
	return end
}
