package apk_test

import (
	"context"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/ecosystem/apk"
	"github.com/licet/licet/pkg/original"
	"github.com/licet/licet/pkg/sbom"
)

// What the database lists of a package is compared, and nothing that it lists of the next one.
func TestOriginal(t *testing.T) {
	sum := func(s string) string {
		is := sha1.Sum([]byte(s))
		return "Z:Q1" + base64.StdEncoding.EncodeToString(is[:]) + "\n"
	}
	database := "C:Q1x\nP:a\nV:1\nF:bin\nR:a\na:0:0:755\n" + sum("a") + "R:link\n" + sum("a") + "F:etc\nR:a.conf\n" + sum("conf") + "F:../..\nR:climbs\n" + sum("x") +
		"\nC:Q1x\nP:b\nV:1\nF:bin\nR:b\n" + sum("b") + "\n"
	for name, c := range map[string]struct{ pkg, bin, want string }{
		"as published":           {"a", "a", "false true []"},
		"changed":                {"a", "A", "true true [{bin/a 0}]"},
		"another as published":   {"b", "A", "false true []"},
		"nothing is in the list": {"c", "a", "false false []"},
	} {
		files := fstest.MapFS{
			"lib/apk/db/installed": {Data: []byte(database + "P:c\nV:1\n")}, "bin/a": {Data: []byte(c.bin)}, "bin/b": {Data: []byte("b")},
			"bin/link": {Data: []byte("b"), Mode: fs.ModeSymlink}, "etc/a.conf": {Data: []byte("mine")},
			"etc/os-release": {Data: []byte("ID=alpine\n")},
		}
		p := &ecosystem.Project{FS: files, Files: []string{"lib/apk/db/installed"}, Facts: &sbom.Facts{}}
		found, err := apk.Ecosystem.Read(context.Background(), p)
		if err != nil {
			t.Fatal(err)
		}
		for i := range found.Components {
			pkg := &found.Components[i]
			if !strings.HasPrefix(pkg.PURL, "pkg:apk/") || pkg.Name != c.pkg {
				continue
			}
			published, err := apk.Ecosystem.Original(context.Background(), p, pkg, &pkg.Occurrences[0])
			if err != nil {
				t.Fatal(err)
			}
			if published == nil {
				published = &original.Published{}
			}
			r := published.Compare(context.Background(), files, nil)
			modified, known := r.Modified()
			if got := fmt.Sprint(modified, known, r.Changed); got != c.want {
				t.Errorf("%s: %s, want %s", name, got, c.want)
			}
		}
	}
}
