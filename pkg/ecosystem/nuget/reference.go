package nuget

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// reference is a package that a project wants: once, or in each way that conditions choose from.
type reference struct {
	name     string
	had      bool
	implicit bool // by the SDK
	choices  []choice
}

// choice is one way in which a package is wanted.
type choice struct {
	written string // the requirement
	version string
	scope   sbom.Scope
	at      source.Span
	perhaps bool
}

// want gathers the items of all files of a project.
func (at *root) want(v values) {
	central := map[string][]item{}
	for _, f := range v.files {
		for _, i := range f.items {
			if i.kind != "PackageVersion" || i.remove {
				continue
			}
			key := strings.ToLower(i.what)
			if i.perhaps = i.perhaps || f.perhaps; !i.perhaps {
				central[key] = nil
			}
			central[key] = append(central[key], i)
		}
	}
	for _, f := range v.files {
		for _, i := range f.items {
			i.perhaps = i.perhaps || f.perhaps
			switch i.kind {
			case "Reference":
				at.library(i, f.file, v)
			case "PackageReference", "GlobalPackageReference", "DotNetCliToolReference":
				at.reference(i, v, central)
			case "ProjectReference":
				if !i.remove {
					at.others = append(at.others, other{path.Join(path.Dir(f.file), strings.ReplaceAll(i.what, `\`, "/")), i.at})
				}
			}
		}
	}
	at.tests = at.isTest(v)
}

// isTest reports whether a project is one of tests: by what its files say, the last that does, or by the package that runs
// tests. What a shared file says under a condition it says of some project below it, which need not be this one.
func (at *root) isTest(v values) bool {
	said := ""
	for _, f := range v.files {
		for _, s := range f.settings {
			if s.name == "istestproject" && (f.file == at.at.Path || s.sure != perhaps && !f.perhaps) {
				said, _ = v.text(s.text)
			}
		}
	}
	if said != "" {
		return strings.EqualFold(said, "true")
	}
	runner := at.byName["microsoft.net.test.sdk"]
	return runner != nil && slices.ContainsFunc(runner.choices, func(c choice) bool { return !c.perhaps || c.at.Path == at.at.Path })
}

// implicit adds what the SDK lets every project of F# refer to, at a version of its own
// (learn.microsoft.com/dotnet/fsharp, "FSharp.Core"); where Paket manages what is wanted, it says whether.
func (r *reader) implicit(at *root, p *props, v values) {
	_, err := fs.Stat(r.FS, path.Join(path.Dir(p.file), "paket.references"))
	if err == nil || len(p.sdks) == 0 || strings.EqualFold(v.first("DisableImplicitFSharpCoreReference"), "true") {
		return
	}
	ref := &reference{name: "FSharp.Core", implicit: true, choices: []choice{{scope: sbom.Runtime, at: p.sdks[0].at}}}
	at.byName["fsharp.core"] = ref
	at.wanted = append(at.wanted, ref)
}

// reference adds, changes or removes what is wanted. What an item says under a condition is one more choice, and
// takes none away.
func (at *root) reference(i item, v values, central map[string][]item) {
	id, ok := v.text(i.what)
	if !ok {
		id = i.what
	}
	key := strings.ToLower(id)
	ref := at.byName[key]
	switch {
	case i.remove && i.perhaps:
		return
	case i.remove:
		delete(at.byName, key)
		at.wanted = slices.DeleteFunc(at.wanted, func(w *reference) bool { return w == ref })
		return
	case ref == nil && i.update:
		return
	case ref == nil:
		ref = &reference{name: id}
		at.byName[key] = ref
		at.wanted = append(at.wanted, ref)
	}
	list := choices(i, central[key], v)
	if i.update {
		ref.update(list, i)
	} else {
		ref.include(list)
	}
}

// choices is what an item says: each version that it or the central list states, in each way that properties leave open.
func choices(i item, central []item, v values) []choice {
	written := i.all("VersionOverride")
	if len(written) == 0 {
		written = i.all("Version")
	}
	if len(written) == 0 && !i.update {
		for _, c := range central {
			written = append(written, c.all("Version")...)
		}
	}
	if len(written) == 0 && !i.update {
		written = []string{""}
	}
	var out []choice
	for _, s := range written {
		list, whole := v.texts(s)
		if !whole {
			list = append(list, "")
		}
		for _, text := range list {
			out = append(out, choice{s, lowest(text), scopeOf(i), i.at, i.perhaps})
		}
	}
	return out
}

// include adds the choices of an item that includes the package. One that is certain takes the place of those that were
// certain before, in the strongest of their scopes: which of two items counts NuGet does not promise (NU1504). One without a
// version leaves theirs.
func (ref *reference) include(list []choice) {
	for _, c := range list {
		if c.written == "" && len(ref.choices) > 0 {
			for k := range ref.choices {
				ref.choices[k].scope = ref.choices[k].scope.Stronger(c.scope)
			}
			return
		}
	}
	if !list[0].perhaps {
		for _, c := range ref.choices {
			for k := range list {
				if !c.perhaps {
					list[k].scope = list[k].scope.Stronger(c.scope)
				}
			}
		}
		ref.choices = slices.DeleteFunc(ref.choices, func(c choice) bool { return !c.perhaps })
	}
	ref.add(list)
}

// update changes the choices as an item says that updates the package; under a condition it adds some.
func (ref *reference) update(list []choice, i item) {
	scope := ref.choices[0].scope
	for _, c := range ref.choices {
		scope = scope.Stronger(c.scope)
	}
	if i.get("PrivateAssets") != "" {
		was := scope
		if scope = scopeOf(i); i.perhaps {
			scope = scope.Stronger(was)
		}
		for k := range ref.choices {
			ref.choices[k].scope = scope
		}
	}
	for k := range list {
		list[k].scope = scope
	}
	if len(list) > 0 && !i.perhaps {
		ref.choices = nil
	}
	ref.add(list)
}

func (ref *reference) add(list []choice) {
	for _, c := range list {
		if !slices.ContainsFunc(ref.choices, func(o choice) bool { return o.written == c.written && o.version == c.version && o.scope == c.scope }) {
			ref.choices = append(ref.choices, c)
		}
	}
}

// as is how the version that is had was wanted: by the strongest of the choices of that version, or of all if none is of it.
func (ref *reference) as(version string) choice {
	var of []choice
	for _, c := range ref.choices {
		if c.version == version {
			of = append(of, c)
		}
	}
	if len(of) == 0 {
		of = ref.choices
	}
	best := of[0]
	for _, c := range of {
		best.scope = best.scope.Stronger(c.scope)
	}
	return best
}

// scopeOf is development for references that help to develop.
func scopeOf(i item) sbom.Scope {
	if i.kind != "PackageReference" || isPrivate(i) {
		return sbom.Development
	}
	return sbom.Runtime
}

// isPrivate reports whether a reference is one that helps to develop: its assets do not flow to those that use the project,
// and it does not add to what the project compiles against, where that is said
// (learn.microsoft.com, "Controlling dependency assets").
func isPrivate(i item) bool {
	private := strings.ToLower(i.get("PrivateAssets"))
	include := strings.ToLower(i.get("IncludeAssets"))
	return strings.Contains(private, "all") && (include == "" || !strings.Contains(include, "compile") && !strings.Contains(include, "all"))
}
