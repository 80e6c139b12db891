package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
)

// What node_modules is made of: moduleFiles is how many files a package has besides its manifest and its license, and moduleSize how
// large each is on average, in bytes. 1,200 packages are 400 MB. From factsOf packages facts are made, which have but one file.
const (
	moduleFiles = 30
	moduleSize  = 11_000
	factsOf     = 2500
)

// printModules measures the command on a project with so many packages in its node_modules, against reading all of these once, with
// what `scan --deep` takes, which does; and what it takes to have the licenses of many packages from facts, without node_modules.
func printModules(out io.Writer, k task) error {
	dir, err := os.MkdirTemp("", "licet-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	tree := filepath.Join(dir, "app")
	if err := writeModules(tree, k.most, moduleFiles); err != nil {
		return err
	}
	debug.FreeOSMemory() // what is resident here the kernel counts for the command as well
	licet := k.command[0]
	for _, command := range [][]string{{licet, "scan", "-o", "cyclonedx-json", tree}, {licet, "scan", "--deep", "-o", "cyclonedx-json", tree}} {
		if err := printRatio(out, task{n: k.n, command: append([]string{tree, "--"}, command...)}); err != nil {
			return err
		}
	}
	return printFacts(out, k, filepath.Join(dir, "facts"))
}

// printFacts measures a check without facts and with them.
func printFacts(out io.Writer, k task, dir string) error {
	licet, tree, facts := k.command[0], filepath.Join(dir, "app"), filepath.Join(dir, "facts.zst")
	if err := writeModules(tree, factsOf, 1); err != nil {
		return err
	}
	if said, err := exec.Command(licet, "facts", "export", "-o", facts, tree).CombinedOutput(); err != nil {
		return fmt.Errorf("facts export: %w: %s", err, said)
	}
	if err := os.RemoveAll(filepath.Join(tree, "node_modules")); err != nil {
		return err
	}
	for _, command := range [][]string{{licet, "check", tree}, {licet, "check", "--facts", facts, tree}} {
		cost, err := best(k.n, command)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%s, %d packages\n  command   %v\n", strings.Join(command, " "), factsOf, cost)
	}
	return nil
}

// writeModules makes a project of n packages of npm with so many files in each: package.json, package-lock.json, and node_modules.
func writeModules(dir string, n, files int) error {
	random := rand.New(rand.NewPCG(2, 2))
	p := newPacker(io.Discard, 2)
	var direct, locked bytes.Buffer
	license := []byte(listed("MIT"))
	write := func(name string, parts ...[]byte) error { return os.WriteFile(name, bytes.Join(parts, nil), 0o666) }
	for k := range n {
		name, version := fmt.Sprintf("pkg-%d", k), fmt.Sprintf("1.%d.0", k)
		digest := sha256.Sum256([]byte(name))
		if k > 0 {
			direct.WriteByte(',')
		}
		fmt.Fprintf(&direct, "\n    %q: %q", name, version)
		fmt.Fprintf(&locked, ",\n    \"node_modules/%s\": {\"version\": %q, \"integrity\": \"sha512-%s\", \"license\": \"MIT\"}",
			name, version, base64.StdEncoding.EncodeToString(append(digest[:], digest[:]...)))
		under := filepath.Join(dir, "node_modules", name)
		if err := os.MkdirAll(filepath.Join(under, "lib"), 0o777); err != nil {
			return err
		}
		err := write(filepath.Join(under, "package.json"), fmt.Appendf(nil, `{"name": %q, "version": %q, "license": "MIT"}`, name, version))
		if err == nil {
			err = write(filepath.Join(under, "LICENSE"), license)
		}
		for i := 0; i < files && err == nil; i++ {
			p.count++
			err = write(filepath.Join(under, "lib", fmt.Sprintf("file%d.js", i)), p.header("//"), p.part(p.text, 1000+random.IntN(2*moduleSize-2000)))
		}
		if err != nil {
			return err
		}
	}
	err := write(filepath.Join(dir, "package.json"), fmt.Appendf(nil, "{\n  \"name\": \"app\",\n  \"version\": \"1.0.0\",\n  \"license\": \"MIT\",\n  \"dependencies\": {%s\n  }\n}\n", &direct))
	if err == nil {
		err = write(filepath.Join(dir, "package-lock.json"), fmt.Appendf(nil,
			"{\n  \"name\": \"app\",\n  \"version\": \"1.0.0\",\n  \"lockfileVersion\": 3,\n  \"packages\": {\n    \"\": {\"name\": \"app\", \"version\": \"1.0.0\", \"dependencies\": {%s\n    }}%s\n  }\n}\n", &direct, &locked))
	}
	return err
}
