package detect

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/spdx"
	"github.com/licet/licet/rules"
)

// A passage is the comment around a cue, or the lines near it; what lies between two is not looked at.
func TestPassages(t *testing.T) {
	code := strings.Repeat("x = x + 1;\n", 400)
	for _, tt := range []struct {
		name, text string
		want       []string
	}{
		{"block", code + "/* The license\n\n   is none. */" + code, []string{"/* The license\n\n   is none. */"}},
		{"stars", "/* One. */\n" + code + "/*\n * The license\n * is none.\n */\n" + code, []string{"/*\n * The license\n * is none.\n */"}},
		{"lines", code + "// A.\n// The license.\n//\n// B.\n" + code, []string{"// A.\n// The license.\n//\n// B.\n"}},
		{"boxes", code + "/* The    */\n/* license */\n/* is so. */\n" + code, []string{"/* The    */\n/* license */\n/* is so. */"}},
		{"two", "# license\n\n\n# license\n" + code + "# license\n", []string{"# license\n\n\n# license\n", "# license\n"}},
		{"tag", "// SPDX-License-Identifier: GPL-2.0+\n" + code, nil},
		{"none", code, nil},
	} {
		r := reading{path: "x.c", role: "file", text: []byte(tt.text)}
		r.look()
		r.tags()
		var got []string
		for _, g := range r.passages() {
			got = append(got, string(r.text[g.start:g.end]))
		}
		if strings.Join(got, "|") != strings.Join(tt.want, "|") {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// Every license text is one passage, as a comment and as it is, in the midst of a program.
func TestPassageHoldsText(t *testing.T) {
	code := strings.Repeat("x = x + 1;\n", 400)
	for _, id := range []string{"MIT", "BSD-3-Clause", "Apache-2.0", "GPL-2.0-only", "MPL-2.0", "Zlib", "ISC"} {
		text, _ := rules.Text(id)
		for name, data := range map[string]string{
			"plain":   text,
			"block":   "/*\n" + text + "*/\n",
			"slashes": "// " + strings.ReplaceAll(text, "\n", "\n// ") + "\n",
			"hashes":  "# " + strings.ReplaceAll(text, "\n", "\n# ") + "\n",
		} {
			r := reading{role: "file", text: []byte(code + data + code)}
			r.look()
			if n := len(r.passages()); n != 1 {
				t.Errorf("%s, %s: %d passages", id, name, n)
			}
		}
	}
}

// A long notice file is cut where nothing is.
func TestPieces(t *testing.T) {
	r := reading{role: "notice", text: []byte(strings.Repeat("a\n\nb", 2*pieceBytes/4+100))}
	end := 0
	for _, g := range r.pieces() {
		if g.start != end || g.end-g.start > pieceBytes || g.start > 0 && string(r.text[g.start:g.start+2]) != "\n\n" {
			t.Errorf("%+v after %d", g, end)
		}
		end = g.end
	}
	if end != len(r.text) {
		t.Errorf("%d of %d bytes", end, len(r.text))
	}
}

// A collection of texts is cut where one of them ends, if that can be told.
func TestPieceBreaks(t *testing.T) {
	entry := strings.Repeat("words of a text\n", 200) + "\n" + strings.Repeat("more words\n", 200)
	for _, sign := range []string{"\n\n==========\n", "\n\n**********\n", "\n\n\n"} {
		text := []byte(strings.Repeat(entry+sign, 3*pieceBytes/len(entry)))
		r := reading{text: text, role: sbom.RoleNotice}
		at := 0
		for i, g := range r.passages() {
			if g.start != at || g.end-g.start > pieceBytes {
				t.Fatalf("%q: piece %d is %v, after byte %d", sign, i, g, at)
			}
			if at = g.end; at < len(text) && !bytes.HasPrefix(text[at:], []byte(sign)) {
				t.Errorf("%q: piece %d ends before %q", sign, i, text[at:min(len(text), at+20)])
			}
		}
		if at != len(text) {
			t.Errorf("%q: the pieces end at %d of %d", sign, at, len(text))
		}
	}
	if got := cutPlace([]byte("one word")); got != len("one word") {
		t.Errorf("a text without lines is cut at %d", got)
	}
}

// What a file says more than mostRepeated times is dropped, and nothing else is.
func TestRepeatedMentions(t *testing.T) {
	r := New().File("a.txt", []byte(strings.Repeat("License: GPL or ", 4*mostRepeated)+"\n\nThis program is licensed under the Apache License, Version 2.0.\n"))
	if !slices.ContainsFunc(r.Claims, func(c sbom.Claim) bool { return c.Expr.String() == "Apache-2.0" }) {
		t.Errorf("the last of many statements is not among %d claims", len(r.Claims))
	}
}

// A collection of texts is cut between two of them, whatever it is called.
func TestCollection(t *testing.T) {
	apache, _ := rules.Text("Apache-2.0")
	gpl, _ := rules.Text("GPL-3.0-only")
	text := strings.Repeat(apache+"\n\n"+strings.Repeat("=", 64)+"\n\n", 11) + gpl
	for _, name := range []string{"CREDITS", "third.txt"} {
		got := New().File(name, []byte(text)).Claims
		if len(got) != 12 || got[11].Expr.String() != "GPL-3.0-only" || got[0].Expr.String() != "Apache-2.0" {
			t.Errorf("%s: %v", name, claimed(Result{Claims: got}))
		}
	}
}

// What the text of a license names is no statement, and takes nothing from one that stands above it.
func TestNamesAboveTexts(t *testing.T) {
	for _, c := range []struct{ text, above, want string }{
		{"LGPL-3.0-only", "The library is licensed under the LGPL 3.0, and the command line tool is covered by the GPL.", "GPL-1.0-or-later AND LGPL-3.0-only"},
		{"LGPL-2.1-only", "The library is licensed under the LGPL 2.1. The command line tool is licensed under the GPL.", "GPL-1.0-or-later AND LGPL-2.1-only"},
		{"LGPL-3.0-only", "The library is under the LGPLv3, included below.", "LGPL-3.0-only"},
		{"LGPL-2.0-only", "", "LGPL-2.0-only"}, // "permitting redistribution under these terms (or, alternatively, of the ordinary General Public License)"
		{"GFDL-1.3-only", "", "GFDL-1.3-only"},
		{"GPL-2.0-only", "Licensed under the GPL version 2, or (at your option) any later version.", "GPL-2.0-only AND GPL-2.0-or-later"},
		{"Apache-2.0", "Licensed under the Apache License 2.0. The fonts are under the OFL 1.1.", "Apache-2.0 AND OFL-1.1"},
	} {
		text, _ := rules.Text(c.text)
		r := New().File("LICENSE", []byte(c.above+"\n\n"+text))
		var all []spdx.Expr
		for _, claim := range r.Claims {
			all = append(all, claim.Expr)
		}
		if got := spdx.And(all...).Normal().String(); got != c.want {
			t.Errorf("%s below %q: %s, want %s", c.text, c.above, got, c.want)
		}
	}
}
