package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem/python"
)

// declaredRow is the answer to one row: what a declaration means, or what it may mean.
type declaredRow struct {
	ID        string   `json:"id"`
	SPDX      string   `json:"spdx"`
	Ambiguous []string `json:"ambiguous"`
}

// mostRow bounds a row, in bytes: a declaration may be the whole text of a license.
const mostRow = 16 << 20

// declared reads rows {id, ecosystem, raw}, JSON objects one a line, and answers each.
func (p *program) declared(in io.Reader) error {
	readers := map[string]*detect.Declarations{}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, mostRow)
	out := bufio.NewWriter(p.out)
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	n := 0
	for lines.Scan() {
		if n++; strings.TrimSpace(lines.Text()) == "" {
			continue
		}
		row, err := doc.JSON("-", lines.Bytes())
		if err != nil || row.Root().Kind() != doc.Object {
			return errors.Join(fmt.Errorf("-:%d: a row is a JSON object {id, ecosystem, raw}", n), err, out.Flush())
		}
		ecosystem := row.Root().Get("ecosystem").Text()
		if readers[ecosystem] == nil {
			readers[ecosystem] = detect.DeclarationsOf(ecosystem)
		}
		m := meaning(readers[ecosystem], row.Root().Get("raw"))
		answer := declaredRow{ID: row.Root().Get("id").Text(), Ambiguous: []string{}}
		if m.IsClear() {
			answer.SPDX = m.Expr.Normal().String()
		}
		for _, e := range m.May {
			answer.Ambiguous = append(answer.Ambiguous, e.String())
		}
		if err := encoder.Encode(answer); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("-:%d: %w (a row has at most %d bytes)", n+1, err, mostRow)
	}
	return out.Flush()
}

// meaning reads a declaration as its manifest has it, or as text in YAML of that.
func meaning(d *detect.Declarations, raw doc.Node) detect.Meaning {
	if text := raw.Text(); raw.Kind() == doc.String && (strings.Contains(text, "\n") || strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[")) {
		if value, err := doc.YAML("-", []byte(text)); err == nil && isDeclaration(value.Root()) {
			raw = value.Root()
		}
	}
	if raw.Get("classifiers").Kind() == doc.Array {
		return python.Declared(raw)
	}
	m, _ := d.Value(raw)
	return m
}

// isDeclaration reports whether a text in YAML is a list, or an object of fields that speak of a license.
func isDeclaration(n doc.Node) bool {
	for _, key := range []string{"type", "license", "licenses", "classifiers", "name"} {
		if n.Get(key).Kind() != doc.Missing {
			return true
		}
	}
	return n.Kind() == doc.Array
}
