package executable_test

import (
	"bytes"
	"strings"
	"testing"
)

// A marker is found wherever in a section it begins: one that two windows share too, and in the formats that have other names
// for their constants.
func TestRuntimeAcrossWindows(t *testing.T) {
	const marker = "/rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/core"
	const window = 256 << 10
	for _, at := range []int{0, 1, window - len(marker), window - len(marker)/2, window - 5, window, 2*window - 300, 2*window - 7} {
		data := append(bytes.Repeat([]byte{'/'}, at), marker...)
		for name, program := range map[string][]byte{"PE": portable(".rdata", data), "Mach-O": mach("__const", data)} {
			frag := read(t, program)
			if len(frag.Components) != 1 || frag.Components[0].PURL != "pkg:generic/rust-std" || len(frag.Gaps) > 0 {
				t.Errorf("%s, at %d: %+v", name, at, frag)
			}
		}
	}
}

// However often the beginning or the end of a marker is repeated, looking for the whole of it takes no longer than reading it.
func BenchmarkRuntimeMarks(b *testing.B) {
	for name, data := range map[string]string{"repeated": strings.Repeat("/rustc/", 4<<20/7), "ends": strings.Repeat("/library", 4<<20/8),
		"ends far apart": strings.Repeat(strings.Repeat("/", 240)+"/library", 4<<20/248), "zeros": string(make([]byte, 4<<20))} {
		program := portable(".rdata", []byte(data))
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(program)))
			for b.Loop() {
				read(b, program)
			}
		})
	}
}
