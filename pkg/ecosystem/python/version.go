package python

import (
	"io/fs"
	"path"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/source"
)

// Many a project states its version in its code alone, as __version__ of its package, and lets the build look there.
// Where the manifest names the place, or names none, the literal that stands there is the version.

// versionPlace is a file that a manifest takes the version from: a program and the name in it, or plain text.
type versionPlace struct {
	file string
	name string // "" for plain text
}

// fromAttribute notes "attr: acme.about.version", or "file: VERSION".
func (m *manifest) fromAttribute(text string) {
	if attribute, ok := strings.CutPrefix(text, "attr:"); ok {
		attribute = strings.TrimSpace(attribute)
		dot := strings.LastIndexByte(attribute, '.')
		module := strings.ReplaceAll(attribute[:max(dot, 0)], ".", "/")
		for _, file := range []string{module + ".py", module + "/__init__.py", "src/" + module + ".py", "src/" + module + "/__init__.py"} {
			m.versions = append(m.versions, versionPlace{file, attribute[dot+1:]})
		}
	}
	if file, ok := strings.CutPrefix(text, "file:"); ok {
		m.versions = append(m.versions, versionPlace{strings.TrimSpace(file), ""})
	}
}

// maxPlaces bounds the files that are looked into for one project.
const maxPlaces = 64

// readFrom notes the files that a setup.py reads to compute the version: those that value names, and those that the
// program opens or runs anywhere. What counts is that such a file holds a version under a name like that.
func (p *program) readFrom(value doc.Terms) {
	names := []string{"__version__", "VERSION", "version"}
	if last := value[len(value)-1]; last.Bracket() == '[' && last.Len() == 1 { // about["__version__"]
		names[0] = last.Terms()[0].Text()
	}
	note := func(file string) {
		if len(p.home.versions) >= maxPlaces {
			return
		}
		switch base := strings.ToLower(path.Base(file)); {
		case path.Ext(base) == ".py":
			for _, name := range names {
				p.home.versions = append(p.home.versions, versionPlace{file, name})
			}
		case base == "version", base == "version.txt":
			p.home.versions = append(p.home.versions, versionPlace{file, ""})
		}
	}
	paths(value, note)
	for _, args := range p.root.Calls("open", "exec", "execfile", "run_path") {
		paths(args, note)
	}
}

// paths yields what may be paths among literals: each list of strings joined, as in os.path.join(here, "acme", "about.py").
func paths(t doc.Terms, yield func(string)) {
	var parts []string
	for _, n := range t {
		if n.Kind() == doc.Array {
			paths(n.Terms(), yield)
		} else if n.Kind() == doc.String {
			parts = append(parts, n.Text())
		}
	}
	if len(parts) > 0 {
		yield(path.Join(parts...))
	}
}

// findVersion looks for the version of a project where its manifest or custom puts it.
func (r *reader) findVersion(h *home) {
	id := h.identity()
	if id.version != "" || id.name == "" || h.conda != "" || len(h.locks) > 0 && !h.library {
		return
	}
	places := h.versions
	for _, module := range []string{strings.ReplaceAll(normal(id.name), "-", "_"), id.name} {
		for _, top := range []string{"", "src/"} {
			for _, file := range []string{".py", "/__init__.py", "/__version__.py", "/_version.py", "/version.py", "/__about__.py"} {
				places = append(places, versionPlace{top + module + file, "__version__"})
			}
		}
	}
	for _, p := range places {
		file := path.Join(h.dir, p.file)
		if !fs.ValidPath(file) {
			continue
		}
		if text := r.peek(file); text != "" {
			if v, at := literalVersion(file, text, p.name); isVersion(v) {
				h.identify(byModule, "", v, at)
				return
			}
		}
	}
}

// literalVersion is the version that a file states.
func literalVersion(file, text, name string) (string, source.Span) {
	if name == "" {
		return strings.TrimSpace(text), at(file)
	}
	d, _ := doc.Code(file, []byte(text), doc.Python)
	for _, value := range assigned(d.Root())[name] {
		if last := value[max(0, len(value)-1):]; len(last) == 1 && last[0].Kind() == doc.String {
			return last[0].Text(), last[0].Span() // __version__ = version = "1.0" too
		}
	}
	return "", source.Span{}
}
