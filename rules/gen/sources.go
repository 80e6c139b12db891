package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
)

// The SPDX list as of version 3.28.0. spdx-license-ids is newer by a few ids, which have no name and no
// text yet. The details (FSF flag, deprecation, standard header) are those of list 3.27.0.
const (
	listVersion    = "3.28.0"
	detailsVersion = "3.27.0"

	detailsModule  = "sigs.k8s.io/bom@v0.7.1"
	detailsArchive = "pkg/license/data/license-list-v3.27.0.zip"
	detailsSHA256  = "133c3c47adee155b893f433b033dffe158593d0d2be15c23131ad7ee9be237e2"
)

// npmPackage is a package of the npm registry, pinned as a lockfile pins it.
type npmPackage struct{ name, integrity string }

var (
	licenseList = npmPackage{"spdx-license-list@6.12.0",
		"sha512-+nUYqm3aZMSHbjsthK+i/HHI2okTElCvqwUd4k8QcSk+FTGgjq+fsdFj2wZOaX6XmR2JdWhf/NeflNnvKOjcnQ=="}
	licenseIDs = npmPackage{"spdx-license-ids@3.0.24",
		"sha512-cLS9TtWkIQFyLkJ3/5aFQAOHOSKTlOs/7WDut/XPSdjom1fJhUdkepeJAKXa9Y05+FabHd0sti+Et559vDtkpQ=="}
	exceptionIDs = npmPackage{"spdx-exceptions@2.5.0",
		"sha512-PiU42r+xO4UbUS1buo3LPJkjlO7430Xn5SVAhdpzzsPHsjbYVflnnFdATgabnLude+Cqu25p6N+g2lw/PFsa4w=="}
)

// sources is what the packages say, as they say it.
type sources struct {
	versions   []string // lines for sums.txt
	list       map[string]listed
	ids        []string // current and deprecated
	deprecated []string
	exceptions []string
	details    map[string]details
}

// listed is an entry of spdx-license-list.
type listed struct {
	Name        string `json:"name"`
	URL         string `json:"url"`
	OSIApproved bool   `json:"osiApproved"`
	Text        string `json:"licenseText"`
}

// details is a file of license-list-data's json/details.
type details struct {
	ID             string `json:"licenseId"`
	FSFLibre       bool   `json:"isFsfLibre"`
	Deprecated     bool   `json:"isDeprecatedLicenseId"`
	Header         string `json:"standardLicenseHeader"`
	HeaderTemplate string `json:"standardLicenseHeaderTemplate"`
	Template       string `json:"standardLicenseTemplate"`
}

func fetch() (*sources, error) {
	dir, err := os.MkdirTemp("", "licet-gen-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)

	src := &sources{versions: []string{
		"list\t" + listVersion,
		"details\t" + detailsVersion,
		"source\tnpm " + licenseList.name + "\t" + licenseList.integrity,
		"source\tnpm " + licenseIDs.name + "\t" + licenseIDs.integrity,
		"source\tnpm " + exceptionIDs.name + "\t" + exceptionIDs.integrity,
		"source\tgo " + detailsModule + "\tsha256:" + detailsSHA256,
	}}
	var current, oldExceptions []string
	err = errors.Join(
		licenseList.read(dir, map[string]any{"spdx-full.json": &src.list}),
		licenseIDs.read(dir, map[string]any{"index.json": &current, "deprecated.json": &src.deprecated}),
		exceptionIDs.read(dir, map[string]any{"index.json": &src.exceptions, "deprecated.json": &oldExceptions}),
	)
	if err != nil {
		return nil, err
	}
	src.ids = append(current, src.deprecated...)
	src.exceptions = append(src.exceptions, oldExceptions...)
	src.details, err = readDetails()
	return src, err
}

// read fetches the package into dir, checks its digest and decodes the JSON files that want names.
func (p npmPackage) read(dir string, want map[string]any) error {
	var packed []struct {
		Filename string `json:"filename"`
	}
	if err := runJSON(&packed, "npm", "pack", "--json", "--pack-destination", dir, p.name); err != nil {
		return err
	}
	if len(packed) != 1 {
		return fmt.Errorf("npm pack %s: want one file, have %d", p.name, len(packed))
	}
	data, err := os.ReadFile(filepath.Join(dir, filepath.Base(packed[0].Filename)))
	if err != nil {
		return err
	}
	sum := sha512.Sum512(data)
	if got := "sha512-" + base64.StdEncoding.EncodeToString(sum[:]); got != p.integrity {
		return fmt.Errorf("%s: integrity is %s, want %s", p.name, got, p.integrity)
	}
	files, err := untar(data)
	if err != nil {
		return fmt.Errorf("%s: %w", p.name, err)
	}
	for name, to := range want {
		if err := json.Unmarshal(files["package/"+name], to); err != nil {
			return fmt.Errorf("%s: %s: %w", p.name, name, err)
		}
	}
	return nil
}

func untar(data []byte) (map[string][]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for t := tar.NewReader(z); ; {
		h, err := t.Next()
		if err == io.EOF {
			return files, nil
		}
		if err != nil {
			return nil, err
		}
		if files[h.Name], err = io.ReadAll(t); err != nil {
			return nil, err
		}
	}
}

func readDetails() (map[string]details, error) {
	var module struct{ Dir string }
	if err := runJSON(&module, "go", "mod", "download", "-json", detailsModule); err != nil {
		return nil, err
	}
	data, err := os.ReadFile(filepath.Join(module.Dir, filepath.FromSlash(detailsArchive)))
	if err != nil {
		return nil, err
	}
	if got := fmt.Sprintf("%x", sha256.Sum256(data)); got != detailsSHA256 {
		return nil, fmt.Errorf("%s: SHA-256 of %s is %s, want %s", detailsModule, detailsArchive, got, detailsSHA256)
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	all := map[string]details{}
	for _, f := range z.File {
		if path.Base(path.Dir(f.Name)) != "details" || path.Ext(f.Name) != ".json" {
			continue
		}
		d, err := readDetail(f)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		all[d.ID] = d
	}
	return all, nil
}

func readDetail(f *zip.File) (d details, err error) {
	r, err := f.Open()
	if err != nil {
		return d, err
	}
	defer r.Close()
	return d, json.NewDecoder(r).Decode(&d)
}

// runJSON runs a command and decodes what it prints.
func runJSON(to any, name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("%s %v: %w", name, args, err)
	}
	return json.Unmarshal(out, to)
}
