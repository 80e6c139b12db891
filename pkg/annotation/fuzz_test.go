package annotation

import (
	"path"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

func seeds(f *testing.F, add func(name string, data []byte)) {
	files, _ := filepath.Glob("../../testdata/annotation/*.txtar")
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, in := range archive.Files {
			add(in.Name, in.Data)
		}
	}
}

// FuzzRead: whatever the bytes, every place lies in the file, and every path has one answer.
func FuzzRead(f *testing.F) {
	seeds(f, func(name string, data []byte) {
		if _, ok := Home(name); ok {
			f.Add(path.Base(name) == "REUSE.toml", data, "src/a.c")
		}
	})
	f.Fuzz(func(t *testing.T, toml bool, data []byte, p string) {
		s := DEP5("debian/copyright", data)
		if toml {
			s = REUSE("REUSE.toml", data)
		}
		check := func(list []Statement) {
			for _, st := range list {
				if at := st.Span; at.Start < 0 || at.End < at.Start || at.End > len(data) || at.Line < 1 || st.EndLine < at.Line {
					t.Fatalf("%+v is outside the %d bytes of the file", st, len(data))
				}
			}
		}
		all := s.Annotations
		if s.Header != nil {
			all = append(all, *s.Header)
		}
		for _, a := range all {
			check(a.Licenses)
			check(a.Copyrights)
			if a.Body.Start < 0 || a.Body.End > len(data) {
				t.Fatalf("text %+v", a.Body)
			}
		}
		for _, g := range s.Gaps {
			if g.Why == "" || g.Next == "" || g.Span.Line < 1 {
				t.Fatalf("gap %+v", g)
			}
		}
		n := s.Match(p)
		if n < -1 || n >= len(s.Annotations) {
			t.Fatalf("%q: annotation %d of %d", p, n, len(s.Annotations))
		}
	})
}

// FuzzMatch: the automaton finds what trying one pattern after the other finds.
func FuzzMatch(f *testing.F) {
	f.Add("src/**", "*.c", `**/a\*`, "src/a.c", "b/a*")
	f.Fuzz(func(t *testing.T, one, two, three, p, q string) {
		for _, debian := range []bool{false, true} {
			m := matcher(debian, one, two, three)
			patterns := make([][]step, len(m.starts))
			for i, start := range m.starts {
				n := start
				for m.steps[n].kind != end {
					n++
				}
				patterns[i] = m.steps[start : n+1]
			}
			for _, p := range []string{p, q, p} {
				want := -1
				for _, steps := range patterns {
					if naive(steps, []rune(p)) {
						want = int(steps[len(steps)-1].item)
					}
				}
				if got := m.match(p); got != want {
					t.Fatalf("%q %q %q on %q (Debian: %v): %d, want %d", one, two, three, p, debian, got, want)
				}
			}
		}
	})
}

// naive reports whether one pattern matches, by the table of all pairs of a step and a place.
func naive(steps []step, text []rune) bool {
	at := make([]bool, len(text)+1)
	at[0] = true
	for _, s := range steps {
		next := make([]bool, len(text)+1)
		for i := range at {
			switch {
			case s.kind == end:
				next[i] = at[i]
			case s.kind == star || s.kind == deep:
				next[i] = at[i] || i > 0 && next[i-1] && (s.kind == deep || text[i-1] != '/')
			default:
				next[i] = i > 0 && at[i-1] && (s.kind == one || s.r == text[i-1])
			}
		}
		at = next
	}
	return at[len(text)]
}
