package policy

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/pkg/spdx"
	"github.com/licet/licet/pkg/version"
	"github.com/licet/licet/rules"
)

func (r *reader) project(n doc.Node, p *sbom.Project) {
	p.Found = n.Span()
	r.object(n, "project", r.text("name", &p.Name), r.text("version", &p.Version), r.expr("license", &p.License))
}

func (r *reader) deliverable(n doc.Node) sbom.Deliverable {
	d := sbom.Deliverable{Found: n.Span()}
	r.object(n, "a deliverable",
		must(r.text("name", &d.Name)),
		r.globless("roots", &d.Roots),
		word(r, "to", &d.To, "customers", "public", "affiliates", "none"),
		word(r, "delivery", &d.Delivery, "download", "physical", "device", "ota", "app-store", "container", "browser", "network", "source"),
		r.list("platforms", func(n doc.Node) { d.Platforms = append(d.Platforms, r.platform(n)) }),
		r.expr("outgoing", &d.Outgoing),
		word(r, "linking", &d.Linking, append(closeness, sbom.LinkageUnknown)...),
		r.flag("bundled", &d.Bundled),
	)
	return d
}

func (r *reader) platform(n doc.Node) string {
	text, ok := r.scalar(n, "a platform")
	if goos, arch, cut := strings.Cut(text, "/"); ok && (!cut || goos == "" || arch == "" || strings.Contains(arch, "/")) {
		r.fail(n, "write OS/ARCH, as in linux/amd64", "%q is no platform", text)
	}
	return text
}

// globless reads a list of folders of the target.
func (r *reader) globless(name string, into *[]string) field {
	return r.list(name, func(n doc.Node) {
		text, ok := r.scalar(n, "a folder")
		if !ok {
			return
		}
		folder := strings.TrimSuffix(text, "/")
		if strings.ContainsAny(folder, "*?") {
			r.fail(n, "name the folder itself", "%s are folders, not globs", name)
		} else if folder == "." || r.glob(n, folder) {
			*into = append(*into, folder)
		}
	})
}

// glob reports, as an error too, whether the text is a glob of paths.
func (r *reader) glob(n doc.Node, text string) bool {
	_, err := source.CompileGlob(text)
	var bad *source.GlobError
	if errors.As(err, &bad) {
		r.failInside(n, bad.Offset, bad.Offset+1, "", "%s", bad.Msg)
	}
	return err == nil
}

func (r *reader) globText(name string, into *string) field {
	return field{name: name, read: func(n doc.Node) {
		if text, ok := r.scalar(n, name); ok && r.glob(n, text) {
			*into = text
		}
	}}
}

func (r *reader) firstParty(n doc.Node, f *sbom.FirstParty) {
	f.Found = n.Span()
	r.object(n, "first_party",
		r.list("purls", func(n doc.Node) {
			if text, ok := r.scalar(n, "a purl"); ok {
				if _, ok := r.selector(n, text, doc.Node{}, ""); ok {
					f.PURLs = append(f.PURLs, text)
				}
			}
		}),
		r.list("paths", func(n doc.Node) {
			if text, ok := r.scalar(n, "a path"); ok && r.glob(n, text) {
				f.Paths = append(f.Paths, text)
			}
		}),
	)
}

func (r *reader) pathClass(n doc.Node) sbom.PathClass {
	p := sbom.PathClass{Found: n.Span()}
	r.object(n, "a path class",
		must(r.globText("glob", &p.Glob)),
		must(word(r, "class", &p.Class, "test", "documentation", "fixture", "example", "build", "product")),
		r.text("reason", &p.Reason),
	)
	return p
}

func (r *reader) choice(n doc.Node) sbom.Choice {
	c := sbom.Choice{Found: n.Span()}
	r.object(n, "a choice", must(r.expr("of", &c.Of)), must(r.expr("choose", &c.Choose)))
	if c.Of.IsNoAssertion() || c.Choose.IsNoAssertion() {
		return c
	}
	arms := armsOf(c.Of)
	if len(arms) < 2 {
		r.fail(n.Get("of"), "give the whole A OR B", "%s leaves no choice", c.Of)
	} else if !slices.ContainsFunc(arms, c.Choose.Equal) {
		r.fail(n.Get("choose"), "", "%s is no arm of %s", c.Choose, c.Of)
	}
	return c
}

func (r *reader) clarify(n doc.Node) sbom.Clarify {
	c := sbom.Clarify{Found: n.Span()}
	r.object(n, "a clarification",
		must(r.text("purl", &c.PURL)),
		r.text("versions", &c.Versions),
		must(r.expr("license", &c.License)),
		r.digest("text", &c.Text),
		r.text("reason", &c.Reason),
		r.text("by", &c.By),
	)
	r.selectorOf(n)
	return c
}

func (r *reader) curation(n doc.Node) sbom.Curation {
	c := sbom.Curation{Found: n.Span()}
	r.object(n, "a curation",
		must(r.globText("path", &c.Path)),
		r.expr("detected", &c.Detected),
		must(r.expr("concluded", &c.Concluded)),
		r.digest("region", &c.Region),
		r.text("reason", &c.Reason),
		r.text("by", &c.By),
	)
	return c
}

func (r *reader) ownLicenses(n doc.Node, facts *sbom.Facts) {
	if !r.is(n, doc.Object, "licenses") {
		return
	}
	for k, v := range n.Members() {
		e, err := spdx.Parse(k.Text())
		if t, ok := e.Term(); err != nil || !ok || !t.IsRef() || t.Exception != "" {
			r.fail(k, "begin the name with LicenseRef-", "%q is no name for a license of one's own", k.Text())
		}
		own := sbom.OwnLicense{ID: k.Text(), Found: k.Span()}
		r.object(v, "a license",
			field{name: "category", read: func(n doc.Node) { own.Category, _ = oneOf(r, n, "category", rules.CategoryNames()) }},
			r.globText("text", &own.Text),
		)
		facts.Licenses = append(facts.Licenses, own)
	}
}

var digestForm = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(lt[1-9]|sha256):[0-9a-f]{64}$`) })

// digest reads a digest of text.
func (r *reader) digest(name string, into *sbom.Digest) field {
	return field{name: name, read: func(n doc.Node) {
		text, ok := r.scalar(n, name)
		if ok && !digestForm().MatchString(text) {
			r.fail(n, "write lt1: (of the normalised text) or sha256: (of the bytes) and 64 hexadecimal digits", "%s is no digest", name)
		}
		*into = sbom.Digest(text)
	}}
}

// selectorOf reads the members purl and versions of n as one selector.
func (r *reader) selectorOf(n doc.Node) sbom.Selector {
	purl, versions := n.Get("purl"), n.Get("versions")
	if purl.Text() == "" {
		return sbom.Selector{}
	}
	s, _ := r.selector(purl, purl.Text(), versions, versions.Text())
	return s
}

// selector compiles a glob of purls and a range; the nodes are where they stand.
func (r *reader) selector(at doc.Node, purl string, rangeAt doc.Node, versions string) (sbom.Selector, bool) {
	s, err := sbom.NewSelector(purl, versions)
	var syntax *version.SyntaxError
	switch {
	case errors.As(err, &syntax):
		r.failInside(rangeAt, syntax.Offset, len(versions), "", "%s", syntax.Msg)
		return s, false
	case err != nil:
		r.fail(at, "", "%v", err)
		return s, false
	case !strings.Contains(purl, "/") && !strings.Contains(purl, "**"):
		r.fail(at, "write pkg:TYPE/NAME, or "+purl+"/** for all packages of a type", "%q names no package", purl)
		return s, false
	}
	scheme, kind := s.Versions().Scheme(), purlType(purl)
	if scheme != "" && scheme != kind && scheme != "semver" && scheme != "generic" {
		what, help := "a package of "+kind, "write vers:"+kind+"/..."
		if kind == "" {
			what, help = "packages of any type", "name the type in the purl, or write vers:semver/..."
		}
		r.failInside(rangeAt, len("vers:"), len("vers:")+len(scheme), help, "versions of %s for %s", scheme, what)
		return s, false
	}
	if !s.Versions().Known() {
		r.warn(rangeAt, "the order of "+scheme+" versions is not known: only the versions named here match, letter by letter")
	}
	return s, true
}

// purlType is the type of a purl glob, "" when the glob leaves it open.
func purlType(purl string) string {
	kind, _, _ := strings.Cut(strings.TrimPrefix(purl, "pkg:"), "/")
	if strings.ContainsAny(kind, "*?") {
		return ""
	}
	return strings.ToLower(kind)
}
