package detect

import "bytes"

// The marks that REUSE gives for text that is to be passed over (REUSE 3.3, "Ignoring blocks").
const (
	ignoreStart = "REUSE-IgnoreStart"
	ignoreEnd   = "REUSE-IgnoreEnd"
)

// ignoredRegions finds what stands between the marks. A block that is not closed reaches to the end.
func (r *reading) ignoredRegions() []region {
	var out []region
	end := 0
	for at := range r.cues(cueIgnore) {
		if at < end || !bytes.HasPrefix(r.text[at:], []byte(ignoreStart)) {
			continue
		}
		end = len(r.text)
		if i := bytes.Index(r.text[at:], []byte(ignoreEnd)); i >= 0 {
			end = at + i
		}
		out = append(out, region{at, end})
	}
	return out
}

// IgnoresBehind reports whether a block that is to be passed over goes on behind text[:end]: it begins there and is not
// closed, or it was open before the text and is not closed in it. For whoever reads a file in parts.
func IgnoresBehind(text []byte, end int, open bool) bool {
	last := func(mark string) int {
		return bytes.LastIndex(text[:min(len(text), end+len(mark)-1)], []byte(mark))
	}
	start, stop := last(ignoreStart), last(ignoreEnd)
	return start > stop || open && stop < 0
}

// IgnoredUntil gives the offset at which a block that was open before the text is closed.
func IgnoredUntil(text []byte) int {
	if i := bytes.Index(text, []byte(ignoreEnd)); i >= 0 {
		return i
	}
	return len(text)
}
