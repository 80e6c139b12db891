package main

import (
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode"

	"github.com/licet/licet/pkg/source"
)

// node is a part of an SPDX license template: fixed text, a variable, or an optional part.
type node struct {
	text       string
	match      string // of a variable: the regular expression that its text must match
	optional   []node
	start, end int // of text in the whole, see place
}

// bulletMatch is the expression that the list gives the markers of list items.
const bulletMatch = ".{0,20}"

var (
	markup   = regexp.MustCompile(`(?s)<<(beginOptional|endOptional|var)(.*?)>>`)
	varParts = regexp.MustCompile(`(?s)original="(.*?)";\s*match="(.*)"\s*$`)
)

// parseTemplate reads the template language of the SPDX license list (SPDX 2.3, annex C).
func parseTemplate(t string) []node {
	stack := [][]node{nil}
	top := func() *[]node { return &stack[len(stack)-1] }
	for {
		m := markup.FindStringSubmatchIndex(t)
		if m == nil {
			break
		}
		*top() = append(*top(), node{text: t[:m[0]]})
		switch kind, rest := t[m[2]:m[3]], t[m[4]:m[5]]; kind {
		case "beginOptional":
			stack = append(stack, nil)
		case "endOptional":
			if len(stack) > 1 {
				inner := *top()
				stack = stack[:len(stack)-1]
				*top() = append(*top(), node{optional: inner})
			}
		default:
			if v := varParts.FindStringSubmatch(rest); v != nil {
				*top() = append(*top(), node{text: v[1], match: v[2]})
			}
		}
		t = t[m[1]:]
	}
	for len(stack) > 1 {
		inner := *top()
		stack = stack[:len(stack)-1]
		*top() = append(*top(), inner...)
	}
	return append(*top(), node{text: t})
}

var placeholder = regexp.MustCompile(`<[A-Za-z][^<>\n]{2,60}>|\[[A-Za-z][^\[\]\n]{2,60}\]|\{[A-Za-z][^{}\n]{2,60}\}|\$\{[^{}\n]{2,60}\}`)

// plainText makes a tree of a text that the list has no template for: what stands in brackets and names
// no place of the net is a variable.
func plainText(t string) []node {
	var out []node
	at := 0
	for _, m := range placeholder.FindAllStringIndex(t, -1) {
		if strings.Contains(t[m[0]:m[1]], "://") {
			continue
		}
		out = append(out, node{text: t[at:m[0]]}, node{text: t[m[0]:m[1]], match: ".+"})
		at = m[1]
	}
	return append(out, node{text: t[at:]})
}

// place writes the text of the tree and notes where each part of it lies.
func place(nodes []node, to *strings.Builder) {
	for i := range nodes {
		n := &nodes[i]
		if n.optional != nil {
			place(n.optional, to)
			continue
		}
		n.start = to.Len()
		to.WriteString(n.text)
		n.end = to.Len()
	}
}

// mostArms bounds the wordings that an expression is spelled out to.
const mostArms = 48

// variable turns a variable's expression into a gap or a choice of wordings. What it cannot spell out
// is a gap of the length that such variables have in practice.
func variable(n node) (piece, bool) {
	switch n.match {
	case bulletMatch:
		return piece{max: 2}, true
	case ".{0,5000}":
		return piece{max: 40}, true
	case ".+", ".*":
		return piece{max: 20}, true
	}
	re, err := syntax.Parse(strings.ReplaceAll(n.match, `\s`, `[ \t]`), syntax.Perl)
	if err != nil {
		return piece{max: 20}, true
	}
	wordings, ok := spell(re)
	if !ok {
		return piece{max: 20}, true
	}
	wordings = append([]string{n.text}, wordings...)
	var p piece
	seen := map[string]bool{}
	for _, w := range wordings {
		arm := wording(w)
		if s := arm.String(); !seen[s] {
			seen[s] = true
			p.arms = append(p.arms, arm)
		}
	}
	// Longer wordings first, and the empty one last: the first that fits is taken.
	for i := 1; i < len(p.arms); i++ {
		for j := i; j > 0 && fixedWords(p.arms[j]) > fixedWords(p.arms[j-1]); j-- {
			p.arms[j], p.arms[j-1] = p.arms[j-1], p.arms[j]
		}
	}
	if len(p.arms) == 1 && len(p.arms[0]) == 0 {
		return piece{}, false
	}
	return p, true
}

// anything stands for ".*" in a wording.
const anything = "\x00"

func wording(s string) sequence {
	var out sequence
	for i, part := range strings.Split(s, anything) {
		if i > 0 {
			out = append(out, piece{max: 20})
		}
		var run []word
		for w := range source.Words([]byte(part)) {
			run = append(run, word{sum: source.WordSum(w.Text)})
		}
		if len(run) > 0 {
			out = append(out, literal(run))
		}
	}
	return out
}

// spell lists the texts that an expression matches, runs of blanks as one.
func spell(re *syntax.Regexp) ([]string, bool) {
	switch re.Op {
	case syntax.OpEmptyMatch, syntax.OpBeginText, syntax.OpEndText, syntax.OpBeginLine, syntax.OpEndLine:
		return []string{""}, true
	case syntax.OpLiteral:
		return []string{string(re.Rune)}, true
	case syntax.OpCapture:
		return spell(re.Sub[0])
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return []string{anything}, true
	case syntax.OpCharClass:
		return spellClass(re)
	case syntax.OpQuest:
		arms, ok := spell(re.Sub[0])
		return append([]string{""}, arms...), ok
	case syntax.OpStar, syntax.OpPlus, syntax.OpRepeat:
		return spellRepeat(re)
	case syntax.OpAlternate:
		var out []string
		for _, sub := range re.Sub {
			arms, ok := spell(sub)
			if !ok {
				return nil, false
			}
			out = append(out, arms...)
		}
		return out, len(out) <= mostArms
	case syntax.OpConcat:
		out := []string{""}
		for _, sub := range re.Sub {
			arms, ok := spell(sub)
			if !ok || len(out)*len(arms) > mostArms {
				return nil, false
			}
			var next []string
			for _, head := range out {
				for _, arm := range arms {
					next = append(next, head+arm)
				}
			}
			out = next
		}
		return out, true
	}
	return nil, false
}

func spellClass(re *syntax.Regexp) ([]string, bool) {
	var out []string
	for i := 0; i < len(re.Rune); i += 2 {
		for r := re.Rune[i]; r <= re.Rune[i+1]; r++ {
			s := string(r)
			if !unicode.IsLetter(r) && !unicode.IsNumber(r) {
				s = " "
			}
			if len(out) == 0 || out[len(out)-1] != s {
				out = append(out, s)
			}
			if len(out) > mostArms {
				return nil, false
			}
		}
	}
	return out, true
}

// spellRepeat takes a repeated mark or blank for one, and anything repeated for a gap.
func spellRepeat(re *syntax.Regexp) ([]string, bool) {
	arms, ok := spell(re.Sub[0])
	if !ok || len(arms) != 1 {
		return nil, false
	}
	if arms[0] == anything || strings.TrimFunc(arms[0], func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) }) == "" {
		return arms, true
	}
	if re.Op == syntax.OpRepeat && re.Max > 0 && re.Max <= 3 {
		var out []string
		for n := re.Min; n <= re.Max; n++ {
			out = append(out, strings.Repeat(arms[0], n))
		}
		return out, true
	}
	return nil, false
}
