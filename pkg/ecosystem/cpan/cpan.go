// Package cpan reads what distributions of Perl come with and what Carton writes: META.json, META.yml, cpanfile,
// cpanfile.snapshot.
//
// What is needed are modules; what is fetched are distributions, each of which provides some. Only the snapshot says
// which: it lists distributions with what they provide and require. A module that no distribution is known to provide
// is a component without a purl, for its distribution may be called otherwise.
//
// A distribution's author is part of its purl (purl types, cpan), and is known from the path in the snapshot.
//
// The formats are described in CPAN::Meta::Spec and in the documentation of cpanfile and Carton.
package cpan

import (
	"context"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

const (
	name    = "cpan"
	next    = "run `carton install`"
	mend    = "write it again with the distribution's own tools"
	maxSize = 64 << 20
)

// Ecosystem is the reader of Perl's distributions.
var Ecosystem = &ecosystem.Ecosystem{
	Name: name,
	Doc: `Perl distributions: META.json, META.yml, cpanfile, cpanfile.snapshot

Components are the distributions that cpanfile.snapshot lists, with the edges between them, and else the modules that are
required. In cpanfile and META, requires has scope runtime, recommends, suggests and what a feature needs optional, the phase test test, build and
configure build, develop development. A cpanfile is not executed. Perl itself is no component.`,
	Match: match,
	Read:  read,
}

var metaFiles = []string{"MYMETA.json", "META.json", "MYMETA.yml", "META.yml"}

func match(p string, mode fs.FileMode, _ []byte) bool {
	base := path.Base(p)
	return ecosystem.Own(p, mode) && !strings.Contains("/"+p, "/local/lib/perl5/") &&
		(base == "cpanfile" || base == "cpanfile.snapshot" || slices.Contains(metaFiles, base))
}

// reader gathers one project.
type reader struct {
	ecosystem.Graph
	*ecosystem.Project
	root     sbom.Component
	at       source.Span
	wanted   []ecosystem.Requirement
	pins     []ecosystem.Pin
	provided map[string]string // module -> distribution
	seen     map[string]int    // by key, the index in wanted
}

func read(ctx context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
	r := &reader{
		Graph: ecosystem.Graph{Reader: name}, Project: p, root: p.Unnamed(p.Dir()), at: source.Span{Path: p.Files[0]},
		provided: map[string]string{}, seen: map[string]int{},
	}
	lock := p.File("cpanfile.snapshot")
	if lock != "" {
		r.snapshot(lock)
	}
	if file := p.File(metaFiles...); file != "" {
		r.meta(file)
	}
	if file := p.File("cpanfile"); file != "" {
		r.cpanfile(file)
	}
	if _, err := fs.Stat(p.FS, path.Join(p.Dir(), "install.json")); err == nil { // which cpanm writes beside what it installed
		r.root.Origin = sbom.OriginVendored
	}
	r.Absent(r.at, lock, next, r.Require(r.Root(r.root, p.Dir(), r.at), r.wanted, r.pins))
	return r.Fragment, ctx.Err()
}

// want notes that a module is needed. A module that is needed twice has the strongest scope.
func (r *reader) want(n doc.Node, module, requirement string, scope sbom.Scope) {
	if module == "perl" || !ecosystem.Printable(module) {
		return
	}
	key := module
	if dist, ok := r.provided[module]; ok {
		key = dist
	}
	if i, ok := r.seen[key]; ok {
		r.wanted[i].Scope = scope.Stronger(r.wanted[i].Scope)
		return
	}
	r.seen[key] = len(r.wanted)
	if requirement == "0" {
		requirement = ""
	}
	r.wanted = append(r.wanted, ecosystem.Requirement{
		Key: key, Scope: scope, Range: requirement, At: n.Span(), What: sbom.Component{Name: module, Version: exactly(requirement)},
	})
}

func exactly(requirement string) string {
	version, ok := strings.CutPrefix(requirement, "==")
	if version = strings.TrimSpace(version); ok && !strings.Contains(version, ",") && ecosystem.Printable(version) {
		return version
	}
	return ""
}

// snapshot reads the outline of cpanfile.snapshot: DISTRIBUTIONS, below it each with pathname, provides and requirements.
func (r *reader) snapshot(file string) {
	d, _ := r.Parse(r.FS, file, maxSize, next, func(file string, data []byte) (*doc.Doc, error) { return doc.Outline(file, data, "#") })
	ids := map[string]sbom.ID{}
	list := d.Root().Get("DISTRIBUTIONS")
	for key, about := range list.Members() {
		dist, version := splitVersion(key.Text())
		if !ecosystem.Printable(dist) || version == "" {
			r.Lost(key.Span(), next, "a distribution without a name and a version")
			continue
		}
		author := ""
		for field, value := range about.Members() {
			pathname, isPath := strings.CutPrefix(field.Text(), "pathname:")
			if parts := strings.Split(strings.TrimSpace(pathname), "/"); isPath && len(parts) > 3 {
				author = strings.ToUpper(parts[len(parts)-2])
			}
			if field.Text() == "provides:" {
				for module := range value.Members() {
					name, _, _ := strings.Cut(module.Text(), " ")
					r.provided[name] = dist
				}
			}
		}
		c := sbom.Component{Name: dist, Version: version, PURL: ecosystem.PURL("cpan", author, dist, version)}
		ids[dist] = r.Add(c, "", key.Span())
		r.pins = append(r.pins, ecosystem.Pin{Key: dist, ID: ids[dist], At: key.Span()})
	}
	for key, about := range list.Members() {
		from, _ := splitVersion(key.Text())
		known := map[sbom.ID]bool{ids[from]: true}
		for field, value := range about.Members() {
			if field.Text() != "requirements:" {
				continue
			}
			for need := range value.Members() {
				module, requirement, _ := strings.Cut(need.Text(), " ")
				if to, ok := ids[r.provided[module]]; ok && ids[from] != "" && !known[to] {
					known[to] = true
					r.Depend(ids[from], to, sbom.Runtime, requirement, need.Span())
				}
			}
		}
	}
}

// splitVersion reads "Some-Distribution-1.0" and "Some-Distribution-v1.0".
func splitVersion(s string) (dist, version string) {
	i := strings.LastIndexByte(s, '-')
	if i <= 0 || i+1 == len(s) || strings.Trim(s[i+1:i+2], "0123456789v") != "" {
		return s, ""
	}
	return s[:i], s[i+1:]
}

// cpanfile reads the calls of a cpanfile: requires 'Module', '>= 1.0'; and the blocks of phases: on 'test' => sub {...}.
func (r *reader) cpanfile(file string) {
	d, _ := r.Parse(r.FS, file, maxSize, "look whether `cpanm --showdeps .` can read it", func(file string, data []byte) (*doc.Doc, error) {
		return doc.Code(file, data, doc.Ruby)
	})
	r.phase(d.Root(), sbom.Runtime)
}

// calls are those that ask for a module, with the phase that they name.
var calls = map[string]sbom.Scope{
	"requires": "", "recommends": sbom.Optional, "suggests": sbom.Optional, "test_requires": sbom.Test,
	"build_requires": sbom.Build, "configure_requires": sbom.Build, "author_requires": sbom.Development,
}

// phases are what modules are needed for (CPAN::Meta::Spec, phases).
var phases = []struct {
	name  string
	scope sbom.Scope
}{
	{"runtime", sbom.Runtime}, {"build", sbom.Build}, {"configure", sbom.Build}, {"test", sbom.Test}, {"develop", sbom.Development},
}

// phaseScope is the scope of a phase; a feature may be left out.
func phaseScope(name string) sbom.Scope {
	for _, p := range phases {
		if p.name == name {
			return p.scope
		}
	}
	return sbom.Optional
}

func (r *reader) phase(n doc.Node, scope sbom.Scope) {
	for statement := range n.Terms().Split("\n", ";") {
		word, args := statement[0], statement[1:]
		if len(args) > 0 && args[0].Bracket() == '(' {
			args = append(args[0].Terms(), args[1:]...)
		}
		own, isCall := calls[word.Text()]
		switch {
		case len(args) == 0:
		case word.IsWord("on"), word.IsWord("feature"):
			for _, t := range args {
				if t.Bracket() == '{' {
					r.phase(t, scope.Weaker(phaseScope(args[0].Text())))
				}
			}
		case isCall && args[0].Kind() == doc.String:
			if own == "" || own == sbom.Optional && scope != sbom.Runtime {
				own = scope
			}
			requirement := ""
			for _, t := range args[1:] {
				if t.Kind() == doc.String || t.Kind() == doc.Number {
					requirement = t.Text()
					break
				}
			}
			r.want(args[0], args[0].Text(), requirement, own)
		case isCall:
			r.Lost(word.Span(), "write the name of the module as a literal", "a module whose name is computed")
		}
	}
}

// meta reads META.json or META.yml. The latter has, in version 1.4 of the specification, the modules of each phase at its top.
func (r *reader) meta(file string) {
	parse := doc.JSON
	if strings.HasSuffix(file, ".yml") {
		parse = doc.YAML
	}
	n := r.Object(r.FS, file, maxSize, mend, parse)
	if key := n.Get("name"); ecosystem.Printable(key.Text()) {
		c := sbom.Component{Name: key.Text(), Version: n.Get("version").Text()}
		if !ecosystem.Printable(c.Version) {
			c.Version = ""
		}
		c.PURL = ecosystem.PURL("cpan", "", c.Name, c.Version)
		r.root, r.at = c, key.Span()
	}
	r.root.Homepage = n.Get("resources").Get("homepage").Text()
	r.root.Claims = licenses(n.Get("license"))
	r.prereqs(n, sbom.Runtime)
	for name, feature := range r.Members(n.Get("optional_features"), mend, "optional_features") {
		if feature.Kind() != doc.Object {
			r.Lost(feature.Span(), mend, "the feature %s is no object: what it needs is not known", ecosystem.Quote(name.Text()))
		}
		r.prereqs(feature, sbom.Optional)
	}
}

// prereqs notes what a distribution needs, or one of its features that may be left out (CPAN::Meta::Spec, optional_features).
// The bound is the strongest scope that this can have.
func (r *reader) prereqs(n doc.Node, bound sbom.Scope) {
	for _, phase := range phases {
		for relation, modules := range r.Members(n.Get("prereqs").Get(phase.name), mend, "a phase") {
			s := bound.Weaker(phase.scope)
			if text := relation.Text(); text == "conflicts" {
				continue
			} else if text != "requires" {
				s = s.Weaker(sbom.Optional)
			}
			for module, version := range r.Members(modules, mend, "modules") {
				r.want(module, module.Text(), version.Text(), s)
			}
		}
	}
	for _, field := range []string{"requires", "recommends", "build_requires", "configure_requires"} {
		scope := calls[field]
		if scope == "" {
			scope = sbom.Runtime
		}
		for module, version := range r.Members(n.Get(field), mend, "modules") {
			r.want(module, module.Text(), version.Text(), bound.Weaker(scope))
		}
	}
}

// licenses reads the list; where there are several, one may choose (CPAN::Meta::Spec, license).
func licenses(n doc.Node) []sbom.Claim { return detect.DeclarationsOf("cpan").Claims(n, n.Span()) }
