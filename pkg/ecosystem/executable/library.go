package executable

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
)

// A runtime that a program loads when it starts is shipped with it or is there already. Where the library lies in a tree, it is
// shipped; where a package manager put it there, that says so better.

// databases are where package managers of systems keep what they installed, by their paths from the top, and conda from the top of an environment.
var databases = []string{"var/lib/dpkg/status", "var/lib/dpkg/status.d", "lib/apk/db/installed", "usr/lib/apk/db/installed", "var/lib/rpm",
	"usr/lib/sysimage/rpm", "var/lib/pacman", "conda-meta"}

// addLibrary adds the runtime that the file is.
func (r *reader) addLibrary(img *image, runtime, license string) {
	if r.isInstalled() {
		return
	}
	version := ""
	switch runtime {
	case "glibc":
		version = img.glibcVersion()
	case "msvc":
		version = img.resourceVersion()
	}
	r.Add(sbom.Component{
		Name: runtime, Version: version, PURL: ecosystem.PURL("generic", "", runtime, version),
		Type: sbom.TypeFramework, Origin: sbom.OriginVendored, Claims: r.known(runtime, license),
	}, "", r.at())
}

// isInstalled reports whether a package manager's database lies in a folder above.
func (r *reader) isInstalled() bool {
	for dir := path.Dir(r.file); ; dir = path.Dir(dir) {
		for _, db := range databases {
			if _, err := fs.Stat(r.FS, path.Join(dir, db)); err == nil {
				return true
			}
		}
		if dir == "." || dir == "/" {
			return false
		}
	}
}

// glibcVersion is the version in what the library prints when it is run: "... stable release version 2.36." (csu/version.c).
func (img *image) glibcVersion() string {
	data, err := img.content(".rodata")
	if err != nil {
		return ""
	}
	_, rest, _ := bytes.Cut(data, []byte(" release version "))
	n := 0
	for n < len(rest) && n < 20 && (rest[n] == '.' || rest[n] >= '0' && rest[n] <= '9') {
		n++
	}
	return strings.TrimSuffix(string(rest[:n]), ".")
}

// resourceVersion is the version of the file in the resources of a PE file: four numbers of 16 bits behind a signature
// (VS_FIXEDFILEINFO).
func (img *image) resourceVersion() string {
	data, err := img.content(".rsrc")
	i := bytes.Index(data, []byte{0xbd, 0x04, 0xef, 0xfe})
	if err != nil || i < 0 || len(data) < i+16 {
		return ""
	}
	high, low := binary.LittleEndian.Uint32(data[i+8:]), binary.LittleEndian.Uint32(data[i+12:])
	return fmt.Sprintf("%d.%d.%d.%d", high>>16, high&0xffff, low>>16, low&0xffff)
}
