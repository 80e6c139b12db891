package golang_test

import (
	"context"
	"flag"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/ecosystem/golang"
	"github.com/licet/licet/pkg/sbom"
)

var trees = flag.String("trees", "", "folders of modules, separated by commas, that TestGoList asks about besides this one")

// TestGoList asks the go command what it would compile for two platforms: of every module that it names, and
// of no other, must be said that it is shipped. The tree is this one, and those that -trees names; the files
// of their dependencies must be in the module cache.
func TestGoList(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("the go command is not at hand")
	}
	list := []string{"../../.."}
	if *trees != "" {
		list = append(list, strings.Split(*trees, ",")...)
	}
	for _, dir := range list {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			platforms := []string{"linux/amd64", "windows/amd64"}
			got, tests := readModules(t, dir, platforms)
			want := listed(t, dir, platforms)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("of %d modules (-go list +shipped):\n%s", len(want), diff)
			}
			if dir != list[0] {
				return // the modules that tests need may not be at hand
			}
			want = slices.DeleteFunc(listed(t, dir, platforms, "-test"), func(m string) bool { return slices.Contains(want, m) })
			if diff := cmp.Diff(want, tests); diff != "" {
				t.Errorf("for tests only (-go list -test +tests):\n%s", diff)
			}
		})
	}
}

// readModules gives the modules that the reader says are shipped, and those that only tests need, as
// "path@version" in lower case, which purls are in.
func readModules(t *testing.T, dir string, platforms []string) (shipped, tests []string) {
	target := os.DirFS(dir)
	var matched []string
	for _, name := range []string{"go.mod", "go.sum", "vendor/modules.txt"} {
		if info, err := fs.Stat(target, name); err == nil && golang.Ecosystem.Match(name, info.Mode(), nil) {
			matched = append(matched, name)
		}
	}
	facts := &sbom.Facts{Deliverables: []sbom.Deliverable{{Name: "all", Platforms: platforms}}}
	caches := map[string]fs.FS{"gomod": os.DirFS(env(t, "GOMODCACHE")), "goroot": os.DirFS(env(t, "GOROOT"))}
	frag, err := golang.Ecosystem.Read(context.Background(), &ecosystem.Project{FS: target, Files: matched, Caches: caches, Facts: facts})
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range sbom.Merge(frag.Roots, frag).Uses {
		id := strings.ReplaceAll(strings.TrimPrefix(string(u.Component), "pkg:golang/"), "%2B", "+")
		switch {
		case strings.HasPrefix(id, "stdlib@"):
		case u.Shipped == sbom.Yes:
			shipped = append(shipped, id)
		case u.Shipped == sbom.Unknown:
			t.Logf("unknown: %s, %s", id, u.Because)
		case strings.Contains(u.Because, "tests"):
			tests = append(tests, id)
		}
	}
	slices.Sort(shipped)
	slices.Sort(tests)
	return shipped, tests
}

func env(t *testing.T, name string) string {
	out, err := exec.Command("go", "env", name).Output()
	if err != nil {
		t.Skipf("go env %s: %v", name, err)
	}
	return strings.TrimSpace(string(out))
}

// listed are the modules that `go list -deps` names for the platforms, or what stands in their place.
func listed(t *testing.T, dir string, platforms []string, flags ...string) []string {
	const format = `{{with .Module}}{{with .Replace}}{{.Path}}@{{.Version}}{{else}}{{.Path}}@{{.Version}}{{end}}{{end}}`
	var modules []string
	for _, p := range platforms {
		goos, goarch, _ := strings.Cut(p, "/")
		command := exec.Command("go", append(append([]string{"list", "-deps"}, flags...), "-f", format, "./...")...)
		command.Dir = dir
		command.Env = append(os.Environ(), "GOOS="+goos, "GOARCH="+goarch, "GOFLAGS=", "GOPROXY=off", "GOWORK=off")
		var stderr strings.Builder
		command.Stderr = &stderr
		out, err := command.Output()
		if err != nil {
			t.Skipf("go list in %s: %v\n%s", dir, err, stderr.String())
		}
		for line := range strings.Lines(strings.ToLower(string(out))) {
			if m := strings.TrimSuffix(strings.TrimSpace(line), "@"); m != "" {
				modules = append(modules, m)
			}
		}
	}
	slices.Sort(modules)
	return slices.Compact(modules)
}
