package apk

import (
	"bufio"
	"context"
	"crypto"
	_ "crypto/sha1" // which is what apk keeps
	"encoding/base64"
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/original"
	"github.com/licet/licet/pkg/sbom"
)

// against is what answers rest on.
const against = "the database of apk (SHA-1)"

// maxRecord is the size of what the database has of one package, in bytes.
const maxRecord = 64 << 20

// published gives what the database says of the files of an installed package: behind F a folder, behind R a file in it, and behind Z its
// digest, "Q1" and SHA-1 (apk-package(5)). What lies in etc is there to be changed and is passed over, as is a link, whose digest is of
// what it says.
func published(ctx context.Context, p *ecosystem.Project, c *sbom.Component, o *sbom.Occurrence) (*original.Published, error) {
	if !strings.HasPrefix(c.PURL, "pkg:apk/") || len(o.Found) == 0 {
		return nil, nil
	}
	at := o.Found[0]
	top, ok := database(at.Path)
	if !ok {
		return nil, nil
	}
	f, err := p.FS.Open(at.Path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	random, ok := f.(io.ReaderAt)
	if !ok {
		return nil, nil
	}
	list := &original.Published{Against: against, Dir: top, Hash: crypto.SHA1, Files: map[string]string{}}
	dir, file := "", ""
	in := bufio.NewScanner(io.NewSectionReader(random, int64(at.Start), maxRecord)) // the package's own line, and so to the end of its record
	for in.Scan() && in.Text() != "" && ctx.Err() == nil {
		key, value, _ := strings.Cut(in.Text(), ":")
		switch key {
		case "F":
			dir, file = value, ""
		case "R":
			file = path.Join(dir, value)
		case "Z":
			sum, ok := strings.CutPrefix(value, "Q1")
			raw, err := base64.StdEncoding.DecodeString(sum)
			if !ok || err != nil || len(raw) != crypto.SHA1.Size() || !fs.ValidPath(file) || strings.HasPrefix(file, "etc/") {
				continue
			}
			if info, err := fs.Lstat(p.FS, path.Join(top, file)); err == nil && info.Mode().IsRegular() {
				list.Files[file] = string(raw)
			}
		}
	}
	if err := in.Err(); err != nil {
		return nil, err
	}
	if len(list.Files) == 0 {
		return nil, ctx.Err()
	}
	return list, ctx.Err()
}
