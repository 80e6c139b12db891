package registry_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/licet/licet/pkg/ecosystem/all"
	"github.com/licet/licet/pkg/known"
	"github.com/licet/licet/pkg/registry"
	"github.com/licet/licet/pkg/sbom"
)

// standIn is a registry of fixed answers, by path. HOST in a text is its own address.
type standIn struct {
	*httptest.Server
	files map[string]string
	kinds map[string]string // Content-Type
	mu    sync.Mutex
	seen  []string // requests, in order
}

func serve(t *testing.T, files map[string]string) *standIn {
	s := &standIn{files: files, kinds: map[string]string{}}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.seen = append(s.seen, r.URL.Path)
		s.mu.Unlock()
		text, ok := s.files[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		if kind := s.kinds[r.URL.Path]; kind != "" {
			w.Header().Set("Content-Type", kind)
		}
		io.WriteString(w, strings.ReplaceAll(text, "HOST", s.URL))
	}))
	t.Cleanup(s.Close)
	return s
}

// zipped is a zip of names and contents in turn.
func zipped(files ...string) string {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		w, _ := z.Create(files[i])
		io.WriteString(w, files[i+1])
	}
	z.Close()
	return b.String()
}

// tarred is a tar, and gzipped what is packed.
func tarred(files ...string) string {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		w.WriteHeader(&tar.Header{Name: files[i], Mode: 0o644, Size: int64(len(files[i+1]))})
		io.WriteString(w, files[i+1])
	}
	w.Close()
	return b.String()
}

func gzipped(s string) string {
	var b bytes.Buffer
	g := gzip.NewWriter(&b)
	io.WriteString(g, s)
	g.Close()
	return b.String()
}

func sha(content string) string {
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:])
}

const mit = "SPDX-License-Identifier: MIT\n"

// sample is a package in a registry of its kind.
type sample struct {
	kind, purl, name, version string
	site                      string // the address below the host
	files                     map[string]string
	kinds                     map[string]string
	path                      string        // of the package itself
	want                      []string      // what is found
	other                     func() string // the file of another package
}

func (s *sample) asked(digest bool) known.Asked {
	a := known.Asked{PURL: s.purl, Name: s.name, Version: s.version}
	if digest {
		a.Hashes = []sbom.Hash{{Algorithm: "SHA-256", Hex: sha(s.files[s.path])}}
	}
	return a
}

func samples() []*sample {
	wheel := func(license string) string {
		return zipped("a/__init__.py", "", "a_b-1.0.dist-info/METADATA", "Metadata-Version: 2.4\nName: a.b\nVersion: 1.0\nLicense-Expression: "+license+"\n\nText\n",
			"a_b-1.0.dist-info/licenses/LICENSE", mit, "a_b-1.0.dist-info/RECORD", "")
	}
	crate := func(name string) string {
		return gzipped(tarred("a-1.0.0/Cargo.toml", "[package]\nname = \""+name+"\"\nversion = \"1.0.0\"\nlicense = \"MIT\"\n", "a-1.0.0/LICENSE", mit))
	}
	gem := func(name string) string {
		spec := "--- !ruby/object:Gem::Specification\nname: " + name + "\nversion: !ruby/object:Gem::Version\n  version: 1.0.0\nplatform: ruby\nlicenses:\n- MIT\n"
		return tarred("metadata.gz", gzipped(spec), "data.tar.gz", gzipped(tarred("LICENSE", mit, "lib/a.rb", "")))
	}
	nupkg := func(id string) string {
		return zipped("a.nuspec", "<package><metadata><id>"+id+"</id><version>1.0.0</version><license type=\"expression\">MIT</license></metadata></package>", "LICENSE", mit, "[Content_Types].xml", "<x/>")
	}
	pom := func(name, licenses string) string {
		return "<project><groupId>g.example</groupId><artifactId>" + name + "</artifactId><version>1.0</version>" + licenses + "</project>"
	}
	dart := func(name string) string {
		return gzipped(tarred("pubspec.yaml", "name: "+name+"\nversion: 1.0.0\n", "LICENSE", mit))
	}
	erlang := func(name string) string {
		return tarred("VERSION", "3", "metadata.config", "{<<\"name\">>,<<\""+name+"\">>}.\n{<<\"licenses\">>,[<<\"MIT\">>]}.\n", "contents.tar.gz", gzipped(tarred("LICENSE", mit, "mix.exs", "")))
	}
	return []*sample{
		{kind: "pypi", purl: "pkg:pypi/a-b@1.0", name: "a.b", version: "1.0", site: "/simple",
			files: map[string]string{
				"/simple/a-b/":                    `{"meta": {"api-version": "1.1"}, "name": "a-b", "files": [{"filename": "a_b-0.9-py3-none-any.whl", "url": "HOST/old", "hashes": {}}, {"filename": "a.b-1.0.tar.gz", "url": "HOST/sdist", "hashes": {"sha256": "` + sha("x") + `"}}, {"filename": "a_b-1.0-py3-none-any.whl", "url": "../../files/a_b-1.0-py3-none-any.whl", "hashes": {"sha256": "` + sha(wheel("MIT")) + `"}, "size": 100}]}`,
				"/files/a_b-1.0-py3-none-any.whl": wheel("MIT"),
			}, kinds: map[string]string{"/simple/a-b/": "application/vnd.pypi.simple.v1+json"}, path: "/files/a_b-1.0-py3-none-any.whl",
			want:  []string{" declared MIT known:pypi/a-b@1.0/x.dist-info/METADATA", " detected MIT known:pypi/a-b@1.0/LICENSE"},
			other: func() string { return wheel("GPL-3.0-only") }},
		{kind: "cargo", purl: "pkg:cargo/a@1.0.0", name: "a", version: "1.0.0", site: "/index",
			files: map[string]string{"/index/config.json": `{"dl": "HOST/dl/{crate}/{lowerprefix}/{crate}-{version}.crate"}`, "/dl/a/1/a-1.0.0.crate": crate("a")}, path: "/dl/a/1/a-1.0.0.crate",
			want:  []string{" declared MIT known:cargo/a@1.0.0/Cargo.toml", " detected MIT known:cargo/a@1.0.0/LICENSE"},
			other: func() string { return crate("b") }},
		{kind: "gem", purl: "pkg:gem/a@1.0.0", name: "a", version: "1.0.0", site: "",
			files: map[string]string{"/gems/a-1.0.0.gem": gem("a")}, path: "/gems/a-1.0.0.gem",
			want:  []string{" declared MIT known:gem/a@1.0.0/metadata.gem", " detected MIT known:gem/a@1.0.0/LICENSE"},
			other: func() string { return gem("b") }},
		{kind: "nuget", purl: "pkg:nuget/Ab@1.0.0", name: "Ab", version: "1.0.0", site: "/v3/index.json",
			files: map[string]string{"/v3/index.json": `{"version": "3.0.0", "resources": [{"@id": "HOST/flat/", "@type": "PackageBaseAddress/3.0.0"}]}`, "/flat/ab/1.0.0/ab.1.0.0.nupkg": nupkg("Ab")}, path: "/flat/ab/1.0.0/ab.1.0.0.nupkg",
			want:  []string{" declared MIT known:nuget/Ab@1.0.0/package.nuspec", " detected MIT known:nuget/Ab@1.0.0/LICENSE"},
			other: func() string { return nupkg("Bc") }},
		{kind: "maven", purl: "pkg:maven/g.example/a@1.0", name: "a", version: "1.0", site: "/m2",
			files: map[string]string{
				"/m2/g/example/a/1.0/a-1.0.pom":       pom("a", "<parent><groupId>g.example</groupId><artifactId>top</artifactId><version>1</version></parent>"),
				"/m2/g/example/top/1/top-1.pom":       "<project><groupId>g.example</groupId><artifactId>top</artifactId><version>1</version></project>",
				"/m2/g/example/a/1.0/a-1.0.jar":       zipped("META-INF/LICENSE", mit, "META-INF/MANIFEST.MF", "Manifest-Version: 1.0\n"),
				"/m2/g/example/p/1.0/p-1.0.pom":       pom("p", ""),
				"/m2/g/example/unused/1/unused-1.pom": "",
			}, path: "/m2/g/example/a/1.0/a-1.0.jar",
			want:  []string{" detected MIT known:maven/g.example/a@1.0/META-INF/LICENSE"},
			other: func() string { return zipped("META-INF/LICENSE", "x") }},
		{kind: "composer", purl: "pkg:composer/v/a@1.0.0", name: "v/a", version: "1.0.0", site: "/repo",
			files: map[string]string{
				"/repo/packages.json": `{"packages": [], "metadata-url": "/p2/%package%.json"}`,
				"/p2/v/a.json":        `{"minified": "composer/2.0", "packages": {"v/a": [{"name": "v/a", "version": "v1.1.0", "license": ["MIT"], "dist": {"type": "zip", "url": "HOST/dist/1.1.zip"}}, {"version": "1.0.0", "dist": {"type": "zip", "url": "HOST/dist/1.0.zip", "shasum": ""}}]}}`,
				"/dist/1.0.zip":       zipped("v-a-123/composer.json", `{"name": "v/a"}`, "v-a-123/LICENSE", mit),
			}, path: "/dist/1.0.zip",
			want:  []string{" declared MIT known:composer/v/a@1.0.0/composer.json", " detected MIT known:composer/v/a@1.0.0/LICENSE"},
			other: func() string { return zipped("v-a-123/composer.json", `{"name": "v/b"}`) }},
		{kind: "pub", purl: "pkg:pub/a@1.0.0", name: "a", version: "1.0.0", site: "/pub",
			files: map[string]string{"/pub/api/packages/a": `{"name": "a", "versions": [{"version": "0.9.0"}, {"version": "1.0.0", "archive_url": "HOST/pub/archives/a-1.0.0.tar.gz"}]}`, "/pub/archives/a-1.0.0.tar.gz": dart("a")}, path: "/pub/archives/a-1.0.0.tar.gz",
			want:  []string{" detected MIT known:pub/a@1.0.0/LICENSE"},
			other: func() string { return dart("b") }},
		{kind: "hex", purl: "pkg:hex/a_b@1.0.0", name: "a_b", version: "1.0.0", site: "",
			files: map[string]string{"/tarballs/a_b-1.0.0.tar": erlang("a_b")}, path: "/tarballs/a_b-1.0.0.tar",
			want:  []string{" declared MIT known:hex/a_b@1.0.0/deps/a_b/hex_metadata.config", " detected MIT known:hex/a_b@1.0.0/LICENSE"},
			other: func() string { return erlang("b") }},
		{kind: "npm", purl: "pkg:npm/a@1.0.0", name: "a", version: "1.0.0", site: "/npm/",
			files: map[string]string{"/npm/a/-/a-1.0.0.tgz": string(tarball("package.json", `{"name": "a", "version": "1.0.0", "license": "MIT"}`))}, path: "/npm/a/-/a-1.0.0.tgz",
			want:  []string{" declared MIT known:npm/a@1.0.0/package.json"},
			other: func() string { return string(tarball("package.json", `{"name": "b", "version": "1.0.0"}`)) }},
	}
}

func (s *sample) config(address string) registry.Config {
	return registry.Config{
		Sites: map[string][]registry.Site{s.kind: {{Address: address + s.site}}}, Ecosystems: all.Ecosystems, Pause: time.Millisecond, Interval: time.Millisecond, Patience: time.Minute,
	}
}

// TestProtocols: each registry gives what its package holds, by its digest and, where there is none, by its name.
func TestProtocols(t *testing.T) {
	for _, s := range samples() {
		t.Run(s.kind, func(t *testing.T) {
			for _, digest := range []bool{true, false} {
				server := serve(t, s.files)
				server.kinds = s.kinds
				c := s.config(server.URL)
				c.Dir = t.TempDir()
				want := append([]string{s.purl + " " + known.Home(s.purl)}, s.want...)
				for range 2 { // the second time from what was kept
					found, gaps := look(t, c, s.asked(digest))
					if !slices.Equal(found, want) || gaps != "" {
						t.Errorf("digest %v: got %q, gaps %s", digest, found, gaps)
					}
				}
				if n := len(server.seen); n == 0 || n > 5 || slices.Index(server.seen, s.path) != n-1 {
					t.Errorf("asked for %q", server.seen)
				}
			}
		})
	}
}

// TestManifestOnly: what has no files, or files that are too large, is known by its manifest.
func TestManifestOnly(t *testing.T) {
	for _, c := range []struct {
		s    *sample
		want string
	}{
		{&sample{kind: "maven", purl: "pkg:maven/g.example/bom@1.0", name: "bom", version: "1.0", files: map[string]string{
			"/g/example/bom/1.0/bom-1.0.pom": "<project><artifactId>bom</artifactId><version>1.0</version><packaging>pom</packaging><parent><groupId>g.example</groupId><artifactId>top</artifactId><version>1</version></parent></project>",
			"/g/example/top/1/top-1.pom":     "<project><groupId>g.example</groupId><artifactId>top</artifactId><version>1</version><licenses><license><name>MIT</name></license></licenses></project>",
		}}, "declared MIT known:maven/g.example/bom@1.0/g/example/top/1/top-1.pom"},
		{&sample{kind: "pypi", purl: "pkg:pypi/a@1.0", name: "a", version: "1.0", kinds: map[string]string{"/a/": "application/json"}, files: map[string]string{
			"/a/":             `{"files": [{"filename": "a-1.0-py3-none-any.whl", "url": "/a.whl", "size": 1000000000, "core-metadata": true}]}`,
			"/a.whl.metadata": "Metadata-Version: 2.4\nName: a\nVersion: 1.0\nLicense-Expression: MIT\n",
		}}, "declared MIT known:pypi/a@1.0/metadata.dist-info/METADATA"},
	} {
		server := serve(t, c.s.files)
		server.kinds = c.s.kinds
		if found, gaps := look(t, c.s.config(server.URL), c.s.asked(false)); len(found) != 2 || !strings.Contains(found[1], c.want) || gaps != "" {
			t.Errorf("%s: found %q, gaps %s", c.s.kind, found, gaps)
		}
		a := c.s.asked(true)
		if found, gaps := look(t, c.s.config(server.URL), a); len(found) > 0 || gaps == "" {
			t.Errorf("%s: where there is a digest the manifest is believed: %q", c.s.kind, found)
		}
	}
}

// TestContentHashDecides: lockfiles of NuGet have a hash of a package as it was before it was signed.
func TestContentHashDecides(t *testing.T) {
	s := samples()[3]
	server := serve(t, s.files)
	a := s.asked(false)
	sum := sha512.Sum512([]byte(s.files[s.path]))
	a.Hashes = []sbom.Hash{{Algorithm: "nuget-content-sha512", Hex: hex.EncodeToString(sum[:])}}
	if found, gaps := look(t, s.config(server.URL), a); len(found) != 3 || gaps != "" {
		t.Errorf("found %q, gaps %s", found, gaps)
	}
	a.Hashes[0].Hex = strings.Repeat("0", 128)
	if answer, err := registry.New(s.config(server.URL)).Look(t.Context(), []known.Asked{a}); err != nil || len(answer.Gaps) != 1 || answer.Gaps[0].Kind != sbom.Lost {
		t.Errorf("%v %+v", err, answer) // something came, and was refused
	}
	if found, gaps := look(t, s.config(server.URL), a); len(found) > 0 || !strings.Contains(gaps, "other bytes") {
		t.Errorf("found %q, gaps %s", found, gaps)
	}
}

// TestNamed: what was believed by name is said, is kept apart from what has a digest, and is another registry's business to say anew.
func TestNamed(t *testing.T) {
	s := samples()[1]
	server := serve(t, s.files)
	c := s.config(server.URL)
	c.Dir = t.TempDir()
	r := registry.New(c)
	answer, err := r.Look(t.Context(), []known.Asked{s.asked(false)})
	if err != nil || len(answer.Packages) != 1 || !answer.Packages[0].Named || len(answer.Packages[0].Hashes) > 0 {
		t.Fatalf("%v %+v", err, answer)
	}
	if note := r.Inputs()[0].Note; !strings.Contains(note, "1 of them by name and version") {
		t.Error(note)
	}
	asked := len(server.seen)
	if found, _ := look(t, c, s.asked(true)); len(found) == 0 || len(server.seen) == asked {
		t.Errorf("what was kept by name answers for a digest: %q", found)
	}
	other := serve(t, map[string]string{})
	if found, gaps := look(t, s.config(other.URL), s.asked(false)); len(found) > 0 || !strings.Contains(gaps, "404") {
		t.Errorf("another registry's word is believed: %q %s", found, gaps)
	}
}

// TestProtocolsRefuse: what is not the package, is a page, ends early or leads in circles is a gap, and never a package.
func TestProtocolsRefuse(t *testing.T) {
	page := "<!doctype html><html><body><a href='/login'>Sign in</a></body></html>"
	for _, s := range samples() {
		t.Run(s.kind, func(t *testing.T) {
			refused := func(what string, files map[string]string, digest bool, want string) {
				t.Helper()
				server := serve(t, files)
				server.kinds = s.kinds
				found, gaps := look(t, s.config(server.URL), s.asked(digest))
				if len(found) > 0 || !strings.Contains(gaps, want) || !strings.Contains(gaps, s.purl) {
					t.Errorf("%s: found %q, gaps %q", what, found, gaps)
				}
			}
			with := func(path, text string) map[string]string {
				out := map[string]string{}
				for k, v := range s.files {
					out[k] = v
				}
				out[path] = text
				return out
			}
			refused("another digest", with(s.path, s.other()), true, "other bytes")
			if s.kind != "pypi" && s.kind != "maven" && s.kind != "composer" { // in these something else says which package it is
				refused("another name", with(s.path, s.other()), false, "another name")
			}
			for path := range s.files {
				if strings.Contains(path, "unused") || strings.Contains(path, "/p/") {
					continue
				}
				refused("html at "+path, with(path, page), true, "sends")
				if path != s.path || s.kind == "pypi" {
					refused("html at "+path, with(path, page), false, "")
				}
				refused("nothing at "+path, with(path, ""), true, "")
				if n := len(s.files[path]); path == s.path {
					refused("half of "+path, with(path, s.files[path][:n/2]), false, "")
				}
			}
			refused("not there", map[string]string{}, true, "404")
		})
	}
}

// TestProtocolsAstray: a redirect in circles, to another scheme, a server that hangs, and one that never ends.
func TestProtocolsAstray(t *testing.T) {
	for _, s := range samples() {
		t.Run(s.kind, func(t *testing.T) {
			done := make(chan struct{})
			for what, answer := range map[string]http.HandlerFunc{
				"redirects": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path+"x", http.StatusFound) },
				"gopher": func(w http.ResponseWriter, r *http.Request) {
					http.Redirect(w, r, "gopher://x.example/", http.StatusFound)
				},
				"ends early": func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("Content-Length", "1000")
					io.WriteString(w, "x")
				},
				"too slow": func(w http.ResponseWriter, r *http.Request) { <-done },
				"sends more": func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("Content-Length", fmt.Sprint(1<<40))
					io.WriteString(w, "x")
				},
				"answers with": func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusTeapot) },
			} {
				server := httptest.NewServer(answer)
				c := s.config(server.URL)
				if what == "too slow" {
					c.Patience = 50 * time.Millisecond
				}
				found, gaps := look(t, c, s.asked(true))
				if len(found) > 0 || !strings.Contains(gaps, what) {
					t.Errorf("%s: found %q, gaps %q", what, found, gaps)
				}
				if what == "too slow" {
					close(done)
				}
				server.Close()
			}
		})
	}
}
