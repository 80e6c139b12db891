// Package maven reads Maven projects: pom.xml, what it inherits, and what the local repository holds of its
// dependencies.
//
// A POM rarely stands alone. Coordinates, properties, versions of dependencies, dependencies themselves and licenses come
// from a parent, the versions also from bills of materials that a POM imports. The parent lies in the tree or in the local
// repository (~/.m2/repository, the cache m2); each POM with its parents is a [model], and everything is asked of the
// model: a property's value depends on who asks.
//
// Maven's resolution is a walk over models, breadth first: of two versions of one artifact the one nearer to the
// root wins, and what the root manages wins over both. Where the local repository has the POMs, the walk is Maven's
// own; where one is missing, it ends there, and a gap names the components behind which something may lie. Modules of
// the tree that need each other are joined and not walked again: each has its own edges.
//
// Not read: plugins and what they need, which run in the build and are no part of what it makes; profiles that are not
// active by default, which a gap names; version ranges, which only a repository can resolve.
//
// Reference: https://maven.apache.org/ref/current/maven-model/maven.html (the POM), and
// https://maven.apache.org/guides/introduction/introduction-to-dependency-mechanism.html.
package maven

import (
	"bytes"
	"context"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
)

// name is the ecosystem's, and the purl type.
const name = "maven"

// Ecosystem is the reader of Maven projects.
var Ecosystem = &ecosystem.Ecosystem{
	Name: name,
	Doc: `Maven projects: pom.xml, lockfile.json of maven-lockfile, ~/.m2

Components are the dependencies of each POM with the versions that its properties, its parents, dependencyManagement and
imported BOMs give, and, as far as the POMs of dependencies lie in the local repository (--cache m2=DIR), what these need in
turn by Maven's rules: nearest version, managed version, exclusions. Parents are looked for in the tree, then in the local
repository, and so are the JARs, for the license files in them, unless one is another file than the checksum beside it says. Declared licenses are those that a POM states or
inherits.

Scope compile and runtime are runtime, optional dependencies optional, provided and system are build, test is test. Profiles
count if they are active by default. Each POM is a root; an aggregator contains its modules. A version that nobody at hand
states leaves the component without one and a gap. Plugins are not listed.`,
	Match: match,
	Group: group,
	Read:  read,
}

// The limits of files, in bytes.
const (
	maxPOM  = 8 << 20
	maxLock = 128 << 20
)

const lockFile = "lockfile.json"

func match(p string, mode fs.FileMode, head []byte) bool {
	base := path.Base(p)
	if !ecosystem.Own(p, mode) || strings.Contains(p, "archetype-resources/") || strings.HasPrefix(base, "dependency-reduced-") || strings.HasPrefix(base, ".flattened") {
		return false
	}
	switch {
	case base == "pom.xml", strings.HasSuffix(base, ".pom"):
		return true
	case strings.HasPrefix(base, "pom") && path.Ext(base) == ".xml", strings.HasSuffix(base, "pom.xml"):
		return bytes.Contains(head, []byte("maven.apache.org/POM"))
	case base == lockFile:
		return bytes.Contains(head, []byte(`"artifactId"`)) || bytes.Contains(head, []byte(`"artifactID"`))
	}
	return false
}

// group makes one project of all: any POM may be the parent, the module or a dependency of any other.
func group(paths []string) [][]string {
	if len(paths) == 0 {
		return nil
	}
	return [][]string{paths}
}

// reader reads all POMs of a target.
type reader struct {
	*ecosystem.Project
	ecosystem.Graph
	repo
	poms  []*pom // of the target, in the order of their files
	roots map[*pom]sbom.ID
	added map[sbom.ID]string // external components, and in which folder their files lie
}

func read(ctx context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
	r := &reader{Project: p, Graph: ecosystem.Graph{Reader: name}, roots: map[*pom]sbom.ID{}, added: map[sbom.ID]string{}}
	r.repo = newRepo(p)
	r.broken = r.lostPOM
	locks := map[string]string{}
	for _, file := range p.Files {
		if path.Base(file) == lockFile {
			locks[path.Dir(file)] = file
		} else if one := r.parse(file); one.top.Len() > 0 {
			r.poms = append(r.poms, one)
			r.repo.add(one)
		}
	}
	for _, one := range r.poms {
		r.addRoot(one)
	}
	for _, one := range r.poms {
		if err := ctx.Err(); err != nil {
			return r.Fragment, err
		}
		r.modules(one)
		if lock, ok := locks[one.dir]; ok && path.Base(one.file) == "pom.xml" {
			r.readLock(lock, r.roots[one])
			delete(locks, one.dir)
		} else {
			r.resolve(one)
		}
	}
	for _, dir := range slices.Sorted(keys(locks)) {
		r.readLock(locks[dir], "")
	}
	return r.Fragment, ctx.Err()
}
