package detect

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/pkg/spdx"
)

// Engine finds statements in files. It serves any number of goroutines and costs nothing to make: what is
// heavy is built when the first file needs it and shared. It remembers some of what it has met, which
// shows in no result.
type Engine struct {
	own  *ownTexts // nil for none
	memo *memo
	bare bool // see Undigested
}

// OwnText is a license text that somebody named: an organisation's own, found as listed ones are.
type OwnText struct {
	ID   string // LicenseRef-...
	Text []byte
}

// New returns an engine that knows the listed licenses, and those given. Where both fit, the given one is
// found. A text of fewer words than tell it from chance finds nothing.
func New(own ...OwnText) *Engine {
	e := &Engine{memo: newMemo(memoRoom)}
	if len(own) > 0 {
		e.own = newOwnTexts(own)
	}
	return e
}

// Undigested returns an engine that finds the same and gives the evidence of known texts no digest: for whoever only
// shows what is stated and where. To write the words of a text for its digest takes a tenth of the time.
func (e *Engine) Undigested() *Engine {
	return &Engine{own: e.own, memo: newMemo(e.memo.room), bare: true}
}

// Result is what one file states.
type Result struct {
	// Claims are in the order of their places. Their basis is [sbom.Detected], their role that of the
	// file's name.
	Claims []sbom.Claim
	// Hidden are the claims that the file asks to pass over, between REUSE-IgnoreStart and REUSE-IgnoreEnd.
	// Whoever doesn't trust the file reads them too.
	Hidden []sbom.Claim
	// Copyrights are the statements of ownership, each once, with every place it stands at.
	Copyrights []sbom.Copyright
	// Texts holds the body of each passage that reads like a license and is none that is known, by the
	// digest in its claim's evidence.
	Texts map[sbom.Digest]string
}

// The rules that evidence names, apart from those for texts, which end in a license's id: text/ID and
// notice/ID for wordings of the list, name/ID for a file that only names a license, licensecheck/NAME
// for the second opinion, and apart from [sbom.RulePointer].
const (
	RuleTag      = "spdx-tag"
	RuleSnippet  = "spdx-tag/snippet" // a tag between SPDX-SnippetBegin and SPDX-SnippetEnd
	RuleUnknown  = "unknown-text"
	RuleAdded    = "added-terms"
	RuleReserved = "rights-reserved" // "All rights reserved", in a file that states no license
	RuleNarrow   = "narrowing-terms" // a sentence that narrows what is stated around it
	// RuleAltered begins the rule of a claim for the text of a license that was changed so that it grants less: it
	// is nobody's license, and the id that follows only says which one it is like.
	RuleAltered = "altered-text/"
)

// UnknownPrefix begins the id of a text that nobody knows; the hexadecimal digits of its digest follow.
const UnknownPrefix = "LicenseRef-licet-unknown-"

// File returns what the file states. Places are in data as given and bear the path, which also tells the
// file's role; the file system is not touched.
func (e *Engine) File(path string, data []byte) Result {
	r := reading{path: path, role: RoleOf(path), text: data, own: e.own, bare: e.bare}
	if r.decode(); r.text == nil {
		return Result{}
	}
	binary := bytes.IndexByte(r.text[:min(len(r.text), binaryHead)], 0) >= 0
	if bytes.HasPrefix(r.text, []byte("#!")) {
		r.role = sbom.RoleFile // a program, whatever its name
	}
	r.look()
	r.ignored = r.ignoredRegions()
	r.tags()
	if binary {
		r.role = sbom.RoleFile
		r.examineStrings(e.memo)
		r.moduleInfo()
	} else {
		r.examine(e.memo)
		r.fields()
	}
	r.mentions()
	r.strangeTerms()
	r.copyrightLines()
	if binary {
		r.writtenCopyrights()
	} else {
		r.ownerTerms()
	}
	return r.result()
}

// binaryHead is how much of a file is looked at for NUL bytes: of one that has any only the strings are read.
const binaryHead = 8 << 10

// mostRepeated is how often the tags, the fields, the narrowing terms or the statements of copyright of a file may say one
// and the same before the rest says nothing new. A file of nothing else would be reported at many times its size.
const mostRepeated = 1000

// isRepeated counts a statement and reports whether it was met too often to say anything new.
func (r *reading) isRepeated(statement string) bool {
	if r.repeated == nil {
		r.repeated = map[string]int{}
	}
	r.repeated[statement]++
	return r.repeated[statement] > mostRepeated
}

// reading is one file under examination.
type reading struct {
	path  string
	role  sbom.Role
	text  []byte
	prose []byte // of a passage: its text without markup
	work  *workspace
	own   *ownTexts // nil for none
	bare  bool      // no digest is asked for
	// origin maps the offsets of a text that was decoded from UTF-16 to those of the file; nil if there
	// is nothing to map.
	origin    []int32
	hits      []hit                // where to look, see gate.go
	tagged    []region             // tags, in order
	repeated  map[string]int       // see isRepeated
	exprs     map[string]spdx.Expr // see parsed
	snippets  int                  // how many are open where tags are read
	tiny      bool                 // of a passage: it is a whole text that is read without cues
	leaf      bool                 // of a passage: it is a whole text
	hasTags   bool                 // of a passage: its file has tags
	unclosed  int                  // no comment is closed before this offset
	ignored   []region
	again     map[mentionKey]int // see takeMention
	mentioned []mentioned        // names of licenses, before it is settled what they claim
	strange   []strange          // terms, before it is settled whose they are
	quoted    []region           // wordings of licenses: a tag inside is an example
	changed   []region           // other words in them than the list has
	fielded   []region           // fields that were read, in order: a name that begins inside is none
	values    map[string]*fieldValue
	manifest  bool      // it describes a package; known where fields are read
	program   bool      // it is the source of one; likewise
	more      *saidMore // nil until a field asks for it
	owners    map[string]ownership
	example   example

	claims     []sbom.Claim
	hidden     []sbom.Claim
	copyrights []sbom.Copyright
	texts      map[sbom.Digest]string
}

// region is bytes [start, end) of a text.
type region struct{ start, end int }

// decode turns UTF-16 into UTF-8, if a byte order mark or its first bytes tell that it is.
func (r *reading) decode() {
	var order binary.ByteOrder
	begin := 2
	switch {
	case bytes.HasPrefix(r.text, []byte{0xFF, 0xFE}):
		order = binary.LittleEndian
	case bytes.HasPrefix(r.text, []byte{0xFE, 0xFF}):
		order = binary.BigEndian
	default:
		if order, begin = unmarkedUTF16(r.text), 0; order == nil {
			return
		}
	}
	raw := r.text
	out := make([]byte, 0, len(raw))
	for i := begin; i < len(raw); {
		c, at := rune(utf8.RuneError), i
		if i+1 < len(raw) {
			c = rune(order.Uint16(raw[i:]))
		}
		i += 2
		if utf16.IsSurrogate(c) {
			low := rune(utf8.RuneError)
			if i+1 < len(raw) {
				low = rune(order.Uint16(raw[i:]))
			}
			if c = utf16.DecodeRune(c, low); c != utf8.RuneError {
				i += 2
			}
		}
		out = utf8.AppendRune(out, c)
		for len(r.origin) < len(out) {
			r.origin = append(r.origin, int32(at))
		}
	}
	r.origin = append(r.origin, int32(len(raw)))
	r.text = out
}

// sampleUTF16 is how many bytes tell whether a text is UTF-16 without a mark.
const sampleUTF16 = 64

// unmarkedUTF16 gives the byte order of a text in UTF-16 of which most letters are ASCII: every other byte is zero. It
// is nil for anything else.
func unmarkedUTF16(text []byte) binary.ByteOrder {
	sample := text[:min(len(text), sampleUTF16)&^1]
	if len(sample) < sampleUTF16/2 || sample[0] != 0 && sample[1] != 0 {
		return nil
	}
	var letters, zeros [2]int // at even and at odd places
	for i, c := range sample {
		switch {
		case c == 0:
			zeros[i%2]++
		case c == '\n' || c == '\r' || c == '\t' || c >= ' ' && c < 0x7F:
			letters[i%2]++
		}
	}
	most := len(sample) * 2 / 5 // four of five
	switch {
	case letters[0] >= most && zeros[1] >= most && zeros[0] == 0:
		return binary.LittleEndian
	case letters[1] >= most && zeros[0] >= most && zeros[1] == 0:
		return binary.BigEndian
	}
	return nil
}

// claim adds a claim on text[start:end] and returns it where it lies until the next one is added.
func (r *reading) claim(kind, rule string, expr spdx.Expr, raw string, start, end int, ev sbom.Evidence) *sbom.Claim {
	ev.Rule, ev.Span = rule, source.Span{Path: r.path, Start: start, End: end}
	list := &r.claims
	if r.isHidden(kind, start, end) {
		list = &r.hidden
	}
	*list = append(*list, sbom.Claim{Basis: sbom.Detected, Kind: kind, Role: r.role, Expr: expr, Raw: raw,
		Evidence: []sbom.Evidence{ev}})
	return &(*list)[len(*list)-1]
}

// result settles what was found and completes its places.
func (r *reading) result() Result {
	r.claims, r.hidden = r.stated(r.claims), r.stated(r.hidden)
	r.reserved()
	r.place()
	return Result{Claims: r.claims, Hidden: r.hidden, Copyrights: r.copyrights, Texts: r.texts}
}

// stated settles the claims, gives the exceptions to their licenses and then joins what is offered instead of one another: of
// two arms the exception widens the one that it stands by.
func (r *reading) stated(claims []sbom.Claim) []sbom.Claim {
	return r.joinArms(joinAlternatives(r.text, r.attach(r.settled(claims))))
}

// reserved claims that all rights are reserved where nothing else is stated. The words stand above most licenses, so that
// they say nothing beside one; and they are listed only, not judged: who owns a file often writes no more.
func (r *reading) reserved() {
	if len(r.claims)+len(r.hidden) > 0 || r.role != sbom.RoleFile {
		return
	}
	for _, c := range r.copyrights {
		at := c.Found[0]
		end := min(len(r.text), at.End+reservedBehind)
		if n := bytes.Index(bytes.ToLower(r.text[at.Start:end]), []byte(allReserved)); n >= 0 {
			start := at.Start + n
			end := start + len(allReserved)
			r.claim("reference", RuleReserved, spdx.Expr{}, string(r.text[start:end]), start, end, sbom.Evidence{}).Role = sbom.RoleAside
			return
		}
	}
}

const (
	allReserved    = "all rights reserved"
	reservedBehind = 80 // bytes behind a copyright within which the words belong to it
)

// settled leaves out the tags that a license's own text shows, the names that begin inside of fields, and
// settles the overlaps.
func (r *reading) settled(claims []sbom.Claim) []sbom.Claim {
	debian := IsDebianCopyright(r.text)
	if debian {
		nameByText(r.text, claims)
	}
	return arbitrate(union(nil, r.changed), slices.DeleteFunc(claims, func(c sbom.Claim) bool {
		g := c.Evidence[0].Span
		switch {
		case c.Kind == "tag":
			return r.isQuoted(g.Start)
		case c.Kind == "reference" || c.Kind == "notice" && isMention(&c):
			return within(r.fielded, g.Start)
		case debian && c.Evidence[0].Rule == RuleUnknown:
			return isStanza(r.text[g.Start:g.End])
		}
		return false
	}))
}

// place gives all spans their lines and columns, and offsets in the file as it is.
func (r *reading) place() {
	var evidence []*sbom.Evidence
	for _, list := range [][]sbom.Claim{r.claims, r.hidden} {
		for i := range list {
			for k := range list[i].Evidence {
				evidence = append(evidence, &list[i].Evidence[k])
			}
		}
	}
	var spans []*source.Span
	for _, e := range evidence {
		spans = append(spans, &e.Span)
	}
	for i := range r.copyrights {
		for j := range r.copyrights[i].Found {
			spans = append(spans, &r.copyrights[i].Found[j])
		}
	}
	slices.SortFunc(spans, func(a, b *source.Span) int { return cmp.Compare(a.Start, b.Start) })
	newline := []byte{'\n'}
	if len(spans) > 0 && bytes.IndexByte(r.text, '\n') < 0 {
		newline = []byte{'\r'}
	}
	line, at, lineStart := 1, 0, 0
	for _, s := range spans {
		passed := r.text[at:s.Start]
		line += bytes.Count(passed, newline)
		if i := bytes.LastIndex(passed, newline); i >= 0 {
			lineStart = at + i + 1
		}
		at = s.Start
		s.Line, s.Col = line, r.offset(at)-r.offset(lineStart)+1
	}
	for _, e := range evidence {
		e.EndLine = e.Span.Line + bytes.Count(r.text[e.Span.Start:e.Span.End], newline)
	}
	for _, s := range spans {
		s.Start, s.End = r.offset(s.Start), r.offset(s.End)
	}
}

// offset gives the place in the file of an offset in the text.
func (r *reading) offset(i int) int {
	if r.origin == nil {
		return i
	}
	return int(r.origin[i])
}

func (r *reading) isIgnored(at int) bool { return within(r.ignored, at) }

// isHidden reports whether a claim on text[start:end] is to be passed over: one block holds all of it. A tag or a field
// is one where it begins, for what can't be read of it goes on to the end of the line, where the block may be closed.
func (r *reading) isHidden(kind string, start, end int) bool {
	if !r.isIgnored(start) {
		return false
	}
	i, _ := slices.BinarySearchFunc(r.ignored, start, func(g region, at int) int { return cmp.Compare(g.end, at+1) })
	return end <= r.ignored[i].end || kind == "tag" || kind == "field"
}

func (r *reading) isQuoted(at int) bool { return within(r.quoted, at) }

// within reports whether one of the sorted, disjoint regions holds the offset.
func within(regions []region, at int) bool {
	i, found := slices.BinarySearchFunc(regions, at, func(g region, at int) int { return cmp.Compare(g.start, at) })
	return found || i > 0 && at < regions[i-1].end
}

// plain decodes a passage for people: bytes that are not UTF-8 stand for Latin-1, runs of white space
// become one blank.
func plain(b []byte) string {
	var room [maxRaw]byte
	out, blank := room[:0], false
	for _, c := range b {
		switch {
		case c >= utf8.RuneSelf:
			return decoded(b)
		case c == ' ' || '\t' <= c && c <= '\r':
			blank = len(out) > 0
			continue
		case blank:
			out, blank = append(out, ' '), false
		}
		out = append(out, c)
	}
	return string(out)
}

// decoded is plain for any passage.
func decoded(b []byte) string {
	if !utf8.Valid(b) {
		var out []byte
		for len(b) > 0 {
			c, n := utf8.DecodeRune(b)
			if c == utf8.RuneError && n == 1 {
				c = rune(b[0])
			}
			out = utf8.AppendRune(out, c)
			b = b[n:]
		}
		b = out
	}
	return string(bytes.Join(bytes.Fields(b), []byte{' '}))
}
