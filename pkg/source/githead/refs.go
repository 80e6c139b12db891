package githead

import (
	"bufio"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// maxSymbolic is how many refs may lead to one another, as in git.
const maxSymbolic = 5

// head gives the name of the commit that HEAD stands on.
func (r *repository) head() (string, error) {
	ref := "HEAD"
	for range maxSymbolic + 1 {
		value, err := r.ref(ref)
		if err != nil {
			return "", err
		}
		next, symbolic := strings.CutPrefix(value, "ref:")
		if !symbolic {
			if !isID(value) {
				return "", fmt.Errorf("git ref %s: %q is no object name", ref, value)
			}
			return value, nil
		}
		ref = strings.TrimSpace(next)
		if !fs.ValidPath(ref) || !strings.HasPrefix(ref, "refs/") {
			return "", fmt.Errorf("git HEAD: %q is no ref", ref)
		}
	}
	return "", fmt.Errorf("git HEAD: more than %d refs lead to one another", maxSymbolic)
}

// ref gives the value of a ref: an object's name, or "ref: " and another ref. A file of its own goes
// before the line in packed-refs.
func (r *repository) ref(name string) (string, error) {
	for _, dir := range []string{r.dir, r.shared} {
		value, err := readPointer(r.fsys, path.Join(dir, name))
		if !errors.Is(err, fs.ErrNotExist) {
			return value, err
		}
	}
	return r.packedRef(name)
}

// packedRef looks a ref up in packed-refs: lines of an object's name, a space and the ref; lines that
// start with # or ^ say something else.
func (r *repository) packedRef(name string) (string, error) {
	f, err := openRegular(r.fsys, path.Join(r.shared, "packed-refs"))
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("git ref %s: no commit yet: %w", name, err)
	}
	if err != nil {
		return "", err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if id, ref, _ := strings.Cut(lines.Text(), " "); ref == name {
			return id, nil
		}
	}
	if err := lines.Err(); err != nil {
		return "", fmt.Errorf("git packed-refs: %w", err)
	}
	return "", fmt.Errorf("git ref %s: no commit yet: %w", name, fs.ErrNotExist)
}

// isID reports whether s is the full name of an object: 40 hexadecimal digits (SHA-1) or 64 (SHA-256).
func isID(s string) bool {
	_, err := hex.DecodeString(s)
	return err == nil && (len(s) == 40 || len(s) == 64) && strings.ToLower(s) == s
}
