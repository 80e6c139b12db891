package rules

import (
	"embed"
	"io/fs"
	"strings"
)

//go:embed presets/*.yaml
var presets embed.FS

// Preset gives the text of a built-in policy by its name: "default", "distribute-binary".
func Preset(name string) (data []byte, ok bool) {
	if !fs.ValidPath(name) {
		return nil, false
	}
	data, err := presets.ReadFile("presets/" + name + ".yaml")
	return data, err == nil
}

// Presets lists the names of the built-in policies, sorted.
func Presets() []string {
	entries, _ := presets.ReadDir("presets")
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = strings.TrimSuffix(e.Name(), ".yaml")
	}
	return names
}

// PresetDoc gives the line that says what a built-in policy is for; "" for an unknown name.
func PresetDoc(name string) string {
	data, _ := Preset(name)
	line, _, _ := strings.Cut(string(data), "\n")
	return strings.TrimPrefix(line, "# ")
}
