// Package registry asks the registries that the user's own configuration names for packages whose files are not at hand, and
// searches what they send as a cache would be searched. It is the one package that talks to a network, and only under --online.
//
// What is fetched must have the digest that the lockfile names, or it is thrown away: a registry can refuse an answer and it can
// be slow, but it cannot change one. So all that the network adds is a [known.Package], the same that a file of facts holds,
// and it is kept in a folder of such files, one a package, by purl and digest.
//
// A package that cannot be had is a gap and no failure. Who is asked follows from what the user configured, never from the
// target, whose own .npmrc could send credentials to a stranger; credentials go to the host they are for, and to no other, and by
// https only.
package registry

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/known"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// Config is what the user's machine says of registries.
type Config struct {
	// GoProxy, GoNoProxy and GoPrivate are the go command's variables (https://go.dev/ref/mod#environment-variables).
	GoProxy, GoNoProxy, GoPrivate string
	// NPM is the URL of npm's registry, "" if none is configured; Scopes are those of scopes, "@acme".
	NPM    string
	Scopes map[string]string
	// Tokens are npm's credentials: the value of the header Authorization, by host and path ("npm.example/path/").
	Tokens map[string]string
	// Logins are names and passwords by host, as netrc has them.
	Logins map[string]Login
	// Dir is where answers are kept; "" is nowhere.
	Dir string
	// Rules and Tool are noted in what is kept: another license list finds other things.
	Rules, Tool string
	// Ecosystems are the readers of manifests.
	Ecosystems []*ecosystem.Ecosystem
	// Pause is the first time to wait before another attempt; 0 is a second.
	Pause time.Duration
	// Patience is how long all of a scan's packages may take; 0 is ten minutes. What was fetched by then is kept, and is not asked
	// for again by the next scan.
	Patience time.Duration
}

// Login is what a host asks for.
type Login struct{ Name, Password string }

// Registries is the [known.Source] of what registries have.
type Registries struct {
	Config
	client *client
	asked  int
}

// New makes the source.
func New(c Config) *Registries { return &Registries{Config: c, client: newClient(c)} }

// workers is how many packages are fetched at a time: more than a few is no way to treat a registry.
const workers = 4

// errLate is the error of packages for which no time was left: a registry may ask for patience again and again.
var errLate = errors.New("the registries were too slow: there was no time left for some packages")

// errNotAsked is wrapped by the errors of packages that no registry was asked for.
var errNotAsked = errors.New("not asked for")

// Look implements [known.Source].
func (r *Registries) Look(ctx context.Context, asked []known.Asked) (known.Answer, error) {
	found := make([]*known.Package, len(asked))
	errs := make([]error, len(asked))
	bounded, cancel := context.WithTimeoutCause(ctx, cmp.Or(r.Patience, 10*time.Minute), errLate)
	defer cancel()
	var wg sync.WaitGroup
	next := make(chan int)
	for range workers {
		wg.Go(func() {
			for i := range next {
				found[i], errs[i] = r.guarded(bounded, asked[i])
			}
		})
	}
	for i := range asked {
		next <- i
	}
	close(next)
	wg.Wait()
	var out known.Answer
	lost := map[string]*sbom.Gap{}
	for i, p := range found {
		switch err := errs[i]; {
		case p != nil:
			out.Packages = append(out.Packages, *p)
			r.asked++
		case err != nil && !errors.Is(err, errNotAsked):
			why := source.Redact(err.Error())
			g := lost[why]
			if g == nil {
				g = &sbom.Gap{Kind: sbom.Unavailable, Span: source.Span{Path: "."}, Reader: "online", Why: why, Next: "try again later, or bring the packages to this machine"}
				lost[why] = g
			}
			g.Components = append(g.Components, sbom.ID(asked[i].PURL))
		}
	}
	for _, g := range lost {
		out.Gaps = append(out.Gaps, *g)
	}
	slices.SortFunc(out.Gaps, func(a, b sbom.Gap) int { return strings.Compare(a.Why, b.Why) })
	return out, ctx.Err()
}

// Inputs implements [known.Source].
func (r *Registries) Inputs() []sbom.Input {
	return []sbom.Input{{Kind: "known", Name: "registries", Note: sbom.Plural(r.asked, "package") + " used"}}
}

// guarded turns a panic into the loss of one package: what is searched is a stranger's.
func (r *Registries) guarded(ctx context.Context, a known.Asked) (p *known.Package, err error) {
	defer func() {
		if v := recover(); v != nil {
			p, err = nil, fmt.Errorf("licet itself failed on what the registry sends: %v", v)
		}
	}()
	return r.find(ctx, a)
}

// find gives a package: what is kept of it, else what its registry sends.
func (r *Registries) find(ctx context.Context, a known.Asked) (*known.Package, error) {
	a.Hashes = known.Strong(a.Hashes)
	if len(a.Hashes) == 0 || a.FirstParty {
		return nil, errNotAsked
	}
	var fetch func(context.Context, known.Asked) (*known.Package, error)
	switch kind, _, _ := strings.Cut(strings.TrimPrefix(a.PURL, "pkg:"), "/"); kind {
	case "golang":
		fetch = r.module
	case "npm":
		fetch = r.npm
	default:
		return nil, errNotAsked
	}
	if p := r.recall(a); p != nil {
		return p, nil
	}
	p, err := fetch(ctx, a)
	if err != nil && ctx.Err() != nil {
		return nil, context.Cause(ctx)
	} else if err != nil {
		return nil, err
	}
	if !p.Answers(a) {
		return nil, errors.New("what the registry sent is another package")
	}
	r.keep(a, p)
	return p, nil
}

// file is where an answer is kept.
func (r *Registries) file(a known.Asked) string {
	sum := sha256.New()
	fmt.Fprintln(sum, known.Schema, r.Rules, r.Tool, a.PURL)
	for _, h := range a.Hashes {
		fmt.Fprintln(sum, h.Algorithm, h.Hex)
	}
	name := hex.EncodeToString(sum.Sum(nil))
	return filepath.Join(r.Dir, name[:2], name+".zst")
}

// recall reads what is kept; what cannot be read, or is about something else, is fetched anew.
func (r *Registries) recall(a known.Asked) *known.Package {
	if r.Dir == "" {
		return nil
	}
	data, err := os.ReadFile(r.file(a))
	if err != nil {
		return nil
	}
	_, packages, err := known.Decode(data, func(purl string) bool { return purl == a.PURL })
	if err != nil || len(packages) != 1 || !packages[0].Answers(a) {
		return nil
	}
	return &packages[0]
}

// keep keeps an answer, whole or not at all. That it could not be kept costs time, and nothing else.
func (r *Registries) keep(a known.Asked, p *known.Package) {
	if r.Dir == "" {
		return
	}
	var b bytes.Buffer
	if err := known.Encode(&b, known.Header{Rules: r.Rules, Tool: r.Tool}, []known.Package{*p}); err != nil {
		return
	}
	name := r.file(a)
	if os.MkdirAll(filepath.Dir(name), 0o700) != nil {
		return
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".new-*")
	if err != nil {
		return
	}
	_, err = f.Write(b.Bytes())
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		os.Remove(f.Name())
	}
}

// below is a file system at whose folder dir another one lies.
type below struct {
	dir   string
	files fs.FS
}

// Open opens what lies in the folder; there is nothing beside it.
func (b below) Open(name string) (fs.File, error) {
	if name == b.dir {
		return b.files.Open(".")
	}
	if rest, ok := strings.CutPrefix(name, b.dir+"/"); ok && fs.ValidPath(name) {
		return b.files.Open(rest)
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}
