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
			got := shippedModules(t, dir, platforms)
			var want []string
			for _, p := range platforms {
				want = append(want, listed(t, dir, p)...)
			}
			slices.Sort(want)
			want = slices.Compact(want)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("of %d modules (-go list +shipped):\n%s", len(want), diff)
			}
		})
	}
}

// shippedModules are the modules that the reader says are shipped, as "path@version" in lower case, which
// purls are in.
func shippedModules(t *testing.T, dir string, platforms []string) []string {
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
	var out []string
	for _, u := range sbom.Merge(frag.Roots, frag).Uses {
		id, isGo := strings.CutPrefix(string(u.Component), "pkg:golang/")
		if u.Shipped == sbom.Unknown {
			t.Logf("unknown: %s, %s", id, u.Because)
		}
		if isGo && u.Shipped == sbom.Yes && !strings.HasPrefix(id, "stdlib@") {
			out = append(out, strings.ReplaceAll(id, "%2B", "+"))
		}
	}
	slices.Sort(out)
	return out
}

func env(t *testing.T, name string) string {
	out, err := exec.Command("go", "env", name).Output()
	if err != nil {
		t.Skipf("go env %s: %v", name, err)
	}
	return strings.TrimSpace(string(out))
}

// listed are the modules that `go list -deps` names for a platform, and what stands in their place.
func listed(t *testing.T, dir, platform string) []string {
	const format = `{{with .Module}}{{with .Replace}}{{.Path}}@{{.Version}}{{else}}{{.Path}}@{{.Version}}{{end}}{{end}}`
	command := exec.Command("go", "list", "-deps", "-f", format, "./...")
	goos, goarch, _ := strings.Cut(platform, "/")
	command.Dir = dir
	command.Env = append(os.Environ(), "GOOS="+goos, "GOARCH="+goarch, "GOFLAGS=", "GOPROXY=off", "GOWORK=off")
	out, err := command.Output()
	if err != nil {
		t.Skipf("go list in %s: %v\n%s", dir, err, err.(*exec.ExitError).Stderr)
	}
	var modules []string
	for line := range strings.Lines(strings.ToLower(string(out))) {
		if m := strings.TrimSuffix(strings.TrimSpace(line), "@"); m != "" {
			modules = append(modules, m)
		}
	}
	return modules
}
