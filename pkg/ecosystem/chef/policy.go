package chef

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
)

// policyLock is what `chef install` makes of a policy (https://docs.chef.io/policyfile, "Policyfile.lock.json"): cookbook_locks are
// the cookbooks that were chosen, solution_dependencies what the policy asks for and, by "name (version)", what each cookbook does.
const policyLock = "Policyfile.lock.json"

// policyFile finds the lockfile of a policy: in the folder, or for a cookbook without a lockfile of its own in one above.
func (r *reader) policyFile(lock string) string {
	if file := r.File(policyLock); file != "" || lock != "" || r.root.Type != "" {
		return file
	}
	for dir := r.Dir(); dir != "."; {
		dir = path.Dir(dir)
		file := path.Join(dir, policyLock)
		if info, err := fs.Stat(r.FS, file); err == nil && info.Mode().IsRegular() {
			return file
		}
	}
	return ""
}

// policy reads the lockfile of a policy. It may lie in the folder of a cookbook, which is one of those that were chosen, or in
// one above that.
func (r *reader) policy(file string) {
	top := r.Object(r.FS, file, maxSize, "run `chef install`", doc.JSON)
	beside := path.Dir(file) == r.Dir()
	if !beside && top.Get("cookbook_locks").Get(r.root.Name).Kind() == doc.Missing {
		return // it is about others
	}
	if n := top.Get("name"); r.root.Type != "" && ecosystem.Printable(n.Text()) {
		r.root.Name, r.at = n.Text(), n.Span()
	}
	own := r.root.Type == "" // the metadata told
	solution := top.Get("solution_dependencies")
	reached := led(r.root.Name, solution.Get("dependencies"))
	ids := map[string]sbom.ID{}
	for key, n := range top.Get("cookbook_locks").Members() {
		c := component(key.Text(), n.Get("version").Text())
		if !ecosystem.Printable(c.Name) || c.Version == "" {
			if beside {
				r.Lost(key.Span(), "run `chef install`", "an entry without a cookbook and its version")
			}
			continue
		}
		if own && c.Name == r.root.Name || !beside && !reached[c.Name] {
			continue
		}
		dir := r.locate(&c, n.Get("source_options"), path.Dir(file))
		ids[c.Name] = r.Add(c, dir, key.Span())
		if !slices.ContainsFunc(r.pins, func(p ecosystem.Pin) bool { return p.Key == c.Name }) {
			r.pins = append(r.pins, ecosystem.Pin{Key: c.Name, ID: ids[c.Name], At: key.Span()})
		}
	}
	asked := map[string]bool{}
	for _, w := range r.wanted {
		asked[w.Key] = true
	}
	want := func(n doc.Node, name, requirement string) {
		if ids[name] != "" && !asked[name] {
			asked[name] = true
			r.wanted = append(r.wanted, ecosystem.Requirement{Key: name, Scope: sbom.Runtime, Range: requirement, At: n.Span(), What: component(name, "")})
		}
	}
	for pair := range solution.Get("Policyfile").Items() {
		if n, requirement := both(pair); beside {
			want(n, n.Text(), requirement)
		}
	}
	for n := range top.Get("run_list").Items() { // "recipe[name::default]"
		if !beside {
			break
		}
		if _, recipe, ok := strings.Cut(strings.TrimSuffix(n.Text(), "]"), "["); ok {
			name, _, _ := strings.Cut(recipe, "::")
			want(n, name, "")
		}
	}
	for key, needs := range solution.Get("dependencies").Members() {
		from, _ := split(key.Text())
		for pair := range needs.Items() {
			n, requirement := both(pair)
			switch to := ids[n.Text()]; {
			case to == "" || to == ids[from]:
			case ids[from] != "":
				r.Depend(ids[from], to, sbom.Runtime, requirement, n.Span())
			case own && from == r.root.Name:
				want(n, n.Text(), requirement)
			}
		}
	}
}

// led is what a cookbook needs, and what that does in turn.
func led(root string, dependencies doc.Node) map[string]bool {
	needs := map[string][]string{}
	for key, pairs := range dependencies.Members() {
		from, _ := split(key.Text())
		for pair := range pairs.Items() {
			n, _ := both(pair)
			needs[from] = append(needs[from], n.Text())
		}
	}
	reached := map[string]bool{}
	for queue := []string{root}; len(queue) > 0; queue = queue[1:] {
		for _, name := range needs[queue[0]] {
			if !reached[name] {
				reached[name] = true
				queue = append(queue, name)
			}
		}
	}
	return reached
}

// locate takes where a cookbook comes from, and gives the folder of one that lies in the target.
func (r *reader) locate(c *sbom.Component, from doc.Node, dir string) string {
	if p := from.Get("path").Text(); p != "" && !path.IsAbs(p) {
		if p = path.Join(dir, p); p != ".." && !strings.HasPrefix(p, "../") {
			return r.At(p)
		}
	}
	if git := from.Get("git").Text(); git != "" {
		c.Source = git
		if rev := from.Get("revision").Text(); ecosystem.Printable(rev) {
			c.Source += "#" + rev
		}
	}
	return ""
}

// both reads ["name", "range"].
func both(pair doc.Node) (name doc.Node, requirement string) {
	for n := range pair.Items() {
		if name.Kind() == doc.Missing {
			name = n
		} else {
			return name, n.Text()
		}
	}
	return name, ""
}
