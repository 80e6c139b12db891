package all

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/licet/licet/pkg/format"
	"github.com/licet/licet/pkg/report"
)

var update = flag.Bool("update", false, "write the golden files anew")

const testdata = "../../../testdata"

func encode(t testing.TB, f *format.Format, r *report.Report, opt format.Options) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := f.Encode(&b, r, opt); err != nil {
		t.Fatalf("%s: %v", f.Name, err)
	}
	return b.Bytes()
}

// golden compares with testdata/format/NAME/case.
func golden(t *testing.T, f *format.Format, name string, got []byte) {
	t.Helper()
	file := filepath.Join(testdata, "format", f.Name, name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got, 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v: run the test with -update", err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs (-want +got):\n%s", file, cmp.Diff(string(want), string(got)))
	}
}

func TestGolden(t *testing.T) {
	for _, f := range Formats {
		for name, r := range samples() {
			t.Run(f.Name+"/"+name, func(t *testing.T) {
				got := encode(t, f, r, format.Options{})
				if again := encode(t, f, samples()[name], format.Options{}); !bytes.Equal(got, again) {
					t.Error("the same report gave other bytes")
				}
				ext := ".txt"
				if strings.HasSuffix(f.Name, "json") {
					ext = ".json"
				}
				golden(t, f, name+ext, got)
			})
		}
	}
}

// schemas are the official schemas that a format's versions must pass; "" is the default version.
var schemas = map[string]map[string][]string{
	"cyclonedx-json": {
		"":    {"bom-1.6.schema.json"},
		"1.4": {"bom-1.4.schema.json"},
		"1.5": {"bom-1.5.schema.json"},
		"1.6": {"bom-1.6.schema.json"},
		"1.7": {"bom-1.7.schema.json"},
	},
	"spdx-json": {
		"":    {"spdx-2.3.schema.json", "spdx-2.3.1.schema.json"}, // 2.3.1 adds patterns to the same schema
		"2.3": {"spdx-2.3.schema.json", "spdx-2.3.1.schema.json"},
	},
}

func TestSchema(t *testing.T) {
	for _, f := range Formats {
		for version, files := range schemas[f.Name] {
			for _, file := range files {
				schema := compile(t, file)
				for name, r := range samples() {
					t.Run(f.Name+"@"+version+"/"+name+"/"+file, func(t *testing.T) {
						out := encode(t, f, r, format.Options{Version: version})
						v, err := jsonschema.UnmarshalJSON(bytes.NewReader(out))
						if err != nil {
							t.Fatal(err)
						}
						if err := schema.Validate(v); err != nil {
							t.Errorf("%v", err)
						}
					})
				}
			}
		}
		for _, v := range f.Versions {
			if schemas[f.Name] != nil && schemas[f.Name][v] == nil {
				t.Errorf("%s@%s is held to no schema", f.Name, v)
			}
		}
	}
}

// loader serves schemas from testdata; a reference to any other host is a reference to a file here.
type loader struct{}

func (loader) Load(url string) (any, error) {
	name := url[strings.LastIndexByte(url, '/')+1:]
	if name == "cryptography-defs.schema.json" { // lists of algorithms of version 1.7, of which licet writes none
		return map[string]any{"definitions": map[string]any{"algorithmFamiliesEnum": true, "ellipticCurvesEnum": true}}, nil
	}
	f, err := os.Open(filepath.Join(testdata, "schema", name))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return jsonschema.UnmarshalJSON(f)
}

func compile(t *testing.T, file string) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.UseLoader(loader{})
	c.AssertFormat()
	schema, err := c.Compile("http://schema.example/" + file)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// TestSchemaBites shows that the schemas refuse what is wrong.
func TestSchemaBites(t *testing.T) {
	for file, doc := range map[string]string{
		"bom-1.6.schema.json":    `{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{"type": "library"}]}`,
		"spdx-2.3.schema.json":   `{"SPDXID": "SPDXRef-DOCUMENT"}`,
		"spdx-2.3.1.schema.json": `{"SPDXID": "SPDXRef-DOCUMENT"}`,
	} {
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(doc))
		if err != nil {
			t.Fatal(err)
		}
		if compile(t, file).Validate(v) == nil {
			t.Errorf("%s accepts %s", file, doc)
		}
	}
}

func TestRoundTrip(t *testing.T) {
	for _, f := range Formats {
		if f.Decode == nil {
			continue
		}
		for name, want := range samples() {
			if name == "hostile" && f.Name != "json" {
				continue
			}
			t.Run(f.Name+"/"+name, func(t *testing.T) {
				out := encode(t, f, want, format.Options{})
				if Sniff(out[:min(len(out), 4096)]) != f {
					t.Errorf("not recognised by its beginning: %.80s", out)
				}
				got, err := f.Decode(context.Background(), out)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("decoded report differs (-want +got):\n%s", diff)
				}
				if again := encode(t, f, got, format.Options{}); !bytes.Equal(out, again) {
					t.Error("encoding again gave other bytes")
				}
			})
		}
	}
}

// TestNoControl holds every format to printable text: nothing that came from a scanned file may reach
// the reader's terminal as a command.
func TestNoControl(t *testing.T) {
	for _, f := range Formats {
		out := encode(t, f, hostile(), format.Options{Verbose: true})
		for _, r := range string(out) {
			if r != '\n' && (r < ' ' || r == 0x7f || r == '\u202e') && !(r == '\u202e' && strings.HasSuffix(f.Name, "json")) {
				t.Errorf("%s writes %q", f.Name, r)
				break
			}
		}
	}
}

func TestFind(t *testing.T) {
	for _, f := range Formats {
		if f.Name == "" || f.Encode == nil || !strings.Contains(f.Doc, "\n\n") {
			t.Errorf("format %q lacks a name, an encoder or a manual page", f.Name)
		}
		for _, v := range append(slices.Clone(f.Versions), "") {
			name := strings.TrimSuffix(f.Name+"@"+v, "@")
			if got, version, err := Find(name); got != f || version != v || err != nil {
				t.Errorf("Find(%q) = %v, %q, %v", name, got, version, err)
			}
		}
		if err := f.Encode(&bytes.Buffer{}, empty(), format.Options{Version: "0.0"}); err == nil {
			t.Errorf("%s takes any version", f.Name)
		}
	}
	for _, name := range []string{"yaml", "json@9", "table@1", ""} {
		if _, _, err := Find(name); err == nil {
			t.Errorf("Find(%q) is no error", name)
		}
	}
}

// TestReferences holds both kinds of SBOM to what no schema can: every identifier is unique, and every
// reference leads somewhere.
func TestReferences(t *testing.T) {
	for _, name := range slices.Sorted(maps.Keys(samples())) {
		r := samples()[name]
		for _, f := range Formats {
			if schemas[f.Name] == nil {
				continue
			}
			t.Run(f.Name+"/"+name, func(t *testing.T) {
				var doc any
				if err := json.Unmarshal(encode(t, f, r, format.Options{}), &doc); err != nil {
					t.Fatal(err)
				}
				ids, links := map[string]bool{}, map[string]bool{}
				collect(t, doc, ids, links)
				for link := range links {
					if !ids[link] {
						t.Errorf("%q leads nowhere", link)
					}
				}
				if len(ids) < len(r.Document.Components) {
					t.Errorf("%d identifiers for %d components", len(ids), len(r.Document.Components))
				}
			})
		}
	}
}

func collect(t *testing.T, v any, ids, links map[string]bool) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			collect(t, e, ids, links)
		}
	case map[string]any:
		for key, value := range v {
			switch key {
			case "SPDXID", "bom-ref":
				id := value.(string)
				if ids[id] {
					t.Errorf("%q is there twice", id)
				}
				ids[id] = true
			case "spdxElementId", "relatedSpdxElement", "ref":
				links[value.(string)] = true
			case "dependsOn", "assemblies":
				for _, e := range value.([]any) {
					links[e.(string)] = true
				}
			}
			collect(t, value, ids, links)
		}
	}
}

var big = sync.OnceValue(func() *report.Report { return many(20_000) })

func BenchmarkEncode(b *testing.B) {
	for _, f := range Formats {
		b.Run(f.Name, func(b *testing.B) {
			r := big()
			b.ReportAllocs()
			for b.Loop() {
				out := encode(b, f, r, format.Options{})
				b.SetBytes(int64(len(out)))
			}
		})
	}
}

func BenchmarkDecode(b *testing.B) {
	for _, f := range Formats {
		if f.Decode == nil {
			continue
		}
		b.Run(f.Name, func(b *testing.B) {
			out := encode(b, f, big(), format.Options{})
			b.SetBytes(int64(len(out)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := f.Decode(context.Background(), out); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func Example() {
	for _, f := range Formats {
		first, _, _ := strings.Cut(f.Doc, "\n")
		fmt.Printf("%-15s %s\n", f.Name, first)
	}
	// Output:
	// cyclonedx-json  CycloneDX bill of materials in JSON (ECMA-424)
	// json            licet's own JSON: the whole report, and nothing lost on the way back
	// spdx-json       SPDX 2.3 document in JSON (ISO/IEC 5962 and its successor)
	// table           a picture for people: what is there, what was decided, and why
}

// TestTable holds the picture to the width it was given and its colours to an option.
func TestTable(t *testing.T) {
	f, _, err := Find("table")
	if err != nil {
		t.Fatal(err)
	}
	sgr := regexp.MustCompile(`\x1b\[[0-9;]*m`)
	for name, r := range samples() {
		for _, width := range []int{40, 80, 133} {
			for _, verbose := range []bool{false, true} {
				plain := string(encode(t, f, r, format.Options{Width: width, Verbose: verbose}))
				for line := range strings.Lines(plain) {
					columns := 0
					for _, r := range strings.TrimSuffix(line, "\n") {
						columns++
						if r > 0x2e80 {
							columns++
						}
					}
					if columns > width {
						t.Errorf("%s at %d columns: line of %d: %s", name, width, columns, line)
					}
				}
				colored := string(encode(t, f, r, format.Options{Width: width, Verbose: verbose, Color: true}))
				if colored == plain || sgr.ReplaceAllString(colored, "") != plain {
					t.Errorf("%s at %d columns: colours are missing, or change more than the colour", name, width)
				}
			}
		}
	}
}

// FuzzEncode: whatever report is read back, every format writes it without a panic, and the picture for
// people holds its width and is free of control characters.
func FuzzEncode(f *testing.F) {
	native, _, err := Find("json")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range []string{"clean", "hostile", "roots", "empty"} {
		f.Add(encode(f, native, samples()[name], format.Options{}))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := native.Decode(context.Background(), data)
		if err != nil {
			return
		}
		for _, f := range Formats {
			var b bytes.Buffer
			if err := f.Encode(&b, r, format.Options{Verbose: true}); err != nil {
				continue
			}
			if f.Decode == nil && schemas[f.Name] == nil {
				if i := strings.IndexFunc(b.String(), func(r rune) bool { return r != '\n' && unicode.IsControl(r) }); i >= 0 {
					t.Errorf("%s writes %q", f.Name, b.String()[i:])
				}
			}
		}
	})
}
