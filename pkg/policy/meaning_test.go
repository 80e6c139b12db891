package policy

import (
	"strings"
	"testing"
)

// What can be guessed, and above all what cannot.
func TestMeanings(t *testing.T) {
	p := &Pass{meant: map[string][]string{}}
	for raw, want := range map[string]string{
		"Apache 2.0":                    "Apache-2.0",
		"Apache License, Version 2.0":   "Apache-2.0",
		"Apache License v2":             "Apache-2.0",
		"MIT/X11":                       "MIT X11",
		"The MIT License":               "MIT",
		"GPLv3":                         "GPL-3.0-only",
		"GPL-2":                         "GPL-2.0-only",
		"GPL v2 or later":               "GPL-2.0-or-later",
		"LGPLv2.1+":                     "LGPL-2.1-or-later",
		"GNU General Public License v3": "GPL-3.0-only",
		"Mozilla Public License 2.0":    "MPL-2.0",
		"BSD 2-Clause License":          "BSD-2-Clause",
		"BSD (3-clause)":                "BSD-3-Clause",
		"Unlicence":                     "Unlicense",

		"":                                      "",
		"/":                                     "",
		"license":                               "",
		"UNLICENSED":                            "",
		"LGPL":                                  "",
		"BSD":                                   "",
		"BSD-like":                              "",
		"ASL 2.0":                               "",
		"Proprietary":                           "",
		"Dual License":                          "",
		"SEE LICENSE IN LICENSE":                "",
		"Apache-2.0" + strings.Repeat(" ", 200): "",
	} {
		if got := strings.Join(p.meanings(raw), " "); got != want {
			t.Errorf("%q means %q, want %q", raw, got, want)
		}
	}
}
