package golang

import (
	"context"
	"fmt"
	goversion "go/version"
	"maps"
	"path"
	"slices"
	"strings"

	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// build is one build list: of one main module, or of all modules of a workspace.
type build struct {
	*reader
	at       source.Span // the manifest that speaks for the whole
	work     *manifest   // nil outside a workspace
	mains    []*mainModule
	roots    map[string]*mainModule // by module path
	vendors  []*vendorFolder
	sums     sums
	sumFiles []string
	summed   string // what was taken from go.sum alone

	replaced map[module.Version]replacement
	excluded map[module.Version]bool
	selected map[string]*selection // by required path
	order    []*selection          // sorted by path
	strays   []stray
	edges    int // where the build's edges begin in the fragment

	imports *imports
	reached reached
	needed  map[*member]sbom.Scope // for what a package of the module is compiled
	hollow  map[*member]bool       // no package of it is compiled
	links   map[pair]sbom.Scope    // for what a package of the one imports one of the other
	haze                           // by packages that are not at hand
	unread  []string               // packages that are not here whole
	unfound []string               // packages that no module holds
}

// mainModule is a root.
type mainModule struct {
	*manifest
	dir      string
	id       sbom.ID
	packages []ownPackage
	partial  bool // there may be more packages
	command  bool // one of them is a program
}

// selection is a module of the build list.
type selection struct {
	mod      module.Version // path as required, version as selected
	by       []rootRequirement
	raised   source.Span // the line that made it this version
	replaced *replacement
	ships    module.Version // what stands in its place in the build; no version if it is a folder
	manifest *manifest      // of what ships; nil if not at hand
	id       sbom.ID
	member   *member
	found    []source.Span
	folders  []string // of the target that hold its files
	hollow   bool     // takes part in choosing versions, but no package of it is compiled
}

// rootRequirement is a requirement of a main module.
type rootRequirement struct {
	main *mainModule
	requirement
}

func (r *reader) newBuild(at source.Span) *build {
	return &build{
		reader: r, at: at, sums: newSums(),
		replaced: map[module.Version]replacement{}, excluded: map[module.Version]bool{},
		selected: map[string]*selection{}, roots: map[string]*mainModule{},
	}
}

// read adds the build to the fragment.
func (b *build) read(ctx context.Context) {
	b.edges = len(b.out.Relationships)
	b.collectReplaces()
	b.selectVersions(ctx)
	b.selectVendored()
	b.selectSummed()
	b.order = slices.SortedFunc(maps.Values(b.selected), func(s, t *selection) int { return strings.Compare(s.mod.Path, t.mod.Path) })
	for _, s := range b.order {
		b.settle(s)
	}
	b.collectPackages(ctx)
	b.follow()
	b.judge()
	b.checkVendors()
	b.addMains()
	absent := b.addModules()
	b.addEdges()
	b.addUses()
	b.reportAbsent(absent, b.addStandardLibrary())
	b.reportGraph(len(absent))
	b.reportSums()
	b.reportPackages()
}

// collectReplaces gathers what the main modules replace and exclude; go.work comes first and overrides
// (https://go.dev/ref/mod#go-work-file-replace).
func (b *build) collectReplaces() {
	add := func(list []replacement) {
		for _, r := range list {
			if old, ok := b.replaced[r.old]; ok && old.new != r.new && old.at.Path != b.at.Path {
				b.gap(sbom.Gap{Kind: sbom.Lost, Span: r.at, Reader: name, Material: true,
					Why:  fmt.Sprintf("%s is replaced otherwise at %v", r.old.Path, old.at),
					Next: "add a replace to go.work that settles it"})
			} else if !ok {
				b.replaced[r.old] = r
			}
		}
	}
	if b.work != nil {
		add(b.work.replaces)
	}
	for _, m := range b.mains {
		add(m.replaces)
		for _, v := range m.excludes {
			b.excluded[v] = true
		}
	}
}

// replacementOf gives the replacement of a module, nil if it has none.
func (b *build) replacementOf(v module.Version) *replacement {
	if r, ok := b.replaced[v]; ok {
		return &r
	}
	if r, ok := b.replaced[module.Version{Path: v.Path}]; ok {
		return &r
	}
	return nil
}

// isPruned reports whether the main modules list all that they need (go 1.17 and later,
// https://go.dev/ref/mod#graph-pruning).
func (b *build) isPruned() bool {
	return !slices.ContainsFunc(b.mains, func(m *mainModule) bool { return goversion.Compare("go"+m.language.value, "go1.17") < 0 })
}

// raise selects the required version unless a higher one is selected already.
func (b *build) raise(r requirement) *selection {
	s := b.selected[r.mod.Path]
	if s == nil {
		s = &selection{mod: r.mod, raised: r.at}
		b.selected[r.mod.Path] = s
	}
	if semver.Compare(r.mod.Version, s.mod.Version) > 0 {
		s.mod.Version, s.raised = r.mod.Version, r.at
	}
	return s
}

// selectVersions is minimal version selection: of all versions that are required the highest. Where
// the main module lists all there is nothing to follow; the modules of a workspace may raise each
// other's versions, but add no module.
func (b *build) selectVersions(ctx context.Context) {
	queue := b.selectRequired()
	pruned := b.isPruned()
	if pruned && len(b.mains) < 2 {
		return
	}
	seen := map[module.Version]bool{}
	for ; len(queue) > 0 && ctx.Err() == nil; queue = queue[1:] {
		at := queue[0].mod
		if seen[at] {
			continue
		}
		seen[at] = true
		m := b.manifestOf(at)
		if m == nil {
			continue
		}
		for _, r := range m.requires {
			if b.excluded[r.mod] || b.roots[r.mod.Path] != nil {
				continue
			}
			if s := b.selected[r.mod.Path]; pruned && (s == nil || semver.Compare(r.mod.Version, s.mod.Version) <= 0) {
				continue
			}
			b.raise(r)
			queue = append(queue, r)
		}
	}
}

// selectRequired selects what the main modules list.
func (b *build) selectRequired() []requirement {
	var list []requirement
	for _, m := range b.mains {
		for _, r := range m.requires {
			switch {
			case b.roots[r.mod.Path] != nil:
			case b.excluded[r.mod]:
				b.gap(sbom.Gap{Kind: sbom.Lost, Span: r.at, Reader: name, Material: true,
					Why: fmt.Sprintf("%v is required and excluded", r.mod), Next: "run `go mod tidy`"})
			default:
				s := b.raise(r)
				s.by = append(s.by, rootRequirement{m, r})
				list = append(list, r)
			}
		}
	}
	return list
}

// manifestOf reads the go.mod of a module or of what replaces it; nil if it is not at hand.
func (b *build) manifestOf(v module.Version) *manifest {
	r := b.replacementOf(v)
	if r == nil {
		return b.dependency(v)
	}
	if !r.isFolder() {
		return b.dependency(r.new)
	}
	if dir, ok := b.folderOf(r); ok {
		return b.manifest(path.Join(dir, "go.mod"))
	}
	return nil
}

// settle decides what a selected module is: itself, another module, or a folder; and gathers the places
// that say so.
func (b *build) settle(s *selection) {
	s.ships = s.mod
	s.manifest = b.manifestOf(s.mod)
	for _, r := range s.by {
		s.found = append(s.found, r.at)
	}
	s.note(s.raised)
	if s.replaced = b.replacementOf(s.mod); s.replaced != nil {
		s.note(s.replaced.at)
		s.ships = s.replaced.new
		if s.replaced.isFolder() {
			b.settleFolder(s)
		}
	}
	s.id = purl(s.ships.Path, s.ships.Version)
	b.settleVendored(s)
}

// note adds a place that speaks of s.
func (s *selection) note(at source.Span) {
	if !at.IsZero() && !slices.Contains(s.found, at) {
		s.found = append(s.found, at)
	}
}

// settleFolder names what lies in a folder as its own go.mod does: there it is a root.
func (b *build) settleFolder(s *selection) {
	s.ships = module.Version{Path: s.mod.Path}
	if s.manifest != nil && s.manifest.module.value != "" {
		s.ships.Path = s.manifest.module.value
	}
	if dir, ok := b.folderOf(s.replaced); ok && b.isFolder(dir) {
		s.folders = append(s.folders, dir)
	}
}

func (b *build) gapAt(kind sbom.GapKind, material bool, next, why string, args ...any) {
	b.gap(sbom.Gap{Kind: kind, Span: b.at, Reader: name, Material: material, Why: fmt.Sprintf(why, args...), Next: next})
}
