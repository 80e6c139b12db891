package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/spdx"
	"github.com/licet/licet/rules"
)

func (p *program) licensesCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "licenses", Short: "List licenses, show one, read an expression"}
	var category string
	list := &cobra.Command{
		Use:   "list",
		Short: "List the known licenses with their categories",
		Args:  cobra.NoArgs,
		RunE:  func(*cobra.Command, []string) error { return p.listLicenses(category) },
	}
	list.Flags().StringVar(&category, "category", "", "only those of a `CATEGORY`")
	show := &cobra.Command{
		Use:   "show ID",
		Short: "Show what is known of a license or exception, with its text",
		Args:  cobra.ExactArgs(1),
		RunE:  func(_ *cobra.Command, args []string) error { return p.showLicense(args[0]) },
	}
	var declared bool
	var output string
	parse := &cobra.Command{
		Use:   "parse EXPRESSION",
		Short: "Read an SPDX expression; print its normal form and what its leaves are",
		Long: "Read an SPDX expression; print its normal form and what its leaves are.\n\n" +
			"With --declared what manifests declare is read, rows {\"id\", \"ecosystem\", \"raw\"} in JSON, one a line on standard input (-), where\n" +
			"raw is what the manifest has: words, a list, an object. The answers are rows {\"id\", \"spdx\", \"ambiguous\"}: the expression, or where\n" +
			"that is not clear \"\" and what it may be, as far as that is known.",
		Example: `  licet licenses parse "MIT OR Apache-2.0"
  echo '{"id": "1", "ecosystem": "cran", "raw": "GPL (>= 2) | file LICENSE"}' | licet licenses parse --declared -o jsonl -`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if declared {
				if output != "jsonl" || len(args) != 1 || args[0] != "-" {
					return errors.New("--declared reads rows from standard input and writes rows: licet licenses parse --declared -o jsonl -")
				}
				return p.declared(cmd.InOrStdin())
			}
			if cmd.Flags().Changed("output") {
				return errors.New("-o belongs to --declared: an expression is printed for people")
			}
			text := strings.Join(args, " ")
			e, err := spdx.Parse(text)
			if err != nil {
				return meant(text, pointAt(text, err))
			}
			return p.describe(e)
		},
	}
	parse.Flags().BoolVar(&declared, "declared", false, "read what manifests declare, a row each")
	parse.Flags().StringVarP(&output, "output", "o", "jsonl", "`FORMAT` of the rows: jsonl")
	cmd.AddCommand(list, show, parse)
	return cmd
}

// pointAt shows where in the text a syntax error is.
func pointAt(text string, err error) error {
	syntax, ok := err.(*spdx.SyntaxError)
	if !ok || strings.ContainsAny(text, "\r\n\t") || len(text) > 200 {
		return err
	}
	return fmt.Errorf("%w\n  %s\n  %s^", err, text, strings.Repeat(" ", utf8.RuneCountInString(text[:min(syntax.Offset, len(text))])))
}

// meant adds to an error what people mean by the words, where it has no suggestion of its own: how they are read in a manifest,
// or which licenses are so called.
func meant(text string, err error) error {
	var syntax *spdx.SyntaxError
	if !errors.As(err, &syntax) || syntax.Suggestion != "" {
		return err
	}
	if e, ambiguous := detect.Declared(text); !ambiguous && !e.IsNone() && !e.IsNoAssertion() {
		return fmt.Errorf("%w\n  in a manifest these words are read as: %s", err, e)
	}
	if ids := called(text); len(ids) > 0 {
		return fmt.Errorf("%w\n  more than one license is so called: %s", err, strings.Join(ids, ", "))
	}
	return err
}

// called are the ids that begin with a family's name, a few of them, the shortest first.
func called(family string) []string {
	var out []string
	for _, l := range rules.Licenses() {
		if prefix := family + "-"; !l.Deprecated && len(l.ID) > len(prefix) && strings.EqualFold(l.ID[:len(prefix)], prefix) {
			out = append(out, l.ID)
		}
	}
	slices.SortStableFunc(out, func(a, b string) int { return cmp.Compare(len(a), len(b)) }) // the plain ones first
	const most = 6
	if len(out) > most {
		out = append(out[:most], "...")
	}
	return out
}

func (p *program) listLicenses(category string) error {
	if category != "" && !slices.Contains(rules.CategoryNames(), category) {
		return fmt.Errorf("--category %s: there are %s", category, strings.Join(rules.CategoryNames(), ", "))
	}
	for _, l := range rules.Licenses() {
		categories := rules.Categories(l.ID)
		if category != "" && !slices.Contains(categories, category) {
			continue
		}
		if _, err := fmt.Fprintf(p.out, "%-36s %-20s %s\n", l.ID, strings.Join(categories, ","), l.Name); err != nil {
			return err
		}
	}
	return nil
}

func (p *program) showLicense(id string) error {
	if x, ok := rules.ExceptionByID(id); ok {
		fmt.Fprintf(p.out, "%s\n  name        %s\n  kind        exception\n", x.ID, x.Name)
		successor(p, x.Deprecated, x.Successor)
		return nil
	}
	if strings.EqualFold(id, rules.PublicDomain) {
		fmt.Fprintf(p.out, "%s\n  name        what nobody owns, no license\n  category    %s\n", rules.PublicDomain, strings.Join(rules.Categories(rules.PublicDomain), ", "))
		return nil
	}
	l, ok := rules.LicenseByID(id)
	if !ok {
		_, err := spdx.Parse(id)
		if err == nil {
			err = fmt.Errorf("%s is not one listed license: `licet licenses parse` reads expressions", id)
		}
		return err
	}
	fmt.Fprintf(p.out, "%s\n  name        %s\n  category    %s\n  OSI         %s\n  FSF         %s\n  page        %s\n",
		l.ID, l.Name, strings.Join(rules.Categories(l.ID), ", "), yes(l.OSI), yes(l.FSF), l.URL)
	successor(p, l.Deprecated, l.Successor)
	text, ok := rules.Text(l.ID)
	if !ok {
		text = "(the text is not part of license list " + rules.ListVersion() + ")"
	}
	_, err := fmt.Fprintf(p.out, "\n%s\n", strings.TrimRight(text, "\n"))
	return err
}

func successor(p *program, deprecated bool, successor string) {
	switch {
	case deprecated && successor != "":
		fmt.Fprintf(p.out, "  deprecated  use %s\n", successor)
	case deprecated:
		fmt.Fprintf(p.out, "  deprecated  without a successor\n")
	}
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// describe prints an expression's normal form and its leaves.
func (p *program) describe(e spdx.Expr) error {
	fmt.Fprintf(p.out, "%s\n", e.Normal())
	for _, t := range e.Normal().Terms() {
		categories, ok := rules.PairCategories(t.ID, t.Exception)
		if !ok {
			categories = rules.Categories(t.ID)
		}
		what := strings.Join(categories, ", ")
		if l, ok := rules.LicenseByID(t.ID); ok {
			what += ": " + l.Name
		} else if t.IsRef() {
			what = cmp.Or(what, "a license outside the list")
		}
		fmt.Fprintf(p.out, "  %-36s %s\n", t, what)
		if versions := t.Alternatives(); len(versions) > 1 {
			fmt.Fprintf(p.out, "  %-36s any of %s, at the recipient's choice\n", "", join(versions))
		}
	}
	return nil
}

func join(terms []spdx.Term) string {
	words := make([]string, len(terms))
	for i, t := range terms {
		words[i] = t.String()
	}
	return strings.Join(words, ", ")
}
