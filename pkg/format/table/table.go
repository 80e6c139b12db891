// Package table draws a report for people.
package table

import (
	"io"

	"github.com/licet/licet/pkg/format"
	"github.com/licet/licet/pkg/report"
)

// Format is the text for people.
var Format = &format.Format{
	Name:   "table",
	Encode: encode,
}

func encode(w io.Writer, r *report.Report, opt format.Options) error { return nil }
