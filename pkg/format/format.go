// Package format is the contract of an output format.
package format

import (
	"context"
	"io"

	"github.com/licet/licet/pkg/report"
)

// Format renders a report, and may read one back.
type Format struct {
	// Name is what -o takes: "spdx-json".
	Name string
	// Doc is the manual page; its first line says what the format is.
	Doc string
	// Versions are the values that may follow "@", newest last; the first is the default.
	Versions []string
	// Encode writes the report. It reads nothing but the report and the options.
	Encode func(w io.Writer, r *report.Report, opt Options) error
	// Sniff reports whether a file that begins with head (at most 4 KiB) is in this format.
	Sniff func(head []byte) bool
	// Decode reads a report back; nil when the format is for people.
	Decode func(ctx context.Context, data []byte) (*report.Report, error)
}

// Options is how to render.
type Options struct {
	Version string // what followed "@", "" for the default
	Color   bool   // the writer is a terminal that shows colours
	Width   int    // columns of the terminal, 0 for 80
	Verbose bool   // every component in full, not only those that need attention
}
