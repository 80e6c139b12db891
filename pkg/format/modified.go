package format

import (
	"fmt"
	"strings"

	"github.com/licet/licet/pkg/sbom"
)

// Modified says of each place of the component whether the files there were modified, and by what that is known: "no (against
// go.sum)", "yes (2 files, against go.sum): vendor/a/a.go changed, vendor/a/b.go added". Places of which nothing is known are left
// out. Of the files no more than most are named.
func Modified(c *sbom.Component, most int) []string {
	var out []string
	for _, o := range c.Occurrences {
		if o.Modified == "" {
			continue
		}
		var about, files []string
		for i, f := range o.Changed {
			if i == most {
				files = append(files, fmt.Sprintf("and %d more", o.Changes-most))
				break
			}
			files = append(files, f.Path+" "+How(f.How))
		}
		if o.Changes > 0 {
			about = append(about, sbom.Plural(o.Changes, "file"))
		}
		if o.Against != "" {
			about = append(about, "against "+o.Against)
		}
		s := string(o.Modified)
		if len(about) > 0 {
			s += " (" + strings.Join(about, ", ") + ")"
		}
		if len(files) > 0 {
			s += ": " + strings.Join(files, ", ")
		}
		if len(out) == 0 || out[len(out)-1] != s {
			out = append(out, s)
		}
	}
	return out
}

// How says in words in which way a file differs.
func How(h sbom.ChangeHow) string {
	if h == sbom.ChangedEndings {
		return "(only its line endings)"
	}
	return string(h)
}
