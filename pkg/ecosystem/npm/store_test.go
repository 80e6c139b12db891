package npm_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha1"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/licet/licet/pkg/archive"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
	"github.com/licet/licet/pkg/ecosystem/npm"
	"github.com/licet/licet/pkg/sbom"
)

const packed = `{"name": "@s/a_b", "version": "1.0.0", "license": "ISC"}`

// tarball is a package as a registry has it.
func tarball(manifest string) []byte {
	return ecotest.Tarball("package/test/package.json", "{}", "package/package.json", manifest, "package/LICENSE", "ISC")
}

func zipball(name, content string) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	f, _ := w.Create(name)
	io.WriteString(f, content)
	w.Close()
	return b.Bytes()
}

func sri(data []byte) (integrity, hexadecimal string) {
	sum := sha512.Sum512(data)
	return "sha512-" + base64.StdEncoding.EncodeToString(sum[:]), hex.EncodeToString(sum[:])
}

// file puts one file into a file system.
func file(name string, data []byte) fstest.MapFS {
	return fstest.MapFS{name: &fstest.MapFile{Data: data, Mode: 0o644}}
}

// What is wrong with one cache is told, and does not matter to a package that another one has.
func TestSecondCache(t *testing.T) {
	data := tarball(packed)
	integrity, sum := sri(data)
	short := sha1.Sum(data)
	lock := fmt.Sprintf("\"@s/a_b@1\":\n  version \"1.0.0\"\n  resolved \"https://registry.example/@s/a_b/-/a_b-1.0.0.tgz#%x\"\n  integrity %s\n", short, integrity)
	got, err := npm.Ecosystem.Read(context.Background(), &ecosystem.Project{
		FS: file("yarn.lock", []byte(lock)), Files: []string{"yarn.lock"}, Facts: &sbom.Facts{},
		Caches: map[string]fs.FS{
			"npm":  file("content-v2/sha512/"+sum[:2]+"/"+sum[2:4]+"/"+sum[4:], data[1:]),
			"yarn": file(fmt.Sprintf("npm-@s-a-b-1.0.0-%x-integrity/node_modules/@s/a_b/.yarn-tarball.tgz", short), data),
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(got.Gaps, func(g sbom.Gap) bool { return strings.HasPrefix(g.Span.Path, "npm:") })
	if i < 0 || len(got.Gaps[i].Components) > 0 {
		t.Errorf("gaps are %v", got.Gaps)
	}
	if !slices.ContainsFunc(got.Components, func(c sbom.Component) bool { return strings.HasPrefix(c.Occurrences[0].Dir, "yarn:") }) {
		t.Errorf("components are %v", got.Components)
	}
}

// A package that is not installed is found in the caches by its digest, and what has another one there is not believed.
func TestCaches(t *testing.T) {
	data := tarball(packed)
	integrity, sum := sri(data)
	short := sha1.Sum(data)
	manifestIntegrity, manifestSum := sri([]byte(packed))
	zipped := zipball("node_modules/@s/a_b/package.json", packed)
	_, zippedSum := sri(zipped)

	npmLock := fmt.Sprintf(`{"lockfileVersion": 3, "packages": {"": {"dependencies": {"@s/a_b": "1"}}, "node_modules/@s/a_b": {"version": "1.0.0", "integrity": %q}}}`, integrity)
	yarnLock := fmt.Sprintf("\"@s/a_b@1\":\n  version \"1.0.0\"\n  resolved \"https://registry.example/@s/a_b/-/a_b-1.0.0.tgz#%x\"\n  integrity %s\n", short, integrity)
	berryLock := fmt.Sprintf("__metadata:\n  version: 8\n\n\"@s/a_b@npm:1\":\n  version: 1.0.0\n  resolution: \"@s/a_b@npm:1.0.0\"\n  checksum: 10c0/%s\n", zippedSum)
	forSome := "__metadata:\n  version: 8\n  cacheKey: 10c0\n\n\"@s/a_b@npm:1\":\n  version: 1.0.0\n  resolution: \"@s/a_b@npm:1.0.0\"\n  conditions: os=linux\n"
	pnpmLock := fmt.Sprintf("lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      '@s/a_b': {specifier: '1', version: 1.0.0}\npackages:\n  '@s/a_b@1.0.0':\n    resolution: {integrity: %s}\nsnapshots:\n  '@s/a_b@1.0.0': {}\n", integrity)
	index := []byte(fmt.Sprintf(`{"name": "@s/a_b", "version": "1.0.0", "files": {"package.json": {"integrity": %q, "mode": 420, "size": %d}}}`, manifestIntegrity, len(packed)))

	inNPM := "content-v2/sha512/" + sum[:2] + "/" + sum[2:4] + "/" + sum[4:]
	inYarn := fmt.Sprintf("npm-@s-a-b-1.0.0-%x-integrity/node_modules/@s/a_b/.yarn-tarball.tgz", short)
	const inBerry = "@s-a_b-npm-1.0.0-c03f98ae0b-10c0.zip"
	inPNPM := "v10/index/" + sum[:2] + "/" + sum[2:64] + "-@s+a_b@1.0.0"
	inOldPNPM := "v3/files/" + sum[:2] + "/" + sum[2:] + "-index"
	content := manifestSum[:2] + "/" + manifestSum[2:]
	store := func(index0, files string, content0 []byte) fs.FS {
		return archive.NewStore(fstest.MapFS{index0 + ".json": {Data: index}, files + content: {Data: content0}})
	}

	for _, c := range []struct {
		name, lock, text, cache string
		files                   fs.FS
		dir, gap                string // what is wanted: one of both
	}{
		{"npm", "package-lock.json", npmLock, "npm", file(inNPM, data), "npm:" + inNPM + "!/package", ""},
		{"npm, for pnpm", "pnpm-lock.yaml", pnpmLock, "npm", file(inNPM, data), "npm:" + inNPM + "!/package", ""},
		{"npm, another package under its name", "package-lock.json", npmLock, "npm", file(inNPM, tarball(packed+" ")), "", "is not the package that the lockfile names"},
		{"npm, a damaged archive", "package-lock.json", npmLock, "npm", file(inNPM, data[:len(data)/2]), "", "is not the package that the lockfile names"},
		{"npm, a folder", "package-lock.json", npmLock, "npm", file(inNPM+"/x", data), "", "not a regular file"},
		{"pnpm", "pnpm-lock.yaml", pnpmLock, "pnpm", store(inPNPM, "v10/files/", []byte(packed)), "pnpm:" + inPNPM, ""},
		{"pnpm of old", "pnpm-lock.yaml", pnpmLock, "pnpm", store(inOldPNPM, "v3/files/", []byte(packed)), "pnpm:" + inOldPNPM, ""},
		{"pnpm, a changed file", "pnpm-lock.yaml", pnpmLock, "pnpm", store(inPNPM, "v10/files/", []byte(strings.Replace(packed, "ISC", "MIT", 1))), "", "is not the package"},
		{"pnpm, a file that is gone", "pnpm-lock.yaml", pnpmLock, "pnpm", store(inPNPM, "v10/files/x", nil), "", "cannot be read"},
		{"pnpm, a broken index", "pnpm-lock.yaml", pnpmLock, "pnpm", archive.NewStore(file(inPNPM+".json", []byte("{"))), "", "is no index"},
		{"pnpm since 11, no database", "pnpm-lock.yaml", pnpmLock, "pnpm", archive.NewStore(file("v11/index.db", []byte("SQLite"))), "", "is no database"},
		{"yarn", "yarn.lock", yarnLock, "yarn", file(inYarn, data), "yarn:" + inYarn + "!/package", ""},
		{"yarn, another package", "yarn.lock", yarnLock, "yarn", file(inYarn, tarball("{}")), "", "is not the package"},
		{"berry", "yarn.lock", berryLock, "berry", file(inBerry, zipped), "berry:" + inBerry + "!/node_modules/@s/a_b", ""},
		{"berry, another package", "yarn.lock", berryLock, "berry", file(inBerry, zipball("node_modules/@s/a_b/package.json", packed+" ")), "", "is not the package"},
		{"berry, for some platforms", "yarn.lock", forSome, "berry", file(inBerry, zipped), "berry:" + inBerry + "!/node_modules/@s/a_b", ""},
		{"berry, for some platforms, another package", "yarn.lock", forSome, "berry", file(inBerry, zipball("node_modules/@s/a_b/package.json", strings.Replace(packed, "1.0.0", "2.0.0", 1))), "", "the cache has"},
		{"none", "yarn.lock", yarnLock, "npm", fstest.MapFS{}, "", "the files of 1 of 1 packages are not on this machine"},
	} {
		t.Run(c.name, func(t *testing.T) {
			target := fstest.MapFS{"package.json": {Data: []byte(`{"name": "app", "dependencies": {"@s/a_b": "1"}}`)}, c.lock: {Data: []byte(c.text)}}
			p := &ecosystem.Project{FS: target, Files: []string{"package.json", c.lock}, Caches: map[string]fs.FS{c.cache: c.files}, Facts: &sbom.Facts{}}
			slices.Sort(p.Files)
			got, err := npm.Ecosystem.Read(context.Background(), p)
			if err != nil {
				t.Fatal(err)
			}
			i := slices.IndexFunc(got.Components, func(c sbom.Component) bool { return c.Name == "@s/a_b" })
			if i < 0 {
				t.Fatal("no component")
			}
			found := got.Components[i]
			if dir := found.Occurrences[0].Dir; dir != c.dir {
				t.Errorf("it lies in %q, want %q", dir, c.dir)
			}
			if stated := len(found.Claims) == 1 && found.Claims[0].Raw == "ISC"; stated != (c.dir != "") {
				t.Errorf("declared is %v", found.Claims)
			}
			if told := slices.ContainsFunc(got.Gaps, func(g sbom.Gap) bool { return strings.Contains(g.Why, c.gap) }); c.gap != "" && !told || c.gap == "" && len(got.Gaps) > 0 {
				t.Errorf("gaps are %v", got.Gaps)
			}
		})
	}
}
