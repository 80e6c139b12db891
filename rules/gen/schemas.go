package main

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// schemaSource is a module that carries official JSON schemas, and those that the tests want: the name
// to write, the path in the module, the SHA-256 of the bytes.
type schemaSource struct {
	module, license string
	files           [][3]string
}

// sbom-utility's entry in the checksum database is missing at some proxies; the digests here stand in
// for it. Its copy of the SPDX schema is the release's own; older versions of the module changed it.
var schemaSources = []schemaSource{
	{"github.com/CycloneDX/cyclonedx-go@v0.12.0", "Apache-2.0 (OWASP Foundation, CycloneDX specification)", [][3]string{
		{"bom-1.4.schema.json", "schema/bom-1.4.schema.json", "b7b401542328161df46cbce740933ed27401ed2fc391704722fad6a981ba2860"},
		{"bom-1.5.schema.json", "schema/bom-1.5.schema.json", "d38e11a8dd9caef49b2601ce4f93a5d4bead6dcd96a496ec67f66b90e505ea4e"},
		{"bom-1.6.schema.json", "schema/bom-1.6.schema.json", "3e92dddbc30cf7f6a02b80f0942b1a4cfd4fb1c26f1dfc4310afa9d613cafb93"},
		{"bom-1.7.schema.json", "schema/bom-1.7.schema.json", "6166dcd7ab0176139587650dee1427972122ac488b83c34f39933966b6146ffe"},
	}},
	{"github.com/CycloneDX/sbom-utility@v0.18.1", "Apache-2.0 (OWASP Foundation, CycloneDX specification)", [][3]string{
		{"jsf-0.82.schema.json", "resources/schema/cyclonedx/common/jsf-0.82.schema.json", "a517f9e483e2252debd23d5c62edb72805b6d3932935a6ebb8196745052d2dc3"},
		{"spdx.schema.json", "resources/schema/cyclonedx/common/spdx.schema.json", "4108f4e80cedc24739f3af57cdbcbcdeb521d0b36b6ebcf1a994a583931daacb"},
	}},
	{"github.com/CycloneDX/sbom-utility@v0.18.1", "CC-BY-3.0 (Linux Foundation, SPDX specification)", [][3]string{
		{"spdx-2.3.schema.json", "resources/schema/spdx/2.3/spdx-schema.json", "3646a54c24343414670cc8608b427ccd9000b24a0d333b9a20080bf6968ddf48"},
		{"spdx-2.3.1.schema.json", "resources/schema/spdx/2.3.1/spdx-schema.json", "ed9c4def98a8117d5d9ccb152cf05b5d6ba2a0958cac5f1d700a6de343968f5b"},
	}},
}

const schemasReadme = `# Schemas
The official JSON schemas that what licet writes must pass in the tests, byte for byte as they were
published; the tests alone read them. ` + "`go generate ./rules`" + ` brings them in and checks their digests.

| file | from | license |
|---|---|---|
`

// schemas writes the schemas into dir, and a README that names source and license of each.
func schemas(dir string) error {
	var readme strings.Builder
	readme.WriteString(schemasReadme)
	for _, s := range schemaSources {
		root, err := moduleDir(s.module)
		if err != nil {
			return err
		}
		for _, f := range s.files {
			name, from, want := f[0], f[1], f[2]
			data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(from)))
			if err != nil {
				return err
			}
			if got := fmt.Sprintf("%x", sha256.Sum256(data)); got != want {
				return fmt.Errorf("%s: SHA-256 of %s is %s, want %s", s.module, from, got, want)
			}
			if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
				return err
			}
			fmt.Fprintf(&readme, "| %s | %s, %s | %s |\n", name, s.module, from, s.license)
		}
	}
	return os.WriteFile(filepath.Join(dir, "README.md"), []byte(readme.String()), 0o644)
}

// moduleDir is where the module's files lie. Its digests are ours to check, file by file.
func moduleDir(module string) (string, error) {
	path, _, _ := strings.Cut(module, "@")
	cmd := exec.Command("go", "mod", "download", "-json", module)
	cmd.Env = append(os.Environ(), "GONOSUMDB="+path)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("go mod download %s: %w: %s", module, err, out)
	}
	var m struct{ Dir string }
	return m.Dir, json.Unmarshal(out, &m)
}
