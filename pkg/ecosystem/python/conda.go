package python

import (
	"path"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// Conda installs packages of all languages into environments of its own, and lets pip add to them. Its packages have
// purls of the type conda, with the build, the channel and the platform that tell archives apart.

// isConda reports whether a file is conda's: an environment, a lock of one, a package that is installed, a recipe.
func isConda(p string) bool {
	base, ext := path.Base(p), path.Ext(p)
	stem := strings.TrimSuffix(base, ext)
	switch ext {
	case ".yml", ".yaml":
		return stem == "environment" || strings.HasPrefix(stem, "environment-") || strings.HasPrefix(stem, "environment.") ||
			stem == "conda-lock" || strings.HasSuffix(stem, ".conda-lock") || stem == "meta"
	case ".json":
		return path.Base(path.Dir(p)) == "conda-meta"
	}
	return false
}

// isRecipe tells recipes from what else is called meta.yaml: they lie in a folder that is called so, or after the package in
// one that is called so, or begin as recipes do.
func isRecipe(p string, head []byte) bool {
	start := "\n" + string(head)
	if strings.Contains(start, "\npackage:") && (strings.Contains(start, "{% set ") || strings.Contains(start, "\nsource:") || strings.Contains(start, "\nrequirements:")) {
		return true
	}
	for folder := range strings.SplitSeq(path.Dir(p), "/") {
		if strings.HasPrefix(folder, "conda") || strings.HasPrefix(folder, "recipe") || strings.HasSuffix(folder, "recipe") || strings.HasSuffix(folder, "feedstock") {
			return true
		}
	}
	return false
}

func condaHome(p string) string {
	dir := path.Dir(p)
	if path.Base(dir) == "conda-meta" {
		return path.Dir(dir)
	}
	return dir
}

func (r *reader) conda(h *home, file string) {
	stem := strings.TrimSuffix(path.Base(file), path.Ext(file))
	switch {
	case path.Ext(file) == ".json":
		r.condaInstalled(h, file)
	case strings.HasSuffix(stem, "conda-lock"):
		r.condaLock(h, file)
	case stem == "meta":
		r.recipe(h, file)
	default:
		r.environment(h, file)
	}
}

// condaPURL is the purl of a conda package (purl specification, type conda).
func condaPURL(name, version, build, channel, platform, archive string) string {
	kind := ""
	for _, ext := range []string{"tar.bz2", "conda"} {
		if strings.HasSuffix(archive, "."+ext) {
			kind = ext
		}
	}
	return ecosystem.PURL("conda", "", strings.ToLower(name), version, "build", build, "channel", channel, "subdir", platform, "type", kind)
}

// channelName is what people call a channel: the last part of its address that is no platform.
func channelName(url string) string {
	url = strings.TrimSuffix(anonymous(url), "/")
	base := path.Base(url)
	if base == "noarch" || strings.Contains(base, "linux-") || strings.Contains(base, "osx-") || strings.Contains(base, "win-") {
		base = path.Base(path.Dir(url))
	}
	if base == "." || base == "/" {
		return ""
	}
	return base
}

// environment reads an environment.yml (conda's documentation, "Managing environments"): what is asked for, with
// requirements of pip in a list of its own.
func (r *reader) environment(h *home, file string) {
	d, _ := r.Parse(r.FS, file, maxFile, "correct the file", doc.YAML)
	list := d.Root().Get("dependencies")
	if list.Kind() == doc.Missing || list.Kind() == doc.Object {
		return // another tool's environment
	}
	r.Expect(list, doc.Array, correct, "dependencies")
	h.at, h.lists = append(h.at, at(file)), true
	scope := scopeOf(strings.TrimPrefix(strings.TrimSuffix(path.Base(file), path.Ext(file)), "environment"), sbom.Runtime)
	exported := d.Root().Get("prefix").Kind() != doc.Missing
	for item := range list.Items() {
		if item.Kind() == doc.String {
			if n, ok := condaNeed(item.Text(), item.Span(), exported); ok {
				h.need(n, scope)
			} else {
				r.Lost(item.Span(), "correct the line", "%s is no package", ecosystem.Quote(item.Text()))
			}
		}
		if k := item.Kind(); k != doc.String && (k != doc.Object || item.Get("pip").Kind() == doc.Missing) {
			r.Lost(item.Span(), correct, "%s where a package is expected", k)
		}
		for req := range r.Items(item.Get("pip"), correct, "a list of requirements") {
			r.pipNeed(h, file, req, scope)
		}
	}
}

func (r *reader) pipNeed(h *home, file string, item doc.Node, scope sbom.Scope) {
	text := strings.TrimSpace(item.Text())
	if strings.HasPrefix(text, "-") {
		option, value := cutOption(text)
		switch option {
		case "-r", "--requirement":
			if included, ok := r.included(file, value, item.Span()); ok {
				r.useRequirements(h, included, scope, item.Span())
			}
			return
		case "-e", "--editable":
			text = value
		default:
			return
		}
	}
	text, hashes := cutHashes(text)
	n, ok := r.needOf(text, item.Span())
	if !ok {
		r.Lost(item.Span(), "correct the line", "%s is no requirement", ecosystem.Quote(text))
		return
	}
	n.hash = hashes
	h.need(n, scope)
}

// condaNeed reads a match specification: "conda-forge::numpy=1.26=py312h8753938_0", "python >=3.9,<4". A single = lets
// parts follow the version, so that "python=3.12" is none yet, "numpy=1.26.4" as good as one; an environment that was exported
// has the whole version there.
func condaNeed(s string, at source.Span, exported bool) (need, bool) {
	channel := ""
	if before, after, ok := strings.Cut(s, "::"); ok {
		channel, s = channelName(before), after
	}
	s = strings.TrimSpace(s)
	end := 0
	for end < len(s) && (isAlnum(s[end]) || strings.IndexByte("-_.", s[end]) >= 0) {
		end++
	}
	name, rest := s[:end], strings.TrimSpace(s[end:])
	if name == "" || !ecosystem.Printable(name) || rest != "" && strings.IndexByte("=<>!~[*0123456789", rest[0]) < 0 {
		return need{}, false
	}
	n := need{requirement: requirement{name: "conda:" + strings.ToLower(name), written: name}, raw: rest, at: at}
	if rest != "" && rest[0] >= '0' && rest[0] <= '9' && !strings.ContainsAny(rest, "<>=!~*|,") { // "numpy 1.26.2 py311_0" is numpy==1.26.2=py311_0
		rest = "==" + strings.Join(strings.Fields(rest), "=")
	}
	exact := strings.HasPrefix(rest, "==")
	v, build, hasBuild := strings.Cut(strings.TrimLeft(rest, "="), "=")
	switch {
	case rest == "" || rest[0] != '=' || !isVersion(v):
		build = ""
	case exact, hasBuild, exported, strings.Count(v, ".") > 1:
		n.spec = "==" + v
	}
	n.conda = condaPURL(name, pin(n.spec), build, channel, "", "")
	return n, true
}

// condaInstalled reads the record of one installed package in conda-meta.
func (r *reader) condaInstalled(h *home, file string) {
	d, _ := r.Parse(r.FS, file, maxFile, "install the package again", doc.JSON)
	n := d.Root()
	name, version := n.Get("name"), n.Get("version").Text()
	if name.Kind() != doc.String || !ecosystem.Printable(name.Text()) {
		if n.Kind() == doc.Object && path.Base(file) != "history" {
			r.Lost(at(file), "install the package again", "there is no name of a package here")
		}
		return
	}
	p := &pack{requirement: requirement{name: "conda:" + strings.ToLower(name.Text()), written: name.Text()}, version: version, at: []source.Span{name.Span()}}
	p.conda = condaPURL(name.Text(), version, firstOf(n.Get("build").Text(), n.Get("build_string").Text()), channelName(n.Get("channel").Text()), n.Get("subdir").Text(), firstOf(n.Get("fn").Text(), n.Get("url").Text()))
	p.source = n.Get("url").Text()
	p.claims = condaLicense(n.Get("license"))
	p.hash(n.Get("sha256").Text())
	p.hash(n.Get("md5").Text())
	for dep := range n.Get("depends").Items() {
		if q, ok := condaNeed(dep.Text(), dep.Span(), false); ok {
			p.needs = append(p.needs, q)
		}
	}
	if requested := n.Get("requested_spec").Text(); requested != "" && requested != "None" {
		p.direct = sbom.Yes
	}
	h.dists = append(h.dists, p)
}

func condaLicense(n doc.Node) []sbom.Claim {
	t := terms{license: stated{n.Text(), n.Span()}}
	return t.claims()
}

// condaLock reads the lockfile of conda-lock, which lists the packages of each platform, conda's and pip's.
func (r *reader) condaLock(h *home, file string) {
	d, _ := r.Parse(r.FS, file, maxFile, "run `conda-lock`", doc.YAML)
	l := &lock{file: file, edges: true, listed: true, install: "run `conda-lock install` and scan the environment"}
	for n := range d.Root().Get("package").Items() {
		name, version := n.Get("name"), n.Get("version").Text()
		p := packOf(n)
		conda := n.Get("manager").Text() != "pip"
		if p == nil && !(conda && ecosystem.Printable(name.Text())) {
			r.lostEntry(n)
			continue
		}
		url := n.Get("url").Text()
		if conda {
			p = &pack{requirement: requirement{name: "conda:" + strings.ToLower(name.Text()), written: name.Text()}, version: version, at: []source.Span{name.Span()}}
			p.conda = condaPURL(name.Text(), version, buildOf(url), channelName(path.Dir(url)), n.Get("platform").Text(), url)
		}
		p.source = url
		p.scope = scopeOf(n.Get("category").Text(), sbom.Development)
		if optional, _ := n.Get("optional").Bool(); optional && p.scope == sbom.Runtime {
			p.scope = sbom.Optional
		}
		for k, v := range n.Get("hash").Members() {
			p.hash(k.Text() + ":" + v.Text())
		}
		deps := n.Get("dependencies")
		p.needs = make([]need, 0, deps.Len())
		for k, v := range deps.Members() {
			q := need{requirement: requirement{name: "conda:" + strings.ToLower(k.Text()), written: k.Text()}, raw: v.Text(), at: k.Span()}
			if !conda {
				q.name = normal(k.Text())
			}
			p.needs = append(p.needs, q)
		}
		if conda {
			r.unpacked(p, url)
		}
		l.add(p)
	}
	h.locks = append(h.locks, l)
}

// buildOf is the build in the name of an archive: name-version-build.conda.
func buildOf(url string) string {
	stem := strings.TrimSuffix(strings.TrimSuffix(path.Base(url), ".conda"), ".tar.bz2")
	return stem[strings.LastIndexByte(stem, '-')+1:]
}

// recipe reads the meta.yaml of a conda package as far as it is plain YAML: what a template fills in is unknown, but for the
// name and version, which many a recipe sets at its top.
func (r *reader) recipe(h *home, file string) {
	data, ok := r.Read(r.FS, file, maxFile)
	if !ok {
		return
	}
	written := string(data)
	if strings.Contains(written, "{%") || strings.Contains(written, "{{") {
		data = plainRecipe(data)
	}
	d, err := doc.YAML(file, data)
	if err != nil {
		r.broken(file, err)
	}
	top := d.Root()
	pkg := top.Get("package")
	if pkg.Kind() != doc.Object {
		return
	}
	name, version := filled(written, pkg.Get("name")), filled(written, pkg.Get("version"))
	h.lists, h.library = true, true
	h.at = append(h.at, pkg.Span())
	if ecosystem.Printable(name) && !strings.Contains(name, unknownValue) {
		if !isVersion(version) || strings.Contains(version, unknownValue) {
			version = ""
		}
		h.conda = condaPURL(name, version, "", "", "", "")
		h.stated[byLock] = identity{name, version, pkg.Get("name").Span()}
	}
	h.claims = addClaim(h.claims, condaLicense(top.Get("about").Get("license"))...)
	reqs := top.Get("requirements")
	for _, part := range []struct {
		list  doc.Node
		scope sbom.Scope
	}{
		{reqs.Get("run"), sbom.Runtime}, {reqs.Get("build"), sbom.Build}, {reqs.Get("host"), sbom.Build},
		{top.Get("test").Get("requires"), sbom.Test},
	} {
		for item := range part.list.Items() {
			if n, ok := condaNeed(item.Text(), item.Span(), false); ok && !strings.Contains(item.Text(), unknownValue) {
				h.need(n, part.scope)
			}
		}
	}
}

// unknownValue stands where a template fills something in.
const unknownValue = "~~"

// maxFilled bounds the bytes of a name or version that a template fills in.
const maxFilled = 200

// filled is the text of a node with what the template fills in, if that is a name that "{% set name = ... %}" sets to a
// literal; else it holds unknownValue.
func filled(written string, n doc.Node) string {
	text, at := n.Text(), n.Span()
	if !strings.Contains(text, unknownValue) || at.End > len(written) || len(text) > maxFilled {
		return text
	}
	var out strings.Builder
	for rest := strings.Trim(written[at.Start:at.End], `"' `); rest != ""; {
		before, inner, found := strings.Cut(rest, "{{")
		out.WriteString(before)
		if !found {
			break
		}
		if inner, rest, found = strings.Cut(inner, "}}"); !found {
			return unknownValue
		}
		name, filter, _ := strings.Cut(strings.TrimSpace(inner), "|")
		name, lower := strings.CutSuffix(strings.TrimSpace(name), ".lower()")
		value, ok := setIn(written, name)
		if filter = strings.TrimSpace(filter); !ok || filter != "" && filter != "lower" {
			return unknownValue
		}
		if lower || filter == "lower" {
			value = strings.ToLower(value)
		}
		out.WriteString(value)
	}
	return out.String()
}

// setIn is the literal that a template sets a name to: {% set version = "1.2" %}.
func setIn(written, name string) (string, bool) {
	for statement := range strings.SplitSeq(written, "{%") {
		statement, _, _ = strings.Cut(statement, "%}")
		words, value, ok := strings.Cut(strings.Trim(statement, "-+ \t"), "=")
		if f := strings.Fields(words); !ok || len(f) != 2 || f[0] != "set" || f[1] != name {
			continue
		}
		value = strings.TrimSpace(value)
		if len(value) > 1 && (value[0] == '"' || value[0] == '\'') && value[len(value)-1] == value[0] && !strings.ContainsAny(value[1:len(value)-1], "\"'") {
			return value[1 : len(value)-1], true
		}
		return value, isVersion(value)
	}
	return "", false
}

// plainRecipe blanks what the template language Jinja reads, so that every byte stays in its place.
func plainRecipe(data []byte) []byte {
	out := []byte(string(data))
	for _, pair := range [][2]string{{"{%", "%}"}, {"{{", "}}"}, {"{#", "#}"}} {
		for i := 0; ; {
			start := strings.Index(string(out[i:]), pair[0])
			if start < 0 {
				break
			}
			start += i
			end := strings.Index(string(out[start:]), pair[1])
			if end < 0 {
				break
			}
			end += start + 2
			for k := start; k < end; k++ {
				switch {
				case out[k] == '\n':
				case pair[0] == "{{":
					out[k] = '~'
				default:
					out[k] = ' '
				}
			}
			i = end
		}
	}
	return out
}
