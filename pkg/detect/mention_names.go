package detect

import (
	"strings"
	"sync"

	"github.com/licet/licet/rules"
)

// names knows how licenses are called: a tree of words that ends in what is called so.
type names struct {
	*vocabulary
	next     map[uint64]int32 // from a node (the high half) by a word to a node
	edges    *edgeTable       // the same, when all names are known
	opens    []bool           // by word: something that may be the name of a license begins with it
	alone    []bool           // by word: it may be a name alone, or begins one that the tree has not
	ends     []*called        // what is called by the words that lead to a node, or nil
	families map[string]*family
	links    map[string]string // addresses, see linkKey, to expressions
	prefixes []linkPrefix      // addresses under which names follow
	plain    map[*family]bool  // families whose versions are first of all a program's
}

// called is what a name stands for: a family, or an expression.
type called struct {
	family *family
	expr   string // of a family: what this name means without a version, "" for what the family's does
	word   bool   // a name only where a license is spoken of
	with   bool   // an exception
}

// family is the licenses of the list that differ only in their version.
type family struct {
	id       string            // as GPL
	versions map[string]string // from the version as the list writes it to the id, without -only
	gnu      bool              // the ids end in -only and -or-later
	bare     string            // what the name alone means: the last version, if names.tsv has nothing else
}

// manyNames is about how many words all names have: what is made so large need not grow.
const manyNames = 5 << 10

// licenseNaming is built when the first file speaks of licenses.
var licenseNaming = sync.OnceValue(func() *names {
	n := &names{vocabulary: newVocabulary(), next: make(map[uint64]int32, manyNames), ends: make([]*called, 1, manyNames),
		families: map[string]*family{}, plain: map[*family]bool{}}
	list := rules.Licenses()
	for _, l := range list {
		n.addVersion(l)
	}
	n.addRows()
	for _, f := range n.families {
		f.settleBare()
	}
	n.addList(list)
	for _, x := range rules.Exceptions() {
		c := &called{expr: x.ID, with: true}
		n.insert(x.ID, c)
		n.insert(x.Name, c)
	}
	n.addUnlisted()
	n.addLinks(list)
	n.table, n.edges = newWordTable(n.numbers), newEdgeTable(n.next, len(n.classes))
	n.opens, n.alone = make([]bool, len(n.classes)), make([]bool, len(n.classes))
	for word, node := range n.edges.first {
		n.opens[word], n.alone[word] = node != 0, n.ends[node] != nil
	}
	for _, word := range n.set(versionWords + " cc creative attribution") {
		n.opens[word], n.alone[word] = true, true
	}
	n.alone[n.numbers["creativecommons"]] = true // see creativeCommons
	return n
})

// addUnlisted enters the licenses that the list has not.
func (n *names) addUnlisted() {
	for _, l := range rules.Unlisted() {
		for _, name := range append(l.Aliases, l.Name) {
			n.insert(name, &called{expr: l.ID, word: !strings.Contains(name, " ")})
		}
	}
}

// splitVersion cuts a version off an id: "MPL-1.1", "GPL-2.0-only".
func splitVersion(id string) (stem, version string, gnu, ok bool) {
	base := id
	for _, suffix := range []string{"-only", "-or-later", "+"} {
		if s, found := strings.CutSuffix(id, suffix); found {
			base, gnu = s, true
		}
	}
	i := strings.LastIndexByte(base, '-')
	if i < 0 || i+1 == len(base) || base[i+1] == '0' && len(base) == i+2 || !isDigit(base[i+1]) {
		return "", "", false, false
	}
	version = base[i+1:]
	return base[:i], version, gnu, strings.Trim(version[:len(version)-1], "0123456789.") == ""
}

// addVersion enters a listed license into its family.
func (n *names) addVersion(l rules.License) {
	stem, version, gnu, ok := splitVersion(l.ID)
	if !ok || l.Deprecated && !gnu && stem != "GPL" {
		return
	}
	f := n.families[stem]
	if f == nil {
		f = &family{id: stem, versions: map[string]string{}}
		n.families[stem] = f
	}
	f.gnu = f.gnu || gnu
	f.versions[version] = stem + "-" + version
}

// addRows enters what names.tsv says.
func (n *names) addRows() {
	for _, row := range rules.Names() {
		kind, target := row[0], row[1]
		switch kind {
		case "bare":
			if f := n.families[target]; f != nil {
				f.bare = row[2]
			}
			continue
		case "plain":
			for id := range strings.FieldsSeq(target) {
				if f := n.families[id]; f != nil {
					n.plain[f] = true
				}
			}
			continue
		case "twin":
			for id := range strings.FieldsSeq(target) {
				n.insert(id, &called{})
			}
			continue
		}
		c := n.calledBy(target)
		c.word, c.with = kind == "word", kind == "with"
		versioned := n.versioned(c)
		for name := range strings.SplitSeq(row[2], " | ") {
			if strings.ContainsAny(name, "0123456789") {
				n.insert(name, c)
			} else {
				n.insert(name, versioned) // behind which another version may be written
			}
		}
	}
}

func (n *names) calledBy(target string) *called {
	id, bare, _ := strings.Cut(target, "=")
	if f := n.families[id]; f != nil {
		return &called{family: f, expr: bare}
	}
	return &called{expr: target}
}

// versioned gives what a name stands for whose license is one of a family: that one, if no version is written behind it.
func (n *names) versioned(c *called) *called {
	stem, version, gnu, ok := splitVersion(c.expr)
	f := n.families[stem]
	if c.family != nil || c.with || gnu || !ok || f == nil || f.versions[version] != c.expr {
		return c
	}
	return &called{family: f, expr: c.expr, word: c.word}
}

// addList enters the ids and full names of the list, current ones before deprecated ones.
func (n *names) addList(list []rules.License) {
	for _, deprecated := range []bool{false, true} {
		for _, l := range list {
			if l.Deprecated != deprecated {
				continue
			}
			stem, version, gnu, ok := splitVersion(l.ID)
			if !ok || n.families[stem] == nil {
				word := !strings.Contains(l.ID, "-") || !strings.ContainsAny(l.ID, "0123456789")
				n.insert(l.ID, &called{expr: l.ID, word: word})
				n.insert(l.Name, &called{expr: l.ID, word: !strings.ContainsRune(l.Name, ' ')})
				continue
			}
			f := n.families[stem]
			if _, listed := rules.LicenseByID(stem); listed && !gnu {
				n.insert(l.ID, &called{expr: l.ID})
				n.insert(l.Name, &called{expr: l.ID})
			}
			if n.insert(stem, &called{family: f, word: true}); n.called(stem).family != f {
				n.insert(l.ID, &called{expr: l.ID}) // the rows have given the stem away, and nobody reads a version behind it
			}
			name, rest := cutVersion(l.Name, version)
			if name == "" || !gnu && rest != "" {
				n.insert(l.Name, &called{expr: l.ID})
			}
			if strings.Count(name, " ") > 0 {
				n.insert(name, &called{family: f, word: rest != "" && !gnu})
			}
		}
	}
}

// settleBare gives the name of the family alone a meaning if the rows have given it none.
func (f *family) settleBare() {
	if f.bare != "" {
		return
	}
	for _, id := range f.versions {
		f.bare = max(f.bare, id)
	}
	if f.gnu {
		f.bare += "-or-later"
	}
}

// cutVersion splits a full name at its version: "Mozilla Public License" of "Mozilla Public License 1.1".
func cutVersion(name, version string) (stem, rest string) {
	words := strings.Fields(name)
	for i, w := range words {
		w = strings.Trim(strings.TrimPrefix(strings.ToLower(w), "v"), ",()")
		if i > 0 && (w == version || w+".0" == version || strings.TrimSuffix(version, ".0") == w) {
			j := i
			if p := strings.ToLower(words[j-1]); p == "version" || p == "v." {
				j--
			}
			return strings.Trim(strings.Join(words[:j], " "), ", "), strings.Join(words[i+1:], " ")
		}
	}
	return "", name
}

// insert enters a name; the first that is called so keeps it.
func (n *names) insert(name string, c *called) {
	words := n.split(name)
	if len(words) == 0 {
		return
	}
	node := int32(0)
	for _, w := range words {
		key := uint64(node)<<32 | uint64(w)
		to, ok := n.next[key]
		if !ok {
			to = int32(len(n.ends))
			n.next[key] = to
			n.ends = append(n.ends, nil)
		}
		node = to
	}
	if n.ends[node] == nil {
		n.ends[node] = c
	}
}

// called gives what a name that was entered is the name of.
func (n *names) called(name string) *called {
	node := int32(0)
	for _, w := range n.split(name) {
		node = n.next[uint64(node)<<32|uint64(w)]
	}
	return n.ends[node]
}

// split numbers the words of a name as tokens does those of a text.
func (n *names) split(name string) []int32 {
	var words []int32
	low := strings.ToLower(name)
	for i := 0; i < len(low); {
		end := i + 1
		switch {
		case isASCIILetter(low[i]):
			for end < len(low) && isASCIILetter(low[end]) {
				end++
			}
		case isDigit(low[i]):
			for end < len(low) && (isDigit(low[end]) || low[end] == '.' && end+1 < len(low) && isDigit(low[end+1])) {
				end++
			}
		default:
			i++
			continue
		}
		words = append(words, n.number(low[i:end]))
		i = end
	}
	return words
}

// longest finds the longest name that begins at token i, and where it ends.
func (n *names) longest(t []token, i int) (c *called, end int) {
	node := int32(0)
	for k := i; k < len(t); k++ {
		if t[k].word == 0 || k > i && breaksName(t, k) {
			break
		}
		to := n.edges.next(node, t[k].word)
		if to == 0 {
			break
		}
		node = to
		if n.ends[node] != nil {
			c, end = n.ends[node], k+1
		}
	}
	return c, end
}

// breaksName reports whether what stands before token k ends a name: the end of a sentence, a mark before the word license
// or a number, or the bracket around the name of a file.
func breaksName(t []token, k int) bool {
	s := t[k].sep
	switch {
	case s&sepLow != 0, s&(sepSlash|sepSemi) != 0 && (t[k].class&isLicense != 0 || t[k].digit):
		return true
	case s&(sepBlank|sepStop) != 0:
		return s&sepDot == 0 && !t[k].digit
	}
	return s&sepParen != 0 && k+1 < len(t) && t[k+1].sep == sepDot && !t[k+1].digit
}

// version gives the version of the family that is written as s: "2" for 2.0, "21" for 2.1.
func (f *family) version(s string) (string, bool) {
	s = strings.ToLower(s)
	if _, ok := f.versions[s]; ok {
		return s, true
	}
	if _, ok := f.versions[s+".0"]; ok {
		return s + ".0", true
	}
	if short, cut := strings.CutSuffix(s, ".0"); cut {
		if _, ok := f.versions[short]; ok {
			return short, true
		}
	}
	if len(s) == 2 {
		dotted := s[:1] + "." + s[1:]
		_, ok := f.versions[dotted]
		return dotted, ok
	}
	return "", false
}

// term writes the expression for a version of the family, "" for none.
func (f *family) term(version string, later bool) string {
	id := f.versions[version]
	switch {
	case version == "":
		return f.bare
	case f.gnu && later:
		return id + "-or-later"
	case f.gnu:
		return id + "-only"
	case later:
		return id + "+"
	}
	return id
}
