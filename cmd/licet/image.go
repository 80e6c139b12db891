package main

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"

	"github.com/licet/licet/pkg/archive"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/scan"
)

// imageKinds are the words before the path of an image: the folder of an image layout, one in a tar, and what `docker save` writes.
var imageKinds = []string{"oci", "oci-archive", "docker-archive"}

// openImage opens PATH or PATH:REF, where REF says which of several images is meant.
func openImage(arg, kind, rest, platform string) (*target, error) {
	file, ref, err := splitRef(rest)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", arg, err)
	}
	var store fs.FS
	if kind == "oci" {
		root, err := os.OpenRoot(file)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", arg, plain(err))
		}
		store = root.FS()
	} else {
		f, err := os.Open(file)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", arg, plain(err))
		}
		info, err := f.Stat()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", arg, plain(err))
		}
		if store, err = archive.Open(f, info.Size()); err != nil {
			return nil, fmt.Errorf("%s: %w", arg, err)
		}
	}
	image, err := archive.OpenImage(store, archive.ImageOptions{Ref: ref, Platform: platform, Parallel: scan.Parallel, Keep: scan.Foretells})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", arg, err)
	}
	tree := image.Tree()
	return &target{arg: file, files: image, tree: tree, alone: true, subject: subjectOf(image, ref)}, nil
}

// splitRef cuts the reference off a path: what stands behind the first colon up to which the path is there.
func splitRef(rest string) (file, ref string, err error) {
	_, err = os.Stat(rest)
	for i := len(rest); err != nil; {
		if i = strings.LastIndexByte(rest[:i], ':'); i <= 0 {
			return "", "", fmt.Errorf("there is no such file or folder")
		}
		file, ref = rest[:i], rest[i+1:]
		if _, err = os.Stat(file); err == nil {
			return file, ref, nil
		}
	}
	return rest, "", nil
}

// subjectOf is what an image says of itself. Its purl has the digest of its manifest, which `docker save` leaves out (package-url,
// types/oci).
func subjectOf(image *archive.Image, ref string) scan.Subject {
	c := sbom.Component{Name: image.Name, Version: image.Tag, Type: sbom.TypeContainer, Origin: sbom.OriginUnknown}
	if c.Name == "" {
		c.Name = "image"
	}
	if image.Name != "" && image.Digest != "" {
		c.PURL = ecosystem.PURL("oci", "", strings.ToLower(path.Base(image.Name)), string(image.Digest))
		c.ID = sbom.ID(c.PURL)
	} else {
		c.ID = ecosystem.FolderID(".", c)
	}
	lost := 0
	for _, l := range image.Layers {
		if l.Lost {
			lost++
		}
	}
	note := fmt.Sprintf("an image of %s", sbom.Plural(len(image.Layers), "layer"))
	if image.Platform != "" {
		note += " for " + image.Platform
	}
	if image.Base != "" {
		note += ", made of " + image.Base + " (so its label says)"
	}
	if lost > 0 {
		note += fmt.Sprintf("; of %s not all could be read", sbom.Plural(lost, "layer"))
	}
	return scan.Subject{Component: c, Note: note, Input: sbom.Input{Kind: "image", Name: c.Name, Digest: image.Digest, Note: note}}
}
