package archive

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/source"
)

// store is where the blobs of images lie: an image layout, or the archive that `docker save` writes.
type store struct{ files fs.FS }

// imageSpec is what is known of an image before its layers are read.
type imageSpec struct {
	name, tag string
	digest    source.Digest // of the manifest; "" for one of `docker save`
	platform  string
	labels    map[string]string
	commands  []string // that made the layers, "" where nobody says
	layers    []blob
	lost      []error
}

// blob is a layer as it is stored.
type blob struct {
	path   string        // in the store; "" if it is not there
	digest source.Digest // of the file, "" if nobody says
	diff   source.Digest // of what is packed in it, "" if nobody says
	why    error         // it is not there
}

// The documents of the OCI Image Format Specification 1.1, as far as they are used, and manifest.json of `docker save`.
type (
	descriptor struct {
		MediaType   string
		Digest      source.Digest
		Size        int64
		URLs        []string
		Annotations map[string]string
		Platform    *struct{ OS, Architecture, Variant string }
	}
	manifest struct {
		MediaType string
		Config    descriptor
		Layers    []descriptor
		Manifests []descriptor // of an index
	}
	imageConfig struct {
		OS, Architecture, Variant string
		Config                    struct{ Labels map[string]string }
		RootFS                    struct {
			DiffIDs []source.Digest `json:"diff_ids"`
		}
		History []struct {
			CreatedBy  string `json:"created_by"`
			EmptyLayer bool   `json:"empty_layer"`
		}
	}
	saved struct {
		Config   string
		RepoTags []string
		Layers   []string
	}
)

// The limits of what describes an image.
const (
	maxDocument  = 16 << 20 // bytes
	maxManifests = 1000     // of one index
	maxIndexes   = 4        // in one another
	maxLayers    = 200      // engines end at 127
)

// find chooses the image.
func (s *store) find(ref, platform string) (*imageSpec, error) {
	if _, err := fs.Stat(s.files, "manifest.json"); err == nil {
		return s.findSaved(ref, platform)
	}
	var index manifest
	if err := s.document("index.json", "", &index); err != nil {
		return nil, fmt.Errorf("no image layout, and nothing that `docker save` writes: %w", err)
	}
	chosen, err := chooseRef(index.Manifests, ref)
	if err != nil {
		return nil, err
	}
	spec := &imageSpec{}
	spec.name, spec.tag = nameOf(chosen.Annotations)
	var m manifest
	for depth := 0; ; depth++ {
		if err := s.blob(chosen.Digest, &m); err != nil {
			return nil, fmt.Errorf("the manifest %s: %w", chosen.Digest, err)
		}
		if len(m.Manifests) == 0 {
			break
		}
		if depth == maxIndexes {
			return nil, fmt.Errorf("%w: more than %d indexes in one another", ErrLimit, maxIndexes)
		}
		if chosen, err = choosePlatform(m.Manifests, platform); err != nil {
			return nil, err
		}
		m = manifest{}
	}
	spec.digest = chosen.Digest
	var config imageConfig
	if err := s.blob(m.Config.Digest, &config); err != nil {
		spec.lost = append(spec.lost, fmt.Errorf("its configuration %s: %w", m.Config.Digest, err))
	}
	if len(m.Layers) > maxLayers {
		return nil, fmt.Errorf("%w: more than %d layers", ErrLimit, maxLayers)
	}
	for _, d := range m.Layers {
		b := blob{digest: d.Digest}
		if b.path, b.why = blobPath(d.Digest); b.why == nil {
			if _, err := fs.Stat(s.files, b.path); err != nil {
				b.why = errors.New("it is not in the image")
				if len(d.URLs) > 0 || strings.Contains(d.MediaType, "foreign") || strings.Contains(d.MediaType, "nondistributable") {
					b.why = errors.New("it is not in the image: its license forbids to pass it on, and it is fetched from elsewhere")
				}
			}
		}
		spec.layers = append(spec.layers, b)
	}
	return spec, spec.describe(&config, platform)
}

// findSaved chooses among the images of manifest.json. What lies there is named by its digest, or as older engines named it.
func (s *store) findSaved(ref, platform string) (*imageSpec, error) {
	var all []saved
	if err := s.document("manifest.json", "", &all); err != nil {
		return nil, err
	}
	var found []saved
	var tags []string
	for _, i := range all {
		tags = append(tags, strings.Join(i.RepoTags, " "))
		if ref == "" || slices.ContainsFunc(i.RepoTags, func(tag string) bool { return tag == ref || strings.HasSuffix(tag, "/"+ref) }) {
			found = append(found, i)
		}
	}
	if len(found) != 1 {
		return nil, errWhich(ref, tags)
	}
	image := found[0]
	spec := &imageSpec{}
	if len(image.RepoTags) > 0 {
		spec.name, spec.tag = splitTag(image.RepoTags[0])
	}
	if ref != "" {
		for _, tag := range image.RepoTags {
			if tag == ref {
				spec.name, spec.tag = splitTag(tag)
			}
		}
	}
	var config imageConfig
	if err := s.document(path.Clean(image.Config), digestIn(image.Config), &config); err != nil {
		spec.lost = append(spec.lost, fmt.Errorf("its configuration %q: %w", image.Config, err))
	}
	if len(image.Layers) > maxLayers {
		return nil, fmt.Errorf("%w: more than %d layers", ErrLimit, maxLayers)
	}
	for _, file := range image.Layers {
		b := blob{path: path.Clean(file), digest: digestIn(file)}
		if _, err := fs.Stat(s.files, b.path); err != nil {
			b.why = errors.New("it is not in the image")
		}
		spec.layers = append(spec.layers, b)
	}
	return spec, spec.describe(&config, platform)
}

// describe takes from the configuration what it says of the image and its layers.
func (spec *imageSpec) describe(config *imageConfig, platform string) error {
	spec.platform = platformOf(config.OS, config.Architecture, config.Variant)
	spec.labels = config.Config.Labels
	spec.commands = config.commands(len(spec.layers))
	if platform != "" && spec.platform != "" && !isFor(spec.platform, platform) {
		return fmt.Errorf("the image is for %s and not for %s", spec.platform, platform)
	}
	if ids := config.RootFS.DiffIDs; len(ids) == len(spec.layers) {
		for i := range spec.layers {
			spec.layers[i].diff = ids[i]
		}
	} else if len(ids) > 0 {
		spec.lost = append(spec.lost, fmt.Errorf("it has %d layers, and its configuration speaks of %d", len(spec.layers), len(ids)))
	}
	return nil
}

// refName is the annotation that has the tag; others write the whole name into one of their own.
const refName, containerName = "org.opencontainers.image.ref.name", "io.containerd.image.name"

func nameOf(annotations map[string]string) (name, tag string) {
	if full := annotations[containerName]; full != "" {
		return splitTag(full)
	}
	if ref := annotations[refName]; strings.ContainsAny(ref, "/:") {
		return splitTag(ref)
	}
	return "", annotations[refName]
}

// splitTag cuts a tag off a name: a colon behind the last slash.
func splitTag(full string) (name, tag string) {
	full, _, _ = strings.Cut(full, "@")
	if i := strings.LastIndexByte(full, ':'); i > strings.LastIndexByte(full, '/') {
		return full[:i], full[i+1:]
	}
	return full, ""
}

// chooseRef chooses the image that is tagged so, or has that digest.
func chooseRef(all []descriptor, ref string) (descriptor, error) {
	var found []descriptor
	var names []string
	for _, d := range all[:min(len(all), maxManifests)] {
		name, tag := nameOf(d.Annotations)
		full := name
		if tag != "" {
			full = strings.TrimPrefix(name+":"+tag, ":")
		}
		names = append(names, full)
		if ref == "" || ref == full || ref == tag || ref == d.Annotations[refName] || ref == string(d.Digest) {
			found = append(found, d)
		}
	}
	if len(found) != 1 {
		return descriptor{}, errWhich(ref, names)
	}
	return found[0], nil
}

func errWhich(ref string, names []string) error {
	names = slices.DeleteFunc(slices.Clone(names), func(n string) bool { return n == "" })
	list := strings.Join(names, ", ")
	switch {
	case ref != "":
		return fmt.Errorf("no image is called %s here; there is %s", ref, list)
	case len(names) == 0:
		return errors.New("no image is here, or several without names")
	}
	return fmt.Errorf("several images are here: write one of them behind a colon: %s", list)
}

// usualPlatform is the one that is taken of an image for many, if it is there.
const usualPlatform = "linux/amd64"

// choosePlatform chooses among the images of an index, of which those for "unknown" are no images but attestations of them.
func choosePlatform(all []descriptor, platform string) (descriptor, error) {
	var names []string
	var found []descriptor
	for _, d := range all[:min(len(all), maxManifests)] {
		name := usualPlatform
		if d.Platform != nil {
			name = platformOf(d.Platform.OS, d.Platform.Architecture, d.Platform.Variant)
		}
		if strings.HasPrefix(name, "unknown/") {
			continue
		}
		names, found = append(names, name), append(found, d)
	}
	wanted := platform
	if wanted == "" {
		wanted = usualPlatform
	}
	for i, name := range names {
		if isFor(name, wanted) {
			return found[i], nil
		}
	}
	if platform == "" && len(found) == 1 {
		return found[0], nil
	}
	return descriptor{}, fmt.Errorf("the image is not there for %s; write --platform with one of %s", wanted, strings.Join(names, ", "))
}

func platformOf(os, architecture, variant string) string {
	if os == "" && architecture == "" {
		return ""
	}
	p := os + "/" + architecture
	if variant != "" {
		p += "/" + variant
	}
	return p
}

// isFor reports whether an image for one platform is one for another, which may leave open the variant.
func isFor(have, want string) bool { return have == want || strings.HasPrefix(have, want+"/") }

// blobPath is where an image layout keeps a blob.
func blobPath(d source.Digest) (string, error) {
	algorithm, hex256, _ := strings.Cut(string(d), ":")
	if raw, err := hex.DecodeString(hex256); algorithm != "sha256" || err != nil || len(raw) != sha256.Size {
		return "", fmt.Errorf("the digest %q is none of SHA-256", string(d))
	}
	return "blobs/sha256/" + hex256, nil
}

// digestIn is the digest that the name of a file is made of, "" if it is not.
func digestIn(file string) source.Digest {
	name := strings.TrimSuffix(path.Base(file), ".json")
	if raw, err := hex.DecodeString(name); err != nil || len(raw) != sha256.Size {
		return ""
	}
	return source.Digest("sha256:" + name)
}

func (s *store) blob(d source.Digest, into any) error {
	file, err := blobPath(d)
	if err != nil {
		return err
	}
	return s.document(file, d, into)
}

// document reads a JSON file, which must be what its digest says if it has one.
func (s *store) document(file string, d source.Digest, into any) error {
	f, err := s.files.Open(file)
	if err != nil {
		var pe *fs.PathError
		if errors.As(err, &pe) {
			err = pe.Err
		}
		return fmt.Errorf("%s: %w", file, err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxDocument+1))
	sum := sha256.Sum256(data)
	switch {
	case err != nil:
		return fmt.Errorf("%s: %w", file, err)
	case len(data) > maxDocument:
		return fmt.Errorf("%s: %w: more than %d MiB", file, ErrLimit, maxDocument>>20)
	case d != "" && string(d) != "sha256:"+hex.EncodeToString(sum[:]):
		return fmt.Errorf("%s: %w", file, errDigest)
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}
