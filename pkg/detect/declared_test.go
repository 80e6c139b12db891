package detect

import (
	"testing"

	"github.com/licet/licet/pkg/spdx"
)

func TestDeclared(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"MIT", "MIT"},
		{"mit license", "MIT"},
		{"MIT/X11", "MIT"},
		{"Apache 2", "Apache-2.0"},
		{"The Apache Software License, Version 2.0", "Apache-2.0"},
		{"ASL 2.0 (http://licenses.example/asl)", "Apache-2.0"},
		{"GPLv2+", "GPL-2.0-or-later"},
		{"GPL (>= 2)", "GPL-2.0-or-later"},
		{"LGPL (>= 2.1) | MIT", "LGPL-2.1-or-later OR MIT"},
		{"GPL-2 | GPL-3", "GPL-2.0-only OR GPL-3.0-only"},
		{"MIT and/or ISC", "ISC OR MIT"},
		{"MIT, ISC", "ISC AND MIT"},
		{"MIT, ISC or Zlib", "ISC OR MIT OR Zlib"},
		{"MIT or ISC and Zlib", "MIT OR (ISC AND Zlib)"},
		{"MIT or ISC, and Zlib", "Zlib AND (ISC OR MIT)"},
		{"GPLv2+ and (LGPLv2+ or MIT)", "GPL-2.0-or-later AND (LGPL-2.0-or-later OR MIT)"},
		{"Common Development and Distribution License (CDDL) v1.0", "CDDL-1.0"},
		{"GNU Lesser General Public License v3 (LGPLv3)", "LGPL-3.0-only"},
		{"GPL-3.0-only WITH GCC-exception-3.1", "GPL-3.0-only WITH GCC-exception-3.1"},
		{"MIT+ISC", "ISC AND MIT"},
		{"MIT (see LICENSE)", "MIT"},
		{"(MIT)", "MIT"},
		{"GPL 2.0+ BSD-3-Clause", "GPL-2.0-or-later AND BSD-3-Clause"},
		{"LGPL-2+ and CC0-1.0", "LGPL-2.0-or-later AND CC0-1.0"},
		{"((MIT or ISC) and Zlib)", "Zlib AND (ISC OR MIT)"},
		{"(MIT or (ISC and Zlib)) or 0BSD", "0BSD OR MIT OR (ISC AND Zlib)"},

		{"BSD", "ambiguous"},
		{"BSD-style license", "ambiguous"},
		{"(MIT OR ISC", "ambiguous"},
		{"MIT with some changes", "ambiguous"},
		{"MIT or something", "ambiguous"},
		{"GPL-2.0+159", "ambiguous"},
		{"Example Terms", "ambiguous"},
		{"", "ambiguous"},
	} {
		e, ambiguous := Declared(tt.text)
		got := e.String()
		if ambiguous {
			got = "ambiguous"
		}
		if want, err := spdx.Parse(tt.want); err == nil {
			tt.want = want.Normal().String()
		}
		if got != tt.want {
			t.Errorf("Declared(%q) = %s, want %s", tt.text, got, tt.want)
		}
	}
}

func FuzzDeclared(f *testing.F) {
	for _, s := range []string{"GPL (>= 2) | file LICENSE", "((MIT or ISC), and BSD)", "a/b+c&d", ">=>=>=", "MIT (MIT (MIT"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		e, ambiguous := Declared(s)
		if again, err := spdx.Parse(e.String()); !ambiguous && (err != nil || !again.Equal(e)) {
			t.Errorf("Declared(%q) = %s, which is no expression", s, e)
		}
	})
}
