package paket

import (
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// lines hands the lines of a file to read until it ends or cannot be read further.
func (r *reader) lines(file, next string, read func(doc.Line)) {
	data, ok := r.Read(r.FS, file, maxFile)
	if !ok {
		return
	}
	for line, err := range doc.Lines(file, data) {
		if err != nil {
			gap := sbom.Gap{Kind: sbom.Lost, Span: source.Span{Path: file}, Why: err.Error(), Next: next, Material: true}
			if e, ok := err.(*doc.SyntaxError); ok {
				gap.Span, gap.Why = e.Span, e.Msg
			}
			r.Gap(gap)
			return
		}
		read(line)
	}
}

// readWanted reads paket.dependencies.
func (r *reader) readWanted(file string) {
	group := ""
	r.lines(file, "mend the file", func(line doc.Line) {
		line = line.Uncomment("//").Uncomment("#")
		word, rest, _ := strings.Cut(line.Text, " ")
		rest = strings.TrimSpace(rest)
		q := request{group: group, at: line.Span()}
		switch word {
		case "group":
			group = rest
			return
		case "nuget", "clitool":
			q.tool = word == "clitool"
			q.name, q.written, _ = strings.Cut(rest, " ")
			q.written = requirement(q.written)
			q.version = exact(q.written)
		case "github", "gist":
			repo, _, _ := strings.Cut(rest, " ")
			repo, revision, _ := strings.Cut(repo, ":")
			owner, id, ok := strings.Cut(repo, "/")
			if word == "gist" || !ok {
				r.unnamed(line, rest)
				return
			}
			q.name, q.written, q.purl = id, revision, ecosystem.PURL("github", owner, id, revision)
			q.version = revision
		case "git":
			location, revision, _ := strings.Cut(rest, " ")
			q.purl = ecosystem.RepositoryPURL(location, "")
			_, q.name, _ = ecosystem.Repository(location)
			q.written = strings.TrimSpace(revision)
		case "http":
			r.unnamed(line, rest)
			return
		default:
			return // source, framework and other settings
		}
		if !ecosystem.Printable(q.name) || strings.Contains(q.name, "/") && q.purl == "" {
			r.Lost(line.Span(), "mend the line", "%s names no package", ecosystem.Quote(line.Text))
			return
		}
		q.key = keyOf(group, q.name)
		r.wanted = append(r.wanted, q)
	})
}

// unnamed adds the gap of a file from the web.
func (r *reader) unnamed(line doc.Line, what string) {
	r.Gap(sbom.Gap{Kind: sbom.Unsupported, Span: line.Span(), Why: "a file from the web is no package: " + ecosystem.Quote(what), Next: "look into the file yourself"})
}

// requirement is what stands before the options of a line, which have the form "name: value".
func requirement(s string) string {
	fields := strings.Fields(s)
	for i, f := range fields {
		if strings.HasSuffix(f, ":") || strings.HasPrefix(f, "-") {
			fields = fields[:i]
			break
		}
	}
	return strings.Join(fields, " ")
}

// exact is the version that a requirement pins, "" if it leaves a choice.
func exact(s string) string {
	s = strings.TrimLeft(s, "=! ")
	if s == "" || s[0] < '0' || s[0] > '9' || strings.ContainsAny(s, " ,*<>~") {
		return ""
	}
	return s
}

// readLock reads paket.lock.
func (r *reader) readLock(file string) {
	section, remote, group := "", "", ""
	var last *pin
	r.lines(file, "run `dotnet paket install`", func(line doc.Line) {
		word, rest, _ := strings.Cut(line.Text, " ")
		switch {
		case line.Indent == 0:
			if section, last = word, nil; word == "GROUP" {
				group = strings.TrimSpace(rest)
			}
		case word == "remote:":
			remote, last = strings.TrimSpace(rest), nil
		case line.Indent < 4 || section == "HTTP":
			if section == "HTTP" && line.Indent == 4 {
				r.unnamed(line, remote)
			}
		case line.Indent >= 6 && last != nil:
			id, written := parenthesis(line.Text)
			last.needs = append(last.needs, need{id, written, line.Part(0, len(id))})
		case line.Indent < 6:
			last = r.pin(section, remote, group, line)
		}
	})
}

// parenthesis parts "name (version)" and what may follow.
func parenthesis(s string) (id, inner string) {
	id, rest, _ := strings.Cut(s, " (")
	inner, _, _ = strings.Cut(rest, ")")
	id, _, _ = strings.Cut(id, " - ")
	return strings.TrimSpace(id), inner
}

// pin adds a package, or what stands for it in the other sections.
func (r *reader) pin(section, remote, group string, line doc.Line) *pin {
	id, version := parenthesis(line.Text)
	c := sbom.Component{Name: id, Version: version}
	switch section {
	case "NUGET":
		c.PURL = ecosystem.PURL("nuget", "", id, version)
		c.Source = source.Redact(remote)
	case "GITHUB":
		owner, repo, _ := strings.Cut(remote, "/")
		c.Name, c.PURL = repo, ecosystem.PURL("github", owner, repo, version)
	case "GIT":
		_, version = parenthesis(" " + line.Text)
		_, c.Name, _ = ecosystem.Repository(remote)
		c.Version, c.PURL = version, ecosystem.RepositoryPURL(remote, version)
	default:
		return nil
	}
	if !ecosystem.Printable(c.Name) || c.Version != "" && !ecosystem.Printable(c.Version) || section == "NUGET" && c.Version == "" || c.PURL == "" {
		r.Lost(line.Span(), "run `dotnet paket install`", "%s is no package with a version", ecosystem.Quote(line.Text))
		return nil
	}
	p := &pin{key: keyOf(group, c.Name), group: group, at: line.Span()}
	p.id = r.Add(c, r.stored(group, c.Name), p.at)
	r.pins = append(r.pins, p)
	if _, ok := r.byKey[p.key]; !ok {
		r.byKey[p.key] = p
	}
	return p
}
