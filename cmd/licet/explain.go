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
	return []chapter{ecosystem, formatting, checks, rows, {name: "gaps", title: "what was not read, and why", pages: gapPages}, {name: "exit", title: "what the exit status says", pages: exitPages}}
}

var gapPages = []page{
	{"lost", "Broken or unreadable: a file without permission, half a lockfile, a link to nothing."},
	{"limit", "Past a limit of size, depth or number; the rest was read."},
	{"unsupported", "licet does not know how to read it."},
	{"unavailable", "Not on this machine: the files of packages that were not fetched."},
	{"material", "A gap that could hide a component or a license of something shipped. `licet check` exits 3 on it;\n--allow-gaps REASON lets it pass and records the reason, --strict makes every gap count."},
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
		if c.name == thing {
			c.print(p.out)
			found = true
		}
		if i := slices.IndexFunc(c.pages, func(p page) bool { return p.name == thing }); i >= 0 {
			fmt.Fprintf(p.out, "%s (%s)\n\n%s\n", thing, c.name, c.pages[i].doc)
			found = true
		}
	}
	if found {
		return nil
	}
	if e, err := spdx.Parse(thing); err == nil {
		return p.describe(e)
	}
	return fmt.Errorf("nothing is called %q: `licet explain` lists what can be explained, `licet licenses list` the licenses", thing)
}

func (c chapter) print(w io.Writer) {
	fmt.Fprintf(w, "%s: %s\n", c.name, c.title)
	for _, p := range c.pages {
		fmt.Fprintf(w, "  %-22s %s\n", p.name, p.title())
	}
	fmt.Fprintln(w)
}
