package registry

import (
	"encoding/base64"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "rewrite what is wanted in the cases")

const cases = "../../testdata/registry"

// TestConfigured: a case is a home with the files of package managers, the environment, and what is wanted of them: whom to ask in
// which order, and what to tell whom. @HOME@ in it is the home.
func TestConfigured(t *testing.T) {
	files, err := filepath.Glob(cases + "/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			home := t.TempDir()
			u := &User{Home: home, Config: filepath.Join(home, ".config")}
			want := -1
			for i, f := range a.Files {
				switch text := strings.ReplaceAll(string(f.Data), "@HOME@", filepath.ToSlash(home)); f.Name {
				case "want":
					want = i
				case "env":
					u.Environ = strings.Fields(text)
				default:
					name := filepath.Join(home, filepath.FromSlash(f.Name))
					if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
						t.Fatal(err)
					}
					if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
						t.Fatal(err)
					}
				}
			}
			u.Env = func(name string) string {
				for _, v := range u.Environ {
					if value, ok := strings.CutPrefix(v, name+"="); ok {
						return value
					}
				}
				return ""
			}
			c, err := Configured(u, nil)
			if err != nil {
				t.Fatal(err)
			}
			got := ledger(c)
			if *update {
				a.Files[want].Data = []byte(got)
				if err := os.WriteFile(file, txtar.Format(a), 0o666); err != nil {
					t.Fatal(err)
				}
			} else if diff := cmp.Diff(string(a.Files[want].Data), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// ledger writes sites and credentials, a line each.
func ledger(c Config) string {
	var b strings.Builder
	for _, kind := range slices.Sorted(maps.Keys(c.Sites)) {
		sites := c.Sites[kind]
		if kind == "npm" || kind == "cargo" { // of which at most one is for a package
			slices.SortFunc(sites, func(a, b Site) int { return strings.Compare(a.Address, b.Address) })
		}
		for _, s := range sites {
			fmt.Fprintf(&b, "site %s %s %q\n", kind, s.Address, s.For)
		}
	}
	for _, where := range slices.Sorted(maps.Keys(c.Tokens)) {
		header := c.Tokens[where]
		if basic, ok := strings.CutPrefix(header, "Basic "); ok {
			if plain, err := base64.StdEncoding.DecodeString(basic); err == nil {
				header = "basic " + string(plain)
			}
		}
		fmt.Fprintf(&b, "token %s %s\n", where, header)
	}
	for _, host := range slices.Sorted(maps.Keys(c.Logins)) {
		fmt.Fprintf(&b, "login %s %s:%s\n", host, c.Logins[host].Name, c.Logins[host].Password)
	}
	return b.String()
}
