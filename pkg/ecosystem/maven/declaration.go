package maven

import (
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/source"
)

// declaration is an element dependency as it is written. Whoever inherits it fills in the properties.
type declaration struct {
	group, name, version string
	kind, classifier     string // type "jar" if it is not written
	scope, optional      string
	excluded             []string // "group:artifact", either may be *
	at                   source.Span
}

func declare(n doc.Node) *declaration {
	d := &declaration{kind: "jar", at: n.Span()}
	for k, v := range n.Members() {
		switch text := v.Text(); k.Text() {
		case "groupId":
			d.group = text
		case "artifactId":
			d.name = text
			if text != "" {
				d.at = v.Span()
			}
		case "version":
			d.version = text
		case "type":
			if text != "" {
				d.kind = text
			}
		case "classifier":
			d.classifier = text
		case "scope":
			d.scope = text
		case "optional":
			d.optional = text
		case "exclusions":
			for e := range children(v, "exclusion") {
				d.excluded = append(d.excluded, or(e.Get("groupId").Text(), "*")+":"+or(e.Get("artifactId").Text(), "*"))
			}
		}
	}
	return d
}

func or(s, instead string) string {
	if s == "" {
		return instead
	}
	return s
}

// key is what makes two declarations one (org.apache.maven.model.Dependency, getManagementKey), properties not filled in.
func (d *declaration) key() string {
	return d.group + ":" + d.name + ":" + d.kind + ":" + d.classifier
}

// management is the dependencyManagement of one POM.
type management struct {
	byKey   map[string]*declaration // those whose key has no properties
	others  []*declaration
	imports []*declaration // BOMs
}

// managed reads dependencyManagement, once for all that inherit it.
func (p *pom) managed() *management {
	if p.rules != nil {
		return p.rules
	}
	p.rules = &management{byKey: map[string]*declaration{}}
	for _, part := range p.parts() {
		for n := range children(part.Get("dependencyManagement").Get("dependencies"), "dependency") {
			d := declare(n)
			switch key := d.key(); {
			case d.scope == "import" && d.kind == "pom":
				p.rules.imports = append(p.rules.imports, d)
			case strings.Contains(key, "${"):
				p.rules.others = append(p.rules.others, d)
			default:
				p.rules.byKey[key] = d
			}
		}
	}
	return p.rules
}

// needs reads the dependencies, once for all that inherit them.
func (p *pom) needs() []*declaration {
	if !p.read {
		p.read = true
		for _, part := range p.parts() {
			for n := range children(part.Get("dependencies"), "dependency") {
				p.deps = append(p.deps, declare(n))
			}
		}
	}
	return p.deps
}
