package cocoapods

import (
	"strings"

	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// spec is what a podspec tells.
type spec struct {
	sbom.Component
	at     source.Span
	wanted []ecosystem.Requirement
}

// library adds the root of a podspec, and what it depends on: the pods of a lockfile beside it, if there is one.
func (r *reader) library(file, lock string) {
	s := spec{at: source.Span{Path: file}}
	if strings.HasSuffix(file, ".json") {
		r.jsonSpec(file, &s)
	} else {
		r.rubySpec(file, &s)
	}
	if !ecosystem.Printable(s.Name) {
		s.Name = pathOf(file)
	}
	if !ecosystem.Printable(s.Version) {
		s.Version = ""
	}
	s.PURL = ecosystem.PURL("cocoapods", "", s.Name, s.Version)
	root := r.Root(s.Component, r.Dir(), s.at)
	var others []ecosystem.Requirement // of one's own subspecs nobody needs to hear
	for _, w := range s.wanted {
		if pod, _, _ := strings.Cut(w.Key, "/"); pod != s.Name {
			others = append(others, w)
		}
	}
	if len(others) == 0 {
		return
	}
	if unpinned := r.Require(root, others, r.pins); lock == "" {
		r.Absent(s.at, "", "look which versions the application's Podfile.lock has", unpinned)
	}
}

// rubySpec reads the assignments s.name = "Name", where s is what the outermost block is given, and the calls
// s.dependency "Name", "~> 1.0" of that and every subspec.
func (r *reader) rubySpec(file string, s *spec) {
	variables := map[string]string{}
	main := ""
	scope := func(t doc.Terms) sbom.Scope {
		if strings.HasSuffix(t[0].Text(), ".test_spec") {
			return sbom.Test
		}
		return ""
	}
	statements(r.parse(file), scope, func(t doc.Terms, inner sbom.Scope) {
		n, args := call(t)
		holder, field, isField := strings.Cut(n.Text(), ".")
		if main == "" && holder == "Pod::Spec" {
			main = given(t)
			return
		}
		if isField && field == "dependency" {
			if w, ok := pod(args, inner); ok {
				s.wanted = append(s.wanted, w)
			} else {
				r.Lost(n.Span(), "write the name of the pod as a literal", "a pod whose name is computed")
			}
			return
		}
		switch key, value := t.Pair(); {
		case key.Kind() == doc.Missing:
		case isField && holder == main:
			s.field(field, value, key.Span(), variables)
		case !isField && value.Literal().Kind() == doc.String:
			variables[key.Text()] = value.Literal().Text()
		}
	})
}

// given is the name that a block gives to its argument: do |name|.
func given(t doc.Terms) string {
	for i := range t {
		if t[i].IsWord("|") && i+1 < len(t) {
			return t[i+1].Text()
		}
	}
	return ""
}

// field takes one assignment.
func (s *spec) field(field string, value doc.Terms, at source.Span, variables map[string]string) {
	n := value.Literal()
	text := n.Text()
	if n.Kind() == doc.Missing && len(value) == 1 {
		text = variables[value[0].Text()]
	}
	switch field {
	case "name":
		if s.Name == "" {
			s.Name, s.at = text, at
		}
	case "version":
		if s.Version == "" {
			s.Version = text
		}
	case "homepage":
		s.Homepage = text
	case "license", "licence":
		at := at
		for key, value := range n.Pairs() {
			if v := value.Literal(); strings.TrimPrefix(key.Text(), ":") == "type" {
				text, at = v.Text(), v.Span()
			}
		}
		if s.Claims == nil {
			s.Claims = detect.Declaration(strings.TrimPrefix(text, ":"), at)
		}
	case "source":
		for key, value := range n.Pairs() {
			if k := strings.TrimPrefix(key.Text(), ":"); k == "git" || k == "http" {
				s.Source = value.Literal().Text()
			}
		}
	}
}

// jsonSpec reads a podspec as `pod ipc spec` writes it.
func (r *reader) jsonSpec(file string, s *spec) {
	top := r.Object(r.FS, file, maxSize, "write it again with `pod ipc spec`", doc.JSON)
	if n := top.Get("name"); n.Kind() == doc.String {
		s.Name, s.at = n.Text(), n.Span()
	}
	s.Version, s.Homepage = top.Get("version").Text(), top.Get("homepage").Text()
	for _, kind := range []string{"git", "http"} {
		if s.Source == "" {
			s.Source = top.Get("source").Get(kind).Text()
		}
	}
	license := top.Get("license")
	if license.Kind() == doc.Object {
		license = license.Get("type")
	}
	s.Claims = detect.Declaration(license.Text(), license.Span())
	s.jsonNeeds(top, sbom.Runtime)
}

// jsonNeeds reads the dependencies of a specification and of those in it.
func (s *spec) jsonNeeds(n doc.Node, scope sbom.Scope) {
	for key, list := range n.Get("dependencies").Members() {
		var ranges []string
		for item := range list.Items() {
			ranges = append(ranges, item.Text())
		}
		w := ecosystem.Requirement{Key: key.Text(), Scope: scope, Range: strings.Join(ranges, ", "), At: key.Span()}
		w.What = component(w.Key, exactly(w.Range))
		if ecosystem.Printable(w.Key) {
			s.wanted = append(s.wanted, w)
		}
	}
	for sub := range n.Get("subspecs").Items() {
		s.jsonNeeds(sub, scope)
	}
	for sub := range n.Get("testspecs").Items() {
		s.jsonNeeds(sub, sbom.Test)
	}
}
