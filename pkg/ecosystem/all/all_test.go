package all_test

import (
	"testing"

	"github.com/licet/licet/pkg/ecosystem/all"
	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
)

// TestSpoiled reads damaged files by every reader.
func TestSpoiled(t *testing.T) {
	for _, eco := range all.Ecosystems {
		t.Run(eco.Name, func(t *testing.T) {
			t.Parallel()
			ecotest.Spoil(t, eco, "../../../testdata/ecosystem/"+eco.Name)
		})
	}
}
