package spdx2

import (
	"strings"

	"github.com/spdx/tools-golang/spdx/v2/common"
	spdx23 "github.com/spdx/tools-golang/spdx/v2/v2_3"

	"github.com/licet/licet/pkg/sbom"
)

func (b *builder) relationships() []*spdx23.Relationship {
	var out []*spdx23.Relationship
	add := func(from common.ElementID, kind string, to common.ElementID, comment string) {
		out = append(out, &spdx23.Relationship{
			RefA: common.DocElementID{ElementRefID: from}, RefB: common.DocElementID{ElementRefID: to},
			Relationship: kind, RelationshipComment: comment,
		})
	}
	for _, id := range b.described() {
		add("DOCUMENT", common.TypeRelationshipDescribe, packageID(id), "")
	}
	for _, e := range b.doc.Relationships {
		if b.doc.Component(e.From) == nil || b.doc.Component(e.To) == nil {
			continue
		}
		kind, turned := kindOf(e)
		from, to := packageID(e.From), packageID(e.To)
		if turned {
			from, to = to, from
		}
		add(from, kind, to, whyRelated(e))
	}
	for i := range b.doc.Files {
		if f := &b.doc.Files[i]; isListed(f) && b.doc.Component(f.Owner) != nil {
			add(packageID(f.Owner), common.TypeRelationshipOther, fileID(f.Path), "the file belongs to the package, of which not all files are listed")
		}
	}
	return out
}

// described are the roots; where none is known, everything (11.1: a document describes something).
func (b *builder) described() []sbom.ID {
	var out []sbom.ID
	for _, id := range b.doc.Roots {
		if b.doc.Component(id) != nil {
			out = append(out, id)
		}
	}
	if len(out) == 0 {
		for _, c := range b.doc.Components {
			out = append(out, c.ID)
		}
	}
	return out
}

// kindOf is the type of the relationship, and whether it points from the dependency to the dependent.
func kindOf(e sbom.Relationship) (kind string, turned bool) {
	if e.Kind == sbom.Contains {
		return common.TypeRelationshipContains, false
	}
	switch e.Scope {
	case sbom.Optional:
		return common.TypeRelationshipOptionalDependencyOf, true
	case sbom.Build:
		return common.TypeRelationshipBuildDependencyOf, true
	case sbom.Test:
		return common.TypeRelationshipTestDependencyOf, true
	case sbom.Development:
		return common.TypeRelationshipDevDependencyOf, true
	}
	return common.TypeRelationshipDependsOn, false
}

// whyRelated is "requires ^1.2.0, package.json:12". That something lies between is only said here: SPDX has one type for
// both, and without it what is needed by unknown ways would look as if nothing needed it.
func whyRelated(e sbom.Relationship) string {
	var parts []string
	if e.Kind == sbom.Indirect {
		parts = append(parts, "by way of something that could not be read")
	}
	if e.Requirement != "" {
		parts = append(parts, "requires "+e.Requirement)
	}
	if e.Linkage != "" && e.Linkage != sbom.LinkageUnknown {
		parts = append(parts, string(e.Linkage))
	}
	for _, s := range e.Found {
		parts = append(parts, s.String())
	}
	return strings.Join(parts, ", ")
}
