package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// A lock is a lockfile of any number of packages, each of which needs up to three of those behind it, so that the graph is
// deep and has no cycle. Its text is head, the packages joined by between, and tail; of those with a second list of the
// packages, second and that stand before tail.
type lock struct {
	name, file                  string
	head, between, second, tail string
	unit, again                 func(k int, needs []int) string
}

// write makes the file in dir and says how large it is. It holds none of it: the peak of a process begins with that of
// the one that started it.
func (l lock) write(dir string, n int) (bytes int64, err error) {
	file := filepath.Join(dir, filepath.FromSlash(l.file))
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		return 0, err
	}
	f, err := os.Create(file)
	if err != nil {
		return 0, err
	}
	w := bufio.NewWriter(f)
	io.WriteString(w, l.head)
	for list, unit := range l.lists() {
		if list > 0 {
			io.WriteString(w, l.second)
		}
		for k := range n {
			if k > 0 {
				io.WriteString(w, l.between)
			}
			io.WriteString(w, unit(k, needs(k, n)))
		}
	}
	io.WriteString(w, l.tail)
	at, err := f.Seek(0, io.SeekCurrent)
	return at + int64(w.Buffered()), errors.Join(err, w.Flush(), f.Close())
}

// lists are the lists of packages in the file: nearly always one.
func (l lock) lists() []func(int, []int) string {
	if l.again == nil {
		return []func(int, []int) string{l.unit}
	}
	return []func(int, []int) string{l.unit, l.again}
}

// needs are the packages that the k-th of n needs.
func needs(k, n int) []int {
	var out []int
	for _, step := range []int{1, 7, 101} {
		if k+step < n && (step == 1 || k%3 == 0) {
			out = append(out, k+step)
		}
	}
	return out
}

// list writes one item for each number, joined by between, in head and tail; "" for none.
func list(numbers []int, head, item, between, tail string) string {
	if len(numbers) == 0 {
		return ""
	}
	parts := make([]string, len(numbers))
	for i, k := range numbers {
		parts[i] = fmt.Sprintf(strings.ReplaceAll(item, "#", "%[1]d"), k)
	}
	return head + strings.Join(parts, between) + tail
}

// fill puts the package's number for # and its dependencies for {needs}.
func fill(unit, head, item, between, tail string) func(int, []int) string {
	return func(k int, needs []int) string {
		s := strings.ReplaceAll(unit, "#", fmt.Sprint(k))
		return strings.Replace(s, "{needs}", list(needs, head, item, between, tail), 1)
	}
}

const (
	hex64  = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	sha512 = "sha512-MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWYwMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZg=="
)

func locks() []lock {
	return append(jsonLocks(),
		lock{name: "Cargo.lock", file: "Cargo.lock", head: "version = 4\n\n", between: "\n", unit: fill(
			"[[package]]\nname = \"pkg-#\"\nversion = \"1.#.0\"\nsource = \"registry+https://index.example/\"\nchecksum = \""+hex64+"\"\n{needs}",
			"dependencies = [\n", " \"pkg-#\"", ",\n", ",\n]\n")},
		lock{name: "poetry.lock", file: "poetry.lock", between: "\n",
			tail: "\n[metadata]\nlock-version = \"2.0\"\npython-versions = \"^3.9\"\ncontent-hash = \"" + hex64 + "\"\n", unit: fill(
				"[[package]]\nname = \"pkg-#\"\nversion = \"1.#.0\"\ndescription = \"\"\noptional = false\npython-versions = \">=3.7\"\ngroups = [\"main\"]\n"+
					"files = [\n    {file = \"pkg_#-1.#.0.tar.gz\", hash = \"sha256:"+hex64+"\"},\n]\n{needs}",
				"\n[package.dependencies]\n", "pkg-# = \">=1.0\"", "\n", "\n")},
		lock{name: "uv.lock", file: "uv.lock", head: "version = 1\nrequires-python = \">=3.9\"\n\n", between: "\n", unit: fill(
			"[[package]]\nname = \"pkg-#\"\nversion = \"1.#.0\"\nsource = { registry = \"https://index.example/simple\" }\n{needs}"+
				"sdist = { url = \"https://files.example/pkg-#.tar.gz\", hash = \"sha256:"+hex64+"\", size = 1000 }\n",
			"dependencies = [\n", "    { name = \"pkg-#\" }", ",\n", ",\n]\n")},
		lock{name: "pnpm-lock.yaml", file: "pnpm-lock.yaml",
			head: "lockfileVersion: '9.0'\n\nimporters:\n  .:\n    dependencies:\n      pkg-0:\n        specifier: ^1.0.0\n        version: 1.0.0\n\npackages:\n\n",
			unit: fill("  pkg-#@1.#.0:\n    resolution: {integrity: "+sha512+"}\n\n", "", "", "", ""), second: "snapshots:\n\n",
			again: fill("  pkg-#@1.#.0:\n    transitivePeerDependencies: []\n{needs}\n", "    dependencies:\n", "      pkg-#: 1.#.0", "\n", "\n")},
		lock{name: "yarn.lock v1", file: "yarn.lock", head: "# yarn lockfile v1\n\n\n", between: "\n", unit: fill(
			"pkg-#@^1.#.0:\n  version \"1.#.0\"\n  resolved \"https://registry.example/pkg-#/-/pkg-#-1.#.0.tgz?0123456789abcdef0123456789abcdef01234567\"\n  integrity "+sha512+"\n{needs}",
			"  dependencies:\n", "    pkg-# \"^1.#.0\"", "\n", "\n")},
		lock{name: "yarn.lock berry", file: "yarn.lock", head: "__metadata:\n  version: 8\n  cacheKey: 10c0\n\n", between: "\n", unit: fill(
			"\"pkg-#@npm:^1.#.0\":\n  version: 1.#.0\n  resolution: \"pkg-#@npm:1.#.0\"\n{needs}  checksum: 10c0/"+hex64+hex64+"\n  languageName: node\n  linkType: hard\n",
			"  dependencies:\n", "    pkg-#: \"npm:^1.#.0\"", "\n", "\n")},
		lock{name: "conda environment", file: "environment.yml", head: "name: base\ndependencies:\n", unit: fill(
			"  - conda-forge::pkg-#=1.#.0=py39_0\n", "", "", "", "")},
		lock{name: "pubspec.lock", file: "pubspec.lock", head: "packages:\n", tail: "sdks:\n  dart: \">=3.0.0 <4.0.0\"\n", unit: fill(
			"  pkg_#:\n    dependency: transitive\n    description:\n      name: pkg_#\n      sha256: "+hex64+"\n      url: \"https://pub.example\"\n    source: hosted\n    version: \"1.#.0\"\n", "", "", "", "")},
		lock{name: "Gemfile.lock", file: "Gemfile.lock", head: "GEM\n  remote: https://gems.example/\n  specs:\n",
			tail: "\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n  pkg-0\n\nBUNDLED WITH\n   2.5.0\n", unit: fill(
				"    pkg-# (1.#.0)\n{needs}", "", "      pkg-# (~> 1.#)", "\n", "\n")},
		lock{name: "gradle.lockfile", file: "gradle.lockfile", tail: "empty=\n", unit: fill(
			"org.example:pkg-#:1.#.0=compileClasspath,runtimeClasspath\n", "", "", "", "")},
		lock{name: "dpkg status", file: "var/lib/dpkg/status", between: "\n", unit: fill(
			"Package: pkg-#\nStatus: install ok installed\nPriority: optional\nSection: libs\nInstalled-Size: 100\nMaintainer: A <a@mail.example>\nArchitecture: amd64\nVersion: 1.#.0-1\n{needs}Description: a package\n long\n",
			"Depends: ", "pkg-# (>= 1.#)", ", ", "\n")},
	)
}

func jsonLocks() []lock {
	return []lock{
		{name: "package-lock.json", file: "package-lock.json", between: ",\n", tail: "\n}}\n",
			head: "{\"name\": \"app\", \"version\": \"1.0.0\", \"lockfileVersion\": 3, \"packages\": {\n\"\": {\"name\": \"app\", \"version\": \"1.0.0\", \"dependencies\": {\"pkg-0\": \"^1.0.0\"}},\n",
			unit: fill("\"node_modules/pkg-#\": {\n\"version\": \"1.#.0\",\n\"resolved\": \"https://registry.example/pkg-#/-/pkg-#-1.#.0.tgz\",\n\"integrity\": \""+sha512+"\",\n{needs}\"license\": \"MIT\"\n}",
				"\"dependencies\": {\n", "\"pkg-#\": \"^1.#.0\"", ",\n", "\n},\n")},
		{name: "composer.lock", file: "composer.lock", between: ",\n", tail: "\n], \"packages-dev\": []}\n",
			head: "{\"content-hash\": \"0123456789abcdef0123456789abcdef\", \"packages\": [\n",
			unit: fill("{\n\"name\": \"acme/pkg-#\",\n\"version\": \"1.#.0\",\n\"dist\": {\"type\": \"zip\", \"url\": \"https://dist.example/pkg-#.zip\", \"shasum\": \"\"},\n{needs}\"type\": \"library\",\n\"license\": [\"MIT\"]\n}",
				"\"require\": {\n", "\"acme/pkg-#\": \"^1.#\"", ",\n", "\n},\n")},
		{name: "packages.lock.json", file: "packages.lock.json", between: ",\n", tail: "\n}}}\n",
			head: "{\"version\": 1, \"dependencies\": {\"net8.0\": {\n",
			unit: fill("\"Acme.Pkg#\": {\n\"type\": \"Transitive\",\n\"resolved\": \"1.#.0\",\n\"contentHash\": \""+sha512[len("sha512-"):]+"\"{needs}\n}",
				",\n\"dependencies\": {\n", "\"Acme.Pkg#\": \"1.#.0\"", ",\n", "\n}")},
		{name: "Package.resolved", file: "Package.resolved", between: ",\n", tail: "\n], \"version\": 2}\n", head: "{\"pins\": [\n",
			unit: fill("{\n\"identity\": \"pkg-#\",\n\"kind\": \"remoteSourceControl\",\n\"location\": \"https://git.example/acme/pkg-#.git\",\n\"state\": {\"revision\": \"0123456789abcdef0123456789abcdef01234567\", \"version\": \"1.#.0\"}\n}", "", "", "", "")},
		{name: "Pipfile.lock", file: "Pipfile.lock", between: ",\n", tail: "\n}, \"develop\": {}}\n",
			head: "{\"_meta\": {\"pipfile-spec\": 6}, \"default\": {\n",
			unit: fill("\"pkg-#\": {\"hashes\": [\"sha256:"+hex64+"\"], \"version\": \"==1.#.0\"}", "", "", "", "")},
		{name: "deno.lock", file: "deno.lock", between: ",\n", tail: "\n}}\n", head: "{\"version\": \"4\", \"npm\": {\n",
			unit: fill("\"pkg-#@1.#.0\": {\"integrity\": \""+sha512+"\"}", "", "", "", "")},
	}
}
