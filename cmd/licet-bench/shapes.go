package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/licet/licet/rules"
)

// A shape is a file that repeats itself, made to cost a search for licenses as much as a file of its size can.
// What a search takes must grow as the file does, and no shape may cost much more a byte than the dense one: all the
// listed texts, one after the other.
type shape struct {
	name, file string
	unit       func(k int) string // its k-th part
}

// leastShape is the size from which on a shape is doubled, and shownShape the greatest whose speed is shown, in MiB.
const (
	leastShape = 1
	shownShape = 8
)

func shapes() []shape {
	gpl, mit, bsd := listed("GPL-2.0-only"), listed("MIT"), listed("BSD-3-Clause")
	all := rules.Licenses()
	out := []shape{
		{"dense", "NOTICE", func(k int) string { return listed(all[k%len(all)].ID) + "\n\n" }},
		{"near-gpl", "NOTICE", func(k int) string { return damaged(gpl, k) }},
		{"near-mit", "NOTICE", func(k int) string { return damaged(mit, k) }},
		{"near-bsd", "LICENSE", func(k int) string { return damaged(bsd, k) }},
		{"cut-gpl", "NOTICE", func(int) string { return gpl[:len(gpl)-200] + "\n" }},
		{"begun-bsd", "LICENSE", func(int) string { return bsd[:700] + "\n" }},
		{"begun-bsd-c", "a.c", func(int) string { return "/*\n" + bsd[:700] + "\n*/\n" }},
		{"long-line", "a.js", func(k int) string { return fmt.Sprintf("a%d=b;/*license*/", k) }},
	}
	for _, s := range repeatedUnits {
		out = append(out, shape{s[0], s[1], func(int) string { return s[2] }})
	}
	return out
}

// repeatedUnits are the names, files and parts of the shapes whose parts are all alike.
var repeatedUnits = [][3]string{
	{"word", "a.c", "license "},
	{"word-text", "LICENSE", "license "},
	{"words", "LICENSE", "a "},
	{"gram", "LICENSE", "redistribution and use in "},
	{"as-is", "LICENSE", `THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, `},
	{"lines", "a.py", "# license\n"},
	{"returns", "a.c", "license\r"},
	{"apart", "a.c", "license\n\n"},
	{"far-apart", "a.py", "# license " + strings.Repeat("x", 3000) + "\n"},
	{"indented", "a.c", strings.Repeat(" ", 4000) + "license\n"},
	{"opened", "a.c", "/* license "},
	{"closed", "a.c", "*/ license /* "},
	{"boxes", "a.c", "/* license */\n"},
	{"banners", "a.js", "/*! @license MIT */x=1;"},
	{"pages", "a.html", "<!-- license "},
	{"elements", "LICENSE", "<a <b "},
	{"escapes", "LICENSE", `\n\`},
	{"tags", "a.c", "SPDX-License-Identifier: "},
	{"tag-values", "a.c", "SPDX-License-Identifier: (((MIT OR Acme "},
	{"tag-lines", "a.c", "// SPDX-License-Identifier: MIT\n"},
	{"copyright", "a.c", "Copyright (c) 2020 Someone "},
	{"holders", "a.c", "Copyright 2020 A.B. C.D., Inc. and others, \n"},
	{"years", "a.c", "Copyright 2020, 2021, 2022,\n"},
	{"marks", "a.c", "(c) 2"},
	{"signs", "a.c", "\xa9 "},
	{"names", "a.c", "GPLv2 or "},
	{"versions", "LICENSE", "GNU General Public License version 2, version 3, "},
	{"with", "LICENSE", "GPL-2.0 with "},
	{"by", "LICENSE", "CC-BY-"},
	{"links", "a.md", "http://www.apache.org/licenses/LICENSE-2.0 "},
	{"paths", "a.c", "license/"},
	{"hosts", "a.md", "license a.a.a.a.a.a.a."},
	{"fields", "a.json", `"license": "MIT",`},
	{"field-lines", "a.txt", "License: GPL-2.0+\n"},
	{"field-lines-c", "a.c", " * License: foo\n"},
	{"modules", "a.c", "MODULE_LICENSE(\"GPL\");\n"},
	{"stanzas", "copyright", "Files: *\nCopyright: 2020 A\nLicense: GPL-2+\n\n"},
	{"terms", "a.c", "may not be copied without written permission\n\n"},
	{"or", "copyright", "License: GPL or "},
	{"long-tags", "a.c", "// SPDX-License-Identifier: MIT" + strings.Repeat(" AND MIT", 500) + "\n"},
	{"ignored", "a.c", "REUSE-IgnoreStart REUSE-IgnoreEnd "},
}

// listed gives the text of a listed license, "" for one that has none.
func listed(id string) string {
	text, _ := rules.Text(id)
	return text
}

// damaged gives the k-th damaged copy of a text: one word in twenty-three is another.
func damaged(text string, k int) string {
	words := strings.Fields(text)
	for i := range words {
		if (i+k)%23 == 0 {
			words[i] = fmt.Sprint("other", i*k)
		}
	}
	return strings.Join(words, " ") + "\n"
}

// data gives the first n bytes of the shape.
func (s shape) data(n int) []byte {
	out := make([]byte, 0, n+n/8)
	for k := 0; len(out) < n; k++ {
		out = append(out, s.unit(k)...)
	}
	return out[:n]
}

// printShapes runs the command on each shape, whose path it puts behind the arguments, and prints its speed, how much
// more a byte that is than the dense shape takes, its memory at the greatest size, and by how much each doubling
// multiplies the time. What the command takes for an empty file is left out of the time.
func printShapes(out io.Writer, k task) error {
	dir, err := os.MkdirTemp("", "licet-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	empty, err := shape{"empty", "LICENSE", nil}.cost(k, k.n+2, dir, 0)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s\n  %-14s %9s %7s %8s  time of 2, 4, ... %d MiB by that of half\n", strings.Join(k.command, " "), "shape", "MB/s", "x dense", "MB peak", k.most)
	dense := 0.0
	for _, s := range shapes() {
		if k.only != "" && k.only != s.name {
			continue
		}
		speed, peak := 0.0, int64(0)
		growth, err := k.growth(leastShape, 2, empty, func(size int) (cost, error) {
			c, err := s.cost(k, k.n, dir, size<<20)
			peak = c.rss
			if size <= shownShape {
				speed = megabytes(int64(size)<<20) / c.beyond(empty).Seconds()
			}
			return c, err
		})
		if err != nil {
			return err
		}
		if dense == 0 {
			dense = speed
		}
		fmt.Fprintf(out, "  %-14s %9.1f %7.2f %8.1f %s\n", s.name, speed, dense/speed, megabytes(peak), growth)
	}
	return nil
}

// cost is the least that n runs of the command cost on the shape of a size.
func (s shape) cost(k task, n int, dir string, size int) (cost, error) {
	path := filepath.Join(dir, s.file)
	defer os.Remove(path)
	if err := os.WriteFile(path, s.data(size), 0o666); err != nil {
		return cost{}, err
	}
	c, err := best(n, k.on(path))
	if err == nil && c.exit == 2 {
		err = errors.New(s.name + ": the command could not do its job")
	}
	return c, err
}
