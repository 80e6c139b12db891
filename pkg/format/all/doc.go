// Package all lists the output formats.
//
// A format is a folder beside this one that bears a name and exports `var Format = &format.Format{...}`
// from the file of the same name. Nothing registers itself: the list is generated from the names of the
// folders, and a test fails when it is stale.
package all

import (
	"fmt"
	"strings"

	"github.com/licet/licet/pkg/format"
)

// Find gives the format for what the user wrote after -o, "name" or "name@version", and the version
// to put into [format.Options].
func Find(name string) (f *format.Format, version string, err error) {
	name, version, _ = strings.Cut(name, "@")
	var names []string
	for _, f := range Formats {
		if f.Name != name {
			names = append(names, f.Name)
			continue
		}
		_, err := format.Options{Version: version}.Pick(f.Name, f.Versions)
		return f, version, err
	}
	return nil, "", fmt.Errorf("there is no format %q: use one of %s", name, strings.Join(names, ", "))
}

// Sniff gives the format that a file beginning with head is in and that can be read back, or nil. No command takes an SBOM as
// its target yet; the tests hold by it that no two formats claim the same file.
func Sniff(head []byte) *format.Format {
	for _, f := range Formats {
		if f.Decode != nil && f.Sniff(head) {
			return f
		}
	}
	return nil
}
