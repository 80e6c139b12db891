package detect

import (
	"fmt"
	"strings"
	"testing"

	"github.com/licet/licet/rules"
)

// shape is a file that repeats itself.
type shape struct {
	name, path string
	data       []byte
}

// slowShapes are files made to be slow, of n bytes each.
func slowShapes(n int) []shape {
	gpl, _ := rules.Text("GPL-2.0-only")
	bsd, _ := rules.Text("BSD-3-Clause")
	shapes := []shape{{"slow-near-copies", "NOTICE", nearCopies(gpl, n)}}
	for _, s := range []struct{ name, path, unit string }{
		{"slow-cut-copies", "NOTICE", gpl[:len(gpl)-200] + "\n"},
		{"slow-beginnings", "LICENSE", bsd[:700] + "\n"},
		{"slow-tags", "a.c", "SPDX-License-Identifier: "},
		{"slow-tag-values", "a.c", "SPDX-License-Identifier: (((MIT OR Acme "},
		{"slow-copyright", "a.c", "Copyright (c) 2020 Someone "},
		{"slow-years", "a.c", "Copyright 2020, 2021, 2022,\n"},
		{"slow-marks", "a.c", "(c) 2"},
		{"slow-signs", "a.c", "\xa9 "},
		{"slow-word", "a.c", "license "},
		{"slow-lines", "a.py", "# license\n"},
		{"slow-opened", "a.c", "/* license "},
		{"slow-closed", "a.c", "*/ license /* "},
		{"slow-apart", "a.py", "# license " + strings.Repeat("x", 3000) + "\n"},
		{"slow-names", "a.c", "GPLv2 or "},
		{"slow-paths", "a.c", "license/"},
		{"slow-modules", "a.c", "MODULE_LICENSE(\"GPL\");\n"},
		{"slow-tag-lines", "a.c", "// SPDX-License-Identifier: MIT\n"},
		{"slow-field-lines", "a.txt", "License: GPL-2.0+\n"},
		{"slow-fields", "a.json", `"license": "MIT",`},
		{"slow-links", "a.md", "http://www.apache.org/licenses/LICENSE-2.0 "},
		{"slow-terms", "a.c", "may not be copied without written permission\n\n"},
		{"slow-anchor", "LICENSE.txt", "redistribution and use in "},
		{"slow-ignored", "a.c", "REUSE-IgnoreStart REUSE-IgnoreEnd "},
	} {
		shapes = append(shapes, shape{s.name, s.path, repeat(s.unit, n)})
	}
	return shapes
}

// nearCopies repeats a text, each time with other words damaged.
func nearCopies(text string, n int) []byte {
	words := strings.Fields(text)
	var out []byte
	for k := 0; len(out) < n; k++ {
		for i, w := range words {
			if (i+k)%23 == 0 {
				w = fmt.Sprint("other", i*k)
			}
			out = append(append(out, w...), ' ')
		}
		out = append(out, '\n')
	}
	return out[:n]
}

// TestSlowShapes takes seconds; were the time quadratic in anything, it would take hours.
func TestSlowShapes(t *testing.T) {
	t.Parallel()
	for _, s := range slowShapes(1 << 20) {
		New().File(s.path, s.data)
	}
}

// BenchmarkFile measures each kind of file, and the shapes that are meant to be slow: none may cost much
// more a byte than files full of licenses do. What doubling them does is measured by licet-bench.
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
	files = append(files, slowShapes(1<<20)...)
	for _, tt := range files {
		b.Run(tt.name, func(b *testing.B) {
			e := &Engine{memo: newMemo(0)} // what is measured is the work
			e.File(tt.path, tt.data)
			b.SetBytes(int64(len(tt.data)))
			b.ReportAllocs()
			for b.Loop() {
				e.File(tt.path, tt.data)
			}
		})
	}
}

func repeat(unit string, n int) []byte { return []byte(strings.Repeat(unit, n/len(unit)+1))[:n] }

// BenchmarkFirstText is what the first license file costs before anything is read.
func BenchmarkFirstText(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		readPatterns(rules.Patterns())
	}
}
