package ecosystem

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// Clean takes from what a reader learned what must not get into a report: secrets, and characters that a terminal, a
// browser or a spreadsheet obeys. They are the writing of strangers, and a name that hides or turns around what stands
// beside it is a way to pass a review. A name that holds such characters is shown with their escapes, and a gap tells of it.
// In what fragments are spans and folders, which must still lead to the files, nothing is changed.
func Clean(reader string, f *sbom.Fragment) {
	var odd []sbom.Component
	for i := range f.Components {
		c := &f.Components[i]
		name, version := c.Name, c.Version
		for _, text := range []*string{&c.Name, &c.Version, &c.PURL, &c.Supplier, &c.Homepage, &c.Source} {
			*text = visible(*text, false)
		}
		c.ID = visibleID(c.ID)
		c.Supplier, c.Homepage, c.Source = source.Redact(c.Supplier), source.Redact(c.Homepage), source.Redact(c.Source)
		for k := range c.Claims {
			c.Claims[k].Raw = visible(source.Redact(c.Claims[k].Raw), true)
		}
		for k := range c.Copyrights {
			c.Copyrights[k].Text, c.Copyrights[k].Holder = visible(c.Copyrights[k].Text, true), visible(c.Copyrights[k].Holder, true)
		}
		if c.Name != name || c.Version != version {
			odd = append(odd, *c)
		}
	}
	for i := range f.Roots {
		f.Roots[i] = visibleID(f.Roots[i])
	}
	for i := range f.Relationships {
		e := &f.Relationships[i]
		e.From, e.To, e.Requirement = visibleID(e.From), visibleID(e.To), visible(source.Redact(e.Requirement), false)
	}
	for i := range f.Uses {
		u := &f.Uses[i]
		u.Component, u.Because = visibleID(u.Component), visible(u.Because, false)
	}
	for i := range f.Gaps {
		g := &f.Gaps[i]
		g.Why, g.Next = visible(source.Redact(g.Why), false), visible(g.Next, false)
		for k := range g.Components {
			g.Components[k] = visibleID(g.Components[k])
		}
	}
	if len(odd) > 0 {
		f.Gaps = append(f.Gaps, oddNames(reader, odd))
	}
}

// oddNames is the gap of components whose names or versions hold what cannot be seen.
func oddNames(reader string, odd []sbom.Component) sbom.Gap {
	g := sbom.Gap{
		Kind: sbom.Lost, Reader: reader, Material: true,
		Why:  fmt.Sprintf("the name or version of %d packages holds characters that cannot be seen, the first is %s", len(odd), Brief(odd[0].Name+" "+odd[0].Version)),
		Next: "find out who wrote that: no package is called so",
	}
	for _, c := range odd {
		for _, o := range c.Occurrences {
			if g.Span.IsZero() && len(o.Found) > 0 {
				g.Span = o.Found[0]
			}
		}
		g.Components = append(g.Components, c.ID)
	}
	return g
}

func visibleID(id sbom.ID) sbom.ID { return sbom.ID(visible(string(id), false)) }

// visible writes what is obeyed and not shown as Go does in a string. Space is space: in what has lines a line's end and a
// tab stay, elsewhere they become blanks.
func visible(s string, lines bool) string {
	if isPlain(s) {
		return s // nearly always
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '\n' || r == '\r' || r == '\t':
			if lines {
				b.WriteRune(r)
			} else {
				b.WriteByte(' ')
			}
		case r == utf8.RuneError && n == 1, isObeyed(r):
			b.WriteString(strings.Trim(strconv.QuoteToASCII(s[i:i+n]), `"`))
		default:
			b.WriteRune(r)
		}
		i += n
	}
	return b.String()
}

// isPlain reports whether the text is of visible ASCII.
func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// isObeyed reports whether a character controls how others are shown: control characters, those of bidirectional writing
// (Unicode Technical Report 36, section 3.3), line separators, and those of no width but the two that join letters.
func isObeyed(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' ||
		r == '\u200b' || r == '\u2060' || r == '\ufeff'
}
