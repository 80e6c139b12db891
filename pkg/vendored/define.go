package vendored

import (
	"strconv"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/source"
)

// macros are the object-like macros of a header whose values are texts or numbers (ISO C, 6.10.3).
type macros []macro

type macro struct {
	name, value string
	at          source.Span
}

// maxMacros bounds how many of a header are kept.
const maxMacros = 4000

// defines reads the macros of a header. Other than a compiler it takes no branch for the one that is compiled: of several
// definitions of one name all are kept.
func defines(p string, data []byte) macros {
	var out macros
	if !strings.Contains(string(data), "define") {
		return nil
	}
	for l, err := range doc.Lines(p, data) {
		if err != nil || len(out) >= maxMacros {
			break
		}
		rest, ok := strings.CutPrefix(l.Text, "#")
		if !ok {
			continue
		}
		rest, ok = strings.CutPrefix(strings.TrimLeft(rest, " \t"), "define")
		if !ok || rest == "" || rest[0] != ' ' && rest[0] != '\t' {
			continue
		}
		name, value, _ := strings.Cut(strings.ReplaceAll(strings.TrimSpace(rest), "\t", " "), " ")
		value = strings.TrimSpace(value)
		if quoted, isText := strings.CutPrefix(value, `"`); isText {
			if value, _, ok = strings.Cut(quoted, `"`); !ok {
				continue
			}
		} else {
			value, _, _ = strings.Cut(value, " ")
			value, _, _ = strings.Cut(value, "/*")
			if strings.Trim(value, "0123456789.") != "" {
				continue
			}
		}
		if value != "" {
			out = append(out, macro{name, value, l.Span()})
		}
	}
	return out
}

// get is the value of a macro, if all definitions of it are the same.
func (m macros) get(name string) (found macro, ok bool) {
	for _, d := range m {
		if d.name != name {
			continue
		}
		if ok && d.value != found.value {
			return macro{}, false
		}
		found, ok = d, true
	}
	return found, ok
}

// version reads a rule of the list of libraries: NAME, A.B.C or NAME#.
func (m macros) version(rule string) (Statement, bool) {
	if name, ok := strings.CutSuffix(rule, "#"); ok {
		d, _ := m.get(name)
		n, err := strconv.Atoi(d.value)
		return Statement{strconv.Itoa(n/10000) + "." + strconv.Itoa(n/100%100) + "." + strconv.Itoa(n%100), d.at, byBuild}, err == nil && n >= 100
	}
	if strings.Contains(rule, ".") {
		return m.parts(strings.Split(rule, "."))
	}
	d, ok := m.get(rule)
	v := versionIn(d.value)
	return Statement{v, d.at, byBuild}, ok && v != ""
}

// parts joins the values of macros: at least the first two, the last one may be missing.
func (m macros) parts(names []string) (Statement, bool) {
	var values []string
	var at source.Span
	for i, name := range names {
		d, ok := m.get(name)
		if !ok && i >= 2 {
			break
		}
		if !ok || strings.Trim(d.value, "0123456789") != "" && i < len(names)-1 {
			return Statement{}, false
		}
		if i == 0 {
			at = d.at
		}
		values = append(values, d.value)
	}
	v := wholeVersion(strings.Join(values, "."))
	return Statement{v, at, byBuild}, v != ""
}

// versionIn is the version in a text: "1.3.1", "Lua 5.1.5", "OpenSSL 1.1.1k  25 Mar 2021", "1_82".
func versionIn(text string) string {
	if v := wholeVersion(text); v != "" {
		if strings.Trim(v, "0123456789_") == "" {
			v = strings.ReplaceAll(v, "_", ".")
		}
		return v
	}
	if bare := strings.ReplaceAll(text, "_", "."); strings.Trim(bare, "0123456789.") == "" {
		return wholeVersion(bare) // Boost's
	}
	v, _ := firstVersion(text)
	return v
}

// suffixes are how the parts of a version are called in the names of macros, by the first, second and third.
var suffixes = [][3]string{
	{"_VERSION_MAJOR", "_VERSION_MINOR", "_VERSION_PATCH"}, {"_VERSION_MAJOR", "_VERSION_MINOR", "_VERSION_RELEASE"},
	{"_VERSION_MAJOR", "_VERSION_MINOR", "_VERSION_MICRO"}, {"_VERSION_MAJOR", "_VERSION_MINOR", "_VERSION_REVISION"},
	{"_VER_MAJOR", "_VER_MINOR", "_VER_PATCH"}, {"_MAJOR_VERSION", "_MINOR_VERSION", "_PATCH_VERSION"},
	{"_MAJOR", "_MINOR", "_PATCH"},
}

// versionOf gives what the macros that are called after the library say: ACME_VERSION, ACME_VERSION_STRING, ACME_VERSION_MAJOR and so on.
func (m macros) versionOf(library string) []Statement {
	var out []Statement
	for _, d := range m {
		for _, suffix := range []string{"_VERSION", "_VERSION_STRING", "_VERSION_STR", "_VERSION_TEXT", "_VER_STR", "_RELEASE"} {
			if prefix, ok := strings.CutSuffix(d.name, suffix); ok && Alike(prefix, library) {
				if v := versionIn(d.value); strings.Contains(v, ".") {
					out = append(out, Statement{v, d.at, byBuild})
				}
			}
		}
	}
	if len(out) > 0 {
		return out
	}
	for _, d := range m {
		for _, s := range suffixes {
			prefix, ok := strings.CutSuffix(d.name, s[0])
			if !ok || !Alike(prefix, library) {
				continue
			}
			if _, whole := m.get(prefix + s[2]); whole {
				if told, ok := m.parts([]string{prefix + s[0], prefix + s[1], prefix + s[2]}); ok {
					return []Statement{told}
				}
			}
		}
	}
	return nil
}
