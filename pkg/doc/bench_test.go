package doc_test

import (
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/licet/licet/pkg/doc"
)

// lockfile is JSON in the shape of a lockfile of n packages, about 470 bytes each.
func lockfile(n int) []byte {
	var b strings.Builder
	b.WriteString("{\n  \"lockfileVersion\": 3,\n  \"packages\": {\n")
	for i := range n {
		if i > 0 {
			b.WriteString(",\n")
		}
		fmt.Fprintf(&b, `    "node_modules/package-%d": {
      "version": "1.%d.0",
      "resolved": "https://registry.example/package-%d/-/package-%d-1.%d.0.tgz",
      "integrity": "sha512-%s==",
      "license": "MIT",
      "dependencies": {
        "package-%d": "^1.0.0",
        "package-%d": "~2.3.0"
      },
      "engines": {
        "node": ">=18"
      },
      "funding": {
        "url": "https://funding.example/sponsor"
      }
    }`, i, i, i, i, i, strings.Repeat("A", 86), i+1, i+2)
	}
	b.WriteString("\n  }\n}\n")
	return []byte(b.String())
}

func BenchmarkJSON(b *testing.B) {
	data := lockfile(100_000)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := doc.JSON("x.json", data); err != nil {
			b.Fatal(err)
		}
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	d, _ := doc.JSON("x.json", data)
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(len(data)), "tree/file")
	runtime.KeepAlive(d)
}

// BenchmarkStdlib is the same file decoded into structs, which know no places.
func BenchmarkStdlib(b *testing.B) {
	data := lockfile(100_000)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	type lock struct {
		Packages map[string]struct {
			Version, Resolved, Integrity, License string
			Dependencies                          map[string]string
		}
	}
	for b.Loop() {
		var v lock
		if err := json.Unmarshal(data, &v); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkYAML(b *testing.B) {
	var text strings.Builder
	text.WriteString("packages:\n")
	for i := range 20_000 {
		fmt.Fprintf(&text, "  package-%d@1.0.0:\n    resolution: {integrity: sha512-%s==}\n    engines: {node: '>=18'}\n    dev: true\n\n", i, strings.Repeat("A", 86))
	}
	data := []byte(text.String())
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := doc.YAML("x.yaml", data); err != nil {
			b.Fatal(err)
		}
	}
}
