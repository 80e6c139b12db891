// Package githead tells when the commit that is checked out was made, by reading git's own files.
//
// A report has to bear the time of what it describes, not of the run, so that the same tree gives the
// same bytes. For a tree under git that is the commit time of HEAD. The git command is not asked: it
// may not be there, and it runs what a stranger's configuration tells it to.
//
// The road is short: HEAD, the ref it names (a file of its own or a line of packed-refs), the commit
// object (a file of its own or an entry of a pack, there perhaps a chain of deltas), its committer
// line. Whatever lies on it is somebody else's data, so every size is bounded, and the trick that makes
// the rest trustworthy is git's own: a commit's name is the hash of its content, and it is checked.
// Packs and their indexes are read where needed, never whole, if the file system can do that.
//
// Repositories of both object formats (SHA-1, SHA-256) are read. Not read, and answered with an error:
// refs kept in a reftable, objects borrowed from another repository (alternates), indexes of version 1
// (git before 2007), and everything that lies outside the file system, as the repository of most linked
// worktrees and submodules does.
package githead

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"time"
)

// CommitTime gives the committer's time, in UTC, and the full hexadecimal name of the commit that is
// checked out in the work tree at the root of fsys. The error is an [fs.ErrNotExist] if there is no
// repository within reach or it has no commit yet; every other error says what is wrong with it.
func CommitTime(fsys fs.FS) (t time.Time, id string, err error) {
	r, err := open(fsys)
	if err != nil {
		return time.Time{}, "", err
	}
	id, err = r.head()
	if err != nil {
		return time.Time{}, "", err
	}
	data, err := r.commit(id)
	if err == nil {
		t, err = committed(data)
	}
	if err != nil {
		return time.Time{}, "", fmt.Errorf("git commit %s: %w", id, err)
	}
	return t, id, nil
}

// latest is the last second of year 9999, past which a time has no RFC 3339 form.
const latest = 253402300799

// committed reads the time from a commit's content: header lines, an empty line, the message. The
// committer's line ends in "<address> SECONDS ZONE"; the seconds count from 1970 in UTC whatever the
// zone.
func committed(commit []byte) (time.Time, error) {
	for line := range bytes.Lines(commit) {
		text := strings.TrimSuffix(string(line), "\n")
		if text == "" {
			break
		}
		who, ok := strings.CutPrefix(text, "committer ")
		if !ok {
			continue
		}
		when := strings.Fields(who[strings.LastIndexByte(who, '>')+1:])
		if len(when) == 0 {
			return time.Time{}, fmt.Errorf("no time in %q", text)
		}
		seconds, err := strconv.ParseInt(when[0], 10, 64)
		if err != nil || seconds < 0 || seconds > latest {
			return time.Time{}, fmt.Errorf("no time in %q", text)
		}
		return time.Unix(seconds, 0).UTC(), nil
	}
	return time.Time{}, errors.New("no committer")
}

// repository is where the files of a repository lie in fsys.
type repository struct {
	fsys fs.FS
	// dir has what belongs to this work tree (HEAD), shared what all linked work trees have in common
	// (refs, objects). They are the same but for linked work trees.
	dir, shared string
}

// maxPointer bounds the files that hold a path, a ref or an object's name.
const maxPointer = 8 << 10

// open finds the repository of the work tree at the root of fsys: a folder .git, or a file .git that
// says where it is (gitrepository-layout).
func open(fsys fs.FS) (*repository, error) {
	info, err := fs.Stat(fsys, ".git")
	if err != nil {
		return nil, err
	}
	dir := ".git"
	if !info.IsDir() {
		text, err := readPointer(fsys, ".git")
		if err != nil {
			return nil, err
		}
		target, ok := strings.CutPrefix(text, "gitdir: ")
		if !ok {
			return nil, errors.New(".git: neither a folder nor a pointer to one")
		}
		if dir, err = within(".", target); err != nil {
			return nil, err
		}
	}
	shared := dir
	switch text, err := readPointer(fsys, path.Join(dir, "commondir")); {
	case err == nil:
		if shared, err = within(dir, text); err != nil {
			return nil, err
		}
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	return &repository{fsys, dir, shared}, nil
}

// within resolves a path that git wrote, relative to dir. One that leaves the file system does not
// exist.
func within(dir, target string) (string, error) {
	p := path.Join(dir, target)
	drive := len(target) > 1 && target[1] == ':'
	if path.IsAbs(target) || drive || !fs.ValidPath(p) {
		return "", fmt.Errorf("git repository outside of the tree: %w", fs.ErrNotExist)
	}
	return p, nil
}

// openRegular opens a regular file; others might never end. A folder is no file: refs/heads/a may be gone
// and refs/heads/a/b be there.
func openRegular(fsys fs.FS, name string) (fs.File, error) {
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, fmt.Errorf("%s is a folder: %w", name, fs.ErrNotExist)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: not a regular file", name)
	}
	return fsys.Open(name)
}

// readPointer reads a small text file.
func readPointer(fsys fs.FS, name string) (string, error) {
	f, err := openRegular(fsys, name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxPointer+1))
	if err != nil {
		return "", err
	}
	if len(data) > maxPointer {
		return "", fmt.Errorf("%s: over %d bytes", name, maxPointer)
	}
	return strings.TrimRight(string(data), "\r\n \t"), nil
}
