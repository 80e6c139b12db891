package detect

import (
	"bytes"
	"slices"
	"strings"

	"github.com/licet/licet/rules"
)

// places are the countries for which there are licenses of their own, as people write them.
var places = map[string]string{"igo": "IGO", "germany": "DE", "austria": "AT", "australia": "AU", "netherlands": "NL", "france": "FR",
	"england": "UK", "japan": "JP", "us": "US", "united": "US", "usa": "US", "de": "DE", "at": "AT", "au": "AU", "nl": "NL", "fr": "FR", "uk": "UK"}

// place takes the country after a version of a Creative Commons license.
func (p *mentionReader) place(m *mention) {
	k := m.to
	if k >= p.last() || p.t[k].sep&^(sepSpace|sepHyphen|sepParen|sepComma|sepLine) != 0 || p.t[k].end-p.t[k].start == 2 && p.t[k].sep != sepHyphen {
		return
	}
	if code := places[strings.ToLower(p.raw(k))]; code != "" {
		if l, ok := rules.LicenseByID(m.expr + "-" + code); ok {
			m.expr, m.to = l.ID, k+1
			p.suffix(m)
		}
	}
}

// creativeCommons reads the flavours of a Creative Commons license: "CC-BY-SA", "Creative Commons
// Attribution, Non-Commercial".
func (p *mentionReader) creativeCommons(i int) (f *family, end int) {
	low := func(k int) string {
		if k >= p.last() || p.t[k].end-p.t[k].start > maxWord {
			return ""
		}
		return strings.ToLower(p.raw(k))
	}
	if c := lower(p.text[p.t[i].start]); c != 'a' && c != 'c' {
		return nil, 0 // nearly always
	}
	k, bare := i+1, false
	switch word := low(i); {
	case word == "creative" && low(i+1) == "commons":
		k = i + 2
	case word == "attribution" && p.t[i+1].sep&sepHyphen != 0:
		k, bare = i, true
	case word != "cc" && word != "creativecommons":
		return nil, 0
	}
	for k < p.last() && p.is(k, isLicense) && !p.ends(k) {
		k++
	}
	var by, nc, nd, sa bool
	end = k
	for n := 0; n < 14 && k < p.last(); n++ {
		if p.ends(k) || p.t[k].sep&(sepLine|sepSemi) == sepLine|sepSemi {
			break
		}
		known := true
		switch w := low(k); w {
		case "by", "attribution":
			by = true
		case "nc", "noncommercial":
			nc = true
		case "nd", "noderivs", "noderivatives", "noderiv", "noderivative":
			nd = true
		case "sa", "sharealike":
			sa = true
		case "non":
			nc = nc || low(k+1) == "commercial"
			known = low(k+1) == "commercial"
			k++
		case "no":
			known = strings.HasPrefix(low(k+1), "deriv")
			nd = nd || known
			k++
		case "share":
			known = low(k+1) == "alike"
			sa = sa || known
			k++
		default:
			known = false
		}
		if !known {
			break
		}
		k++
		end = k
	}
	if !by && !nc && !nd && !sa || bare && !nc && !nd && !sa {
		return nil, 0
	}
	id := "CC-BY"
	for _, part := range []struct {
		has bool
		id  string
	}{{nc, "-NC"}, {nd, "-ND"}, {sa, "-SA"}} {
		if part.has {
			id += part.id
		}
	}
	return p.families[id], end
}

// dedicationBehind is how many bytes behind the words that give up all rights the license stands by which this is done.
const dedicationBehind = 400

// withoutDedication leaves out the public domain where CC0 says how a work is dedicated to it: "has dedicated all rights to
// the public domain. You should have received a copy of the CC0 Public Domain Dedication".
func withoutDedication(text []byte, found []mentioned) []mentioned {
	if !slices.ContainsFunc(found, func(m mentioned) bool { return m.expr == publicDomain }) {
		return found // nearly always
	}
	return slices.DeleteFunc(slices.Clone(found), func(m mentioned) bool {
		return m.expr == publicDomain && bytes.Contains(bytes.ToLower(text[max(0, m.start-dedicationBehind/2):m.end]), []byte("dedicat")) &&
			slices.ContainsFunc(found, func(by mentioned) bool {
				return by.expr == "CC0-1.0" && by.start >= m.end && by.start < m.end+dedicationBehind && !bytes.Contains(text[m.end:by.start], []byte("*/"))
			})
	})
}
