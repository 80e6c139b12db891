// Package known is what is known of published packages: what a scan learned from their files where these lay, kept so that
// a scan elsewhere, where they do not lie, learns the same. A pipeline that checks a bare checkout needs no caches then.
//
// A [Package] is about bytes, not about a name. It carries the digests by which lockfiles name what they fetch, and it answers
// only for a component whose lockfile names one of these: another digest is another package, and none is nothing that could be
// compared. So a package that was published anew under an old version is not known, and what one project's cache held never
// speaks for what another one fetches.
//
// It holds no verdict and no conclusion, but what these are made of: the claims of the manifest, those of each license file
// with their places and texts, copyrights, and the [Package.Outline], the few lines of the package that a reader of manifests
// would read in a cache (what it requires, what its files import). A scan puts the outline where the cache would be, reads it
// there as ever, and goes on with the statements as if it had searched the files.
//
// Many packages are a file (encode.go); who has them, in a file or behind a network, is a [Source]. Signatures are signature.go's.
package known

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// Package is what is known of one published package.
type Package struct {
	PURL string `json:"purl"`
	// Hashes are those that a lockfile named beside it. Where it names several of one algorithm, these are of the files in
	// which the one version was published.
	Hashes []sbom.Hash `json:"hashes"`
	// Named says that it is known by its name and version alone, on the word of whoever the user chose to ask: nobody held bytes
	// against a digest. It has no hashes then. A file of facts has none such that is used.
	Named bool `json:"named,omitempty"`
	// Dir is the folder in which all places below lie: that of the cache which had the files, else [Home].
	Dir string `json:"dir"`

	Supplier string       `json:"supplier,omitempty"`
	Homepage string       `json:"homepage,omitempty"`
	Claims   []sbom.Claim `json:"claims,omitempty"` // of the manifest, unless the outline has it
	// Copyrights are the manifest's.
	Copyrights []sbom.Copyright          `json:"copyrights,omitempty"`
	Files      []sbom.FileFacts          `json:"files,omitempty"`
	Texts      map[sbom.Digest]sbom.Text `json:"texts,omitempty"`
	// Outline are the files that a reader finds in the cache, by their paths there, as short as it reads them.
	Outline map[string]string `json:"outline,omitempty"`
}

// Asked is a component whose files are not at hand: its purl, its name and version as its package manager writes them, and the
// digests that its lockfile names.
type Asked struct {
	PURL, Name, Version string
	Hashes              []sbom.Hash
	// FirstParty: the organisation's own, whose names are nobody else's business.
	FirstParty bool
	// Declared: the lockfile itself states its license.
	Declared bool
	// File is the first file of the tree that lists it, "" if none is known.
	File string
	// Source is where it comes from by its lockfile, "" if that does not say, and Sources are those of all packages of its type.
	Source  string
	Sources []string
}

// Answer is what a source has for those who asked.
type Answer struct {
	Packages []Package // the caller's, to change
	// Gaps tell why it has nothing for some of them, where it should.
	Gaps []sbom.Gap
}

// Source has known packages.
type Source interface {
	// Look gives the packages that were asked for. It fails where the source itself is broken; that it does not know a
	// package, or cannot reach it, is no error.
	Look(context.Context, []Asked) (Answer, error)
	// Inputs say what answers rest on, for the report. It is asked after Look.
	Inputs() []sbom.Input
	// Assumptions say what of the answers nobody verified, one sentence each. They are asked for after Look.
	Assumptions() []string
}

// strong are the algorithms of which nobody finds two packages with one digest, each with the bytes of a digest; 0 is not counted.
var strong = []struct {
	algorithm string
	size      int
}{{"SHA-256", 32}, {"SHA-384", 48}, {"SHA-512", 64}, {"h1", 0}, {"nuget-content-sha512", 64}}

func isStrong(h sbom.Hash) bool {
	for _, s := range strong {
		if h.Algorithm == s.algorithm {
			return h.Hex != "" && (s.size == 0 || len(h.Hex) == 2*s.size)
		}
	}
	return false
}

// Strong are the hashes that tell one package from any other.
func Strong(hashes []sbom.Hash) []sbom.Hash {
	var out []sbom.Hash
	for _, h := range hashes {
		if isStrong(h) {
			out = append(out, h)
		}
	}
	return out
}

// Answers reports whether this is the package that was asked for: the purl is the same, they share a digest, and no
// digest that was asked for is one of other bytes. Of one that is known by its name alone the purl decides: who gives such a package
// knows what it may be used for.
func (p *Package) Answers(a Asked) bool {
	if p.PURL != a.PURL {
		return false
	}
	if p.Named {
		return true
	}
	shared := false
	for _, h := range a.Hashes {
		switch {
		case !isStrong(h):
		case slices.Contains(p.Hashes, h):
			shared = true
		case slices.ContainsFunc(p.Hashes, func(own sbom.Hash) bool { return own.Algorithm == h.Algorithm }):
			return false
		}
	}
	return shared
}

// Home is where the files of a package lie that no cache has: "known:npm/%40acme/x@1.0.0" of the purl "pkg:npm/%40acme/x@1.0.0".
func Home(purl string) string {
	rest := strings.NewReplacer("?", "/", "#", "/", "!", "%21").Replace(strings.TrimPrefix(purl, "pkg:"))
	return source.JoinRoot("known", path.Clean("/" + rest)[1:])
}

// Move moves all places from the folder in which the files lay to another one, in what it says of itself.
func (p *Package) Move(from, to string) {
	move := func(s *source.Span) {
		if rest, ok := strings.CutPrefix(s.Path, from); ok && (rest == "" || rest[0] == '/' || strings.HasSuffix(from, "/")) {
			s.Path = source.Join(to, rest)
		}
	}
	claims := func(list []sbom.Claim) {
		for _, c := range list {
			for i := range c.Evidence {
				move(&c.Evidence[i].Span)
			}
		}
	}
	copyrights := func(list []sbom.Copyright) {
		for _, c := range list {
			for i := range c.Found {
				move(&c.Found[i])
			}
		}
	}
	p.Dir = to
	claims(p.Claims)
	copyrights(p.Copyrights)
	for i := range p.Files {
		f := &p.Files[i]
		at := source.Span{Path: f.Path}
		move(&at)
		f.Path = at.Path
		claims(f.Claims)
		copyrights(f.Copyrights)
	}
	for d, t := range p.Texts {
		move(&t.From)
		p.Texts[d] = t
	}
}

// check says what is wrong with a package that was read. What it says of places outside its own folder would be taken for
// statements about others.
func (p *Package) check() error {
	root, rest := source.SplitRoot(p.Dir)
	switch {
	case !strings.HasPrefix(p.PURL, "pkg:"):
		return errors.New("it has no purl")
	case len(Strong(p.Hashes)) != len(p.Hashes) || (len(p.Hashes) == 0) != p.Named:
		return errors.New("it has no digest, or one that is too weak")
	case root == "" || root == "policy" || root == "preset" || rest == "" || rest == "." || !isLocal(rest):
		return fmt.Errorf("its folder is %q", p.Dir)
	}
	for name := range p.Outline {
		if !isLocal(name) || !strings.HasPrefix(name, rest+"/") && name != goModOf(root, rest) {
			return fmt.Errorf("it has a file %q, which is another package's", name)
		}
	}
	for _, c := range p.statements() {
		if len(c.Evidence) == 0 || c.Basis != sbom.Declared && c.Basis != sbom.Detected {
			return errors.New("it has a statement without evidence")
		}
	}
	for _, at := range p.places() {
		if !strings.HasPrefix(at, p.Dir+"/") || !isLocal(strings.TrimPrefix(at, root+":")) {
			return fmt.Errorf("it speaks of %q, which lies elsewhere", at)
		}
	}
	return nil
}

// goModOf is where a module cache has the go.mod of the module in that folder (https://go.dev/ref/mod#module-cache).
func goModOf(cache, dir string) string {
	if name, version, ok := strings.Cut(dir, "@"); ok && cache == "gomod" {
		return "cache/download/" + name + "/@v/" + version + ".mod"
	}
	return ""
}

// isLocal reports whether a path leads down and nowhere else.
func isLocal(p string) bool {
	return path.Clean("/"+p) == "/"+p && !strings.Contains(p, "!/") && !strings.ContainsAny(p, "\\\x00")
}

// statements are all claims.
func (p *Package) statements() []sbom.Claim {
	out := slices.Clone(p.Claims)
	for _, f := range p.Files {
		out = append(out, f.Claims...)
	}
	return out
}

// places are the paths of all that it speaks of.
func (p *Package) places() []string {
	var out []string
	owners := slices.Clone(p.Copyrights)
	for _, f := range p.Files {
		out = append(out, f.Path)
		owners = append(owners, f.Copyrights...)
	}
	for _, c := range p.statements() {
		for _, e := range c.Evidence {
			out = append(out, e.Span.Path)
		}
	}
	for _, c := range owners {
		for _, s := range c.Found {
			out = append(out, s.Path)
		}
	}
	for _, t := range p.Texts {
		out = append(out, t.From.Path)
	}
	return out
}

// Sort brings packages into the order in which a file has them, and their hashes too.
func Sort(list []Package) {
	for i := range list {
		slices.SortFunc(list[i].Hashes, func(a, b sbom.Hash) int {
			return cmp.Or(strings.Compare(a.Algorithm, b.Algorithm), strings.Compare(a.Hex, b.Hex))
		})
	}
	slices.SortStableFunc(list, func(a, b Package) int { return strings.Compare(a.PURL, b.PURL) })
}
