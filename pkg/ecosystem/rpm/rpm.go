// Package rpm reads what is installed on a system of the RPM family, and packages as they are fetched.
//
// The database holds one header, a binary record of tags, for each package. It is kept in one of three ways: as a hash of
// Berkeley DB (Packages), in RPM's own format (Packages.db), or in a table of SQLite (rpmdb.sqlite). The readers of
// all three work over bytes (that of SQLite is in package doc): the libraries for them want a path of the host's file
// system, which an image in an archive does not have, and one of them, a whole database engine, would be the largest
// dependency of licet.
//
// What a package needs are names that others provide, files among them. Licenses are a tag of the header; their texts lie in
// usr/share/licenses/NAME.
//
// The formats are described at https://rpm-software-management.github.io/rpm/manual (Header), in RPM's source (ndb), and at
// https://sqlite.org/fileformat.html; that of Berkeley DB by its db_page.h.
package rpm

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"iter"
	"path"
	"strings"

	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

const (
	name    = "rpm"
	next    = "run `rpm --rebuilddb` on the system"
	maxSize = 512 << 20
)

// Ecosystem is the reader of installed RPM packages.
var Ecosystem = &ecosystem.Ecosystem{
	Name: name,
	Doc: `RPM packages that are installed: Packages, Packages.db, rpmdb.sqlite in var/lib/rpm or usr/lib/sysimage/rpm; *.rpm

Components are the installed packages of a root file system, with their licenses and the edges between them: requires is
runtime, recommends and suggests optional. The root is the system that etc/os-release names. Of a package as it is fetched the
header is read; what it needs is not followed.`,
	Match: func(p string, mode fs.FileMode, _ []byte) bool {
		_, ok := place(p)
		return (ok || isPackage(p)) && mode.IsRegular()
	},
	Group: func(paths []string) [][]string {
		return ecosystem.GroupBy(paths, func(p string) string {
			if isPackage(p) {
				return p
			}
			top, _ := place(p)
			return top
		})
	},
	Read: read,
}

// place is the root of the file system that a database lies in.
func place(p string) (top string, ok bool) {
	for _, dir := range []string{"var/lib/rpm", "usr/lib/sysimage/rpm", "usr/share/rpm"} {
		for _, file := range []string{"Packages", "Packages.db", "rpmdb.sqlite"} {
			if top, ok := ecosystem.Below(p, dir+"/"+file); ok {
				return top, true
			}
		}
	}
	return "", false
}

func read(ctx context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
	if isPackage(p.Files[0]) {
		return readPackage(ctx, p)
	}
	top, _ := place(p.Files[0])
	m := ecosystem.NewImage(name, p, top, source.Span{Path: p.Files[0]})
	for _, file := range p.Files {
		data, ok := m.Read(p.FS, file, maxSize)
		if !ok {
			continue
		}
		at := source.Span{Path: file}
		log, err := ecosystem.ReadFile(p.FS, file+"-wal", maxSize)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			m.Lost(source.Span{Path: file + "-wal"}, next, "the last changes of the database cannot be read")
		}
		var packages []header
		for blob, err := range headers(data, log) {
			if errors.Is(err, doc.ErrDatabaseLog) {
				m.Lost(source.Span{Path: file + "-wal"}, next, "%v", err)
				continue
			}
			if err != nil {
				m.Lost(at, next, "the database is damaged: %v", err)
				continue
			}
			if h, ok := parseHeader(blob); ok {
				packages = append(packages, h)
			}
			if ctx.Err() != nil {
				return m.Fragment, ctx.Err()
			}
		}
		if len(packages) == 0 && len(data) > 0 {
			m.Lost(at, next, "no installed packages were found in the database")
		}
		install(m, packages, at, m.Folders(path.Join(top, "usr/share/licenses")))
	}
	return m.Finish(), ctx.Err()
}

// headers yields the headers of a database of whichever kind.
func headers(data, log []byte) iter.Seq2[[]byte, error] {
	switch {
	case bytes.HasPrefix(data, []byte("SQLite format 3\x00")):
		return sqliteBlobs(data, log)
	case bytes.HasPrefix(data, []byte("RpmP")):
		return ndbBlobs(data)
	}
	return berkeleyValues(data)
}

// sqliteBlobs yields the headers in the table of SQLite, of which each row has one.
func sqliteBlobs(data, log []byte) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		db, err := doc.NewSQLite(data, log)
		if err != nil && (!yield(nil, err) || !errors.Is(err, doc.ErrDatabaseLog)) {
			return
		}
		for row, err := range db.Rows("Packages") {
			if err != nil && !yield(nil, err) {
				return
			}
			for _, v := range row.Values() {
				if v.Blob && !yield(v.Data, nil) {
					return
				}
			}
		}
	}
}

// install adds the packages. A file is provided by who has it; of all files only those that somebody needs are looked up.
// texts finds the folder of a package's licenses.
func install(m *ecosystem.Image, packages []header, at source.Span, texts func(name string) string) {
	files := map[string]bool{}
	for _, h := range packages {
		for _, need := range h.list(tagRequireName) {
			if strings.HasPrefix(need, "/") {
				files[need] = true
			}
		}
	}
	for _, h := range packages {
		c, epoch := h.component()
		if c.Name == "gpg-pubkey" { // keys are kept like packages
			continue
		}
		if !ecosystem.Printable(c.Name) || !ecosystem.Printable(c.Version) {
			m.Lost(at, next, "an installed package without a name and a version")
			continue
		}
		c.PURL = ecosystem.PURL("rpm", m.ID, c.Name, c.Version, "arch", h.text(tagArch), "distro", m.Distro(), "epoch", epoch)
		c.Claims = detect.Declaration(h.text(tagLicense), at)
		provides := h.list(tagProvideName)
		for file := range h.files(files) {
			provides = append(provides, file)
		}
		id := m.Install(c, texts(c.Name), at, provides...)
		for _, need := range h.list(tagRequireName) {
			if !strings.HasPrefix(need, "rpmlib(") { // what RPM itself can do
				m.Need(id, sbom.Runtime, need, at, need)
			}
		}
		for _, tag := range []uint32{tagRecommendName, tagSuggestName} {
			for _, need := range h.list(tag) {
				m.Need(id, sbom.Optional, need, at, need)
			}
		}
	}
}
