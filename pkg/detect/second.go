package detect

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"github.com/google/licensecheck"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/pkg/spdx"
	"github.com/licet/licet/rules"
)

// secondOpinion asks google/licensecheck about a license file of which the regions rest are left. It adds
// its findings that lie mostly in what is left, and those that explain terms the list's wordings left
// over: these replace the wordings inside them. It returns the words that they cover. Names that SPDX
// doesn't list cover nothing: such a passage is reported as unknown.
//
// To start it takes 0.7 seconds and a third of a gigabyte for the licenses that it knows. Those that share
// no words with the text can't be found in it, and a few milliseconds are enough for the others.
func (r *reading) secondOpinion(t *wordText, rest []region) []region {
	if len(r.text) > mostSecond {
		return nil
	}
	scanner := secondScanner(r.likely(t, rest))
	if scanner == nil {
		return nil
	}
	var covered []region
	for _, m := range scanner.Scan(r.text).Match {
		expr, ok := secondName(m.ID)
		if !ok {
			continue
		}
		g := t.words(m.Start, m.End)
		if g.start == g.end || !r.explains(t, g, rest) {
			continue // the list's own wording says the same
		}
		kind := "text"
		if g.end-g.start < leastText {
			kind = "notice"
		}
		start, end := int(t.start[g.start]), int(t.end[g.end-1])
		ev := sbom.Evidence{}
		if kind == "text" {
			ev.Coverage, ev.Text = 1, r.digest(t, g)
			r.claims = slices.DeleteFunc(r.claims, func(c sbom.Claim) bool {
				place := c.Evidence[0].Span
				return (c.Kind == "text" || c.Kind == "notice") && start <= place.Start && place.End <= end
			})
		}
		r.claim(kind, "licensecheck/"+m.ID, expr, "", start, end, ev)
		covered = append(covered, g)
	}
	return covered
}

// sureCoverage is the coverage from which on a text of a license file is taken for granted.
const sureCoverage = 0.95

// confirm asks google/licensecheck about a damaged text of a license file: what it takes most of the same words for is
// evidence too. If that is another license, the coverage that is claimed falls by as much as the other one has of the words.
func (r *reading) confirm(t *wordText, m textMatch, evidence []sbom.Evidence) []sbom.Evidence {
	if r.role != sbom.RoleLicenseFile || m.kind != "text" || m.coverage >= sureCoverage || m.coverage == 0 || len(r.text) > mostSecond {
		return evidence
	}
	scanner := secondScanner(r.likely(t, []region{{m.from, m.to}}))
	if scanner == nil {
		return evidence
	}
	from := int(t.start[m.from])
	for _, found := range scanner.Scan(r.text[from:t.end[m.to-1]]).Match {
		g := t.words(from+found.Start, from+found.End)
		share := float64(g.end-g.start) / float64(m.to-m.from)
		expr, ok := secondName(found.ID)
		if !ok || share < 0.5 {
			continue
		}
		start, end := int(t.start[g.start]), int(t.end[g.end-1])
		evidence = append(evidence, sbom.Evidence{Rule: "licensecheck/" + found.ID, Span: source.Span{Path: r.path, Start: start, End: end}, Coverage: share})
		if term, ok := expr.Term(); !ok || baseName(term.ID) != baseName(m.id) {
			evidence[0].Coverage *= 1 - share/2
		}
	}
	return evidence
}

// mostSecond is the size past which a file is no license that anybody wrote.
const mostSecond = 256 << 10

// mostLikely is how many licenses the second opinion chooses from.
const mostLikely = 8

// likely gives the ids of the listed texts that share the most runs of words with the regions of a text.
func (r *reading) likely(t *wordText, rest []region) []string {
	chains := &r.work.chains
	chains.seek(nearTexts(), t, rest)
	var ids []string
	for _, c := range chains.all() {
		id := baseName(chains.index.texts[c.text].id)
		if len(ids) == mostLikely {
			break
		}
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// baseName cuts what an id says about other versions.
func baseName(id string) string {
	return strings.TrimSuffix(strings.TrimSuffix(id, "-only"), "-or-later")
}

// secondScanner gives a scanner for the licenses that licensecheck knows of those given, nil if there are
// none.
func secondScanner(ids []string) *licensecheck.Scanner {
	var known []licensecheck.License
	var names strings.Builder
	for _, l := range licensecheck.BuiltinLicenses() {
		if l.LRE != "" && slices.Contains(ids, baseName(l.ID)) {
			known = append(known, l)
			names.WriteString(l.ID + " ")
		}
	}
	if len(known) == 0 {
		return nil
	}
	return scanners.of(names.String(), known)
}

// scanners are those made last, by the names of their licenses: the files of a tree are damaged alike. A scanner is
// only read once it is made, and serves any number of goroutines.
var scanners scannerCache

type scannerCache struct {
	mu   sync.Mutex
	made map[string]*licensecheck.Scanner
}

// mostScanners bounds how many are kept, for the memory that they take.
const mostScanners = 32

func (c *scannerCache) of(names string, licenses []licensecheck.License) *licensecheck.Scanner {
	c.mu.Lock()
	s, ok := c.made[names]
	c.mu.Unlock()
	if ok {
		return s
	}
	s, err := licensecheck.NewScanner(licenses)
	if err != nil {
		s = nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.made == nil || len(c.made) == mostScanners {
		c.made = map[string]*licensecheck.Scanner{}
	}
	c.made[names] = s
	return s
}

// explains reports whether a finding on the words of g says something about the rest.
func (r *reading) explains(t *wordText, g region, rest []region) bool {
	left, terms := 0, false
	for _, c := range rest {
		c = region{max(c.start, g.start), min(c.end, g.end)}
		if c.start < c.end {
			left += c.end - c.start
			terms = terms || r.readsLikeTerms(t, c)
		}
	}
	return terms || 2*left >= g.end-g.start
}

// leastText is how many words the shortest texts have, roughly: a finding with fewer is a notice.
const leastText = 60

// secondName gives the expression for a name of licensecheck's, which are those of SPDX 3.10 with some of
// its own and without -only.
func secondName(name string) (spdx.Expr, bool) {
	if name == "GPL-2.0-or-3.0" {
		return spdx.Or(spdx.Leaf(spdx.Term{ID: "GPL-2.0-only"}), spdx.Leaf(spdx.Term{ID: "GPL-3.0-only"})), true
	}
	l, ok := rules.LicenseByID(name)
	if !ok {
		return spdx.Expr{}, false
	}
	return spdx.Leaf(spdx.Term{ID: l.ID}).Normal(), true
}

// words gives the words that begin in bytes [start, end).
func (t *wordText) words(start, end int) region {
	at := func(off int) int {
		i, _ := slices.BinarySearchFunc(t.start, int32(off), func(a, b int32) int { return cmp.Compare(a, b) })
		return i
	}
	return region{at(start), at(end)}
}

// reference adds a claim for the name of a license.
func (r *reading) reference(id, rule string, start, end int) {
	r.claim("reference", rule, spdx.Leaf(spdx.Term{ID: id}).Normal(), plain(r.text[start:end]), start, end, sbom.Evidence{})
}

// licenseNames gives the listed ids and full names, as words.
var licenseNames = sync.OnceValue(func() map[string]string {
	names := map[string]string{}
	add := func(name, id string) {
		var words []string
		for w := range source.Words([]byte(name)) {
			words = append(words, string(w.Text))
		}
		key := strings.Join(words, " ")
		if _, ok := names[key]; !ok {
			names[key] = id
		}
	}
	all := rules.Licenses()
	for _, deprecated := range []bool{false, true} {
		for _, l := range all {
			if l.Deprecated == deprecated {
				add(l.ID, l.ID)
				add(l.Name, l.ID)
			}
		}
	}
	return names
})
