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

// bench measures a reader: MB/s, and the memory of the tree over the size of the file.
func bench(b *testing.B, path string, data []byte) {
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := read(path, data); err != nil {
			b.Fatal(err)
		}
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	d, _ := read(path, data)
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(len(data)), "tree/file")
	runtime.KeepAlive(d)
	runtime.KeepAlive(data)
}

// repeat writes a text n times, with the number in place of each %[1]d.
func repeat(n int, format string) []byte {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return []byte(b.String())
}

var hash = strings.Repeat("0123456789abcdef", 4)

func BenchmarkJSON(b *testing.B) { bench(b, "x.json", lockfile(100_000)) }

// JSONC is the form of bun.lock.
func BenchmarkJSONC(b *testing.B) {
	text := "{\n  \"packages\": {\n" + string(repeat(20_000, "    \"package-%[1]d\": [\"package-%[1]d@1.%[1]d.0\", \"\", { \"dependencies\": { \"package-1\": \"^1.0.0\" } }, \"sha512-"+hash+"==\"],\n\n")) + "  },\n}\n"
	bench(b, "x.jsonc", []byte(text))
}

// The forms in which cargo, poetry and uv write a package, 20,000 times.
func BenchmarkTOML(b *testing.B) {
	for _, form := range []struct{ name, text string }{
		{"cargo", "[[package]]\nname = \"package-%[1]d\"\nversion = \"1.%[1]d.0\"\nsource = \"registry+https://index.example/\"\nchecksum = \"" + hash + "\"\ndependencies = [\n \"package-1\",\n \"package-2\",\n]\n\n"},
		{"poetry", "[[package]]\nname = \"package-%[1]d\"\nversion = \"1.%[1]d.0\"\ndescription = \"What it is\"\noptional = false\npython-versions = \">=3.8\"\ngroups = [\"main\"]\nfiles = [\n    {file = \"package_%[1]d.whl\", hash = \"sha256:" + hash + "\"},\n    {file = \"package_%[1]d.tar.gz\", hash = \"sha256:" + hash + "\"},\n]\n\n[package.dependencies]\npackage-1 = \">=1.0\"\npackage-2 = {version = \"*\", optional = true}\n\n"},
		{"uv", "[[package]]\nname = \"package-%[1]d\"\nversion = \"1.%[1]d.0\"\nsource = { registry = \"https://index.example/simple\" }\ndependencies = [\n    { name = \"package-1\" },\n    { name = \"package-2\", marker = \"sys_platform == 'win32'\" },\n]\nsdist = { url = \"https://files.example/package-%[1]d.tar.gz\", hash = \"sha256:" + hash + "\", size = 1234 }\nwheels = [\n    { url = \"https://files.example/package-%[1]d.whl\", hash = \"sha256:" + hash + "\", size = 1234 },\n]\n\n"},
		{"keys", "package-%[1]d = \"^1.%[1]d\"\n"},
	} {
		b.Run(form.name, func(b *testing.B) { bench(b, "x.toml", repeat(20_000, form.text)) })
	}
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

// XML is the form of a POM's dependencies.
func BenchmarkXML(b *testing.B) {
	text := "<project>\n" + string(repeat(20_000, "    <dependency>\n      <groupId>com.example</groupId>\n      <artifactId>package-%[1]d</artifactId>\n      <version>1.%[1]d</version>\n      <scope>test</scope>\n    </dependency>\n")) + "</project>\n"
	bench(b, "x.xml", []byte(text))
}

func BenchmarkStanzas(b *testing.B) {
	bench(b, "x.control", repeat(20_000, "Package: package-%[1]d\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.%[1]d-1\nDepends: libc6 (>= 2.3), package-1\nDescription: what it is\n and what it does\n\n"))
}

func BenchmarkOutline(b *testing.B) {
	bench(b, "x.outline", repeat(20_000, "package-%[1]d@^1.0.0:\n  version \"1.%[1]d.0\"\n  resolved \"https://registry.example/package-%[1]d.tgz#"+hash+"\"\n  dependencies:\n    package-1 \"^1.0.0\"\n\n"))
}

func BenchmarkLines(b *testing.B) {
	data := repeat(20_000, "package-%[1]d==1.%[1]d \\\n    --hash=sha256:"+hash+" # why\n")
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		for l := range doc.Joined(doc.Lines("x", data)) {
			_ = l.Span()
		}
	}
}

// Code is the form of mix.lock.
func BenchmarkCode(b *testing.B) {
	bench(b, "x.exs", []byte("%{\n"+string(repeat(20_000, "  \"package_%[1]d\": {:hex, :package_%[1]d, \"1.%[1]d.0\", \""+hash+"\", [:mix], [{:jason, \"~> 1.0\", [hex: :jason, repo: \"hexpm\", optional: true]}], \"hexpm\", \""+hash+"\"},\n"))+"}\n"))
}

// YAML is the form of pnpm-lock.yaml, once as it is, and once with an anchor, which package yaml must read.
func BenchmarkYAML(b *testing.B) {
	for _, form := range []struct{ name, head string }{{"block", "packages:\n"}, {"package-yaml", "a: &a b\npackages:\n"}} {
		b.Run(form.name, func(b *testing.B) {
			bench(b, "x.yaml", append([]byte(form.head), repeat(20_000, "  package-%d@1.0.0:\n    resolution: {integrity: sha512-"+
				strings.Repeat("A", 86)+"==}\n    engines: {node: '>=18'}\n    dev: true\n\n")...))
		})
	}
}
