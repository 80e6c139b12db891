package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/licet/licet/pkg/conclude"
	ecosystems "github.com/licet/licet/pkg/ecosystem/all"
	formats "github.com/licet/licet/pkg/format/all"
	"github.com/licet/licet/pkg/policy"
	"github.com/licet/licet/pkg/spdx"
	"github.com/licet/licet/rules"
)

// page is one page of the manual: what can be asked for by name.
type page struct{ name, doc string }

// title is the first line of the page.
func (p page) title() string {
	line, _, _ := strings.Cut(p.doc, "\n")
	return line
}

// chapter is a list of pages of one kind.
type chapter struct {
	name, title string
	pages       []page
}

// manual is made of the same values that do the work, so it cannot be out of date.
func manual() []chapter {
	ecosystem := chapter{name: "ecosystems", title: "what is read"}
	for _, e := range ecosystems.Ecosystems {
		ecosystem.pages = append(ecosystem.pages, page{e.Name, e.Doc})
	}
	formatting := chapter{name: "formats", title: "what -o writes"}
	for _, f := range formats.Formats {
		formatting.pages = append(formatting.pages, page{f.Name, f.Doc})
	}
	checks := chapter{name: "checks", title: "what a policy finds"}
	for _, c := range policy.Checks() {
		checks.pages = append(checks.pages, page{c.ID, c.Doc})
	}
	rows := chapter{name: "conclusions", title: "how declared and detected become concluded, in this order"}
	for _, r := range conclude.Rows() {
		rows.pages = append(rows.pages, page{r.ID, r.Doc})
	}
	presets := chapter{name: "presets", title: "policies to extend: `extends: [\"@NAME\"]`"}
	for _, name := range rules.Presets() {
		presets.pages = append(presets.pages, page{"@" + name, rules.PresetDoc(name)})
	}
	return []chapter{
		ecosystem, formatting, {name: "policy", title: "what a policy file says", pages: policyPages}, presets,
		{name: "categories", title: "kinds of licenses, for lists of a policy: `allow: [\"@NAME\"]`", pages: categoryPages},
		checks, rows, {name: "modified", title: "whether copied files differ from what was published", pages: modifiedPages}, {name: "gaps", title: "what was not read, and why", pages: gapPages},
		{name: "exit", title: "what the exit status says", pages: exitPages},
	}
}

var gapPages = []page{
	{"lost", "Broken or unreadable: a file without permission, half a lockfile."},
	{"limit", "Past a limit of size, depth or number; the rest was read."},
	{"unsupported", "licet does not know how to read it."},
	{"unavailable", "Not on this machine: the files of packages that were not fetched."},
	{"material", `It could hide a component or a license of something shipped.

'licet check' exits 3 on it; --allow-gaps REASON lets it pass and records the reason, --strict makes every
gap count.`},
}

var exitPages = []page{
	{"2", "The job could not be done: wrong usage, a policy that does not parse, a target that cannot be read."},
	{"1", "Findings at or above --fail-on (deny by default)."},
	{"3", "No such findings, but a material gap: the answer may be incomplete."},
	{"0", "Clean."},
}

func (p *program) explainCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "explain [THING]",
		Short: "Explain a check, a format, an ecosystem, a conclusion, a gap, an exit status or a license",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				for _, c := range manual() {
					c.print(p.out)
				}
				return nil
			}
			return p.explain(args[0])
		},
	}
}

func (p *program) explain(thing string) error {
	found := false
	for _, c := range manual() {
		if singular(c.name) == singular(thing) {
			c.print(p.out)
			found = true
		}
		if i := slices.IndexFunc(c.pages, func(p page) bool { return strings.TrimPrefix(p.name, "@") == strings.TrimPrefix(thing, "@") }); i >= 0 {
			fmt.Fprintf(p.out, "%s (%s)\n\n%s\n", c.pages[i].name, c.name, c.pages[i].doc)
			found = true
		}
	}
	if found {
		return nil
	}
	if e, err := spdx.Parse(thing); err == nil {
		return p.describe(e)
	}
	hint := ""
	if near := spdx.Nearest(thing, things()); near != "" {
		hint = fmt.Sprintf("; did you mean %s?", near)
	}
	return fmt.Errorf("nothing is called %q%s (`licet explain` lists what can be explained, `licet licenses list` the licenses)", thing, hint)
}

// things are the names of all chapters and pages.
func things() []string {
	var out []string
	for _, c := range manual() {
		out = append(out, c.name)
		for _, p := range c.pages {
			out = append(out, p.name)
		}
	}
	return out
}

// singular is a word without its plural's ending: people ask for a category as for categories.
func singular(word string) string {
	if stem, ok := strings.CutSuffix(word, "ies"); ok {
		return stem + "y"
	}
	return strings.TrimSuffix(word, "s")
}

// column is where the titles of a chapter's pages begin, and pageWidth where they end.
const (
	column    = 27
	pageWidth = 80
)

func (c chapter) print(w io.Writer) {
	fmt.Fprintf(w, "%s: %s\n", c.name, c.title)
	for _, p := range c.pages {
		line := fmt.Sprintf("  %-*s", column-2, p.name)
		for _, word := range strings.Fields(p.title()) {
			if len(line)+1+len(word) > pageWidth {
				fmt.Fprintln(w, line)
				line = strings.Repeat(" ", column)
			}
			if !strings.HasSuffix(line, " ") {
				line += " "
			}
			line += word
		}
		fmt.Fprintln(w, line)
	}
	fmt.Fprintln(w)
}
