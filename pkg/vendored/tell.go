package vendored

import (
	"iter"
	"strings"

	"github.com/licet/licet/pkg/doc"
)

// lines are those of a file that are not blank; what cannot be read as text ends them.
type lines = iter.Seq2[doc.Line, error]

// tops are the readers of files at the top of a library, by their names in lower case.
var tops = map[string]func(*folder, lines){
	"version": readVersion, "version.txt": readVersion, "version.dat": readVersion, "version.in": readVersion, ".version": readVersion,
	"configure.ac": readConfigure, "configure.in": readConfigure,
	"cmakelists.txt": readCMake, "meson.build": readMeson, "makefile": readMakefile,
}

// changelogs are the names of files that list releases, the latest first, with or without an ending.
var changelogs = []string{"changelog", "changes", "history", "news", "releases", "release-notes"}

// maxLines is how many lines are read of a file in which a declaration is looked for.
const maxLines = 400

// until gives the lines up to that limit; a line that cannot be read ends them.
func until(all lines, limit int) iter.Seq[doc.Line] {
	return func(yield func(doc.Line) bool) {
		n := 0
		for l, err := range all {
			if n++; err != nil || n > limit || !yield(l) {
				return
			}
		}
	}
}

// readVersion reads a file called VERSION: one line that is the version, or fields of which MAJOR, MINOR and PATCH are it
// (OpenSSL's VERSION.dat), or VERSION is.
func readVersion(f *folder, all lines) {
	var parts [3]string
	var at doc.Line
	first := true
	for l := range until(all, 30) {
		if v := wholeVersion(l.Text); first && v != "" {
			f.tell(v, l.Span(), byBuild)
			return
		}
		first = false
		key, value, ok := strings.Cut(l.Text, "=")
		value = strings.Trim(strings.TrimSpace(value), `"'`)
		if !ok {
			continue
		}
		switch key := strings.ToUpper(strings.TrimSpace(key)); {
		case key == "VERSION":
			f.tell(wholeVersion(value), l.Span(), byBuild)
			return
		case strings.HasSuffix(key, "MAJOR"):
			parts[0], at = value, l
		case strings.HasSuffix(key, "MINOR"):
			parts[1] = value
		case strings.HasSuffix(key, "PATCH"):
			parts[2] = value
		}
	}
	if parts[0] != "" && parts[1] != "" {
		f.tell(wholeVersion(strings.TrimSuffix(strings.Join(parts[:], "."), ".")), at.Span(), byBuild)
	}
}

// readConfigure reads AC_INIT(name, version, ...) of Autoconf (manual, section 4.1), where these are plain words and no macros.
func readConfigure(f *folder, all lines) {
	args, at := call(all, "AC_INIT")
	if len(args) == 0 {
		return
	}
	f.call(args[0], at.Span())
	if len(args) > 1 {
		f.tell(wholeVersion(args[1]), at.Span(), byBuild)
	}
}

// readCMake reads project(name VERSION version ...) of CMake (cmake-commands(7)), the first one.
func readCMake(f *folder, all lines) {
	args, at := call(all, "project")
	if len(args) == 0 {
		return
	}
	words := strings.Fields(strings.Join(args, " "))
	for i, w := range words {
		switch {
		case i == 0:
			f.call(w, at.Span())
		case w == "VERSION" && i+1 < len(words):
			f.tell(wholeVersion(words[i+1]), at.Span(), byBuild)
		}
	}
}

// readMeson reads project('name', 'c', version: '1.2', ...) of Meson (reference manual, project()).
func readMeson(f *folder, all lines) {
	args, at := call(all, "project")
	for i, arg := range args {
		key, value, ok := strings.Cut(arg, ":")
		switch {
		case i == 0:
			f.call(strings.Trim(arg, "'"), at.Span())
		case ok && strings.TrimSpace(key) == "version":
			f.tell(wholeVersion(strings.Trim(strings.TrimSpace(value), "'")), at.Span(), byBuild)
		}
	}
}

// call gives the arguments of the first call that begins a line, without the brackets and quotation marks around them, and its first line.
func call(all lines, function string) (args []string, at doc.Line) {
	var text strings.Builder
	for l := range until(all, maxLines) {
		line := l.Text
		if text.Len() == 0 {
			name, rest, ok := strings.Cut(line, "(")
			if !ok || !strings.EqualFold(strings.TrimSpace(name), function) {
				continue
			}
			at, line = l, rest
		}
		line, _, _ = strings.Cut(line, "#")
		body, _, closed := strings.Cut(line, ")")
		text.WriteString(body + " ")
		if closed || text.Len() > 4<<10 {
			break
		}
	}
	if text.Len() == 0 {
		return nil, at
	}
	for arg := range strings.SplitSeq(text.String(), ",") {
		args = append(args, strings.Trim(strings.TrimSpace(arg), `[]" `))
	}
	return args, at
}

// readMakefile reads VERSION = 1.2.3, and what is called after the library.
func readMakefile(f *folder, all lines) {
	for l := range until(all, maxLines) {
		key, value, ok := strings.Cut(l.Uncomment("#").Text, "=")
		key = strings.TrimRight(key, " \t:?")
		if before, is := strings.CutSuffix(key, "VERSION"); ok && is && (before == "" || Alike(strings.TrimSuffix(before, "_"), f.Name)) {
			if v := wholeVersion(value); strings.Contains(v, ".") {
				f.tell(v, l.Span(), byBuild)
				return
			}
		}
	}
}

// readPkgConfig reads Name and Version of a file of pkg-config (pc(5)).
func readPkgConfig(f *folder, all lines) {
	for l := range until(all, 100) {
		if value, ok := strings.CutPrefix(l.Text, "Version:"); ok {
			f.tell(wholeVersion(value), l.Span(), byBuild)
		}
	}
}

// readChangelog takes the first version that a heading of a list of releases names: at the begin of a line, behind marks of
// headings, the library's name, "version" or "release".
func readChangelog(f *folder, all lines) {
	for l := range until(all, 60) {
		if l.Indent > 0 {
			continue
		}
		for w := range strings.FieldsSeq(strings.Map(plainMark, l.Text)) {
			if v := wholeVersion(w); strings.Contains(v, ".") && !isDate(v) {
				f.tell(v, l.Span(), byPeople)
				return
			}
			if w = strings.ToLower(w); w != "version" && w != "release" && w != "changes" && w != "in" && w != "v" && !Alike(w, f.Name) {
				break
			}
		}
	}
}

// plainMark makes white space of the marks around a heading's words.
func plainMark(r rune) rune {
	if strings.ContainsRune("#*=[](),:;|<>`", r) {
		return ' '
	}
	return r
}

// isDate reports whether a version is a date: 2024-01-31, 31.01.2024.
func isDate(v string) bool {
	parts := strings.FieldsFunc(v, func(r rune) bool { return r == '-' || r == '.' })
	return len(parts) == 3 && (len(parts[0]) == 4 && len(parts[1]) == 2 || len(parts[2]) == 4)
}

// readReadme takes name and version of the first lines, if these begin with the library's name, be it behind marks of a heading,
// "README for" or "This is": "README for Lua 5.1", "zlib 1.3.1 is a compression library".
func readReadme(f *folder, all lines) {
	for l := range until(all, 5) {
		words := strings.Fields(strings.Map(plainMark, l.Text))
		for i, w := range words[:min(len(words), 4)] {
			if !Alike(w, f.Name) {
				continue
			}
			if i == 0 {
				f.call(w, l.Span())
			}
			for _, next := range words[i+1 : min(len(words), i+3)] {
				if v := wholeVersion(strings.TrimRight(next, ".")); strings.Contains(v, ".") {
					f.tell(v, l.Span(), byPeople)
					return
				}
			}
			break
		}
	}
}
