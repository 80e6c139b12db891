package golang

import (
	"bytes"
	"errors"
	"path"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// stated is a value and the line that states it.
type stated struct {
	value string
	at    source.Span
}

// requirement is a line of require.
type requirement struct {
	mod      module.Version
	indirect bool
	at       source.Span
}

// replacement is a line of replace. An old version of "" stands for all versions; a new version of ""
// says that new.Path is a folder.
type replacement struct {
	old, new module.Version
	at       source.Span
}

// manifest is what a go.mod or go.work states, https://go.dev/ref/mod#go-mod-file and #go-work-file.
type manifest struct {
	path      string // as spans write it
	module    stated
	language  stated // the go directive
	toolchain stated
	requires  []requirement
	replaces  []replacement
	excludes  []module.Version
	tools     []stated
	ignores   []stated
	uses      []stated
}

// parseManifest reads the main module's go.mod, or a go.work. A file that the go command would refuse is
// read line by line: each line that makes no sense is a gap, the others count.
func parseManifest(file string, data []byte) (*manifest, []sbom.Gap) {
	edit := "go mod edit -fmt"
	if path.Base(file) == "go.work" {
		edit = "go work edit -fmt"
	}
	bad := badLines{next: "mend the line; `" + edit + "` shows what the go command makes of the file"}
	m := &manifest{path: file}
	if isUTF16(data) {
		bad.next = "save the file as UTF-8"
		bad.add(source.Span{Path: file}, "the file is UTF-16")
		return m, bad.list()
	}
	if bom := []byte("\uFEFF"); bytes.HasPrefix(data, bom) {
		data = append([]byte("   "), data[len(bom):]...) // offsets stay
	}
	place := func(l *modfile.Line) source.Span {
		return spanIn(file, data, l.Start.Byte, l.End.Byte, l.Start.Line)
	}
	if m.absorb(data, place) != nil {
		m.readLines(data, &bad)
	}
	m.checkPaths(&bad)
	return m, bad.list()
}

func isUTF16(data []byte) bool {
	return bytes.HasPrefix(data, []byte{0xFF, 0xFE}) || bytes.HasPrefix(data, []byte{0xFE, 0xFF})
}

// checkPaths drops paths that can't be those of modules: they would become part of a purl, and could be a
// URL that holds a secret.
func (m *manifest) checkPaths(bad *badLines) {
	if path.Base(m.path) == "go.mod" && m.module.value == "" {
		bad.add(source.Span{Path: m.path}, "no module directive: the module has no name")
	} else if m.module.value != "" && module.CheckImportPath(m.module.value) != nil {
		bad.add(m.module.at, "malformed module path")
		m.module.value = ""
	}
	m.requires = slices.DeleteFunc(m.requires, func(r requirement) bool {
		err := module.CheckImportPath(r.mod.Path)
		if err != nil {
			bad.add(r.at, "malformed module path")
		}
		return err != nil
	})
	m.replaces = slices.DeleteFunc(m.replaces, func(r replacement) bool {
		wrong := r.new.Version != "" && module.CheckImportPath(r.new.Path) != nil
		if wrong {
			bad.add(r.at, "malformed path of the replacement")
		}
		return wrong
	})
}

// parseDependency reads the go.mod of a dependency, of which only some directives count
// (https://go.dev/ref/mod#go-mod-file-ident): what the go command passes over is passed over here.
func parseDependency(name string, data []byte) (*manifest, error) {
	f, err := modfile.ParseLax(name, data, nil)
	if err != nil {
		return nil, reason(err)
	}
	m := &manifest{path: name}
	m.absorbMod(f, func(l *modfile.Line) source.Span {
		return spanIn(name, data, l.Start.Byte, l.End.Byte, l.Start.Line)
	})
	return m, nil
}

// absorb adds what text states, with places as place gives them, or adds nothing and returns the first
// error.
func (m *manifest) absorb(text []byte, place func(*modfile.Line) source.Span) error {
	if path.Base(m.path) == "go.work" {
		f, err := modfile.ParseWork(m.path, text, nil)
		if err != nil {
			return reason(err)
		}
		m.absorbWork(f, place)
		return nil
	}
	f, err := modfile.Parse(m.path, text, nil)
	if err != nil {
		return reason(err)
	}
	m.absorbMod(f, place)
	return nil
}

func (m *manifest) absorbMod(f *modfile.File, place func(*modfile.Line) source.Span) {
	if f.Module != nil && m.module.value == "" {
		m.module = stated{f.Module.Mod.Path, place(f.Module.Syntax)}
	}
	m.absorbVersions(f.Go, f.Toolchain, place)
	for _, r := range f.Require {
		m.requires = append(m.requires, requirement{r.Mod, r.Indirect, place(r.Syntax)})
	}
	for _, e := range f.Exclude {
		m.excludes = append(m.excludes, e.Mod)
	}
	for _, t := range f.Tool {
		m.tools = append(m.tools, stated{t.Path, place(t.Syntax)})
	}
	for _, i := range f.Ignore {
		m.ignores = append(m.ignores, stated{i.Path, place(i.Syntax)})
	}
	m.absorbReplaces(f.Replace, place)
}

func (m *manifest) absorbWork(f *modfile.WorkFile, place func(*modfile.Line) source.Span) {
	m.absorbVersions(f.Go, f.Toolchain, place)
	for _, u := range f.Use {
		m.uses = append(m.uses, stated{u.Path, place(u.Syntax)})
	}
	m.absorbReplaces(f.Replace, place)
}

// absorbVersions keeps the first of repeated directives, as they stand between the markers of a conflict.
func (m *manifest) absorbVersions(language *modfile.Go, toolchain *modfile.Toolchain, place func(*modfile.Line) source.Span) {
	if language != nil && m.language.value == "" {
		m.language = stated{language.Version, place(language.Syntax)}
	}
	if toolchain != nil && m.toolchain.value == "" {
		m.toolchain = stated{toolchain.Name, place(toolchain.Syntax)}
	}
}

func (m *manifest) absorbReplaces(list []*modfile.Replace, place func(*modfile.Line) source.Span) {
	for _, r := range list {
		m.replaces = append(m.replaces, replacement{r.Old, r.New, place(r.Syntax)})
	}
}

// readLines reads a broken manifest line by line: no directive is longer than a line, and a block does
// no more than say the first word for its lines.
func (m *manifest) readLines(data []byte, bad *badLines) {
	var block stated
	for l := range lines(m.path, data) {
		if bad.stop() {
			break
		}
		code, _, _ := strings.Cut(l.text, "//")
		code = strings.TrimSpace(code)
		l.at.End = l.at.Start + len(code)
		switch verb, opens := strings.CutSuffix(code, "("); {
		case code == "":
		case opens:
			if block.value != "" {
				bad.add(block.at, "the block is not closed")
			}
			block = stated{strings.TrimSpace(verb), l.at}
		case code == ")" && block.value != "":
			block = stated{}
		default:
			if err := m.readLine(strings.TrimSpace(block.value+" "+l.text), l.at); err != nil {
				bad.add(l.at, err.Error())
			}
		}
	}
	if block.value != "" {
		bad.add(block.at, "the block is not closed: the file may have been cut")
	}
}

// readLine reads one directive. Of a requirement that the go command refuses for its version the module
// is kept, and the version if it is one at all.
func (m *manifest) readLine(text string, at source.Span) error {
	place := func(*modfile.Line) source.Span { return at }
	err := m.absorb([]byte(text+"\n"), place)
	if f := strings.Fields(text); err != nil && len(f) >= 3 && f[0] == "require" && module.CheckImportPath(f[1]) == nil {
		r := requirement{mod: module.Version{Path: f[1]}, indirect: strings.Contains(text, "// indirect"), at: at}
		if semver.IsValid(f[2]) {
			r.mod.Version = f[2]
		}
		m.requires = append(m.requires, r)
	}
	return err
}

// reason strips file and line from the first of modfile's errors: the span of a gap says them better.
func reason(err error) error {
	var list modfile.ErrorList
	if !errors.As(err, &list) || len(list) == 0 {
		return err
	}
	return list[0].Err
}
