package freebsd

import (
	"errors"
	"io/fs"
	"maps"
	"slices"

	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// databaseFile is where pkg(8) keeps what is installed: a database of SQLite with the tables packages, licenses, pkg_licenses
// (which package has which) and deps.
const databaseFile = "var/db/pkg/local.sqlite"

// readDatabase adds the installed packages.
func readDatabase(m *ecosystem.Image, p *ecosystem.Project, file string) {
	at := source.Span{Path: file}
	data, ok := m.Read(p.FS, file, maxSize)
	if !ok {
		return
	}
	log, err := ecosystem.ReadFile(p.FS, file+"-wal", maxSize)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		m.Lost(source.Span{Path: file + "-wal"}, next, "the last changes of the database cannot be read")
	}
	db, err := doc.NewSQLite(data, log)
	if err != nil {
		m.Lost(at, next, "the database is damaged: %v", err)
	}
	if db == nil {
		return
	}
	r := &database{SQLite: db, Image: m, at: at}
	granted := r.licenses()
	ids := map[int64]sbom.ID{}
	for row := range r.rows("packages") {
		c := sbom.Component{
			Name: row.Get("name").Text(), Version: row.Get("version").Text(),
			Homepage: row.Get("www").Text(), Supplier: row.Get("maintainer").Text(),
		}
		if !ecosystem.Printable(c.Name) || !ecosystem.Printable(c.Version) {
			m.Lost(at, next, "an installed package without a name and a version")
			continue
		}
		c.PURL = ecosystem.PURL("freebsd", "", c.Name, c.Version)
		number := row.Get("id").Number
		logic := ""
		if row.Get("licenselogic").Number == '|' {
			logic = "or"
		}
		c.Claims = detect.Declaration(joined(granted[number], logic), at)
		ids[number] = m.Install(c, "", at)
	}
	for row := range r.rows("deps") {
		if from := ids[row.Get("package_id").Number]; from != "" {
			m.Need(from, sbom.Runtime, row.Get("version").Text(), at, row.Get("name").Text())
		}
	}
}

// database is the one of what is installed.
type database struct {
	*doc.SQLite
	*ecosystem.Image
	at source.Span
}

// rows are the rows of a table that can be read; for what cannot there is one gap.
func (d *database) rows(table string) func(yield func(doc.Row) bool) {
	return func(yield func(doc.Row) bool) {
		lost := false
		for row, err := range d.Rows(table) {
			if err != nil {
				if !lost {
					d.Lost(d.at, next, "the table %s is damaged: %v", table, err)
				}
				lost = true
				continue
			}
			if !yield(row) {
				return
			}
		}
	}
}

// licenses are the names of the licenses of each package.
func (d *database) licenses() map[int64][]string {
	names := map[int64]string{}
	for row := range d.rows("licenses") {
		names[row.Get("id").Number] = row.Get("license").Text()
	}
	table := "pkg_licenses"
	if !d.Has(table) {
		table = "pkg_licenses_assoc" // before pkg 1.2, in which the former was a view
	}
	out := map[int64][]string{}
	for row := range d.rows(table) {
		id := row.Get("package_id").Number
		out[id] = append(out[id], names[row.Get("license_id").Number])
	}
	for _, id := range slices.Collect(maps.Keys(out)) {
		slices.Sort(out[id])
	}
	return out
}
