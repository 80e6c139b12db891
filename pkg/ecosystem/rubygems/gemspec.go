package rubygems

import (
	"bytes"
	"errors"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// gemspec is a Gem::Specification, as far as it is written out.
type gemspec struct {
	file, dir     string
	name, version string
	platform      string
	at            source.Span
	homepage      string
	licenses      []doc.Node
	packed        doc.Node // the same, of a gem in an archive
	needs         []need
	computed      source.Span   // where the version is computed in a way that cannot be followed
	unread        []source.Span // requirements that name no gem that can be told
	installed     bool
	cached        bool          // outside the target; dir then is where the files of the gem lie
	digest        source.Digest // of the archive that they lie in, if that was verified
}

// need is one requirement.
type need struct {
	name, requirement string
	scope             sbom.Scope
	at                source.Span
	conditional       bool // the program may not get there
}

func (r *reader) readSpec(file string) *gemspec {
	data, _ := r.Read(r.FS, file, maxCode)
	return r.specIn(file, data)
}

// specIn is the specification in a file.
func (r *reader) specIn(file string, data []byte) *gemspec {
	s := &gemspec{file: file, dir: path.Dir(file), at: source.Span{Path: file}}
	d, err := doc.Code(file, data, doc.Ruby)
	if e, ok := errors.AsType[*doc.SyntaxError](err); ok {
		// As a rule, a way of writing that is not known here: nothing to be alarmed about.
		r.Gap(sbom.Gap{Kind: sbom.Lost, Span: e.Span, Why: e.Msg, Next: "look whether the gemspec says more than is listed"})
	}
	p := &program{reader: r, file: file, root: d.Root()}
	s.take(p)
	s.takeStub(data)
	if !ecosystem.Printable(s.name) {
		s.name = strings.TrimSuffix(path.Base(file), ".gemspec")
		if !ecosystem.Printable(s.name) {
			s.name = strings.Join(strings.Fields(strings.ToValidUTF8(s.name, "")), "-")
		}
	}
	return s
}

// take reads what the specification is assigned, and the requirements that are added to it.
func (s *gemspec) take(p *program) {
	said := map[string]bool{}
	for a := range p.assignments() {
		if said[a.field] || !a.member {
			continue
		}
		value := a.value.Literal()
		switch a.field {
		case "name":
			if text, ok := p.text(a.value); ok {
				s.name, s.at = text, a.at.Span()
			}
		case "version":
			version, ok := p.text(a.value)
			if !ok {
				version = p.versionBeside(s.name)
			}
			if s.version = version; !ecosystem.Printable(version) {
				s.version, s.computed = "", a.at.Span()
			}
		case "platform":
			s.platform, _ = p.text(a.value)
		case "homepage":
			s.homepage, _ = p.text(a.value)
		case "license":
			s.licenses = append(s.licenses, value)
		case "licenses":
			for item := range value.Items() {
				if item.Kind() == doc.String {
					s.licenses = append(s.licenses, item)
				}
			}
		default:
			continue
		}
		said[a.field] = true
	}
	had := map[string]bool{}
	for call, args := range p.root.Calls("add_dependency", "add_runtime_dependency", "add_development_dependency") {
		n := need{scope: sbom.Runtime}
		if strings.HasSuffix(call.Text(), "add_development_dependency") {
			n.scope = sbom.Development
		}
		// Gemspecs that RubyGems wrote repeat their requirements for older releases of it, all as runtime.
		if !n.take(p, args) {
			s.unread = append(s.unread, call.Span())
		} else if !had[n.name] {
			had[n.name] = true
			s.needs = append(s.needs, n)
		}
	}
}

// take reads the name of a gem, and ranges of versions; ok is false if the name is not written out.
func (n *need) take(p *program, args doc.Terms) (ok bool) {
	var ranges []string
	first := true
	for part := range args.Split(",") {
		part = unconditional(part)
		if key, _ := part.Pair(); key.Kind() != doc.Missing {
			continue
		}
		if first {
			first = false
			text, ok := p.text(part)
			if !ok || !ecosystem.Printable(text) {
				return false
			}
			n.name, n.at = text, part[0].Span()
			continue
		}
		value := part.Literal()
		if value.Kind() == doc.String {
			ranges = append(ranges, value.Text())
		}
		for item := range value.Items() {
			if item.Kind() == doc.String {
				ranges = append(ranges, item.Text())
			}
		}
	}
	n.requirement = strings.Join(ranges, ", ")
	return !first
}

// takeStub reads the comment with which RubyGems begins the specification of an installed gem, for the case that a
// field is computed: "# stub: name version platform folders".
func (s *gemspec) takeStub(data []byte) {
	for line := range bytes.Lines(data) {
		rest, ok := bytes.CutPrefix(line, []byte("# stub: "))
		if !ok && bytes.HasPrefix(line, []byte("#")) {
			continue
		} else if !ok {
			return
		}
		if f := strings.Fields(string(rest)); len(f) >= 3 {
			if s.name == "" {
				s.name = f[0]
			}
			if s.version == "" && ecosystem.Printable(f[1]) {
				s.version, s.computed = f[1], source.Span{}
			}
			if f[2] != "ruby" {
				s.platform = f[2]
			}
		}
		return
	}
}

// claims is what the gemspec declares. Of several licenses it does not say whether one may be chosen, so all are taken:
// that holds whichever was meant.
func (s *gemspec) claims() []sbom.Claim {
	switch {
	case s.packed.Kind() != doc.Missing:
		return detect.DeclarationsOf("gem").Claims(s.packed, s.at)
	case len(s.licenses) == 0:
		return nil
	}
	return detect.DeclarationsOf("gem").ListClaims(slices.Values(s.licenses), s.licenses[0].Span())
}

// component is the gem.
func (s *gemspec) component() sbom.Component {
	c := sbom.Component{Name: s.name, Version: s.version, Homepage: source.Redact(s.homepage), Claims: s.claims()}
	c.PURL = purl(s.name, s.version, s.platform, "")
	return c
}

// purl is the purl of a gem. Of one that comes from a repository the purl holds the location.
func purl(name, version, platform, location string) string {
	if platform == "ruby" || !ecosystem.Printable(platform) {
		platform = ""
	}
	return ecosystem.PURL("gem", "", name, version, "platform", platform, "vcs_url", location)
}

// fullName is what RubyGems calls the folder of a gem.
func fullName(name, version, platform string) string {
	full := name + "-" + version
	if platform != "" && platform != "ruby" {
		full += "-" + platform
	}
	return full
}
