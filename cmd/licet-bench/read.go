package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
)

// tally is what was read.
type tally struct{ files, bytes int64 }

// readAll is the baseline: one walk, two workers, every regular file read whole. A file that cannot be
// read costs nothing and counts nothing; a folder named by the caller must be there. A repository's .git
// is left out: it is not part of the tree that it keeps.
func readAll(dirs []string) (tally, error) {
	var files, bytes atomic.Int64
	paths := make(chan string, 64)
	var workers sync.WaitGroup
	for range 2 {
		workers.Go(func() {
			for p := range paths {
				if data, err := os.ReadFile(p); err == nil {
					files.Add(1)
					bytes.Add(int64(len(data)))
				}
			}
		})
	}
	err := walk(dirs, func(p string) { paths <- p })
	close(paths)
	workers.Wait()
	return tally{files.Load(), bytes.Load()}, err
}

func walk(dirs []string, visit func(path string)) error {
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
			switch {
			case err != nil && p == dir:
				return err
			case err == nil && d.IsDir() && d.Name() == ".git":
				return fs.SkipDir
			case err == nil && d.Type().IsRegular():
				visit(p)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
