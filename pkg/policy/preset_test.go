package policy

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/spdx"
	"github.com/licet/licet/rules"
)

// Every preset parses and says what it is for.
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

func TestChecks(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range Checks() {
		first, rest, _ := strings.Cut(c.Doc, "\n\n")
		if seen[c.ID] || !strings.HasSuffix(first, ".") || rest == "" || c.Run == nil {
			t.Errorf("%s: its manual page is a sentence, an empty line, and the rest", c.ID)
		}
		if c.Severity != SeverityDeny && c.Severity != SeverityReview && c.Severity != SeverityNote {
			t.Errorf("%s: severity %q", c.ID, c.Severity)
		}
		seen[c.ID] = true
	}
}

// When the context ends, so does the judging.
func TestEvaluateStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	doc := &sbom.Document{Components: []sbom.Component{{ID: "pkg:npm/a@1", Concluded: sbom.Conclusion{Expr: spdx.None()}}}}
	if got := Evaluate(ctx, Default().Policy, doc, nil, time.Time{}); len(got) != 1 {
		t.Errorf("%d findings, want 1", len(got))
	}
	cancel()
	if got := Evaluate(ctx, Default().Policy, doc, nil, time.Time{}); len(got) != 0 {
		t.Errorf("%d findings after the end", len(got))
	}
}

// A license that leaves thousands of choices does not make thousands of findings, each with all of it.
func TestChoicesAreBounded(t *testing.T) {
	parts := make([]spdx.Expr, 50)
	for i := range parts {
		parts[i] = spdx.Or(spdx.Leaf(spdx.Term{ID: "MIT"}), spdx.Leaf(spdx.Term{ID: "GPL-2.0-only", Exception: fmt.Sprintf("AdditionRef-%d", i)}))
	}
	doc := &sbom.Document{Components: []sbom.Component{{ID: "pkg:npm/a@1", Concluded: sbom.Conclusion{Expr: spdx.And(parts...)}}}}
	got := Evaluate(t.Context(), Default().Policy, doc, nil, time.Time{})
	if len(got) != maxChoices || !strings.Contains(got[0].Message, "one of 50") {
		t.Errorf("%d findings, want %d; the first: %s", len(got), maxChoices, got[0].Message)
	}
}
