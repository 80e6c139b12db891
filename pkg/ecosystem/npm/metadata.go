package npm

import (
	"bytes"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// Packages for other platforms are in a lockfile and never fetched, but pnpm has asked the registry about them: for whom they are
// stands in their manifests only. What it was told it keeps, and the license is a part of that. So a package whose files are nowhere
// has a declared license all the same, if what was told is of the archive that the lockfile names. Its files are not at hand for that,
// and license texts are not known.
//
//	metadata-full-v1.3/HOST/@scope/name.json    {"versions": {"1.0.0": {"license": "MIT", "dist": {"integrity": "sha512-…"}}}}
//	v12/metadata-full/HOST/@scope/name.jsonl    pnpm-meta-v1 2 60\n{}{"versions": [["1.0.0", 0, 580], …]}{"license": "MIT", …}…
//
// (https://pnpm.io/settings, cacheDir; up to version 9 the folder is metadata, or metadata-v1.3. The second form, of pnpm 12, is not
// written down anywhere: what is said here is what its files show. The numbers are lengths, in bytes, and of a version where it begins.) What Yarn keeps of the same
// answers has no licenses, nor has Deno's; npm's lockfile has them itself.

// answersName is the name among the project's caches of pnpm's folder of answers.
const answersName = "pnpm-cache"

const (
	maxAnswer  = 64 << 20  // bytes of one
	maxAnswers = 512 << 20 // bytes of all that one project asks for
)

// answers are the folders of answers, a registry each, and how much may still be read of them, in bytes.
type answers struct {
	folders []string
	left    int64
}

// told is what the registry says of a package in its manifest; nothing if that is not known, or is of another archive.
func (r *reader) told(w wanted) doc.Node {
	cache := r.Caches[answersName]
	if cache == nil || !w.isOfRegistry() {
		return doc.Node{}
	}
	if r.answers == nil {
		r.answers = &answers{left: maxAnswers}
		r.answers.list(cache, ".")
		for _, top := range listed(cache, ".") {
			if strings.HasPrefix(top, "v") {
				r.answers.list(cache, top)
			}
		}
	}
	for _, folder := range r.answers.folders {
		file := path.Join(folder, w.name+".json")
		data, err := ecosystem.ReadFile(cache, file, min(maxAnswer, r.answers.left))
		parted := errors.Is(err, fs.ErrNotExist)
		if parted {
			file += "l"
			data, err = ecosystem.ReadFile(cache, file, min(maxAnswer, r.answers.left))
		}
		if err != nil {
			continue
		}
		r.answers.left -= int64(len(data))
		if parted {
			data = partOf(data, w.version)
		}
		d, err := doc.JSON(source.JoinRoot(answersName, file), data)
		if err != nil {
			continue
		}
		m := d.Root()
		if !parted {
			m = m.Get("versions").Get(w.version)
		}
		has, _ := hashes(m.Get("dist").Get("integrity").Text())
		if m.Get("name").Text() == w.name && slices.ContainsFunc(has, func(h sbom.Hash) bool { return slices.Contains(w.hashes, h) }) {
			return m
		}
	}
	return doc.Node{}
}

// list adds the folders of answers in a folder of the cache, the full ones before the others.
func (a *answers) list(cache fs.FS, dir string) {
	for _, top := range slices.Backward(listed(cache, dir)) {
		if strings.HasPrefix(top, "metadata") {
			for _, host := range listed(cache, path.Join(dir, top)) {
				a.folders = append(a.folders, path.Join(dir, top, host))
			}
		}
	}
}

// partOf leaves of a file of parts what it says of a version, in its place: all before it becomes blank, and nothing is left without it.
func partOf(data []byte, version string) []byte {
	head, rest, _ := bytes.Cut(data, []byte("\n"))
	fields := strings.Fields(string(head))
	if len(fields) != 3 || fields[0] != "pnpm-meta-v1" {
		return nil
	}
	before, index := length(fields[1]), length(fields[2])
	if before+index > len(rest) {
		return nil
	}
	list, err := doc.JSON("", rest[before:before+index])
	if err != nil {
		return nil
	}
	parts := len(data) - len(rest) + before + index // where they begin
	for entry := range list.Root().Get("versions").Items() {
		var text []string
		for v := range entry.Items() {
			text = append(text, v.Text())
		}
		if len(text) != 3 || text[0] != version {
			continue
		}
		start := parts + length(text[1])
		end := start + length(text[2])
		if end > len(data) {
			return nil
		}
		out := slices.Clone(data[:end])
		for i, c := range out[:start] {
			if c != '\n' {
				out[i] = ' '
			}
		}
		return out
	}
	return nil
}

// length is a number of bytes of a file; of what is none, more than any has.
func length(text string) int {
	n, err := strconv.ParseUint(text, 10, 31)
	if err != nil {
		return maxAnswer + 1
	}
	return int(n)
}
