package npm_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
	"github.com/licet/licet/pkg/ecosystem/npm"
	"github.com/licet/licet/pkg/sbom"
)

const cases = "../../../testdata/ecosystem/npm"

func TestCases(t *testing.T) { ecotest.Run(t, npm.Ecosystem, cases) }

func FuzzRead(f *testing.F) { ecotest.Fuzz(f, npm.Ecosystem, cases) }

func TestMatch(t *testing.T) {
	for p, want := range map[string]bool{
		"package.json":                                                   true,
		"a/b/package.json":                                               true,
		"package-lock.json":                                              true,
		"a/npm-shrinkwrap.json":                                          true,
		"node_modules/.package-lock.json":                                true,
		"a/node_modules/.package-lock.json":                              true,
		".package-lock.json":                                             false,
		"xnode_modules/.package-lock.json":                               false,
		"node_modules/a/package.json":                                    true,
		"a/node_modules/@s/b/package.json":                               true,
		"node_modules/a/node_modules/b/package.json":                     true,
		"node_modules/.pnpm/a@1/node_modules/a/package.json":             true,
		".yarn/unplugged/a-npm-1-0123456789/node_modules/a/package.json": true,
		"node_modules/a/lib/package.json":                                false,
		"node_modules/a/test/node_modules/b/package.json":                false,
		"node_modules/.cache/a/package.json":                             false,
		"node_modules/package.json":                                      false,
		"node_modules/a/deno.json":                                       false,
		"node_modules/a/package-lock.json":                               false,
		"a/node_modules/@s/b/npm-shrinkwrap.json":                        false,
		"node_modules/a/node_modules/.package-lock.json":                 false,
		"yarn.lock":                true,
		"a/pnpm-lock.yaml":         true,
		"bun.lock":                 true,
		"bun.lockb":                true,
		"deno.lock":                true,
		"a/deno.jsonc":             true,
		"node_modules/a/yarn.lock": false,
		"package.json.orig":        false,
	} {
		if got := npm.Ecosystem.Match(p, 0o644, nil); got != want {
			t.Errorf("Match(%q) = %v", p, got)
		}
	}
	if npm.Ecosystem.Match("package.json", fs.ModeSymlink, nil) {
		t.Error("a link was matched")
	}
}

func TestGroup(t *testing.T) {
	got := npm.Ecosystem.Group([]string{
		"app/node_modules/.package-lock.json",
		"app/node_modules/x/package.json",
		"app/package.json",
		"app/sub/package.json",
		"lib/package.json",
		"lib/packages/a/package.json",
		"web/docs/package-lock.json",
		"web/docs/package.json",
		"web/docs/theme/package.json",
		"web/npm-shrinkwrap.json",
		"web/package.json",
		"web/packages/a/package.json",
	})
	want := [][]string{
		{"app/node_modules/.package-lock.json", "app/node_modules/x/package.json", "app/package.json", "app/sub/package.json"},
		{"lib/package.json", "lib/packages/a/package.json"},
		{"web/docs/package-lock.json", "web/docs/package.json", "web/docs/theme/package.json"},
		{"web/npm-shrinkwrap.json", "web/package.json", "web/packages/a/package.json"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// readFiles reads one project of these files.
func readFiles(ctx context.Context, files map[string]string) (sbom.Fragment, error) {
	fsys := fstest.MapFS{}
	p := &ecosystem.Project{FS: fsys, Facts: &sbom.Facts{}}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
		p.Files = append(p.Files, name)
	}
	return npm.Ecosystem.Read(ctx, p)
}

// Whatever a file holds, the answer comes soon, is of bounded size, and says that something was left out.
func TestLimits(t *testing.T) {
	nested := strings.Repeat(`{"dependencies": {"a": `, 300) + "{}" + strings.Repeat("}}", 300)
	entries := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			if i > 0 {
				b.WriteString(",")
			}
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	for name, files := range map[string]map[string]string{
		"folders nested too deep": {"package-lock.json": nested},
		"path too long": {"package-lock.json": `{"packages": {"` +
			strings.Repeat("node_modules/a/", 100) + `node_modules/a": {"version": "1.0.0"}}}`},
		"JSON nested too deep":             {"package-lock.json": strings.Repeat(`{"packages":`, 2000)},
		"every entry is wrong":             {"package-lock.json": `{"packages": {` + entries(50_000, `"/%d": {}`) + `}}`},
		"too many workspaces":              {"package.json": `{"name": "a", "workspaces": [` + entries(2000, `"w%d"`) + `]}`},
		"too large a manifest":             {"package.json": `{"name": "` + strings.Repeat("a", 17<<20) + `"}`},
		"nothing that was asked":           {"package-lock.json": `{"packages": {"": {"dependencies": {` + entries(50_000, `"d%d": "1"`) + `}}}}`},
		"entries of Yarn that are none":    {"yarn.lock": entries(50_000, "b%d@1:\n  resolved none\n\nc@1:\n")},
		"entries of Yarn 2 that are none":  {"yarn.lock": "__metadata:\n  version: 8\n" + strings.ReplaceAll(entries(50_000, "\"b%d@1\": none\n"), ",", "")},
		"entries of pnpm that are none":    {"pnpm-lock.yaml": "lockfileVersion: '9.0'\npackages:\n" + strings.ReplaceAll(entries(50_000, "  ../b%d: none\n"), ",", "")},
		"entries of Bun that are none":     {"bun.lock": `{"packages": {` + entries(50_000, `"b%d": 1`) + "}}"},
		"entries of Deno that are none":    {"deno.lock": `{"version": "5", "npm": {` + entries(50_000, `"b%d": 1`) + "}}"},
		"nothing of what pnpm asked for":   {"pnpm-lock.yaml": "lockfileVersion: 5.4\nspecifiers:\n" + strings.ReplaceAll(entries(50_000, "  d%d: 1\n"), ",", "") + "dependencies:\n" + strings.ReplaceAll(entries(50_000, "  d%d: 1.0.0\n"), ",", "")},
		"nothing of what Yarn 2 asked for": {"yarn.lock": "__metadata:\n  version: 8\n\"a@npm:1\":\n  version: 1.0.0\n  resolution: \"a@npm:1.0.0\"\n  dependencies:\n" + strings.ReplaceAll(entries(50_000, "    d%d: 1\n"), ",", "") + "  dependenciesMeta:\n" + strings.ReplaceAll(entries(50_000, "    e%d: {optional: true}\n"), ",", "")},
		"nothing of what Bun asked for":    {"bun.lock": `{"workspaces": {"": {"dependencies": {` + entries(50_000, `"d%d": "1"`) + `}}}}`},
		"deeper than any names of Bun's":   {"bun.lock": `{"packages": {"` + strings.Repeat("a/", 50_000) + `a": ["a@1", "", {"dependencies": {` + entries(1000, `"d%d": "1"`) + `}}]}}`},
	} {
		t.Run(name, func(t *testing.T) {
			frag, err := readFiles(t.Context(), files)
			if err != nil {
				t.Fatal(err)
			}
			size := 0
			for _, g := range frag.Gaps {
				size += len(g.Why)
			}
			if len(frag.Gaps) == 0 || size > 200_000 {
				t.Errorf("%d gaps of %d bytes", len(frag.Gaps), size)
			}
		})
	}
}

// Requirements that no folder meets are looked for in every folder above: that must not multiply.
func TestDeepAndWide(t *testing.T) {
	deep := strings.Repeat("node_modules/a/", 60)
	var b strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&b, `"d%d": "1",`, i)
	}
	frag, err := readFiles(t.Context(), map[string]string{
		"package-lock.json": `{"packages": {"` + strings.TrimSuffix(deep, "/") + `": {"version": "1.0.0", "dependencies": {` + b.String() + `"x": "1"}}}}`,
	})
	if err != nil || len(frag.Components) != 2 {
		t.Errorf("%d components, error %v", len(frag.Components), err)
	}
}

// Nothing of what stands before a host in a URL becomes part of an identity, nor of a URL that a report
// repeats, however long it is.
func TestNoSecrets(t *testing.T) {
	const secret = "t0psecret"
	long := "https://bob:" + strings.Repeat(secret, 100) + "@git.example/x.git"
	for name, text := range map[string]string{
		"package.json":        `{"name": "app", "version": "` + long + `", "license": "see ` + long + `", "dependencies": {"a": "git+` + long + `", "b": "` + long + `"}}`,
		"package-lock.json":   `{"packages": {"node_modules/a": {"version": "` + long + `", "resolved": "git+` + long + `"}}}`,
		"yarn.lock":           "a@" + long + ":\n  version \"1.0.0\"\n  resolved \"" + long + "#1\"\n\nb@1:\n  version \"" + long + "\"\n",
		"a/yarn.lock":         "__metadata:\n  version: 8\n\"a@" + long + "\":\n  version: 1.0.0\n  resolution: \"a@" + long + "#commit=1\"\n",
		"pnpm-lock.yaml":      "lockfileVersion: '9.0'\npackages:\n  a@" + long + ":\n    resolution: {tarball: '" + long + "'}\n  b@1:\n    resolution: {type: git, repo: '" + long + "', commit: '1'}\n",
		"bun.lock":            `{"packages": {"a": ["a@` + long + `", {}], "b": ["b@git+` + long + `#1", {}], "c": ["c@1", "` + long + `", {"dependencies": {"d": "` + long + `"}}]}}`,
		"deno.lock":           `{"version": "4", "npm": {"a@1": {"tarball": "` + long + `", "dependencies": ["b@` + long + `"]}}, "remote": {"` + long + `/a@1/mod.ts": ""}, "specifiers": {"npm:c@` + long + `": "1"}}`,
		"deno.json":           `{"name": "` + long + `", "imports": {"a": "npm:a@` + long + `", "b": "jsr:@s/b@` + long + `"}}`,
		"npm-shrinkwrap.json": `{"dependencies": {"a": {"version": "git+` + long + `"}, "b": {"version": "` + long + `"}, "` + long + `": {}}}`,
	} {
		frag, err := readFiles(t.Context(), map[string]string{name: text})
		if err != nil || len(frag.Components) == 0 {
			t.Fatalf("%s: %d components, error %v", name, len(frag.Components), err)
		}
		if said := fmt.Sprintf("%+v", frag); strings.Contains(said, secret) {
			t.Errorf("%s: %s", name, said)
		}
	}
}

// pnpm keeps the packages in a folder of its own, and links to them and between them: so they find each other.
func TestLinkedPackages(t *testing.T) {
	const store = "node_modules/.pnpm/"
	link := func(to string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(to), Mode: fs.ModeSymlink} }
	fsys := fstest.MapFS{
		"package.json":     {Data: []byte(`{"name": "app", "dependencies": {"lib": "^1.0.0"}}`)},
		"node_modules/lib": link(".pnpm/lib@1.4.0/node_modules/lib"),
		store + "lib@1.4.0/node_modules/lib/package.json":   {Data: []byte(`{"name": "lib", "version": "1.4.0", "license": "GPL-3.0-only", "dependencies": {"deep": "1"}}`)},
		store + "lib@1.4.0/node_modules/deep":               link("../../deep@1.0.0/node_modules/deep"),
		store + "deep@1.0.0/node_modules/deep/package.json": {Data: []byte(`{"name": "deep", "version": "1.0.0"}`)},
		store + "deep@2.0.0/node_modules/deep/package.json": {Data: []byte(`{"name": "deep", "version": "2.0.0"}`)},
	}
	p := &ecosystem.Project{FS: fsys, Facts: &sbom.Facts{}}
	for file, f := range fsys {
		if npm.Ecosystem.Match(file, f.Mode, nil) {
			p.Files = append(p.Files, file)
		}
	}
	slices.Sort(p.Files)
	frag, err := npm.Ecosystem.Read(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range frag.Components {
		if len(c.Claims) > 0 {
			got = append(got, fmt.Sprint(c.ID, " in ", c.Occurrences[0].Dir))
		}
	}
	for _, e := range frag.Relationships {
		got = append(got, fmt.Sprint(e.From, " -> ", e.To, " ", e.Kind))
	}
	slices.Sort(got)
	if diff := cmp.Diff([]string{
		"pkg:npm/app -> pkg:npm/deep@2.0.0 indirect", // which nobody requires
		"pkg:npm/app -> pkg:npm/lib@1.4.0 ",
		"pkg:npm/lib@1.4.0 -> pkg:npm/deep@1.0.0 ",
		"pkg:npm/lib@1.4.0 in node_modules/.pnpm/lib@1.4.0/node_modules/lib",
	}, slices.Compact(got)); diff != "" {
		t.Error(diff)
	}
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := readFiles(ctx, map[string]string{"package-lock.json": string(lockOf(1000))})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}
