package python

import (
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// requirementsFile is what one requirements file says
// (https://pip.pypa.io/en/stable/reference/requirements-file-format/).
type requirementsFile struct {
	file     string
	needs    []need
	via      [][]string // of each need, who asks for it by the comments of pip-compile and uv
	noted    bool       // there are such comments, so that the file is a lock
	includes []include
}

// include is a line -r or -c.
type include struct {
	file       string
	constraint bool
	at         source.Span
}

// requirements reads the requirements files. The name of one says what the requirements are for. Those that others include
// come last: what they ask for is known by then, with the constraints under which it is installed.
func (r *reader) requirements() {
	included := map[string]bool{}
	for _, file := range r.lists {
		for _, i := range r.parseRequirements(file, source.Span{}).includes {
			included[i.file] = included[i.file] || i.file != file
		}
	}
	for _, last := range []bool{false, true} {
		for _, file := range r.lists {
			stem := strings.TrimSuffix(path.Base(file), path.Ext(file))
			if included[file] != last || strings.HasPrefix(strings.ToLower(stem), "constraints") {
				continue // constraints ask for nothing
			}
			r.useRequirements(r.home(homeOf(file)), file, scopeOf(stem, sbom.Runtime), source.Span{})
		}
	}
}

// useRequirements adds what a requirements file and those that it includes ask for. from is where another file names it.
func (r *reader) useRequirements(h *home, file string, scope sbom.Scope, from source.Span) {
	start := len(h.needs)
	u := use{reader: r, home: h, scope: scope, pins: map[string]string{}}
	h.lists = true
	if from.IsZero() {
		h.at = append(h.at, at(file))
	}
	u.file(file, false, from)
	for i := start; i < len(h.needs); i++ {
		if n := &h.needs[i]; pin(n.spec) == "" && u.pins[n.name] != "" && n.origin == (origin{}) {
			n.spec = u.pins[n.name]
		}
	}
}

// use is the reading of one requirements file with all it includes.
type use struct {
	*reader
	home  *home
	scope sbom.Scope
	pins  map[string]string // by constraints
}

func (u *use) file(file string, constraint bool, from source.Span) {
	key := fmt.Sprint(file, "\x00", u.scope, constraint)
	if u.home.used[key] {
		return // what it asks for is known
	}
	if u.home.used == nil {
		u.home.used = map[string]bool{}
	}
	u.home.used[key] = true
	if homeOf(file) != u.home.dir && !u.mayFollow(from) {
		return
	}
	f := u.parseRequirements(file, from)
	for _, i := range f.includes {
		u.file(i.file, constraint || i.constraint, i.at)
	}
	switch {
	case constraint:
		for _, n := range f.needs {
			if pin(n.spec) != "" {
				u.pins[n.name] = n.spec
			}
		}
	case f.noted:
		u.home.locks = append(u.home.locks, f.lock(u.home, u.scope))
	default:
		for _, n := range f.needs {
			u.home.need(n, u.scope)
		}
	}
}

// maxForeign is how many requirements files of other folders a project may include. All that a file asks for is the
// project's that includes it, so that a chain through many folders would cost the square of their number.
const maxForeign = 64

// mayFollow counts a file of another folder that the line at includes.
func (u *use) mayFollow(at source.Span) bool {
	if u.home.foreign++; u.home.foreign == maxForeign+1 {
		u.Gap(sbom.Gap{Kind: sbom.Limit, Span: at, Material: true, Next: "include the files that are needed directly",
			Why: fmt.Sprintf("more than %d requirements files of other folders are included, by way of each other; what the rest ask for is not taken as the project's", maxForeign)})
	}
	return u.home.foreign <= maxForeign
}

// lock makes a lock of a file in which the comments say who asks for what.
func (f *requirementsFile) lock(h *home, scope sbom.Scope) *lock {
	l := &lock{file: f.file, install: "run `pip install -r " + path.Base(f.file) + "` in a virtual environment in the project's folder", edges: true, listed: true}
	asks := map[string]*pack{}
	for _, n := range f.needs {
		p := &pack{requirement: n.requirement, version: pin(n.spec), hashes: n.hash, at: []source.Span{n.at}, scope: scope}
		p.spec, p.extras = "", nil
		asks[n.name] = l.add(p)
	}
	for i, n := range f.needs {
		direct := len(f.via[i]) == 0
		for _, who := range f.via[i] {
			if by := asks[who]; by == nil {
				direct = true
			} else if who != n.name {
				by.needs = append(by.needs, need{requirement: requirement{name: n.name, spec: n.spec}, at: n.at})
			}
		}
		if direct {
			h.need(n, scope)
		}
	}
	return l
}

// parseRequirements reads a file once. from is the line that includes it, if one does.
func (r *reader) parseRequirements(file string, from source.Span) *requirementsFile {
	if f := r.parsed[file]; f != nil {
		return f
	}
	f := &requirementsFile{file: file}
	r.parsed[file] = f
	if _, err := fs.Stat(r.FS, file); !from.IsZero() && err != nil {
		r.Gap(sbom.Gap{Kind: sbom.Unavailable, Span: from, Why: "there is no " + ecosystem.Quote(file) + ", which this line includes", Next: "scan a folder that holds it too", Material: true})
		return f
	}
	data, ok := r.Read(r.FS, file, maxFile)
	if !ok {
		return f
	}
	via := false
	for l, err := range doc.Joined(doc.Lines(file, data)) {
		if err != nil {
			r.broken(file, err)
			break
		}
		if strings.HasPrefix(l.Text, "#") {
			via = f.comment(l, via)
			continue
		}
		text, note := l.Text, ""
		if l = l.Uncomment("#"); len(l.Text) < len(text) {
			note = text[len(l.Text):]
		}
		had := len(f.needs)
		r.requirementLine(f, l)
		via = len(f.needs) > had && f.note(strings.TrimLeft(note, " \t#"))
	}
	return f
}

// comment reads a comment on a line of its own: "via", or one of those who ask in a list below it.
func (f *requirementsFile) comment(l doc.Line, via bool) bool {
	text := strings.TrimSpace(strings.TrimLeft(l.Text, "#"))
	if l.Indent == 0 || len(f.needs) == 0 || text == "" {
		return false
	}
	if via && text != "via" {
		return f.note("via " + text)
	}
	return f.note(text)
}

// note reads "via flask, -r requirements.in". It reports whether the note goes on below.
func (f *requirementsFile) note(text string) bool {
	rest, ok := strings.CutPrefix(text, "via")
	if !ok || rest != "" && rest[0] != ' ' {
		return false
	}
	f.noted = true
	last := len(f.needs) - 1
	for who := range strings.SplitSeq(rest, ",") {
		if who = strings.TrimSpace(who); who == "" || strings.HasPrefix(who, "-c ") {
			continue
		}
		if name := who[:nameEnd(who)]; isName(name) && !strings.Contains(who, "(") {
			who = normal(name)
		}
		f.via[last] = append(f.via[last], who)
	}
	return true
}

// requirementLine reads a line that is no comment.
func (r *reader) requirementLine(f *requirementsFile, l doc.Line) {
	text := l.Text
	if text == "" {
		return
	}
	if text[0] == '-' {
		option, value := cutOption(text)
		switch option {
		case "-r", "--requirement", "-c", "--constraint":
			r.includeLine(f, value, strings.Contains(option, "-c"), l.Span())
			return
		case "-e", "--editable":
			text = value
		default:
			return // where to look for packages, and the like
		}
	}
	text, hashes := cutHashes(text)
	n, ok := r.needOf(text, l.Span())
	if !ok {
		r.Lost(l.Span(), "correct the line", "%s is no requirement", ecosystem.Quote(text))
		return
	}
	n.hash = hashes
	f.needs, f.via = append(f.needs, n), append(f.via, nil)
}

// cutOption parts an option from its value: "-r file", "-rfile", "--requirement=file".
func cutOption(s string) (option, value string) {
	if end := strings.IndexAny(s, " \t="); strings.HasPrefix(s, "--") && end > 0 {
		return s[:end], strings.TrimSpace(s[end+1:])
	}
	if strings.HasPrefix(s, "--") || len(s) < 2 {
		return s, ""
	}
	return s[:2], strings.TrimSpace(strings.TrimPrefix(s[2:], "="))
}

// cutHashes parts a requirement from the options behind it.
func cutHashes(s string) (requirement string, hashes []sbom.Hash) {
	requirement, options, _ := strings.Cut(s, " --")
	for option := range strings.SplitSeq(options, " --") {
		name, value := cutOption("--" + strings.TrimSpace(option))
		if name == "--hash" {
			hashes = append(hashes, ecosystem.Hashes(strings.Trim(value, `"'`))...)
		}
	}
	return strings.TrimSpace(requirement), hashes
}

func (r *reader) includeLine(f *requirementsFile, value string, constraint bool, at source.Span) {
	if file, ok := r.included(f.file, value, at); ok {
		f.includes = append(f.includes, include{file, constraint, at})
	}
}

// included is the path of a file that a line of another names; what cannot be in the tree is a gap.
func (r *reader) included(by, value string, at source.Span) (file string, ok bool) {
	value = strings.Trim(value, `"'`)
	file = path.Join(path.Dir(by), strings.ReplaceAll(value, `\`, "/"))
	if value != "" && !strings.Contains(value, "://") && fs.ValidPath(file) && !path.IsAbs(value) {
		return file, true
	}
	r.Gap(sbom.Gap{Kind: sbom.Unavailable, Span: at, Why: "includes " + ecosystem.Quote(value) + ", which is not in the tree", Next: "keep the file in the project", Material: true})
	return "", false
}

// needOf reads a requirement as pip takes it: by name, by URL, or a path.
func (r *reader) needOf(text string, at source.Span) (need, bool) {
	if name, version := inFileName(text); name != "" && !strings.Contains(text, "@ ") {
		n := need{requirement: requirement{name: normal(name), written: name, spec: "==" + version}, raw: source.Redact(text), at: at}
		if strings.Contains(text, "://") && !strings.HasPrefix(text, "file:") {
			n.origin = locate(text)
		}
		return n, true
	}
	if n, ok := want(text, at); ok {
		return n, true
	}
	place, marker := cutMarker(text, " ;")
	kind, _, plus := strings.Cut(place, "+")
	repository := plus && isVCS(kind)
	location, fragment, _ := strings.Cut(place, "#")
	if !repository && !strings.Contains(location, "://") && (strings.ContainsAny(location, " \t\"'<>=,") || !strings.ContainsAny(location, "./")) {
		return need{}, false
	}
	n := need{at: at, raw: anonymous(location)}
	n.marker = marker
	if inner, ok := strings.CutSuffix(location, "]"); ok && !repository {
		location, inner, _ = strings.Cut(inner, "[")
		n.extras = names(strings.Split(inner, ","))
	}
	n.origin = locate(location)
	for field := range strings.SplitSeq(fragment, "&") {
		if egg, ok := strings.CutPrefix(field, "egg="); ok {
			egg, _ := parse(egg)
			n.name, n.written, n.extras = egg.name, egg.written, append(n.extras, egg.extras...)
		}
	}
	if n.name == "" && n.local == "" {
		n.written = repositoryName(location)
		n.name = normal(n.written)
		return n, n.written != ""
	}
	return n, true
}

// repositoryName is what a repository is called, by its address.
func repositoryName(url string) string {
	base, _, _ := strings.Cut(path.Base(url), "@")
	base = strings.TrimSuffix(base, ".git")
	for _, ext := range []string{".tar.gz", ".zip"} {
		base = strings.TrimSuffix(base, ext)
	}
	if !isName(base) {
		return ""
	}
	return base
}

// broken reports what ended the reading of a file.
func (r *reader) broken(file string, err error) {
	gap := sbom.Gap{Kind: sbom.Lost, Span: at(file), Why: err.Error(), Next: "correct the file", Material: true}
	if e, ok := err.(*doc.SyntaxError); ok {
		gap.Span, gap.Why = e.Span, e.Msg
	}
	r.Gap(gap)
}
