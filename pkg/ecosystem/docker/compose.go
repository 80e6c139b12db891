package docker

import (
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/sbom"
)

// isCompose reports whether a file describes services for docker compose: compose.yaml, docker-compose.yml, and these with
// a word between.
func isCompose(p string) bool {
	base := strings.ToLower(path.Base(p))
	ext := path.Ext(base)
	stem, _, _ := strings.Cut(base, ".")
	return (ext == ".yaml" || ext == ".yml") && (stem == "compose" || stem == "docker-compose")
}

// scopeOf is what the services of a file are for, by the word in its name: compose.override.yaml is what a developer adds
// (docs.docker.com, "Merge Compose files").
func scopeOf(file string) sbom.Scope {
	for _, word := range strings.FieldsFunc(strings.ToLower(path.Base(file)), func(r rune) bool { return r == '.' || r == '-' || r == '_' }) {
		switch {
		case slices.Contains([]string{"test", "tests", "testing", "ci", "e2e"}, word):
			return sbom.Test
		case slices.Contains([]string{"override", "dev", "development", "local"}, word):
			return sbom.Development
		}
	}
	return sbom.Runtime
}

// compose adds the images that the services of a file run; what a service builds, its Dockerfile tells.
func (r *reader) compose(file string) {
	const mend = "look whether `docker compose config` can read it"
	r.made()
	top := r.Object(r.FS, file, maxSize, mend, doc.YAML)
	for _, service := range r.Members(top.Get("services"), mend, "services") {
		r.Expect(service, doc.Object, mend, "a service")
		n := service.Get("image")
		r.Expect(n, doc.String, mend, "an image")
		if n.Text() == "" || service.Get("build").Kind() != doc.Missing {
			continue
		}
		if r.add(expand(n.Text(), nil), scopeOf(file), n.Span()) {
			r.Relationships[len(r.Relationships)-1].Linkage = sbom.Process
		}
	}
}
