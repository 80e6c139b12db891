package detect

import (
	"bytes"
	"strings"
)

// buslLabels are the parameters of the Business Source License that its text leaves to the licensor. On the
// change date, or when the fourth year after a release is over, the change license takes its place.
var buslLabels = []string{"Licensor", "Licensed Work", "Additional Use Grant", "Change Date", "Change License"}

// The bounds of what is read: before the text, and of one parameter.
const (
	buslBefore = 4 << 10
	mostBUSL   = 2 << 10
)

// parameters gives the parameters of the Business Source License at [start, end), as "Change Date: ...;
// Change License: ...". Its licensor and what it is about are not terms, and are left out.
func (r *reading) parameters(start, end int) string {
	text := r.text[max(0, start-buslBefore):end]
	var out []string
	for i, label := range buslLabels[2:] {
		if value := buslValue(text, label, buslLabels[2+i:]); value != "" {
			out = append(out, label+": "+value)
		}
	}
	return strings.Join(out, "; ")
}

// buslValue gives what follows a label and a colon, up to the next label or the end of the list.
func buslValue(text []byte, label string, labels []string) string {
	i := bytes.Index(text, []byte(label+":"))
	if i < 0 {
		return ""
	}
	value := text[i+len(label)+1:]
	value = value[:min(len(value), mostBUSL)]
	stops := []string{"For information about alternative licensing", "Notice\n", "----"}
	for _, l := range labels {
		stops = append(stops, l+":")
	}
	for _, stop := range stops {
		if j := bytes.Index(value, []byte(stop)); j > 0 {
			value = value[:j]
		}
	}
	return plain(value)
}

// The labels of the license that is not in force yet, and of the day on which it will be.
const (
	changeLicense = "Change License"
	changeDate    = "Change Date"
)

// changeBefore is how many bytes of a sentence before a license may tell when it comes into force.
const changeBefore = 300

// isChangeLicense reports whether a label before text[start:], or the sentence, says that the license that is named there takes
// the place of the Business Source License on its change date, and gives nothing before: "Change License: the A License", "as
// of the Change Date, use of this software will be governed by", "each release converts to".
func isChangeLicense(text []byte, start int) bool {
	if bytes.HasSuffix(text[:start], []byte("Change ")) && bytes.HasPrefix(text[start:], []byte("License")) {
		return true // "Change License | the MIT License" is read from the second word on
	}
	before := bytes.TrimRight(text[max(0, start-alternativeBefore):start], " \t\r\n*/#\"'`(")
	before = bytes.TrimSuffix(bytes.TrimSuffix(before, []byte("The")), []byte("the"))
	label := bytes.TrimRight(before, " \t\r\n*/#:|=\"'`")
	if len(label) < len(before) && bytes.HasSuffix(label, []byte(changeLicense)) ||
		bytes.HasSuffix(label, []byte(" converts to")) || bytes.HasSuffix(label, []byte(" convert to")) {
		return true
	}
	near := text[max(0, start-changeBefore):start]
	for _, end := range []string{". ", ".\n", "\n\n"} {
		near = near[bytes.LastIndex(near, []byte(end))+1:]
	}
	sentence := strings.Join(strings.FieldsFunc(string(near), func(c rune) bool { return strings.ContainsRune(" \t\r\n*/#", c) }), " ")
	return strings.Contains(sentence, changeDate) && !strings.Contains(sentence, changeDate+":") ||
		strings.Contains(sentence, "Business Source License") && strings.HasSuffix(sentence, " will be")
}
