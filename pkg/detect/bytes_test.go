package detect

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/rules"
)

const tagged = "/* Copyright (c) 2020 Jörg Doe */\n// SPDX-License-Identifier: MIT\n"

// wide encodes s as UTF-16 with a byte order mark.
func wide(s string, big bool) []byte {
	var out []byte
	for _, u := range utf16.Encode([]rune("\ufeff" + s)) {
		if big {
			out = append(out, byte(u>>8), byte(u))
		} else {
			out = append(out, byte(u), byte(u>>8))
		}
	}
	return out
}

// The places are those of the file as it is, whatever its encoding.
func TestEncodings(t *testing.T) {
	latin1 := bytes.ReplaceAll([]byte(tagged), []byte("ö"), []byte("\xf6"))
	for _, tt := range []struct {
		name         string
		data         []byte
		start, width int
		line, col    int
	}{
		{"UTF-8", []byte(tagged), strings.Index(tagged, "SPDX"), 1, 2, 4},
		{"UTF-8 with byte order mark", []byte("\ufeff" + tagged), 3 + strings.Index(tagged, "SPDX"), 1, 2, 4},
		{"Latin-1", latin1, bytes.Index(latin1, []byte("SPDX")), 1, 2, 4},
		{"CRLF", []byte(strings.ReplaceAll(tagged, "\n", "\r\n")), 1 + strings.Index(tagged, "SPDX"), 1, 2, 4},
		{"CR", []byte(strings.ReplaceAll(tagged, "\n", "\r")), strings.Index(tagged, "SPDX"), 1, 2, 4},
		{"UTF-16, little end first", wide(tagged, false), 2 * strings.Index(tagged, "SPDX"), 2, 2, 7},
		{"UTF-16, big end first", wide(tagged, true), 2 * strings.Index(tagged, "SPDX"), 2, 2, 7},
		{"UTF-16 without a mark, little end first", wide(tagged, false)[2:], 2*strings.Index(tagged, "SPDX") - 2, 2, 2, 7},
		{"UTF-16 without a mark, big end first", wide(tagged, true)[2:], 2*strings.Index(tagged, "SPDX") - 2, 2, 2, 7},
	} {
		r := New().File("a.c", tt.data)
		if len(r.Claims) != 1 || len(r.Copyrights) != 1 {
			t.Errorf("%s: %+v", tt.name, r)
			continue
		}
		span := r.Claims[0].Evidence[0].Span
		end := tt.start + tt.width*len("SPDX-License-Identifier: MIT")
		if span.Start != tt.start || span.End != end || span.Line != tt.line || span.Col != tt.col {
			t.Errorf("%s: %+v, want [%d, %d) at %d:%d", tt.name, span, tt.start, end, tt.line, tt.col)
		}
		if c := r.Copyrights[0]; c.Holder != "Jörg Doe" || c.Text != "Copyright (c) 2020 Jörg Doe" {
			t.Errorf("%s: %+v", tt.name, c)
		}
	}
}

// Of binary files the strings are read: what a person wrote into one counts, a mere name and what only looks like a
// statement do not.
func TestBinary(t *testing.T) {
	gpl := "This program is free software; you can redistribute it and/or modify it under the terms of the GNU General Public " +
		"License as published by the Free Software Foundation; either version 3 of the License, or (at your option) any later version."
	for _, tt := range []struct{ data, claims, copyrights string }{
		{"\x7fELF\x00\x00\x01" + tagged + "\x00\x00", "tag MIT", "Jörg Doe"},
		{"\x7fELF\x00\x01" + gpl + "\x00Copyright (C) 2020 Jane Doe\x00", "notice GPL-3.0-or-later", "Jane Doe"},
		{"\x7fELF\x00License GPLv3+: GNU GPL version 3 or later\x00", "reference GPL-3.0-or-later", ""},
		{"\x7fELF\x00\x00license=GPL v2\x00author=Jane Doe\x00", "field GPL-2.0-only", ""},
		{"\x7fELF\x00license=GPLish\x00xlicense=GPL\x00the GPL book\x00MIT License\x00\xc2\xa9T\xc3\xa6\x95$\xa9 1999 x\x00", "", ""},
	} {
		r := New().File("a.o", []byte(tt.data))
		var claims, copyrights []string
		for _, c := range r.Claims {
			claims = append(claims, c.Kind+" "+c.Expr.String())
		}
		for _, c := range r.Copyrights {
			copyrights = append(copyrights, c.Holder)
		}
		if strings.Join(claims, ", ") != tt.claims || strings.Join(copyrights, ", ") != tt.copyrights {
			t.Errorf("%q: %q, %q, want %q, %q", tt.data, claims, copyrights, tt.claims, tt.copyrights)
		}
	}
}

func TestNothing(t *testing.T) {
	for _, data := range [][]byte{nil, {}, []byte("\n"), []byte("\xff\xfe"), []byte("\xfe\xff\x00"), []byte("package main\n"), {0}} {
		if r := New().File("LICENSE", data); len(r.Copyrights) != 0 || (len(r.Claims) != 0) != bytes.Contains(data, []byte("main")) {
			t.Errorf("%q: %+v", data, r)
		}
	}
}

// The body of an unknown text is kept under the digest in its name.
func TestUnknownText(t *testing.T) {
	body := "Thou shalt not distribute this program without whistling."
	r := New().File("LICENSE", []byte("\n"+body+"\n"))
	if len(r.Claims) != 1 {
		t.Fatalf("%+v", r)
	}
	digest := r.Claims[0].Evidence[0].Text
	if r.Texts[digest] != body || r.Claims[0].Expr.String() != UnknownPrefix+strings.TrimPrefix(string(digest), "lt1:") {
		t.Errorf("%+v", r)
	}
}

// Every standard header of the list is found in a comment of a program, as a license of the list that
// has that header.
func TestListedHeaders(t *testing.T) {
	names := map[string][]string{}
	for line := range strings.Lines(rules.Patterns()) {
		if f := strings.Split(line, "\t"); f[1] == "notice" {
			for id := range strings.SplitSeq(f[0], ",") {
				names[id] = append(names[id], strings.Split(f[0], ",")[0])
			}
		}
	}
	found, total := 0, 0
	for id, firsts := range names {
		header, ok := rules.Header(id)
		if !ok {
			continue
		}
		total++
		r := New().File("a.c", []byte("/* "+strings.ReplaceAll(header, "\n", "\n * ")+" */\nint x;\n"))
		for _, c := range r.Claims {
			if slices.Contains(firsts, strings.TrimPrefix(c.Evidence[0].Rule, "notice/")) {
				found++
				break
			}
		}
	}
	t.Logf("%d of %d headers", found, total)
	if total < 50 || found*100 < total*90 {
		t.Errorf("%d of %d headers are found", found, total)
	}
}

func FuzzFile(f *testing.F) {
	f.Add("LICENSE", []byte(tagged))
	f.Add("a.c", []byte(tagged))
	f.Add("a.c", wide(tagged, true))
	f.Add("COPYING", []byte("REUSE-IgnoreStart MIT License\nCopyright (c) 2020\n * Someone\nREUSE-IgnoreEnd See LICENSE"))
	f.Add("x.md", []byte("SPDX-License-Identifier: ((MIT OR\n# ISC) AND\r\n\r\nSPDX-License-Identifier : <b>MIT</b>/Zlib or later"))
	text, _ := rules.Text("ISC")
	f.Add("LICENSE", []byte(text+"\nYou may not sell it.\n"))
	engine := New()
	engine.File("LICENSE", []byte("Terms that nobody knows.")) // starts the second opinion, which takes its time
	f.Fuzz(func(t *testing.T, path string, data []byte) {
		if strings.Contains(path, "\n") {
			return
		}
		before := bytes.Clone(data)
		r := engine.File(path, data)
		if !bytes.Equal(before, data) {
			t.Fatal("the file was written to")
		}
		last := 0
		for _, c := range r.Claims {
			if len(c.Evidence) != 1 || c.Kind == "" || c.Role == "" {
				t.Fatalf("%+v", c)
			}
			s := c.Evidence[0].Span
			if s.Path != path || s.Start < last || s.End < s.Start || s.End > len(data) || s.Line < 1 || s.Col < 1 {
				t.Fatalf("%+v after %d of %d", s, last, len(data))
			}
			last = s.Start
			if id, ok := strings.CutPrefix(c.Expr.String(), UnknownPrefix); ok && r.Texts[source.Digest("lt1:"+id)] == "" {
				t.Fatalf("no text for %s", id)
			}
		}
		for _, c := range r.Copyrights {
			for _, s := range c.Found {
				if s.Path != path || s.End <= s.Start || s.End > len(data) || s.Line < 1 || s.Col < 1 {
					t.Fatalf("%+v of %d", s, len(data))
				}
			}
			if c.Text == "" {
				t.Fatalf("%+v", c)
			}
		}
		if again := fmt.Sprintf("%+v", engine.File(path, data)); again != fmt.Sprintf("%+v", r) {
			t.Fatal("a second reading differs")
		}
	})
}
