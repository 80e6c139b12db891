package policy

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// maxSize bounds a policy file.
const maxSize = 4 << 20

// Parse reads a policy file. path is what places in it are called; data must not change afterwards. The
// error is a [Diagnostics] with everything that is wrong with the file, not only the first thing.
func Parse(path string, data []byte) (*File, error) {
	sum := digest(data)
	data = bytes.TrimPrefix(data, []byte("\ufeff")) // or columns would be off in the first line
	r := &reader{path: path, data: data}
	if len(data) > maxSize {
		r.data = nil
		r.failAt(source.Span{Path: path}, "", "a policy of more than %d bytes", maxSize)
		return nil, r.done()
	}
	r.lines = splitLines(data)
	if !r.plainText() {
		return nil, r.done()
	}
	tree, err := doc.YAML(path, data)
	if err != nil || tree.Root().Kind() == doc.Null {
		return nil, r.broken(err)
	}
	f := &File{Path: path, Digest: sum, Facts: &sbom.Facts{}}
	r.file(f, tree.Root())
	if err := r.done(); err != nil {
		return nil, err
	}
	f.Warnings = r.warnings
	return f, nil
}

func digest(data []byte) source.Digest {
	sum := sha256.Sum256(data)
	return source.Digest("sha256:" + hex.EncodeToString(sum[:]))
}

// broken reports a file that is no YAML mapping at all.
func (r *reader) broken(err error) error {
	var syntax *doc.SyntaxError
	switch {
	case errors.As(err, &syntax) && syntax.Msg != emptyDocument:
		r.failAt(syntax.Span, "", "%s", syntax.Msg)
	default:
		r.failAt(source.Span{Path: r.path, Line: 1, Col: 1}, beginWith, "the policy is empty")
	}
	return r.done()
}

const beginWith = "begin with version: 1"

// emptyDocument is how package doc words a file without any value.
const emptyDocument = "the document is empty"

// file reads the top of the file: the facts into f.Facts, the judgement into f.Policy.
func (r *reader) file(f *File, root doc.Node) {
	facts := f.Facts
	own := &Policy{path: r.path, lines: r.lines}
	var parents []*Policy
	judges, lists := false, false
	judging := func(inner field) field {
		return field{name: inner.name, read: func(n doc.Node) { judges = true; inner.read(n) }}
	}
	r.object(root, "the policy",
		field{name: "version", read: r.version, required: true, help: beginWith},

		field{name: "project", read: func(n doc.Node) { r.project(n, &facts.Project) }},
		r.list("deliverables", func(n doc.Node) { facts.Deliverables = append(facts.Deliverables, r.deliverable(n)) }),
		field{name: "first_party", read: func(n doc.Node) { r.firstParty(n, &facts.FirstParty) }},
		r.list("paths", func(n doc.Node) { facts.Paths = append(facts.Paths, r.pathClass(n)) }),
		r.list("choices", func(n doc.Node) { facts.Choices = append(facts.Choices, r.choice(n)) }),
		r.list("clarify", func(n doc.Node) { facts.Clarify = append(facts.Clarify, r.clarify(n)) }),
		r.list("curations", func(n doc.Node) { facts.Curations = append(facts.Curations, r.curation(n)) }),
		field{name: "licenses", read: func(n doc.Node) { r.ownLicenses(n, facts) }},

		judging(r.list("extends", func(n doc.Node) { lists = true; parents = append(parents, r.extend(n)) })),
		judging(field{name: "policy", read: func(n doc.Node) { lists = true; r.policy(n, own) }}),
		judging(r.list("exceptions", func(n doc.Node) { own.Exceptions = append(own.Exceptions, r.exception(n)) })),
		r.notYet("decisions"),
		r.notYet("baseline"),
	)
	if !judges || len(r.errors) > 0 {
		return
	}
	if !lists { // exceptions alone are exceptions to the policy that holds without a file
		parents = []*Policy{Default().Policy}
	}
	f.Policy = join(own, parents)
}

func (r *reader) version(n doc.Node) {
	if n.Kind() != doc.Number || n.Text() != "1" {
		r.failAt(firstLine(n), "write version: 1", "this licet reads version 1 of the policy language")
	}
}

// join gives the policy that own makes of its parents: lists append, scalars override, the child's rules
// come first. Of several parents the later one is the nearer.
func join(own *Policy, parents []*Policy) *Policy {
	for i := len(parents) - 1; i >= 0; i-- {
		p := parents[i]
		own.Entries = append(own.Entries, p.Entries...)
		own.Rules = append(own.Rules, p.Rules...)
		own.Exceptions = append(own.Exceptions, p.Exceptions...)
		if own.Basis == "" {
			own.Basis = p.Basis
		}
		for mine, theirs := range own.settings(p) {
			if mine.Verdict == "" {
				*mine = *theirs
			}
		}
	}
	own.complete()
	return own
}

// settings pairs each setting of p with that of another policy.
func (p *Policy) settings(q *Policy) func(yield func(mine, theirs *Setting) bool) {
	return func(yield func(mine, theirs *Setting) bool) {
		_ = yield(&p.Default, &q.Default) &&
			yield(&p.Unknown.Missing, &q.Unknown.Missing) &&
			yield(&p.Unknown.Unavailable, &q.Unknown.Unavailable) &&
			yield(&p.Unknown.Unrecognised, &q.Unknown.Unrecognised) &&
			yield(&p.Unknown.Custom, &q.Unknown.Custom)
	}
}

// complete sets what nobody stated: what is not permitted is denied, and what is unavailable is judged
// as what is missing.
func (p *Policy) complete() {
	if p.Basis == "" {
		p.Basis = concluded
	}
	for _, s := range []*Setting{&p.Default, &p.Unknown.Missing, &p.Unknown.Unrecognised, &p.Unknown.Custom} {
		if s.Verdict == "" {
			s.Verdict = Deny
		}
	}
	if p.Unknown.Unavailable.Verdict == "" {
		p.Unknown.Unavailable = p.Unknown.Missing
	}
}
