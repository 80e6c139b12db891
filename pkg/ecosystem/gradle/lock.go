package gradle

import (
	"bytes"
	"io/fs"
	"path"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// pin is one module of a lockfile.
type pin struct {
	coordinates
	scope sbom.Scope
	at    source.Span
}

// readLock reads a lockfile: a line "group:name:version=configuration,configuration", and "empty=" with those that have
// nothing. In the older format the configuration is the name of the file. That of the build script or the settings locks
// plugins.
func (b *build) readLock(file string) {
	data, ok := b.Read(b.FS, file, maxLock)
	if !ok {
		return
	}
	p := b.project(home(file))
	base := path.Base(file)
	fixed := ""
	switch {
	case base == "buildscript-gradle.lockfile", base == "settings-gradle.lockfile", strings.HasPrefix(base, "buildscript-"):
		fixed = "classpath"
	case base != "gradle.lockfile":
		fixed = strings.TrimSuffix(base, ".lockfile")
	}
	develops := bytes.Contains(data, []byte(production))
	scopes := map[string]sbom.Scope{}
	for line, err := range doc.Lines(file, data) {
		if err != nil {
			b.broken(file, err)
			break
		}
		text := line.Text
		module, configurations, _ := strings.Cut(text, "=")
		if strings.HasPrefix(text, "#") || module == "empty" {
			continue
		}
		parts := strings.Split(strings.TrimSpace(module), ":")
		if len(parts) != 3 || !isPart(parts[0]) || !isPart(parts[1]) || !isPart(parts[2]) {
			b.Lost(line.Span(), "run `gradle dependencies --write-locks`", "%s is no module with a version", ecosystem.Quote(text))
			continue
		}
		if fixed != "" {
			configurations = fixed
		}
		scope, ok := scopes[configurations]
		if !ok {
			scope = p.scopeOfAll(strings.FieldsFunc(configurations, func(r rune) bool { return r == ',' || r == ' ' }), develops)
			scopes[configurations] = scope
		}
		p.pins = append(p.pins, pin{coordinates{parts[0], parts[1], parts[2], ""}, scope, line.Part(0, len(module))})
	}
	if p.at.IsZero() {
		p.at = source.Span{Path: file}
	}
}

// broken adds the gap of a text that ends before its time.
func (b *build) broken(file string, err error) {
	gap := sbom.Gap{Kind: sbom.Lost, Span: source.Span{Path: file}, Why: err.Error(), Next: "mend the file", Material: true}
	if e, ok := err.(*doc.SyntaxError); ok {
		gap.Span, gap.Why = e.Span, e.Msg
		if e.Limit {
			gap.Kind = sbom.Limit
		}
	}
	b.Gap(gap)
}

// stored is the folder inside a module's JAR, "" if it is not on this machine.
func (b *build) stored(c coordinates) string {
	if !c.isStorable() {
		return ""
	}
	cache, file := b.storedFile(c, ".jar")
	if file == "" {
		return ""
	}
	return source.JoinRoot(cache, file) + "!/"
}

func isFile(fsys fs.FS, name string) bool {
	info, err := fs.Stat(fsys, name)
	return err == nil && info.Mode().IsRegular()
}
