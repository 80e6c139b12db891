package scan_test

import (
	"context"
	"testing"
	"testing/fstest"

	"github.com/licet/licet/pkg/scan"
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/rules"
)

// Notices that say "or later" refine the text of a GNU license where they are the custom; one file that was taken from
// elsewhere does not. Files of another kind, tests and files without a byte are no measure of what is the custom.
func TestOrLater(t *testing.T) {
	text, ok := rules.Text("GPL-2.0-only")
	if !ok {
		t.Fatal("no text")
	}
	notice := &fstest.MapFile{Data: []byte("/* This program is free software; you can redistribute it and/or modify it under the terms of the GNU General Public\n" +
		" * License as published by the Free Software Foundation; either version 2 of the License, or (at your option) any later version. */\n")}
	plain := &fstest.MapFile{Data: []byte("int x;\n")}
	usual := fstest.MapFS{
		"COPYING": {Data: []byte(text)}, "a.c": notice, "lib/b.c": notice, "lib/c.c": plain, "lib/d.c": {}, "data/e.txt": plain, "data/f.txt": plain,
		"data/g.txt": plain, "tests/h.c": plain, "tests/i.c": plain, "tests/j.c": plain,
	}
	copied := fstest.MapFS{"COPYING": {Data: []byte(text)}, "a.c": plain, "b.c": plain, "compat/getopt.c": notice}
	for want, tree := range map[string]fstest.MapFS{"GPL-2.0-or-later": usual, "GPL-2.0-only": copied} {
		r, err := scan.Run(context.Background(), source.FS(tree), scan.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Document.Components[0].Concluded; got.Expr.String() != want {
			t.Errorf("%s by %s, want %s", got.Expr, got.Row, want)
		}
	}
}
