package supplied

import (
	"cmp"
	"iter"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// In XML what is a list in JSON is an element of elements, and what is a member is an attribute or an element. The three
// functions below are all that the difference takes.

// list yields the items of a list: of a JSON array, or the elements of that name in an element.
func list(n doc.Node, item string) iter.Seq[doc.Node] {
	if n.Kind() == doc.Array {
		return n.Items()
	}
	return func(yield func(doc.Node) bool) {
		for k, e := range n.Members() {
			if k.Text() == item && !yield(e) {
				return
			}
		}
	}
}

// member is a member of an object, or an attribute of an element.
func member(n doc.Node, key string) field {
	v := n.Get(key)
	if v.Kind() == doc.Missing {
		v = n.Get("@" + key)
	}
	return textOf(v)
}

// textOf is the text of a node.
func textOf(n doc.Node) field { return field{n.Text(), n.Span()} }

// versions are those of the specification whose documents are understood.
var versions = []string{"1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7"}

// cyclonedx reads a document, the object of JSON or the element bom.
func (v *inventory) cyclonedx(top doc.Node) {
	if top.Kind() != doc.Object {
		if len(v.Gaps) == 0 && !isPlain(strings.ToLower(path.Base(v.file))) {
			v.Lost(source.Span{Path: v.file}, next, "not a CycloneDX document")
		}
		return
	}
	v.known = true
	if spec := member(top, "specVersion"); spec.text != "" && !slices.Contains(versions, spec.text) {
		v.Gap(sbom.Gap{Kind: sbom.Unsupported, Span: spec.at, Material: true, Next: "ask for version 1.7 or older",
			Why: "a version of CycloneDX that licet does not know: what is new in it is not read"})
	}
	meta := top.Get("metadata")
	own := v.noted(meta)
	if subject := meta.Get("component"); subject.Kind() == doc.Object {
		v.subject(subject, own)
	}
	v.components(top.Get("components"), "")
	for s := range list(top.Get("services"), "service") {
		v.ignored[member(s, "bom-ref").text] = true
	}
	v.dependencies(top.Get("dependencies"))
	v.compositions(top.Get("compositions"))
}

// noted reads what licet says of a document of its own, and reports whether it is one.
func (v *inventory) noted(meta doc.Node) bool {
	own := false
	for p := range list(meta.Get("properties"), "property") {
		switch member(p, "name").text {
		case "licet:command":
			own = true
		case "licet:gap":
			value := valueOf(p)
			v.told(value.text, value.at)
		}
	}
	return own
}

// valueOf is the value of a property: a member in JSON, the text of the element in XML.
func valueOf(p doc.Node) field {
	if value := member(p, "value"); value.text != "" {
		return value
	}
	return textOf(p)
}

// subject reads what the document is about. Without a purl, a version and a license it is only a name for where somebody
// looked, a folder or the several roots of one: the frame of what was found, whose license nobody could state.
func (v *inventory) subject(n doc.Node, own bool) {
	ref := cmp.Or(member(n, "bom-ref").text, "\x00subject")
	if own && ref == "root" && n.Get("properties").Kind() == doc.Missing && n.Get("@properties").Kind() == doc.Missing {
		v.ignored[ref] = true // licet's own frame around several roots
		v.subjects = append(v.subjects, "\x00"+ref)
		return
	}
	v.component(n, ref, "", true)
	v.subjects = append(v.subjects, ref)
}

// components reads a list of components, which parent contains.
func (v *inventory) components(n doc.Node, parent string) {
	if odd, is := unlisted(n); is {
		v.Lost(odd.Span(), next, "components of kind %s where a list is expected", n.Kind())
	}
	for c := range list(n, "component") {
		if c.Kind() != doc.Object {
			v.Lost(c.Span(), next, "a component of kind %s where an object is expected", c.Kind())
			continue
		}
		v.component(c, member(c, "bom-ref").text, parent, false)
	}
}

// unlisted finds what stands in the place of a list of components and is none: in JSON anything but an array, in XML an element in
// which none is called component.
func unlisted(n doc.Node) (odd doc.Node, is bool) {
	switch n.Kind() {
	case doc.Array, doc.Missing, doc.Null:
		return doc.Node{}, false
	case doc.Object:
		for key := range n.Members() {
			if !strings.HasPrefix(key.Text(), "@") {
				odd, is = key, true
			}
		}
		return odd, is && n.Get("component").Kind() == doc.Missing
	}
	return n, n.Kind() != doc.String || strings.TrimSpace(n.Text()) != ""
}

// component reads a component and those in it.
func (v *inventory) component(n doc.Node, ref, parent string, subject bool) {
	purl := member(n, "purl")
	kind := member(n, "type").text
	name := textOf(n.Get("name"))
	if parts := n.Get("components"); ref == "" && parts.Kind() != doc.Missing {
		ref = "\x00" + n.Span().String() // so that what is in it can be led to
	}
	if (kind == "file" || kind == "cryptographic-asset") && purl.text == "" && n.Get("licenses").Kind() == doc.Missing && !subject {
		v.ignored[ref] = true
		v.components(n.Get("components"), parent)
		return
	}
	c := sbom.Component{Name: called(n, purl.text), Version: textOf(n.Get("version")).text, Type: typeOf(kind)}
	if strings.TrimSpace(c.Name) == "" && purl.text == "" {
		v.Lost(n.Span(), next, "a component without a name and a purl")
		v.ignored[ref] = true
		return
	}
	v.identify(&c, purl)
	c.Supplier = cmp.Or(n.Get("supplier").Get("name").Text(), n.Get("manufacturer").Get("name").Text(), n.Get("publisher").Text())
	c.Copyrights = copyrights(textOf(n.Get("copyright")))
	for h := range list(n.Get("hashes"), "hash") {
		c.Hashes = append(c.Hashes, hash(member(h, "alg").text, cmp.Or(member(h, "content").text, h.Text()))...)
	}
	v.references(n, &c)
	scope := v.licensed(n, &c)
	if c.PURL == "" && isOwnID(ref, c) {
		c.ID = sbom.ID(ref)
	}
	if subject && c.PURL == "" && (c.Version == "" || kind == "file") && len(c.Claims) == 0 {
		c.Origin = sbom.OriginUnknown
	}
	at := name.at
	if at.IsZero() {
		at = n.Span()
	}
	v.add(field{ref, at}, c, scope, at)
	if parent != "" {
		v.links = append(v.links, link{from: parent, to: ref, kind: sbom.Contains, at: at})
	}
	v.components(n.Get("components"), ref)
}

// isOwnID reports whether a reference is the ID that licet gives what has no purl.
func isOwnID(ref string, c sbom.Component) bool {
	return len(ref) <= maxPURL && strings.HasPrefix(ref, "file:") && strings.HasSuffix(ref, "#"+c.Name+"@"+c.Version)
}

// called is the name of a component as its package manager writes it: where the group is a part of that, with the group.
func called(n doc.Node, purl string) string {
	group, name := n.Get("group").Text(), n.Get("name").Text()
	if group == "" || strings.HasPrefix(name, group+"/") {
		return name
	}
	for _, kind := range []string{"npm", "golang", "composer", "swift", "github"} {
		if strings.HasPrefix(purl, "pkg:"+kind+"/") {
			return group + "/" + name
		}
	}
	return name
}

// typeOf folds the specification's types into those that a report has.
func typeOf(kind string) sbom.Type {
	switch kind {
	case "application", "framework", "platform":
		return sbom.Type(kind)
	case "container", "operating-system", "device", "firmware":
		return sbom.TypePlatform
	}
	return sbom.TypeLibrary
}

// references reads where the component comes from.
func (v *inventory) references(n doc.Node, c *sbom.Component) {
	for r := range list(n.Get("externalReferences"), "reference") {
		url := r.Get("url").Text()
		switch member(r, "type").text {
		case "website":
			c.Homepage = cmp.Or(c.Homepage, url)
		case "distribution", "vcs":
			c.Source = cmp.Or(c.Source, url)
		}
	}
}

// licensed reads the licenses of a component and its scope: both have properties of licet's own.
func (v *inventory) licensed(n doc.Node, c *sbom.Component) sbom.Scope {
	scope := map[string]sbom.Scope{"optional": sbom.Optional, "excluded": sbom.Development}[textOf(n.Get("scope")).text]
	if scope == "" {
		scope = sbom.Runtime // what is not said is required (bom-1.6, component.scope)
	}
	unmarked := sbom.KindSupplied
	var conflict source.Span
	for p := range list(n.Get("properties"), "property") {
		value := valueOf(p)
		switch member(p, "name").text {
		case "licet:scope":
			if exact := sbom.Scope(value.text); exact == sbom.Build || exact == sbom.Test || exact == sbom.Development {
				if scope == sbom.Development {
					scope = exact
				}
			}
		case "licet:license-declared":
			unmarked = sbom.KindSuppliedConclusion
			c.Claims = append(c.Claims, claims(sbom.KindSupplied, value)...)
		case "licet:license-conflict":
			conflict = value.at
		case "licet:license-state":
			switch value.text {
			case "missing":
				c.Claims = append(c.Claims, claims(sbom.KindSuppliedConclusion, field{"NONE", value.at})...)
			case "unrecognised":
				c.Claims = append(c.Claims, unread(value.at))
			}
		}
	}
	c.Claims = append(c.Claims, v.stated(n.Get("licenses"), unmarked)...)
	if !slices.ContainsFunc(c.Claims, func(cl sbom.Claim) bool { return cl.Kind == sbom.KindSuppliedConclusion }) {
		c.Claims = append(c.Claims, v.stated(n.Get("evidence").Get("licenses"), sbom.KindSuppliedConclusion)...)
	}
	contradict(c.Claims, conflict)
	return scope
}

// stated are the claims of a list of licenses. All of them apply: the specification does not say how those of a list join,
// and a choice is an expression.
func (v *inventory) stated(n doc.Node, unmarked string) []sbom.Claim {
	var out []sbom.Claim
	add := func(license, text field, acknowledgement string) {
		kind := unmarked
		switch acknowledgement {
		case "concluded":
			kind = sbom.KindSuppliedConclusion
		case "declared":
			kind = sbom.KindSupplied
		}
		out = append(out, v.readByText(claims(kind, license), text)...)
	}
	each := func(key string, n, holder doc.Node) {
		ack := cmp.Or(member(n, "acknowledgement").text, member(holder, "acknowledgement").text)
		if key == "expression" {
			add(textOf(n), field{}, ack)
			return
		}
		license := member(n, "id")
		text := attached(n.Get("text"))
		for _, other := range []field{textOf(n.Get("name")), textOf(n.Get("url")), text} {
			if license.text == "" {
				license = other
			}
		}
		add(license, text, ack)
	}
	if n.Kind() != doc.Array {
		for k, e := range n.Members() {
			each(k.Text(), e, doc.Node{})
		}
		return out
	}
	for choice := range n.Items() {
		if choice.Kind() == doc.String { // is wrong, and clear
			add(textOf(choice), field{}, "")
		}
		for _, key := range []string{"expression", "license"} {
			if e := choice.Get(key); e.Kind() != doc.Missing {
				each(key, e, choice)
			}
		}
	}
	return out
}

// dependencies reads the graph.
func (v *inventory) dependencies(n doc.Node) {
	for d := range list(n, "dependency") {
		from := member(d, "ref")
		if from.text == "" {
			continue
		}
		needs := func(to field) {
			if len(v.subjects) > 0 && v.subjects[0] == "\x00"+from.text {
				v.subjects = append(v.subjects, to.text)
				return
			}
			v.links = append(v.links, link{from: from.text, to: to.text, at: to.at})
		}
		for on := range d.Get("dependsOn").Items() {
			needs(textOf(on))
		}
		for k, on := range d.Members() { // XML nests them
			if k.Text() == "dependency" {
				needs(member(on, "ref"))
			}
		}
	}
}

// compositions reads what the document says of its own completeness.
func (v *inventory) compositions(n doc.Node) {
	for c := range list(n, "composition") {
		kind := textOf(c.Get("aggregate"))
		var refs []string
		for _, part := range [][2]string{{"assemblies", "assembly"}, {"dependencies", "dependency"}} {
			for r := range list(c.Get(part[0]), part[1]) {
				refs = append(refs, cmp.Or(member(r, "ref").text, r.Text()))
			}
		}
		switch {
		case strings.HasPrefix(kind.text, "incomplete"):
			v.isIncomplete(kind.at, refs)
		case kind.text == "unknown" && len(v.material)+len(v.lesser) == 0: // else it says why
			v.Gap(sbom.Gap{Kind: sbom.Lost, Span: kind.at, Why: "the document does not know whether it is complete", Next: "ask who wrote it"})
		}
	}
}
