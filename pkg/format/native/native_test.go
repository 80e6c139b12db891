package native

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"

	"github.com/licet/licet/pkg/format"
)

func TestDecodeRefuses(t *testing.T) {
	const ok = `"schema": "licet.report/1", "document": {`
	for name, c := range map[string]struct{ in, want string }{
		"nothing":         {``, "line 1"},
		"cut":             {"{\n\"schema\": \"licet.report/1\",\n\"document\": {", "line 3"},
		"two":             {`{` + ok + `}} {}`, "line 1"},
		"no schema":       {`{"document": {}}`, `schema ""`},
		"another":         {`{"schema": "other.report/1", "document": {}}`, `"other.report/1"`},
		"next major":      {`{"schema": "licet.report/2", "document": {}}`, `"licet.report/2"`},
		"tenth major":     {`{"schema": "licet.report/10", "document": {}}`, `"licet.report/10"`},
		"no document":     {`{"schema": "licet.report/1"}`, "document"},
		"wrong type":      {"{\"schema\": \"licet.report/1\",\n\"command\": 1, \"document\": {}}", "line 2"},
		"bad expression":  {`{` + ok + `"components": [{"id": "a", "name": "a", "concluded": {"expression": "MIT AND"}}]}}`, ""},
		"twice":           {`{` + ok + `"components": [{"id": "b", "name": ""}, {"id": "a", "name": ""}, {"id": "b", "name": ""}]}}`, `"b" is there twice`},
		"because":         {`{` + ok + `"components": [{"id": "a", "name": "", "concluded": {"because": [0]}}]}}`, "claim 0 of 0"},
		"negative":        {`{` + ok + `"components": [{"id": "a", "name": "", "concluded": {"because": [-1]}}]}}`, "claim -1 of 0"},
		"occurrence":      {`{` + ok + `"components": [{"id": "a", "name": "", "occurrences": [{"claims": [7]}]}]}}`, "claim 7 of 0"},
		"nested too deep": {`{` + ok + `"x": ` + strings.Repeat("[", 20_000), "line 1"},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := Format.Decode(context.Background(), []byte(c.in))
			if err == nil || r != nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, %v; want an error with %q", r, err, c.want)
			}
		})
	}
}

// TestDecodeTakes reads what a later minor version may have written, and what was put in another order.
func TestDecodeTakes(t *testing.T) {
	in := `{"unheard": [1, {}], "schema": "licet.report/1.7", "document": {"components": [{"id": "b", "name": "b"}, {"id": "a", "name": "a"}]}}`
	r, err := Format.Decode(context.Background(), []byte(in))
	if err != nil {
		t.Fatal(err)
	}
	if c := r.Document.Component("a"); c == nil || c.Name != "a" {
		t.Errorf("component a is not found: %+v", r.Document.Components)
	}
}

func TestSniff(t *testing.T) {
	for head, want := range map[string]bool{
		`{"schema": "licet.report/1",`:            true,
		"{\n \"schema\":\n\"licet.report/22\"":    true,
		`{"$schema": "http://schema.example/"}`:   false,
		`{"schema": "licet.reports/1"}`:           false,
		`{"bomFormat": "CycloneDX"}`:              false,
		"":                                        false,
		`{"schema"`:                               false,
		`schema: licet.report/1 "schema" "licet"`: false,
	} {
		if got := Format.Sniff([]byte(head)); got != want {
			t.Errorf("Sniff(%q) = %v", head, got)
		}
	}
}

func TestDecodeCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Format.Decode(ctx, []byte(`{}`)); err != context.Canceled {
		t.Errorf("err = %v", err)
	}
}

// FuzzDecode: no input panics, and what is decoded is encoded, decoded and encoded to the same bytes.
func FuzzDecode(f *testing.F) {
	for _, name := range []string{"clean", "empty", "hostile", "roots"} { // small ones: they are varied faster
		data, err := os.ReadFile("../../../testdata/format/json/" + name + ".json")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(`{"schema":"licet.report/1","document":{"components":[{"id":"a","name":"a","claims":[{"basis":"","expression":"NONE"}]}]}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := Format.Decode(context.Background(), data)
		if err != nil {
			return
		}
		var once, twice bytes.Buffer
		if err := Format.Encode(&once, r, format.Options{}); err != nil {
			t.Skip() // a time that JSON cannot write
		}
		if r, err = Format.Decode(context.Background(), once.Bytes()); err != nil {
			t.Fatalf("%v\n%s", err, once.Bytes())
		}
		if err := Format.Encode(&twice, r, format.Options{}); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(once.Bytes(), twice.Bytes()) {
			t.Errorf("first\n%s\nthen\n%s", once.Bytes(), twice.Bytes())
		}
	})
}
