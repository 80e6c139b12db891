package spdx

import "fmt"

// SyntaxError says where a text stops being an expression.
type SyntaxError struct {
	Offset     int    // byte at which the trouble begins
	End        int    // byte after it; equal to Offset where something is missing
	Msg        string // what is wrong, in words
	Suggestion string // what may have been meant; empty when nothing is near
}

// Error gives message, offset and suggestion on one line.
func (e *SyntaxError) Error() string {
	s := fmt.Sprintf("%s at offset %d", e.Msg, e.Offset)
	if e.Suggestion != "" {
		s += "; did you mean " + e.Suggestion + "?"
	}
	return s
}
