package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/licet/licet/pkg/archive"
	"github.com/licet/licet/pkg/ecosystem/all"
	"github.com/licet/licet/pkg/policy"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/scan"
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/pkg/source/githead"
)

// target is what is scanned: a folder, an archive, or one file that a reader reads. All access to a folder goes through an os.Root,
// so no link leads out of it.
type target struct {
	arg   string // as given
	files fs.FS
	tree  source.Tree
	alone bool   // no folder: nothing in it is obeyed
	below string // the folder of an archive that paths leave out

	subject scan.Subject // what it says of itself
}

func openTarget(args []string, wanted wantedImage) (*target, error) {
	arg := "."
	switch len(args) {
	case 0:
	case 1:
		arg = args[0]
	default:
		return nil, fmt.Errorf("%d targets: several in one report are not supported yet, scan them one by one", len(args))
	}
	info, err := os.Stat(arg)
	if kind, rest, ok := strings.Cut(arg, ":"); ok && err != nil && slices.Contains(imageKinds, kind) {
		return openImage(arg, kind, rest, wanted)
	}
	if wanted.base != "" {
		return nil, fmt.Errorf("--base-image %s: the target is no image", wanted.base)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s: there is no such file or folder", arg)
	case err != nil:
		return nil, fmt.Errorf("%s: %w", arg, plain(err))
	case info.Mode().IsRegular():
		return openFile(arg, info.Size())
	case !info.IsDir():
		return nil, fmt.Errorf("%s: is neither a folder nor a file", arg)
	}
	root, err := os.OpenRoot(arg)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", arg, plain(err))
	}
	return &target{arg: arg, files: root.FS(), tree: source.FS(newFolder(root))}, nil
}

// openFile opens a target that is a file: an archive is a tree of its own, and a manifest, a lockfile or a program is read as
// it is read in a tree, with the files beside it that its reader asks for. It stays open as long as the program runs.
func openFile(arg string, size int64) (*target, error) {
	f, err := os.Open(arg)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", arg, plain(err))
	}
	head := make([]byte, headSize)
	n, err := f.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return nil, fmt.Errorf("%s: %w", arg, plain(err))
	}
	reader := readerOf(filepath.Base(arg), head[:n])
	if isArchive(f, size, head[:n], reader, arg) {
		a, err := archive.OpenFile(filepath.Base(arg), f, size)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", arg, err)
		}
		tree, err := a.Tree()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", arg, err)
		}
		return &target{arg: arg, files: tree.Lookup(), tree: tree, alone: true, below: a.Folder()}, nil
	}
	f.Close()
	if reader == "" {
		return nil, fmt.Errorf("%s: is no archive, and no file that a reader knows (licet explain lists these); an image is written oci:DIR or docker-archive:FILE", arg)
	}
	root, err := os.OpenRoot(filepath.Dir(arg))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", arg, plain(err))
	}
	return &target{arg: arg, files: root.FS(), tree: source.Files(newFolder(root), filepath.Base(arg)), alone: true}, nil
}

// headSize is how many bytes of a file tell what it is.
const headSize = 512

// isArchive reports whether a target is read as an archive: one that no reader knows better, a single file that is packed, or a zip behind
// a program or script that no reader knows.
func isArchive(f io.ReaderAt, size int64, head []byte, reader, arg string) bool {
	if archive.Is(head) {
		return !isUnpacked(reader, arg)
	}
	return reader == "" && archive.IsBehind(head, f, size)
}

// isUnpacked reports whether a reader knows more of an archive than what lies in it: what a JAR has of other JARs, and a gem, whose
// files are packed once more.
func isUnpacked(reader, file string) bool {
	return reader == "jar" || strings.EqualFold(filepath.Ext(file), ".gem")
}

// readerOf is the name of the first reader that a file is for, "" for none.
func readerOf(name string, head []byte) string {
	for _, eco := range all.Ecosystems {
		if eco.Match(name, 0, head) {
			return eco.Name
		}
	}
	return ""
}

// plain takes the path off an error that is about to be printed behind it.
func plain(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// policyNames are where a target's own policy may lie; misnamed is what people write instead.
var (
	policyNames = []string{"licet.yaml", ".licet.yaml"}
	misnamed    = []string{"licet.yml", ".licet.yml"}
)

// loadPolicy finds and reads the policy: the file that --policy names, else the target's own, else the
// built-in preset. A file that is there and cannot be read is an error: to judge by another one would
// look like an answer.
func (t *target) loadPolicy(named string) (*policy.File, policy.Origin, error) {
	if named != "" {
		data, err := os.ReadFile(named)
		if err != nil {
			return nil, policy.Origin{}, fmt.Errorf("policy %s: %w", named, plain(err))
		}
		return parsePolicy(shownAs(named), data, "outside")
	}
	for i, name := range misnamed {
		if _, err := fs.Lstat(t.files, name); err == nil && !t.alone {
			return nil, policy.Origin{}, fmt.Errorf("%s is not read: call it %s", name, policyNames[i])
		}
	}
	found := t.policies()
	if t.alone {
		found = nil // no archive judges itself
	}
	switch len(found) {
	case 0:
		f := policy.Default()
		return f, origin(f, "preset"), nil
	case 1:
		data, err := fs.ReadFile(t.files, found[0])
		if err != nil {
			return nil, policy.Origin{}, fmt.Errorf("policy %s: %w", found[0], plain(err))
		}
		return parsePolicy(found[0], data, "target")
	}
	return nil, policy.Origin{}, fmt.Errorf("both %s and %s are there: keep one", found[0], found[1])
}

// policies are the target's own policy files.
func (t *target) policies() []string {
	var found []string
	for _, name := range policyNames {
		if _, err := fs.Lstat(t.files, name); !errors.Is(err, fs.ErrNotExist) {
			found = append(found, name)
		}
	}
	return found
}

// shownAs is what a report calls a policy: as the user wrote it, but never by a path of this machine.
func shownAs(named string) string {
	if filepath.IsAbs(named) {
		named = filepath.Base(named)
	}
	return source.JoinRoot("policy", filepath.ToSlash(named))
}

func parsePolicy(path string, data []byte, from string) (*policy.File, policy.Origin, error) {
	f, err := policy.Parse(path, data)
	if err != nil {
		return nil, policy.Origin{}, err
	}
	return f, origin(f, from), nil
}

// fewestWords is the least length of a license text of one's own.
const fewestWords = 8

// ownTexts reads the license texts that the facts name: they lie in the target, or beside the policy that
// --policy names.
func (t *target) ownTexts(named string, facts *sbom.Facts) (map[string][]byte, error) {
	out := map[string][]byte{}
	for _, l := range facts.Licenses {
		if l.Text == "" {
			continue
		}
		read := func(name string) ([]byte, error) { return fs.ReadFile(t.files, filepath.ToSlash(name)) }
		if named != "" {
			read = func(name string) ([]byte, error) {
				root, err := os.OpenRoot(filepath.Dir(named))
				if err != nil {
					return nil, err
				}
				defer root.Close()
				return root.ReadFile(name)
			}
		}
		text, err := read(filepath.FromSlash(l.Text))
		if err != nil {
			return nil, fmt.Errorf("%s: the text of %s: %s: %w", l.Found, l.ID, l.Text, plain(err))
		}
		if len(bytes.Fields(text)) < fewestWords {
			return nil, fmt.Errorf("%s: the text of %s: %s: fewer than %d words cannot be told from chance", l.Found, l.ID, l.Text, fewestWords)
		}
		out[l.ID] = text
	}
	return out, nil
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
		seconds, err := strconv.ParseInt(epoch, 10, 64)
		if err != nil || !representable(time.Unix(seconds, 0)) {
			return time.Time{}, fmt.Errorf("SOURCE_DATE_EPOCH=%s: not a number of seconds since 1970", epoch)
		}
		return time.Unix(seconds, 0).UTC(), nil
	}
	if at, ok := t.commitTime(); ok && representable(at) && !t.alone {
		return at, nil
	}
	newest := time.Unix(0, 0)
	for _, m := range manifests {
		if info, err := fs.Stat(t.files, m); err == nil && info.ModTime().After(newest) {
			newest = info.ModTime()
		}
	}
	return newest.UTC().Truncate(time.Second), nil
}

// representable reports whether a report can carry the time (RFC 3339 has four digits for the year).
func representable(t time.Time) bool { return t.Year() >= 1970 && t.Year() <= 9999 }

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
