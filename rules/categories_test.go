package rules_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/licet/licet/rules"
)

// keys returns the first field of each line of a hand-written table and fails where they are not sorted.
func keys(t *testing.T, name string, key func(fields []string) string) []string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for line := range strings.Lines(string(data)) {
		if !strings.HasPrefix(line, "#") {
			all = append(all, key(strings.Split(strings.TrimSuffix(line, "\n"), "\t")))
		}
	}
	for i := range len(all) - 1 {
		if strings.ToLower(all[i]) >= strings.ToLower(all[i+1]) {
			t.Errorf("%s: %q stands before %q", name, all[i], all[i+1])
		}
	}
	return all
}

func first(fields []string) string { return fields[0] }

func checkCategories(t *testing.T, of string, categories []string) {
	t.Helper()
	if len(categories) == 0 {
		t.Errorf("%s has no category", of)
	}
	for i, c := range categories {
		if !slices.Contains(rules.CategoryNames(), c) {
			t.Errorf("%s has the category %q, which there is not", of, c)
		}
		if slices.Contains(categories[:i], c) {
			t.Errorf("%s has the category %s twice", of, c)
		}
	}
}

// TestCategories: every id has one, and nothing else has.
func TestCategories(t *testing.T) {
	ids := keys(t, "categories.tsv", first)
	for _, id := range ids {
		if l, ok := rules.LicenseByID(id); id != rules.PublicDomain && (!ok || l.ID != id) {
			t.Errorf("categories.tsv has %q, which is not listed", id)
		}
	}
	if len(ids) != len(rules.Licenses())+1 {
		t.Errorf("categories.tsv has %d ids, the list %d", len(ids), len(rules.Licenses()))
	}
	for _, l := range rules.Licenses() {
		checkCategories(t, l.ID, rules.Categories(l.ID))
	}
	if c := rules.Categories("LicenseRef-MIT"); c != nil {
		t.Errorf("an unlisted id has the categories %v", c)
	}
}

// TestKnownCategories names ids whose category nobody disputes, and those where a lenient one would hurt.
func TestKnownCategories(t *testing.T) {
	for id, want := range map[string]string{
		"MIT": "permissive", "Apache-2.0": "permissive", "ISC": "permissive", "Zlib": "permissive", "BSL-1.0": "permissive",
		"BSD-4-Clause": "advertising", "OpenSSL": "advertising", "Apache-1.0": "advertising",
		"CC0-1.0": "public-domain", rules.PublicDomain: "public-domain", "Unlicense": "public-domain",
		"MPL-2.0": "file-copyleft", "EPL-2.0": "file-copyleft", "CDDL-1.0": "file-copyleft", "MS-RL": "file-copyleft",
		"LGPL-2.1-or-later": "library-copyleft", "CECILL-C": "library-copyleft",
		"GPL-2.0-only": "strong-copyleft", "gpl-3.0-or-later": "strong-copyleft", "Sleepycat": "strong-copyleft",
		"EUPL-1.2":      "strong-copyleft network-copyleft",
		"AGPL-3.0-only": "network-copyleft", "OSL-3.0": "network-copyleft",
		"SSPL-1.0":     "network-copyleft source-available",
		"CC-BY-SA-4.0": "content", "GFDL-1.3-only": "content", "OFL-1.1": "font", "ODbL-1.0": "data",
		"CC-BY-ND-4.0": "proprietary content", "CC-BY-NC-ND-3.0-DE": "non-commercial proprietary content",
		"RSA-MD": "advertising", "FDK-AAC": "file-copyleft field-of-use",
		"CC-BY-NC-SA-4.0": "non-commercial content", "PolyForm-Noncommercial-1.0.0": "non-commercial",
		"BUSL-1.1": "source-available", "Elastic-2.0": "source-available",
		"JSON": "field-of-use", "Hippocratic-2.1": "field-of-use",
		"BSD-3-Clause-No-Nuclear-License": "field-of-use",
	} {
		if got := strings.Join(rules.Categories(id), " "); got != want {
			t.Errorf("%s is %q, want %q", id, got, want)
		}
	}
}

func TestPairs(t *testing.T) {
	keys(t, "pairs.tsv", func(f []string) string {
		if x, ok := rules.ExceptionByID(f[1]); !ok || x.ID != f[1] || x.Deprecated {
			t.Errorf("pairs.tsv has the exception %q", f[1])
		}
		if _, ok := rules.LicenseByID(f[0]); !ok && !slices.Contains([]string{"GPL", "LGPL", "AGPL"}, f[0]) {
			t.Errorf("pairs.tsv has the license %q", f[0])
		}
		checkCategories(t, f[0]+" WITH "+f[1], strings.Fields(f[2]))
		return f[1] + "\t" + f[0]
	})
	for _, c := range []struct{ id, exception, want string }{
		{"GPL-2.0-only", "Classpath-exception-2.0", "library-copyleft"},
		{"gpl-2.0-or-later", "classpath-exception-2.0", "library-copyleft"},
		{"GPL-3.0-or-later", "GCC-exception-3.1", "file-copyleft"},
		{"GPL-3.0-or-later", "Bison-exception-2.2", "file-copyleft"},
		{"GPL-2.0-only", "Linux-syscall-note", "file-copyleft"},
		{"GPL-2.0-or-later", "openvpn-openssl-exception", "strong-copyleft"},
		{"LGPL-3.0-only", "LGPL-3.0-linking-exception", "file-copyleft"},
		{"Apache-2.0", "LLVM-exception", "permissive"},
		{"MIT", "LLVM-exception", ""},
		{"AGPL-3.0-only", "Classpath-exception-2.0", ""},
		{"GPL-2.0-only", "AdditionRef-ours", ""},
	} {
		got, ok := rules.PairCategories(c.id, c.exception)
		if strings.Join(got, " ") != c.want || ok != (c.want != "") {
			t.Errorf("%s WITH %s is %q, %v, want %q", c.id, c.exception, got, ok, c.want)
		}
	}
}

// TestDeprecatedCategories: an old id is judged as what it is called today.
func TestDeprecatedCategories(t *testing.T) {
	for _, l := range rules.Licenses() {
		if l.Successor == "" {
			continue
		}
		id, exception, _ := strings.Cut(l.Successor, " WITH ")
		want := rules.Categories(id)
		if exception != "" {
			want, _ = rules.PairCategories(id, exception)
		}
		if got := rules.Categories(l.ID); !slices.Equal(got, want) {
			t.Errorf("%s is %v, %s is %v", l.ID, got, l.Successor, want)
		}
	}
}

func TestPurePermission(t *testing.T) {
	for _, id := range keys(t, "permissions.txt", first) {
		if x, ok := rules.ExceptionByID(id); !ok || x.ID != id {
			t.Errorf("permissions.txt has %q", id)
		}
	}
	for id, want := range map[string]bool{
		"classpath-exception-2.0": true, "GCC-exception-3.1": true,
		"freertos-exception-2.0": false, "SHL-2.1": false, "AdditionRef-x": false, "": false,
	} {
		if got := rules.PurePermission(id); got != want {
			t.Errorf("PurePermission(%q) = %v", id, got)
		}
	}
}

func TestVersions(t *testing.T) {
	for id, want := range map[string]string{
		"GPL-2.0-only":  "GPL-2.0-only GPL-3.0-only",
		"gpl-3.0-only":  "GPL-3.0-only",
		"LGPL-2.0-only": "LGPL-2.0-only LGPL-2.1-only LGPL-3.0-only",
		"Apache-1.1":    "Apache-1.1 Apache-2.0",
		"MIT":           "MIT",
		"CC-BY-3.0-DE":  "CC-BY-3.0-DE",
	} {
		if got := strings.Join(rules.Versions(id), " "); got != want {
			t.Errorf("Versions(%s) = %s, want %s", id, got, want)
		}
	}
	seen := map[string]bool{}
	for _, line := range keys(t, "versions.txt", first) {
		for _, id := range strings.Fields(line) {
			l, ok := rules.LicenseByID(id)
			if !ok || l.ID != id || l.Deprecated || strings.HasSuffix(id, "-or-later") || seen[id] {
				t.Errorf("versions.txt has %q", id)
			}
			seen[id] = true
		}
	}
	// Every -or-later id has a family to choose from.
	for _, l := range rules.Licenses() {
		if base, ok := strings.CutSuffix(l.ID, "-or-later"); ok && !seen[base+"-only"] {
			t.Errorf("%s has no family in versions.txt", l.ID)
		}
	}
}
