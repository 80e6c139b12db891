package archive

import (
	"errors"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/source"
)

// Whose says where a layer comes from: from the image that this one was made of, or from whoever made it of that.
type Whose string

// Who knows: by the layers of the other image, or by what a builder noted. A label that only names the other image does not tell how many
// layers are its own, and neither do the commands of the history, since both images have them.
const (
	WhoseUnknown Whose = ""
	WhoseBase    Whose = "base"
	WhoseOwn     Whose = "own"
)

// buildpacks is the label in which builders of Cloud Native Buildpacks note the last layer of the run image (Platform Interface
// Specification, "io.buildpacks.lifecycle.metadata").
const buildpacks = "io.buildpacks.lifecycle.metadata"

var errNotBase = errors.New("it is not made of the image that is named as its base: the layers of that are not its first ones")

// divide says of each layer whose it is. base are the layers of the image that this one was made of, unpacked, if they are at hand.
func (m *Image) divide(base []source.Digest, topLayer source.Digest) error {
	if len(base) > 0 {
		if len(base) > len(m.Layers) || !slices.EqualFunc(base, m.Layers[:len(base)], func(d source.Digest, l Layer) bool { return d == l.Diff }) {
			return errNotBase
		}
		topLayer = base[len(base)-1]
	}
	last := slices.IndexFunc(m.Layers, func(l Layer) bool { return topLayer != "" && l.Diff == topLayer })
	if len(base) > 0 {
		last = len(base) - 1
	}
	for i := range m.Layers {
		switch {
		case last < 0:
		case i <= last:
			m.Layers[i].Whose = WhoseBase
		default:
			m.Layers[i].Whose = WhoseOwn
		}
	}
	return nil
}

// commands gives for each layer the command that made it, in short: nothing if the history does not have as many.
func (c *imageConfig) commands(layers int) []string {
	var out []string
	for _, h := range c.History {
		if !h.EmptyLayer {
			out = append(out, brief(h.CreatedBy))
		}
	}
	if len(out) != layers {
		return make([]string, layers)
	}
	return out
}

const (
	maxCommand  = 64 << 10 // bytes of a command that are read
	maxBrief    = 160      // bytes of what is said of it
	maxPrograms = 8        // that are named
)

// brief says in short what a command of a history did (Dockerfile reference; BuildKit writes the values of ARG before it, as in
// "RUN |1 TOKEN=x /bin/sh -c make"). Of a shell's command no more is said than which programs it calls, since secrets stand among what these
// are given, and where nothing tells them.
func brief(createdBy string) string {
	s := strings.Join(strings.Fields(createdBy[:min(len(createdBy), maxCommand)]), " ")
	s = strings.TrimSuffix(s, " # buildkit")
	run, isRun := strings.CutPrefix(s, "RUN ")
	if strings.HasPrefix(run, "|") {
		isRun = true
		if i := strings.LastIndex(run, "/bin/sh -c "); i >= 0 {
			run = run[i:]
		} else {
			run = ""
		}
	}
	shell, isShell := strings.CutPrefix(run, "/bin/sh -c ")
	if nop, ok := strings.CutPrefix(shell, "#(nop) "); ok && isShell {
		return instruction(strings.TrimSpace(nop))
	}
	if !isRun && !isShell {
		return instruction(s)
	}
	var called []string
	for _, part := range strings.FieldsFunc(unquoted(shell), func(r rune) bool { return strings.ContainsRune("&|;\n(){}", r) }) {
		if name := program(strings.Fields(part)); name != "" && !slices.Contains(called, name) {
			called = append(called, name)
		}
	}
	if len(called) > maxPrograms {
		called = append(called[:maxPrograms], "...")
	}
	return strings.TrimSpace("RUN " + strings.Join(called, ", "))
}

// unquoted is a shell's command with each text in quotes made one sign that no name has; what follows a quote that is not closed is left out.
func unquoted(s string) string {
	var out strings.Builder
	quote := byte(0)
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && quote != '\'':
			i++ // whatever that is
			out.WriteByte('"')
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
			out.WriteByte('"')
		case c == quote:
			quote = 0
		case quote == 0:
			out.WriteByte(c)
		}
	}
	return out.String()
}

// installers are the programs of which the next word says what they do.
var installers = []string{"apk", "apt", "apt-get", "bundle", "cargo", "composer", "conda", "dnf", "gem", "go", "microdnf", "npm", "pip", "pip3", "pnpm", "yarn", "yum", "zypper"}

// program is what a shell's command calls, without what it is given.
func program(words []string) string {
	for len(words) > 0 && (strings.Contains(words[0], "=") || slices.Contains([]string{"if", "then", "else", "do", "while", "!", "sudo", "exec"}, words[0])) {
		words = words[1:]
	}
	if len(words) == 0 || !isWord(words[0]) || slices.Contains([]string{"set", "fi", "done", "for", "true", ":"}, words[0]) {
		return ""
	}
	if slices.Contains(installers, words[0]) {
		for _, w := range words[1:] {
			if w[0] != '-' && strings.Trim(w, "abcdefghijklmnopqrstuvwxyz-") == "" && len(w) <= 12 {
				return words[0] + " " + w
			}
			if w[0] != '-' || strings.Contains(w, "=") {
				break
			}
		}
	}
	return words[0]
}

// isWord reports whether a word can be the name of a program or of an instruction.
func isWord(s string) bool {
	return len(s) <= 40 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+-/[") == ""
}

// instruction is one of a Dockerfile that lays files down, with what it is given; of any other, and of what other builders write, the
// first word.
func instruction(s string) string {
	word, given, _ := strings.Cut(s, " ")
	switch {
	case !isWord(word):
		return ""
	case !slices.Contains([]string{"ADD", "COPY", "WORKDIR"}, word):
		return word
	}
	words := strings.Fields(source.Redact(given))
	for i, w := range words {
		if name, _, ok := strings.Cut(w, "="); ok {
			words[i] = name + "=" + source.Redacted
		}
	}
	s = word + " " + strings.Join(words, " ")
	if len(s) > maxBrief {
		s = strings.ToValidUTF8(s[:maxBrief], "") + "..."
	}
	return s
}
