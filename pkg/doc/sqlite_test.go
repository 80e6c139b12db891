package doc_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/licet/licet/pkg/doc"
)

// databaseFiles are a database that SQLite wrote, in pages of 512 bytes, and the log of its last changes: rows were added and one
// was taken out.
func databaseFiles(t testing.TB) (data, log []byte) {
	t.Helper()
	for suffix, to := range map[string]*[]byte{"": &data, "-wal": &log} {
		read, err := os.ReadFile("../../testdata/ecosystem/freebsd/local.sqlite" + suffix)
		if err != nil {
			t.Fatal(err)
		}
		*to = read
	}
	return data, log
}

func names(t testing.TB, db *doc.SQLite) (out []string) {
	t.Helper()
	for row, err := range db.Rows("packages") {
		if err != nil {
			t.Error(err)
		}
		out = append(out, fmt.Sprint(row.Get("id").Number, " ", row.Get("name").Text(), " ", row.Get("licenselogic").Number))
	}
	return out
}

func TestSQLite(t *testing.T) {
	data, log := databaseFiles(t)
	old := []string{"1 libstar 1", "2 star 124"}
	for i := 3; i < 12; i++ {
		old = append(old, fmt.Sprintf("%d filler%d 1", i, i))
	}
	db, err := doc.NewSQLite(data, nil)
	if got := names(t, db); err != nil || !slices.Equal(got, old) {
		t.Errorf("%v %q", err, got)
	}
	now := append(slices.Clone(old[:10]), "200 late 38")
	db, err = doc.NewSQLite(data, log)
	if got := names(t, db); err != nil || !slices.Equal(got, now) {
		t.Errorf("with its log: %v %q", err, got)
	}
	for row := range db.Rows("packages") {
		if row.Get("name").Text() == "star" && len(row.Get("comment").Data) != 60*len("a long comment ") {
			t.Errorf("a row that goes on in other pages: %q", row.Get("comment").Data)
		}
	}
	if !db.Has("deps") || db.Has("none") {
		t.Error("the tables are not those of the database")
	}
	for _, err := range db.Rows("none") {
		if !errors.Is(err, doc.ErrNoDatabase) {
			t.Error(err)
		}
	}
}

// Of a log counts what was written whole. What is none leaves the database as it was.
func TestSQLiteLog(t *testing.T) {
	data, log := databaseFiles(t)
	for cut := range len(log) {
		db, err := doc.NewSQLite(data, log[:cut])
		if cut > 0 && cut < 32 {
			if !errors.Is(err, doc.ErrDatabaseLog) {
				t.Errorf("%d bytes: %v", cut, err)
			}
		} else if err != nil {
			t.Errorf("%d bytes: %v", cut, err)
		}
		if n := len(names(t, db)); n < 10 || n > 12 {
			t.Errorf("%d bytes: %d rows", cut, n)
		}
	}
	damaged := bytes.Clone(log)
	damaged[32+24+100] ^= 1 // in the first page
	if db, err := doc.NewSQLite(data, damaged); err != nil || len(names(t, db)) != 11 {
		t.Errorf("a page whose checksum is wrong was taken: %v", err)
	}
}

func FuzzSQLite(f *testing.F) {
	data, log := databaseFiles(f)
	f.Add(data, log)
	f.Fuzz(func(t *testing.T, data, log []byte) {
		db, _ := doc.NewSQLite(data, log)
		if db == nil {
			return
		}
		n := 0
		for range db.Rows("packages") {
			if n++; n > len(data)+len(log) {
				t.Fatal("more rows than bytes")
			}
		}
	})
}
