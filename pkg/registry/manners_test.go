package registry_test

import (
	"bytes"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/licet/licet/pkg/known"
	"github.com/licet/licet/pkg/registry"
	"github.com/licet/licet/pkg/sbom"
)

// TestCredentials: what is for an index goes to its host and to no other, not to that of files, not by a redirect, and is in nothing
// that is kept. An answer cannot name credentials.
func TestCredentials(t *testing.T) {
	for _, s := range samples() {
		if s.kind != "pypi" && s.kind != "cargo" && s.kind != "composer" && s.kind != "pub" && s.kind != "nuget" {
			continue
		}
		t.Run(s.kind, func(t *testing.T) {
			var told atomic.Int32
			elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get("Authorization") != "" || strings.Contains(r.Referer(), secret) {
					t.Errorf("credentials go to another host")
				}
				if r.URL.Path == "/moved"+s.path {
					http.Redirect(w, r, s.path, http.StatusFound)
					return
				}
				io.WriteString(w, s.files[s.path])
			}))
			defer elsewhere.Close()
			index := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if _, password, _ := r.BasicAuth(); password != secret {
					w.WriteHeader(http.StatusUnauthorized)
					return
				}
				told.Add(1)
				if s.kinds[r.URL.Path] != "" {
					w.Header().Set("Content-Type", s.kinds[r.URL.Path])
				}
				other := strings.Replace(elsewhere.URL, "127.0.0.1", "you:"+"other-"+secret+"@localhost", 1)
				if r.URL.Path == s.path {
					http.Redirect(w, r, other+"/moved"+s.path, http.StatusFound)
					return
				}
				io.WriteString(w, strings.ReplaceAll(s.files[r.URL.Path], "HOST", other))
			}))
			defer index.Close()
			c := s.config(strings.Replace(index.URL, "http://", "http://me:"+secret+"@", 1))
			c.Dir = t.TempDir()
			found, gaps := look(t, c, s.asked(true))
			if len(found) == 0 || told.Load() == 0 {
				t.Errorf("told %d times, found %q, gaps %s", told.Load(), found, gaps)
			}
			kept := 0
			fs.WalkDir(os.DirFS(c.Dir), ".", func(p string, d fs.DirEntry, err error) error {
				if err == nil && d.Type().IsRegular() {
					kept++
					data, _ := fs.ReadFile(os.DirFS(c.Dir), p)
					z, _ := zstd.NewReader(bytes.NewReader(data))
					text, err := io.ReadAll(z)
					if err != nil || bytes.Contains(text, []byte(secret)) {
						t.Errorf("a secret is kept: %v", err)
					}
				}
				return err
			})
			if kept != 1 {
				t.Errorf("%d files are kept", kept)
			}
		})
	}
}

// TestInterval: a host is left alone between two requests, and asked again when it was busy.
func TestInterval(t *testing.T) {
	var mu sync.Mutex
	var at []time.Time
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		at = append(at, time.Now())
		if len(at) == 1 {
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		http.NotFound(w, r)
	}))
	defer server.Close()
	s := samples()[2]
	c := s.config(server.URL)
	c.Interval = 30 * time.Millisecond
	var asked []known.Asked
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
		asked = append(asked, known.Asked{PURL: "pkg:gem/" + name + "@1.0", Name: name, Version: "1.0"})
	}
	_, gaps := look(t, c, asked...)
	if strings.Count(gaps, "404") != 1 || len(at) != 9 {
		t.Fatalf("%d requests, gaps %s", len(at), gaps)
	}
	if took := at[8].Sub(at[0]); took < time.Second {
		t.Errorf("it asked for patience, and was asked for all within %v", took)
	}
	if took := at[8].Sub(at[4]); took < 2*30*time.Millisecond { // a request may come late, and the next one not
		t.Errorf("four requests within %v", took)
	}
}

// service is a stand-in for deps.dev.
func service(t *testing.T, answers map[string]string) (*httptest.Server, *[]string) {
	var mu sync.Mutex
	var seen []string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		seen = append(seen, r.URL.EscapedPath())
		busy := len(seen) == 1
		mu.Unlock()
		text, ok := answers[r.URL.EscapedPath()]
		switch {
		case busy:
			w.WriteHeader(http.StatusServiceUnavailable)
		case !ok:
			http.NotFound(w, r)
		default:
			io.WriteString(w, text)
		}
	}))
	t.Cleanup(s.Close)
	return s, &seen
}

func TestDepsDev(t *testing.T) {
	server, seen := service(t, map[string]string{
		"/base/v3/systems/NPM/packages/@acme%2Fx/versions/1.0.0":       `{"versionKey": {"system": "NPM"}, "licenses": ["MIT"]}`,
		"/base/v3/systems/MAVEN/packages/g.example:a/versions/1.0":     `{"versionKey": {"system": "MAVEN"}, "licenses": ["MIT", "ISC"]}`,
		"/base/v3/systems/GO/packages/a.example%2FLib/versions/v1.0.0": `{"versionKey": {"system": "GO"}, "licenses": []}`,
		"/base/v3/systems/CARGO/packages/broken/versions/1.0.0":        "<html>sign in</html>",
		"/base/v3/systems/NUGET/packages/Unknown.Terms/versions/1.0.0": `{"versionKey": {"system": "NUGET"}, "licenses": ["non-standard"], "licenseDetails": [{"license": "Terms", "spdx": "non-standard"}]}`,
		"/base/v3/systems/PYPI/packages/declared/versions/1.0.0":       `{"versionKey": {"system": "PYPI"}, "licenses": ["MIT"]}`,
	})
	asked := []known.Asked{
		{PURL: "pkg:npm/%40acme/x@1.0.0", Name: "@acme/x", Version: "1.0.0", Hashes: []sbom.Hash{{Algorithm: "SHA-256", Hex: sha("x")}}},
		{PURL: "pkg:maven/g.example/a@1.0", Name: "a", Version: "1.0"},
		askGo("h1:x"),
		{PURL: "pkg:cargo/broken@1.0.0", Name: "broken", Version: "1.0.0", File: "Cargo.lock"},
		{PURL: "pkg:nuget/Unknown.Terms@1.0.0", Name: "Unknown.Terms", Version: "1.0.0"},
		{PURL: "pkg:pypi/declared@1.0.0", Name: "declared", Version: "1.0.0", Declared: true},
		{PURL: "pkg:npm/own@1.0.0", Name: "own", Version: "1.0.0", FirstParty: true},
		{PURL: "pkg:npm/absent@1.0.0", Name: "absent", Version: "1.0.0"},
		{PURL: "pkg:pub/a@1.0.0", Name: "a", Version: "1.0.0"},
		{PURL: "pkg:npm/fork@1.0.0?vcs_url=git%2Bhttps://git.example/x", Name: "fork", Version: "1.0.0"},
	}
	c := registry.Config{Dir: t.TempDir(), Pause: time.Millisecond, Interval: time.Millisecond}
	for range 2 { // the second time from what was kept
		s, err := registry.NewDepsDev(strings.Replace(server.URL, "http://", "http://me:"+secret+"@", 1)+"/base/", c)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := s.Look(t.Context(), asked)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, p := range answer.Packages {
			claim := p.Claims[0]
			if claim.Kind != sbom.KindSupplied || !p.Named || claim.Evidence[0].Rule != "deps.dev service at "+server.URL+"/base/" {
				t.Errorf("%+v", p)
			}
			got = append(got, p.PURL+" "+claim.Expr.String())
		}
		if want := []string{"pkg:npm/%40acme/x@1.0.0 MIT", "pkg:maven/g.example/a@1.0 MIT AND ISC", "pkg:nuget/Unknown.Terms@1.0.0 NOASSERTION"}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
		if len(answer.Gaps) != 1 || answer.Gaps[0].Why != "the deps.dev service sends something that is no answer" || answer.Gaps[0].Span.Path != "Cargo.lock" {
			t.Errorf("gaps %+v", answer.Gaps)
		}
		if in := s.Inputs()[0]; strings.Contains(in.Name+in.Note, secret) || !strings.Contains(in.Note, "3 packages") {
			t.Errorf("%+v", in)
		}
	}
	for _, path := range *seen {
		if strings.Contains(path, "/own/") || strings.Contains(path, "declared") || strings.Contains(path, "fork") || strings.Contains(path, "pub") {
			t.Errorf("it is asked for %s", path)
		}
	}
	if n := len(*seen); n != 7+3 { // of the second time those that it had no answer for
		t.Errorf("%d requests: %q", n, *seen)
	}
	if _, err := registry.NewDepsDev("deps.example", c); err == nil {
		t.Error("a service without a scheme")
	}
}

// TestPrivate: what the user's configuration keeps from the registries that all ask is kept from the service.
func TestPrivate(t *testing.T) {
	server, seen := service(t, map[string]string{})
	for _, c := range []registry.Config{
		{GoPrivate: "a.example/*", GoNoProxy: "none"}, {GoNoProxy: "a.example"},
	} {
		c.Sites = map[string][]registry.Site{
			"npm":   {{Address: "https://acme.example", For: []string{"@acme"}}, {Address: "https://usual.example"}},
			"nuget": {{Address: "https://usual.example", For: []string{"*"}}, {Address: "https://own.example", For: []string{"Own.*"}}},
		}
		c.Pause, c.Interval = time.Millisecond, time.Millisecond
		s, err := registry.NewDepsDev(server.URL, c)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Look(t.Context(), []known.Asked{
			askGo("h1:x"), {PURL: "pkg:npm/%40acme/x@1.0.0", Name: "@acme/x", Version: "1.0.0"}, {PURL: "pkg:nuget/Own.X@1.0.0", Name: "Own.X", Version: "1.0.0"},
			{PURL: "pkg:gem/own@1.0.0", Name: "own", Version: "1.0.0", Source: "https://a.example/", Sources: []string{"https://a.example/", "https://b.example/"}},
			{PURL: "pkg:npm/other@1.0.0", Name: "other", Version: "1.0.0"}, {PURL: "pkg:nuget/other@1.0.0", Name: "other", Version: "1.0.0"},
		}); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(*seen); n != 5 || slices.ContainsFunc(*seen, func(path string) bool { return !strings.Contains(path, "/packages/other/") }) {
		t.Errorf("asked for %q", *seen)
	}
}

// TestWeakDigest: one that is too weak to stand for a package still tells another one, whatever was kept.
func TestWeakDigest(t *testing.T) {
	s := samples()[1]
	server := serve(t, s.files)
	c := s.config(server.URL)
	c.Dir = t.TempDir()
	if found, gaps := look(t, c, s.asked(false)); len(found) == 0 || gaps != "" {
		t.Fatalf("found %q, gaps %q", found, gaps)
	}
	a := s.asked(false)
	a.Hashes = []sbom.Hash{{Algorithm: "SHA-1", Hex: strings.Repeat("0", 40)}}
	if found, gaps := look(t, c, a); len(found) > 0 || !strings.Contains(gaps, "other bytes") {
		t.Errorf("found %q, gaps %q", found, gaps)
	}
}

// TestSeveralSources: where a lockfile has several registries, only the very one is believed by name; a digest is believed anywhere.
func TestSeveralSources(t *testing.T) {
	s := samples()[2]
	if s.kind != "gem" {
		t.Fatal(s.kind)
	}
	server := serve(t, s.files)
	for _, c := range []struct {
		source  string
		sources []string
		digest  bool
		want    bool
	}{
		{"https://a.example/", []string{"https://a.example/"}, false, true},
		{"https://a.example/", []string{"https://a.example/", "https://b.example/"}, false, false},
		{"https://a.example/", []string{"https://a.example/", "https://b.example/"}, true, true},
		{server.URL + "/", []string{"https://a.example/", server.URL + "/"}, false, true},
	} {
		a := s.asked(c.digest)
		a.Source, a.Sources = c.source, c.sources
		if found, gaps := look(t, s.config(server.URL), a); (len(found) > 0) != c.want || (gaps == "") != c.want {
			t.Errorf("%+v: found %q, gaps %q", c, found, gaps)
		}
	}
}
