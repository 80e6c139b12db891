// Package docker reads the FROM and COPY --from of Dockerfiles: the images that an image is made of; and the images that
// compose.yaml runs.
//
// A Dockerfile has stages. What the last one is made from is in the product, and an image that something is copied from; what
// other stages are made from builds it, unless all that is in such a stage is copied on. A stage may begin with an earlier
// one, and scratch is nothing. Variables are those of ARG before the first FROM, with their defaults; nothing is executed,
// and nobody is asked for values.
//
// The formats are described at https://docs.docker.com/reference/dockerfile and https://docs.docker.com/reference/compose-file.
package docker

import (
	"context"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

const (
	name    = "docker"
	next    = "scan the image that it makes"
	maxSize = 4 << 20
)

// Ecosystem is the reader of Dockerfiles.
var Ecosystem = &ecosystem.Ecosystem{
	Name: name,
	Doc: `Dockerfiles: Dockerfile, Containerfile, *.Dockerfile, Dockerfile.*, and the like; compose.yaml, docker-compose.yaml, compose.*.yaml

Components are the images that stages are made from. That of the last stage, of the stages that it is made from, and of those
that it copies whole, have scope runtime, the others build; an image that a stage copies from has the stage's, one that a command
mounts build. The images that services of compose.yaml run, and do not build, have scope runtime; of a file whose name says
that it is for development or for tests, that scope. What is in an image only a scan of the image tells.`,
	Match: func(p string, mode fs.FileMode, _ []byte) bool {
		base := strings.ToLower(path.Base(p))
		return ecosystem.Own(p, mode) && (isCompose(p) || isNamed(base, "dockerfile") || isNamed(base, "containerfile"))
	},
	Read: read,
}

// others end the names of files that are about Dockerfiles and are none: what lists the files to be left out, programs, texts.
var others = []string{".dockerignore", ".containerignore", ".go", ".py", ".js", ".ts", ".rb", ".rs", ".java", ".md", ".rst", ".html"}

// isNamed reports whether a name is that one, or has it before or behind a dot.
func isNamed(base, name string) bool {
	return base == name || strings.HasSuffix(base, "."+name) || strings.HasPrefix(base, name+".") && !slices.Contains(others, path.Ext(base))
}

// stage is one FROM.
type stage struct {
	image string // the reference, or "" if it begins with an earlier stage
	from  int    // that stage, or -1
	whole []int  // the stages of which it copies all
	line  doc.Line

	copied bool // no stage, but an image that the stage in copies from, or else mounts for one command
	in     int
}

func read(ctx context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
	r := &reader{Graph: ecosystem.Graph{Reader: name}, Project: p}
	for _, file := range p.Files {
		if isCompose(file) {
			r.compose(file)
		} else if data, ok := r.Read(p.FS, file, maxSize); ok {
			r.dockerfile(file, data)
		}
	}
	if len(r.images) > 0 {
		r.Unavailable(source.Span{Path: p.Files[0]}, next, "what the images hold is not known", r.images...)
	}
	return r.Fragment, ctx.Err()
}

// reader gathers one project.
type reader struct {
	ecosystem.Graph
	*ecosystem.Project
	root   sbom.ID
	images []sbom.ID
}

// dockerfile adds the images of a file, of which there may be none. Without a stage, and with nothing that is broken, it is no
// Dockerfile.
func (r *reader) dockerfile(file string, data []byte) {
	gaps := len(r.Gaps)
	stages, used := stagesOf(&r.Graph, file, data)
	if len(stages)+len(used) > 0 || len(r.Gaps) > gaps {
		r.made()
	}
	shipped := map[int]bool{}
	ship(stages, len(stages)-1, shipped)
	for i, s := range append(stages, used...) {
		if s.image == "" {
			continue
		}
		scope := sbom.Build
		if i < len(stages) && shipped[i] || s.copied && shipped[s.in] {
			scope = sbom.Runtime
		}
		r.add(s.image, scope, s.line.Span())
	}
}

// made is what the files of the project make or run.
func (r *reader) made() sbom.ID {
	if r.root == "" {
		r.root = r.Root(r.Unnamed(r.Dir()), r.Dir(), source.Span{Path: r.Files[0]})
	}
	return r.root
}

// add adds an image; ok is false if it is not known which.
func (r *reader) add(image string, scope sbom.Scope, at source.Span) (ok bool) {
	c := ecosystem.ImageComponent(image)
	if c.PURL == "" || strings.Contains(image, "$") {
		r.Lost(at, "name the image", "the image %s is not known before the build", ecosystem.Quote(image))
		return false
	}
	id := r.Add(c, "", at)
	r.Depend(r.made(), id, scope, image, at)
	r.images = append(r.images, id)
	return true
}

// ship marks a stage that ships, and those whose files it has: that which it begins with, and those that it copies whole.
func ship(stages []stage, at int, shipped map[int]bool) {
	if at < 0 || shipped[at] {
		return
	}
	shipped[at] = true
	ship(stages, stages[at].from, shipped)
	for _, of := range stages[at].whole {
		ship(stages, of, shipped)
	}
}

// isRoot reports whether one of the places that COPY copies is the root of the file system.
func isRoot(words []string) bool {
	var places []string
	for _, word := range words {
		if word = strings.Trim(word, `[]",`); word != "" && !strings.HasPrefix(word, "--") {
			places = append(places, word)
		}
	}
	for _, place := range places[:max(0, len(places)-1)] {
		if clean := path.Clean(strings.TrimSuffix(place, "*")); clean == "/" || clean == "." {
			return true
		}
	}
	return false
}

// stagesOf reads the stages, and the images that something is copied from or mounted from.
func stagesOf(g *ecosystem.Graph, file string, data []byte) (stages, used []stage) {
	vars := map[string]string{}
	index := map[string]int{}
	use := func(image string, line doc.Line, copied bool) {
		if _, isStage := index[strings.ToLower(image)]; !isStage && strings.Trim(image, "0123456789") != "" {
			used = append(used, stage{image: expand(image, vars), from: -1, line: line, copied: copied, in: len(stages) - 1})
		}
	}
	for line, err := range doc.Joined(doc.Lines(file, data)) {
		if err != nil {
			g.Broken(file, "mend the file", err)
			break
		}
		words := strings.Fields(line.Text)
		if len(words) < 2 {
			continue
		}
		switch strings.ToUpper(words[0]) {
		case "ARG":
			if name, value, ok := strings.Cut(words[1], "="); ok && len(stages) == 0 {
				vars[name] = expand(strings.Trim(value, `"'`), vars)
			}
		case "FROM":
			words = words[1:]
			for len(words) > 1 && strings.HasPrefix(words[0], "--") {
				words = words[1:]
			}
			s := stage{image: expand(words[0], vars), from: -1, line: line}
			if at, ok := index[strings.ToLower(s.image)]; ok {
				s.from, s.image = at, ""
			} else if s.image == "scratch" {
				s.image = ""
			}
			if len(words) > 2 && strings.EqualFold(words[1], "AS") {
				index[strings.ToLower(words[2])] = len(stages)
			}
			stages = append(stages, s)
		case "COPY":
			for _, word := range words[1:] {
				from, ok := strings.CutPrefix(word, "--from=")
				if !ok {
					continue
				}
				use(from, line, true)
				of, isStage := index[strings.ToLower(from)]
				if n, err := strconv.Atoi(from); err == nil && n >= 0 && n < len(stages)-1 {
					of, isStage = n, true
				}
				if last := len(stages) - 1; isStage && of < last && isRoot(words[1:]) {
					stages[last].whole = append(stages[last].whole, of)
				}
			}
		case "RUN":
			for _, word := range words[1:] {
				options, ok := strings.CutPrefix(word, "--mount=")
				if !ok {
					break // the command begins
				}
				for option := range strings.SplitSeq(options, ",") {
					if from, ok := strings.CutPrefix(option, "from="); ok {
						use(from, line, false)
					}
				}
			}
		}
	}
	return stages, used
}

// maxValue bounds what a variable holds, in bytes: they may hold each other, several times each.
const maxValue = 1 << 10

// expand fills in $name, ${name} and ${name:-default}, up to what is not known or longer than any name is.
func expand(s string, vars map[string]string) string {
	if len(s) > maxValue {
		return s
	}
	var out strings.Builder
	for {
		before, after, ok := strings.Cut(s, "$")
		out.WriteString(before)
		if !ok {
			return out.String()
		}
		name, rest := after, ""
		if inner, ok := strings.CutPrefix(after, "{"); ok {
			name, rest, _ = strings.Cut(inner, "}")
		} else if end := strings.IndexFunc(after, func(r rune) bool {
			return r != '_' && (r < '0' || r > '9') && (r|0x20 < 'a' || r|0x20 > 'z')
		}); end >= 0 {
			name, rest = after[:end], after[end:]
		}
		name, standard, _ := strings.Cut(name, ":-")
		value, known := vars[name]
		if value == "" {
			value = standard
		}
		if !known && standard == "" || out.Len()+len(value) > maxValue {
			return out.String() + "$" + name + rest
		}
		out.WriteString(value)
		s = rest
	}
}
