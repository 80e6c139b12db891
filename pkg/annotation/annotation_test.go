package annotation

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/licet/licet/pkg/source"
)

var update = flag.Bool("update", false, "rewrite the ledgers under testdata/annotation")

// TestRead reads the files of each case under testdata/annotation, and compares what they state with the
// ledger called want: a line for each annotation with its precedence, each statement with its place, and
// each gap. Files that are no annotations are paths, and the ledger says which annotation is theirs.
func TestRead(t *testing.T) {
	cases, err := filepath.Glob("../../testdata/annotation/*.txtar")
	if err != nil || len(cases) == 0 {
		t.Fatal("no cases", err)
	}
	for _, name := range cases {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			last := len(archive.Files) - 1
			if archive.Files[last].Name != "want" {
				t.Fatal("the last file is not want")
			}
			var got strings.Builder
			var sets []*Set
			var paths []string
			for _, f := range archive.Files[:last] {
				if s := read(f.Name, f.Data); s != nil {
					got.WriteString(ledger(s, f.Data))
					sets = append(sets, s)
				} else {
					paths = append(paths, f.Name)
				}
			}
			for _, p := range paths {
				for _, s := range sets {
					fmt.Fprintf(&got, "%s: %s\n", p, numbered(s, s.Match(p)))
				}
			}
			if *update {
				archive.Files[last].Data = []byte(got.String())
				if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if want := string(archive.Files[last].Data); got.String() != want {
				t.Errorf("got\n%s\nwant\n%s", got.String(), want)
			}
		})
	}
}

// read is nil for a file that states nothing about others.
func read(p string, data []byte) *Set {
	switch _, ok := Home(p); {
	case !ok:
		return nil
	case path.Base(p) == "REUSE.toml":
		return REUSE(p, data)
	}
	return DEP5(p, data)
}

func numbered(s *Set, n int) string {
	if n < 0 {
		return "no annotation"
	}
	return fmt.Sprintf("%s %d", s.path, n)
}

var precedences = []string{"closest", "aggregate", "override"}

func ledger(s *Set, data []byte) string {
	var b strings.Builder
	write := func(a *Annotation) {
		for _, l := range a.Licenses {
			fmt.Fprintf(&b, "  license %q %s\n", l.Text, place(data, l.Span, l.EndLine))
		}
		for _, c := range a.Copyrights {
			fmt.Fprintf(&b, "  copyright %q %s\n", c.Text, place(data, c.Span, c.EndLine))
		}
		if !a.Body.IsZero() {
			fmt.Fprintf(&b, "  text %s\n", place(data, a.Body, 0))
		}
	}
	if s.Header != nil {
		fmt.Fprintf(&b, "%s header\n", s.path)
		write(s.Header)
	}
	for i := range s.Annotations {
		fmt.Fprintf(&b, "%s %d %s\n", s.path, i, precedences[s.Annotations[i].Precedence])
		write(&s.Annotations[i])
	}
	var names []string
	for name := range s.Texts {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintf(&b, "%s text of %s %s\n", s.path, name, place(data, s.Texts[name], 0))
	}
	for _, g := range s.Gaps {
		fmt.Fprintf(&b, "%s:%d:%d gap %s: %s; %s\n", g.Span.Path, g.Span.Line, g.Span.Col, g.Kind, g.Why, g.Next)
	}
	return b.String()
}

// place gives the lines of a span and what it begins with, after checking that it says where it is.
func place(data []byte, s source.Span, endLine int) string {
	line := 1 + bytes.Count(data[:s.Start], []byte("\n"))
	if col := s.Start - bytes.LastIndexByte(data[:s.Start], '\n'); line != s.Line || col != s.Col {
		return fmt.Sprintf("MISPLACED %d:%d, is %d:%d", s.Line, s.Col, line, col)
	}
	if end := line + bytes.Count(data[s.Start:s.End], []byte("\n")); endLine != 0 && end != endLine {
		return fmt.Sprintf("MISPLACED end %d, is %d", endLine, end)
	}
	return fmt.Sprintf("at %d:%d-%d", s.Line, s.Start, s.End)
}

// The order of precedence: what holds of the statements from the top folder inwards, and whether what the
// file itself states is set aside.
func TestResolve(t *testing.T) {
	for _, tt := range []struct {
		found string
		own   bool
		kept  string
		hides string // of the others
		over  bool
	}{
		{"", true, "", "", false},
		{"c", false, "0", "", false},
		{"c", true, "", "", false},
		{"cc", false, "1", "", false}, // the inner one is closer
		{"a", true, "0", "", false},
		{"ac", true, "0", "", false},
		{"ac", false, "01", "", false},
		{"caa", false, "120", "", false},
		{"o", true, "0", "", true},
		{"oc", true, "0", "1", true}, // the outer one is authoritative
		{"oao", false, "0", "12", true},
		{"co", true, "1", "", true},
		{"ao", true, "01", "", true},
	} {
		var found []Precedence
		for _, c := range tt.found {
			found = append(found, map[rune]Precedence{'c': Closest, 'a': Aggregate, 'o': Override}[c])
		}
		e := Resolve(found, tt.own)
		digits := func(list []int) string { return strings.Trim(strings.ReplaceAll(fmt.Sprint(list), " ", ""), "[]") }
		if digits(e.Kept) != tt.kept || digits(e.Hidden) != tt.hides || e.Overridden != tt.over {
			t.Errorf("%s, own %v: %+v, want kept %q hidden %q overridden %v", tt.found, tt.own, e, tt.kept, tt.hides, tt.over)
		}
	}
}
