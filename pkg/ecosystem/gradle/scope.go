package gradle

import (
	"strings"
	"unicode"

	"github.com/licet/licet/pkg/sbom"
)

// tools begin the names of configurations whose modules look at the code, or run it for the developer.
var tools = []string{"checkstyle", "pmd", "spotbugs", "findbugs", "detekt", "ktlint", "codenarc", "jacoco", "spotless", "jmh", "developmentonly", "dokka", "asciidoctor", "archives", "lint"}

// makers begin, or are part of, the names of configurations whose modules help to compile.
var makers = []string{"compileonly", "provided", "annotationprocessor", "kapt", "ksp", "classpath", "errorprone", "zinc", "antlr", "kotlincompiler",
	"kotlinbuildtools", "kotlinklib", "kotlinnative", "incrementalscala", "processor", "protoc", "metadata"}

// scopeOf is what a configuration is for, by its name (docs.gradle.org, "The Java Library Plugin", "Configurations"). What
// is not known is taken to ship.
func scopeOf(configuration string) sbom.Scope {
	s := strings.ToLower(configuration)
	switch {
	case strings.Contains(s, "test"):
		return sbom.Test
	case hasPart(s, tools), strings.HasPrefix(s, "debug"):
		return sbom.Development
	case strings.HasSuffix(s, "runtimeclasspath"):
		return sbom.Runtime
	case hasPart(s, makers):
		return sbom.Build
	case s == "optional":
		return sbom.Optional
	}
	return sbom.Runtime
}

// isConfiguration reports whether a name is one of those that Gradle's own plugins, or those for Android and Kotlin, give
// to configurations, for whatever source set.
func isConfiguration(name string) bool {
	s := strings.ToLower(name)
	for _, end := range []string{"implementation", "api", "compile", "runtime", "only", "classpath", "annotationprocessor", "provided"} {
		if strings.HasSuffix(s, end) {
			return true
		}
	}
	return strings.HasPrefix(s, "kapt") || strings.HasPrefix(s, "ksp")
}

// scopeOf is that of a configuration of the project. What a feature needs is optional to who uses the project
// (docs.gradle.org, "Modeling feature variants and optional dependencies").
func (p *project) scopeOf(configuration string) sbom.Scope {
	scope := scopeOf(configuration)
	for _, feature := range p.features {
		if rest, ok := strings.CutPrefix(configuration, feature); ok && rest != "" && unicode.IsUpper(rune(rest[0])) && scope == sbom.Runtime {
			return sbom.Optional
		}
	}
	return scope
}

func hasPart(s string, parts []string) bool {
	for _, p := range parts {
		if strings.HasPrefix(s, p) || p != "lint" && p != "pmd" && strings.Contains(s, p) {
			return true
		}
	}
	return false
}

// strength orders scopes, the strongest first.
var strength = []sbom.Scope{sbom.Runtime, sbom.Optional, sbom.Build, sbom.Test, sbom.Development}

// production is the configuration of what a program of Spring Boot ships. Where there is one, the runtime classpath has what is
// for development too (docs.spring.io, "Spring Boot Gradle plugin", "Reacting to other plugins").
const production = "productionRuntimeClasspath"

// scopeOfAll is the strongest of what several configurations are for; develops says that the runtime classpath does not ship.
func (p *project) scopeOfAll(configurations []string, develops bool) sbom.Scope {
	best := len(strength)
	for _, c := range configurations {
		s := p.scopeOf(c)
		if develops && c == "runtimeClasspath" {
			s = sbom.Development
		}
		for i, other := range strength[:best] {
			if s == other {
				best = i
				break
			}
		}
	}
	if best == len(strength) {
		return sbom.Runtime
	}
	return strength[best]
}
