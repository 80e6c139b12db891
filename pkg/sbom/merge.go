package sbom

import (
	"cmp"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/source"
)

// Merge joins fragments into one sorted document with the given roots. It is a set union by identity:
// fragments may come in any order, be split or joined beforehand, or come twice, and the result is the
// same. Where two fragments differ in a field that holds one value, the smaller non-empty one stays, of origins the more
// telling one ([Origin.Compare]); lists are joined without duplicates.
func Merge(roots []ID, fs ...Fragment) *Document {
	var parts []part
	var edges []Relationship
	var gaps []Gap
	var uses []Use
	for _, f := range fs {
		parts = slices.Grow(parts, len(f.Components))
		for i := range f.Components {
			parts = append(parts, part{&f.Components[i], len(parts)})
		}
		edges = append(edges, f.Relationships...)
		gaps = append(gaps, f.Gaps...)
		uses = append(uses, f.Uses...)
	}
	slices.SortFunc(parts, func(a, b part) int {
		return cmp.Or(strings.Compare(string(a.ID), string(b.ID)), cmp.Compare(a.n, b.n))
	})
	d := &Document{Roots: distinct(roots), Components: make([]Component, 0, len(parts))}
	for len(parts) > 0 {
		same := 1
		for same < len(parts) && parts[same].ID == parts[0].ID {
			same++
		}
		d.Components = append(d.Components, joinComponents(parts[:same]))
		parts = parts[same:]
	}
	d.Relationships = joinEdges(edges)
	d.Gaps = joinGaps(gaps)
	d.Uses = joinUses(uses)
	return d
}

// part is what a fragment says of a component, and its number among all parts. Components are large: what is sorted are
// pointers.
type part struct {
	*Component
	n int
}

// Fragment gives the document's graph back as a fragment, to be merged with others.
func (d *Document) Fragment() Fragment {
	return Fragment{Roots: d.Roots, Components: d.Components, Relationships: d.Relationships, Gaps: d.Gaps, Uses: d.Uses}
}

func joinComponents(parts []part) Component {
	if c := *parts[0].Component; len(parts) == 1 && c.isPlain() {
		c.Concluded = Conclusion{}
		return c
	}
	var c Component
	var claims []Claim
	var occurrences []occurrenceClaims
	for _, p := range parts {
		c.ID = p.ID
		c.PURL = pick(c.PURL, p.PURL)
		c.Name = pick(c.Name, p.Name)
		c.Version = pick(c.Version, p.Version)
		c.Type = pick(c.Type, p.Type)
		c.Supplier = pick(c.Supplier, p.Supplier)
		c.Homepage = pick(c.Homepage, p.Homepage)
		c.Source = pick(c.Source, p.Source)
		if p.Origin.Compare(c.Origin) < 0 {
			c.Origin = p.Origin
		}
		c.Scope = pick(c.Scope, p.Scope)
		c.FirstParty = c.FirstParty || p.FirstParty
		c.Direct = c.Direct || p.Direct
		c.Copyrights = append(c.Copyrights, p.Copyrights...)
		c.Hashes = append(c.Hashes, p.Hashes...)
		for _, o := range p.Occurrences {
			oc := occurrenceClaims{Occurrence: o}
			for _, i := range o.Claims {
				oc.keys = append(oc.keys, keyOf(p.Claims[i]))
			}
			occurrences = append(occurrences, oc)
		}
		claims = append(claims, p.Claims...)
	}
	c.Claims = joinClaims(claims)
	c.Occurrences = joinOccurrences(occurrences, c.Claims)
	c.Copyrights = JoinCopyrights(c.Copyrights)
	slices.SortFunc(c.Hashes, func(a, b Hash) int {
		return cmp.Or(strings.Compare(a.Algorithm, b.Algorithm), strings.Compare(a.Hex, b.Hex))
	})
	c.Hashes = slices.Compact(c.Hashes)
	return c
}

// isPlain reports whether no list of the component has items to sort or to join. Most components are so.
func (c *Component) isPlain() bool {
	few := len(c.Occurrences) < 2 && len(c.Claims) < 2 && len(c.Copyrights) < 2 && len(c.Hashes) < 2
	for i := 0; few && i < len(c.Occurrences); i++ {
		few = len(c.Occurrences[i].Found) < 2 && len(c.Occurrences[i].Claims) < 2
	}
	for i := 0; few && i < len(c.Claims); i++ {
		few = len(c.Claims[i].Evidence) < 2
	}
	for i := 0; few && i < len(c.Copyrights); i++ {
		few = len(c.Copyrights[i].Found) < 2
	}
	return few
}

// pick is the smaller of two values, the empty one counting as none.
func pick[S ~string](a, b S) S {
	if a == "" || b != "" && b < a {
		return b
	}
	return a
}

// claimKey is what makes two claims the same claim on more evidence.
type claimKey struct {
	basis           Basis
	role            Role
	kind, expr, raw string
}

func keyOf(c Claim) claimKey { return claimKey{c.Basis, c.Role, c.Kind, c.Expr.String(), c.Raw} }

func (k claimKey) compare(l claimKey) int {
	return cmp.Or(
		cmp.Compare(k.basis, l.basis), cmp.Compare(k.role, l.role), cmp.Compare(k.kind, l.kind),
		cmp.Compare(k.expr, l.expr), cmp.Compare(k.raw, l.raw),
	)
}

func joinClaims(in []Claim) []Claim {
	if len(in) == 0 {
		return nil // nearly always
	}
	at := map[claimKey]int{}
	var out []Claim
	for _, c := range in {
		k := keyOf(c)
		i, ok := at[k]
		if !ok {
			i = len(out)
			at[k] = i
			c.Evidence = slices.Clone(c.Evidence)
			out = append(out, c)
			continue
		}
		out[i].Evidence = append(out[i].Evidence, c.Evidence...)
	}
	slices.SortFunc(out, func(a, b Claim) int { return keyOf(a).compare(keyOf(b)) })
	for i := range out {
		slices.SortFunc(out[i].Evidence, compareEvidence)
		out[i].Evidence = slices.Compact(out[i].Evidence)
	}
	return out
}

func compareEvidence(a, b Evidence) int {
	return cmp.Or(a.Span.Compare(b.Span), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Coverage, b.Coverage),
		cmp.Compare(a.Text, b.Text), cmp.Compare(a.EndLine, b.EndLine))
}

// occurrenceClaims is an occurrence whose claims are named by key, so that they survive re-numbering.
type occurrenceClaims struct {
	Occurrence
	keys []claimKey
}

func joinOccurrences(in []occurrenceClaims, claims []Claim) []Occurrence {
	var number map[claimKey]int
	if len(claims) > 0 {
		number = make(map[claimKey]int, len(claims))
		for i, c := range claims {
			number[keyOf(c)] = i
		}
	}
	slices.SortFunc(in, func(a, b occurrenceClaims) int {
		return cmp.Or(strings.Compare(a.Dir, b.Dir), cmp.Compare(a.Digest, b.Digest))
	})
	var out []Occurrence
	for _, o := range in {
		if n := len(out); n == 0 || out[n-1].Dir != o.Dir || out[n-1].Digest != o.Digest {
			out = append(out, Occurrence{Dir: o.Dir, Digest: o.Digest})
		}
		last := &out[len(out)-1]
		last.Layer, last.Whose = pick(last.Layer, o.Layer), pick(last.Whose, o.Whose)
		last.joinModified(&o.Occurrence)
		last.Found = append(last.Found, o.Found...)
		for _, k := range o.keys {
			last.Claims = append(last.Claims, number[k])
		}
	}
	for i := range out {
		out[i].Found = distinctSpans(out[i].Found)
		slices.Sort(out[i].Claims)
		out[i].Claims = slices.Compact(out[i].Claims)
	}
	return out
}

// JoinCopyrights merges statements with the same text and sorts them.
func JoinCopyrights(in []Copyright) []Copyright {
	if len(in) == 0 {
		return nil
	}
	slices.SortFunc(in, func(a, b Copyright) int {
		return cmp.Or(strings.Compare(a.Text, b.Text), strings.Compare(a.Holder, b.Holder), strings.Compare(a.Years, b.Years), compareBool(a.Ignored, b.Ignored))
	})
	var out []Copyright
	for _, c := range in {
		if n := len(out); n > 0 && out[n-1].Text == c.Text && out[n-1].Holder == c.Holder && out[n-1].Years == c.Years && out[n-1].Ignored == c.Ignored {
			out[n-1].Found = append(out[n-1].Found, c.Found...)
			continue
		}
		c.Found = slices.Clone(c.Found)
		out = append(out, c)
	}
	for i := range out {
		out[i].Found = distinctSpans(out[i].Found)
	}
	return out
}

// compareBool puts false before true.
func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

func joinEdges(in []Relationship) []Relationship {
	if len(in) == 0 {
		return nil
	}
	order := make([]*Relationship, len(in)) // edges are large too
	for i := range in {
		order[i] = &in[i]
	}
	slices.SortFunc(order, func(a, b *Relationship) int {
		if c := cmp.Compare(a.From, b.From); c != 0 {
			return c
		}
		if c := cmp.Compare(a.To, b.To); c != 0 {
			return c
		}
		return cmp.Or(
			cmp.Compare(a.Kind, b.Kind),
			cmp.Compare(a.Scope.rank(), b.Scope.rank()), cmp.Compare(a.Scope, b.Scope),
			cmp.Compare(a.Linkage, b.Linkage), strings.Compare(a.Requirement, b.Requirement),
		)
	})
	out := make([]Relationship, 0, len(in))
	for len(order) > 0 {
		same, e := 1, *order[0]
		for same < len(order) && sameEdge(e, *order[same]) {
			same++
		}
		if same > 1 {
			e.Found = nil
			for _, o := range order[:same] {
				e.Found = append(e.Found, o.Found...)
			}
		}
		e.Found = distinctSpans(e.Found)
		out, order = append(out, e), order[same:]
	}
	return out
}

func sameEdge(a, b Relationship) bool {
	return a.From == b.From && a.To == b.To && a.Kind == b.Kind && a.Scope == b.Scope &&
		a.Linkage == b.Linkage && a.Requirement == b.Requirement
}

func joinGaps(in []Gap) []Gap {
	slices.SortFunc(in, func(a, b Gap) int {
		return cmp.Or(a.Span.Compare(b.Span), cmp.Compare(a.Kind, b.Kind), strings.Compare(a.Reader, b.Reader),
			strings.Compare(a.Why, b.Why), strings.Compare(a.Next, b.Next))
	})
	var out []Gap
	for len(in) > 0 {
		same, g := 1, in[0]
		for same < len(in) && sameGap(g, in[same]) {
			same++
		}
		if same > 1 {
			g.Components = nil
			for _, o := range in[:same] {
				g.Components = append(g.Components, o.Components...)
				g.Material = g.Material || o.Material
				g.FilesOnly = g.FilesOnly && o.FilesOnly
			}
		}
		g.Components = distinct(g.Components)
		out, in = append(out, g), in[same:]
	}
	return out
}

func sameGap(a, b Gap) bool {
	return a.Span == b.Span && a.Kind == b.Kind && a.Reader == b.Reader && a.Why == b.Why && a.Next == b.Next
}

func distinct(in []ID) []ID {
	out := slices.Clone(in)
	slices.Sort(out)
	return slices.Compact(out)
}

func distinctSpans(in []source.Span) []source.Span {
	if len(in) < 2 {
		return in
	}
	out := slices.Clone(in)
	slices.SortFunc(out, source.Span.Compare)
	return slices.Compact(out)
}
