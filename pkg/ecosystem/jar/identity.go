package jar

import (
	"bytes"
	"io/fs"
	"path"
	"strings"

	"github.com/licet/licet/pkg/ecosystem"
)

// isPart reports whether a text can be a part of coordinates.
func isPart(s string) bool { return ecosystem.Printable(s) && !strings.ContainsAny(s, `:/\${}"<>`) }

func isFile(fsys fs.FS, name string) bool {
	info, err := fs.Stat(fsys, name)
	return err == nil && info.Mode().IsRegular()
}

// isProject reports whether a folder is one that a build tool makes an archive of.
func (r *reader) isProject(dir string) bool {
	for _, file := range []string{"pom.xml", "build.gradle", "build.gradle.kts", "build.properties", "build.xml", "META-INF/maven"} {
		if _, err := fs.Stat(r.FS, path.Join(dir, file)); err == nil {
			return true
		}
	}
	return false
}

// isOfRuntime reports whether an archive is a part of the Java runtime in which it lies: the runtime is the component (package jdk).
func (r *reader) isOfRuntime(f *facts) bool {
	if f.depth > 0 || len(f.modules)+len(f.inner) > 0 || f.header("Specification-Title") != "Java Platform API Specification" {
		return false
	}
	dir := path.Dir(f.file)
	for range 4 { // release, lib/jrt-fs.jar; before Java 9 jre/lib/rt.jar and jre/lib/ext/dnsns.jar
		dir = path.Dir(dir)
		if data, err := ecosystem.ReadFile(r.FS, path.Join(dir, "release"), maxText); err == nil && bytes.Contains(data, []byte(`JAVA_VERSION="`)) {
			return true
		}
	}
	return false
}

// split takes the name of a file apart: "commons-lang3-3.12.0.jar" is ("commons-lang3", "3.12.0"). A version begins with the
// first digit that follows a dash, or a dash and a v.
func split(file string) (id, version string) {
	stem := strings.TrimSuffix(path.Base(file), path.Ext(file))
	for i := 1; i+1 < len(stem); i++ {
		if stem[i] != '-' && stem[i] != '_' {
			continue
		}
		rest := stem[i+1:]
		if rest[0] >= '0' && rest[0] <= '9' && looksLikeVersion(rest) {
			return stem[:i], rest
		}
		if v := strings.TrimPrefix(rest, "v"); v != rest && v != "" && v[0] >= '0' && v[0] <= '9' && strings.Contains(v, ".") {
			return stem[:i], v
		}
	}
	return stem, ""
}

// looksLikeVersion leaves out numbers that are part of a name: "log4j-1.2-api-2.17.1", "scala-2.13-lib".
func looksLikeVersion(s string) bool {
	for i := range len(s) - 1 {
		if s[i] == '-' && strings.ContainsRune("0123456789", rune(s[i+1])) && strings.Contains(s[i+1:], ".") && hasLetterBefore(s[:i]) {
			return false
		}
	}
	return true
}

// hasLetterBefore reports whether a word that is no qualifier of a version ends the text.
func hasLetterBefore(s string) bool {
	word := s[strings.LastIndexAny(s, "-.")+1:]
	if word == "" || word[0] >= '0' && word[0] <= '9' {
		return false
	}
	lower := strings.ToLower(word)
	for _, q := range []string{"rc", "m", "alpha", "beta", "snapshot", "final", "ga", "sp", "release", "b", "cr", "jre", "android", "build"} {
		if strings.TrimRight(lower, "0123456789") == q {
			return false
		}
	}
	return true
}

// main picks the module that the archive is, and gives the others, whose classes were put into it. Of one module it is
// that one unless the archive is called otherwise in both its name and its manifest.
func (f *facts) main() (main *module, others []*module) {
	var known []*module
	for _, m := range f.modules {
		if m.name != "" {
			known = append(known, m)
		}
	}
	id, version := split(f.file)
	title := f.title()
	best := 0
	for _, m := range known {
		score := 0
		switch {
		case m.name == id && (version == "" || m.version == version):
			score = 4
		case m.name == id, strings.HasPrefix(path.Base(f.file), m.name+"-"+m.version):
			score = 3
		case m.name == title, m.group+"."+m.name == title:
			score = 2
		case len(known) == 1 && (title == "" || strings.Contains(title, " ") || version == "" || version == m.version):
			score = 1
		}
		if score > best {
			best, main = score, m
		}
	}
	for _, m := range known {
		if m != main && (main == nil || m.coordinates != main.coordinates) {
			others = append(others, m)
		}
	}
	return main, others
}

// title is what the manifest calls the archive.
func (f *facts) title() string {
	if s := f.symbolicName(); s != "" {
		return s
	}
	return f.header("Implementation-Title")
}

// symbolicName is the name of the bundle, without the directives behind it.
func (f *facts) symbolicName() string {
	s, _, _ := strings.Cut(f.header("Bundle-SymbolicName"), ";")
	return strings.TrimSpace(s)
}

// header is a header of the manifest, "" if it is one that the build should have filled in.
func (f *facts) header(key string) string {
	s := strings.TrimSpace(f.manifest.Get(key).Text())
	if strings.Contains(s, "${") {
		return ""
	}
	return s
}

// byRepository reads the coordinates off the folders of a repository: .../repository/org/acme/lib/1.0/lib-1.0.jar, or
// Gradle's files-2.1/org.acme/lib/1.0/CHECKSUM/lib-1.0.jar.
func (f *facts) byRepository() (coordinates, bool) {
	id, version := split(f.file)
	parts := strings.Split(f.file, "/")
	n := len(parts)
	for i, part := range parts {
		switch {
		case part == "files-2.1" && i+5 == n-1 && parts[i+2] == id && parts[i+3] == version:
			return coordinates{parts[i+1], id, version}, isPart(parts[i+1])
		case (part == "repository" || part == "maven2" || part == ".m2" || part == "repo") && n-i > 4 && strings.HasPrefix(parts[n-1], parts[n-3]+"-"+parts[n-2]):
			c := coordinates{strings.Join(parts[i+1:n-3], "."), parts[n-3], parts[n-2]}
			return c, isPart(c.group) && isPart(c.name) && isPart(c.version)
		}
	}
	return coordinates{}, false
}

// byManifest completes coordinates by the manifest. A group that nobody states is the name, as it was in the first version
// of Maven; one is only made up where there is a version, so that something says that this is a module at all.
func (f *facts) byManifest(c coordinates) coordinates {
	for _, key := range []string{"Implementation-Version", "Bundle-Version", "Specification-Version"} {
		if v, _, _ := strings.Cut(f.header(key), " "); c.version == "" && isPart(v) {
			c.version = v
		}
	}
	symbolic := f.symbolicName()
	if c.name == "" {
		c.name = symbolic
		if t := f.header("Implementation-Title"); c.name == "" && isPart(t) {
			c.name = t
		}
		if i := strings.LastIndexByte(c.name, '.'); i > 0 && c.group == "" && symbolic == c.name {
			c.group, c.name = c.name[:i], c.name[i+1:]
		}
	}
	for _, stated := range []string{f.header("Implementation-Vendor-Id"), groupOf(symbolic, c.name), groupOf(f.header("Automatic-Module-Name"), c.name)} {
		if c.group == "" && strings.Contains(stated, ".") && isPart(stated) {
			c.group = stated
		}
	}
	if c.group == "" && c.version != "" {
		c.group = c.name
	}
	return c
}

// groupOf undoes what Maven's bundle plugin does to make the name of a bundle: it joins group and name, but leaves out the
// part of the name that repeats the end of the group.
func groupOf(symbolic, id string) string {
	if group, ok := strings.CutSuffix(symbolic, "."+id); ok {
		if !strings.Contains(group, ".") {
			return symbolic // org.jsoup is the group of jsoup
		}
		return group
	}
	if symbolic == id {
		return symbolic
	}
	flat := strings.ReplaceAll(id, "-", ".")
	for i := 0; i < len(symbolic); i++ {
		if symbolic[i] != '.' {
			continue
		}
		group, rest := symbolic[:i], symbolic[i+1:]
		last := group[strings.LastIndexByte(group, '.')+1:]
		if strings.Contains(group, ".") && last+"."+rest == flat {
			return group
		}
	}
	return ""
}
