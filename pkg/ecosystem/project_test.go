package ecosystem_test

import (
	"io/fs"
	"strings"
	"testing"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

func TestNamed(t *testing.T) {
	match := ecosystem.Named("a.lock", "a.toml")
	for p, want := range map[string]bool{"a.lock": true, "x/a.toml": true, "b.lock": false, "node_modules/x/a.lock": false, "x/node_modules/y/a.lock": false} {
		if got := match(p, 0o644, nil); got != want {
			t.Errorf("%s: %v", p, got)
		}
	}
	if match("a.lock", fs.ModeNamedPipe, nil) {
		t.Error("a pipe was matched")
	}
}

func TestAbove(t *testing.T) {
	for _, tt := range []struct{ p, dir, rest string }{
		{"app/renv/library/x", "app", "x"},
		{"renv/library/x/y", ".", "x/y"},
		{"app/xrenv/library/x", "", ""},
	} {
		if dir, rest, ok := ecosystem.Above(tt.p, "renv/library"); dir != tt.dir || rest != tt.rest || ok != (dir != "") {
			t.Errorf("%s: %q %q %v", tt.p, dir, rest, ok)
		}
	}
	for _, tt := range []struct{ p, top string }{
		{"image/var/lib/dpkg/status", "image"}, {"var/lib/dpkg/status", "."}, {"xvar/lib/dpkg/status", ""}, {"var/lib/dpkg/status-old", ""},
	} {
		if top, ok := ecosystem.Below(tt.p, "var/lib/dpkg/status"); top != tt.top || ok != (top != "") {
			t.Errorf("%s: %q %v", tt.p, top, ok)
		}
	}
}

func TestImageComponent(t *testing.T) {
	sum := "sha256:" + strings.Repeat("0a", 32)
	for reference, want := range map[string]string{
		"alpine":                        "pkg:docker/library/alpine@latest",
		"alpine:3.19":                   "pkg:docker/library/alpine@3.19",
		"Acme/App:1":                    "pkg:docker/acme/app@1",
		"registry.example:5000/a/b/c:2": "pkg:docker/a/b/c@2?repository_url=registry.example:5000",
		"localhost/app@" + sum:          "pkg:docker/app@" + sum + "?repository_url=localhost",
		"":                              "",
		"a b":                           "",
	} {
		if got := ecosystem.ImageComponent(reference).PURL; got != want {
			t.Errorf("%q: %s, want %s", reference, got, want)
		}
	}
}

func TestRepository(t *testing.T) {
	for _, tt := range []struct{ location, host, repo, purl string }{
		{"https://github.com/Acme/Lib.git", "github.com", "Acme/Lib", "pkg:github/acme/lib@1"},
		{"git@github.com:acme/lib.git", "github.com", "acme/lib", "pkg:github/acme/lib@1"},
		{"git+ssh://git@git.example:2222/a/b/c", "git.example", "a/b/c", "pkg:generic/c@1?vcs_url=git%2Bhttps:%2F%2Fgit.example%2Fa%2Fb%2Fc%401"},
		{"https://bob:s3cret@git.example/lib", "git.example", "lib", "pkg:generic/lib@1?vcs_url=git%2Bhttps:%2F%2Fgit.example%2Flib%401"},
		{"../lib", "", "", ""},
		{"/srv/git/lib.git", "", "", ""},
		{`C:\lib`, "", "", ""},
		{"", "", "", ""},
	} {
		host, repo, ok := ecosystem.Repository(tt.location)
		if host != tt.host || repo != tt.repo || ok != (tt.host != "") {
			t.Errorf("%s: %q %q %v", tt.location, host, repo, ok)
		}
		if got := ecosystem.RepositoryPURL(tt.location, "1"); got != tt.purl {
			t.Errorf("%s: %s", tt.location, got)
		}
	}
}

// What the manifest asks for is direct, what nothing else needs hangs below it; without a manifest it is direct.
func TestRequire(t *testing.T) {
	at := source.Span{Path: "lock", Line: 1}
	wanted := []ecosystem.Requirement{
		{Key: "a", Scope: sbom.Test, Range: "^1", At: at},
		{Key: "c", At: at, What: sbom.Component{Name: "c", PURL: "pkg:hex/c"}},
	}
	pins := []ecosystem.Pin{{Key: "a", ID: "a", At: at}, {Key: "b", ID: "b", At: at, Scope: sbom.Build}}
	for _, tt := range []struct {
		name   string
		wanted []ecosystem.Requirement
		edge   bool
		want   []sbom.Relationship
	}{
		{"no edges", wanted, false, []sbom.Relationship{{To: "a", Scope: sbom.Test}, {To: "pkg:hex/c"}, {To: "b", Scope: sbom.Build, Kind: sbom.Indirect}}},
		{"edges", wanted, true, []sbom.Relationship{{To: "b"}, {To: "a", Scope: sbom.Test}, {To: "pkg:hex/c"}}},
		{"no manifest", nil, false, []sbom.Relationship{{To: "a"}, {To: "b", Scope: sbom.Build}}},
		{"no manifest, edges", nil, true, []sbom.Relationship{{To: "b"}, {To: "a"}}},
	} {
		g := ecosystem.Graph{Reader: "test"}
		if tt.edge {
			g.Depend("a", "b", "", "", at)
		}
		unpinned := g.Require("root", tt.wanted, pins)
		if len(unpinned) != len(tt.wanted)/2 || len(g.Relationships) != len(tt.want) {
			t.Errorf("%s: %v, %+v", tt.name, unpinned, g.Relationships)
			continue
		}
		for i, e := range g.Relationships {
			if w := tt.want[i]; e.To != w.To || e.Kind != w.Kind || e.Scope != w.Scope {
				t.Errorf("%s: %+v", tt.name, e)
			}
		}
	}
}

func TestAbsent(t *testing.T) {
	g := ecosystem.Graph{Reader: "test"}
	at := source.Span{Path: "lock"}
	g.Root(sbom.Component{Name: "app"}, ".", at)
	g.Add(sbom.Component{PURL: "pkg:hex/a@1"}, "", at)
	g.Add(sbom.Component{PURL: "pkg:hex/a@1"}, "deps/a", at)
	g.Absent(at, "lock", "fetch", nil)
	if len(g.Gaps) != 0 {
		t.Errorf("%+v", g.Gaps)
	}
	g.Add(sbom.Component{PURL: "pkg:hex/b@1"}, "", at)
	g.Absent(at, "lock", "fetch", nil)
	if len(g.Gaps) != 1 || len(g.Gaps[0].Components) != 1 || g.Gaps[0].Why != "the files of 1 of 2 packages are not on this machine" {
		t.Errorf("%+v", g.Gaps)
	}
	g.Absent(at, "", "fetch", []sbom.ID{"pkg:hex/b@1"})
	if len(g.Gaps) != 2 || !strings.Contains(g.Gaps[1].Why, "no lockfile") {
		t.Errorf("%+v", g.Gaps)
	}
	g.Absent(at, "lock", "fetch", []sbom.ID{"pkg:hex/b@1"})
	if len(g.Gaps) != 3 || !strings.Contains(g.Gaps[2].Why, "does not list 1") {
		t.Errorf("%+v", g.Gaps)
	}
}
