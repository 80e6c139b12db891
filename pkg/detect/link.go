package detect

import (
	"strings"

	"github.com/licet/licet/pkg/spdx"
	"github.com/licet/licet/rules"
)

// linkPrefix is an address under which names of licenses follow, or versions of a family.
type linkPrefix struct {
	prefix string
	family *family // nil if names follow
}

// addLinks enters the addresses of links.tsv, and those of the list that only one license has.
func (n *names) addLinks(list []rules.License) {
	n.links = map[string]string{}
	for _, row := range rules.Links() {
		switch f := n.families[row[0]]; {
		case row[0] == "*":
			n.prefixes = append(n.prefixes, linkPrefix{row[1], nil})
		case f != nil:
			n.prefixes = append(n.prefixes, linkPrefix{row[1], f})
		default:
			n.links[row[1]] = row[0]
		}
	}
	twice := map[string]bool{}
	listed := map[string]string{}
	for _, l := range list {
		key := linkKey(l.URL)
		if l.Deprecated || strings.Count(key, "/") == 0 {
			continue
		}
		twice[key] = listed[key] != ""
		listed[key] = l.ID
	}
	for key, id := range listed {
		if _, known := n.links[key]; !known && !twice[key] && n.underPrefix(key) == nil {
			n.links[key] = id
		}
	}
}

// linkEndings are cut off addresses.
var linkEndings = []string{"/", ".html", ".htm", ".txt", ".php", ".md", ".shtml", ".aspx", "/legalcode", "/deed", "/index", ".en", "/deed.en", "-standalone", "/fulltext"}

// linkKey brings an address into the form that links.tsv has.
func linkKey(url string) string {
	url = strings.ToLower(url)
	if _, rest, ok := strings.Cut(url, "://"); ok {
		url = rest
	}
	url = strings.TrimPrefix(url, "www.")
	url = strings.TrimPrefix(url, "en.")
	if strings.Contains(url, ".mit-license.org") {
		return "mit-license.org" // one host for each holder
	}
	if i := strings.IndexByte(url, '#'); i >= 0 {
		url = url[:i]
	}
	for again := true; again; {
		again = false
		for _, e := range linkEndings {
			if s, ok := strings.CutSuffix(url, e); ok {
				url, again = s, true
			}
		}
	}
	return strings.ReplaceAll(url, "%20", " ")
}

func (n *names) underPrefix(key string) *linkPrefix {
	for i := range n.prefixes {
		if p := &n.prefixes[i]; len(key) > len(p.prefix) && strings.HasPrefix(key, p.prefix) {
			return p
		}
	}
	return nil
}

// creativeCommonsHosts are where by-sa/4.0 follows, of the texts and of the pictures that link to them.
var creativeCommonsHosts = []string{"creativecommons.org/licenses/", "i.creativecommons.org/l/", "licensebuttons.net/l/", "licensebuttons.net/i/l/"}

// maxLink bounds the bytes of an address that is looked at.
const maxLink = 200

// link reads the license that the address at token i leads to.
func (p *mentionReader) link(i int) (mention, bool) {
	if p.t[i].end-p.t[i].start > maxLink {
		return mention{}, false
	}
	key := linkKey(p.raw(i))
	m := mention{from: i, to: i + 1, link: true, pointer: strings.HasPrefix(key, "common-licenses/")}
	if expr, ok := p.links[key]; ok {
		expr, m.moved = strings.CutPrefix(expr, "?")
		m.expr = expr
		if stem, version, gnu, ok := splitVersion(expr); ok && p.families[stem] != nil && !strings.Contains(expr, " ") {
			m.family, m.version, m.later = p.families[stem], version, gnu && strings.HasSuffix(expr, "-or-later")
			if !strings.ContainsAny(key, "0123456789") {
				m.version, m.later = "", false // the address names the family
			}
		}
		return m, true
	}
	for _, host := range creativeCommonsHosts {
		if rest, ok := strings.CutPrefix(key, host); ok {
			return p.creativeCommonsLink(m, rest)
		}
	}
	if _, name, ok := strings.Cut(key, "&dn="); ok && strings.HasPrefix(key, "magnet:") {
		return p.linkName(m, name)
	}
	prefix := p.underPrefix(key)
	if prefix == nil {
		return mention{}, false
	}
	rest := strings.ReplaceAll(key[len(prefix.prefix):], "%20", " ")
	if prefix.family != nil {
		v, _, _ := strings.Cut(rest, "/")
		version, ok := prefix.family.version(strings.Trim(v, "v-. "))
		m.family, m.version = prefix.family, version
		m.expr = m.family.term(version, false)
		return m, ok
	}
	if strings.HasPrefix(prefix.prefix, "img.") {
		rest = badgeField(rest)
	}
	if l, ok := rules.LicenseByID(rest); ok {
		m.expr = spdx.Leaf(spdx.Term{ID: l.ID}).Normal().String()
		if stem, version, _, ok := splitVersion(l.ID); ok && p.families[stem] != nil {
			m.family, m.version = p.families[stem], version
			m.later = strings.HasSuffix(m.expr, "-or-later")
		}
		return m, true
	}
	m, ok := p.linkName(m, rest)
	if isRelative(prefix.prefix) && m.family != nil && m.version == "" {
		return mention{}, false // licenses/BSL.txt may hold any license that is called so
	}
	return m, ok
}

// isRelative reports whether a prefix is no address but a folder: licenses/.
func isRelative(prefix string) bool {
	return strings.Index(prefix, "/") == len(prefix)-1 && !strings.Contains(prefix, "common-")
}

// badgeField gives the first of the fields that the address of a badge has behind its label; two hyphens are one in it.
func badgeField(rest string) string {
	const hyphen = "\x00"
	field, _, _ := strings.Cut(strings.ReplaceAll(rest, "--", hyphen), "-")
	return strings.ReplaceAll(field, hyphen, "-")
}

// linkName reads a name in an address as it would be read in a text.
func (p *mentionReader) linkName(m mention, name string) (mention, bool) {
	name, _, _ = strings.Cut(name, "/")
	name = strings.TrimSuffix(name, "-license")
	inner := *p
	inner.text = []byte(strings.ReplaceAll(name, "_", " "))
	inner.begin(p.tokens(nil, inner.text, 0, len(inner.text)))
	if inner.last() == 0 {
		return mention{}, false // no word: "LICENSES/*.txt"
	}
	got, ok := inner.item(0)
	if ok && inner.is(got.to, isRemark) {
		return mention{}, false // gpl-faq
	}
	if !ok || got.to < inner.last()-1 {
		if got, ok = inner.stripped(name); !ok {
			return mention{}, false
		}
	}
	m.expr, m.family, m.version, m.later = got.expr, got.family, got.version, got.later
	return m, true
}

// stripped reads a name that an address has run together: "apache2.0", "cddl1", "gplv3".
func (p *mentionReader) stripped(name string) (mention, bool) {
	for _, cut := range []string{"-license", "license-", "_license", "license"} {
		if s := strings.Replace(name, cut, "", 1); s != name && s != "" {
			p.text = []byte(s)
			p.begin(p.tokens(nil, p.text, 0, len(p.text)))
			if p.last() == 0 {
				continue
			}
			if m, ok := p.item(0); ok && m.to >= p.last() {
				return m, true
			}
		}
	}
	return mention{}, false
}

// creativeCommonsLink reads by-sa/4.0/de of such an address.
func (p *mentionReader) creativeCommonsLink(m mention, rest string) (mention, bool) {
	part := strings.Split(rest, "/")
	f, ok := p.families["CC-"+strings.ToUpper(part[0])]
	if !ok {
		return mention{}, false
	}
	m.family = f
	if len(part) > 1 && part[1] != "" && isDigit(part[1][0]) {
		if m.version, ok = f.version(part[1]); !ok {
			m.expr = noAssertion // a version that the list does not have
			return m, true
		}
	}
	m.expr = f.term(m.version, false)
	if len(part) > 2 && len(part[2]) < 5 {
		if l, ok := rules.LicenseByID(m.expr + "-" + part[2]); ok {
			m.expr = l.ID
		}
	}
	return m, true
}
