package registry

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/module"

	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/known"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/pkg/spdx"
)

// DepsDev is the [known.Source] of what a service says that has the API of deps.dev, version 3 (https://docs.deps.dev/api/v3/,
// GetVersion). It knows a package by name and version, and nobody can look at what it looked at. So its word is that of a bill of
// materials which a stranger wrote: it counts where no manifest and no file says anything, is shown as such, and overrides nothing.
// Only what neither a file nor a registry answered for is asked, and of that only what the lockfile states no license of. What by the user's
// configuration is private, or has a registry of its own, is not asked for: its name is nobody's business, and another package may have it.
type DepsDev struct {
	config         Config
	address, shown string
	client         *client
	store          store
	patience       time.Duration
	used           int
}

// maxAge is how long an answer of the service is kept: it may learn.
const maxAge = 7 * 24 * time.Hour

// NewDepsDev makes the source of a service at an address. Of the configuration the credentials count, and where answers are kept.
func NewDepsDev(address string, c Config) (*DepsDev, error) {
	keys := Keyring{Tokens: c.Tokens, Logins: c.Logins}
	u, err := url.Parse(keys.take(address))
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, errors.New("the URL of a service begins with https:// or http://")
	}
	return &DepsDev{
		config: c, address: u.String(), shown: source.Redact(u.Scheme + "://" + u.Host + u.EscapedPath()), client: newClient(c, keys), store: store{c.Dir, c.Rules, c.Tool},
		patience: cmp.Or(c.Patience, 10*time.Minute),
	}, nil
}

// systems are the package managers that the service knows, by the types of purls.
var systems = [][2]string{
	{"cargo", "CARGO"}, {"gem", "RUBYGEMS"}, {"golang", "GO"}, {"maven", "MAVEN"}, {"npm", "NPM"}, {"nuget", "NUGET"}, {"pypi", "PYPI"},
}

// Look implements [known.Source].
func (s *DepsDev) Look(ctx context.Context, asked []known.Asked) (known.Answer, error) {
	bounded, cancel := context.WithTimeoutCause(ctx, s.patience, errLate)
	defer cancel()
	out := each(bounded, asked, s.find)
	for i := range out.Gaps {
		out.Gaps[i].Why = strings.ReplaceAll(out.Gaps[i].Why, "the registry", "the deps.dev service")
	}
	s.used += len(out.Packages)
	return out, ctx.Err()
}

// Inputs implements [known.Source].
func (s *DepsDev) Inputs() []sbom.Input {
	return []sbom.Input{{Kind: "known", Name: s.name(), Note: "its word used for " + sbom.Plural(s.used, "package") + " of which nobody else says anything"}}
}

// Assumptions implements [known.Source].
func (s *DepsDev) Assumptions() []string {
	if s.used == 0 {
		return nil
	}
	return []string{fmt.Sprintf("the %s is right about %s: nobody here saw the files", s.name(), sbom.Plural(s.used, "package"))}
}

func (s *DepsDev) name() string { return "deps.dev service at " + s.shown }

// find asks for one package.
func (s *DepsDev) find(ctx context.Context, a known.Asked) (*known.Package, error) {
	w := want(a)
	if w == nil || a.FirstParty || a.Declared || !w.isOrdinary([]string{"type", "classifier", "platform"}) || s.config.isPrivate(w) {
		return nil, errNotAsked
	}
	address, err := s.versionOf(w)
	if err != nil {
		return nil, err
	}
	a.Hashes = nil
	if kept := s.store.recall(a, s.name(), maxAge); kept != nil {
		return kept, nil
	}
	got, err := s.client.get(ctx, address, "application/json", maxConfig)
	switch {
	case err != nil && ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case isGone(err):
		return nil, errNotAsked // that no file is at hand is said already
	case err != nil:
		return nil, err
	}
	expr, raw, err := licensesOf(got.data)
	if err != nil {
		return nil, err
	}
	dir := known.Home(a.PURL)
	p := &known.Package{PURL: a.PURL, Named: true, Dir: dir, Claims: []sbom.Claim{{
		Basis: sbom.Declared, Kind: sbom.KindSupplied, Role: sbom.RoleManifest, Expr: expr, Raw: raw,
		Evidence: []sbom.Evidence{{Span: source.Span{Path: source.Join(dir, "deps.dev.json")}, Rule: s.name()}},
	}}}
	s.store.keep(a, s.name(), p)
	return p, nil
}

// versionOf is the address of what is known of a version. Names are those of the package managers.
func (s *DepsDev) versionOf(w *wanted) (string, error) {
	for _, system := range systems {
		if system[0] != w.purl.Type {
			continue
		}
		name := w.Name
		if w.purl.Type == "maven" {
			name = w.purl.Namespace + ":" + w.purl.Name
		}
		return join(s.address, "v3", "systems", system[1], "packages", name, "versions", w.Version)
	}
	return "", errNotAsked
}

// isPrivate reports whether the configuration keeps a package from the registries that all ask, or the lockfile might.
func (c *Config) isPrivate(w *wanted) bool {
	if w.purl.Type == "golang" {
		return module.MatchPrefixPatterns(c.GoPrivate, w.Name) || module.MatchPrefixPatterns(c.GoNoProxy, w.Name)
	}
	switch {
	case w.registry == nil:
		return false
	case w.registry.suits == nil:
		return w.registry.oneSource && len(w.Sources) > 1
	}
	return slices.ContainsFunc(c.Sites[w.registry.kind], func(s Site) bool {
		return slices.ContainsFunc(s.For, func(what string) bool { return what != "" && what != "*" && w.registry.suits(what, w) > 0 })
	})
}

// licensesOf reads the licenses of an answer. There may be several, and not how they belong together: all are taken, which holds whichever was
// meant. What is none of the SPDX list is called non-standard; then the details say what the package does.
func licensesOf(data []byte) (spdx.Expr, string, error) {
	d, err := doc.JSON("deps.dev.json", data)
	top := d.Root()
	if err != nil || top.Get("versionKey").Kind() != doc.Object {
		return spdx.Expr{}, "", errors.New("the registry sends something that is no answer")
	}
	var raw []string
	for n := range top.Get("licenses").Items() {
		if text := n.Text(); text != "" {
			raw = append(raw, text)
		}
		if len(raw) > 32 {
			return spdx.Expr{}, "", errors.New("the registry names more licenses than a package has")
		}
	}
	if len(raw) == 0 {
		return spdx.Expr{}, "", errNotAsked
	}
	read := func(text string) spdx.Expr {
		e, err := spdx.Parse(text)
		if err != nil || text == "non-standard" {
			return spdx.Expr{}
		}
		return e
	}
	expr, told := allOf(raw, read), strings.Join(raw, " AND ")
	if details := detailsOf(top); expr.IsZero() && len(details) > 0 {
		told = strings.Join(details, " AND ")
		if len(details) == len(raw) { // else some are not told
			expr = allOf(details, declaredAs)
		}
	}
	return expr, shortened(told), nil
}

// allOf joins what texts say by AND; it says nothing if one of them cannot be read.
func allOf(texts []string, read func(string) spdx.Expr) spdx.Expr {
	var out spdx.Expr
	for i, text := range texts {
		e := read(text)
		switch {
		case e.IsZero():
			return e
		case i == 0:
			out = e
		default:
			out = spdx.And(out, e)
		}
	}
	return out
}

// declaredAs is what a manifest means by a license.
func declaredAs(text string) spdx.Expr {
	if c := detect.Declaration(text, source.Span{Path: "x"}); len(c) == 1 {
		return c[0].Expr
	}
	return spdx.Expr{}
}

// detailsOf is how the package's own manifest names its licenses, as far as the service says.
func detailsOf(top doc.Node) (out []string) {
	for n := range top.Get("licenseDetails").Items() {
		if t := n.Get("license").Text(); t != "" && len(out) <= 32 {
			out = append(out, t)
		}
	}
	return out
}

// shortened is a text, or its first 200 characters.
func shortened(text string) string { return fmt.Sprintf("%.200s", text) }
