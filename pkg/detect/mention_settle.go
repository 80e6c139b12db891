package detect

import (
	"cmp"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/spdx"
)

// mentionClaims makes claims of the statements of a file. A family's name alone says nothing beside the
// same name with a version; nor does a second mention of a version whose own notice says more.
func (r *reading) mentionClaims(found []mentioned) {
	if len(found) == 0 {
		return // as in most files
	}
	s := r.alreadySaid()
	found = slices.DeleteFunc(slices.Clone(found), func(m mentioned) bool { return within(s.verbatim, m.start) && within(s.verbatim, m.end-1) })
	s.noteMentions(found)
	found = withoutDedication(r.text, r.asOffered(found))
	said := map[string]int{}
	var choice *mentioned // the last statement that names several
	var listed []region
	if r.role == sbom.RoleFile && len(found) >= leastTable {
		listed = tables(found)
		if len(listed) > 0 && isProgram(r.path) {
			listed = []region{{0, len(r.text)}} // of a tool for licenses
		}
	}
	for _, m := range found {
		table := within(listed, m.start)
		if table && !m.under && !m.isLink() || r.isExample(m.start) || isChangeLicense(r.text, m.start) ||
			m.isStranger() && s.meansGNU(r.text[m.name.start:m.name.end]) {
			continue
		}
		if said[m.expr]++; said[m.expr] > mostSame {
			continue
		}
		if m.with {
			r.claim(kindException, RuleException+m.expr, spdx.Expr{}, m.expr, m.start, m.end, sbom.Evidence{})
			continue
		}
		if choice != nil && m.isLink() && m.start < choice.end+placesBehind && choice.names(&m) {
			continue
		}
		if len(m.parts) > 1 && !m.isLink() {
			choice = &m
		}
		var parts []mention
		for _, part := range m.parts {
			part.pointer = part.pointer || m.pointer
			if !s.superfluous(part, m.grant, m.seen) {
				parts = append(parts, s.asText(part, len(m.parts)))
			}
		}
		if len(parts) == 0 {
			continue
		}
		if len(parts) < len(m.parts) || len(parts) > 1 {
			m.expr = joinParts(parts, m.choice)
		}
		expr, err := spdx.Parse(m.expr)
		if err != nil {
			continue
		}
		if !m.grant && s.texts[expr.String()] || s.hasTitled(&m) {
			continue // the title of the text, or its address
		}
		kind, rule, text := "reference", RuleMention, sbom.Digest("")
		if m.grant && !table {
			kind = "notice"
		}
		if m.isLink() {
			rule = RuleLink
		} else if m.part {
			rule = RulePart
		} else if m.isStranger() {
			text = r.keepText(m.name)
			rule = cmp.Or(pointerTo(r.text[m.name.start:min(len(r.text), m.end+pointerBehind)]), RuleStranger)
		}
		raw := plain(r.text[m.start:min(m.end, m.start+maxRaw)])
		c := r.claim(kind, rule, expr, raw, m.start, m.end, sbom.Evidence{Text: text})
		if m.docs && r.role == sbom.RoleFile && !isProgram(r.path) {
			c.Role = sbom.RoleAside
		}
	}
}

// placesBehind is how many bytes behind a statement that names several licenses their addresses stand.
const placesBehind = 300

// names reports whether all that the link names is named by the statement: it says where that can be read, and takes
// nothing from the choice among several.
func (m *mentioned) names(link *mentioned) bool {
	return !slices.ContainsFunc(link.parts, func(l mention) bool {
		return !slices.ContainsFunc(m.parts, func(part mention) bool {
			return part.expr == l.expr || part.family != nil && part.family == l.family && (part.version == "" || l.version == "" || part.version == l.version)
		})
	})
}

func (m *mentioned) isLink() bool { return len(m.parts) > 0 && m.parts[0].link }

// mostSame is how often a file may name the same before the rest says nothing new.
const mostSame = 30

// leastTable is how many different licenses a table has at least.
const leastTable = 12

// tableBytes is how far apart the first and the last license of so many stand at most: in prose there are few.
const tableBytes = leastTable * 400

// tables gives the parts of a file that list licenses: so many, and so close together, are none that it states.
func tables(found []mentioned) []region {
	var out []region
	near, different, low := map[string]int{}, 0, 0
	for _, m := range found {
		if m.isLink() {
			continue
		}
		if near[m.expr]++; near[m.expr] == 1 {
			different++
		}
		for ; found[low].isLink() || m.end-found[low].start > tableBytes && found[low].start < m.start; low++ {
			if first := &found[low]; !first.isLink() {
				if near[first.expr]--; near[first.expr] == 0 {
					different--
				}
			}
		}
		if different < leastTable {
			continue
		}
		if n := len(out); n > 0 && found[low].start <= out[n-1].end {
			out[n-1].end = m.end
		} else {
			out = append(out, region{found[low].start, m.end})
		}
	}
	return out
}

// alreadySaid is what tags, texts and notices have said of a file before the names in it are settled.
type alreadySaid struct {
	versioned map[string]bool     // families that are named with a version
	pointed   map[string]bool     // of those whose text is pointed to: whether they are named with a version otherwise
	laters    map[string]bool     // versions that are named with "or later", as GPL2.0
	named     map[string]bool     // families that are named otherwise than by an address
	stated    bool                // something is stated otherwise than by an address
	texts     map[string]bool     // expressions of texts
	verbatim  []region            // where these stand word for word: what they name is no statement
	namesGPL  bool                // one of them speaks of the GPL
	excepted  bool                // there is an exception, which speaks of the license that it widens
	sortTexts map[string][]string // the texts of a sort
	sorts     map[string][]region // where texts of a sort stand, sorted and disjoint
}

func (r *reading) alreadySaid() *alreadySaid {
	s := &alreadySaid{versioned: map[string]bool{}, laters: map[string]bool{}, named: map[string]bool{}, texts: map[string]bool{}, sortTexts: map[string][]string{}, sorts: map[string][]region{}}
	for _, c := range r.claims {
		s.stated = true
		for _, t := range c.Expr.Terms() {
			s.note(t.String())
		}
		s.excepted = s.excepted || c.Kind == kindException
		if c.Kind != "text" {
			continue
		}
		place := c.Evidence[0].Span
		if c.Evidence[0].Coverage == 1 {
			s.verbatim = append(s.verbatim, region{place.Start, place.End})
		}
		s.texts[c.Expr.String()] = true
		s.noteText(c.Expr)
		if t, ok := c.Expr.Term(); ok && sortOf(t.ID) != "" {
			if !slices.Contains(s.sortTexts[sortOf(t.ID)], t.ID) {
				s.sortTexts[sortOf(t.ID)] = append(s.sortTexts[sortOf(t.ID)], t.ID)
			}
			s.sorts[sortOf(t.ID)] = append(s.sorts[sortOf(t.ID)], region{place.Start, place.End})
		}
	}
	s.verbatim = union(nil, s.verbatim)
	for sort, places := range s.sorts {
		s.sorts[sort] = union(nil, places)
	}
	return s
}

// note takes down the families and later versions that an expression names.
func (s *alreadySaid) note(expr string) {
	for id := range strings.FieldsSeq(expr) {
		stem, version, gnu, ok := splitVersion(strings.Trim(id, "()"))
		if !ok {
			continue
		}
		s.versioned[stem] = true
		if gnu && strings.HasSuffix(id, "-or-later") {
			s.laters[stem+version] = true
		}
	}
}

// noteText takes down what the text of a license of GNU's names itself: later versions of it, and the GPL.
func (s *alreadySaid) noteText(expr spdx.Expr) {
	if stem, version, gnu, ok := splitVersion(expr.String()); ok && gnu {
		s.laters[stem+version], s.namesGPL = true, true
	}
}

// noteMentions takes down what the names say. Where the text of a version can be read tells the version only if nothing
// else does.
func (s *alreadySaid) noteMentions(found []mentioned) {
	s.pointed = map[string]bool{}
	var pointers []mention
	for _, m := range found {
		s.stated = s.stated || !m.isLink()
		for _, part := range m.parts {
			switch {
			case part.version != "" && (m.pointer || part.pointer):
				pointers = append(pointers, part)
			case part.family == nil || part.version != "":
				s.note(part.expr)
			}
			if part.family != nil && !part.link {
				s.named[part.family.id] = true
			}
		}
	}
	for _, part := range pointers {
		s.pointed[part.family.id] = s.versioned[part.family.id]
	}
	for _, part := range pointers {
		if !s.pointed[part.family.id] {
			s.note(part.expr)
		}
	}
}

// superfluous reports whether a part of a statement says less than the rest of the file: a family's name
// alone beside the same with a version, a version beside a notice that adds "or later".
func (s *alreadySaid) superfluous(part mention, grant, seen bool) bool {
	f := part.family
	switch {
	case part.moved && s.stated:
		return true
	case f == nil || part.later:
		return false
	case part.pointer && s.pointed[f.id]:
		return true // "the text of version 3 can be found in" beside a notice that says which one it is
	case part.version != "":
		return f.gnu && s.laters[f.id+part.version]
	case part.link && s.named[f.id]:
		return true
	case f.id == "GPL" && s.namesGPL && !grant:
		return true
	case f.gnu && f.id != "AGPL" && (!grant && s.excepted || seen && (s.versioned["GPL"] || s.versioned["LGPL"] || s.versioned["AGPL"])):
		return true // "see the GNU General Public License" in the notice of another; none refers to the AGPL
	}
	return s.versioned[f.id]
}

// asText gives the license of the file's text in the stead of a name that many share, where several are named: "dual
// BSD/GPL" above the text of the BSD license that is meant.
func (s *alreadySaid) asText(part mention, names int) mention {
	if sort := sortOf(part.expr); names > 1 && part.word && sort != "" && len(s.sortTexts[sort]) == 1 {
		part.expr = s.sortTexts[sort][0]
	}
	return part
}

// titleBytes is how far a title may be from the text whose sort it names.
const titleBytes = 1500

// hasTitled reports whether the statement names no more than the sort of a text that stands beside it, as
// "BSD license" above the text of one of the many.
func (s *alreadySaid) hasTitled(m *mentioned) bool {
	sort := sortOf(m.expr)
	return sort != "" && touches(s.sorts[sort], region{m.start - titleBytes, m.end + titleBytes})
}

// sortOf gives the sort of a license of which there are many variants, "" for every other.
func sortOf(id string) string {
	if strings.Contains(id, " ") {
		return ""
	}
	if id == "MIT-CMU" || id == "CMU-Mach" {
		return "CMU"
	}
	stem, _, _ := strings.Cut(id, "-")
	switch stem {
	case "X11", "MIT", "JSON":
		return "MIT"
	case "BSD", "0BSD", "FreeBSD", "OpenSSL":
		return "BSD"
	case "Zlib", "Libpng", "libpng":
		return "Zlib"
	case "HPND", "ISC", "CECILL", "Apache", "W3C", "TCL", "NCSA", "Artistic":
		return stem
	case "PSF", "Python", "CNRI":
		return "Python"
	}
	if id == "Linux-OpenIB" {
		return "BSD"
	}
	return ""
}
