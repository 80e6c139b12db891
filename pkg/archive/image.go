package archive

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"hash"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/licet/licet/pkg/source"
)

// Image is the file system that a container sees: the layers of an image, each a tar archive laid over those below it (OCI Image
// Format Specification 1.1, "Image Layer Filesystem Changeset").
//
// Images are too large to be held in memory, and a packed layer can be read from its beginning only. So they are read twice:
// [OpenImage] reads each layer once for what is in it, and whether it is what its digest says; the walk of the tree reads them
// once more, layer by layer, and hands out each file with its content. What somebody asks for later is found in what he said he
// would ask for (the tree's Hold), as much of that as is held, or is read from its layer again, which is slow, and so bounded: who is about to ask
// for many files lets them be foreseen ([Image.Foresee]). A large file is held packed anew (bale.go).
// Layers that are not packed are read where they lie.
//
// Nothing of an image is believed that a digest contradicts: a blob that is not what its name says is lost, as is a layer that
// is not there.
type Image struct {
	*FS
	Name     string // by which it was tagged, with its registry: "registry.example/acme/app"; "" if nobody says
	Tag      string // "" if nobody says
	Digest   source.Digest
	Platform string // "linux/amd64"
	Layers   []Layer
	Base     string // the image that it was made of, by its own label; "" if it has none

	spots  map[*node]spot
	gone   map[*node]bool  // taken away, but still among the children of their folders
	hidden map[string]bool // what the layer at hand has hidden of lower ones: a path, or all in a folder, with a slash behind it
	layer  []*layer
	held   held
	slow   slow
	wishes wishes
}

// spot is where an entry is: in the layer that brought it, by its number, and the content of a file at an offset of a layer, which
// for a hard link may be a lower one.
type spot struct {
	number int
	in     *layer
	at     int64
}

// Layer is one layer of an image, the lowest first.
type Layer struct {
	Diff source.Digest // of the tar archive, unpacked
	Size int64         // in bytes, as it is stored
	Lost bool          // it could not be read, or not to its end
	By   string        // what made it, in a few words; "" if nobody says
	// Whose says whether the image has it from the one that it was made of.
	Whose Whose
}

// baseLabels are where an image says what it was made of (OCI Image Format Specification 1.1, "Annotations").
var baseLabels = []string{"org.opencontainers.image.base.name", "org.opencontainers.image.base.digest"}

// ImageOptions says which image is wanted, and how to read it. Its zero value is for the only one there is.
type ImageOptions struct {
	// Ref is the tag or digest of the image where there are several.
	Ref string
	// Platform is that of an image for many, "os/architecture[/variant]"; "" is linux/amd64, or else the only one there is.
	Platform string
	// Parallel calls do for each 0 <= i < n, begun in this order, some at a time: so layers are read. nil is one after the other.
	Parallel func(n int, do func(i int))
	// Keep tells of small files, by their paths in a layer, that they will be asked for before the walk comes to them: their content is
	// kept when the layer is first read. nil is none.
	Keep func(path string) bool
	// Base are the layers of the image that this one was made of, see [Diffs]; nil if that is not at hand.
	Base []source.Digest
}

// Diffs gives the layers of an image, the lowest first, by the digests of what is packed in them: as its configuration has them, or, if it has
// none, by reading them.
func Diffs(files fs.FS, opt ImageOptions) ([]source.Digest, error) {
	s := store{files: files}
	spec, err := s.find(opt.Ref, opt.Platform)
	if err != nil {
		return nil, err
	}
	var out []source.Digest
	for _, l := range spec.layers {
		out = append(out, l.diff)
	}
	if !slices.Contains(out, "") {
		return out, nil
	}
	m, err := OpenImage(files, opt)
	if err != nil {
		return nil, err
	}
	for i, l := range m.Layers {
		if out[i] = l.Diff; l.Lost {
			return nil, errors.New("not all of its layers can be read")
		}
	}
	return out, nil
}

// OpenImage opens an image of an image layout (OCI Image Format Specification 1.1, "Image Layout"), or of what `docker save`
// writes. It fails if there is no such image; what of it cannot be read is lost, see [FS.Lost].
func OpenImage(files fs.FS, opt ImageOptions) (*Image, error) {
	s := store{files: files}
	spec, err := s.find(opt.Ref, opt.Platform)
	if err != nil {
		return nil, err
	}
	m := &Image{
		FS: newFS(), Name: spec.name, Tag: spec.tag, Digest: spec.digest, Platform: spec.platform, spots: map[*node]spot{}, gone: map[*node]bool{},
		held: newHeld(),
	}
	m.system = true
	for _, label := range baseLabels {
		if m.Base == "" {
			m.Base = spec.labels[label]
		}
	}
	for _, why := range spec.lost {
		m.lose("", why)
	}
	for i, blob := range spec.layers {
		l := &layer{store: &s, image: m, number: i, blob: blob}
		m.layer = append(m.layer, l)
		m.Layers = append(m.Layers, Layer{Size: l.size(), By: spec.commands[i]})
	}
	m.index(opt)
	var noted struct {
		RunImage struct{ TopLayer source.Digest }
	}
	if json.Unmarshal([]byte(spec.labels[buildpacks]), &noted) != nil {
		noted.RunImage.TopLayer = ""
	}
	if err := m.divide(opt.Base, noted.RunImage.TopLayer); err != nil {
		return nil, err
	}
	for _, n := range m.nodes {
		n.children = slices.DeleteFunc(n.children, func(c *node) bool { return m.gone[c] })
	}
	m.sort()
	return m, nil
}

// LayerOf gives the number of the layer that brought what is at a path, the lowest is 0; ok is false if nothing is there. A
// folder is of the layer that brought the first of the files in it: a later one may only have added to it, or changed its times.
func (m *Image) LayerOf(p string) (number int, ok bool) {
	n, err := m.lookup("open", p, true)
	if err != nil {
		return 0, false
	}
	at, ok := m.spots[n]
	lowest := -1
	for _, c := range n.children {
		if at, known := m.spots[c]; known && c.mode.IsRegular() && (lowest < 0 || at.number < lowest) {
			lowest = at.number
		}
	}
	if lowest >= 0 {
		return lowest, true
	}
	return at.number, ok
}

// whiteout begins the name of an entry that takes away what a lower layer has; opaque is that of one which takes away all that
// lower layers have in its folder (OCI Image Format Specification 1.1, "Whiteouts").
const (
	whiteout = ".wh."
	opaque   = ".wh..wh..opq"
)

// put lays an entry of a layer over what is there. A file takes the place of a folder with all in it, and the other way round;
// what lies below a link to a folder lies in that folder.
func (m *Image) put(at spot, name string, n node) {
	p, ok := pathOf(name)
	if p == "." || p == "" {
		return
	}
	if !ok {
		m.lose(name, errUnsafe)
		return
	}
	dir, base := m.real(path.Dir(p)), path.Base(p)
	if hidden, ok := strings.CutPrefix(base, whiteout); ok {
		m.hide(at.number, name, dir, base, hidden)
		return
	}
	p = path.Join(dir, base)
	for above := dir; above != "."; above = path.Dir(above) {
		if old := m.nodes[above]; old != nil && !old.mode.IsDir() {
			m.drop(above)
		}
	}
	if old := m.nodes[p]; old != nil && old.mode.IsDir() != n.mode.IsDir() {
		m.drop(p)
	}
	m.place(name, p, n, true)
	if n := m.nodes[p]; n != nil {
		m.spots[n] = at
	}
}

// pathOf gives the path of an entry: false for one that is absolute, climbs, or has no name. A backslash is a letter like any other
// here, and what is not UTF-8 is read as [latin1].
func pathOf(name string) (string, bool) {
	for strings.HasPrefix(name, "./") {
		name = name[2:]
	}
	name = strings.TrimSuffix(name, "/")
	if !utf8.ValidString(name) {
		name = latin1(name)
	}
	return name, name != "" && path.Clean("/"+name) == "/"+name
}

// real follows the links in a path to a folder, as far as it is there; one that leads to nothing or out stays.
func (m *Image) real(dir string) string {
	if n := m.nodes[dir]; n != nil && n.mode&fs.ModeSymlink == 0 || dir == "." {
		return dir // nearly always
	}
	at, rest := ".", strings.Split(dir, "/")
	for links := 0; len(rest) > 0; {
		next := path.Join(at, rest[0])
		rest = rest[1:]
		n := m.nodes[next]
		if n == nil || n.mode&fs.ModeSymlink == 0 {
			at = next
			continue
		}
		to := path.Join(at, n.target)
		if path.IsAbs(n.target) {
			to = path.Clean(n.target)[1:]
		}
		if links++; links > maxLinks || to == "" || to == "." || to == ".." || strings.HasPrefix(to, "../") {
			return dir
		}
		at, rest = ".", append(strings.Split(to, "/"), rest...)
	}
	return at
}

// hide takes away what a whiteout names. It hides what is in lower layers only, wherever it stands in its own.
func (m *Image) hide(number int, name, dir, base, hidden string) {
	if base == opaque {
		n := m.nodes[dir]
		if n == nil || m.hidden[dir+"/"] {
			return
		}
		m.hidden[dir+"/"] = true
		for _, c := range n.children {
			if !m.gone[c] {
				m.dropBelow(path.Join(dir, c.name), number)
			}
		}
		n.children = slices.DeleteFunc(n.children, func(c *node) bool { return m.gone[c] })
		return
	}
	if hidden == "" || hidden == "." || hidden == ".." {
		m.lose(name, errUnsafe)
		return
	}
	if p := path.Join(dir, hidden); !m.hidden[p] {
		m.hidden[p] = true
		m.dropBelow(p, number)
	}
}

// dropBelow drops an entry, and what is in it, but for what the layer brought itself.
func (m *Image) dropBelow(p string, number int) {
	n := m.nodes[p]
	if n == nil {
		return
	}
	left := false
	for _, c := range n.children {
		if !m.gone[c] {
			m.dropBelow(path.Join(p, c.name), number)
			left = left || !m.gone[c]
		}
	}
	if !left && m.spots[n].number < number {
		m.drop(p)
	}
}

// drop takes an entry out, with all in it.
func (m *Image) drop(p string) {
	n := m.nodes[p]
	for _, c := range n.children {
		if !m.gone[c] {
			m.drop(path.Join(p, c.name))
		}
	}
	delete(m.nodes, p)
	delete(m.spots, n)
	m.gone[n] = true
}

// digestOf is what a hash has summed.
func digestOf(sum hash.Hash) source.Digest {
	return source.Digest("sha256:" + hex.EncodeToString(sum.Sum(nil)))
}

var errDigest = errors.New("its content is not what its digest says")
