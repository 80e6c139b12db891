package apk

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/licet/licet/pkg/source"
)

// variable is the value of a shell variable, and where it was assigned.
type variable struct {
	text string
	at   source.Span
}

// maxValue bounds a value, in bytes: each may hold others.
const maxValue = 64 << 10

// variables reads the assignments at the top of a shell script, up to its first function; what stands in conditions counts
// only for variables that have no value yet. A value whose calculation is not understood keeps its text. broken is the
// assignment whose quotes do not end.
func variables(file string, data []byte) (vars map[string]variable, broken source.Span) {
	vars = map[string]variable{}
	depth, line := 0, 1
	for at := 0; at < len(data); {
		end := at + len(row(data[at:]))
		text := strings.TrimSpace(string(data[at:end]))
		word, _, _ := strings.Cut(text, " ")
		switch {
		case strings.HasPrefix(text, "#") || text == "":
		case word == "if" || word == "case" || word == "for" || word == "while":
			if last := text[strings.LastIndexAny(text, " ;")+1:]; last != "fi" && last != "esac" && last != "done" {
				depth++
			}
		case word == "fi" || word == "esac" || word == "done" || word == "fi;" || word == "done;":
			depth--
		case strings.HasSuffix(text, "() {") || strings.HasSuffix(text, "()"):
			return vars, broken
		default:
			name, _, ok := strings.Cut(text, "=")
			if !ok || !isName(name) {
				break
			}
			start := at + bytes.IndexByte(data[at:end], '=') + 1
			raw, size, whole := quoted(data[start:])
			if depth > 0 && vars[name].text != "" {
				end = max(end, start+size)
				break
			}
			begin := at + bytes.Index(data[at:], []byte(name))
			v := variable{at: source.Span{Path: file, Start: begin, End: start + size, Line: line, Col: begin - at + 1}}
			if v.text = expand(raw, vars); !whole {
				broken = v.at
			}
			vars[name] = v
			end = max(end, start+size)
			end += len(row(data[end:]))
		}
		line += bytes.Count(data[at:min(end+1, len(data))], []byte("\n"))
		at = end + 1
	}
	return vars, broken
}

// row is the text up to the end of the line.
func row(data []byte) []byte {
	line, _, _ := bytes.Cut(data, []byte("\n"))
	return line
}

func isName(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c != '_' && (c|0x20 < 'a' || c|0x20 > 'z') && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}

// quoted is the word that begins data, quotes taken off, and its size in bytes. Single quotes hide a $ from expand. Where the
// quotes do not end, it is the rest of the line, and whole is false.
func quoted(data []byte) (word string, size int, whole bool) {
	var out strings.Builder
	quote := byte(0)
	for i := 0; i < len(data) && out.Len() < maxValue; i++ {
		switch c := data[i]; {
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case c == quote:
			quote = 0
		case quote == 0 && (c == ' ' || c == '\t' || c == '\n' || c == ';' || c == '#' && i == 0):
			return out.String(), i, true
		case c == '\\' && quote != '\'' && i+1 < len(data):
			if i++; data[i] != '\n' {
				out.WriteByte(data[i])
			}
		case c == '$' && quote == '\'':
			out.WriteString("\x00")
		case c == '$' && bytes.HasPrefix(data[i:], []byte("$((")):
			end := bytes.Index(data[i:], []byte("))"))
			if end < 0 {
				end = len(row(data[i:])) - 2
			}
			out.Write(data[i : i+max(end, 0)+2])
			i += max(end, 0) + 1
		default:
			out.WriteByte(c)
		}
	}
	if quote != 0 || out.Len() >= maxValue {
		line := row(data)
		return string(bytes.Trim(line, "\"'")), len(line), false
	}
	return out.String(), len(data), true
}

// expand fills in $name, ${name}, ${name%suffix}, ${name#prefix}, ${name//old/new}, and sums of $((a + b)).
func expand(s string, vars map[string]variable) string {
	var out strings.Builder
	for i := 0; i < len(s) && out.Len() < maxValue; i++ {
		if s[i] == 0 {
			out.WriteByte('$')
			continue
		}
		if s[i] != '$' || i+1 == len(s) {
			out.WriteByte(s[i])
			continue
		}
		if sum, ok := strings.CutPrefix(s[i:], "$(("); ok {
			if inner, _, ok := strings.Cut(sum, "))"); ok {
				out.WriteString(add(inner, vars))
				i += len("$((") + len(inner) + len("))") - 1
				continue
			}
		}
		if s[i+1] == '{' {
			end := strings.IndexByte(s[i:], '}')
			if end < 0 {
				out.WriteByte('$')
				continue
			}
			out.WriteString(cut(s[i+2:i+end], vars))
			i += end
			continue
		}
		end := i + 1
		for end < len(s) && isName("_"+s[end:end+1]) {
			end++
		}
		if end == i+1 {
			out.WriteByte('$')
			continue
		}
		out.WriteString(vars[s[i+1:end]].text)
		i = end - 1
	}
	return out.String()
}

// cut is the value of what stands in braces.
func cut(s string, vars map[string]variable) string {
	end := 0
	for end < len(s) && isName("_"+s[end:end+1]) {
		end++
	}
	value, rest := vars[s[:end]].text, s[end:]
	if old, ok := strings.CutPrefix(rest, "/"); ok {
		all := strings.HasPrefix(old, "/")
		from, to, _ := strings.Cut(strings.TrimPrefix(old, "/"), "/")
		if from == "" {
			return value
		}
		if all {
			return strings.ReplaceAll(value, from, to)
		}
		return strings.Replace(value, from, to, 1)
	}
	if rest == "" {
		return value
	}
	double := len(rest) > 1 && rest[0] == rest[1]
	pattern := strings.TrimLeft(rest, "%#")
	switch rest[0] {
	case '%':
		mark, any := strings.CutSuffix(pattern, "*")
		at := strings.LastIndex(value, mark)
		if double {
			at = strings.Index(value, mark)
		}
		if at >= 0 && mark != "" && (any || at+len(mark) == len(value)) {
			return value[:at]
		}
	case '#':
		mark, any := strings.CutPrefix(pattern, "*")
		at := strings.Index(value, mark)
		if double {
			at = strings.LastIndex(value, mark)
		}
		if at >= 0 && mark != "" && (any || at == 0) {
			return value[at+len(mark):]
		}
	}
	return value
}

// add is a sum of numbers and variables.
func add(s string, vars map[string]variable) string {
	sum := 0
	for part := range strings.SplitSeq(s, "+") {
		part = strings.TrimPrefix(strings.TrimSpace(part), "$")
		if v, ok := vars[part]; ok {
			part = v.text
		}
		n := 0
		for _, c := range part {
			if c < '0' || c > '9' || n > 1<<20 {
				return "$((" + s + "))"
			}
			n = 10*n + int(c-'0')
		}
		sum += n
	}
	return strconv.Itoa(sum)
}
