package policy

import (
	"fmt"

	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/rules"
)

// presetRoot is the root of the paths of presets: preset:default.yaml.
const presetRoot = "preset"

// defaultPreset judges where there is no file.
const defaultPreset = "default"

// Preset gives the built-in policy of that name, without the "@" of extends. Its path is
// preset:NAME.yaml.
func Preset(name string) (*File, error) {
	data, ok := rules.Preset(name)
	if !ok {
		return nil, fmt.Errorf("no preset is called @%s", name)
	}
	return Parse(source.JoinRoot(presetRoot, name+".yaml"), data)
}

// Default gives the policy that holds where nobody wrote one: permissive and public-domain licenses are
// allowed, file-level copyleft and dynamically linked library copyleft need a review, all else is denied.
func Default() *File {
	f, err := Preset(defaultPreset)
	if err != nil {
		panic(err) // the file is embedded, and a test reads it
	}
	return f
}
