package scan

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/annotation"
	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/pkg/spdx"
)

// A file may state the license of others: REUSE.toml and debian/copyright by patterns of paths below
// their folder, FILE.license of the file beside it. The walk learns of them in time, for a folder is
// listed before anything in it is yielded: whoever states something about a file lies in its folder or
// above. (An image, which is not walked folder by folder, lists all of them before.) So what is stated about a file goes to the worker
// that reads it, files are read once and in one order, and a tree without annotations pays for one look at each name.

// annotations are those that the walk has met.
type annotations struct {
	*scanner
	listed bool                // the tree is walked folder by folder
	sets   map[string][]*given // by the folder that they are about
	ahead  map[string]*ahead   // by path; until the walk is there
	lost   map[string][]sbom.Gap
	beside map[string]sidecar // by the path of the file that it is about; without a path, by its own, once that was met
	dir    string             // of the last path
	above  []*given           // the sets for dir, the top's first
}

// given is what one file states about others.
type given struct {
	*annotation.Set
	claims     [][]sbom.Claim // of each annotation
	copyrights [][]sbom.Copyright
	found      []sbom.Claim // what the search of the file found, in order
	longer     []int        // see longerBefore
	texts      map[source.Span]meaning
}

// ahead is a file that was read before its turn.
type ahead struct {
	data  []byte
	found detect.Result
	dep5  bool
}

// sidecar is a file that is about the one beside it.
type sidecar struct {
	path    string
	size    int64
	unasked bool // it is no file of the tree
}

// newAnnotations also gives the tree to walk.
func (s *scanner) newAnnotations(tree source.Tree) (*annotations, source.Tree) {
	a := &annotations{scanner: s, sets: map[string][]*given{}, ahead: map[string]*ahead{}, lost: map[string][]sbom.Gap{}, beside: map[string]sidecar{}}
	tree, listed := source.Listed(tree, a.see)
	a.listed = listed
	return a, tree
}

// see looks for annotations in a folder that is about to be walked.
func (a *annotations) see(dir string, entries []fs.DirEntry) {
	if !a.Deep && installed(dir+"/") {
		return
	}
	for _, e := range entries {
		p := path.Join(dir, e.Name())
		switch name := e.Name(); {
		case name == "REUSE.toml" && e.Type().IsRegular():
			a.load(p)
		case name == ".reuse" && e.IsDir():
			a.load(p + "/dep5")
		case name == "debian" && e.IsDir():
			a.load(p + "/copyright")
		case a.listed && strings.HasSuffix(name, sidecarExt) && e.Type().IsRegular(): // else it is looked for, see task
			about := strings.TrimSuffix(name, sidecarExt)
			i, ok := slices.BinarySearchFunc(entries, about, func(e fs.DirEntry, name string) int { return strings.Compare(e.Name(), name) })
			if ok && entries[i].Type().IsRegular() {
				a.pair(p, path.Join(dir, about), e.Info)
			}
		}
	}
}

// Foretells reports whether a file is looked for before the walk comes to it, or while it is elsewhere, where a tree has an order of its
// own: what is stated in it is about others. See [archive.ImageOptions].
func Foretells(p string) bool {
	switch base := path.Base(p); base {
	case "REUSE.toml", "os-release":
		return true
	default:
		return strings.HasSuffix(base, sidecarExt) || strings.HasSuffix("/"+p, "/.reuse/dep5") || strings.HasSuffix("/"+p, "/debian/copyright")
	}
}

// sidecarExt ends the name of a sidecar (REUSE 3.3, "Comment headers").
const sidecarExt = ".license"

// pair notes that the file at p is about another one.
func (a *annotations) pair(p, about string, info func() (fs.FileInfo, error)) {
	if !isCovered(about) || a.leftOut(p) || a.leftOut(about) {
		return
	}
	if i, err := info(); err == nil && i.Mode().IsRegular() {
		a.beside[about] = sidecar{path: p, size: i.Size(), unasked: !a.listed}
	}
}

// isCovered reports whether others may state the license of a file. A license file speaks for itself, and
// what lies in .reuse is none of the project's (REUSE 3.3, "Covered and ignored Files").
func isCovered(p string) bool {
	return detect.RoleOf(p) != sbom.RoleLicenseFile && path.Base(path.Dir(p)) != ".reuse"
}

func (a *annotations) leftOut(p string) bool { return slices.Contains(a.Ignore, p) || a.excluded(p) }

// load reads a file of annotations, if there is one. What it states is worked out once, whatever the
// number of files that it is about.
func (a *annotations) load(p string) {
	info, err := fs.Lstat(a.files, p)
	if err != nil || !info.Mode().IsRegular() || a.leftOut(p) {
		return // the walk says what is wrong
	}
	lost := func(g sbom.Gap) {
		g.Material = g.Material && a.class(p, ".") == ""
		a.lost[p] = append(a.lost[p], g)
	}
	data, err := readBounded(a.files, p)
	if err != nil {
		gap := sbom.Gap{Kind: sbom.Lost, Span: source.Span{Path: p}, Reader: "detect", Material: true,
			Why: "what it states about other files is lost: " + reason(err), Next: "make it readable, or leave it out with --exclude"}
		if errors.Is(err, errTooLarge) {
			gap.Kind, gap.Next = sbom.Limit, "look into the file yourself"
		}
		lost(gap) // the worker reads what it can
		return
	}
	read := &ahead{data: data}
	guard("detect", source.Span{Path: p}, lost, func() {
		found := a.detect(p, data)
		if set := a.parse(p, data, read); set != nil {
			g := a.mean(set, found)
			if set.Collective { // what the authors of the files state in one place is closer to them
				a.sets[set.Dir] = slices.Insert(a.sets[set.Dir], 0, g)
			} else {
				a.sets[set.Dir] = append(a.sets[set.Dir], g)
			}
			found = g.own(found)
			for _, gap := range set.Gaps {
				lost(gap)
			}
		}
		read.found = found
	})
	a.ahead[p] = read
}

// parse reads the annotations of a file; nil for a debian/copyright that is free text.
func (a *annotations) parse(p string, data []byte, read *ahead) *annotation.Set {
	if path.Base(p) == "REUSE.toml" {
		return annotation.REUSE(p, data)
	}
	if path.Base(p) == "copyright" && !detect.IsDebianCopyright(data) {
		return nil
	}
	read.dep5 = true
	return annotation.DEP5(p, data)
}

// mean works out what the words of each annotation mean.
func (a *annotations) mean(set *annotation.Set, found detect.Result) *given {
	g := &given{Set: set, texts: map[source.Span]meaning{}}
	g.found = found.Claims
	if i := slices.IndexFunc(g.found, isIgnored); i >= 0 {
		g.found = g.found[:i] // those behind are in an order of their own
	}
	g.longer = longerBefore(g.found)
	for i := range set.Annotations {
		n := &set.Annotations[i]
		g.claims = append(g.claims, g.licenses(n, sbom.RoleFile))
		g.copyrights = append(g.copyrights, copyrightsOf(n))
	}
	return g
}

// licenses are the claims of an annotation.
func (g *given) licenses(n *annotation.Annotation, role sbom.Role) []sbom.Claim {
	var out []sbom.Claim
	for _, s := range n.Licenses {
		c := sbom.Claim{
			Basis: sbom.Detected, Kind: "tag", Role: role, Raw: source.Redact(s.Text),
			Evidence: []sbom.Evidence{{Span: s.Span, EndLine: s.EndLine, Rule: g.Rule}},
		}
		if g.Rule == annotation.RuleDEP5 {
			c.Kind = "field"
		}
		e, ambiguous := detect.Declared(s.Text)
		if !ambiguous {
			c.Expr = e
		} else if g.Rule == annotation.RuleDEP5 {
			m := g.byText(s, n)
			c.Expr, c.Evidence[0].Text = m.expr, m.text
		}
		out = append(out, c)
	}
	return out
}

// meaning is what a license text was found to be.
type meaning struct {
	expr spdx.Expr
	text sbom.Digest
}

// byText gives a name that nobody else knows the meaning that its text has: what the search of the whole
// file made of the name, or of the text below it, or of the one that the file gives under that name once.
func (g *given) byText(name annotation.Statement, n *annotation.Annotation) meaning {
	for _, f := range g.claimsIn(name.Span) {
		if f.Kind == "field" && f.Evidence[0].Span.Start >= name.Span.Start && !f.Expr.IsNoAssertion() {
			return meaning{expr: f.Expr}
		}
	}
	if m := g.textIn(n.Body); !m.expr.IsNoAssertion() {
		return m
	}
	return g.textIn(g.Texts[strings.ToLower(name.Text)])
}

// textIn is the meaning of a text of the file.
func (g *given) textIn(body source.Span) meaning {
	m, known := g.texts[body]
	if known || body.IsZero() {
		return m
	}
	var all []spdx.Expr
	for _, f := range g.claimsIn(body) {
		at := f.Evidence[0].Span
		if inside := min(at.End, body.End) - max(at.Start, body.Start); !f.Expr.IsNoAssertion() && 2*inside >= at.End-at.Start {
			all = append(all, f.Expr)
			m.text = f.Evidence[0].Text
		}
	}
	if len(all) > 0 {
		m.expr = spdx.And(all...).Normal()
	}
	g.texts[body] = m
	return m
}

// claimsIn gives the claims that begin in a part of the file, and those that reach into it, in order. Going back
// from the part, a claim that ends before it leads to the nearest one that ends later: none between the two can reach
// into it.
func (g *given) claimsIn(part source.Span) []sbom.Claim {
	from := func(c sbom.Claim, at int) int { return c.Evidence[0].Span.Start - at }
	i, _ := slices.BinarySearchFunc(g.found, part.Start, from)
	k, _ := slices.BinarySearchFunc(g.found, part.End, from)
	var out []sbom.Claim
	for n := i - 1; n >= 0; {
		if g.found[n].Evidence[0].Span.End > part.Start {
			out = append(out, g.found[n])
			n--
		} else {
			n = g.longer[n]
		}
	}
	slices.Reverse(out)
	return append(out, g.found[i:max(i, k)]...)
}

// longerBefore gives for each claim the nearest one before it that ends later, -1 for none.
func longerBefore(claims []sbom.Claim) []int {
	out := make([]int, len(claims))
	for i := range claims {
		n := i - 1
		for n >= 0 && claims[n].Evidence[0].Span.End <= claims[i].Evidence[0].Span.End {
			n = out[n]
		}
		out[i] = n
	}
	return out
}

func copyrightsOf(n *annotation.Annotation) []sbom.Copyright {
	var out []sbom.Copyright
	for _, s := range n.Copyrights {
		c := detect.Copyright(source.Redact(s.Text))
		c.Found = []source.Span{s.Span}
		out = append(out, c)
	}
	return sbom.JoinCopyrights(out)
}

// own leaves in what was found in the file what it states about itself: of a REUSE.toml what stands
// outside of its annotations. A debian/copyright is listed whole, but its licenses have no say; its header
// has one for what lies in the folder.
func (g *given) own(found detect.Result) detect.Result {
	var owners []sbom.Copyright
	var places []source.Span
	for i, n := range g.Annotations {
		owners = append(owners, g.copyrights[i]...)
		for _, s := range slices.Concat(n.Licenses, n.Copyrights) {
			places = append(places, s.Span)
		}
	}
	slices.SortFunc(places, source.Span.Compare)
	ofOthers := func(at source.Span) bool {
		i, _ := slices.BinarySearchFunc(places, at.End, func(s source.Span, end int) int { return s.Start - end })
		return i > 0 && places[i-1].End > at.Start
	}
	for i, c := range found.Copyrights {
		found.Copyrights[i].Found = slices.DeleteFunc(c.Found, ofOthers)
	}
	found.Copyrights = slices.DeleteFunc(found.Copyrights, func(c sbom.Copyright) bool { return len(c.Found) == 0 })
	if g.Rule == annotation.RuleREUSE {
		found.Claims = slices.DeleteFunc(found.Claims, func(c sbom.Claim) bool { return ofOthers(c.Evidence[0].Span) })
		return found
	}
	found.Copyrights = sbom.JoinCopyrights(append(found.Copyrights, owners...))
	for i := range found.Claims {
		found.Claims[i].Role = sbom.RoleAside
	}
	if g.Header != nil && g.Collective {
		for _, c := range g.licenses(g.Header, sbom.RoleLicenseFile) {
			at := c.Evidence[0].Span
			found.Claims = slices.DeleteFunc(found.Claims, func(d sbom.Claim) bool {
				start := d.Evidence[0].Span.Start
				return d.Kind == c.Kind && start >= at.Start && start < at.End
			})
			found.Claims = append(found.Claims, c)
		}
	}
	return found
}
