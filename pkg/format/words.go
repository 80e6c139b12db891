package format

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// Pick gives the version to write: what the user asked for after "@", else the first of a format's
// versions, "" where it has none. Another one is an error.
func (o Options) Pick(name string, versions []string) (string, error) {
	switch {
	case slices.Contains(versions, o.Version):
		return o.Version, nil
	case o.Version != "" && len(versions) == 0:
		return "", fmt.Errorf("%s has no versions: leave out %q", name, "@"+o.Version)
	case o.Version != "":
		return "", fmt.Errorf("%s has no version %q: use one of %s", name, o.Version, strings.Join(versions, ", "))
	case len(versions) == 0:
		return "", nil
	}
	return versions[0], nil
}

// Gap puts a gap in one line: what kind, where, why, and what to do.
func Gap(g sbom.Gap) string {
	var b strings.Builder
	b.WriteString(string(g.Kind))
	if g.Material {
		b.WriteString(", material")
	}
	b.WriteString(": ")
	if !g.Span.IsZero() {
		b.WriteString(g.Span.String() + ": ")
	}
	b.WriteString(g.Why)
	if len(g.Components) > 0 {
		fmt.Fprintf(&b, "; concerns %s", g.Components[0])
		if more := len(g.Components) - 1; more > 0 {
			fmt.Fprintf(&b, " and %d more", more)
		}
	}
	if g.Next != "" {
		b.WriteString("; next: " + g.Next)
	}
	return b.String()
}

// Shipped says of each deliverable whether the component is part of it, and why: "no (not imported)", with
// the deliverable's name before it unless there is but the one that is assumed.
func Shipped(d *sbom.Document, id sbom.ID) []string {
	var out []string
	for _, u := range d.UsesOf(id) {
		s := string(u.Shipped)
		if u.Because != "" {
			s += " (" + u.Because + ")"
		}
		if u.Deliverable != sbom.WholeTree.Name {
			s = u.Deliverable + ": " + s
		}
		out = append(out, s)
	}
	return out
}

// Supplier splits "Person: name" and "Organization: name", as SPDX writes them; kind is empty for a bare
// name, of which nobody said what it names.
func Supplier(s string) (kind, name string) {
	for _, kind := range []string{"Person", "Organization"} {
		if name, ok := strings.CutPrefix(s, kind+":"); ok {
			return kind, strings.TrimSpace(name)
		}
	}
	return "", s
}

// IsURI reports whether s may stand where a specification wants an absolute URI: it has a scheme, no
// blanks, and nothing in it was redacted.
func IsURI(s string) bool {
	if strings.Contains(s, source.Redacted) || strings.ContainsAny(s, " \t\r\n<>\"{}|\\^`") {
		return false
	}
	u, err := url.Parse(s)
	return err == nil && len(u.Scheme) > 1 && (u.Host != "" || u.Opaque != "" || u.Path != "")
}

// Visible replaces control characters, invalid bytes and characters that reorder or hide text by what Go
// would write for them in a string.
func Visible(s string) string {
	clean := func(r rune) bool { return r == utf8.RuneError || !strconv.IsPrint(r) }
	if strings.IndexFunc(s, clean) < 0 {
		return s
	}
	q := strconv.Quote(s)
	return strings.ReplaceAll(strings.ReplaceAll(q[1:len(q)-1], `\"`, `"`), `\\`, `\`)
}
