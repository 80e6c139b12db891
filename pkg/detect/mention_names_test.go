package detect

import (
	"slices"
	"strings"
	"testing"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/spdx"
	"github.com/licet/licet/rules"
)

// Every license of the list is read by its id wherever a license is spoken of, but those whose ids are words of another
// sense: they are read in fields and tags alone.
func TestEveryID(t *testing.T) {
	frames := []string{"Licensed under %.", "Licensed under the % license.", "This file is released under the terms of the %.", "License %", "License (%)",
		"* License: % (see LICENSE)", "Dual licensed under % and MIT.", "See LICENSE (%).", "## License\n\n%", "[%](LICENSE)"}
	fields := []string{"License: %", "license = \"%\"", "@license %", "SPDX-License-Identifier: %"}
	ofOtherSense := map[string]bool{}
	for _, row := range rules.Names() {
		if row[0] == "twin" {
			for id := range strings.FieldsSeq(row[1]) {
				ofOtherSense[id] = true
			}
		}
	}
	e := New()
	for _, l := range rules.Licenses() {
		if l.Deprecated {
			continue
		}
		in := fields
		if !ofOtherSense[l.ID] {
			in = slices.Concat(frames, fields)
		}
		want := spdx.Leaf(spdx.Term{ID: l.ID}).Normal().String()
		for _, frame := range in {
			text := strings.ReplaceAll(frame, "%", l.ID) + "\n"
			if got := e.File("README.md", []byte(text)).Claims; !claims(got, want) {
				t.Errorf("%q is not %s: %v", text, want, claimed(Result{Claims: got}))
			}
		}
	}
}

// Two licenses are two, whatever joins them, and a choice only where the words say so.
func TestTwoLicenses(t *testing.T) {
	names := [][2]string{{"MIT", "MIT license"}, {"Apache-2.0", "Apache License 2.0"}, {"GPL-2.0-or-later", "GNU GPL v2 or later"},
		{"BSD-3-Clause", "3-clause BSD license"}, {"ISC", "ISC license"}, {"MPL-2.0", "Mozilla Public License 2.0"}, {"LGPL-2.1-only", "LGPL 2.1 only"},
		{"CC0-1.0", "CC0 1.0"}, {"BSL-1.0", "Boost Software License 1.0"}, {"AGPL-3.0-only", "AGPLv3"}}
	e := New()
	for _, frame := range []string{"Licensed under %.", "License: %", "## License\n\n%"} {
		for join, choice := range map[string]bool{", ": false, " and ": false, " or ": true, "; ": false, " AND ": false, " OR ": true, " plus ": false, " + ": false,
			", or ": true, ", and the ": false, " as well as ": false, " along with ": false, "/": true, " | ": true, " and/or ": true} {
			for _, a := range names {
				for _, b := range names {
					for form := range a {
						if a == b {
							continue
						}
						text := strings.ReplaceAll(frame, "%", a[form]+join+b[form]) + "\n"
						got := e.File("README.md", []byte(text)).Claims
						if !claims(got, a[0]) || !claims(got, b[0]) || choice != strings.Contains(strings.Join(expressions(got), "\n"), " OR ") {
							t.Errorf("%q: %v", text, expressions(got))
						}
					}
				}
			}
		}
	}
}

func expressions(all []sbom.Claim) (out []string) {
	for _, c := range all {
		out = append(out, c.Expr.String())
	}
	return out
}

// Every license is read by its full name, but where a mark within it ends the sentence or the version stands behind a bracket.
func TestEveryName(t *testing.T) {
	unread := []string{"AMDPLPA", "NLOD-1.0", "YPL-1.0", "YPL-1.1"}
	e := New()
	for _, l := range rules.Licenses() {
		if l.Deprecated {
			continue
		}
		got := e.File("README.md", []byte("Released under the terms of the "+l.Name+", see the file LICENSE.\n")).Claims
		if claims(got, l.ID) == slices.Contains(unread, l.ID) {
			t.Errorf("%s by its name %q: %v", l.ID, l.Name, claimed(Result{Claims: got}))
		}
	}
}

// What names.tsv calls a license is one.
func TestNamesAreOfLicenses(t *testing.T) {
	n := licenseNaming()
	for _, row := range rules.Names() {
		if row[0] != "full" && row[0] != "word" {
			continue
		}
		target, bare, _ := strings.Cut(row[1], "=")
		if n.families[target] == nil {
			bare = target
		}
		if bare == "" || bare == noAssertion {
			continue
		}
		x, err := spdx.Parse(bare)
		if err != nil {
			t.Errorf("%s: %v", row[2], err)
			continue
		}
		for _, term := range x.Terms() {
			if _, ok := rules.LicenseByID(term.ID); !ok && !strings.HasPrefix(term.ID, "LicenseRef-") {
				t.Errorf("%s: %s is no license", row[2], term.ID)
			}
		}
	}
}

// claims reports whether one of the claims is for the license of that id, perhaps among others.
func claims(all []sbom.Claim, id string) bool {
	return slices.ContainsFunc(all, func(c sbom.Claim) bool {
		return slices.ContainsFunc(c.Expr.Normal().Terms(), func(t spdx.Term) bool { return t.ID == id })
	})
}
