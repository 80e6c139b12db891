package golang

import (
	"fmt"
	"io/fs"
	"path"
	"slices"

	"golang.org/x/mod/module"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// stray is a vendored module that is not what the build list says.
type stray struct {
	*vendored
	dir string
}

// ships is what was copied.
func (s stray) ships() module.Version {
	if s.new.Version != "" {
		return s.new
	}
	return s.mod
}

// isCopy reports whether mod was copied from v or from what replaces it. A folder is written as seen from
// the file that names it, which in a workspace is not the go.mod that replaces.
func (b *build) isCopy(mod *vendored, v module.Version) bool {
	if mod.mod != v {
		return false
	}
	r := b.replacementOf(v)
	switch {
	case r == nil:
		return mod.new == module.Version{}
	case r.isFolder() && mod.new.Path != "" && mod.new.Version == "":
		return resolve(home(mod.at.Path), mod.new.Path) == resolve(home(r.at.Path), r.new.Path)
	}
	return mod.new == r.new
}

// selectVendored adds what only the vendor folders know: all modules of a build whose go.mod does not
// list them, and those vendored in another version than selected or from elsewhere: somebody may well
// compile them.
func (b *build) selectVendored() {
	for _, v := range b.vendors {
		for _, mod := range v.modules {
			s := b.selected[mod.mod.Path]
			switch {
			case b.roots[mod.mod.Path] != nil:
			case s == nil || len(s.by) == 0 && !s.raised.IsZero(): // the vendor folder knows better
				b.selected[mod.mod.Path] = &selection{mod: mod.mod}
				if mod.new.Path != "" && b.replacementOf(mod.mod) == nil {
					b.replaced[mod.mod] = replacement{mod.mod, mod.new, mod.at}
				}
			case !b.isCopy(mod, s.mod):
				b.strays = append(b.strays, stray{mod, path.Join(v.dir, mod.mod.Path)})
			}
		}
	}
}

// settleVendored finds the copies of s in vendor folders. Where there are none, go.sum tells whether a
// module that go.mod does not require directly is compiled at all.
func (b *build) settleVendored(s *selection) {
	if len(b.vendors) == 0 {
		direct := slices.ContainsFunc(s.by, func(r rootRequirement) bool { return !r.indirect })
		s.hollow = !direct && b.sums.isListOnly(s.ships)
		return
	}
	s.hollow = true
	for _, v := range b.vendors {
		mod := v.byPath[s.mod.Path]
		dir := path.Join(v.dir, s.mod.Path)
		there := b.holdsFiles(dir)
		switch {
		case mod == nil:
			s.hollow = s.hollow && len(s.by) == 0 && !v.cut // else the list is out of step, or was cut
			there = there && len(s.by) > 0
		case !b.isCopy(mod, s.mod):
			s.hollow, there = false, false
		default:
			s.note(mod.at)
			s.hollow = s.hollow && mod.packages == 0 && !there && !v.cut
			there = there || (mod.packages > 0 || v.cut) && b.isFolder(dir)
		}
		if there {
			s.folders = append(s.folders, dir)
		}
	}
}

// holdsFiles reports whether a folder of the target holds files itself: the license of a module at least
// is copied to the top of its folder, while folders alone may be on the way to another module.
func (b *build) holdsFiles(dir string) bool {
	list, err := fs.ReadDir(b.FS, dir)
	return err == nil && slices.ContainsFunc(list, func(e fs.DirEntry) bool { return e.Type().IsRegular() })
}

// checkVendors compares the vendor folders with the build list as the go command does before it builds
// (`go help modules` on -mod=vendor).
func (b *build) checkVendors() {
	if b.isOrphan() {
		return
	}
	for _, v := range b.vendors {
		g := sbom.Gap{Kind: sbom.Lost, Span: source.Span{Path: v.path}, Reader: name, Material: true, Next: "run `go mod vendor`"}
		if b.work != nil {
			g.Next = "run `go work vendor`"
		}
		var wrong []string
		for _, s := range b.order {
			why := b.disagreement(v, s)
			if why == "" {
				continue
			}
			if mod := v.byPath[s.mod.Path]; mod != nil && len(wrong) == 0 {
				g.Span = mod.at
			}
			wrong = append(wrong, why)
		}
		if len(wrong) > 0 {
			g.Why = "disagrees with go.mod: " + firstOf(wrong)
			b.gap(g)
		}
	}
}

// disagreement says how v and the build list differ about s, "" if they don't.
func (b *build) disagreement(v *vendorFolder, s *selection) string {
	mod := v.byPath[s.mod.Path]
	required := len(s.by) > 0
	switch {
	case mod == nil && required && len(b.vendors) == 1 && !v.cut:
		return fmt.Sprintf("%v is missing from it", s.mod)
	case mod == nil:
		return ""
	case mod.mod.Version != s.mod.Version:
		return fmt.Sprintf("%s is %s in it and %s in go.mod", s.mod.Path, mod.mod.Version, s.mod.Version)
	case !b.isCopy(mod, s.mod):
		return s.mod.Path + " is replaced differently"
	case !required && (mod.explicit || b.isPruned() && len(b.mains) == 1):
		return fmt.Sprintf("%v is not in go.mod", s.mod)
	}
	return ""
}

// selectSummed completes an old build list whose graph is not at hand by the modules that go.sum has
// a hash of: once downloaded, they are part of the build unless go.sum is not tidy.
func (b *build) selectSummed() {
	if b.isPruned() || len(b.vendors) > 0 || b.hasGraph() {
		return
	}
	known := map[string]bool{}
	for path, s := range b.selected {
		known[path] = true
		if r := b.replacementOf(s.mod); r != nil {
			known[r.new.Path] = true
		}
	}
	added := 0
	for mod, sum := range b.sums.files {
		if known[mod.Path] || b.roots[mod.Path] != nil || b.excluded[mod] {
			continue
		}
		if b.selected[mod.Path] == nil {
			added++
		}
		b.raise(requirement{mod: mod, at: sum.at})
	}
	if added > 0 {
		b.summed = modules(added) + " taken from go.sum, which may list more than is built"
	}
}

// hasGraph reports whether the go.mod of every module is at hand.
func (b *build) hasGraph() bool {
	if b.isOrphan() {
		return false
	}
	for _, s := range b.selected {
		if b.manifestOf(s.mod) == nil {
			return false
		}
	}
	return true
}

// isOrphan reports whether the build has no go.mod, only what lay beside one.
func (b *build) isOrphan() bool {
	return len(b.mains) == 1 && path.Base(b.mains[0].path) != "go.mod"
}

// unknownGraph counts the modules of which neither the requirements are at hand nor the imports known.
func (b *build) unknownGraph() int {
	if b.isOrphan() {
		return 0
	}
	unknown := 0
	for _, s := range b.order {
		if s.manifest == nil && (b.maybe[s.member] != "" || b.murky != "" || !b.isPruned()) {
			unknown++
		}
	}
	return unknown
}

// reportGraph says once below how many modules the graph is unknown. Where files are absent, and the list
// of modules is complete without the graph, the gap of the files has said so.
func (b *build) reportGraph(absent int) {
	unknown := b.unknownGraph()
	incomplete := !b.isPruned() && len(b.vendors) == 0
	if unknown == 0 || absent > 0 && !incomplete && b.summed == "" {
		return
	}
	why := fmt.Sprintf("the module graph below %s is unknown", modules(unknown))
	if incomplete {
		why += ", and before go 1.17 go.mod does not list all modules"
	}
	if b.summed != "" {
		why += ": " + b.summed
	}
	b.gapAt(sbom.Unavailable, incomplete, b.download(), "%s", why)
}

// reportSums says once which modules go.sum has no line for.
func (b *build) reportSums() {
	if b.isOrphan() {
		return
	}
	next := "run `go mod tidy`"
	if b.work != nil {
		next = "run `go mod download`"
	}
	g := sbom.Gap{Kind: sbom.Unavailable, Span: b.at, Reader: name, Next: next, Material: b.sums.cut}
	var without []string
	for _, s := range b.order {
		if _, ok := b.sums.files[s.ships]; ok || s.hollow || s.ships.Version == "" {
			continue
		}
		if len(without) == 0 && len(s.by) > 0 {
			g.Span = s.by[0].at
		}
		without = append(without, s.ships.String())
	}
	switch {
	case len(without) == 0:
		return
	case len(b.sumFiles) == 0:
		g.Span, g.Why = b.at, "there is no go.sum: no module has a hash"
	case b.sums.cut:
		g.Why = "go.sum, which was cut, has no hash of " + firstOf(without)
	default:
		g.Why = "go.sum has no hash of " + firstOf(without)
	}
	b.gap(g)
}

// firstOf gives the first of a list and how many there are besides.
func firstOf(list []string) string {
	if len(list) == 1 {
		return list[0]
	}
	return fmt.Sprintf("%s, and %d more", list[0], len(list)-1)
}

func modules(n int) string { return count(n, "module", "modules") }

func count(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}
