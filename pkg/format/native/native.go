// Package native is licet's own form of a report: JSON that loses nothing.
//
// What `licet scan -o json` writes, `licet check`, `convert` and every other command read back as if
// they had just made it. The schema's name ends in a major version: a reader takes any file of its own
// major version, passing over fields it does not know, and refuses every other. What it does not do is
// speak to other tools; for them there are SPDX and CycloneDX.
//
// The form is the Go type: [report.Report] by encoding/json, in the order of its fields, with the
// document's lists sorted as the merge left them. So equal reports are equal bytes, and decoding what
// was encoded gives the same bytes again.
package native

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/format"
	"github.com/licet/licet/pkg/report"
	"github.com/licet/licet/pkg/sbom"
)

// Format is the native JSON.
var Format = &format.Format{
	Name: "json",
	Doc: `licet's own JSON: the whole report, and nothing lost on the way back

Every command reads it in place of a tree. Findings, gaps, evidence with byte offsets, excerpts and the
texts of licenses are all there; the field "schema" names the version.`,
	Versions: versions,
	Encode:   encode,
	Sniff:    sniff,
	Decode:   decode,
}

var versions = []string{"1"}

func encode(w io.Writer, r *report.Report, opt format.Options) error {
	if _, err := opt.Pick("json", versions); err != nil {
		return err
	}
	return format.WriteJSON(w, r, " ")
}

// schemaName is the schema without its version.
var schemaName, _, _ = strings.Cut(report.Schema, "/")

func sniff(head []byte) bool {
	at := bytes.Index(head, []byte(`"schema"`))
	return at >= 0 && bytes.HasPrefix(bytes.TrimLeft(head[at+len(`"schema"`):], ": \t\r\n"), []byte(`"`+schemaName+`/`))
}

func decode(ctx context.Context, data []byte) (*report.Report, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var head struct {
		Schema string `json:"schema"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return nil, at(data, err)
	}
	if !sameMajor(head.Schema, report.Schema) {
		return nil, fmt.Errorf("report has schema %q, this version of licet reads %q", head.Schema, report.Schema)
	}
	r := new(report.Report)
	if err := json.Unmarshal(data, r); err != nil {
		return nil, at(data, err)
	}
	if r.Document == nil {
		return nil, errors.New(`report has no "document"`)
	}
	if err := check(r.Document); err != nil {
		return nil, err
	}
	slices.SortStableFunc(r.Excerpts, report.Excerpt.Compare)
	return r, nil
}

// sameMajor compares "name/1.2" and "name/1".
func sameMajor(a, b string) bool {
	major := func(s string) (string, string) {
		name, version, _ := strings.Cut(s, "/")
		version, _, _ = strings.Cut(version, ".")
		return name, version
	}
	aName, aMajor := major(a)
	bName, bMajor := major(b)
	return aName == bName && aMajor == bMajor
}

// at puts the line in front of an error of package json, which knows offsets only.
func at(data []byte, err error) error {
	var offset int64
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &kind):
		offset = kind.Offset
	default:
		return err
	}
	offset = min(max(offset, 0), int64(len(data)))
	return fmt.Errorf("line %d: %w", 1+bytes.Count(data[:offset], []byte("\n")), err)
}

// check holds what the rest of licet relies on and a file from elsewhere may break: components in the
// order of their ids, each once, and indices that point into the list of claims.
func check(d *sbom.Document) error {
	slices.SortStableFunc(d.Components, func(a, b sbom.Component) int { return cmp.Compare(a.ID, b.ID) })
	for i, c := range d.Components {
		if i > 0 && d.Components[i-1].ID == c.ID {
			return fmt.Errorf("component %q is there twice", c.ID)
		}
		if bad, ok := outside(c.Concluded.Because, len(c.Claims)); ok {
			return fmt.Errorf("component %q concludes from claim %d of %d", c.ID, bad, len(c.Claims))
		}
		for _, o := range c.Occurrences {
			if bad, ok := outside(o.Claims, len(c.Claims)); ok {
				return fmt.Errorf("component %q names claim %d of %d", c.ID, bad, len(c.Claims))
			}
		}
	}
	return nil
}

func outside(indices []int, n int) (int, bool) {
	i := slices.IndexFunc(indices, func(i int) bool { return i < 0 || i >= n })
	if i < 0 {
		return 0, false
	}
	return indices[i], true
}
