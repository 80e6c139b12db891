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
