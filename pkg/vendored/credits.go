package vendored

import (
	"bytes"
	"html"
	"path"
	"strings"

	"github.com/licet/licet/pkg/source"
)

// CreditsFile lists what is part of Chromium, with homepage and license of each, and lies beside programs that hold Chromium: Electron's
// (github.com/electron/electron, README). Chromium writes it by templates that have been the same for long
// (components/about_ui/resources/about_credits_entry.tmpl): of each product a div of class product, in which a span of class title has
// the name, one of class homepage a link, and a pre the license.
const CreditsFile = "LICENSES.chromium.html"

// IsCredits reports whether a file lists what is part of Chromium.
func IsCredits(p string) bool { return path.Base(p) == CreditsFile }

// maxTitleBytes is how long a name or a homepage may be, in bytes.
const maxTitleBytes = 512

// credits reads the products, each of which is all up to the next one.
func (b *banners) credits() {
	const product = `<div class="product">`
	for at := bytes.Index(b.data, []byte(product)); at >= 0 && len(b.found) < maxBanners; {
		end := len(b.data)
		if next := bytes.Index(b.data[at+len(product):], []byte(product)); next >= 0 {
			end = at + len(product) + next
		}
		block := b.data[at:min(end, at+8<<10)]
		name := between(block, `<span class="title">`, `</span>`)
		if name != "" {
			n := Banner{Name: name, Title: name, At: b.span(at, end)}
			if homepage := between(inside(block, `<span class="homepage">`, `</span>`), `href="`, `"`); strings.Contains(homepage, "://") {
				n.Homepage = source.Redact(homepage)
			}
			b.found = append(b.found, n)
		}
		if at = end; at == len(b.data) {
			return
		}
	}
}

// inside is what stands between two texts, as it stands there; nil for nothing.
func inside(data []byte, open, shut string) []byte {
	_, rest, ok := bytes.Cut(data, []byte(open))
	text, _, shuts := bytes.Cut(rest[:min(len(rest), maxTitleBytes)], []byte(shut))
	if !ok || !shuts {
		return nil
	}
	return text
}

// between is that text as HTML means it, "" for one that is no line.
func between(data []byte, open, shut string) string {
	text := strings.TrimSpace(html.UnescapeString(string(inside(data, open, shut))))
	if strings.ContainsFunc(text, func(c rune) bool { return c < ' ' || c == 0x7f || c == '\uFFFD' }) {
		return ""
	}
	return text
}
