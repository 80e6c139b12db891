package main

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/archive"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/scan"
	"github.com/licet/licet/pkg/source"
)

// imageKinds are the words before the path of an image: the folder of an image layout, one in a tar, and what `docker save` writes.
var imageKinds = []string{"oci", "oci-archive", "docker-archive"}

// wantedImage is what flags say of an image.
type wantedImage struct {
	platform string // which of the images of one for many
	base     string // the image that it was made of, as it is given; "" if it is not at hand
}

// openStore opens PATH or PATH:REF, where REF says which of several images is meant.
func openStore(arg, kind, rest string) (store fs.FS, file, ref string, err error) {
	if file, ref, err = splitRef(rest); err != nil {
		return nil, "", "", fmt.Errorf("%s: %w", arg, err)
	}
	if kind == "oci" {
		root, err := os.OpenRoot(file)
		if err != nil {
			return nil, "", "", fmt.Errorf("%s: %w", arg, plain(err))
		}
		return root.FS(), file, ref, nil
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, "", "", fmt.Errorf("%s: %w", arg, plain(err))
	}
	info, err := f.Stat()
	if err != nil {
		return nil, "", "", fmt.Errorf("%s: %w", arg, plain(err))
	}
	if store, err = archive.Open(f, info.Size()); err != nil {
		return nil, "", "", fmt.Errorf("%s: %w", arg, err)
	}
	return store, file, ref, nil
}

// layersOf are the layers of the image that is named as another one's base.
func layersOf(arg, platform string) ([]source.Digest, error) {
	if arg == "" {
		return nil, nil
	}
	kind, rest, ok := strings.Cut(arg, ":")
	if !ok || !slices.Contains(imageKinds, kind) {
		return nil, fmt.Errorf("--base-image %s: an image is written oci:DIR or docker-archive:FILE", arg)
	}
	store, _, ref, err := openStore(arg, kind, rest)
	if err != nil {
		return nil, fmt.Errorf("--base-image %w", err)
	}
	diffs, err := archive.Diffs(store, archive.ImageOptions{Ref: ref, Platform: platform})
	if err != nil {
		return nil, fmt.Errorf("--base-image %s: %w", arg, err)
	}
	return diffs, nil
}

// openImage opens an image as a target.
func openImage(arg, kind, rest string, wanted wantedImage) (*target, error) {
	store, file, ref, err := openStore(arg, kind, rest)
	if err != nil {
		return nil, err
	}
	base, err := layersOf(wanted.base, wanted.platform)
	if err != nil {
		return nil, err
	}
	image, err := archive.OpenImage(store, archive.ImageOptions{Ref: ref, Platform: wanted.platform, Parallel: scan.Parallel, Keep: scan.Foretells, Base: base})
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
		note += ", made of " + source.Redact(image.Base) + " (so its label says)"
	}
	layers, base := layerInputs(image)
	switch {
	case base > 0:
		note += fmt.Sprintf(", whose first %s are of the image that it was made of", sbom.Plural(base, "layer"))
	case base < 0:
		note += "; which of them are of the image that it was made of nobody says (--base-image tells it)"
	}
	if lost > 0 {
		note += fmt.Sprintf("; of %s not all could be read", sbom.Plural(lost, "layer"))
	}
	return scan.Subject{Component: c, Note: note, Input: sbom.Input{Kind: "image", Name: c.Name, Digest: image.Digest, Note: note}, Parts: layers}
}

// layerInputs are the layers of an image as what a report depends on, and how many of them are of the image that it was made of, -1 if
// that is not known.
func layerInputs(image *archive.Image) (inputs []sbom.Input, base int) {
	for i, l := range image.Layers {
		var notes []string
		switch l.Whose {
		case archive.WhoseBase:
			base++
		case archive.WhoseUnknown:
			base = -1
		}
		for _, note := range []string{string(l.Whose), l.By} {
			if note != "" {
				notes = append(notes, note)
			}
		}
		inputs = append(inputs, sbom.Input{Kind: "layer", Name: fmt.Sprint(i + 1), Digest: l.Diff, Note: strings.Join(notes, ", ")})
	}
	return inputs, base
}
