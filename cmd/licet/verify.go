package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/licet/licet/pkg/ecosystem/executable"
	"github.com/licet/licet/pkg/format"
	"github.com/licet/licet/pkg/report"
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/pkg/verify"
)

// verified is what verify-artifact writes as JSON.
type verified struct {
	Schema      string      `json:"schema"`
	Tool        report.Tool `json:"tool"`
	Built       string      `json:"artifact"`
	Against     string      `json:"against"`
	GapsAllowed string      `json:"gaps_allowed,omitempty"`
	Exit        int         `json:"exit"`
	*verify.Result

	strict bool // every gap counts
}

// verifySchema is the name and version of that form.
const verifySchema = "licet.verify/1"

func (p *program) verifyCommand() *cobra.Command {
	var flags scanFlags
	var against, output, allowGaps string
	cmd := &cobra.Command{
		Use:   "verify-artifact FILE --against TREE|SBOM",
		Short: "Compare a program or archive with the inventory that it was built from",
		Long: `Read what an artifact (a program, a JAR, a wheel, an archive, an image) says that it is made of, and hold it against the
inventory of the tree that it was built from, or against an SBOM: what is in it and not listed, in another version, listed
only for development or tests, or listed as shipped and not in it.

Exit status: 1 the artifact holds what the inventory does not list as shipped, or in another version; 3 no such thing, but
something could not be compared: a stripped program tells nothing, and an archive that names itself alone does not tell
what was put into it; 0 what it tells agrees with the inventory.`,
		Example: `  licet verify-artifact ./agent --against .
  licet verify-artifact app.jar --against app.cdx.json -o json`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if against == "" {
				return fmt.Errorf("--against TREE|SBOM is missing: what is the artifact to agree with?")
			}
			if output != "table" && output != "json" {
				return fmt.Errorf("-o %s: it is table or json", output)
			}
			programs := verify.NewPrograms(executable.Ecosystem.Match)
			built, of, err := p.scan(cmd.Context(), args, flags, nil, programs.Reader())
			if err != nil {
				return err
			}
			// What lies in the tree that it is compared with would list itself.
			flags.exclude = slices.Concat(flags.exclude, within(against, of.target.arg))
			inventory, _, err := p.scan(cmd.Context(), []string{against}, flags, nil)
			if err != nil {
				return err
			}
			result := verify.Compare(built.Document, inventory.Document, programs)
			v := verified{
				Schema: verifySchema, Tool: tool(), Built: source.Redact(nameOf(args[0])), Against: source.Redact(nameOf(against)),
				GapsAllowed: allowGaps, Exit: result.Exit(allowGaps != "", flags.strict), Result: result, strict: flags.strict,
			}
			if err := v.write(p.out, output); err != nil {
				return err
			}
			if v.Exit != 0 {
				return exit(v.Exit)
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&against, "against", "", "the `TARGET` to agree with: a folder, an archive, an image or an SBOM")
	cmd.Flags().StringVarP(&output, "output", "o", "table", "write `FORMAT`: table or json")
	flags.registerReading(cmd.Flags())
	cmd.Flags().StringVar(&allowGaps, "allow-gaps", "", "do not exit 3 on gaps; the `REASON` is recorded in the output")
	return cmd
}

// nameOf is what an output calls a file or folder: never a path of this machine.
func nameOf(arg string) string {
	if kind, rest, ok := strings.Cut(arg, ":"); ok && slices.Contains(imageKinds, kind) {
		return kind + ":" + nameOf(rest)
	}
	_, name := source.SplitRoot(shownAs(arg))
	return name
}

func (v verified) write(w io.Writer, output string) error {
	if output == "json" {
		e := json.NewEncoder(w)
		e.SetIndent("", " ")
		e.SetEscapeHTML(false)
		return e.Encode(v)
	}
	_, err := io.WriteString(w, v.table())
	return err
}

// headings say what each kind of difference is.
var headings = map[verify.Kind]string{
	verify.Unlisted:       "in the artifact, not in the inventory",
	verify.AnotherVersion: "in another version than the inventory",
	verify.NotShipped:     "in the inventory for development or tests only, or as not shipped",
	verify.Absent:         "shipped by the inventory, not in the artifact",
}

func (v verified) table() string {
	var b strings.Builder
	count := map[verify.Kind]int{}
	for _, d := range v.Differences {
		if count[d.Kind]++; count[d.Kind] == 1 {
			b.WriteString(headings[d.Kind] + "\n")
		}
		b.WriteString("  " + format.Visible(strings.TrimSpace(d.Name+" "+d.Version)))
		if len(d.Others) > 0 {
			b.WriteString(" (inventory: " + format.Visible(strings.Join(d.Others, ", ")) + ")")
		}
		for i, at := range d.Found {
			b.WriteString([]string{"  ", ", "}[min(i, 1)] + format.Visible(at.String()))
		}
		b.WriteString("\n")
	}
	for _, g := range v.Gaps {
		if !g.Material && !v.strict {
			continue // counted, and told by a scan
		}
		b.WriteString("gap of " + g.Reader + ": " + format.Visible(format.Gap(g)) + "\n")
	}
	fmt.Fprintf(&b, "%s against %s: %d the same, %d not in the inventory, %d in another version, %d not to ship, %d not in the artifact; %d gaps\n",
		format.Visible(v.Built), format.Visible(v.Against), len(v.Same), count[verify.Unlisted], count[verify.AnotherVersion], count[verify.NotShipped], count[verify.Absent], len(v.Gaps))
	verdict := map[int]string{
		0: "what the artifact tells agrees with the inventory",
		1: "the artifact holds what the inventory does not list as shipped",
		3: "not verified: see the gaps",
	}[v.Exit]
	if v.GapsAllowed != "" && v.Exit == 0 {
		verdict += " (gaps allowed: " + format.Visible(v.GapsAllowed) + ")"
	}
	b.WriteString(verdict + ": exit " + strconv.Itoa(v.Exit) + "\n")
	return b.String()
}
