package ecosystem

import (
	"fmt"
	"slices"
	"strings"
)

// Names lists distinct names for a message, sorted, the first few of them. It reorders the list.
func Names(list []string) string {
	const most = 5
	slices.Sort(list)
	list = slices.Compact(list)
	more := ""
	if len(list) > most {
		more = fmt.Sprintf(" and %d more", len(list)-most)
		list = list[:most]
	}
	return strings.Join(list, ", ") + more
}
