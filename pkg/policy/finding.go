package policy

import (
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/pkg/spdx"
)

// Verdict is what a policy says of a license. Verdicts are ordered: allow < review < deny. Gap lies
// outside the order of judgements: the verdict of something that was not at hand; it sorts between
// review and deny, makes no finding of its own and leaves the exit status to the gap.
type Verdict string

// The verdicts.
const (
	Allow  Verdict = "allow"
	Review Verdict = "review"
	Gap    Verdict = "gap"
	Deny   Verdict = "deny"
)

// Finding is one thing that somebody has to act on, with everything that explains it.
type Finding struct {
	// Check is the id of the check that made it, see [Check].
	Check string `json:"check"`
	// Severity is deny, review, or note (never fails a build).
	Severity string `json:"severity"`
	// Component is whom it is about; empty for findings about the policy itself.
	Component sbom.ID `json:"component,omitempty"`
	// Components are those that the finding is about when it stands for several; Component is empty then.
	Components []sbom.ID `json:"components,omitempty"`
	// Scope is the component's effective scope.
	Scope   sbom.Scope `json:"scope,omitempty"`
	Message string     `json:"message"`
	// Expr is the judged expression, Basis which of declared, detected, concluded it is.
	Expr  spdx.Expr `json:"expression,omitzero"`
	Basis string    `json:"basis,omitempty"`
	// Unknown is missing, unavailable, unrecognised or custom, when the verdict came from there.
	Unknown string `json:"unknown,omitempty"`
	// Leaves are the expression's leaves in printed order, each with its own verdict.
	Leaves []Leaf `json:"leaves,omitempty"`
	// Arm is the part of the expression that was judged, when an OR gave a choice.
	Arm spdx.Expr `json:"arm,omitzero"`
	// Labels are the places to show: manifest and lockfile lines, then evidence.
	Labels []Label `json:"labels,omitempty"`
	// Path is the shortest path of dependencies from a root to the component, both included; of several
	// components it ends with the one that brings them in.
	Path []sbom.ID `json:"path,omitempty"`
	// Help are ways out, as imperatives.
	Help []string `json:"help,omitempty"`
}

// Leaf is one license of an expression with its verdict and the reason.
type Leaf struct {
	Expr    spdx.Expr `json:"expression"`
	Verdict Verdict   `json:"verdict"`
	// Reason is a clause in words: "not in allow (default: deny)".
	Reason string `json:"reason"`
	// Decided is the policy line that decided; zero when a built-in rule did.
	Decided Label `json:"decided,omitzero"`
	// Chosen: this leaf is part of the arm that was taken.
	Chosen bool `json:"chosen"`
}

// Label is a place with the words that stand beside its caret, and the line's text when the place is
// in the policy (the report's excerpts hold the others).
type Label struct {
	Span source.Span `json:"span"`
	Text string      `json:"text,omitempty"`
	Line string      `json:"line,omitempty"`
}

// Origin says which policy judged: report it always.
type Origin struct {
	Path   string        `json:"path"`
	Digest source.Digest `json:"digest,omitempty"`
	// From is "outside" (--policy), "target", or "preset".
	From string `json:"from"`
}
