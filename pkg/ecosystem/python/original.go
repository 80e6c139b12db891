package python

import (
	"context"
	"crypto"
	"encoding/base64"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/original"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// recordFile lists the files of an installed package: path, digest, size (packaging.python.org, "Recording installed projects").
const recordFile = "RECORD"

// maxRecord bounds it, in bytes.
const maxRecord = 16 << 20

// published gives the files of an installed package as its installer wrote them down. The list lies beside the files, and that it
// is the wheel's own nobody can tell without the wheel: the answer names it. What it does not list may be another package's, and
// is passed over, as is what it has no digest of: itself, and what Python compiled.
//
// It is a list of what was installed only where its maker installed the files, which the file INSTALLER tells. The package managers of
// systems keep the list of the build and strip binaries afterwards, and conda writes its own paths into files: of these nothing is known.
//
// The list lies in the folder of the metadata, and speaks for the folders of code too.
func published(_ context.Context, p *ecosystem.Project, c *sbom.Component, o *sbom.Occurrence) (*original.Published, error) {
	info := o.Dir
	if root, _ := source.SplitRoot(info); root != "" || !strings.HasSuffix(info, ".dist-info") || strings.Contains(info, "!/") || !strings.HasPrefix(c.PURL, "pkg:pypi/") {
		return nil, nil
	}
	if by, err := ecosystem.ReadFile(p.FS, path.Join(info, "INSTALLER"), 1<<10); err != nil || isPackager(strings.TrimSpace(string(by))) {
		return nil, nil
	}
	data, err := ecosystem.ReadFile(p.FS, path.Join(info, recordFile), maxRecord)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", recordFile, err)
	}
	list := &original.Published{Against: recordFile, Dir: path.Dir(info), Hash: crypto.SHA256}
	if list.Files, err = parseRecord(string(data)); err != nil {
		return nil, fmt.Errorf("%s: %w", recordFile, err)
	}
	for _, other := range c.Occurrences {
		if other.Dir != info && strings.HasPrefix(other.Dir, list.Dir+"/") {
			list.Also = append(list.Also, other.Dir)
		}
	}
	return list, nil
}

// isPackager reports whether an installer is none of Python's, which lists what it lays.
func isPackager(name string) bool {
	return slices.Contains([]string{"", "conda", "debian", "dpkg", "rpm"}, name)
}

// parseRecord reads the lines that have a digest of the kind that all installers write, "sha256=" and base64 for URLs.
func parseRecord(text string) (map[string]string, error) {
	files := map[string]string{}
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord, r.ReuseRecord = -1, true
	for {
		fields, err := r.Read()
		if err == io.EOF {
			return files, nil
		}
		if err != nil {
			return nil, err
		}
		if len(fields) < 2 {
			continue
		}
		digest, ok := strings.CutPrefix(fields[1], "sha256=")
		if !ok {
			continue
		}
		if sum, err := hex.DecodeString(digest); err == nil && len(sum) == crypto.SHA256.Size() { // as Flit wrote once
			files[strings.Clone(fields[0])] = string(sum)
			continue
		}
		sum, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(digest, "="))
		if err != nil || len(sum) != crypto.SHA256.Size() {
			line, _ := r.FieldPos(1)
			return nil, fmt.Errorf("line %d: not a SHA-256", line)
		}
		files[strings.Clone(fields[0])] = string(sum)
	}
}
