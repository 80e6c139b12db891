// Package jar reads Java archives as installed packages: JAR, WAR, EAR and their like, and the archives in them.
//
// An archive says what it is in up to four ways, and none of them is sure to be there. Maven leaves
// META-INF/maven/GROUP/NAME/pom.properties with the coordinates, and a copy of the POM with the license. OSGi and
// Java's own conventions put a name and a version into META-INF/MANIFEST.MF. The name of the file is as a rule the
// name and the version. And in a repository the folders spell the group. They are asked in this order; a group that
// nobody states is worked out from the name of the bundle as Maven's bundle plugin makes it, else taken to be the name,
// as it was before groups had domains.
//
// An archive that carries coordinates of others beside its own holds their classes; those are components that it
// contains, as are the archives in it, down to four levels. An archive comes from a stranger: how many entries are looked at,
// how much is inflated, and by what ratio, is bounded, and past a bound there is a gap.
//
// Reference: the JAR file specification ("JAR Manifest"), OSGi Core ("Bundle Manifest Headers"), Maven Archiver.
package jar

import (
	"context"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
)

// name is the ecosystem's, and the reader's in gaps. Its packages are those of Maven repositories.
const name = "jar"

// Ecosystem is the reader of Java archives.
var Ecosystem = &ecosystem.Ecosystem{
	Name: name,
	Doc: `Java archives: *.jar, *.war, *.ear, *.aar and the archives in them

Components are the archives, with what pom.properties, the POM inside, MANIFEST.MF, the name of the file or the layout of a
repository say of their coordinates, and the license that the POM or Bundle-License declares; the scan looks for license
files inside. Archives in an archive, to a depth of four, and the coordinates of modules whose classes were put into it,
are components that it contains; what bills of materials in META-INF/sbom say is merged with that. Where the POMs inside say which of them need which, there are edges.

An archive hangs below the project around it. The wrappers of Gradle and Maven in their usual places are no components, nor are
the archives that are parts of a Java runtime around them.
Unpacked archives are read by their pom.properties and META-INF/MANIFEST.MF.`,
	Match:  match,
	Beside: func(p string) bool { return path.Base(p) == "release" },
	Group:  group,
	Read:   read,
}

// archives are the endings of what is a Java archive.
var archives = []string{".jar", ".war", ".ear", ".aar", ".sar", ".par", ".kar", ".hpi", ".jpi", ".nar", ".lpkg"}

func isArchive(p string) bool { return slices.Contains(archives, strings.ToLower(path.Ext(p))) }

const (
	manifestFile = "META-INF/MANIFEST.MF"
	mavenFolder  = "META-INF/maven/"
	sbomFolder   = "META-INF/sbom/" // of bills of materials (Spring Boot, "Software Bill of Materials (SBOM)")
)

func match(p string, mode fs.FileMode, head []byte) bool {
	if !ecosystem.Own(p, mode) {
		return false
	}
	switch base := path.Base(p); {
	case strings.HasSuffix(p, "gradle/wrapper/gradle-wrapper.jar"), strings.HasSuffix(p, ".mvn/wrapper/maven-wrapper.jar"):
		return false
	case isArchive(p):
		return true
	case base == "pom.properties":
		return strings.Contains("/"+p, "/"+mavenFolder)
	case base == "MANIFEST.MF":
		return strings.HasSuffix("/"+p, "/"+manifestFile) && !strings.Contains("/"+p, "/src/")
	}
	return false
}

// group makes one project of each archive, and of what lies unpacked in one folder.
func group(paths []string) [][]string {
	at := map[string]int{}
	var groups [][]string
	for _, p := range paths {
		key := p
		if !isArchive(p) {
			key = unpacked(p)
		}
		i, ok := at[key]
		if !ok {
			i = len(groups)
			at[key] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], p)
	}
	return groups
}

// unpacked is the folder that holds META-INF.
func unpacked(p string) string {
	before, _, _ := strings.Cut("/"+p, "/META-INF/")
	if before == "" {
		return "."
	}
	return before[1:]
}

func read(ctx context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
	r := &reader{Project: p, Graph: ecosystem.Graph{Reader: name}, ctx: ctx, byKey: map[string]sbom.ID{}}
	r.budget.heavy = p.Heavy
	if isArchive(p.Files[0]) {
		defer r.budget.release()
		r.readFile(p.Files[0])
	} else {
		r.readFolder(unpacked(p.Files[0]), p.Files)
	}
	return r.Fragment, ctx.Err()
}

// reader reads one archive of the target, or one that was unpacked.
type reader struct {
	*ecosystem.Project
	ecosystem.Graph
	ctx     context.Context
	budget  budget
	byKey   map[string]sbom.ID // what the archive holds, by group and name
	pending []need
	passed  int // files that were left to other readers
}

// need is what a POM inside asks for; it becomes an edge if the archive holds it.
type need struct {
	from  sbom.ID
	key   string
	scope sbom.Scope
	want  string
}
