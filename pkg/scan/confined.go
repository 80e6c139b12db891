package scan

import (
	"io/fs"
	"strings"
)

// apart parts paths, which are sorted, by the archives that they lie in: no project reaches over the edge of one.
func (s *scanner) apart(paths []string) [][]string {
	var out [][]string
	at := map[string]int{}
	for _, p := range paths {
		file, _, in := s.files.Split(p)
		if !in {
			file = ""
		}
		i, ok := at[file]
		if !ok {
			i = len(out)
			at[file], out = i, append(out, nil)
		}
		out[i] = append(out[i], p)
	}
	return out
}

// confined is a file system in which there is only what lies in one folder: what a reader of a project in an archive sees. What lies
// around the archive is no matter of whoever packed it.
type confined struct {
	fs.FS
	dir string
}

// filesAround are the files of the archive that a path lies in, or all for a path in none.
func (s *scanner) filesAround(p string) fs.FS {
	if file, _, in := s.files.Split(p); in {
		return confined{s.files, file + "!"}
	}
	return s.files
}

// within asks for a path in the folder.
func within[T any](c confined, op, name string, ask func(fs.FS, string) (T, error)) (T, error) {
	if name != c.dir && !strings.HasPrefix(name, c.dir+"/") {
		var none T
		return none, &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
	}
	return ask(c.FS, name)
}

func (c confined) Open(name string) (fs.File, error)     { return within(c, "open", name, fs.FS.Open) }
func (c confined) Stat(name string) (fs.FileInfo, error) { return within(c, "stat", name, fs.Stat) }
func (c confined) ReadDir(name string) ([]fs.DirEntry, error) {
	return within(c, "readdir", name, fs.ReadDir)
}
func (c confined) ReadLink(name string) (string, error) {
	return within(c, "readlink", name, fs.ReadLink)
}
func (c confined) Lstat(name string) (fs.FileInfo, error) { return within(c, "lstat", name, fs.Lstat) }
