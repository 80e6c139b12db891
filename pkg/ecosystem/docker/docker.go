// Package docker reads the FROM and COPY --from of Dockerfiles: the images that an image is made of.
//
// A Dockerfile has stages. What the last one is made from is in the product, and an image that something is copied from; what
// other stages are made from builds it. A stage may begin with an earlier one, and scratch is nothing. Variables are those of ARG before the
// first FROM, with their defaults; nothing is executed, and nobody is asked for values.
//
// The format is described at https://docs.docker.com/reference/dockerfile.
package docker

import (
	"context"
	"io/fs"
	"path"
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
	Doc: `Dockerfiles: Dockerfile, Containerfile, *.Dockerfile, Dockerfile.*

Components are the images that stages are made from. That of the last stage, and the stages that it is made from, have scope
runtime, the others build; an image that a stage copies from has the stage's, one that a command mounts build. What is in an image only a scan of the image tells.`,
	Match: func(p string, mode fs.FileMode, _ []byte) bool {
		base := strings.ToLower(path.Base(p))
		return ecosystem.Own(p, mode) && (base == "dockerfile" || base == "containerfile" ||
			strings.HasSuffix(base, ".dockerfile") || strings.HasPrefix(base, "dockerfile.") && !strings.HasSuffix(base, ".dockerignore"))
	},
	Read: read,
}

// stage is one FROM.
type stage struct {
	image string // the reference, or "" if it begins with an earlier stage
	from  int    // that stage, or -1
	line  doc.Line

	copied bool // no stage, but an image that the stage in copies from, or else mounts for one command
	in     int
}

func read(ctx context.Context, p *ecosystem.Project) (sbom.Fragment, error) {
	g := &ecosystem.Graph{Reader: name}
	root := g.Root(p.Unnamed(p.Dir()), p.Dir(), source.Span{Path: p.Files[0]})
	var images []sbom.ID
	for _, file := range p.Files {
		data, ok := g.Read(p.FS, file, maxSize)
		if !ok {
			continue
		}
		stages, used := stagesOf(g, file, data)
		shipped := map[int]bool{}
		for at := len(stages) - 1; at >= 0 && !shipped[at]; at = stages[at].from {
			shipped[at] = true
		}
		for i, s := range append(stages, used...) {
			c := ecosystem.ImageComponent(s.image)
			if s.image == "" {
				continue
			}
			if c.PURL == "" || strings.Contains(s.image, "$") {
				g.Lost(s.line.Span(), "name the image", "the image %s is not known before the build", ecosystem.Quote(s.image))
				continue
			}
			scope := sbom.Build
			if i < len(stages) && shipped[i] || s.copied && shipped[s.in] {
				scope = sbom.Runtime
			}
			id := g.Add(c, "", s.line.Span())
			images = append(images, id)
			g.Depend(root, id, scope, s.image, s.line.Span())
		}
	}
	if len(images) > 0 {
		g.Unavailable(source.Span{Path: p.Files[0]}, next, "what the images hold is not known", images...)
	}
	return g.Fragment, ctx.Err()
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
				if from, ok := strings.CutPrefix(word, "--from="); ok {
					use(from, line, true)
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

// expand fills in $name, ${name} and ${name:-default}.
func expand(s string, vars map[string]string) string {
	before, after, ok := strings.Cut(s, "$")
	if !ok || len(s) > 1<<10 {
		return s
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
	if !known && standard == "" {
		value = "$" + name
		return before + value + rest
	}
	return before + value + expand(rest, vars)
}
