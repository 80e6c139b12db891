package dpkg_test

import (
	"context"
	"crypto/md5"
	"fmt"
	"testing"
	"testing/fstest"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/ecosystem/dpkg"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// What dpkg lists of a package is compared, but for configuration files and what was diverted.
func TestOriginal(t *testing.T) {
	sum := func(s string) string { return fmt.Sprintf("%x", md5.Sum([]byte(s))) }
	const info = "img/var/lib/dpkg/info/"
	usual := map[string]string{
		info + "libx:amd64.md5sums": sum("one") + "  usr/lib/one\n" + sum("two") + "  usr/lib/two\n" + sum("left out") + "  usr/share/doc/x\nno line\n" + sum("x") + "  ../../climbs\n",
		"img/usr/lib/one":           "one", "img/usr/lib/two": "two", "img/usr/lib/more": "of others",
	}
	for name, c := range map[string]struct {
		more map[string]string
		want string
	}{
		"as published":         {nil, "no []"},
		"a file changed":       {map[string]string{"img/usr/lib/two": "2"}, "yes [{img/usr/lib/two 0}]"},
		"configuration":        {map[string]string{"img/usr/lib/two": "2", info + "libx:amd64.conffiles": "/usr/lib/two\n"}, "no []"},
		"diverted":             {map[string]string{"img/usr/lib/two": "2", "img/var/lib/dpkg/diversions": "/usr/lib/two\n/usr/lib/two.distrib\nother\n"}, "no []"},
		"diverted by itself":   {map[string]string{"img/usr/lib/two": "2", "img/var/lib/dpkg/diversions": "/usr/lib/two\n/usr/lib/two.distrib\nlibx\n"}, "yes [{img/usr/lib/two 0}]"},
		"no list":              {map[string]string{info + "libx:amd64.md5sums": ""}, "none"},
		"a list without dpkg":  {map[string]string{info + "libx:amd64.md5sums": "", "img/var/lib/dpkg/status.d/libx.md5sums": sum("two") + "  usr/lib/two\n"}, "no []"},
		"a list of nothing":    {map[string]string{info + "libx:amd64.md5sums": "x"}, "unknown []"},
		"of another processor": {map[string]string{info + "libx:amd64.md5sums": "", info + "libx:arm64.md5sums": sum("x") + "  usr/lib/two\n"}, "none"},
	} {
		files := fstest.MapFS{}
		for _, set := range []map[string]string{usual, c.more} {
			for p, text := range set {
				files[p] = &fstest.MapFile{Data: []byte(text)}
			}
		}
		pkg := sbom.Component{Name: "libx", PURL: "pkg:deb/debian/libx@1.0?arch=amd64&distro=debian-12"}
		at := sbom.Occurrence{Dir: "img/usr/share/doc/libx", Found: []source.Span{{Path: "img/var/lib/dpkg/status", Line: 1}}}
		published, err := dpkg.Ecosystem.Original(context.Background(), &ecosystem.Project{FS: files}, &pkg, &at)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got := "none"
		if published != nil {
			r := published.Compare(context.Background(), files, nil)
			modified, known := r.Modified()
			got = fmt.Sprint(map[bool]string{true: "yes", false: map[bool]string{true: "no", false: "unknown"}[known]}[modified], " ", r.Changed)
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
