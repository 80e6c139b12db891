package npm

import (
	"path"
	"slices"
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
//	metadata-full-v1.3/HOST/@scope/name.json   {"versions": {"1.0.0": {"license": "MIT", "dist": {"integrity": "sha512-…"}}}}
//
// (https://pnpm.io/settings, cacheDir; up to version 9 the folder is metadata, or metadata-v1.3.) What Yarn keeps of the same
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
		for _, top := range slices.Backward(listed(cache, ".")) { // the full ones before the others
			if strings.HasPrefix(top, "metadata") {
				for _, host := range listed(cache, top) {
					r.answers.folders = append(r.answers.folders, path.Join(top, host))
				}
			}
		}
	}
	for _, folder := range r.answers.folders {
		file := path.Join(folder, w.name+".json")
		data, err := ecosystem.ReadFile(cache, file, min(maxAnswer, r.answers.left))
		if err != nil {
			continue
		}
		r.answers.left -= int64(len(data))
		d, err := doc.JSON(source.JoinRoot(answersName, file), data)
		if err != nil {
			continue
		}
		m := d.Root().Get("versions").Get(w.version)
		has, _ := hashes(m.Get("dist").Get("integrity").Text())
		if m.Get("name").Text() == w.name && slices.ContainsFunc(has, func(h sbom.Hash) bool { return slices.Contains(w.hashes, h) }) {
			return m
		}
	}
	return doc.Node{}
}
