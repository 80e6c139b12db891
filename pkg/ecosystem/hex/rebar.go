package hex

import (
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

const rebarNext = "run `rebar3 get-deps`"

func (r *reader) rebar(config, lock, app string) {
	m := project{at: source.Span{Path: r.Files[0]}}
	if app != "" {
		m = r.appSource(app)
	}
	if config != "" {
		m.wanted = r.rebarConfig(config)
	}
	root := r.start(m)
	if lock != "" {
		r.rebarLock(root, lock, m.wanted)
		r.Absent(m.at, lock, rebarNext, nil)
		return
	}
	r.Absent(m.at, "", rebarNext, r.Require(root, m.wanted, nil))
}

// appSource reads {application, name, [{vsn, "1"}, {licenses, ["MIT"]}]}.
func (r *reader) appSource(file string) project {
	m := project{at: source.Span{Path: file}}
	for item := range r.parse(file, "look whether `rebar3 compile` can read it", doc.Erlang).Items() {
		v := values(item)
		if len(v) < 3 || !v[0].IsWord("application") {
			continue
		}
		m.name, m.at = strings.Trim(v[1].Text(), "'"), v[1].Span()
		for _, field := range values(v[2]) {
			switch f := values(field); {
			case len(f) != 2:
			case f[0].IsWord("vsn") && f[1].Kind() == doc.String: // else git tells it
				m.version = f[1].Text()
			case f[0].IsWord("licenses"):
				m.claims = licenses(f[1])
			}
		}
	}
	return m
}

// rebarConfig reads {deps, [...]}, {plugins, [...]} and {project_plugins, [...]}, and the same in {profiles, [{test, [...]}]}.
// Plugins are programs of the build (rebar3.org/docs/configuration/plugins).
func (r *reader) rebarConfig(file string) (wanted []ecosystem.Requirement) {
	for item := range r.parse(file, "look whether `rebar3 compile` can read it", doc.Erlang).Items() {
		switch v := values(item); {
		case len(v) != 2:
		case v[0].IsWord("deps"):
			wanted = append(wanted, rebarDeps(v[1], sbom.Runtime)...)
		case isPlugins(v[0]):
			wanted = append(wanted, rebarDeps(v[1], sbom.Build)...)
		case v[0].IsWord("profiles"):
			for _, profile := range values(v[1]) {
				p := values(profile)
				if len(p) != 2 {
					continue
				}
				scope := sbom.Development
				switch p[0].Text() {
				case "test":
					scope = sbom.Test
				case "prod":
					scope = sbom.Runtime
				}
				for _, field := range values(p[1]) {
					switch f := values(field); {
					case len(f) != 2:
					case f[0].IsWord("deps"):
						wanted = append(wanted, rebarDeps(f[1], scope)...)
					case isPlugins(f[0]):
						wanted = append(wanted, rebarDeps(f[1], pluginScope(scope))...)
					}
				}
			}
		}
	}
	return wanted
}

func isPlugins(n doc.Node) bool { return n.IsWord("plugins") || n.IsWord("project_plugins") }

// pluginScope is the scope of the plugins of a profile with that scope.
func pluginScope(profile sbom.Scope) sbom.Scope {
	if profile == sbom.Runtime {
		return sbom.Build
	}
	return profile
}

// rebarDeps reads a list of: name, {name, "range"}, {name, {git, "location", {tag, "1"}}}.
func rebarDeps(list doc.Node, scope sbom.Scope) (wanted []ecosystem.Requirement) {
	for _, item := range values(list) {
		w := ecosystem.Requirement{Key: item.Text(), At: item.Span(), Scope: scope}
		v := values(item)
		if len(v) > 0 {
			w.Key, w.At = v[0].Text(), v[0].Span()
		}
		w.Key = strings.Trim(w.Key, "'")
		if !ecosystem.Printable(w.Key) {
			continue
		}
		w.What = component("", w.Key, "")
		if len(v) > 1 {
			w.Range = v[1].Text()
			if from := values(v[1]); len(from) > 1 && strings.HasPrefix(from[0].Text(), "git") {
				w.What = fromGit(w.Key, from[1].Text(), "")
			} else if c := w.Range; c != "" && strings.Trim(c, "0123456789.") == "" { // a bare version is exactly that one
				w.What = component("", w.Key, c)
			}
		}
		wanted = append(wanted, w)
	}
	return wanted
}

// rebarLock reads {"1.2.0", [{<<"name">>, {pkg, <<"name">>, <<"1.0.0">>}, 0}]}, the last being the depth, and the checksums
// in the list behind it. What lies at depth 0 the project needs itself.
func (r *reader) rebarLock(root sbom.ID, file string, wanted []ecosystem.Requirement) {
	top := r.parse(file, rebarNext, doc.Erlang)
	hashes := rebarHashes(top)
	asked := map[string]ecosystem.Requirement{}
	for _, w := range wanted {
		if had, ok := asked[w.Key]; !ok || had.Scope.Stronger(w.Scope) != had.Scope {
			asked[w.Key] = w
		}
	}
	locked := map[string]bool{}
	for _, entry := range rebarEntries(top) {
		v := values(entry)
		if len(v) < 3 {
			r.Lost(entry.Span(), rebarNext, "an entry without a package and its version")
			continue
		}
		key, from := v[0].Text(), values(v[1])
		var c sbom.Component
		switch {
		case len(from) >= 3 && from[0].IsWord("pkg"):
			c = component("", from[1].Text(), from[2].Text())
			c.Hashes = ecosystem.Hashes(hashes[key])
		case len(from) >= 3 && strings.HasPrefix(from[0].Text(), "git"):
			if revision := values(from[2]); len(revision) == 2 { // {ref, "..."}
				c = fromGit(key, from[1].Text(), revision[1].Text())
			}
		}
		if !ecosystem.Printable(c.Name) || !ecosystem.Printable(c.Version) {
			r.Lost(entry.Span(), rebarNext, "an entry without a package and its version")
			continue
		}
		id := r.add(c, "_build/default/lib", v[0].Span())
		w := asked[key]
		if locked[key] = true; w.At.IsZero() {
			w.At = v[0].Span()
		}
		r.Depend(root, id, w.Scope, w.Range, w.At)
		if v[2].Text() != "0" {
			r.Relationships[len(r.Relationships)-1].Kind = sbom.Indirect
		}
	}
	for _, w := range wanted {
		if !locked[w.Key] { // the packages of profiles are not locked
			r.Depend(root, r.Add(w.What, "", w.At), w.Scope, w.Range, w.At)
		}
	}
}

// rebarEntries are the packages: of the second element of the tuple, or of the list alone, as the first version of the
// lockfile has it.
func rebarEntries(top doc.Node) []doc.Node {
	for item := range top.Items() {
		switch v := values(item); {
		case item.Bracket() == '{' && len(v) >= 2:
			return values(v[1])
		case item.Bracket() == '[':
			return v
		}
	}
	return nil
}

// rebarHashes are the checksums of the packages' archives.
func rebarHashes(top doc.Node) map[string]string {
	out := map[string]string{}
	for item := range top.Items() {
		for _, list := range values(item) {
			if v := values(list); len(v) == 2 && v[0].IsWord("pkg_hash_ext") {
				for _, pair := range values(v[1]) {
					if p := values(pair); len(p) == 2 {
						out[p[0].Text()] = p[1].Text()
					}
				}
			}
		}
	}
	return out
}
