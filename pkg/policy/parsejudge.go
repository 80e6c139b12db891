package policy

import (
	"slices"
	"strings"
	"time"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/spdx"
	"github.com/licet/licet/rules"
)

// The values of basis.
const (
	concluded = "concluded"
	declared  = "declared"
	detected  = "detected"
)

// extend reads one item of extends: the name of a preset.
func (r *reader) extend(n doc.Node) *Policy {
	if n.Kind() == doc.Object {
		r.failAt(firstByte(n), "extend a preset, or copy the file's content", "extending a file is not yet supported")
		return &Policy{}
	}
	text, ok := r.scalar(n, "an item of extends")
	if !ok {
		return &Policy{}
	}
	name, at := strings.CutPrefix(text, "@")
	if !at {
		r.fail(n, "the name of a preset begins with @", "%q is no preset; extending a file is not yet supported", text)
		return &Policy{}
	}
	f, err := Preset(name)
	if err != nil {
		r.fail(n, didYouMean(text, prefixed("@", rules.Presets())), "no preset is called %s", text)
		return &Policy{}
	}
	return f.Policy
}

func (r *reader) policy(n doc.Node, p *Policy) {
	u := &p.Unknown
	r.object(n, "policy",
		word(r, "basis", &p.Basis, concluded, declared, detected),
		r.entries(&p.Entries, Allow),
		r.entries(&p.Entries, Review),
		r.entries(&p.Entries, Deny),
		r.setting("default", &p.Default, Allow, Review, Deny),
		field{name: "unknown", read: func(n doc.Node) {
			r.object(n, "unknown",
				r.setting(Missing, &u.Missing, Allow, Review, Deny),
				r.setting(Unavailable, &u.Unavailable, Allow, Review, Gap, Deny),
				r.setting(Unrecognised, &u.Unrecognised, Allow, Review, Deny),
				r.setting(Custom, &u.Custom, Allow, Review, Deny),
			)
		}},
		r.list("rules", func(n doc.Node) { p.Rules = append(p.Rules, r.rule(n)) }),
	)
}

func (r *reader) setting(name string, into *Setting, choices ...Verdict) field {
	return field{name: name, read: func(n doc.Node) {
		into.Verdict, _ = oneOf(r, n, name, choices)
		into.Found = r.label(n)
	}}
}

// entries reads one of the lists allow, review, deny.
func (r *reader) entries(into *[]*Entry, verdict Verdict) field {
	return r.list(string(verdict), func(n doc.Node) {
		e := &Entry{Verdict: verdict, Found: r.label(n)}
		if n.Kind() == doc.Object {
			r.object(n, "an entry",
				must(field{name: "license", read: func(n doc.Node) { r.entry(n, e) }}),
				r.text("reason", &e.Reason),
				r.notYet("final"),
			)
		} else {
			r.entry(n, e)
		}
		*into = append(*into, e)
	})
}

// entry reads what an entry names: a category or one license.
func (r *reader) entry(n doc.Node, e *Entry) {
	text, ok := r.scalar(n, "an entry")
	if !ok {
		return
	}
	if name, isCategory := strings.CutPrefix(text, "@"); isCategory {
		known := append(rules.CategoryNames(), weakCopyleft)
		if !slices.Contains(known, name) {
			r.fail(n, didYouMean(text, prefixed("@", known)), "no category is called %s", text)
		}
		e.Category = name
		return
	}
	x, ok := r.expression(n, "an entry")
	if !ok {
		return
	}
	t, ok := x.Term()
	switch {
	case x.IsNone() || x.IsNoAssertion():
		r.fail(n, unknownHelp, "%s is no license", text)
	case !ok:
		r.fail(n, `put it under rules: - {expression: "`+x.String()+`", verdict: `+string(e.Verdict)+`}, or list the licenses one by one`,
			"a list names single licenses, not expressions")
	}
	e.Term = t.Normal()
	e.key = keyOf(t)
}

const unknownHelp = "say what becomes of it under policy: unknown: {missing: ...}"

func (r *reader) rule(n doc.Node) *Rule {
	rule := &Rule{Found: r.label(n)}
	r.object(n, "a rule",
		r.text("id", &rule.ID),
		r.entries(&rule.Entries, Allow),
		r.entries(&rule.Entries, Review),
		r.entries(&rule.Entries, Deny),
		r.expr("expression", &rule.Expression),
		word(r, "verdict", &rule.Verdict, Allow, Review, Deny),
		field{name: "when", read: func(n doc.Node) { r.when(n, &rule.When) }},
		r.text("reason", &rule.Reason),
		r.notYet("final"),
	)
	if n.Kind() != doc.Object {
		return rule
	}
	if whole := n.Get("expression").Text(); whole == none || whole == noAssertion {
		r.fail(n.Get("expression"), unknownHelp, "%s is no license", whole)
	}
	expression, verdict := n.Get("expression").Kind() != doc.Missing, n.Get("verdict").Kind() != doc.Missing
	switch {
	case expression && len(rule.Entries) > 0:
		r.failAt(firstByte(n), "make two rules of it", "a rule has either lists or an expression")
	case expression && !verdict:
		r.failAt(firstByte(n), "add verdict: allow, review or deny", "a rule with an expression and no verdict")
	case verdict && !expression:
		r.fail(n.Get("verdict"), "name licenses under allow, review or deny", "verdict goes with expression only")
	case !expression && len(rule.Entries) == 0:
		r.failAt(firstByte(n), "add allow, review, deny, or expression and verdict", "a rule that never decides")
	}
	return rule
}

func (r *reader) when(n doc.Node, w *When) {
	scopes := []sbom.Scope{sbom.Runtime, sbom.Optional, sbom.Build, sbom.Test, sbom.Development}
	r.object(n, "when",
		words(r, "scope", &w.Scope, scopes),
		words(r, "linkage", &w.Linkage, closeness),
		field{name: "purl", read: func(n doc.Node) {
			if text, ok := r.scalar(n, "purl"); ok {
				s, _ := r.selector(n, text, doc.Node{}, "")
				w.PURL = &s
			}
		}},
	)
}

// words reads a list of words; an empty one would never hold.
func words[T ~string](r *reader, name string, into *[]T, choices []T) field {
	items := r.list(name, func(n doc.Node) {
		if w, ok := oneOf(r, n, name, choices); ok {
			*into = append(*into, w)
		}
	})
	return field{name: name, read: func(n doc.Node) {
		items.read(n)
		if n.Kind() == doc.Array && n.Len() == 0 {
			r.fail(n, "remove it, or say which", "%s is empty: the condition would never hold", name)
		}
	}}
}

func (r *reader) exception(n doc.Node) *Exception {
	x := &Exception{Found: r.label(n)}
	r.object(n, "an exception",
		must(r.text("purl", &x.PURL)),
		r.text("versions", &x.Versions),
		must(r.expr("license", &x.License)),
		r.text("reason", &x.Reason),
		r.text("approved_by", &x.ApprovedBy),
		field{name: "expires", read: func(n doc.Node) {
			text, ok := r.scalar(n, "expires")
			day, err := time.Parse(time.DateOnly, text)
			if ok && err != nil {
				r.fail(n, "write YYYY-MM-DD, the last day on which it holds", "%q is no day", text)
			}
			x.Expires = day
		}},
		r.notYet("final"),
	)
	x.selector = r.selectorOf(n)
	r.unanswered(n)
	return x
}

// unanswered warns of an exception that nobody answers for, or that nobody has to look at again.
func (r *reader) unanswered(n doc.Node) {
	var without []string
	for _, name := range []string{"reason", "approved_by", "expires"} {
		if n.Get(name).Kind() == doc.Missing {
			without = append(without, name)
		}
	}
	if n.Kind() == doc.Object && len(without) > 0 {
		r.warnings = append(r.warnings, Diagnostic{Span: firstByte(n), Line: r.line(n.Span().Line),
			Msg: "an exception without " + strings.Join(without, ", "), Help: "say why it is made, who approved it, and until when it holds"})
	}
}

// keyOf is what two terms have in common that are the same license on the same terms.
func keyOf(t spdx.Term) string { return strings.ToLower(t.Normal().String()) }
