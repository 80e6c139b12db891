package executable

import (
	"encoding/hex"
	"errors"
	"io"
	"strings"

	"github.com/licet/licet/pkg/ecosystem"
)

// isNode reports whether a mark is the address of Node's headers.
func (m *mark) isNode() bool { return string(m.tail) == "-headers.tar.gz" }

// plausible reports whether what differs is what belongs there.
func (m *mark) plausible() bool {
	switch {
	case m.name == "rust-std": // the commit of the compiler
		_, err := hex.DecodeString(m.inner)
		return err == nil && len(m.inner) == 40
	case m.isNode(): // /download/release/v20.1.0/node-v20.1.0-headers.tar.gz
		version, rest, _ := strings.Cut(m.inner, "/")
		return rest == "node-v"+version && isDotted(version)
	}
	return isDotted(m.inner)
}

// isDotted reports whether a text is a version of three or four numbers.
func isDotted(v string) bool {
	n := 0
	for part := range strings.SplitSeq(v, ".") {
		if n++; part == "" || len(part) > 6 || strings.Trim(part, digits) != "" {
			return false
		}
	}
	return n == 3 || n == 4
}

const digits = "0123456789"

// leading is the version that bytes begin with, if what stands behind it is there too and is no part of it.
func leading(data []byte) string {
	const longest = 40
	for i, c := range data[:min(len(data), longest)] {
		if c != '.' && (c < '0' || c > '9') {
			return string(data[:i])
		}
	}
	return ""
}

// versionOf is the version of a runtime that these marks tell of, "" where the program does not.
func (img *image) versionOf(marks []*mark) string {
	last := marks[len(marks)-1]
	switch {
	case last.name == "rust-std":
		return img.rustVersion()
	case last.name == "cpython":
		return img.pythonVersion()
	case last.isNode(): // v20.1.0/node-v20.1.0
		version, _, _ := strings.Cut(last.inner, "/")
		return version
	case last.name == "node" || last.name == "javascriptcore": // the mark has the version of what they are a part of
		return ""
	}
	return last.inner
}

// rustVersion is the version of Rust that compiled the program: "rustc version 1.80.0 (hash date)". Where several did it is
// not known which one brought the library.
func (img *image) rustVersion() string {
	data, err := img.content(".comment")
	if err != nil {
		return ""
	}
	version := ""
	for line := range strings.SplitSeq(string(data), "\x00") {
		rest, ok := strings.CutPrefix(line, "rustc version ")
		if !ok {
			continue
		}
		v, _, _ := strings.Cut(rest, " ")
		if !ecosystem.Printable(v) || version != "" && v != version {
			return ""
		}
		version = v
	}
	return version
}

// hasPython reports whether the state of CPython lies in the program. Since 3.11 that has a section of its own, for debuggers
// (CPython, Python/pylifecycle.c), of whose name PE has room for eight letters.
func (img *image) hasPython() bool {
	for _, name := range []string{".PyRuntime", "PyRuntime", "PyRuntim"} {
		if img.sections[name] != nil {
			return true
		}
	}
	return false
}

// pythonVersion is the version of CPython. The name of its caches tells the first two numbers ("cpython-311"), and a text that ends in
// these and a third one, the whole of it: if there is one such only.
func (img *image) pythonVersion() string {
	var data []byte
	for _, section := range texts {
		if s := img.sections[section]; s != nil {
			part, err := io.ReadAll(io.LimitReader(s.Open(), maxConstants))
			if errors.Is(err, errLarge) {
				return ""
			}
			data = append(data, part...)
		}
	}
	text := string(data)
	_, tag, ok := strings.Cut(text, "cpython-3")
	minor := tag[:len(tag)-len(strings.TrimLeft(tag[:min(len(tag), 3)], digits)+tag[min(len(tag), 3):])]
	if !ok || minor == "" {
		return ""
	}
	short := "3." + minor
	version := short
	for rest := text; ; {
		i := strings.Index(rest, short+".")
		if i < 0 {
			return version
		}
		before := i > 0 && strings.Contains(digits+".", rest[i-1:i])
		rest = rest[i+len(short)+1:]
		end := len(rest) - len(strings.TrimLeft(rest, digits))
		if before || end == 0 || end > 3 || !strings.HasPrefix(strings.TrimPrefix(rest[end:], "+"), "\x00") {
			continue
		}
		if v := short + "." + rest[:end]; version == short || version == v {
			version = v
		} else {
			return short
		}
	}
}

// maxConstants is how many bytes of a section are searched for the version of CPython.
const maxConstants = 8 << 20
