package detect

import (
	"strings"
	"testing"

	"github.com/licet/licet/pkg/spdx"
	"github.com/licet/licet/rules"
)

// A text is its license as long as nothing binding is changed. Each row changes a listed text: the first of old becomes
// new, at the end of the text if old is empty. plain is the license alone, other that of nobody, alone or beside it.
func TestBindingChanges(t *testing.T) {
	const notice, with = "portions of the Software.\n", "with the distribution.\n"
	for _, c := range []struct{ id, old, new, want string }{
		{"MIT", "free of charge", "for a fee", "other"},
		{"MIT", "free of charge", "against payment", "other"},
		{"MIT", "any person obtaining", "any non-profit organisation obtaining", "other"},
		{"MIT", "any person obtaining", "any student obtaining", "other"},
		{"MIT", "any person obtaining", "members of the club obtaining", "other"},
		{"MIT", "without restriction", "with restriction", "other"},
		{"MIT", "sublicense, and/or sell", "and/or sublicense", "other"},
		{"MIT", "copy, modify, merge", "copy, merge", "other"},
		{"MIT", "use, copy, modify, merge, publish, distribute, sublicense, and/or sell", "use", "other"},
		{"MIT", "is hereby granted", "is not hereby granted", "other"},
		{"MIT", "subject to the following", "for educational purposes, subject to the following", "other"},
		{"MIT", notice, notice + "\nFor personal use only.\n", "other"},
		{"MIT", notice, notice + "\nYou may not redistribute modified versions.\n", "other"},
		{"MIT", notice, notice + "\nA fee is due for each copy sold.\n", "other"},
		{"MIT", notice, notice + "\nNot for military use.\n", "other"},
		{"MIT", notice, notice + "\nAcademic use only.\n", "other"},
		{"MIT", notice, notice + "\nNo commercial use.\n", "other"},
		{"MIT", notice, notice + "\nUsers must notify the author of each deployment.\n", "other"},
		{"MIT", notice, notice + "\nAll modifications must be published under this same license.\n", "other"},
		{"MIT", notice, notice + "\nAdvertising materials must mention Zweig Inc.\n", "other"},
		{"MIT", notice, notice + "\nThe Software must be used for good and never for evil.\n", "other"},
		{"MIT", notice, notice + "\nParts of this file are under the GNU General Public License version 2.\n", "GPL-2.0-only AND MIT"},
		{"MIT", "conditions:\n", "conditions:\n\nWithout limiting other conditions, the grant of rights will not include the right to Sell the Software.\n", "other"},
		{"MIT", notice, notice + "\nThe Software may not be redistributed in any form.\n\n", "other"},
		{"MIT", notice, notice + "\nThe Software may not be redistributed in any form. ", "other"},
		{"MIT", notice, "portions of the Software. The Software may not be redistributed in any form.\n", "other"},
		{"MIT", notice, notice + "\nThe Software must not be used by Zweig Corp.\n\n", "other"},
		{"MIT", notice, notice + "\nThe Software may only be used on Zweig hardware. ", "other"},
		{"MIT", notice, notice + "\nSelling the Software is not permitted.\n\n", "other"},
		{"MIT", notice, notice + "\nThe above permission does not extend to Zweig Inc. ", "other"},
		{"MIT", notice, notice + "\nDerived works must be released under the same license.\n\n", "other"},
		{"MIT", notice, notice + "\nThe Software may not be used to train machine learning models. ", "other"},
		{"MIT", "Permission is", "Until December 2030, permission is", "other"},
		{"MIT", "Permission is", "Revocable permission is", "other"},
		{"MIT", "free of charge,", "free of charge, for 30 days,", "other"},
		{"MIT", "any person obtaining", "any person in the European Union obtaining", "other"},
		{"MIT", "to deal in the Software", "to try the Software", "other"},
		{"MIT", "to deal in", "to try the Software, to deal in", "other"},
		{"MIT", "sublicense, ", "", "other"},
		{"MIT", notice, "portions of the Software and displayed in the user interface.\n", "other"},
		{"Apache-2.0", "irrevocable copyright license", "irrevocable non-commercial copyright license", "other"},
		{"Apache-2.0", "(b) You must cause", "You may not sell the Work. (b) You must cause", "other"},
		{"BSD-2-Clause", with, with + "3. Redistributions of any form shall be accompanied by the complete source code.\n\n", "other"},
		{"BSD-2-Clause", with, with + "3. The Software must display a link to zweig.example.\n\n", "other"},
		{"BSD-2-Clause", with, with + "3. This license terminates if you sue Zweig over patents.\n\n", "other"},
		{"BSD-2-Clause", with, with + "3. All changes have to be sent back to the author.\n\n", "other"},
		{"BSD-2-Clause", with, with + "3. The name of Zweig Inc. must not be used to endorse products derived from this software.\n\n", "BSD-3-Clause"},
		{"BSD-2-Clause", "with or without modification", "without modification", "other"},
		{"BSD-2-Clause", "in source and binary forms", "in source form", "other"},
		{"BSD-2-Clause", "are permitted provided", "are prohibited unless", "other"},
		{"BSD-2-Clause", "are permitted provided", "are permitted with written consent of Zweig provided", "other"},
		{"BSD-2-Clause", "Redistribution and use in", "Use in", "other"},
		{"BSD-2-Clause", "Redistribution and use in", "Non-commercial redistribution and use in", "other"},
		{"BSD-2-Clause", "with the distribution.\n", "with the distribution.\n3. Redistribution for commercial gain is not permitted.\n", "other"},
		{"BSD-2-Clause", "with the distribution.\n", "with the distribution.\n3. A royalty of 1 EUR is due for each copy.\n", "other"},
		{"ISC", "with or without fee", "with fee", "other"},
		{"ISC", "for any purpose", "for research purposes", "other"},
		{"ISC", "for any purpose", "for internal purposes", "other"},
		{"ISC", "copy, modify, and/or distribute", "copy and modify", "other"},
		{"Zlib", "including commercial applications", "excluding commercial applications", "other"},
		{"Zlib", "for any purpose", "for non-commercial purposes", "other"},
		{"Zlib", "to alter it and redistribute it freely", "to redistribute it unaltered", "other"},

		{"MIT", "AUTHORS OR COPYRIGHT HOLDERS", "ZWEIG CORPORATION", "plain"},
		{"MIT", "AUTHORS OR COPYRIGHT HOLDERS", "UNIVERSITY OF ZWEIG", "plain"},
		{"MIT", "Permission is hereby", "Permision is hereby", "plain"},
		{"MIT", "without restriction", "without restriction, for commercial and non-commercial purposes", "plain"},
		{"MIT", "sublicense", "sublicence", "plain"},
		{"MIT", "sublicense", "sub-\nlicense", "plain"},
		{"MIT", "and/or sell", "and sell", "plain"},
		{"MIT", "associated documentation files", "associated documentation", "plain"},
		{"MIT", "THE SOFTWARE IS", "THE PROGRAM IS", "plain"},
		{"MIT", "INCLUDING BUT NOT LIMITED TO", "INCLUDING, WITHOUT LIMITATION,", "plain"},
		{"MIT", notice, notice + "\nNO WARRANTY\n", "plain"},
		{"MIT", notice, notice + "\nThe above copyright notice shall be included in all copies.\n", "plain"},
		{"MIT", "", "\nFor personal use only.\n", "other"},
		{"MIT", "", "\nCommercial use requires a separate license.\n", "other"},
		{"MIT", "", "\nIt can be used for both academic and commercial purposes at no cost.\n", "plain"},
		{"MIT", "", "\nThanks to all contributors of the project.\n", "plain"},
		{"BSD-2-Clause", "1. Redistributions", "* Redistributions", "plain"},
		{"BSD-2-Clause", "with or without modification", "with or without\nmodifica-\ntion", "plain"},
		{"BSD-2-Clause", "with or without modification", "with or without modifications", "plain"},
		{"BSD-2-Clause", "binary forms", "compiled forms", "plain"},
		{"BSD-3-Clause", "Neither the name", "Neither of the names", "plain"},
		{"ISC", "and/or", "and", "plain"},
		{"ISC", "with or without fee", "with or without fee or royalty", "plain"},
		{"Zlib", "the authors be", "the author be", "plain"},
	} {
		text, _ := rules.Text(c.id)
		text = strings.Join(strings.Fields(strings.ReplaceAll(text, "\n\n", " ¶ ")), " ")
		text = strings.ReplaceAll(text, "¶", "\n\n") + "\n"
		old := c.old
		if !strings.Contains(text, old) {
			old = strings.TrimSuffix(old, "\n")
		}
		if i := strings.Index(text, old); i < 0 {
			t.Fatalf("%s does not say %q", c.id, c.old)
		} else if old == "" {
			text += c.new
		} else {
			text = text[:i] + c.new + text[i+len(old):]
		}
		for _, path := range []string{"LICENSE", "x.c"} {
			if path == "x.c" {
				text = "/*\n * " + strings.ReplaceAll(text, "\n", "\n * ") + "\n */\nint x;\n"
			}
			if got := kindOfChange(c.id, New().File(path, []byte(text))); got != c.want {
				t.Errorf("%s: %s, %q for %q: %s, want %s", path, c.id, c.new, c.old, got, c.want)
			}
		}
	}
}

// A sentence before or behind the text in a license file is terms of its own if it binds, however short.
func TestBindingBeside(t *testing.T) {
	text, _ := rules.Text("MIT")
	for _, c := range []struct{ beside, want string }{
		{"The Software may not be redistributed in any form.", "other"},
		{"The Software may not be sold.", "other"},
		{"The images in assets/ are copyrighted by Zweig Inc. and may not be reused.", "other"},
		{"The images in assets/ are not covered by this license.", "other"},
		{"Derived works must be released under the same license.", "other"},
		{"The author must be informed of any use.", "other"},
		{"The Software is licensed for use on Zweig hardware only.", "other"},
		{"The bundled font is freeware for personal use.", "other"},
		{"You must keep the link to zweig.example on every page and copy.", "other"},

		{"This software may be used at no cost.", "plain"},
		{"Use it without any restrictions, commercial or private.", "plain"},
		{"Files: vendor/internal/*, copied from zweig.example.", "plain"},
		{"Unless stated otherwise, all files are distributed under the following license:", "plain"},
		{"Not derived from licensed software.", "plain"},
		{"All trademarks are the property of their respective owners.", "plain"},
	} {
		for _, whole := range []string{c.beside + "\n\n" + text, text + "\n" + c.beside + "\n"} {
			if got := kindOfChange("MIT", New().File("LICENSE", []byte(whole))); got != c.want {
				t.Errorf("%q beside MIT: %s, want %s", c.beside, got, c.want)
			}
		}
	}
}

// kindOfChange says in a word what became of a license.
func kindOfChange(id string, r Result) string {
	var parts []spdx.Expr
	for _, c := range r.Claims {
		parts = append(parts, c.Expr)
	}
	switch e := spdx.And(parts...).Normal().String(); {
	case strings.Contains(e, UnknownPrefix):
		return "other"
	case e == id:
		return "plain"
	default:
		return e
	}
}
