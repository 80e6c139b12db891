// Package gradle reads Gradle builds: build scripts, version catalogs, lockfiles, verification metadata.
//
// A build script is a program, and only running it tells what it asks for. Most of what people write in the block
// dependencies is literal all the same: a configuration and coordinates, with versions from properties, catalogs and
// maps that stand as literally elsewhere in the build. That much is read, without running anything: all assignments
// of the build are names, a name's value is looked up where a string or a call mentions it, and what does not end in
// coordinates is no dependency. Where a lockfile stands beside the script it decides what is had, in which versions
// and for what; the script then only tells what is asked for directly.
//
// A build is the folder of settings.gradle with all below it; each folder with a build script or a lockfile is a
// project of it and a root. The dependencies of buildSrc and its like make the build, not the product.
//
// Reference: https://docs.gradle.org/current/userguide/dependency_locking.html, dependency_verification.html,
// version_catalogs.html, declaring_dependencies.html.
package gradle

import (
	"cmp"
	"context"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
)

// name is the ecosystem's, and the reader's in gaps. Its packages are those of Maven repositories.
const name = "gradle"

// Ecosystem is the reader of Gradle builds.
var Ecosystem = &ecosystem.Ecosystem{
	Name: name,
	Doc: `Gradle builds: build.gradle(.kts), gradle.lockfile, libs.versions.toml, verification-metadata.xml

Components are the modules of the lockfiles (gradle.lockfile, buildscript-gradle.lockfile, one file a configuration in
gradle/dependency-locks), with the checksums of gradle/verification-metadata.xml. Without a lockfile they are what the build
scripts ask for literally: coordinates as a string, a map or named arguments, aliases and bundles of version catalogs,
kotlin("..."), versions by properties of the build, of gradle.properties and of constants in buildSrc. Catalogs and verification metadata
are listed whole where no build script is at hand.

The scope follows the configuration: implementation, api, runtimeOnly are runtime; compileOnly, annotationProcessor, kapt, ksp,
classpath and all of buildSrc build; optional and those of registered features optional; names with "test" test; checkstyle, detekt, developmentOnly and their like development.
Each project is a root. Plugins are not listed.

Declared licenses are those of the POMs in Gradle's cache (--cache gradle=DIR, caches/modules-2/files-2.1 in GRADLE_USER_HOME) or
Maven's local repository, or of the nearest of their parents that states one.`,
	Match: match,
	Group: group,
	Read:  read,
}

// The limits of files, in bytes.
const (
	maxScript = 4 << 20
	maxLock   = 64 << 20
)

func match(p string, mode fs.FileMode, _ []byte) bool {
	if !ecosystem.Own(p, mode) {
		return false
	}
	base := path.Base(p)
	switch {
	case base == "gradle.lockfile", base == "buildscript-gradle.lockfile", base == "settings-gradle.lockfile",
		base == "verification-metadata.xml" && path.Base(path.Dir(p)) == "gradle", strings.HasSuffix(base, ".versions.toml"),
		strings.HasSuffix(base, ".lockfile") && path.Base(path.Dir(p)) == "dependency-locks":
		return true
	}
	return isScript(p) || isConstants(p)
}

func isScript(p string) bool {
	return strings.HasSuffix(p, ".gradle") || strings.HasSuffix(p, ".gradle.kts")
}

// isConstants reports whether a file is a class of buildSrc, in which some builds keep versions.
func isConstants(p string) bool {
	ext := path.Ext(p)
	return strings.Contains("/"+p, "/buildSrc/src/main/") && (ext == ".kt" || ext == ".java" || ext == ".groovy")
}

func isSettings(p string) bool { return strings.HasPrefix(path.Base(p), "settings.gradle") }

// isBuildScript reports whether a file is the script of the project in its folder, which may bear the folder's name.
func isBuildScript(p string) bool {
	stem := strings.TrimSuffix(strings.TrimSuffix(path.Base(p), ".kts"), ".gradle")
	return isScript(p) && (stem == "build" || stem == path.Base(path.Dir(p)))
}

// home is the folder of the project that a file speaks of, as far as its own path tells.
func home(p string) string {
	dir := path.Dir(p)
	if before, ok := cutSegment(dir, "buildSrc"); ok {
		return path.Join(before, "buildSrc")
	}
	if path.Base(dir) == "dependency-locks" {
		dir = path.Dir(dir)
	}
	if path.Base(dir) == "gradle" && !isBuildScript(p) {
		dir = path.Dir(dir)
	}
	return dir
}

// cutSegment gives what stands before a folder of that name in a path.
func cutSegment(p, folder string) (before string, ok bool) {
	before, _, ok = strings.Cut("/"+p+"/", "/"+folder+"/")
	return strings.TrimPrefix(before, "/"), ok
}

// group gives each build what lies in the folder of its settings and below, down to the next settings. Where there are
// none, each project is a build.
func group(paths []string) [][]string {
	settings, scripts := map[string]bool{}, map[string]bool{}
	for _, p := range paths {
		settings[home(p)] = settings[home(p)] || isSettings(p)
		scripts[home(p)] = scripts[home(p)] || isBuildScript(p)
	}
	at := map[string]int{}
	var groups [][]string
	for _, p := range paths {
		top := home(p)
		if build, ok := above(top, settings); ok {
			top = build
		} else if before, ok := cutSegment(top, "buildSrc"); ok {
			top = cmp.Or(before, ".")
		} else if owner, ok := above(top, scripts); ok && !isBuildScript(p) {
			top = owner
		}
		i, ok := at[top]
		if !ok {
			i = len(groups)
			at[top] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], p)
	}
	return groups
}

// above gives the nearest folder that is marked, from dir upwards.
func above(dir string, marked map[string]bool) (string, bool) {
	for ; ; dir = path.Dir(dir) {
		if marked[dir] {
			return dir, true
		}
		if dir == "." || dir == "/" {
			return "", false
		}
	}
}

func read(ctx context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
	b := newBuild(p)
	for _, file := range p.Files {
		if err := ctx.Err(); err != nil {
			return b.Fragment, err
		}
		b.take(file)
	}
	b.settle()
	return b.Fragment, ctx.Err()
}

// take reads one file of the build.
func (b *build) take(file string) {
	base := path.Base(file)
	switch {
	case strings.HasSuffix(base, ".lockfile"):
		b.early = append(b.early, func() { b.readLock(file) }) // when the features of the project are known
	case base == "verification-metadata.xml":
		b.readVerification(file)
	case strings.HasSuffix(base, ".versions.toml"):
		b.readCatalog(file)
	default:
		b.readScript(file)
	}
}

// buildLogic are the usual names of folders whose projects make plugins of the build around them.
var buildLogic = []string{"buildSrc", "build-logic", "buildLogic", "build-plugins", "build-conventions"}

// ofBuild reports whether a folder is part of what makes the build.
func ofBuild(dir string) bool {
	return slices.ContainsFunc(strings.Split(dir, "/"), func(s string) bool { return slices.Contains(buildLogic, s) })
}
