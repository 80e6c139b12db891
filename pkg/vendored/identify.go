package vendored

import (
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/rules"
)

// The limits of what is read of one folder. What lies past them is not looked at: it costs a name or a version, no license.
const (
	maxEntries = 2000     // of a folder
	maxFolders = 24       // that headers are looked for in
	maxHeaders = 16       // that are read
	maxHead    = 64 << 10 // bytes of a file
)

// folder is one that is being identified.
type folder struct {
	fsys          fs.FS
	dir           string
	skip          func(string) bool
	role          func(string) sbom.Role
	called        string   // as the folder is
	files         []string // below dir, at the top and where headers lie
	told          []Statement
	proof         string // the file that shows that the library is there
	licenseProves bool
	Library
}

// Identify says what library lies in a folder. What skip covers is not looked at. role says what part a file plays by its name.
func Identify(fsys fs.FS, dir string, skip func(string) bool, role func(string) sbom.Role) Library {
	f := &folder{fsys: fsys, dir: dir, skip: skip, role: role}
	name, version := nameOf(dir)
	f.Name, f.called = name, name
	f.list(".")
	if version != "" {
		at := dir
		if len(f.files) > 0 {
			at = path.Join(dir, f.files[0])
		}
		f.tell(version, source.Span{Path: at}, byBuild)
	}
	lib := f.known()
	for _, file := range f.files {
		if f.isTop(file) {
			if f.role(file) == sbom.RoleLicenseFile {
				f.Licensed = true
				f.prove(file, true)
				if dir := path.Dir(file); dir != "." {
					f.Inner = path.Join(f.dir, dir)
				}
			}
			f.prove(file, false)
			f.readTop(file)
		}
	}
	f.readHeaders(lib)
	f.weigh(f.told)
	if len(f.Found) == 0 && f.proof != "" {
		f.Found = []source.Span{{Path: path.Join(f.dir, f.proof)}}
	}
	if lib != nil {
		f.know(lib)
	}
	slices.SortFunc(f.Found, source.Span.Compare)
	f.Found = slices.Compact(f.Found)
	return f.Library
}

func (f *folder) tell(version string, at source.Span, r rank) {
	if version != "" {
		f.told = append(f.told, Statement{version, at, r})
	}
}

// list notes the files of a folder and of those below in which headers lie: include, src, lib, and such as are called after
// the library.
func (f *folder) list(sub string) {
	queue := []string{sub}
	for n := 0; n < len(queue) && n < maxFolders; n++ {
		at := queue[n]
		entries, _ := fs.ReadDir(f.fsys, path.Join(f.dir, at))
		if at == "." {
			f.Sorts = !slices.ContainsFunc(entries, f.isOfLibrary)
		}
		for _, e := range entries[:min(len(entries), maxEntries)] {
			p := path.Join(at, e.Name())
			switch depth := strings.Count(p, "/"); {
			case f.skip(path.Join(f.dir, p)):
			case e.Type().IsRegular():
				f.files = append(f.files, p)
			case e.IsDir() && (depth == 0 || f.isTop(p)) && f.holdsHeaders(e.Name()),
				e.IsDir() && depth <= 3 && (strings.HasPrefix(path.Base(at), "inc") || path.Base(at) == "lib" && strings.HasPrefix(e.Name(), "inc")):
				queue = append(queue, p)
			}
		}
	}
}

// prove notes a file that shows that the library is there: a license file before any other.
func (f *folder) prove(file string, license bool) {
	if f.proof == "" || license && !f.licenseProves {
		f.proof, f.licenseProves = file, license
	}
}

// isTop reports whether a file lies at the top of the library: in the folder, or in one in it that is called like it.
func (f *folder) isTop(file string) bool {
	dir := path.Dir(file)
	return dir == "." || !strings.Contains(dir, "/") && Alike(dir, f.called)
}

// isOfLibrary reports whether an entry at the top is one of a library, and not of a folder that sorts several, which may have a
// README too.
func (f *folder) isOfLibrary(e fs.DirEntry) bool {
	name := e.Name()
	if e.IsDir() {
		return IsGroup(name) || Alike(name, f.called)
	}
	return IsCode(name) || f.role(name) == sbom.RoleLicenseFile || tops[strings.ToLower(name)] != nil
}

// holdsHeaders reports whether a folder at the top of a library may have the header that tells the version.
func (f *folder) holdsHeaders(name string) bool {
	return slices.Contains([]string{"include", "includes", "inc", "src", "source", "lib"}, name) || Alike(name, f.called) || len(rules.LibrariesCalled(name)) > 0
}

// known is the library of the list that the folder is: one that is called so, or whose version a file tells, and of which a
// file that tells is there.
func (f *folder) known() *rules.Library {
	for _, name := range []string{f.Name, strings.TrimPrefix(f.Name, "lib")} {
		for _, lib := range rules.LibrariesCalled(name) {
			if len(lib.Files) > 0 && f.telling(lib) != "" {
				return lib
			}
		}
	}
	for _, file := range f.files {
		for _, lib := range rules.LibrariesOf(path.Base(file)) {
			if f.telling(lib) != "" && len(lib.Defines) > 0 && len(f.defined(lib)) > 0 {
				return lib
			}
		}
	}
	return nil
}

// telling is the first file of the folder that tells of the library, "" if there is none.
func (f *folder) telling(lib *rules.Library) string {
	for _, file := range f.files {
		if slices.ContainsFunc(lib.Files, func(end string) bool { return endsIn(file, end) }) {
			return file
		}
	}
	return ""
}

// endsIn reports whether a path ends in these segments.
func endsIn(file, end string) bool { return file == end || strings.HasSuffix(file, "/"+end) }

// defined gives what the defines that the list names for the library tell.
func (f *folder) defined(lib *rules.Library) []Statement {
	var out []Statement
	for _, rule := range lib.Defines {
		where, names, named := strings.Cut(rule, ":")
		ends := []string{where}
		if !named {
			names, ends = rule, lib.Files
		}
		for _, file := range f.files {
			if slices.ContainsFunc(ends, func(end string) bool { return endsIn(file, end) || endsIn(file, end+".in") }) {
				if s, ok := defines(f.head(file)).version(names); ok {
					out = append(out, s)
				}
			}
		}
		if len(out) > 0 {
			break
		}
	}
	return out
}

// head gives the path of a file and its first bytes.
func (f *folder) head(file string) (string, []byte) {
	p := path.Join(f.dir, file)
	return p, Head(f.fsys, p)
}

// Head gives the first bytes of a file that tells something, cut behind a line; none of one that cannot be read.
func Head(fsys fs.FS, p string) []byte {
	file, err := fsys.Open(p)
	if err != nil {
		return nil
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxHead))
	if err != nil {
		return nil
	}
	if len(data) == maxHead {
		data = data[:strings.LastIndexByte(string(data), '\n')+1]
	}
	return data
}

// readHeaders reads the headers that tell the version: those that the list names; else those that are called after the library or
// after versions, of which the defines count that are called after it too.
func (f *folder) readHeaders(lib *rules.Library) {
	if lib != nil && len(lib.Defines) > 0 {
		if told := f.defined(lib); len(told) > 0 {
			f.told = append(f.told, told...)
			return
		}
	}
	read := 0
	for _, file := range f.files {
		base := strings.TrimSuffix(path.Base(file), ".in")
		stem := strings.TrimSuffix(base, path.Ext(base))
		if !isHeader(base) || !Alike(stem, f.Name) && !strings.Contains(strings.ToLower(stem), "ver") {
			continue
		}
		if read++; read > maxHeaders {
			return
		}
		f.told = append(f.told, defines(f.head(file)).versionOf(f.Name)...)
	}
}

// Tells reports whether [Identify] may want to read a file, if it is asked about the folder of the file or one of those above it.
func Tells(p string) bool {
	base := path.Base(p)
	name := strings.ToLower(base)
	stem := strings.TrimSuffix(name, path.Ext(name))
	switch {
	case tops[name] != nil, stem == "readme", slices.Contains(changelogs, stem), slices.Contains(changelogs, name),
		strings.HasSuffix(name, ".pc"), strings.HasSuffix(name, ".pc.in"), len(rules.LibrariesOf(strings.TrimSuffix(base, ".in"))) > 0:
		return true
	}
	isHeader := isHeader(strings.TrimSuffix(base, ".in"))
	if isHeader && strings.Contains(stem, "ver") {
		return true
	}
	if !isHeader && !MayHaveBanners(p) {
		return false
	}
	for dir, levels := path.Dir(p), 0; dir != "." && dir != "/" && levels < 3; dir, levels = path.Dir(dir), levels+1 {
		if Alike(stemOf(strings.TrimSuffix(base, ".in")), path.Base(dir)) {
			return true
		}
	}
	return false
}

// isHeader reports whether a file is a header of C or C++.
func isHeader(base string) bool {
	return slices.Contains([]string{".h", ".hh", ".hpp", ".hxx"}, path.Ext(base))
}

// readTop reads a file at the top of the folder, if it is one of those that tell.
func (f *folder) readTop(file string) {
	name := strings.ToLower(path.Base(file))
	stem := strings.TrimSuffix(name, path.Ext(name))
	r := tops[name]
	switch {
	case r != nil:
	case strings.HasSuffix(name, ".pc") || strings.HasSuffix(name, ".pc.in"):
		r = readPkgConfig
	case slices.Contains(changelogs, stem) || slices.Contains(changelogs, name):
		r = readChangelog
	case stem == "readme" || name == "readme":
		f.Described = true
		r = readReadme
	case MayHaveBanners(file) && Alike(stemOf(file), f.called):
		for _, b := range Banners(f.head(file)) {
			if b.Whole && Alike(b.Name, f.called) {
				f.tell(b.Version, b.At, byBuild)
			}
		}
		return
	default:
		return
	}
	p, data := f.head(file)
	r(f, doc.Lines(p, data))
}

// call takes a name that a build file or a README gives, if it is that of the folder with "lib" or without: any other may be that of
// one of several parts.
func (f *folder) call(name string, at source.Span) {
	if f.Name == f.called && bare(name) == bare(f.called) && rules.Letters(name) != rules.Letters(f.called) && isName(name) {
		f.Name = name
		f.Found = append(f.Found, at)
	}
}

// isName reports whether a word from a file can be the name of a library.
func isName(s string) bool {
	return s != "" && len(s) <= 64 && strings.IndexFunc(s, func(r rune) bool {
		return r >= 0x80 || !isAlnum(byte(r)) && !strings.ContainsRune("-_.+@/", r)
	}) < 0
}

// Disagreement tells which places say what of the version.
func (l *Library) Disagreement() string {
	var parts []string
	for _, s := range l.Versions {
		part := s.Version + " by " + s.At.Path
		if !slices.Contains(parts, part) {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts[:min(len(parts), 6)], ", ")
}
