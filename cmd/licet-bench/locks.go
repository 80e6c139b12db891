package main

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/ecosystem/all"
	"github.com/licet/licet/pkg/sbom"
)

// The sizes of the lockfiles in packages: shownLock is the one whose cost is shown, from leastLock on each is ten times
// the one before.
const (
	shownLock = 20000
	leastLock = 1000
)

// printLocks measures for each format its reader alone, in a process of its own, and the command on a folder that holds
// nothing but the lockfile. What either takes for an empty folder is left out of the growth, and printed on top.
func printLocks(out io.Writer, k task) error {
	dir, err := os.MkdirTemp("", "licet-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	self, err := os.Executable()
	if err != nil {
		return err
	}
	empty, err := best(k.n+2, k.on(dir))
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s\n  an empty folder: %v\n", strings.Join(k.command, " "), empty)
	fmt.Fprintf(out, "  %d packages in %6s %16s %16s %16s  growth from %d packages on, a step being x 10\n",
		min(shownLock, k.most), "MB", "reader cpu, peak", "whole cpu, peak", "wall", leastLock)
	for _, l := range locks() {
		if k.only != "" && k.only != l.name {
			continue
		}
		bytes, err := l.write(dir, min(shownLock, k.most))
		if err != nil {
			return err
		}
		if said, err := exec.Command(self, "lock", dir).CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w: %s", l.name, err, said)
		}
		reader, err := best(k.n, []string{self, "lock", dir})
		if err != nil {
			return err
		}
		whole, err := best(k.n, k.on(dir))
		if err != nil {
			return err
		}
		growth, err := k.growth(leastLock, 10, empty, func(size int) (cost, error) {
			if _, err := l.write(dir, size); err != nil {
				return cost{}, err
			}
			return best(k.n, k.on(dir))
		})
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "  %-20s %6.1f %s %s %13.0f ms %s\n", l.name, megabytes(bytes), brief(reader), brief(whole), milliseconds(whole.wall), growth)
		if err := os.Remove(filepath.Join(dir, filepath.FromSlash(l.file))); err != nil {
			return err
		}
	}
	return nil
}

func brief(c cost) string {
	return fmt.Sprintf("%5.0f ms %4.0f MB", milliseconds(c.cpu), megabytes(c.rss))
}

func milliseconds(d time.Duration) float64 { return d.Seconds() * 1e3 }

// printLock reads the files at the top of a folder by the readers that want them, and says what they found. That a reader
// could not read all of one is an error: what is measured must be the whole work.
func printLock(out io.Writer, dirs []string) error {
	for _, dir := range dirs {
		files := os.DirFS(dir)
		matched := map[*ecosystem.Ecosystem][]string{}
		err := fs.WalkDir(files, ".", func(p string, d fs.DirEntry, err error) error {
			for _, eco := range all.Ecosystems {
				if err == nil && eco.Match(p, d.Type(), nil) {
					matched[eco] = append(matched[eco], p)
				}
			}
			return err
		})
		if err != nil {
			return err
		}
		for eco, paths := range matched {
			f, err := eco.Read(context.Background(), &ecosystem.Project{FS: files, Files: paths, Facts: &sbom.Facts{}})
			if err != nil {
				return err
			}
			for _, g := range f.Gaps {
				if g.Material && (g.Kind == sbom.Lost || g.Kind == sbom.Limit) {
					return fmt.Errorf("%s:%d: %s", g.Span.Path, g.Span.Line, g.Why)
				}
			}
			fmt.Fprintf(out, "%s: %d components, %d relationships\n", eco.Name, len(f.Components), len(f.Relationships))
		}
	}
	return nil
}
