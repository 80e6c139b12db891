package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/licet/licet/pkg/ecosystem/all"
	"github.com/licet/licet/pkg/ecosystem/golang"
	"github.com/licet/licet/pkg/known"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/scan"
	"github.com/licet/licet/pkg/source"
)

func (p *program) factsCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "facts", Short: "Keep what the files of packages say, for scans that do not have the files"}
	cmd.AddCommand(p.factsExportCommand())
	return cmd
}

// exportFlags are those of `licet facts export`.
type exportFlags struct {
	caches     []string
	from       string
	file, sign string
	deep       bool
}

func (p *program) factsExportCommand() *cobra.Command {
	var flags exportFlags
	cmd := &cobra.Command{
		Use:   "export [TARGET...] -o FILE",
		Short: "Write what the caches know of packages",
		Long: `Write what the files of packages say of their licenses, as a scan finds it in caches and in node_modules: for
` + "`licet check --facts FILE`" + `, which then says of a checkout without them what it would say with them. Each package is
known by the digests that lockfiles name, and serves only where a lockfile names one of these.

With TARGETs, what their lockfiles name is exported; without, all of the Go module cache. Of Go modules the files are held
against go.sum's hash before.

The file can be signed: --sign writes FILE.sig, 64 bytes of Ed25519, which --facts-key of scan and check demands.`,
		Example: `  licet facts export --from caches -o facts.zst . ../other
  licet facts export --sign key.pem -o facts.zst
  licet check --facts facts.zst --facts-key key.pub.pem`,
		RunE: func(cmd *cobra.Command, args []string) error { return p.exportFacts(cmd.Context(), args, flags) },
	}
	cmd.Flags().StringVar(&flags.from, "from", "caches", "where to look for the files: caches")
	cmd.Flags().StringVarP(&flags.file, "output", "o", "", "the `FILE` to write")
	cmd.Flags().StringVar(&flags.sign, "sign", "", "sign the file with this private `KEY` (Ed25519, PEM), in FILE.sig")
	cmd.Flags().StringArrayVar(&flags.caches, "cache", nil, "look for packages in a folder, `NAME=DIR`: "+strings.Join(cacheNames, ", ")+"; may be repeated")
	cmd.Flags().BoolVar(&flags.deep, "deep", false, "read every file of the packages, for scans with --deep")
	return cmd
}

func (p *program) exportFacts(ctx context.Context, args []string, flags exportFlags) error {
	switch {
	case flags.file == "":
		return errors.New("facts export: name the file to write by -o FILE")
	case flags.from != "caches":
		return fmt.Errorf("--from %s: facts come from caches", flags.from)
	}
	var key []byte
	if flags.sign != "" {
		var err error
		if key, err = os.ReadFile(flags.sign); err != nil {
			return fmt.Errorf("--sign: %w", err)
		}
		if _, err := known.Sign(nil, key); err != nil {
			return fmt.Errorf("--sign %s: %w", flags.sign, err)
		}
	}
	caches, err := p.caches(flags.caches)
	if err != nil {
		return err
	}
	packages, err := p.collectFacts(ctx, args, scan.Options{Ecosystems: all.Ecosystems, Caches: caches, Deep: flags.deep})
	if err != nil {
		return err
	}
	var b bytes.Buffer
	made := tool()
	if err := known.Encode(&b, known.Header{Rules: made.Rules, Tool: made.Name + " " + made.Version, Deep: flags.deep}, packages); err != nil {
		return fmt.Errorf("%s: %w", flags.file, err)
	}
	if b.Len() > known.MaxFile {
		return fmt.Errorf("%s: %d MiB, more than the %d MiB that are read of such a file: export fewer targets into it", flags.file, b.Len()>>20, known.MaxFile>>20)
	}
	if key != nil {
		signature, err := known.Sign(b.Bytes(), key)
		if err != nil {
			return fmt.Errorf("--sign %s: %w", flags.sign, err)
		}
		if err := writeFile(flags.file+".sig", bytesTo(signature)); err != nil {
			return fmt.Errorf("%s.sig: %w", flags.file, plain(err))
		}
	}
	if err := writeFile(flags.file, bytesTo(b.Bytes())); err != nil {
		return fmt.Errorf("%s: %w", flags.file, plain(err))
	}
	fmt.Fprintf(p.err, "licet: what the caches know of %s: %s\n", sbom.Plural(len(packages), "package"), flags.file)
	return nil
}

func bytesTo(data []byte) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	}
}

// collectFacts exports what the targets name; without a target, all modules of the Go cache. Of one package that several
// targets name the first counts; where they name it by different digests it is left out, for a file knows a package once.
func (p *program) collectFacts(ctx context.Context, args []string, opt scan.Options) ([]known.Package, error) {
	var out []known.Package
	export := func(tree source.Tree, also ...sbom.Component) error {
		packages, gaps, err := scan.Export(ctx, tree, opt, also...)
		for _, g := range gaps {
			fmt.Fprintf(p.err, "licet: warning: %s: %s\n", g.Span.Path, g.Why)
		}
		out = append(out, packages...)
		return err
	}
	if len(args) == 0 {
		cache := opt.Caches["gomod"]
		if cache == nil {
			return nil, errors.New("there is no Go module cache: name it by --cache gomod=DIR, or name TARGETs")
		}
		if err := export(source.Files(cache), golang.Downloaded(cache)...); err != nil { // a tree without files
			return nil, err
		}
	}
	for _, arg := range args {
		t, err := openTarget([]string{arg}, wantedImage{})
		if err != nil {
			return nil, err
		}
		if err := export(t.tree); err != nil {
			return nil, err
		}
	}
	known.Sort(out)
	return p.once(out), nil
}

// once keeps one of the packages of each purl.
func (p *program) once(sorted []known.Package) []known.Package {
	var out []known.Package
	for len(sorted) > 0 {
		same, first := 1, &sorted[0]
		agree := true
		for ; same < len(sorted) && sorted[same].PURL == first.PURL; same++ {
			agree = agree && first.Answers(known.Asked{PURL: first.PURL, Hashes: sorted[same].Hashes})
		}
		if agree {
			out = append(out, *first)
		} else {
			fmt.Fprintf(p.err, "licet: warning: %s: the lockfiles name it by different digests: it is left out\n", first.PURL)
		}
		sorted = sorted[same:]
	}
	return out
}

// readFacts reads the files that --facts names. They are read at once and whole, so that what was verified is what is used.
func readFacts(flags scanFlags) ([]known.Source, error) {
	var key []byte
	if flags.key != "" {
		if len(flags.facts) == 0 {
			return nil, errors.New("--facts-key: there are no --facts that it could be for")
		}
		var err error
		if key, err = os.ReadFile(flags.key); err != nil {
			return nil, fmt.Errorf("--facts-key: %w", err)
		}
	}
	var out []known.Source
	for _, name := range flags.facts {
		data, err := readLimited(name, known.MaxFile)
		if err != nil {
			return nil, fmt.Errorf("--facts %s: %w", name, plain(err))
		}
		if key != nil {
			signature, err := readLimited(name+".sig", 1<<10)
			if errors.Is(err, fs.ErrNotExist) {
				return nil, fmt.Errorf("--facts %s: it is not signed: there is no %s.sig", name, filepath.Base(name))
			} else if err != nil {
				return nil, fmt.Errorf("--facts %s.sig: %w", name, plain(err))
			}
			if err := known.Verify(data, signature, key); err != nil {
				return nil, fmt.Errorf("--facts %s: %w", name, err)
			}
		}
		out = append(out, &known.File{Name: filepath.Base(name), Bytes: data, Deep: flags.deep})
	}
	return out, nil
}

// readLimited reads a file, and refuses one of more bytes.
func readLimited(name string, limit int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = fmt.Errorf("more than %d bytes", limit)
	}
	return data, err
}
