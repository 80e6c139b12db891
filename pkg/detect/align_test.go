package detect

import (
	"flag"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/rules"
)

var misses = flag.Bool("misses", false, "name the texts that are not found in damaged form")

// dresses are the forms in which every listed text must be known.
var dresses = []struct {
	name, path string
	dress      func(string) string
	least      int // percent of the texts found as themselves or as the twin that stands for them
}{
	{"another holder", "LICENSE", anotherHolder, 99},
	{"one word in twenty damaged", "LICENSE", damaged, 98},
	{"damaged, as a C comment", "x.c", func(s string) string {
		return "/*\n * " + strings.ReplaceAll(strings.ReplaceAll(damaged(s), "*/", "* /"), "\n", "\n * ") + "\n */\nint x;\n"
	}, 97},
	{"damaged, as a Python comment", "x.py", func(s string) string {
		return "#!/usr/bin/python\n# " + strings.ReplaceAll(damaged(s), "\n", "\n# ") + "\nx = 1\n"
	}, 97},
}

func anotherHolder(s string) string {
	lines := strings.SplitAfter(s, "\n")
	for i, line := range lines {
		if strings.HasPrefix(strings.TrimSpace(line), "Copyright (") {
			lines[i] = "Copyright (c) 2024 Zweig & Sons, Inc.\n"
		}
	}
	return strings.Join(lines, "")
}

// damaged replaces one word in twenty, the same ones each time.
func damaged(s string) string {
	r := rand.New(rand.NewPCG(1, uint64(len(s))))
	words := strings.SplitAfter(s, " ")
	for i, w := range words {
		if strings.TrimSpace(w) == w || r.IntN(20) > 0 || strings.Contains(w, "\n") {
			continue
		}
		junk := make([]byte, 3+r.IntN(6))
		for k := range junk {
			junk[k] = 'a' + byte(r.IntN(26))
		}
		words[i] = string(junk) + " "
	}
	return strings.Join(words, "")
}

// Every listed text is found as itself, or as the twin that stands for it, when it is damaged.
func TestListedTextsDamaged(t *testing.T) {
	t.Parallel()
	names := twins()
	found, others, total := make([]int, len(dresses)), make([]int, len(dresses)), 0
	for _, l := range rules.Licenses() {
		text, ok := rules.Text(l.ID)
		if !ok || l.Deprecated {
			continue
		}
		total++
		for i, d := range dresses {
			claims := New().File(d.path, []byte(d.dress(text))).Claims
			is := slices.ContainsFunc(claims, func(c sbom.Claim) bool {
				id := c.Evidence[0].Rule[strings.IndexByte(c.Evidence[0].Rule, '/')+1:]
				return c.Kind == "text" && (id == l.ID || slices.Contains(names[l.ID], id))
			})
			switch {
			case is && len(claims) == 1:
				found[i]++
			case is:
				others[i]++
			}
			if *misses && (!is || len(claims) > 1) {
				t.Logf("%s: %s: %v", d.name, l.ID, claimed(Result{Claims: claims}))
			}
		}
	}
	for i, d := range dresses {
		t.Logf("%s: of %d texts %d are found, %d with something beside them", d.name, total, found[i], others[i])
		if 100*(found[i]+others[i]) < d.least*total {
			t.Errorf("%s: found %d of %d texts, want %d %%", d.name, found[i]+others[i], total, d.least)
		}
	}
}
