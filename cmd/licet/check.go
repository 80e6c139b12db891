package main

import (
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/licet/licet/pkg/policy"
	"github.com/licet/licet/pkg/report"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/scan"
	"github.com/licet/licet/pkg/source"
)

func (p *program) checkCommand() *cobra.Command {
	var flags scanFlags
	var failOn, asOf, allowGaps string
	cmd := &cobra.Command{
		Use:   "check [TARGET]",
		Short: "Scan, then judge by the policy",
		Long: `Scan, then judge every component by the policy: that of --policy FILE, else licet.yaml or .licet.yaml
of the target, else a built-in one (permissive licenses pass, copyleft is reviewed or denied).

Exit status: 1 findings at or above --fail-on; 3 no such findings but a material gap; 0 clean.`,
		Example: `  licet check
  licet check --policy org.yaml --fail-on review -o table -o json=report.json DIR`,
		RunE: func(cmd *cobra.Command, args []string) error {
			outputs, err := parseOutputs(flags.outputs)
			if err != nil {
				return err
			}
			if !slices.Contains([]string{"deny", "review", "never"}, failOn) {
				return fmt.Errorf("--fail-on %s: it is deny, review or never", failOn)
			}
			day, err := p.day(asOf)
			if err != nil {
				return err
			}
			r, s, err := p.scan(cmd.Context(), args, flags, outputs)
			if err != nil {
				return err
			}
			judge(cmd, r, s, day)
			if err := cmd.Context().Err(); err != nil {
				return err
			}
			r.FailOn, r.GapsAllowed = failOn, allowGaps
			return p.finish(outputs, r, flags)
		},
	}
	flags.register(cmd.Flags())
	cmd.Flags().StringVar(&failOn, "fail-on", "deny", "exit 1 on findings of this `SEVERITY` and above: deny, review or never")
	cmd.Flags().StringVar(&asOf, "as-of", "", "the `DATE` (YYYY-MM-DD) on which the policy is applied; today in UTC by default")
	cmd.Flags().StringVar(&allowGaps, "allow-gaps", "", "do not exit 3 on gaps; the `REASON` is recorded in the report")
	return cmd
}

// day is the as-of date, at midnight UTC.
func (p *program) day(asOf string) (time.Time, error) {
	if asOf == "" {
		return p.now().UTC().Truncate(24 * time.Hour), nil
	}
	day, err := time.Parse(time.DateOnly, asOf)
	if err != nil {
		return day, fmt.Errorf("--as-of %s: write a date as 2006-01-02", asOf)
	}
	return day, nil
}

// judge adds the findings to the report, and what a reader needs to follow them.
func judge(cmd *cobra.Command, r *report.Report, s *scanned, day time.Time) {
	r.Command = "check"
	r.AsOf = day.Format(time.DateOnly)
	r.Policy = &s.origin
	rules := s.policy.Policy
	if rules == nil { // the file states facts only
		rules = policy.Default().Policy
		r.Assumptions = append(r.Assumptions, s.origin.Path+" states no policy: judged by the built-in one")
	}
	r.Findings = policy.Evaluate(cmd.Context(), rules, r.Document, s.policy.Facts, day)
	r.Assumptions = append(r.Assumptions, policy.Assumptions(rules, r.Document)...)
	r.Document.Inputs = append(r.Document.Inputs,
		sbom.Input{Kind: "policy", Name: s.origin.Path, Digest: s.origin.Digest, Note: s.origin.From},
		sbom.Input{Kind: "as-of", Name: r.AsOf},
	)
	var places []source.Span
	for _, f := range r.Findings {
		for _, l := range f.Labels {
			places = append(places, l.Span)
		}
	}
	r.Excerpts = scan.Excerpts(s.target.files, s.caches, places)
}
