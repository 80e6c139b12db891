package rules

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

//go:embed versions.txt
var versionsTXT string

var families = sync.OnceValue(func() [][]string {
	var list [][]string
	for _, row := range rows(versionsTXT) {
		list = append(list, strings.Fields(row[0]))
	}
	return list
})

// Versions returns the listed versions of a license from id on, oldest first; id itself is the first. A
// license without later versions is alone. The ids are those of single versions: GPL-2.0-only, never
// GPL-2.0-or-later.
func Versions(id string) []string {
	for _, f := range families() {
		if i := slices.IndexFunc(f, func(v string) bool { return strings.EqualFold(v, id) }); i >= 0 {
			return slices.Clone(f[i:])
		}
	}
	return []string{id}
}
