// Package verify holds what was built against what is said to be in it: the inventory of an artifact, read from its own
// bytes, against that of the tree it was built from or of a bill of materials. A pure function over two documents.
//
// Components are the same by purl, type, namespace, name and version; qualifiers tell where a package is from, not what it
// is. One that both have in different versions is a kind of its own, since what was approved is another version than what
// is shipped.
//
// The trap is silence. A stripped program tells nothing of what it is made of, one in C never did, and no part of a
// comparison with nothing is a match. So these are said to be untold, a material gap and never verified: an artifact that
// names no component, each program in it that lists none and is part of no package that is compared ([Programs]), a Java archive
// that was built here and has classes of others, and every type of package that the inventory ships and of which the artifact names nothing but what was built here, which names itself
// whatever was put into it. Nothing here says that the bytes of a component are those of its source.
package verify

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// Kind is the kind of a difference.
type Kind string

// The kinds.
const (
	Unlisted       Kind = "unlisted"        // in the artifact, not in the inventory
	AnotherVersion Kind = "another-version" // in both, and the artifact's version is none of the inventory's
	NotShipped     Kind = "not-shipped"     // in both, and the inventory has it only for what does not ship, as tests
	Absent         Kind = "absent"          // shipped by the inventory, not in the artifact
)

// Difference is one component that the two do not have in common.
type Difference struct {
	Kind    Kind   `json:"kind"`
	PURL    string `json:"purl"`
	Name    string `json:"name"`
	Version string `json:"version,omitempty"`
	// Others are the versions on the other side, of another-version.
	Others []string `json:"others,omitempty"`
	// Found are the places that name it: in the artifact, of what is absent in the inventory.
	Found []source.Span `json:"found,omitempty"`
}

// Result is what a comparison tells.
type Result struct {
	// Same are the purls of the artifact's components that the inventory has.
	Same        []string     `json:"same,omitempty"`
	Differences []Difference `json:"differences,omitempty"`
	// Gaps are what could not be compared, and what either side could not read.
	Gaps []sbom.Gap `json:"gaps,omitempty"`
}

// Exit is the exit status that the result calls for: 1 if the artifact holds what the inventory does not list as shipped, else 3 on a
// material gap that nobody allowed (any gap if strict), else 0.
func (r *Result) Exit(allowed, strict bool) int {
	if slices.ContainsFunc(r.Differences, func(d Difference) bool { return d.Kind != Absent }) {
		return 1
	}
	if !allowed && slices.ContainsFunc(r.Gaps, func(g sbom.Gap) bool { return g.Material || strict }) {
		return 3
	}
	return 0
}

// Compare holds what was built, an artifact, against an inventory; both are resolved documents. The programs are those that the
// scan of the artifact met; nil is none.
func Compare(built, inventory *sbom.Document, programs *Programs) *Result {
	c := comparison{out: &Result{}, listed: indexOf(inventory), held: indexOf(built), built: built, inventory: inventory}
	c.gaps("the artifact", built, true)
	c.gaps("the inventory", inventory, false)
	told := map[string]bool{} // types of package that it speaks of
	speaks := false
	var unnamed []sbom.ID
	for i := range built.Components {
		part := &built.Components[i]
		root := isRoot(built, part.ID)
		switch {
		case root && part.Type == sbom.TypeContainer: // an image is the artifact, and part of nothing
		case !root && isAskedFor(part):
		case part.PURL != "":
			speaks = speaks || !isRuntime(part)
			told[typeOf(part.PURL)] = told[typeOf(part.PURL)] || !c.isOwn(part)
			c.part(part)
		case !root && !part.FirstParty && !c.listed.isNamed(part): // the program that was built here is the artifact itself
			unnamed = append(unnamed, part.ID)
		}
	}
	if len(unnamed) > 0 {
		c.gap("the artifact", sbom.Gap{Kind: sbom.Unsupported, Material: true, Components: unnamed,
			Why:  fmt.Sprintf("%s of the artifact bear no name that could be compared, the first is %s", sbom.Plural(len(unnamed), "component"), unnamed[0]),
			Next: "find out what they are, and list them in the inventory"})
	}
	if speaks {
		c.silent(programs)
		c.mixed(programs)
		c.untold(told)
	} else {
		c.gap("the artifact", sbom.Gap{Kind: sbom.Unsupported, Material: true,
			Why:  "the artifact does not tell what it is made of: it may be stripped, or built by tools that record nothing",
			Next: "verify a build that keeps its inventory, or the packages that it was linked from"})
	}
	c.absent(told)
	slices.Sort(c.out.Same)
	c.out.Same = slices.Compact(c.out.Same)
	slices.SortFunc(c.out.Differences, func(a, b Difference) int {
		return cmp.Or(cmp.Compare(slices.Index(kinds, a.Kind), slices.Index(kinds, b.Kind)), cmp.Compare(a.PURL, b.PURL))
	})
	return c.out
}

var kinds = []Kind{Unlisted, AnotherVersion, NotShipped, Absent}

type comparison struct {
	out              *Result
	built, inventory *sbom.Document
	listed, held     index
}

// index finds the components of a document.
type index struct {
	packages map[string]listing         // by the purl without version and qualifiers
	names    map[string]map[string]bool // the versions by name in lower case
}

// listing is what a document has of one package.
type listing struct {
	shipped map[string]bool // by version, whether what ships has it
	own     bool            // it was built here
}

func indexOf(d *sbom.Document) index {
	x := index{map[string]listing{}, map[string]map[string]bool{}}
	for i := range d.Components {
		c := &d.Components[i]
		name := strings.ToLower(c.Name)
		if x.names[name] == nil {
			x.names[name] = map[string]bool{}
		}
		x.names[name][c.Version] = true
		pkg, version := split(c.PURL)
		if pkg == "" {
			continue
		}
		l, ok := x.packages[pkg]
		if !ok {
			l.shipped = map[string]bool{}
		}
		root := isRoot(d, c.ID)
		l.own = l.own || root || c.FirstParty
		l.shipped[version] = l.shipped[version] || root || mayShip(d, c)
		x.packages[pkg] = l
	}
	return x
}

// isNamed reports whether what has no purl is listed by its name, in this version where it tells one.
func (x index) isNamed(c *sbom.Component) bool {
	versions := x.names[strings.ToLower(c.Name)]
	return versions != nil && (c.Version == "" || versions[""] || versions[c.Version])
}

// mayShip reports whether the document leaves it open at least that a component is inside of what is delivered.
func mayShip(d *sbom.Document, c *sbom.Component) bool {
	uses := d.UsesOf(c.ID)
	out := len(uses) > 0 && !slices.ContainsFunc(uses, func(u sbom.Use) bool { return u.Shipped != sbom.No })
	return c.Scope.Shipped() && !out
}

// split cuts a purl into the package, without version, qualifiers and subpath, and the version as a purl writes it.
func split(purl string) (pkg, version string) {
	purl, _, _ = strings.Cut(purl, "#")
	purl, _, _ = strings.Cut(purl, "?")
	if at := strings.LastIndexByte(purl, '@'); at > strings.LastIndexByte(purl, '/') {
		return purl[:at], purl[at+1:]
	}
	return purl, ""
}

// typeOf is the type of a purl: "golang".
func typeOf(purl string) string {
	kind, _, _ := strings.Cut(strings.TrimPrefix(purl, "pkg:"), "/")
	return kind
}

func isRoot(d *sbom.Document, id sbom.ID) bool {
	_, ok := slices.BinarySearch(d.Roots, id)
	return ok
}

// isAskedFor reports whether a line of a manifest only asks for a package, in any version, and nothing of it is held. What a
// program was linked from stands on no line.
func isAskedFor(c *sbom.Component) bool {
	return c.Version == "" && c.Origin == sbom.OriginManifest && !slices.ContainsFunc(c.Occurrences, func(o sbom.Occurrence) bool {
		return o.Dir != "" || slices.ContainsFunc(o.Found, func(at source.Span) bool { return at.Line == 0 })
	})
}

// isRuntime reports whether a component is what a compiler linked into a program, or PyInstaller of itself: that a program has it
// tells nothing of the rest.
func isRuntime(c *sbom.Component) bool {
	return c.Origin == sbom.OriginEmbedded && (typeOf(c.PURL) == "generic" || c.PURL == "pkg:pypi/pyinstaller")
}

// isOwn reports whether a component of the artifact is what was built here.
func (c *comparison) isOwn(part *sbom.Component) bool {
	pkg, _ := split(part.PURL)
	return isRoot(c.built, part.ID) || c.listed.packages[pkg].own
}

// isHeld reports whether files of a component lie in the document's own tree, and not in a cache.
func isHeld(c *sbom.Component) bool {
	return slices.ContainsFunc(c.Occurrences, func(o sbom.Occurrence) bool {
		root, _ := source.SplitRoot(o.Dir)
		return o.Dir != "" && root == ""
	})
}

// part compares one component of the artifact. What the inventory lists without a version, as a tree does the project that it
// holds, is the same in any. What the artifact too names only as needed to build or test it, and does not hold, need not ship.
func (c *comparison) part(part *sbom.Component) {
	pkg, version := split(part.PURL)
	versions := c.listed.packages[pkg].shipped
	shipped, ok := versions[version]
	if any, has := versions[""]; has {
		shipped, ok = shipped || any, true
	}
	d := Difference{Kind: Unlisted, PURL: part.PURL, Name: part.Name, Version: part.Version, Found: places(part)}
	switch {
	case ok && (shipped || !mayShip(c.built, part) && !isHeld(part)):
		c.out.Same = append(c.out.Same, part.PURL)
		return
	case ok:
		d.Kind = NotShipped
	case versions != nil && version == "":
		c.gap("the artifact", sbom.Gap{Kind: sbom.Lost, Material: true, Components: []sbom.ID{part.ID},
			Why: "the artifact does not tell the version of " + part.PURL, Next: "build it so that it does"})
		return
	case versions != nil:
		d.Kind, d.Others = AnotherVersion, slices.Sorted(maps.Keys(versions))
	}
	c.out.Differences = append(c.out.Differences, d)
}

// ships reports whether the inventory says that a component is inside of what is delivered.
func (c *comparison) ships(x *sbom.Component) bool {
	return x.PURL != "" && !isRoot(c.inventory, x.ID) && (x.Scope == "" || x.Scope == sbom.Runtime) && mayShip(c.inventory, x)
}

// silent adds the gap of programs that list nothing, and are part of no package that is compared.
func (c *comparison) silent(programs *Programs) {
	told, parts, own := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for i := range c.built.Components {
		x := &c.built.Components[i]
		if x.PURL == "" || isRuntime(x) {
			continue
		}
		for _, o := range x.Occurrences {
			for _, at := range o.Found {
				told[at.Path] = told[at.Path] || at.Line == 0
				own[source.Dir(at.Path)] = own[source.Dir(at.Path)] || c.isOwn(x)
			}
			if o.Dir != "" && !c.isOwn(x) {
				parts[strings.TrimSuffix(o.Dir, "/")] = true
			}
		}
	}
	quiet := programs.not(func(p, list string) bool {
		if list != "" && !own[list] {
			return true
		}
		for dir := p; !told[p] && !parts[dir]; {
			i := strings.LastIndexByte(dir, '/')
			if i < 0 {
				return false
			}
			dir = dir[:i]
		}
		return true
	})
	if len(quiet) > 0 {
		c.gap("the artifact", sbom.Gap{Kind: sbom.Unsupported, Material: true, Span: source.Span{Path: quiet[0]},
			Why:  fmt.Sprintf("nothing is told of what is in %s of the artifact, which no package brought; the first is %s", sbom.Plural(len(quiet), "program"), quiet[0]),
			Next: "verify a build that keeps its inventory, or the packages that they were linked from"})
	}
}

// untold adds the gaps of types of which the artifact names nothing, or only what was built here.
func (c *comparison) untold(told map[string]bool) {
	silent := map[string]int{}
	for i := range c.inventory.Components {
		if x := &c.inventory.Components[i]; c.ships(x) && !x.FirstParty && !told[typeOf(x.PURL)] {
			silent[typeOf(x.PURL)]++
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(silent)) {
		c.gap("the artifact", sbom.Gap{Kind: sbom.Unsupported, Material: true,
			Why:  fmt.Sprintf("the artifact tells nothing of type %s, of which the inventory ships %s: whether these are in it is unknown", kind, sbom.Plural(silent[kind], "component")),
			Next: "verify the artifact that they are part of"})
	}
}

// absent adds what the inventory ships and an artifact that speaks of such packages does not hold.
func (c *comparison) absent(told map[string]bool) {
	for i := range c.inventory.Components {
		x := &c.inventory.Components[i]
		pkg, _ := split(x.PURL)
		if _, held := c.held.packages[pkg]; !held && c.ships(x) && told[typeOf(x.PURL)] {
			c.out.Differences = append(c.out.Differences, Difference{Kind: Absent, PURL: x.PURL, Name: x.Name, Version: x.Version, Found: places(x)})
		}
	}
}

// gaps takes over what one side could not read. That licenses are not at hand hides no component. What is missing from the
// inventory hides nothing either: if the artifact holds it, it is unlisted.
func (c *comparison) gaps(side string, d *sbom.Document, hides bool) {
	for _, g := range d.Gaps {
		if g.Kind != sbom.Unavailable || len(g.Components) == 0 {
			g.Material = g.Material && hides
			c.gap(side, g)
		}
	}
}

func (c *comparison) gap(side string, g sbom.Gap) {
	g.Reader = side
	c.out.Gaps = append(c.out.Gaps, g)
}

// places are the first few that name a component, else the folders of its files.
func places(c *sbom.Component) []source.Span {
	const few = 3
	var out, dirs []source.Span
	for _, o := range c.Occurrences {
		out = append(out, o.Found...)
		if o.Dir != "" {
			dirs = append(dirs, source.Span{Path: o.Dir})
		}
	}
	if len(out) == 0 {
		out = dirs
	}
	return out[:min(few, len(out))]
}
