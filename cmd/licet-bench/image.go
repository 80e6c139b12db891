package main

import (
	"archive/tar"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"

	"github.com/klauspost/compress/gzip"
)

// printImage measures the command on an image, one that is made or the one in k.in, against inflating its layers and reading
// what is in them once.
func printImage(out io.Writer, k task) error {
	in := k.in
	if in == "" {
		dir, err := os.MkdirTemp("", "licet-bench")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		in = filepath.Join(dir, "image")
		if err := writeImage(in, k.most); err != nil {
			return err
		}
		debug.FreeOSMemory() // what is resident here the kernel counts for the command as well
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	baseline := []string{self, "unpack", in}
	said, err := exec.Command(self, baseline[1:]...).Output()
	if err != nil {
		return fmt.Errorf("unpacking %s: %w", in, err)
	}
	var t tally
	if _, err := fmt.Sscanf(string(said), readLine, &t.files, &t.bytes); err != nil {
		return err
	}
	base, err := best(k.n, baseline)
	if err != nil {
		return err
	}
	cost, err := best(k.n, k.on("oci:"+in))
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s on an image\n", strings.Join(k.command, " "))
	printAgainst(out, "unpack", t, base, cost)
	return nil
}

// imageManifest is of an image layout what is needed to find its layers (OCI Image Format Specification 1.1).
type imageManifest struct {
	Manifests, Layers []struct{ Digest, MediaType string }
}

func printUnpack(out io.Writer, args []string) error {
	t, err := unpackAll(args[0])
	if err != nil {
		return err
	}
	fmt.Fprintf(out, readLine, t.files, t.bytes)
	return nil
}

// unpackAll is the baseline of an image: each layer of the first image of a layout is inflated once, and its files are read.
func unpackAll(dir string) (t tally, err error) {
	var index, image imageManifest
	blob := func(digest string) string {
		return filepath.Join(dir, "blobs", "sha256", strings.TrimPrefix(digest, "sha256:"))
	}
	if err := readJSON(filepath.Join(dir, "index.json"), &index); err != nil {
		return t, err
	}
	if len(index.Manifests) == 0 {
		return t, errors.New("an image layout without an image")
	}
	if err := readJSON(blob(index.Manifests[0].Digest), &image); err != nil {
		return t, err
	}
	for _, l := range image.Layers {
		if err := unpack(blob(l.Digest), &t); err != nil {
			return t, err
		}
	}
	return t, nil
}

func readJSON(file string, into any) error {
	data, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(data, into)
	}
	return err
}

func unpack(file string, t *tally) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return err
	}
	for r := tar.NewReader(z); ; {
		if _, err := r.Next(); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		n, err := io.Copy(io.Discard, r)
		if err != nil {
			return err
		}
		t.files, t.bytes = t.files+1, t.bytes+n
	}
}

// imageLayers are the layers of an image that is made, with the share of its bytes that each has, in hundredths.
var imageLayers = []struct {
	share int
	fill  func(p *packer, left int64)
}{
	{20, (*packer).system},
	{25, (*packer).python},
	{15, (*packer).java},
	{40, (*packer).programs},
}

// writeImage makes an image layout whose files are so many MB, in layers that are packed by gzip. The same size gives the same bytes.
func writeImage(dir string, size int) error {
	blobs := filepath.Join(dir, "blobs", "sha256")
	if err := os.MkdirAll(blobs, 0o777); err != nil {
		return err
	}
	type descriptor map[string]any
	put := func(kind string, v any) (descriptor, error) {
		data, err := json.Marshal(v)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(data)
		name := hex.EncodeToString(sum[:])
		d := descriptor{"mediaType": kind, "digest": "sha256:" + name, "size": len(data)}
		return d, os.WriteFile(filepath.Join(blobs, name), data, 0o666)
	}
	var layers []descriptor
	var diffs []string
	var history []map[string]string
	for i, l := range imageLayers {
		stored, diff, length, err := writeLayer(blobs, i, func(p *packer) { l.fill(p, int64(size)*1e6*int64(l.share)/100) })
		if err != nil {
			return err
		}
		diffs = append(diffs, "sha256:"+diff)
		history = append(history, map[string]string{"created_by": fmt.Sprintf("RUN make layer%d", i)})
		layers = append(layers, descriptor{"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "digest": "sha256:" + stored, "size": length})
	}
	config, err := put("application/vnd.oci.image.config.v1+json", map[string]any{
		"os": "linux", "architecture": "amd64", "history": history, "rootfs": map[string]any{"type": "layers", "diff_ids": diffs},
	})
	if err != nil {
		return err
	}
	const kind = "application/vnd.oci.image.manifest.v1+json"
	image, err := put(kind, map[string]any{"schemaVersion": 2, "mediaType": kind, "config": config, "layers": layers})
	if err != nil {
		return err
	}
	index, err := json.Marshal(map[string]any{"schemaVersion": 2, "manifests": []any{image}})
	return errors.Join(err,
		os.WriteFile(filepath.Join(dir, "index.json"), index, 0o666),
		os.WriteFile(filepath.Join(dir, "oci-layout"), []byte(`{"imageLayoutVersion":"1.0.0"}`), 0o666))
}

// writeLayer writes a layer under its digest, and gives that, the digest of what is packed in it, and its length.
func writeLayer(blobs string, seed int, fill func(*packer)) (stored, diff string, length int64, err error) {
	f, err := os.CreateTemp(blobs, "layer")
	if err != nil {
		return "", "", 0, err
	}
	defer os.Remove(f.Name())
	storedSum, diffSum := sha256.New(), sha256.New()
	z, err := gzip.NewWriterLevel(io.MultiWriter(f, storedSum), gzip.BestSpeed)
	if err != nil {
		return "", "", 0, err
	}
	p := newPacker(io.MultiWriter(z, diffSum), seed)
	fill(p)
	if err := errors.Join(p.err, p.tar.Close(), z.Close()); err != nil {
		return "", "", 0, err
	}
	info, err := f.Stat()
	if err = errors.Join(err, f.Close()); err != nil {
		return "", "", 0, err
	}
	stored, diff = hex.EncodeToString(storedSum.Sum(nil)), hex.EncodeToString(diffSum.Sum(nil))
	return stored, diff, info.Size(), os.Rename(f.Name(), filepath.Join(blobs, stored))
}
