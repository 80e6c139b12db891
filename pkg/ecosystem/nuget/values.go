package nuget

import (
	"slices"
	"strings"
)

// setting is an element of a PropertyGroup.
type setting struct {
	name, text string // name in lower case
	sure       sure
}

// sure is what a condition leaves of a setting.
type sure int

const (
	always sure = iota
	unset       // where nothing has set the property before
	perhaps
)

// sureness tells the usual way to give a default, a condition that compares $(Name) with nothing, from those that must be
// evaluated.
func sureness(name, when string) sure {
	switch bare := strings.NewReplacer(" ", "", "'", "", "\t", "", "\n", "", "\r", "").Replace(strings.ToLower(when)); bare {
	case "":
		return always
	case "$(" + name + ")==":
		return unset
	}
	return perhaps
}

// values is what a project sees: its files, and the properties that they set one after the other. A property that is set
// under a condition may have that value, and those of before.
type values struct {
	files []part
	known map[string]*property
}

type property struct {
	texts []string
	sure  bool // one of them is its value if no other is
}

func valuesOf(files []part) values {
	v := values{files, map[string]*property{}}
	for _, f := range files {
		for _, s := range f.settings {
			p := v.known[s.name]
			if p == nil {
				p = &property{}
				v.known[s.name] = p
			}
			if f.perhaps {
				s.sure = max(s.sure, perhaps)
			}
			p.set(s)
		}
	}
	return v
}

func (p *property) set(s setting) {
	switch {
	case s.sure == always:
		p.texts = nil
	case s.sure == unset && p.sure || slices.Contains(p.texts, s.text):
		return
	}
	p.texts = append(p.texts, s.text)
	p.sure = p.sure || s.sure != perhaps
}

// The limits of properties: how deep they may refer to each other, how long a value may become, in bytes, and how many values
// one may have.
const (
	maxReferences = 20
	maxValue      = 1 << 10
	maxTexts      = 64
)

// texts replaces $(name) in a value, in each way that conditions leave open. whole is false if there may be a value that is
// not known.
func (v values) texts(s string) (list []string, whole bool) {
	budget := 200
	return v.fill(strings.TrimSpace(s), nil, &budget)
}

// text is the first of the texts. ok is false if there is none.
func (v values) text(s string) (text string, ok bool) {
	list, _ := v.texts(s)
	if len(list) == 0 {
		return "", false
	}
	return list[0], true
}

func (v values) fill(s string, open []string, budget *int) (list []string, whole bool) {
	list, whole = []string{""}, true
	for {
		before, rest, found := strings.Cut(s, "$(")
		list = joined(list, []string{before})
		if !found {
			return list, whole
		}
		name, after, closed := strings.Cut(rest, ")")
		name = strings.ToLower(strings.TrimSpace(name))
		p := v.known[name]
		*budget--
		if !closed || p == nil || *budget < 0 || len(open) > maxReferences || slices.Contains(open, name) {
			return nil, false
		}
		var values []string
		for _, text := range p.texts {
			more, all := v.fill(text, append(open, name), budget)
			values, whole = append(values, more...), whole && all
		}
		n := len(list) * len(values)
		list = joined(list, values)
		whole = whole && len(list) == n
		s = after
	}
}

// joined is each of the texts with each of the ends, as far as the limits go.
func joined(texts, ends []string) []string {
	var out []string
	for _, text := range texts {
		for _, end := range ends {
			if len(text)+len(end) <= maxValue && len(out) < maxTexts {
				out = append(out, text+end)
			}
		}
	}
	return out
}

// first is the value of the first of these properties that has one.
func (v values) first(names ...string) string {
	for _, name := range names {
		p := v.known[strings.ToLower(name)]
		if p == nil {
			continue
		}
		for _, written := range p.texts {
			if s, ok := v.text(written); ok && s != "" {
				return s
			}
		}
	}
	return ""
}
