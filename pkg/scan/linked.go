package scan

import (
	"io/fs"
	"strings"

	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// systemTexts is where a system of the Debian family keeps the texts that packages need not bring (Debian Policy, 12.5).
const systemTexts = "/common-licenses/"

// linkedText is what a license file states that is a link to such a text, where the tree has the link alone: a package without the system
// around it. Where it leads says which license that is, as a line does that names the path; a name that tells none states nothing.
func (s *scanner) linkedText(e source.Entry) (outcome, bool) {
	if e.Link == "" || detect.RoleOf(e.Path) != sbom.RoleLicenseFile {
		return outcome{}, false
	}
	to, err := fs.ReadLink(s.files, e.Path)
	i := strings.LastIndex(to, systemTexts)
	if err != nil || i < 0 {
		return outcome{}, false
	}
	found := s.detect(e.Path, []byte("/usr/share"+to[i:]+"\n"))
	if len(found.Claims) != 1 || found.Claims[0].Expr.IsNoAssertion() {
		return outcome{}, false
	}
	for i := range found.Claims[0].Evidence {
		found.Claims[0].Evidence[i].Span = source.Span{Path: e.Path} // a link has no lines
	}
	return outcome{facts: sbom.FileFacts{Path: e.Path, Claims: found.Claims}}, true
}
