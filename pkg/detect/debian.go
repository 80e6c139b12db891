package detect

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/spdx"
)

// IsDebianCopyright reports whether a text is a machine-readable debian/copyright: its first paragraph
// names the format (copyright-format 1.0, "Header paragraph", and what the drafts before it asked for).
func IsDebianCopyright(text []byte) bool {
	head := bytes.TrimLeft(text[:min(len(text), 300)], "\ufeff \t\r\n")
	line, _, _ := bytes.Cut(head, []byte("\n"))
	return bytes.HasPrefix(line, []byte("Format")) && (bytes.Contains(line, []byte("copyright-format")) || bytes.Contains(line, []byte("dep5")))
}

// isStanza reports whether a passage of such a file says which files are whose: it is no license, however
// many of its words are those of licenses.
func isStanza(passage []byte) bool {
	return bytes.HasPrefix(passage, []byte("Files:")) || bytes.Contains(passage, []byte("\nFiles:")) || bytes.HasPrefix(passage, []byte("Format"))
}

// nameByText gives the short names of such a file that nobody else knows the meaning that the file itself
// gives them: what is read in the paragraph that begins with the name (copyright-format 1.0, "Stand-alone
// License paragraph").
func nameByText(text []byte, claims []sbom.Claim) {
	meaning := map[string]spdx.Expr{}
	texts := claimsByPlace(claims)
	var ends []int // of paragraphs
	for i := 0; i < len(text); {
		n := bytes.Index(text[i:], []byte("\n\n"))
		if n < 0 {
			break
		}
		i += n + 2
		ends = append(ends, i)
	}
	for _, c := range claims {
		if !isUnreadField(c) {
			continue
		}
		from, to := c.Evidence[0].Span.End, len(text)
		if k, _ := slices.BinarySearch(ends, from); k < len(ends) {
			to = ends[k]
		}
		i, _ := slices.BinarySearchFunc(texts, from, func(c sbom.Claim, at int) int { return cmp.Compare(c.Evidence[0].Span.Start, at) })
		if _, known := meaning[c.Raw]; !known && i < len(texts) && texts[i].Evidence[0].Span.Start < to {
			meaning[c.Raw] = texts[i].Expr
		}
	}
	for i, c := range claims {
		if isUnreadField(c) {
			claims[i].Expr = inWords(c.Raw, meaning)
		}
	}
}

// inWords reads a license in which words may have a meaning of their own: "BSL-1.0 and other".
func inWords(raw string, meaning map[string]spdx.Expr) spdx.Expr {
	words := strings.Fields(raw)
	for i, w := range words {
		name := strings.Trim(w, "(),")
		if e := meaning[name]; !e.IsNoAssertion() {
			words[i] = strings.Replace(w, name, "("+e.String()+")", 1)
		}
	}
	e, ambiguous := Declared(strings.Join(words, " "))
	if ambiguous {
		return spdx.Expr{}
	}
	return e
}

func isUnreadField(c sbom.Claim) bool { return c.Kind == "field" && c.Expr.IsNoAssertion() }

// claimsByPlace gives the texts and notices that were read, in order.
func claimsByPlace(claims []sbom.Claim) []sbom.Claim {
	var out []sbom.Claim
	for _, c := range claims {
		if (c.Kind == "text" || c.Kind == "notice") && !c.Expr.IsNoAssertion() {
			out = append(out, c)
		}
	}
	slices.SortStableFunc(out, func(a, b sbom.Claim) int { return cmp.Compare(a.Evidence[0].Span.Start, b.Evidence[0].Span.Start) })
	return out
}
