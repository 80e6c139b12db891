// Package registry asks the registries that the user's own configuration names for packages whose files are not at hand, and
// searches what they send as a cache would be searched. It is the one package that talks to a network, and only under --online.
//
// Each kind of registry is a [protocol] in a file of its own: where the package manager's configuration names it, and how a
// package is fetched from it as a [parcel], the files and the manifest. All else is the same for all: the client with its manners
// (client.go), what a parcel says (parcel.go), what is kept (store.go), whose credentials go where (user.go).
//
// What is fetched must have the digest that the lockfile names, or it is thrown away: a registry can refuse an answer and it can
// be slow, but it cannot change one. Where no lockfile names a digest, the registry is believed by name and version, as the
// package manager would; it is said how many packages that were, and they are kept apart. So all that the network adds is a
// [known.Package], the same that a file of facts holds, and it is kept in a folder of such files, one a package, by purl and digest.
//
// A package that cannot be had is a gap and no failure. Who is asked follows from what the user configured, never from the
// target, whose own .npmrc could send credentials to a stranger. No host is written in this package, not even those that package
// managers ask when nothing is configured: for these --registry names one. Credentials go to the host they are for, and to no
// other, and by https only. A host gets ten requests a second at most, and fewer when it asks for patience.
//
// Who has no registry to ask may ask a service that knows packages by hearsay (depsdev.go). What it says counts as little as a
// bill of materials that somebody wrote.
package registry

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/known"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// Config is what the user's machine says of registries; see [Configured].
type Config struct {
	// GoProxy, GoNoProxy and GoPrivate are the go command's variables (https://go.dev/ref/mod#environment-variables).
	GoProxy, GoNoProxy, GoPrivate string
	// Sites are the registries by the type of the purls that they have.
	Sites map[string][]Site
	Keyring
	// Dir is where answers are kept; "" is nowhere.
	Dir string
	// Rules and Tool are noted in what is kept: another license list finds other things.
	Rules, Tool string
	// Ecosystems are the readers of manifests.
	Ecosystems []*ecosystem.Ecosystem
	// Pause is the first time to wait before another attempt; 0 is a second.
	Pause time.Duration
	// Interval is how long a host is left alone between two requests; 0 is a tenth of a second.
	Interval time.Duration
	// Patience is how long all of a scan's packages may take; 0 is ten minutes. What was fetched by then is kept, and is not asked
	// for again by the next scan.
	Patience time.Duration
}

// Registries is the [known.Source] of what registries have.
type Registries struct {
	Config
	client       *client
	store        store
	asked, named int // packages that were had, and those that were by name and version alone
}

// New makes the source.
func New(c Config) *Registries {
	keys := Keyring{Tokens: maps.Clone(c.Tokens), Logins: c.Logins}
	var proxies strings.Builder
	for list := c.GoProxy; list != ""; {
		one, mark, rest := list, "", ""
		if end := strings.IndexAny(list, ",|"); end >= 0 {
			one, mark, rest = list[:end], list[end:end+1], list[end+1:]
		}
		proxies.WriteString(keys.take(strings.TrimSpace(one)) + mark)
		list = rest
	}
	c.GoProxy = proxies.String()
	sites := map[string][]Site{}
	for _, kind := range slices.Sorted(maps.Keys(c.Sites)) { // of two names and passwords for one host the first is its files' too
		for _, s := range c.Sites[kind] {
			sites[kind] = append(sites[kind], Site{keys.take(s.Address), s.For})
		}
	}
	c.Sites = sites
	return &Registries{Config: c, client: newClient(c, keys), store: store{c.Dir, c.Rules, c.Tool}}
}

// workers is how many packages are fetched at a time: more than a few is no way to treat a registry.
const workers = 4

// errLate is the error of packages for which no time was left: a registry may ask for patience again and again.
var errLate = errors.New("the registries were too slow: there was no time left for some packages")

// otherError is the error of what came and is not what was asked for. That it can be had elsewhere makes nothing of it good: the gap stays.
type otherError struct{ why string }

func (e *otherError) Error() string { return e.why }

// errNotAsked is wrapped by the errors of packages that no registry was asked for.
var errNotAsked = errors.New("not asked for")

// Look implements [known.Source].
func (r *Registries) Look(ctx context.Context, asked []known.Asked) (known.Answer, error) {
	bounded, cancel := context.WithTimeoutCause(ctx, cmp.Or(r.Patience, 10*time.Minute), errLate)
	defer cancel()
	out := each(bounded, asked, r.find)
	for _, p := range out.Packages {
		r.asked++
		if p.Named {
			r.named++
		}
	}
	return out, ctx.Err()
}

// each asks for all packages, a few at a time. Those that cannot be had for one reason are a gap of each lockfile.
func each(ctx context.Context, asked []known.Asked, find func(context.Context, known.Asked) (*known.Package, error)) known.Answer {
	found := make([]*known.Package, len(asked))
	errs := make([]error, len(asked))
	var wg sync.WaitGroup
	next := make(chan int)
	for range workers {
		wg.Go(func() {
			for i := range next {
				found[i], errs[i] = guarded(func() (*known.Package, error) { return find(ctx, asked[i]) })
			}
		})
	}
	for i := range asked {
		next <- i
	}
	close(next)
	wg.Wait()
	var out known.Answer
	type reason struct{ file, why string }
	lost := map[reason]*sbom.Gap{}
	for i, p := range found {
		switch err := errs[i]; {
		case p != nil:
			out.Packages = append(out.Packages, *p)
		case err != nil && !errors.Is(err, errNotAsked):
			at := reason{cmp.Or(asked[i].File, "."), source.Redact(err.Error())}
			g := lost[at]
			if g == nil {
				g = &sbom.Gap{Kind: sbom.Unavailable, Span: source.Span{Path: at.file}, Reader: "online", Why: at.why, Next: "try again later, or bring the packages to this machine"}
				if missing := (missingError{}); errors.As(err, &missing) {
					g.Next = missing.next()
				}
				if other := (*otherError)(nil); errors.As(err, &other) {
					g.Kind, g.Next = sbom.Lost, "find out who changed the package: the lockfile, or the registry, is another's"
				}
				lost[at] = g
			}
			g.Components = append(g.Components, sbom.ID(asked[i].PURL))
		}
	}
	for _, g := range lost {
		out.Gaps = append(out.Gaps, *g)
	}
	slices.SortFunc(out.Gaps, func(a, b sbom.Gap) int {
		return cmp.Or(strings.Compare(a.Span.Path, b.Span.Path), strings.Compare(a.Why, b.Why))
	})
	return out
}

// Inputs implements [known.Source].
func (r *Registries) Inputs() []sbom.Input {
	note := sbom.Plural(r.asked, "package") + " used"
	if r.named > 0 {
		note += fmt.Sprintf(", %d of them by name and version", r.named)
	}
	return []sbom.Input{{Kind: "known", Name: "registries", Note: note}}
}

// Assumptions implements [known.Source].
func (r *Registries) Assumptions() []string {
	if r.named == 0 {
		return nil
	}
	return []string{fmt.Sprintf("what registries sent for %s is believed by name and version: no lockfile has a digest to hold against it", sbom.Plural(r.named, "package"))}
}

// guarded turns a panic into the loss of one package: what is searched is a stranger's.
func guarded(find func() (*known.Package, error)) (p *known.Package, err error) {
	defer func() {
		if v := recover(); v != nil {
			p, err = nil, fmt.Errorf("licet itself failed on what the registry sends: %v", v)
		}
	}()
	return find()
}

// find gives a package: what is kept of it, else what its registry sends.
func (r *Registries) find(ctx context.Context, a known.Asked) (*known.Package, error) {
	w := want(a)
	if w == nil || a.FirstParty {
		return nil, errNotAsked
	}
	p := w.registry
	if p == nil || !w.isOrdinary(p.qualified) {
		return nil, errNotAsked
	}
	weak := a.Hashes
	a.Hashes = known.Strong(a.Hashes)
	by := ""
	if len(a.Hashes) == 0 {
		by = r.namedBy(p, w, weak)
	}
	if kept := r.store.recall(a, by, 0); kept != nil {
		return kept, nil
	}
	got, err := p.ask(ctx, r, w)
	if err != nil && ctx.Err() != nil {
		return nil, context.Cause(ctx)
	} else if err != nil {
		return nil, err
	}
	if got.module == "" {
		if _, err := p.agree(got.sums, weak); err != nil {
			return nil, err
		}
	}
	w.Hashes = a.Hashes
	out, err := r.search(ctx, p, w, got, by != "")
	if err != nil && ctx.Err() != nil {
		return nil, context.Cause(ctx)
	} else if err != nil {
		return nil, err
	}
	if !out.Answers(a) {
		return nil, &otherError{"what the registry sent is another package"}
	}
	r.store.keep(a, by, out)
	return out, nil
}

// namedBy are those who are believed about a package of which there is no digest, or none but weak ones, which count too.
func (r *Registries) namedBy(p *protocol, w *wanted, weak []sbom.Hash) string {
	by := p.kind + " registries"
	for _, s := range p.sites(r.Sites[p.kind], w) {
		by += " " + s.Address
	}
	for _, h := range weak {
		by += " " + h.Algorithm + ":" + h.Hex
	}
	return by
}
