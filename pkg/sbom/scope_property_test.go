package sbom_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/licet/licet/pkg/sbom"
)

// The effective scope of every component of small random graphs, most of which have cycles, is that of the definition,
// computed here the slow way: of each pair of components the strongest of the weakest edges, by way of every third one
// (Floyd and Warshall).
func TestEffectiveScopeIsThatOfTheDefinition(t *testing.T) {
	strength := []sbom.Scope{sbom.Runtime, sbom.Optional, sbom.Build, sbom.Test, sbom.Development}
	const none = 5 // weaker than every scope: no path
	random := rand.New(rand.NewPCG(4, 2))
	for range 2000 {
		n := 2 + random.IntN(7)
		name := func(i int) string {
			if i == 0 {
				return "root"
			}
			return fmt.Sprint("c", i)
		}
		widest := make([][]int, n)
		for i := range widest {
			widest[i] = make([]int, n)
			for j := range widest[i] {
				widest[i][j] = none
			}
			widest[i][i] = 0
		}
		var edges []string
		for i := range n {
			edges = append(edges, name(i))
		}
		for range random.IntN(3 * n) {
			from, to, s := random.IntN(n), random.IntN(n), random.IntN(len(strength))
			edges = append(edges, fmt.Sprint(name(from), " ", strength[s], " ", name(to)))
			widest[from][to] = min(widest[from][to], s)
		}
		for via := range n {
			for i := range n {
				for j := range n {
					widest[i][j] = min(widest[i][j], max(widest[i][via], widest[via][j]))
				}
			}
		}
		text := strings.Join(edges, ", ")
		d := graph(t, text)
		d.Resolve()
		for i := range n {
			want := sbom.Runtime // also what no root reaches
			if w := widest[0][i]; w < none {
				want = strength[w]
			}
			if got := d.Component(sbom.ID(name(i))).Scope; got != want {
				t.Fatalf("%s: scope %s, want %s in %s", name(i), got, want, text)
			}
		}
	}
}
