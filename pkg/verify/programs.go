package verify

import (
	"context"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
)

// Programs notes what no inventory has: the programs of an artifact, whatever is told of them, those of them that are files of
// the packages installed there, and whose classes are in its Java archives. A scan takes it for a reader beside the others.
type Programs struct {
	isProgram func(p string, mode fs.FileMode, head []byte) bool

	mu        sync.Mutex
	met       []string
	installed map[string]string // the folder of the list that names a file, by its path as [merged] has it
	archives  classes
}

// NewPrograms makes one. isProgram reports by the first bytes of a file whether it is one.
func NewPrograms(isProgram func(p string, mode fs.FileMode, head []byte) bool) *Programs {
	return &Programs{isProgram: isProgram, installed: map[string]string{}, archives: classes{packages: map[string]map[string]bool{}}}
}

// Reader is what a scan calls.
func (n *Programs) Reader() *ecosystem.Ecosystem {
	return &ecosystem.Ecosystem{
		Name:     "verify",
		Embedded: func(string) bool { return true },
		Match: func(p string, mode fs.FileMode, head []byte) bool {
			_, list := listOf(p)
			return mode.IsRegular() && (list != nil || isJava(p) || n.isProgram(p, mode, head))
		},
		Group: func(paths []string) [][]string {
			return ecosystem.GroupBy(paths, func(p string) string { return p })
		},
		Read: func(_ context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
			n.note(p.FS, p.Files[0])
			return sbom.Fragment{}, nil
		},
	}
}

func (n *Programs) note(files fs.FS, p string) {
	top, list := listOf(p)
	if isJava(p) {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.archives.note(files, p)
		return
	}
	var names []string
	if list != nil {
		const limit = 64 << 20
		data, err := ecosystem.ReadFile(files, p, limit)
		if err != nil {
			return // its programs are nobody's then
		}
		names = list(string(data))
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if list == nil {
		n.met = append(n.met, p)
	}
	for _, name := range names {
		n.installed[merged(path.Join(top, name))] = path.Dir(p)
	}
}

// not gives the programs, in order, that do not pass the test. list is the folder of the list by which a program was installed, "" if
// none names it.
func (n *Programs) not(test func(p, list string) bool) []string {
	if n == nil {
		return nil
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	slices.Sort(n.met)
	return slices.DeleteFunc(slices.Compact(slices.Clone(n.met)), func(p string) bool { return test(p, n.installed[merged(p)]) })
}

// java gives the Java archives, and the packages of the classes in each.
func (n *Programs) java() map[string]map[string]bool {
	if n == nil {
		return nil
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.archives.packages
}

// merged is a path by which a file is the same whether packages call it bin/x or usr/bin/x: on most systems one folder is a
// link to the other.
func merged(p string) string { return strings.ReplaceAll("/"+p, "/usr/", "/") }

// listOf is how to read the list of the files that a package brought, and the top of the system that the list is of; nil for any
// other file.
func listOf(p string) (top string, list func(data string) []string) {
	in := func(dir string) bool {
		var ok bool
		top, ok = ecosystem.Below(path.Dir(p), dir)
		return ok
	}
	switch ext, base := path.Ext(p), path.Base(p); {
	case ext == ".list" && in("var/lib/dpkg/info"):
		return top, lines
	case ext == ".md5sums" && in("var/lib/dpkg/status.d"): // images without dpkg
		return top, sums
	case base == "RECORD" && path.Ext(path.Dir(p)) == ".dist-info":
		return path.Dir(path.Dir(p)), records
	case base == "installed" && (in("lib/apk/db") || in("usr/lib/apk/db")):
		return top, apkFiles
	}
	return "", nil
}

// lines are dpkg's (dpkg-query(1), --listfiles).
func lines(data string) []string { return strings.Split(data, "\n") }

// sums are lines of a checksum and a path (deb-md5sums(5)).
func sums(data string) (out []string) {
	for line := range strings.Lines(data) {
		if _, name, ok := strings.Cut(strings.TrimSpace(line), "  "); ok {
			out = append(out, name)
		}
	}
	return out
}

// records are lines of a path, below the folder of the packages, a digest and a size (PyPA specifications, "Recording installed
// projects").
func records(data string) (out []string) {
	for line := range strings.Lines(data) {
		name, _, _ := strings.Cut(line, ",")
		out = append(out, strings.Trim(name, `"`))
	}
	return out
}

// apkFiles are the lines R: of files, each in the folder of the line F: before it (apk-v2(5), "F:", "R:").
func apkFiles(data string) (out []string) {
	dir := ""
	for line := range strings.Lines(data) {
		switch key, value, _ := strings.Cut(strings.TrimSpace(line), ":"); key {
		case "F":
			dir = value
		case "R":
			out = append(out, path.Join(dir, value))
		}
	}
	return out
}
