package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/scan"
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/pkg/spdx"
)

// detectedFile is one line of `detect -o jsonl`; its shape is part of the CLI contract.
type detectedFile struct {
	Path       string              `json:"path"`
	Expression string              `json:"expression"`
	IDs        []string            `json:"ids"`
	Licenses   []detectedLicense   `json:"licenses"`
	Copyrights []detectedCopyright `json:"copyrights"`
	Gaps       []string            `json:"gaps,omitempty"`
}

type detectedLicense struct {
	ID       string  `json:"id"`
	In       string  `json:"in,omitempty"` // the file that states it, where that is another one
	Kind     string  `json:"kind"`
	Line     int     `json:"line"`
	EndLine  int     `json:"end_line"`
	Start    int     `json:"start"`
	End      int     `json:"end"`
	Coverage float64 `json:"coverage"`
	Rule     string  `json:"rule"`
	Raw      string  `json:"raw,omitempty"` // the words, where they are no expression
}

type detectedCopyright struct {
	Text   string `json:"text"`
	Holder string `json:"holder"`
	Years  string `json:"years"`
	Line   int    `json:"line"`
	In     string `json:"in,omitempty"` // the file that states it, where that is another one
	// Ignored: it has no say, for another file states the copyright in its stead.
	Ignored bool `json:"ignored,omitempty"`
}

func (p *program) detectCommand() *cobra.Command {
	var as string
	cmd := &cobra.Command{
		Use:   "detect PATH...",
		Short: "Show the licenses and copyrights that files state, file by file",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if as != "text" && as != "jsonl" {
				return fmt.Errorf("-o %s: it is text or jsonl", as)
			}
			boundMemory(detectMemory)
			out := bufio.NewWriter(p.out)
			show := showText
			if as == "jsonl" {
				show = showJSON
			}
			lost := false
			for _, arg := range args {
				gaps, err := detectIn(cmd, arg, func(f detectedFile) error { return show(out, f) })
				if err != nil {
					return err
				}
				for _, g := range gaps {
					fmt.Fprintf(p.err, "licet: %s: %s\n", g.Span.Path, g.Why)
					lost = true
				}
			}
			if err := out.Flush(); err != nil {
				return fmt.Errorf("standard output: %w", plain(err))
			}
			if lost {
				return exit(exitGaps)
			}
			return nil
		},
	}
	cmd.Flags().StringVarP(&as, "output", "o", "text", "text, or jsonl: one `FORMAT` object a file")
	return cmd
}

// detectMemory is what the heap of a search may grow to before garbage is collected more eagerly than usual, so
// that a file which is made to be slow does not take twice what is needed for it. Files without such shapes need less.
const detectMemory = 96 << 20

// scanMemory is that of a scan, which holds what it learns, and the content of packed archives: what these take is not taken twice.
const scanMemory = 512 << 20

// imageMemory is that of a scan of an image, of which less is held.
const imageMemory = 296 << 20

// boundMemory bounds the garbage of this process, unless the user does so by GOMEMLIMIT.
func boundMemory(limit int64) {
	if debug.SetMemoryLimit(-1) == math.MaxInt64 {
		debug.SetMemoryLimit(limit + int64(runtime.GOMAXPROCS(0))<<23)
	}
}

// detectIn searches one argument, a file or a folder, and hands each file on as it is done. Paths begin as
// the argument does.
func detectIn(cmd *cobra.Command, arg string, show func(detectedFile) error) ([]sbom.Gap, error) {
	info, err := os.Stat(arg)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", arg, plain(err))
	}
	dir := arg
	if !info.IsDir() {
		dir = filepath.Dir(arg)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", arg, plain(err))
	}
	below := newFolder(root)
	defer below.Close()
	tree := source.FS(below)
	given := func(p string) string { return joinArg(filepath.ToSlash(arg), p) }
	if !info.IsDir() {
		tree = source.Files(below, filepath.Base(arg))
		given = func(p string) string { return strings.TrimSuffix(filepath.ToSlash(arg), filepath.Base(arg)) + p }
	}
	var gaps []sbom.Gap
	for f, lost := range scan.Detect(cmd.Context(), tree, scan.Options{}) {
		for _, g := range lost {
			g.Span.Path = given(g.Span.Path)
			gaps = append(gaps, g)
		}
		if f.Path == "" {
			continue
		}
		if err := show(detected(f, lost, given)); err != nil {
			return nil, err
		}
	}
	return gaps, cmd.Context().Err()
}

// joinArg is a path below a folder that was given as an argument: clean, but for a "./" that it began with.
func joinArg(arg, p string) string {
	joined := path.Join(arg, p)
	if strings.HasPrefix(arg, "./") {
		joined = "./" + joined
	}
	return joined
}

// detected gives a file's facts the shape of the contract. What the file asks to pass over has a part in the
// expression as well, unless it is another file that says what holds.
func detected(f sbom.FileFacts, lost []sbom.Gap, given func(string) string) detectedFile {
	in := func(at source.Span) string {
		if at.Path == f.Path {
			return ""
		}
		return given(at.Path)
	}
	annotated := slices.ContainsFunc(f.Claims, func(c sbom.Claim) bool { return c.Kind != "ignored" && c.Evidence[0].Span.Path != f.Path })
	out := detectedFile{Path: given(f.Path), IDs: []string{}, Licenses: []detectedLicense{}, Copyrights: []detectedCopyright{}}
	var all []spdx.Expr
	said, normal := map[string]bool{}, map[string]string{} // the same once: a file may say it a thousand times
	for _, c := range f.Claims {
		written := c.Expr.String()
		id, known := normal[written]
		if !known {
			id = c.Expr.Normal().String()
			normal[written] = id
		}
		switch {
		case annotated && c.Kind == "ignored":
		case !c.Expr.IsNoAssertion():
			if !said[id] {
				said[id] = true
				all = append(all, c.Expr.Normal())
			}
		case strings.HasPrefix(c.Evidence[0].Rule, detect.RuleException):
			out.IDs = append(out.IDs, c.Raw)
		}
		raw := ""
		if c.Expr.IsNoAssertion() {
			raw = c.Raw
		}
		for _, e := range c.Evidence {
			out.Licenses = append(out.Licenses, detectedLicense{
				Raw: raw, ID: id, Kind: c.Kind, Line: e.Span.Line, EndLine: e.EndLine,
				Start: e.Span.Start, End: e.Span.End, Coverage: e.Coverage, Rule: e.Rule, In: in(e.Span),
			})
		}
	}
	if len(all) > 0 {
		expr := spdx.And(all...).Normal()
		out.Expression = expr.String()
		for _, t := range expr.Terms() {
			out.IDs = append(out.IDs, ids(t)...)
		}
	}
	slices.Sort(out.IDs)
	out.IDs = slices.Compact(out.IDs)
	for _, c := range f.Copyrights {
		for _, at := range c.Found {
			out.Copyrights = append(out.Copyrights, detectedCopyright{Text: c.Text, Holder: c.Holder, Years: c.Years, Line: at.Line, In: in(at), Ignored: c.Ignored})
		}
	}
	for _, g := range lost {
		out.Gaps = append(out.Gaps, g.Why)
	}
	return out
}

// ids are the ids of a leaf: of its license, and of its exception.
func ids(t spdx.Term) []string {
	exception := t.Exception
	t.Exception = ""
	out := []string{t.String()}
	if exception != "" {
		out = append(out, exception)
	}
	return out
}

func showJSON(w io.Writer, f detectedFile) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(f)
}

// showText prints a file that states something as a heading with a line a statement.
func showText(w io.Writer, f detectedFile) error {
	if len(f.Licenses)+len(f.Copyrights) == 0 {
		return nil
	}
	expr := f.Expression
	if expr == "" {
		expr = "no license stated"
	}
	fmt.Fprintf(w, "%s: %s\n", f.Path, expr)
	for _, l := range f.Licenses {
		id := l.ID
		if l.Raw != "" {
			id = fmt.Sprintf("cannot be read: %q", l.Raw)
		}
		fmt.Fprintf(w, "  %5s  %-9s %s (%s)\n", place(l.In, l.Line), l.Kind, id, l.Rule)
	}
	for _, c := range f.Copyrights {
		kind := "copyright"
		if c.Ignored {
			kind = "ignored"
		}
		fmt.Fprintf(w, "  %5s  %-9s %s\n", place(c.In, c.Line), kind, c.Text)
	}
	return nil
}

// place is a line, with the file that it is of where that is another one.
func place(in string, line int) string {
	if in != "" {
		return fmt.Sprintf("%s:%d", in, line)
	}
	return strconv.Itoa(line)
}
