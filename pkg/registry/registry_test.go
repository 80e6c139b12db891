package registry_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha512"
	"crypto/tls"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/dirhash"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/ecosystem/golang"
	"github.com/licet/licet/pkg/ecosystem/npm"
	"github.com/licet/licet/pkg/known"
	"github.com/licet/licet/pkg/registry"
	"github.com/licet/licet/pkg/sbom"
)

const secret = "s3cr3t-t0k3n"

// module is a zip as a proxy serves it, and its h1.
func module(t *testing.T, prefix string, files ...string) (data []byte, h1 string) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	content := map[string]string{}
	var names []string
	for i := 0; i < len(files); i += 2 {
		name := prefix + "/" + files[i]
		names, content[name] = append(names, name), files[i+1]
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, files[i+1])
	}
	z.Close()
	h1, err := dirhash.Hash1(names, func(name string) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(content[name])), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), h1
}

// tarball is a package as npm's registry serves it.
func tarball(files ...string) []byte {
	var b bytes.Buffer
	g := gzip.NewWriter(&b)
	w := tar.NewWriter(g)
	for i := 0; i < len(files); i += 2 {
		w.WriteHeader(&tar.Header{Name: "package/" + files[i], Mode: 0o644, Size: int64(len(files[i+1]))})
		io.WriteString(w, files[i+1])
	}
	w.Close()
	g.Close()
	return b.Bytes()
}

func askGo(h1 string) known.Asked {
	return known.Asked{PURL: "pkg:golang/a.example/lib@v1.0.0", Name: "a.example/Lib", Version: "v1.0.0", Hashes: []sbom.Hash{{Algorithm: "h1", Hex: h1}}}
}

func askNPM(data []byte) known.Asked {
	sum := sha512.Sum512(data)
	return known.Asked{PURL: "pkg:npm/%40acme/x@1.0.0", Name: "@acme/x", Version: "1.0.0", Hashes: []sbom.Hash{{Algorithm: "SHA-512", Hex: hex.EncodeToString(sum[:])}}}
}

func npmAt(address string) map[string][]registry.Site {
	return map[string][]registry.Site{"npm": {{Address: address}}}
}

func config(url string) registry.Config {
	return registry.Config{GoProxy: url, Sites: npmAt(url + "/npm/"), Ecosystems: []*ecosystem.Ecosystem{golang.Ecosystem, npm.Ecosystem}, Pause: time.Millisecond, Interval: time.Millisecond}
}

func look(t *testing.T, c registry.Config, asked ...known.Asked) (found []string, gaps string) {
	t.Helper()
	answer, err := registry.New(c).Look(context.Background(), asked)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range answer.Packages {
		found = append(found, p.PURL+" "+p.Dir)
		for _, c := range p.Claims {
			found = append(found, fmt.Sprintf(" %s %s %s", c.Basis, c.Expr, c.Evidence[0].Span.Path))
		}
		for _, f := range p.Files {
			for _, c := range f.Claims {
				found = append(found, fmt.Sprintf(" %s %s %s", c.Basis, c.Expr, f.Path))
			}
		}
	}
	for _, g := range answer.Gaps {
		gaps += fmt.Sprintln(g.Why, g.Components)
	}
	if strings.Contains(fmt.Sprint(found, gaps), secret) {
		t.Errorf("a secret is told: %v %s", found, gaps)
	}
	return found, gaps
}

func TestLook(t *testing.T) {
	zip, h1 := module(t, "a.example/Lib@v1.0.0", "go.mod", "module a.example/Lib\n", "LICENSE", "SPDX-License-Identifier: MIT\n")
	tgz := tarball("package.json", `{"name": "@acme/x", "version": "1.0.0", "license": "ISC"}`, "LICENSE", "SPDX-License-Identifier: ISC\n")
	var requests, busy atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		switch r.URL.Path {
		case "/a.example/!lib/@v/v1.0.0.zip":
			if busy.Add(1) == 1 {
				http.Error(w, "slowly", http.StatusTooManyRequests)
				return
			}
			w.Write(zip)
		case "/npm/@acme/x/-/x-1.0.0.tgz":
			if r.Header.Get("Authorization") != "Bearer "+secret {
				http.Error(w, "who?", http.StatusUnauthorized)
				return
			}
			w.Write(tgz)
		default:
			http.NotFound(w, r)
		}
	}))
	defer server.Close()
	c := config(server.URL)
	c.Dir = t.TempDir()
	c.Tokens = map[string]string{strings.TrimPrefix(server.URL, "http://") + "/npm/": "Bearer " + secret}
	want := []string{
		"pkg:golang/a.example/lib@v1.0.0 gomod:a.example/!lib@v1.0.0",
		" detected MIT gomod:a.example/!lib@v1.0.0/LICENSE",
		"pkg:npm/%40acme/x@1.0.0 known:npm/%40acme/x@1.0.0",
		" declared ISC known:npm/%40acme/x@1.0.0/package.json",
		" detected ISC known:npm/%40acme/x@1.0.0/LICENSE",
	}
	for range 2 { // the second time from what was kept
		if found, gaps := look(t, c, askGo(h1), askNPM(tgz)); !slices.Equal(found, want) || gaps != "" {
			t.Errorf("got %q, gaps %s", found, gaps)
		}
	}
	if n := requests.Load(); n != 3 {
		t.Errorf("%d requests, want 3", n)
	}
}

func TestNotHad(t *testing.T) {
	data, h1 := module(t, "a.example/Lib@v1.0.0", "LICENSE", "SPDX-License-Identifier: MIT\n")
	other, _ := module(t, "a.example/Lib@v1.0.0", "LICENSE", "SPDX-License-Identifier: GPL-3.0-only\n")
	empty, _ := module(t, "b.example/other@v1.0.0", "LICENSE", "SPDX-License-Identifier: MIT\n")
	tgz := tarball("package.json", `{"name": "y", "version": "1.0.0", "license": "ISC"}`)
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if auth := r.Header.Get("Authorization"); auth != "" {
			t.Errorf("credentials go to another host: %s", auth)
		}
		w.Write(data)
	}))
	defer elsewhere.Close()
	for _, c := range []struct {
		name, want string
		serve      http.HandlerFunc
	}{
		{"another package", "not those of h1:", func(w http.ResponseWriter, r *http.Request) { w.Write(other) }},
		{"another module", "registry sends", func(w http.ResponseWriter, r *http.Request) { w.Write(empty) }},
		{"html", "no module", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "<html>sign in</html>") }},
		{"nothing", "no module", func(w http.ResponseWriter, r *http.Request) {}},
		{"status", "status 403", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(403) }},
		{"broken", "status 500", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(500) }},
		{"a lie about the size", "ends early", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "100000")
			w.Write(data)
		}},
		{"a circle", "redirects", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path+"x", http.StatusFound) }},
		{"another host", "", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, strings.Replace(elsewhere.URL, "127.0.0.1", "localhost", 1), http.StatusFound)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := httptest.NewServer(c.serve)
			defer server.Close()
			conf := config(server.URL)
			conf.Logins = map[string]registry.Login{"127.0.0.1": {Name: "me", Password: secret}}
			found, gaps := look(t, conf, askGo(h1))
			if c.want == "" && len(found) > 0 {
				return
			}
			if c.want == "" || len(found) > 0 || !strings.Contains(gaps, c.want) || !strings.Contains(gaps, "[pkg:golang/a.example/lib@v1.0.0]") {
				t.Errorf("found %q, gaps %q, want one with %q", found, gaps, c.want)
			}
		})
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Write(tgz) }))
	conf := config(strings.Replace(server.URL, "http://", "http://me:"+secret+"@", 1))
	if found, gaps := look(t, conf, askNPM(tgz)); len(found) > 0 || !strings.Contains(gaps, "another name") {
		t.Errorf("found %q, gaps %q", found, gaps)
	}
	if found, gaps := look(t, conf, askNPM(data)); len(found) > 0 || !strings.Contains(gaps, "other bytes") {
		t.Errorf("found %q, gaps %q", found, gaps)
	}
	server.Close()
	if _, gaps := look(t, conf, askGo(h1)); !strings.Contains(gaps, "cannot be reached") {
		t.Errorf("gaps %q", gaps)
	}
	for name, conf := range map[string]registry.Config{
		"no npm registry is configured": {}, "GOPROXY names no proxy": {GoProxy: "direct"}, "GOPRIVATE": {GoProxy: server.URL, GoPrivate: "a.example"},
		"no address": {GoProxy: "file:///proxy", Sites: npmAt("gopher://x.example")},
	} {
		if found, gaps := look(t, conf, askGo(h1), askNPM(tgz)); len(found) > 0 || !strings.Contains(gaps, name) {
			t.Errorf("%s: found %q, gaps %q", name, found, gaps)
		}
	}
	own := askNPM(tgz)
	own.FirstParty = true
	if found, gaps := look(t, conf, own, known.Asked{PURL: "pkg:golang/z.example/z@v1.0.0", Name: "z.example/z", Version: "v1.0.0"}, known.Asked{PURL: "pkg:conan/z@1", Hashes: askNPM(tgz).Hashes},
		known.Asked{PURL: "pkg:npm/z@1.0.0?vcs_url=git%2Bhttps://git.example/z", Name: "z", Version: "1.0.0"}, known.Asked{PURL: "pkg:npm/z", Name: "z"}); len(found) > 0 || gaps != "" {
		t.Errorf("who cannot be asked for is asked for: %q %q", found, gaps)
	}
}

// TestSilentHost: a host that cannot be reached is not waited for again and again.
func TestSilentHost(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	url := server.URL
	server.Close()
	var asked []known.Asked
	for i := range 50 {
		a := askGo("h1:x")
		a.PURL, a.Name = fmt.Sprintf("pkg:golang/a.example/m%d@v1.0.0", i), fmt.Sprintf("a.example/m%d", i)
		asked = append(asked, a)
	}
	if _, gaps := look(t, config(url), asked...); !strings.Contains(gaps, "asked for no more") {
		t.Errorf("gaps %q", gaps)
	}
}

// TestPlainAddress: what anybody on the way could read has no credentials in it, wherever they stand.
func TestPlainAddress(t *testing.T) {
	zip, h1 := module(t, "a.example/Lib@v1.0.0", "LICENSE", "SPDX-License-Identifier: MIT\n")
	tgz := tarball("package.json", `{"name": "@acme/x", "version": "1.0.0", "license": "ISC"}`)
	var told atomic.Int32
	serve := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Header.Get("Authorization") == "":
			w.WriteHeader(http.StatusUnauthorized)
			return
		case strings.HasPrefix(r.URL.Path, "/npm/"):
			w.Write(tgz)
		default:
			w.Write(zip)
		}
		told.Add(1)
	})
	usual := http.DefaultTransport
	defer func() { http.DefaultTransport = usual }()
	for scheme, start := range map[string]func(http.Handler) *httptest.Server{"http": httptest.NewServer, "https": httptest.NewTLSServer} {
		server := start(serve)
		defer server.Close()
		http.DefaultTransport = &http.Transport{ // all names are that server's
			TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
			DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
				return new(net.Dialer).DialContext(ctx, network, server.Listener.Addr().String())
			},
		}
		for name, set := range map[string]func(*registry.Config){
			"netrc": func(c *registry.Config) {
				c.Logins = map[string]registry.Login{"registry.example": {Name: "me", Password: secret}}
			},
			"npmrc": func(c *registry.Config) {
				c.Tokens, c.GoProxy = map[string]string{"registry.example/npm/": "Bearer " + secret}, "off"
			},
			"address": func(c *registry.Config) {
				c.GoProxy, c.Sites = scheme+"://me:"+secret+"@registry.example", npmAt(scheme+"://me:"+secret+"@registry.example/npm/")
			},
		} {
			conf := config(scheme + "://registry.example")
			set(&conf)
			told.Store(0)
			found, gaps := look(t, conf, askGo(h1), askNPM(tgz))
			if scheme == "http" && (told.Load() > 0 || len(found) > 0 || !strings.Contains(gaps, "by https only")) || scheme == "https" && told.Load() == 0 {
				t.Errorf("%s, %s: told %d times, found %q, gaps %s", scheme, name, told.Load(), found, gaps)
			}
		}
	}
}

// TestPatience: a registry that asks to wait, and then answers, may not do so for ever. What is not had by then is said.
func TestPatience(t *testing.T) {
	tgz := tarball("package.json", `{"name": "@acme/x", "version": "1.0.0", "license": "ISC"}`)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/npm/") {
			w.Write(tgz)
			return
		}
		w.Header().Set("Retry-After", "3600")
		w.WriteHeader(http.StatusTooManyRequests)
	}))
	defer server.Close()
	c := config(server.URL)
	c.GoProxy = strings.Replace(server.URL, "127.0.0.1", "localhost", 1) // another host: one that asks for patience asks all
	c.Dir, c.Patience = t.TempDir(), time.Second
	start := time.Now()
	found, gaps := look(t, c, askNPM(tgz), askGo("h1:x"))
	if took := time.Since(start); took > 20*time.Second || len(found) == 0 || !strings.Contains(gaps, "too slow") || !strings.Contains(gaps, "[pkg:golang/a.example/lib@v1.0.0]") {
		t.Errorf("after %v found %q, gaps %q", took, found, gaps)
	}
	c.Patience = time.Nanosecond // what is kept takes none
	if found, gaps := look(t, c, askNPM(tgz), askGo("h1:x")); len(found) == 0 || !strings.Contains(gaps, "too slow") {
		t.Errorf("found %q, gaps %q", found, gaps)
	}
}
