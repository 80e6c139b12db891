package main

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
)

// hand is what no package has: names of exceptions and the successors of deprecated ids.
type hand struct {
	exceptions map[string]string // id to name
	successors map[string]string
}

func readHand() (h hand, err error) {
	if h.exceptions, err = readPairs("exceptions.tsv"); err != nil {
		return h, err
	}
	h.successors, err = readPairs("successors.tsv")
	return h, err
}

func readPairs(name string) (map[string]string, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	pairs := map[string]string{}
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "#") {
			continue
		}
		key, value, ok := strings.Cut(line, "\t")
		if !ok || pairs[key] != "" {
			return nil, fmt.Errorf("%s: bad or repeated line %q", name, line)
		}
		pairs[key] = value
	}
	return pairs, nil
}

// licenseTable has a line for each license id: id, name, flags (O for OSI approved, F for FSF libre, D for
// deprecated, - for none), successor, address.
func licenseTable(src *sources, h hand) ([]byte, error) {
	rows := map[string][]string{}
	for _, id := range slices.Concat(src.ids, slices.Collect(maps.Keys(src.list))) {
		entry, d := src.list[id], src.details[id]
		flags := ""
		if entry.OSIApproved {
			flags += "O"
		}
		if d.FSFLibre {
			flags += "F"
		}
		if d.Deprecated || slices.Contains(src.deprecated, id) {
			flags += "D"
		}
		rows[id] = []string{id, cmp.Or(words(entry.Name), id), cmp.Or(flags, "-"), h.successors[id], entry.URL}
	}
	return table(rows)
}

// words joins the words of a name by single blanks; some names of the list have line breaks.
func words(s string) string { return strings.Join(strings.Fields(s), " ") }

// exceptionTable has a line for each exception id: id, name, flags (D for deprecated, - for none), successor.
func exceptionTable(src *sources, h hand) ([]byte, error) {
	for _, id := range src.exceptions {
		if h.exceptions[id] == "" {
			return nil, fmt.Errorf("exceptions.tsv has no line for %s", id)
		}
	}
	rows := map[string][]string{}
	for id, name := range h.exceptions {
		flags := "-"
		if h.successors[id] != "" {
			flags = "D"
		}
		rows[id] = []string{id, name, flags, h.successors[id]}
	}
	data, err := table(rows)
	return append([]byte(ignore), data...), err
}

// ignore keeps whoever looks for licenses in this repository from taking their names for statements.
const ignore = "# REUSE-IgnoreStart\n"

// table prints rows sorted by key without regard to case.
func table(rows map[string][]string) ([]byte, error) {
	var b bytes.Buffer
	for _, id := range sortedKeys(rows) {
		line := strings.Join(rows[id], "\t")
		if strings.ContainsAny(line, "\r\n") || strings.Count(line, "\t") != len(rows[id])-1 {
			return nil, fmt.Errorf("%s: a field has a tab or a line break", id)
		}
		b.WriteString(line + "\n")
	}
	return b.Bytes(), nil
}

func sortedKeys[V any](m map[string]V) []string {
	return slices.SortedFunc(maps.Keys(m), func(a, b string) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a), strings.ToLower(b)), cmp.Compare(a, b))
	})
}
