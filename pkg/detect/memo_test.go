package detect

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/licet/licet/rules"
)

// Whatever the memo forgets, the results are the same: with no room, room for one passage, and for all.
func TestMemo(t *testing.T) {
	cases, _ := filepath.Glob("../../testdata/detect/*.txtar")
	var files []txtar.File
	for _, path := range cases {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, archive.Files...)
	}
	results := func(room int) []string {
		e := &Engine{memo: newMemo(room)}
		var out []string
		for range 2 {
			for _, f := range files {
				out = append(out, fmt.Sprintf("%+v", e.File(f.Name, f.Data)))
			}
		}
		return out
	}
	want := results(0)
	for _, room := range []int{1, memoRoom} {
		for i, got := range results(room) {
			if got != want[i] {
				t.Errorf("room for %d: %s\n%s\nwant\n%s", room, files[i%len(files)].Name, got, want[i])
			}
		}
	}
}

// A passage met before is not examined again, wherever it stands.
func TestMemoRemembers(t *testing.T) {
	e := New()
	text := "/* Permission is hereby granted to whistle. */\n"
	for i := range 3 {
		e.File("a.c", fmt.Appendf(nil, "int x%d;\n%s", i, text))
	}
	if n := len(e.memo.young); n != 1 {
		t.Errorf("%d passages", n)
	}
}

// Room is bounded.
func TestMemoBound(t *testing.T) {
	m := newMemo(3)
	for i := range 100 {
		m.keep(passageKey{byte(i)}, findings{})
		if _, ok := m.find(passageKey{0}); !ok {
			t.Errorf("what is in use was forgotten after %d", i)
		}
		if n := len(m.young) + len(m.old); n > 6 {
			t.Errorf("%d entries", n)
		}
	}
}

// Without digests the same is found: only the evidence of known texts has none.
func TestUndigested(t *testing.T) {
	t.Parallel()
	with := New()
	without := with.Undigested()
	digests := 0
	for _, l := range rules.Licenses() {
		text, _ := rules.Text(l.ID)
		for _, name := range []string{"LICENSE", "a.txt"} {
			want, got := with.File(name, []byte(text)), without.File(name, []byte(text))
			for i := range want.Claims {
				for k := range want.Claims[i].Evidence {
					if e := &want.Claims[i].Evidence[k]; e.Text != "" && want.Texts[e.Text] == "" {
						digests++
						e.Text = ""
					}
				}
			}
			if fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", want) {
				t.Errorf("%s as %s: %+v, want %+v", l.ID, name, got, want)
			}
		}
	}
	if digests == 0 {
		t.Error("no text has a digest")
	}
}
