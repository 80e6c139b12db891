package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
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
		} else if slices.ContainsFunc(out, func(o output) bool { return o.file == file }) {
			return nil, fmt.Errorf("-o %s: %s is written already", v, file)
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

// writeFile writes a file whole or not at all: a report that was cut must not look like one. What is
// there and is no regular file, a pipe or a device, is written to as it is.
func writeFile(name string, encode func(io.Writer) error) (err error) {
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		f, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		return errors.Join(encodeTo(f, encode), f.Close())
	}
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	if err := errors.Join(encodeTo(f, encode), f.Chmod(0o644), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

func encodeTo(f *os.File, encode func(io.Writer) error) error {
	w := bufio.NewWriter(f)
	if err := encode(w); err != nil {
		return err
	}
	return w.Flush()
}

// inside gives the slash paths of the files that are about to be written into the target: an earlier run
// may have written them there, and a report is no part of what it reports on.
func (t *target) inside(outputs []output) []string {
	var out []string
	for _, o := range outputs {
		if o.file != "" {
			out = append(out, within(t.arg, o.file)...)
		}
	}
	return out
}

// within gives the slash paths that a file has below a folder, by its name there and by that of what it is a link to; none if it
// does not lie there.
func within(dir, file string) []string {
	var out []string
	for _, top := range named(dir) {
		for _, at := range named(file) {
			if rel, err := filepath.Rel(top, at); err == nil && filepath.IsLocal(rel) && rel != "." {
				out = append(out, filepath.ToSlash(rel))
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// named are the absolute paths of a file: as it was named, and behind all links.
func named(file string) []string {
	abs, err := filepath.Abs(file)
	if err != nil {
		return nil
	}
	out := []string{abs}
	if real, err := filepath.EvalSymlinks(abs); err == nil {
		out = append(out, real)
	}
	return out
}
