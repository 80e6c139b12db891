package policy

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/pkg/spdx"
)

const (
	maxDiagnostics = 50   // what one file is told at once
	enough         = 1000 // errors after which no more are looked for
)

// Diagnostic is one thing that is wrong, or doubtful, in a policy file.
type Diagnostic struct {
	Span source.Span `json:"span"`
	// Line is the text of the line that Span is on, redacted.
	Line string `json:"line,omitempty"`
	Msg  string `json:"message"`
	// Help says what to write instead; may be empty.
	Help string `json:"help,omitempty"`
}

// Error gives place and message on one line.
func (d Diagnostic) Error() string { return d.Span.String() + ": " + d.Msg }

// String draws the diagnostic as compilers do: place and message, the line with a caret, the help.
func (d Diagnostic) String() string {
	var b strings.Builder
	b.WriteString(d.Error())
	if d.Line != "" && d.Span.Line > 0 {
		number := fmt.Sprint(d.Span.Line)
		line := strings.ReplaceAll(d.Line, "\t", " ")
		before := line[:max(0, min(d.Span.Col-1, len(line)))]
		width := max(1, min(d.Span.End-d.Span.Start, len(line)-len(before)))
		marked := line[len(before):min(len(line), len(before)+width)]
		fmt.Fprintf(&b, "\n %s | %s\n %s | %s%s", number, line, strings.Repeat(" ", len(number)),
			strings.Repeat(" ", utf8.RuneCountInString(before)), strings.Repeat("^", max(1, utf8.RuneCountInString(marked))))
	}
	if d.Help != "" {
		b.WriteString("\n help: " + d.Help)
	}
	return b.String()
}

// Diagnostics is all that is wrong with a file, in its order.
type Diagnostics []Diagnostic

// Error draws all of them.
func (ds Diagnostics) Error() string {
	parts := make([]string, len(ds))
	for i, d := range ds {
		parts[i] = d.String()
	}
	return strings.Join(parts, "\n")
}

func prefixed(prefix string, words []string) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = prefix + w
	}
	return out
}

// didYouMean words a suggestion; "" lists the choices when there are few.
func didYouMean(word string, candidates []string) string {
	switch best := spdx.Nearest(word, candidates); {
	case best != "":
		return "did you mean " + best + "?"
	case len(candidates) <= 16:
		return "one of: " + strings.Join(candidates, ", ")
	}
	return ""
}
