package gradle

import (
	"cmp"
	"path"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// catalog is a version catalog: names for modules, versions and bundles, as a file or in the settings.
type catalog struct {
	versions map[string]string
	modules  map[string]entry    // by alias, its words parted by dots
	bundles  map[string][]string // aliases
	order    []string
	used     bool // a script mentions it
}

// entry is a module of a catalog.
type entry struct {
	coordinates
	at source.Span
}

// accessor is how scripts spell an alias: dashes and underscores are dots there.
func accessor(alias string) string {
	return strings.NewReplacer("-", ".", "_", ".").Replace(alias)
}

func (b *build) catalog(name string) *catalog {
	c := b.catalogs[name]
	if c == nil {
		c = &catalog{versions: map[string]string{}, modules: map[string]entry{}, bundles: map[string][]string{}}
		b.catalogs[name] = c
	}
	return c
}

// readCatalog reads NAME.versions.toml.
func (b *build) readCatalog(file string) {
	d, _ := b.Parse(b.FS, file, maxScript, "mend the file", doc.TOML)
	c := b.catalog(strings.TrimSuffix(path.Base(file), ".versions.toml"))
	top := d.Root()
	for k, v := range top.Get("versions").Members() {
		c.versions[accessor(k.Text())] = versionOf(v, c)
	}
	for k, v := range top.Get("libraries").Members() {
		e := entry{at: k.Span()}
		if v.Kind() == doc.String {
			e.coordinates, _ = parse(v.Text())
		} else {
			e.group, e.name = v.Get("group").Text(), v.Get("name").Text()
			if m := v.Get("module").Text(); m != "" {
				e.group, e.name, _ = strings.Cut(m, ":")
			}
			e.version = versionOf(v.Get("version"), c)
		}
		if !isPart(e.group) || !isPart(e.name) {
			b.Lost(v.Span(), "mend the entry", "%s is no module", ecosystem.Quote(k.Text()))
			continue
		}
		c.define(k.Text(), e)
	}
	for k, v := range top.Get("bundles").Members() {
		for alias := range v.Items() {
			c.bundles[accessor(k.Text())] = append(c.bundles[accessor(k.Text())], accessor(alias.Text()))
		}
	}
}

func (c *catalog) define(alias string, e entry) {
	alias = accessor(alias)
	if _, ok := c.modules[alias]; !ok {
		c.order = append(c.order, alias)
	}
	c.modules[alias] = e
}

// versionOf reads a version: a string, a reference, or a rich version.
func versionOf(v doc.Node, c *catalog) string {
	if ref := v.Get("ref").Text(); ref != "" {
		return c.versions[accessor(ref)]
	}
	return strings.TrimSuffix(cmp.Or(v.Text(), v.Get("strictly").Text(), v.Get("require").Text(), v.Get("prefer").Text()), "!!")
}

// alias gives the modules that a word of a script means: "libs.some.lib", "libs.bundles.some".
func (b *build) alias(word string) []entry {
	word = strings.TrimSuffix(strings.TrimSuffix(word, ".get"), ".asProvider")
	of, rest, _ := strings.Cut(word, ".")
	c := b.catalogs[of]
	if c == nil {
		return nil
	}
	c.used = true
	if e, ok := c.modules[rest]; ok {
		return []entry{e}
	}
	var out []entry
	if bundle, ok := strings.CutPrefix(rest, "bundles."); ok {
		for _, alias := range c.bundles[bundle] {
			if e, ok := c.modules[alias]; ok {
				out = append(out, e)
			}
		}
	}
	return out
}

// listUnused lists a catalog that no script mentions, because there are none, or they build the names.
func (b *build) listUnused(top *project) {
	for _, name := range sortedKeys(b.catalogs) {
		c := b.catalogs[name]
		if c.used {
			continue
		}
		for _, alias := range c.order {
			e := c.modules[alias]
			b.want(top, e.coordinates, sbom.Scope(""), e.version, e.at)
		}
	}
}

// readSettingsCatalog reads one that the settings write out: library("alias", "group", "name").versionRef("x").
func (b *build) readSettingsCatalog(block doc.Node) {
	for statement := range block.Terms().Split("\n", ";") {
		if len(statement) < 2 || statement[len(statement)-1].Bracket() != '{' {
			continue
		}
		of := statement[0].Text()
		if of == "create" && statement[1].Bracket() == '(' {
			of = ""
			for arg := range statement[1].Items() {
				of = cmp.Or(of, arg.Text())
			}
		}
		c := b.catalog(of)
		for line := range statement[len(statement)-1].Terms().Split("\n", ";") {
			b.defineLine(c, line)
		}
	}
}

// defineLine reads one statement of a catalog in the settings.
func (b *build) defineLine(c *catalog, line doc.Terms) {
	if len(line) < 2 {
		return
	}
	args := b.strings(line[1:2])
	switch {
	case line[0].IsWord("version") && len(args) == 2:
		c.versions[accessor(args[0])] = args[1]
	case line[0].IsWord("library") && len(args) >= 2:
		e := entry{at: line[1].Span()}
		e.coordinates, _ = parse(strings.Join(args[1:], ":"))
		if len(line) >= 4 {
			if v := b.strings(line[3:4]); len(v) == 1 && line[2].IsWord(".versionRef") {
				e.version = c.versions[accessor(v[0])]
			} else if len(v) == 1 && line[2].IsWord(".version") {
				e.version = v[0]
			}
		}
		if isPart(e.group) && isPart(e.name) {
			c.define(args[0], e)
		}
	case line[0].IsWord("bundle") && len(args) >= 2:
		for _, alias := range args[1:] {
			c.bundles[accessor(args[0])] = append(c.bundles[accessor(args[0])], accessor(alias))
		}
	}
}
