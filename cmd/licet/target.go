package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/licet/licet/pkg/policy"
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/pkg/source/githead"
)

// target is an opened folder. All access to it goes through an os.Root, so no link leads out of it.
type target struct {
	arg  string // as given
	root *os.Root
	tree source.Tree
}

func openTarget(args []string) (*target, error) {
	arg := "."
	switch len(args) {
	case 0:
	case 1:
		arg = args[0]
	default:
		return nil, fmt.Errorf("%d targets: several in one report are not supported yet, scan them one by one", len(args))
	}
	info, err := os.Stat(arg)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s: there is no such file or folder", arg)
	case err != nil:
		return nil, fmt.Errorf("%s: %w", arg, plain(err))
	case !info.IsDir():
		return nil, fmt.Errorf("%s: is a file; archives, images and SBOMs are not supported as targets yet, name a folder", arg)
	}
	root, err := os.OpenRoot(arg)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", arg, plain(err))
	}
	return &target{arg: arg, root: root, tree: source.FS(root.FS())}, nil
}

// plain takes the path off an error that is about to be printed behind it.
func plain(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// policyNames are where a target's own policy may lie.
var policyNames = []string{"licet.yaml", ".licet.yaml"}

// loadPolicy finds and reads the policy: the file that --policy names, else the target's own, else the
// built-in preset.
func (t *target) loadPolicy(named string) (*policy.File, policy.Origin, error) {
	if named != "" {
		data, err := os.ReadFile(named)
		if err != nil {
			return nil, policy.Origin{}, fmt.Errorf("policy %s: %w", named, plain(err))
		}
		return parsePolicy(filepath.ToSlash(named), data, "outside")
	}
	var found []string
	for _, name := range policyNames {
		if _, err := t.root.Stat(name); err == nil {
			found = append(found, name)
		}
	}
	switch len(found) {
	case 0:
		f := policy.Default()
		return f, origin(f, "preset"), nil
	case 1:
		data, err := t.root.ReadFile(found[0])
		if err != nil {
			return nil, policy.Origin{}, fmt.Errorf("policy %s: %w", found[0], plain(err))
		}
		return parsePolicy(found[0], data, "target")
	}
	return nil, policy.Origin{}, fmt.Errorf("both %s and %s are there: keep one", found[0], found[1])
}

func parsePolicy(path string, data []byte, from string) (*policy.File, policy.Origin, error) {
	f, err := policy.Parse(path, data)
	if err != nil {
		return nil, policy.Origin{}, err
	}
	return f, origin(f, from), nil
}

func origin(f *policy.File, from string) policy.Origin {
	return policy.Origin{Path: f.Path, Digest: f.Digest, From: from}
}

// created is the time of the input: SOURCE_DATE_EPOCH, else HEAD's commit, else the newest of the
// manifests; with now, the clock.
func (p *program) created(t *target, when string, manifests []string) (time.Time, error) {
	switch when {
	case "now":
		return p.now().UTC().Truncate(time.Second), nil
	case "":
	default:
		return time.Time{}, fmt.Errorf("--created %s: the only value is now", when)
	}
	if epoch := p.env("SOURCE_DATE_EPOCH"); epoch != "" {
		var seconds int64
		if _, err := fmt.Sscanf(epoch, "%d", &seconds); err != nil {
			return time.Time{}, fmt.Errorf("SOURCE_DATE_EPOCH=%s: not a number of seconds", epoch)
		}
		return time.Unix(seconds, 0).UTC(), nil
	}
	if at, ok := t.commitTime(); ok {
		return at, nil
	}
	newest := time.Unix(0, 0)
	for _, m := range manifests {
		if info, err := t.root.Stat(m); err == nil && info.ModTime().After(newest) {
			newest = info.ModTime()
		}
	}
	return newest.UTC().Truncate(time.Second), nil
}

// commitTime is when the commit was made that the repository around the target has checked out.
func (t *target) commitTime() (time.Time, bool) {
	dir, err := filepath.Abs(t.arg)
	if err != nil {
		return time.Time{}, false
	}
	for {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			at, _, err := githead.CommitTime(os.DirFS(dir))
			return at, err == nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return time.Time{}, false
		}
		dir = parent
	}
}
