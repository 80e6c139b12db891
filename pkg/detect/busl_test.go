package detect

import (
	"strings"
	"testing"

	"github.com/licet/licet/rules"
)

// The parameters that the Business Source License leaves to the licensor are kept with its claim.
func TestBusinessSourceParameters(t *testing.T) {
	text, _ := rules.Text("BUSL-1.1")
	i := strings.Index(text, "Terms")
	if i < 0 {
		t.Fatal("the text has no terms")
	}
	license := `Business Source License 1.1

Parameters

Licensor:             Example, Inc.
Licensed Work:        Example 3.0. The Licensed Work is (c) 2024 Example, Inc.
Additional Use Grant: You may use it in production,
                      but not offer it to third parties.
Change Date:          2028-05-01
Change License:       Mozilla Public License 2.0

For information about alternative licensing arrangements, write to us.

Notice

` + text[i:]
	want := "Additional Use Grant: You may use it in production, but not offer it to third parties.; " +
		"Change Date: 2028-05-01; Change License: Mozilla Public License 2.0"
	for _, c := range New().File("LICENSE", []byte(license)).Claims {
		if c.Expr.String() == "BUSL-1.1" && c.Raw == want {
			return
		}
		t.Logf("%s %q", c.Evidence[0].Rule, c.Raw)
	}
	t.Error("the parameters are lost")
}

// What is left of the text without its covenants is the license too, and the license that comes on the change date is not in
// force: not in a file of these terms, and not where a header gives them.
func TestBusinessSourceChangeLicense(t *testing.T) {
	text, _ := rules.Text("BUSL-1.1")
	from, to := strings.Index(text, "Terms"), strings.Index(text, "MariaDB hereby grants")
	if from < 0 || to < from {
		t.Fatal("the text has no terms or no covenants")
	}
	for _, change := range []string{"Change License:       MPL 2.0", "Change License: Apache License, Version 2.0, as published by its foundation",
		"**Change License:** The GNU General Public License v2.0 or later", "| Change License | MIT License |"} {
		license := `License text copyright (c) 2020 MariaDB Corporation Ab, All Rights Reserved.

Parameters

Licensor:             Example, Inc.
Licensed Work:        Example 3.0.
Additional Use Grant: You may use it in production, provided that you do not
                      offer it to third parties on a hosted basis. Whoever
                      offers it to nobody is no competitor.
Change Date:          Four years from the day of the release.
` + change + `

For information about alternative licensing arrangements, write to us.

Notice

Business Source License 1.1

` + text[from:to]
		claims := New().File("LICENSE", []byte(license)).Claims
		if len(claims) != 1 || claims[0].Expr.String() != "BUSL-1.1" || !strings.Contains(claims[0].Raw, "Change Date: Four years") {
			t.Errorf("%s: %d claims", change, len(claims))
			for _, c := range claims {
				t.Logf("%s %s %q", c.Evidence[0].Rule, c.Expr, c.Raw)
			}
		}
		header := "/* Licensed under the Business Source License 1.1.\n * " + change + "\n */\nint x;\n"
		if claims := New().File("a.c", []byte(header)).Claims; len(claims) != 1 || claims[0].Expr.String() != "BUSL-1.1" {
			t.Errorf("header with %s: %v", change, claims)
		}
	}
}
