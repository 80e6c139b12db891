package verify_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/pkg/verify"
)

// doc reads "root; purl [scope]; ..." as a document whose first component is the root and needs the others.
func doc(s string) *sbom.Document {
	var f sbom.Fragment
	for part := range strings.SplitSeq(s, "; ") {
		words := strings.Fields(part)
		c := sbom.Component{ID: sbom.ID(words[0]), Name: words[0], Origin: sbom.OriginManifest, Occurrences: []sbom.Occurrence{{Found: []source.Span{{Path: "list", Line: 1}}}}}
		if rest, ok := strings.CutPrefix(words[0], "pkg:"); ok {
			c.PURL, c.Name = words[0], rest[strings.IndexByte(rest, '/')+1:]
			c.Name, c.Version, _ = strings.Cut(c.Name, "@")
		} else {
			_, c.Version, _ = strings.Cut(c.Name, "@")
		}
		f.Components = append(f.Components, c)
		if len(f.Components) > 1 {
			scope := sbom.Runtime
			if len(words) > 1 {
				scope = sbom.Scope(words[1])
			}
			f.Relationships = append(f.Relationships, sbom.Relationship{From: f.Components[0].ID, To: c.ID, Scope: scope})
		}
	}
	d := sbom.Merge([]sbom.ID{f.Components[0].ID}, f)
	d.Resolve()
	return d
}

func TestCompare(t *testing.T) {
	for _, c := range []struct {
		name, built, inventory string
		want                   []string
		exit                   int
	}{
		{"the same", "file:.#x@; pkg:golang/app@v1; pkg:golang/a@v1", "pkg:golang/app; pkg:golang/a@v1?type=module",
			[]string{"same pkg:golang/a@v1", "same pkg:golang/app@v1"}, 0},
		{"not listed", "r; pkg:golang/a@v1; pkg:golang/b@v1", "r; pkg:golang/a@v1", []string{"same pkg:golang/a@v1", "unlisted pkg:golang/b@v1"}, 1},
		{"another version", "r; pkg:npm/%40x/a@2", "r; pkg:npm/%40x/a@1; pkg:npm/%40x/a@3", []string{"another-version pkg:npm/%40x/a@2 1,3"}, 1},
		{"absent, and what does not ship", "r; pkg:npm/a@1", "r; pkg:npm/a@1; pkg:npm/b@1; pkg:npm/t@1 test; pkg:npm/o@1 optional",
			[]string{"same pkg:npm/a@1", "absent pkg:npm/b@1"}, 0},
		{"it tells nothing", "r", "r; pkg:deb/debian/libc6@2", []string{"gap the artifact does not tell what it is made of"}, 3},
		{"it tells nothing of some", "r; pkg:golang/a@v1", "r; pkg:golang/a@v1; pkg:npm/b@1; pkg:npm/t@1 test",
			[]string{"same pkg:golang/a@v1", "gap the artifact tells nothing of type npm, of which the inventory ships 1 component"}, 3},
		{"no version", "pkg:golang/a", "r; pkg:golang/a@v1", []string{"gap the artifact does not tell the version of pkg:golang/a", "gap the artifact tells nothing of type golang"}, 3},
		{"only asked for", "r; pkg:pypi/a@1; pkg:pypi/b", "r; pkg:pypi/a@1", []string{"same pkg:pypi/a@1"}, 0},
		{"listed for tests only", "r; pkg:npm/a@1; pkg:npm/t@1; pkg:npm/d@2", "r; pkg:npm/a@1; pkg:npm/t@1 test; pkg:npm/d@2 development",
			[]string{"same pkg:npm/a@1", "not-shipped pkg:npm/d@2", "not-shipped pkg:npm/t@1"}, 1},
		{"listed for tests in this version", "r; pkg:npm/a@1", "r; pkg:npm/a@1 test; pkg:npm/a@2", []string{"not-shipped pkg:npm/a@1"}, 1},
		{"built with it on both sides", "r; pkg:cargo/a@1; pkg:cargo/b@1 build", "r; pkg:cargo/a@1; pkg:cargo/b@1 build", []string{"same pkg:cargo/a@1", "same pkg:cargo/b@1"}, 0},
		{"it names itself alone", "pkg:maven/g/app@1", "pkg:maven/g/app; pkg:maven/g/a@1",
			[]string{"same pkg:maven/g/app@1", "gap the artifact tells nothing of type maven, of which the inventory ships 1 component"}, 3},
		{"it names itself alone, and so does the inventory", "r; pkg:maven/g/app@1", "pkg:maven/g/app; pkg:maven/g/t@1 test", []string{"same pkg:maven/g/app@1"}, 0},
		{"no purl", "r; pkg:maven/g/a@1; file:lib#b@1", "r; pkg:maven/g/a@1", []string{"same pkg:maven/g/a@1", "gap 1 component of the artifact bear no name"}, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := verify.Compare(doc(c.built), doc(c.inventory), nil)
			var got []string
			for _, id := range r.Same {
				got = append(got, "same "+id)
			}
			for _, d := range r.Differences {
				got = append(got, strings.TrimSpace(fmt.Sprintf("%s %s %s", d.Kind, d.PURL, strings.Join(d.Others, ","))))
			}
			for _, g := range r.Gaps {
				got = append(got, "gap "+g.Why)
			}
			if !slices.EqualFunc(got, c.want, strings.HasPrefix) || r.Exit(false, false) != c.exit {
				t.Errorf("exit %d: %q, want %d: %q", r.Exit(false, false), got, c.exit, c.want)
			}
		})
	}
}

// TestGaps: what either side could not read counts, that a license is not at hand does not.
func TestGaps(t *testing.T) {
	built, inventory := doc("r; pkg:npm/a@1"), doc("r; pkg:npm/a@1")
	inventory.Gaps = []sbom.Gap{{Kind: sbom.Unavailable, Components: []sbom.ID{"pkg:npm/a@1"}, Material: true, Why: "no license"}}
	if r := verify.Compare(built, inventory, nil); r.Exit(false, false) != 0 || len(r.Gaps) > 0 {
		t.Errorf("%+v", r)
	}
	built.Gaps = []sbom.Gap{{Kind: sbom.Lost, Material: true, Why: "cut"}}
	r := verify.Compare(built, inventory, nil)
	if r.Exit(false, false) != 3 || r.Exit(true, false) != 0 || r.Gaps[0].Reader != "the artifact" {
		t.Errorf("%+v", r)
	}
}

// TestPrograms: of two programs the one that tells nothing is known, whatever the other tells. What is part of a package that is
// compared, or was installed by one, is that package's matter; what was built here is part of none.
func TestPrograms(t *testing.T) {
	files := fstest.MapFS{
		"var/lib/dpkg/info/libc6:amd64.list": {Data: []byte("/.\n/bin\n/bin/sh\n")},
		"var/lib/dpkg/status.d/base.md5sums": {Data: []byte("0123  usr/sbin/init\n")},
		"jail/lib/apk/db/installed":          {Data: []byte("P:busybox\nF:bin\nM:0:0:755\nR:busybox\n")},
		"site/x-1.dist-info/RECORD":          {Data: []byte("x/x.so,sha256=0,1\n\"../bin/x\",,\n")},
		"site/own-1.dist-info/RECORD":        {Data: []byte("own/own.so,,\n")},
	}
	for _, p := range []string{"bin/told", "bin/silent", "bin/runtime", "node_modules/a/a.node", "own/own.node", "usr/bin/sh", "sbin/init", "jail/bin/busybox", "jail/bin/sh", "site/x/x.so", "bin/x", "site/own/own.so"} {
		files[p] = &fstest.MapFile{Data: []byte("MZ")}
	}
	programs := verify.NewPrograms(func(_ string, _ fs.FileMode, head []byte) bool { return string(head) == "MZ" })
	reader := programs.Reader()
	for p, f := range files {
		if !reader.Match(p, 0, f.Data) {
			t.Errorf("%s is not met", p)
		}
		if f, err := reader.Read(context.Background(), &ecosystem.Project{FS: files, Files: []string{p}}); err != nil || len(f.Components)+len(f.Gaps) > 0 {
			t.Errorf("%s: %v %v", p, f, err)
		}
	}
	if reader.Match("doc/some.list", 0, nil) || reader.Match("db/installed", 0, nil) {
		t.Error("any file is taken for a list")
	}
	component := func(purl, dir, found string, origin sbom.Origin) sbom.Component {
		o := sbom.Occurrence{Dir: dir}
		if found != "" {
			o.Found = []source.Span{{Path: found}}
		}
		return sbom.Component{ID: sbom.ID(purl), PURL: purl, Origin: origin, Occurrences: []sbom.Occurrence{o}}
	}
	built := sbom.Merge(nil, sbom.Fragment{Components: []sbom.Component{
		component("pkg:golang/a@v1", "gomod:a@v1", "bin/told", sbom.OriginManifest),
		component("pkg:generic/glibc", "", "bin/runtime", sbom.OriginEmbedded),
		component("pkg:npm/a@1", "node_modules/a", "", sbom.OriginManifest),
		component("pkg:npm/own@1", "own", "", sbom.OriginManifest),
		component("pkg:pypi/x@1", "site/x-1.dist-info", "site/x-1.dist-info/METADATA", sbom.OriginManifest),
		component("pkg:pypi/own@1", "site/own-1.dist-info", "site/own-1.dist-info/METADATA", sbom.OriginManifest),
	}})
	built.Resolve()
	inventory := doc("pkg:npm/own; pkg:golang/a@v1; pkg:generic/glibc; pkg:npm/a@1; pkg:pypi/x@1; pkg:pypi/own")
	inventory.Component("pkg:pypi/own").FirstParty = true
	r := verify.Compare(built, inventory, programs)
	const want = "nothing is told of what is in 5 programs of the artifact, which no package brought; the first is bin/runtime"
	if n := len(r.Gaps) - 1; n < 0 || r.Gaps[n].Why != want || r.Exit(false, false) != 3 {
		t.Errorf("%+v, want %s", r.Gaps, want)
	}
}

// TestRuntimeAlone: that the compiler's own library is known to be in a program tells nothing of the rest.
func TestRuntimeAlone(t *testing.T) {
	for _, purl := range []string{"pkg:generic/musl", "pkg:pypi/pyinstaller"} {
		built, inventory := doc("r; "+purl), doc("r; "+purl+"; pkg:generic/zlib@1")
		built.Component(sbom.ID(purl)).Origin = sbom.OriginEmbedded
		built.Component(sbom.ID(purl)).Occurrences[0].Found[0].Line = 0
		if r := verify.Compare(built, inventory, nil); r.Exit(false, false) != 3 || !strings.HasPrefix(r.Gaps[0].Why, "the artifact does not tell what it is made of") {
			t.Errorf("%s: %+v", purl, r)
		}
	}
}

// TestMixedJava: a Java archive that was built here names itself, and what its classes are called tells whether others' are in it,
// however much other archives tell.
func TestMixedJava(t *testing.T) {
	pack := func(entries ...any) []byte {
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		for i := 0; i < len(entries); i += 2 {
			e, err := w.Create(entries[i].(string))
			if err != nil {
				t.Fatal(err)
			}
			data, _ := entries[i+1].([]byte)
			e.Write(data)
		}
		w.Close()
		return b.Bytes()
	}
	thin := pack("org/acme/app/A.class", nil, "META-INF/versions/9/org/acme/B.class", nil, "C.class", nil, "module-info.class", nil)
	fat := pack("org/acme/app/A.class", nil, "com/google/common/B.class", nil, "kotlin/C.class", nil)
	files := fstest.MapFS{
		"thin.jar":    {Data: thin},
		"fat.jar":     {Data: fat},
		"app.war":     {Data: pack("WEB-INF/classes/org/acme/A.class", nil, "WEB-INF/lib/core.jar", fat, "WEB-INF/lib/lib.jar", fat)},
		"damaged.jar": {Data: fat[:len(fat)/2]},
	}
	component := func(purl string, found ...string) sbom.Component {
		o := sbom.Occurrence{}
		for _, p := range found {
			o.Found = append(o.Found, source.Span{Path: p})
		}
		return sbom.Component{ID: sbom.ID(purl), PURL: purl, Origin: sbom.OriginVendored, Occurrences: []sbom.Occurrence{o}}
	}
	built := sbom.Merge(nil, sbom.Fragment{Components: []sbom.Component{
		component("pkg:maven/org.acme/app@1", "thin.jar!/META-INF/maven/org.acme/app/pom.properties", "fat.jar", "app.war", "damaged.jar"),
		component("pkg:maven/org.other/lib@1", "app.war!/WEB-INF/lib/lib.jar!/META-INF/MANIFEST.MF"),
	}})
	built.Resolve()
	inventory := doc("pkg:maven/org.acme/app; pkg:maven/org.other/lib@1")
	for names, want := range map[string]string{
		"thin.jar":         "",
		"thin.jar fat.jar": "fat.jar nothing is told of 2 packages in the archive whose classes it has, the first is com.google",
		"app.war":          "app.war!/WEB-INF/lib/core.jar nothing is told of 2 packages in the archive whose classes it has, the first is com.google",
		"damaged.jar":      "damaged.jar the archive is too large, too deep or damaged: whose classes are in it was not looked at",
	} {
		programs := verify.NewPrograms(func(string, fs.FileMode, []byte) bool { return false })
		for name := range strings.FieldsSeq(names) {
			if !programs.Reader().Match(name, 0, files[name].Data) {
				t.Errorf("%s is not met", name)
			}
			programs.Reader().Read(context.Background(), &ecosystem.Project{FS: files, Files: []string{name}})
		}
		var got []string
		r := verify.Compare(built, inventory, programs)
		for _, g := range r.Gaps {
			if g.Span.Path != "" { // that no root leads to them, they are told of in another
				got = append(got, g.Span.Path+" "+g.Why)
			}
		}
		if strings.Join(got, "; ") != want || (r.Exit(false, false) == 3) != (want != "") {
			t.Errorf("%s: exit %d, %q, want %q", names, r.Exit(false, false), got, want)
		}
	}
}
