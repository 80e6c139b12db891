package detect

import (
	"bytes"
	"strings"
	"testing"

	"github.com/licet/licet/rules"
)

// shape is a file that repeats itself.
type shape struct {
	name, path string
	data       []byte
}

// slowShapes are files made to be slow, of one megabyte each.
func slowShapes() []shape {
	gpl, _ := rules.Text("GPL-2.0-only")
	return []shape{
		{"slow-tags", "a.c", repeat("SPDX-License-Identifier: ")},
		{"slow-tag-values", "a.c", repeat("SPDX-License-Identifier: (((MIT OR Acme ")},
		{"slow-copyright", "a.c", repeat("Copyright (c) 2020 Someone ")},
		{"slow-marks", "a.c", repeat("(c)")},
		{"slow-word", "a.c", repeat("license ")},
		{"slow-anchor", "LICENSE.txt", repeat("redistribution and use in ")},
		{"slow-near-copies", "NOTICE", bytes.Repeat([]byte(gpl[:len(gpl)-200]+"\n"), 60)},
		{"slow-ignored", "a.c", repeat("REUSE-IgnoreStart REUSE-IgnoreEnd ")},
	}
}

// TestSlowShapes takes a second; were the time quadratic in anything, it would take hours.
func TestSlowShapes(t *testing.T) {
	for _, s := range slowShapes() {
		New().File(s.path, s.data)
	}
}

// BenchmarkFile measures each kind of file, and the shapes that are meant to be slow: none may cost much
// more a byte than files full of licenses do, nor more when it is longer.
func BenchmarkFile(b *testing.B) {
	text := func(id string) string { t, _ := rules.Text(id); return t }
	program := strings.Repeat("func add(a, b int) int {\n\treturn a + b // the sum of both (and no more)\n}\n\n", 14000)
	var dense strings.Builder
	for _, l := range rules.Licenses() {
		if dense.Len() < 1<<20 {
			dense.WriteString(text(l.ID) + "\n\n")
		}
	}
	files := []shape{
		{"no-statement", "add.go", []byte(program)},
		{"one-tag", "add.go", []byte("// SPDX-License-Identifier: MIT\n" + program)},
		{"header", "add.go", []byte("/* Copyright 2020 Someone\n" + text("BSD-3-Clause") + "*/\n" + program)},
		{"small-header", "add.go", []byte("/* Copyright 2020 Someone\n" + text("BSD-3-Clause") + "*/\n" + program[:4000])},
		{"binary", "add.o", append([]byte{0}, program...)},
		{"license-MIT", "LICENSE", []byte(text("MIT"))},
		{"license-Apache", "LICENSE", []byte(text("Apache-2.0"))},
		{"license-GPL", "LICENSE", []byte(text("GPL-2.0-only"))},
		{"license-second-opinion", "LICENSE", []byte(strings.Replace(text("BSD-3-Clause"), "specific prior", "specific and prior", 1))},
		{"dense", "NOTICE", []byte(dense.String())},
	}
	for _, tt := range append(files, slowShapes()...) {
		b.Run(tt.name, func(b *testing.B) {
			e := New()
			e.File(tt.path, tt.data)
			b.SetBytes(int64(len(tt.data)))
			b.ReportAllocs()
			for b.Loop() {
				e.File(tt.path, tt.data)
			}
		})
	}
}

func repeat(unit string) []byte { return []byte(strings.Repeat(unit, 1<<20/len(unit))) }

// BenchmarkFirstText is what the first license file costs before anything is read.
func BenchmarkFirstText(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		readPatterns(rules.Patterns())
	}
}
