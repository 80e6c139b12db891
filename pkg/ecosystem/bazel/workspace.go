package bazel

import (
	"cmp"
	"iter"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// fetches are the rules that bring a repository into a workspace, each the code of somebody else, and the rule of Gazelle for
// modules of Go (https://bazel.build/rules/lib/repo, https://github.com/bazel-contrib/bazel-gazelle, reference of go_repository).
var fetches = []string{"http_archive", "new_http_archive", "http_file", "http_jar", "git_repository", "new_git_repository", "go_repository"}

// repositories adds what a file fetches, and tells of rules whose name or location is computed. Which version it is, the
// location says: a tag or commit, or the name of an archive of a tag. Of other archives the location is all that is known.
func (r *reader) repositories(root doc.Node) {
	v := variables(root)
	for _, rule := range fetches {
		for call, args := range calls(root, rule) {
			r.repository(v, rule, call, args)
		}
	}
	r.bound(v, root)
	for call, args := range root.Calls("maybe") { // maybe(http_archive, name = ...)
		for _, rule := range fetches {
			if len(args) > 0 && args[0].IsWord(rule) {
				r.repository(v, rule, call, args)
			}
		}
	}
}

// calls yields the calls of a name, and not where something is assigned to it.
func calls(root doc.Node, name string) iter.Seq2[doc.Node, doc.Terms] {
	return func(yield func(doc.Node, doc.Terms) bool) {
		for call, args := range root.Calls(name) {
			if (len(args) == 0 || !args[0].IsWord("=")) && !yield(call, args) {
				return
			}
		}
	}
}

// bound adds what rules fetch that a MODULE.bazel binds to names: x = use_repo_rule("@bazel_tools//tools/build_defs/repo:http.bzl",
// "http_archive") (https://bazel.build/rules/lib/globals/module). Of other rules it is not known what they bring.
func (r *reader) bound(v values, root doc.Node) {
	var unknown []string
	var at source.Span
	for statement := range root.Terms().Split("\n", ";") {
		key, value := statement.Pair()
		if key.Kind() != doc.Word || len(value) != 2 || !value[0].IsWord("use_repo_rule") {
			continue
		}
		rule := ""
		for part := range value[1].Terms().Split(",") {
			if texts := v.eval(part); len(texts) == 1 {
				rule = texts[0]
			}
		}
		for call, args := range calls(root, key.Text()) {
			switch {
			case slices.Contains(localRules, rule):
			case !slices.Contains(fetches, rule):
				if unknown = append(unknown, cmp.Or(rule, key.Text())); at.IsZero() {
					at = call.Span()
				}
			case rule != key.Text(): // else it was read already
				r.repository(v, rule, call, args)
			}
		}
	}
	if len(unknown) > 0 {
		r.Gap(sbom.Gap{Kind: sbom.Unsupported, Span: at, Material: true, Next: "state what they fetch, and its licenses, under `clarify`",
			Why: "rules may fetch more, and licet does not run them: " + ecosystem.Names(unknown)})
	}
}

// localRules are those that bring nothing from elsewhere.
var localRules = []string{"local_repository", "new_local_repository"}

// ours are the calls of a WORKSPACE that bring nothing from elsewhere, or that are read as what they are.
var ours = append([]string{
	"workspace", "load", "maybe", "bind", "print", "local_repository", "new_local_repository", "register_toolchains",
	"register_execution_platforms", "maven_install", "bazel_dep", "module",
}, fetches...)

// macros tells of other calls: each may fetch what it likes.
func (r *reader) macros(root doc.Node) {
	var names []string
	var at source.Span
	for statement := range root.Terms().Split("\n", ";") {
		if len(statement) != 2 || statement[0].Kind() != doc.Word || statement[1].Bracket() != '(' {
			continue
		}
		called := statement[0].Text()
		if slices.Contains(ours, called) || strings.Contains(called, ".") || strings.Contains(called, "register_toolchains") {
			continue
		}
		if at.IsZero() {
			at = statement[0].Span()
		}
		names = append(names, called)
	}
	if len(names) > 0 {
		r.Gap(sbom.Gap{Kind: sbom.Unsupported, Span: at, Material: true, Next: "move to MODULE.bazel, and scan with MODULE.bazel.lock",
			Why: "macros may fetch more, and licet does not run them: " + ecosystem.Names(names)})
	}
}

func (r *reader) repository(v values, rule string, call doc.Node, args doc.Terms) {
	fields, at := map[string]string{}, call.Span()
	var locations []string // the same archive, at several places
	for part := range args.Split(",") {
		key, value := part.Pair()
		if key.Kind() == doc.Missing || len(value) == 0 {
			continue
		}
		if texts := v.eval(value); len(texts) > 0 {
			fields[key.Text()] = texts[0]
			if key.IsWord("url") || key.IsWord("urls") {
				locations = append(locations, texts...)
			}
		}
		if key.IsWord("name") {
			at = value[0].Span()
		}
	}
	c := repositoryOf(rule, fields, locations)
	if c.PURL == "" {
		r.Lost(call.Span(), "write the location as a literal", "a repository whose name or location is computed")
		return
	}
	for _, field := range []string{"sha256", "integrity"} {
		if h, ok := ecosystem.Hash(strings.TrimPrefix(field+":", "integrity:") + fields[field]); ok {
			c.Hashes = append(c.Hashes, h)
		}
	}
	scope := sbom.Runtime
	if isRules(fields["name"]) {
		scope = sbom.Build
	}
	if arguments(args, nil)["dev_dependency"].IsWord("True") {
		scope = sbom.Development
	}
	r.wanted = append(r.wanted, ecosystem.Requirement{Key: "repository " + fields["name"], Scope: scope, Range: c.Version, At: at, What: c})
}

// repositoryOf is what a rule fetches; without a purl if that cannot be told.
func repositoryOf(rule string, fields map[string]string, locations []string) (c sbom.Component) {
	c.Name = fields["name"]
	if !ecosystem.Printable(c.Name) {
		return c
	}
	first := func(names ...string) string {
		for _, name := range names {
			if s := fields[name]; ecosystem.Printable(s) {
				return s
			}
		}
		return ""
	}
	if module := fields["importpath"]; rule == "go_repository" && ecosystem.Printable(module) {
		c.Version = first("version", "tag", "commit")
		space, last := path.Split(module)
		c.PURL, c.Name = ecosystem.PURL("golang", strings.TrimSuffix(space, "/"), last, c.Version), module
		return c
	}
	if remote := fields["remote"]; remote != "" {
		c.Version, c.Source = first("tag", "commit"), source.Redact(remote)
		c.PURL = ecosystem.RepositoryPURL(remote, c.Version)
		return c
	}
	for _, location := range locations {
		if c.PURL, c.Version = archived(location); c.PURL != "" {
			c.Source = source.Redact(location)
			return c
		}
	}
	if len(locations) > 0 && ecosystem.Printable(locations[0]) {
		c.Source = source.Redact(locations[0])
		c.PURL = ecosystem.PURL("generic", "", c.Name, "", "download_url", c.Source)
	}
	return c
}

// archived is the purl of an archive that GitHub makes of a repository, or that its owner adds to a release:
// /owner/name/archive/[refs/tags/]REVISION.tar.gz, /owner/name/releases/download/TAG/FILE.
func archived(location string) (purl, revision string) {
	u, err := url.Parse(location)
	if err != nil {
		return "", ""
	}
	parts := strings.Split(strings.TrimPrefix(u.Path, "/"), "/")
	if u.Host != "github.com" || len(parts) < 4 {
		return "", ""
	}
	switch {
	case parts[2] == "releases" && parts[3] == "download" && len(parts) == 6:
		revision = parts[4]
	case parts[2] == "archive":
		revision = strings.Join(parts[3:], "/")
		for _, prefix := range []string{"refs/tags/", "refs/heads/"} {
			revision = strings.TrimPrefix(revision, prefix)
		}
		for _, end := range []string{".tar.gz", ".tgz", ".zip"} {
			revision = strings.TrimSuffix(revision, end)
		}
	}
	if !ecosystem.Printable(revision) {
		return "", ""
	}
	return ecosystem.PURL("github", parts[0], parts[1], revision), revision
}

// isRules reports whether a repository holds rules for the build, by the names that are the custom.
func isRules(name string) bool {
	for _, prefix := range []string{"rules_", "io_bazel_rules_", "build_bazel_", "bazel_"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return strings.HasSuffix(name, "_rules") || strings.HasSuffix(name, "_toolchain") || strings.HasSuffix(name, "_toolchains")
}

// formatted is what "a-%s" % X, "a-%s-%s" % (X, Y), "a-{}".format(X) and "a-{x}".format(x = X) make, if all is known.
func (v values) formatted(part doc.Terms) []string {
	args := part[2:]
	if args[0].Bracket() == '(' {
		args = args[0].Terms()
	}
	text := part[0].Text()
	for i, arg := range slices.Collect(args.Split(",")) {
		key, value := arg.Pair()
		known := v.eval(value)
		if len(known) != 1 || len(known[0]) > 512 || len(text) > 4<<10 {
			return nil
		}
		switch {
		case part[1].IsWord("%"):
			text = strings.Replace(text, "%s", known[0], 1)
		case key.Kind() != doc.Missing:
			text = strings.ReplaceAll(text, "{"+key.Text()+"}", known[0])
		default:
			text = strings.Replace(text, "{}", known[0], 1)
			text = strings.ReplaceAll(text, "{"+strconv.Itoa(i)+"}", known[0])
		}
	}
	if strings.ContainsAny(text, "{}") || strings.Contains(text, "%s") {
		return nil
	}
	return []string{text}
}
