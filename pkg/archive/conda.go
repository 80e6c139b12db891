package archive

import (
	"archive/tar"
	"io"
	"slices"
	"strings"
)

// conda reads a package of conda (docs.conda.io, "Conda packages", .conda file format): a zip of two packed tars, what it says of itself and
// what it installs, which both belong into one folder, as in the older form of one tar. It leaves any other zip as it is.
func (a *FS) conda(room *room) {
	isPart := func(n *node) bool {
		return n.open != nil && strings.HasSuffix(n.name, ".tar.zst") && (strings.HasPrefix(n.name, "info-") || strings.HasPrefix(n.name, "pkg-"))
	}
	if a.nodes["metadata.json"] == nil || len(a.top.children) != 3 {
		return
	}
	var parts []*node
	for _, n := range a.top.children {
		if isPart(n) {
			parts = append(parts, n)
		}
	}
	if len(parts) != 2 {
		return
	}
	a.top.children = slices.DeleteFunc(a.top.children, isPart)
	for _, n := range parts {
		delete(a.nodes, n.name)
		if err := a.unpack(n, room); err != nil {
			a.lose(n.name, err)
		}
	}
}

// unpack keeps the files of a tar that is a file of the archive.
func (a *FS) unpack(n *node, room *room) error {
	r, err := n.open()
	if err != nil {
		return err
	}
	defer r.Close()
	return walkTar(r, func(h *tar.Header, content io.Reader) error { return a.keep(h, content, room) })
}
