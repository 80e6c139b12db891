package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/ecosystem/all"
	"github.com/licet/licet/pkg/policy"
	"github.com/licet/licet/pkg/registry"
	"github.com/licet/licet/pkg/report"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/scan"
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/rules"
)

// scanFlags are those of every command that scans.
type scanFlags struct {
	outputs []string
	exclude []string
	caches  []string
	facts   []string
	key     string
	online  bool
	// registries and depsDev say who is asked beside those that the configuration of package managers names.
	registries []string
	depsDev    string
	policy     string
	created    string
	image      wantedImage
	deep       bool
	strict     bool
	verbose    bool
}

func (f *scanFlags) register(flags *pflag.FlagSet) {
	f.registerReading(flags)
	flags.StringArrayVarP(&f.outputs, "output", "o", []string{"table"}, "write `FORMAT[=FILE]`; may be repeated: "+strings.Join(formatNames(), ", "))
	flags.StringArrayVar(&f.facts, "facts", nil, "take what `FILE` knows of packages whose files are not here, see `licet facts export`; may be repeated")
	flags.StringVar(&f.key, "facts-key", "", "refuse facts that are not signed by this public `KEY` (Ed25519, PEM)")
	flags.BoolVar(&f.online, "online", false, "fetch packages whose files are not here from the registries that your package managers are configured for")
	flags.StringArrayVar(&f.registries, "registry", nil, "with --online: ask this one, `NAME=URL`, and not that of the configuration: "+strings.Join(registry.Kinds(), ", ")+"; may be repeated")
	flags.StringVar(&f.depsDev, "deps-dev", "", "with --online: ask the service at `URL`, which has the API of deps.dev (v3), for licenses that nothing else tells")
	flags.StringVar(&f.created, "created", "", "`now` stamps the report with the clock instead of the time of the input")
	flags.BoolVar(&f.deep, "deep", false, "read every file of the dependencies, not only license files")
	flags.BoolVarP(&f.verbose, "verbose", "v", false, "in table: every component in full")
}

// registerReading registers those that say how a target is read.
func (f *scanFlags) registerReading(flags *pflag.FlagSet) {
	flags.StringArrayVar(&f.exclude, "exclude", nil, "leave out the paths that `GLOB` matches; may be repeated")
	flags.StringArrayVar(&f.caches, "cache", nil, "look for packages in a folder, `NAME=DIR`: "+strings.Join(cacheNames, ", ")+"; may be repeated")
	flags.StringVar(&f.policy, "policy", "", "read facts and policy from `FILE` and not from the target")
	flags.StringVar(&f.image.base, "base-image", "", "the image that the target was made of, `oci:DIR` or docker-archive:FILE: tells its layers from own ones")
	flags.StringVar(&f.image.platform, "platform", "", "of an image for many platforms take that for `OS/ARCH[/VARIANT]` (linux/amd64, else the only one)")
	flags.BoolVar(&f.strict, "strict", false, "exit 3 on every gap, material or not")
}

func (p *program) scanCommand() *cobra.Command {
	var flags scanFlags
	cmd := &cobra.Command{
		Use:   "scan [TARGET]",
		Short: "List the components of a tree with their licenses; write SBOMs",
		Long: "List the components of a tree with their licenses; write SBOMs. A target is a folder, an archive (zip, tar, Debian or RPM package, JAR),\n" +
			"an SBOM, an image (oci:DIR, oci-archive:FILE, docker-archive:FILE, each with :TAG behind it where there are several), or one manifest, lockfile\n" +
			"or program. Without one it is the folder that you are in.",
		Example: `  licet scan
  licet scan -o table -o spdx-json=app.spdx.json -o cyclonedx-json=app.cdx.json DIR`,
		RunE: func(cmd *cobra.Command, args []string) error {
			outputs, err := parseOutputs(flags.outputs)
			if err != nil {
				return err
			}
			r, _, err := p.scan(cmd.Context(), args, flags, outputs)
			if err != nil {
				return err
			}
			return p.finish(outputs, r, flags)
		},
	}
	flags.register(cmd.Flags())
	return cmd
}

// scanned is what a command needs of the target after the scan.
type scanned struct {
	target *target
	caches map[string]fs.FS
	policy *policy.File
	origin policy.Origin
}

// scan opens the target, reads its policy file for the facts, and scans it, with the readers of all ecosystems and those also named.
func (p *program) scan(ctx context.Context, args []string, flags scanFlags, outputs []output, also ...*ecosystem.Ecosystem) (*report.Report, *scanned, error) {
	t, err := openTarget(args, flags.image)
	if err != nil {
		return nil, nil, err
	}
	if t.subject.Component.ID != "" {
		boundMemory(imageMemory)
	}
	boundMemory(scanMemory)
	file, origin, err := t.loadPolicy(flags.policy)
	if err != nil {
		return nil, nil, err
	}
	if len(file.Warnings) > 0 {
		fmt.Fprintf(p.err, "licet: warning: %v\n", file.Warnings)
	}
	caches, err := p.caches(flags.caches)
	if err != nil {
		return nil, nil, err
	}
	opt := scan.Options{
		Ecosystems: slices.Concat(all.Ecosystems, also), Caches: caches, Facts: file.Facts, Deep: flags.deep, Ignore: t.inside(outputs), Subject: t.subject,
	}
	if opt.Texts, err = t.ownTexts(flags.policy, file.Facts); err != nil {
		return nil, nil, err
	}
	if opt.Known, err = readFacts(flags); err != nil {
		return nil, nil, err
	}
	if err := p.goOnline(&opt, flags); err != nil {
		return nil, nil, err
	}
	for _, pattern := range flags.exclude {
		g, err := source.CompileGlob(pattern)
		if err != nil {
			return nil, nil, fmt.Errorf("--exclude %s: %w", pattern, err)
		}
		opt.Exclude = append(opt.Exclude, g)
	}
	if p.progress {
		opt.Progress = func(files int) { fmt.Fprintf(p.err, "\r%d files", files) }
		defer fmt.Fprint(p.err, "\r\x1b[K")
	}
	r, err := scan.Run(ctx, t.tree, opt)
	if err != nil {
		return nil, nil, err
	}
	if r.Created, err = p.created(t, flags.created, manifests(r.Document)); err != nil {
		return nil, nil, err
	}
	r.Tool, r.Strict = tool(), flags.strict
	if t.below != "" {
		r.Assumptions = append(r.Assumptions, "all of the archive lies in "+t.below+"/, which paths leave out")
	}
	if own := t.policies(); len(own) > 0 && (flags.policy != "" || t.alone) {
		why := "--policy names another"
		if t.alone {
			why = "what is not a folder does not judge itself"
		}
		r.Assumptions = append(r.Assumptions, "the target's own "+own[0]+" is not read: "+why)
	}
	r.Document.Inputs = append(r.Document.Inputs,
		sbom.Input{Kind: "rules", Name: "license list " + rules.ListVersion(), Digest: source.Digest("sha256:" + rules.Digest())},
		sbom.Input{Kind: "tool", Name: "licet " + r.Tool.Version},
		sbom.Input{Kind: "facts", Name: origin.Path, Digest: origin.Digest},
	)
	return r, &scanned{t, caches, file, origin}, nil
}

// goOnline adds whom to ask over the network, if the flags want that.
func (p *program) goOnline(opt *scan.Options, flags scanFlags) error {
	switch {
	case !flags.online && len(flags.registries) > 0:
		return errors.New("--registry: nobody is asked without --online")
	case !flags.online && flags.depsDev != "":
		return errors.New("--deps-dev: nobody is asked without --online")
	case !flags.online:
		return nil
	case flags.deep:
		return errors.New("--online reads license files, --deep every file: name one of them")
	}
	sources, err := p.online(flags)
	opt.Known = append(opt.Known, sources...)
	return err
}

// finish writes the report, and then says by the exit status what it means.
func (p *program) finish(outputs []output, r *report.Report, flags scanFlags) error {
	if err := p.write(outputs, r, flags.verbose); err != nil {
		return err
	}
	if status := r.Exit(); status != 0 {
		return exit(status)
	}
	return nil
}

// manifests are the files of the target that name components, or the archives that they lie in; where none does, those that state something.
func manifests(doc *sbom.Document) []string {
	seen := map[string]bool{}
	var out []string
	for _, c := range doc.Components {
		for _, o := range c.Occurrences {
			for _, at := range o.Found {
				root, rest := source.SplitRoot(at.Path)
				file, _, _ := source.SplitArchive(rest)
				if root == "" && !seen[file] {
					seen[file] = true
					out = append(out, file)
				}
			}
		}
	}
	if len(out) == 0 {
		for _, f := range doc.Files {
			out = append(out, f.Path)
		}
	}
	return out
}

// version is set by the linker in releases.
var version string

func tool() report.Tool {
	v := version
	if v == "" {
		v = "devel"
		if info, ok := debug.ReadBuildInfo(); ok {
			v = built(info)
		}
	}
	return report.Tool{Name: "licet", Version: v, Rules: "license list " + rules.ListVersion()}
}

// built is the version of a program that was built without a release's: of the module, or of the commit.
func built(info *debug.BuildInfo) string {
	if strings.HasPrefix(info.Main.Version, "v") {
		return strings.TrimPrefix(info.Main.Version, "v")
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return "devel+" + s.Value[:min(len(s.Value), 12)]
		}
	}
	return "devel"
}
