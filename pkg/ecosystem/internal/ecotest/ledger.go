package ecotest

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// facts writes the fragment as lines. What repeats the purl or is the usual case is left out: a type
// other than library, an origin other than manifest, a name or version that the purl does not show.
func facts(frag sbom.Fragment) []string {
	var lines []string
	for _, id := range frag.Roots {
		lines = append(lines, line("root", string(id)))
	}
	for _, c := range frag.Components {
		occurrences := c.Occurrences
		if len(occurrences) == 0 {
			occurrences = []sbom.Occurrence{{}}
		}
		for _, o := range occurrences {
			lines = append(lines, line("component", string(c.ID), places(o.Found), field("dir", o.Dir),
				field("digest", string(o.Digest)), field("modified", string(o.Modified)), field("against", o.Against), changes(o), attributes(c)))
		}
	}
	for _, r := range frag.Relationships {
		lines = append(lines, line("edge", string(r.From), "->", string(r.To), string(r.Kind), string(r.Scope), string(r.Linkage),
			r.Requirement, places(r.Found)))
	}
	for _, u := range frag.Uses {
		lines = append(lines, line("use", string(u.Component), u.Deliverable, string(u.Shipped), u.Because))
	}
	for _, g := range frag.Gaps {
		lines = append(lines, line("gap", string(g.Kind), whether("material", g.Material), g.Span.String(), g.Why,
			field("next", g.Next), ids(g.Components)))
	}
	return lines
}

// changes are the files of an occurrence that differ.
func changes(o sbom.Occurrence) string {
	var parts []string
	for _, c := range o.Changed {
		parts = append(parts, field(string(c.How), c.Path))
	}
	return line(parts...)
}

func attributes(c sbom.Component) string {
	var parts []string
	if c.Type != sbom.TypeLibrary {
		parts = append(parts, field("type", string(c.Type)))
	}
	if c.Origin != sbom.OriginManifest {
		parts = append(parts, field("origin", string(c.Origin)))
	}
	if c.PURL != string(c.ID) {
		parts = append(parts, field("purl", c.PURL))
	}
	if !strings.Contains(string(c.ID), c.Name) {
		parts = append(parts, field("name", c.Name))
	}
	if c.Version != "" && !strings.HasSuffix(string(c.ID), "@"+c.Version) {
		parts = append(parts, field("version", c.Version))
	}
	parts = append(parts, field("supplier", c.Supplier), field("homepage", c.Homepage), field("source", c.Source),
		whether("first-party", c.FirstParty))
	for _, h := range c.Hashes {
		value := strings.TrimPrefix(h.Hex, h.Algorithm+":")
		parts = append(parts, field("hash", h.Algorithm+":"+value[:min(8, len(value))]))
	}
	for _, claim := range c.Claims {
		stated := claim.Raw
		if !claim.Expr.IsNoAssertion() {
			stated = claim.Expr.String()
		}
		parts = append(parts, field(string(claim.Basis), stated))
	}
	for _, c := range c.Copyrights {
		parts = append(parts, field("copyright", c.Text))
	}
	return line(parts...)
}

// line joins what is not empty.
func line(parts ...string) string {
	var b strings.Builder
	for _, p := range parts {
		if p == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(strings.ReplaceAll(p, "\n", `\n`))
	}
	return b.String()
}

func field(name, value string) string {
	if value == "" {
		return ""
	}
	return name + "=" + value
}

func whether(name string, set bool) string {
	if set {
		return name
	}
	return ""
}

func places(spans []source.Span) string {
	var parts []string
	for _, s := range spans {
		s.Col = 0
		parts = append(parts, s.String())
	}
	return line(parts...)
}

func ids(list []sbom.ID) string {
	if len(list) == 0 {
		return ""
	}
	return fmt.Sprintf("components=%v", list)
}

// check holds the fragment against what must be true of every fragment.
func (in *input) check(tb testing.TB, frag sbom.Fragment) {
	known := map[sbom.ID]bool{}
	for _, c := range frag.Components {
		known[c.ID] = true
		for _, o := range c.Occurrences {
			in.checkDir(tb, o)
			in.checkSpans(tb, o.Found...)
		}
		for _, claim := range c.Claims {
			for _, e := range claim.Evidence {
				in.checkSpans(tb, e.Span)
			}
		}
		for _, cr := range c.Copyrights {
			in.checkSpans(tb, cr.Found...)
		}
	}
	mustKnow := func(what string, list ...sbom.ID) {
		for _, id := range list {
			if !known[id] {
				tb.Errorf("%s names %q, which is no component of the fragment", what, id)
			}
		}
	}
	mustKnow("a root", frag.Roots...)
	for _, r := range frag.Relationships {
		mustKnow("an edge", r.From, r.To)
		in.checkSpans(tb, r.Found...)
	}
	for _, u := range frag.Uses {
		mustKnow("a use", u.Component)
	}
	for _, g := range frag.Gaps {
		mustKnow("a gap", g.Components...)
		in.checkSpans(tb, g.Span)
	}
}

// checkDir reports an occurrence that is no folder of the input, nor an archive in it, nor the one file of a library that it was found in.
func (in *input) checkDir(tb testing.TB, o sbom.Occurrence) {
	if o.Dir == "" {
		return
	}
	archive, _, packed := source.SplitArchive(o.Dir)
	fsys, p := in.fs(archive)
	info, err := fs.Stat(fsys, p)
	isText := len(o.Found) > 0 && !slices.ContainsFunc(o.Found, func(s source.Span) bool { return s.Path != o.Dir })
	if err != nil || info.IsDir() == packed && (packed || !isText) {
		tb.Errorf("occurrence in %q: no such folder or archive, and no file that it was found in", o.Dir)
	}
}

// checkSpans reports spans that lie outside their file or whose line and column are not those of Start.
func (in *input) checkSpans(tb testing.TB, spans ...source.Span) {
	for _, s := range spans {
		if s.IsZero() {
			continue
		}
		f := in.page(s.Path)
		if f.err != nil {
			tb.Errorf("span %v: %v", s, f.err)
			continue
		}
		if s.Start < 0 || s.End < s.Start || s.End > f.size {
			tb.Errorf("span %v: bytes [%d, %d) are not inside a file of %d", s, s.Start, s.End, f.size)
			continue
		}
		if s.Line == 0 || s.End == 0 { // not known, or the file is not in UTF-8
			continue
		}
		lineNo, _ := slices.BinarySearch(f.lines, s.Start+1)
		col := 1 + s.Start - f.lines[lineNo-1]
		if s.Line != lineNo || s.Col != 0 && s.Col != col {
			tb.Errorf("span %v: byte %d is at %d:%d", s, s.Start, lineNo, col)
		}
	}
}

// page is a file that spans lie in: its size and where its lines begin.
type page struct {
	size  int
	lines []int
	err   error
}

// page reads a file once, however many spans lie in it.
func (in *input) page(name string) *page {
	if f := in.pages[name]; f != nil {
		return f
	}
	archive, inner, packed := source.SplitArchive(name)
	fsys, p := in.fs(archive)
	data, err := fs.ReadFile(fsys, p)
	if err == nil && packed {
		data, err = unpacked(data, inner)
	}
	f := &page{size: len(data), lines: []int{0}, err: err}
	for i, c := range data {
		if c == '\n' {
			f.lines = append(f.lines, i+1)
		}
	}
	if in.pages == nil {
		in.pages = map[string]*page{}
	}
	in.pages[name] = f
	return f
}
