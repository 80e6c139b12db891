package jar

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// Tools that put the classes of others into an archive (maven-shade-plugin: relocations) give their packages other names, below a
// folder that is mostly called shaded: org/acme/shaded/com/google/common. Where the coordinates of what was put in are kept, below
// META-INF/maven, these tell. Where they are not, the names of the packages are all that is left: whose they are can be told, and
// no version.

// movedBelow are the folders below which such packages lie; domains are what the names of packages begin with (Java Language
// Specification, 6.1), deep those of whose owners that have many libraries one segment more tells which it is.
var (
	movedBelow = []string{"relocated", "repackaged", "shaded", "shadow"}
	domains    = []string{"com", "de", "dev", "edu", "io", "jakarta", "javax", "me", "net", "org"}
	deep       = []string{"com.google", "org.apache"}
)

// maxMoved is how many such packages of one archive are told.
const maxMoved = 200

// move notes the package of a class, if it has been given another name.
func (f *facts) move(entry string) {
	if !strings.HasSuffix(entry, ".class") || !slices.ContainsFunc(movedBelow, func(name string) bool { return strings.Contains(entry, name+"/") }) {
		return
	}
	folders := strings.Split(path.Dir(entry), "/")
	at := slices.IndexFunc(folders, func(s string) bool { return slices.Contains(movedBelow, s) })
	if at < 1 { // it is no package of one's own that others are below
		return
	}
	for i := at + 1; i+1 < len(folders) && i <= at+2; i++ {
		if !slices.Contains(domains, folders[i]) {
			continue
		}
		end := i + 2
		if slices.Contains(deep, strings.Join(folders[i:end], ".")) && end < len(folders) {
			end++
		}
		name := strings.Join(folders[i:end], ".")
		if _, known := f.moved[name]; known {
			return
		}
		if len(f.moved) == maxMoved {
			f.cut = true
			return
		}
		if f.moved == nil {
			f.moved = map[string]string{}
		}
		f.moved[name] = entry
		return
	}
}

// emitMoved adds the packages of others that no coordinates in the archive explain: those of another group than theirs. Whose owner
// has many libraries, those of the archive itself explain only if they are of the very one: what is of Apache ships more of Apache.
func (r *reader) emitMoved(f *facts, outer sbom.ID, main *module) {
	if f.cut {
		r.Gap(sbom.Gap{Kind: sbom.Limit, Span: source.Span{Path: f.file}, Material: true, Next: "look into the archive yourself",
			Why: fmt.Sprintf("more than %d packages of others were given other names; the rest is not listed", maxMoved)})
	}
	for _, name := range slices.Sorted(maps.Keys(f.moved)) {
		owner := strings.Join(strings.SplitN(name, ".", 3)[:2], ".")
		if slices.ContainsFunc(f.modules, func(m *module) bool {
			of := owner
			if m == main && slices.Contains(deep, owner) {
				of = name
			}
			return m.group == of || strings.HasPrefix(m.group, of+".")
		}) {
			continue
		}
		at := source.Span{Path: source.Join(f.inside, f.moved[name])}
		id := r.Add(sbom.Component{
			ID: sbom.ID("file:" + f.inside + "#" + name + "@"), Name: name, Origin: sbom.OriginBundled,
		}, "", at)
		r.contain(outer, id, f.file)
	}
}
