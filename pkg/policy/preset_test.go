package policy

import (
	"strings"
	"testing"

	"github.com/licet/licet/rules"
)

// Every preset parses, says what it is for, decides every kind of unknown, and is meant for somebody: no
// two give the same verdict on every category.
func TestPresets(t *testing.T) {
	if len(rules.Presets()) == 0 {
		t.Fatal("no presets")
	}
	for _, name := range rules.Presets() {
		f, err := Preset(name)
		if err != nil {
			t.Errorf("%s:\n%v", name, err)
			continue
		}
		if doc := rules.PresetDoc(name); !strings.HasSuffix(doc, ".") {
			t.Errorf("%s: its first line does not say what it is for: %q", name, doc)
		}
		if f.Path != "preset:"+name+".yaml" || len(f.Warnings) > 0 || f.Policy == nil {
			t.Errorf("%s: %+v", name, f)
		}
	}
	if _, err := Preset("../presets/default"); err == nil {
		t.Error("a preset is a name, not a path")
	}
	if Default().Policy.Unknown.Unavailable.Verdict != Gap {
		t.Error("the default must leave what is unavailable to the gap")
	}
}
