package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/licet/licet/pkg/format"
	"github.com/licet/licet/pkg/format/all"
	"github.com/licet/licet/pkg/report"
)

// output is one -o: a format, its version, and where to.
type output struct {
	format  *format.Format
	version string
	file    string // "" is standard output
}

// parseOutputs reads the values of -o: FORMAT[@VERSION][=FILE].
func parseOutputs(values []string) ([]output, error) {
	var out []output
	toStdout := 0
	for _, v := range values {
		spec, file, _ := strings.Cut(v, "=")
		f, version, err := all.Find(spec)
		if err != nil {
			return nil, fmt.Errorf("-o %s: %w", v, err)
		}
		if file == "" {
			toStdout++
		}
		out = append(out, output{f, version, file})
	}
	if toStdout > 1 {
		return nil, fmt.Errorf("%d formats to standard output: give all but one a file, as in -o spdx-json=FILE", toStdout)
	}
	return out, nil
}

func formatNames() []string {
	var names []string
	for _, f := range all.Formats {
		names = append(names, f.Name)
	}
	return names
}

// write renders the report into every output.
func (p *program) write(outputs []output, r *report.Report, verbose bool) error {
	for _, o := range outputs {
		if o.file == "" {
			w := bufio.NewWriter(p.out)
			opt := format.Options{Version: o.version, Color: p.color, Width: p.width, Verbose: verbose}
			if err := o.format.Encode(w, r, opt); err != nil {
				return fmt.Errorf("%s: %w", o.format.Name, err)
			}
			if err := w.Flush(); err != nil {
				return fmt.Errorf("standard output: %w", plain(err))
			}
			continue
		}
		encode := func(w io.Writer) error {
			return o.format.Encode(w, r, format.Options{Version: o.version, Verbose: verbose})
		}
		if err := writeFile(o.file, encode); err != nil {
			return fmt.Errorf("%s: %w", o.file, plain(err))
		}
	}
	return nil
}

// writeFile writes a file whole or not at all: a report that was cut must not look like one.
func writeFile(name string, encode func(io.Writer) error) (err error) {
	tmp := name + ".part"
	f, err := os.Create(tmp)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(tmp)
		}
	}()
	w := bufio.NewWriter(f)
	if err := encode(w); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(tmp, name)
}
