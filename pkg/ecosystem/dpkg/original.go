package dpkg

import (
	"bufio"
	"bytes"
	"context"
	"crypto"
	_ "crypto/md5" // which is what dpkg keeps
	"encoding/hex"
	"errors"
	"io/fs"
	"path"
	"strings"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/original"
	"github.com/licet/licet/pkg/sbom"
)

// What was published of an installed package is told by info/PACKAGE.md5sums beside the database (deb-md5sums(5)), status.d/PACKAGE.md5sums
// where there is no dpkg: MD5, which shows what was changed by accident or openly, and is no proof against who means to deceive. Configuration
// files, which are there to be changed, are passed over (deb-conffiles(5)), as is what another package was given leave to replace
// (dpkg-divert(1)).

// against is what answers rest on.
const against = "md5sums of dpkg (MD5)"

// maxList is the size of a list, in bytes: of a kernel's headers it has two.
const maxList = 16 << 20

// published gives what md5sums says of an installed package; nil if there is none.
func published(_ context.Context, p *ecosystem.Project, c *sbom.Component, o *sbom.Occurrence) (*original.Published, error) {
	if !strings.HasPrefix(c.PURL, "pkg:deb/") || len(o.Found) == 0 || strings.ContainsAny(c.Name, "/:") {
		return nil, nil
	}
	top, kind, ok := place(o.Found[0].Path)
	if !ok || kind != "deb" {
		return nil, nil
	}
	read := func(file string) ([]byte, error) {
		data, err := ecosystem.ReadFile(p.FS, path.Join(top, "var/lib/dpkg", file), maxList)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
		return data, err
	}
	var stem string
	var sums []byte
	names := []string{"status.d/" + c.Name}
	for _, arch := range []string{"", ":" + architecture(c.PURL)} {
		names = append(names, "info/"+c.Name+arch)
	}
	for _, stem = range names {
		data, err := read(stem + ".md5sums")
		if err != nil {
			return nil, err
		}
		if sums = data; len(sums) > 0 {
			break
		}
	}
	if len(sums) == 0 {
		return nil, nil
	}
	list := &original.Published{Against: against, Dir: top, Hash: crypto.MD5, Files: parseSums(sums)}
	own, err1 := read(stem + ".conffiles")
	diverted, err2 := read("diversions")
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	for _, file := range lines(own) {
		delete(list.Files, strings.TrimPrefix(file, "/"))
	}
	for file := lines(diverted); len(file) >= 3; file = file[3:] { // what, whither, by whom
		if file[2] != c.Name {
			delete(list.Files, strings.TrimPrefix(file[0], "/"))
		}
	}
	return list, nil
}

// architecture is that of a purl.
func architecture(purl string) string {
	_, rest, _ := strings.Cut(purl, "arch=")
	rest, _, _ = strings.Cut(rest, "&")
	return rest
}

// parseSums reads lines of a digest, two blanks, and a path below the root. Others, and those that climb, are passed over.
func parseSums(data []byte) map[string]string {
	out := map[string]string{}
	for _, line := range lines(data) {
		sum, file, ok := strings.Cut(line, "  ")
		raw, err := hex.DecodeString(sum)
		if file = strings.TrimPrefix(file, "./"); ok && err == nil && len(raw) == crypto.MD5.Size() && fs.ValidPath(file) {
			out[file] = string(raw)
		}
	}
	return out
}

func lines(data []byte) (out []string) {
	for s := bufio.NewScanner(bytes.NewReader(data)); s.Scan(); {
		out = append(out, s.Text())
	}
	return out
}
