package registry

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/package-url/packageurl-go"

	"github.com/licet/licet/pkg/known"
	"github.com/licet/licet/pkg/sbom"
)

// Site is a registry of a user's configuration.
type Site struct {
	// Address is its URL, as the package manager's configuration has it.
	Address string
	// For is what it is asked for and the others are not, in the words of the package manager: scopes of npm, patterns of NuGet, for
	// Cargo the index by which lockfiles name it. Nil is all that no other is there for.
	For []string
}

// protocol is one kind of registry. Each is a value in a file of its own, and is listed in [protocols].
type protocol struct {
	kind    string // the type of purls
	title   string // "npm registry"
	setting string // how a user names one, beginning with a verb
	// configure gives the registries that the user's configuration names, in the order in which they are asked, and puts the
	// credentials for them on the ring.
	configure func(u *User, keys *Keyring) []Site
	// suits reports how well one of the things that a site is for suits the package, 0 for not at all. nil is for registries whose
	// sites are for everything.
	suits func(what string, w *wanted) int
	// qualified lists the qualifiers with which a package still is the registry's.
	qualified []string
	// oneSource: lockfiles name the registry of each package. If that is one for all of them, those that are configured stand for it; if there
	// are several, another one may have another package of that name.
	oneSource bool
	// fetch fetches a package from a site. The error is one for which isGone holds where the site does not have it.
	fetch func(ctx context.Context, c *client, at Site, w *wanted) (*parcel, error)
	// find, instead of fetch, does it all: whom to ask is the user's wish in another way.
	find func(ctx context.Context, r *Registries, w *wanted) (*parcel, error)
}

// protocols are all.
func protocols() []*protocol {
	return []*protocol{&goProtocol, &npmProtocol, &pypiProtocol, &cargoProtocol, &mavenProtocol, &gemProtocol, &nugetProtocol, &composerProtocol, &pubProtocol, &hexProtocol}
}

// Kinds are the types of purls for which a registry can be named.
func Kinds() []string {
	var out []string
	for _, p := range protocols() {
		out = append(out, p.kind)
	}
	return out
}

// wanted is a package that is asked for, with its purl in parts.
type wanted struct {
	known.Asked
	purl     packageurl.PackageURL
	registry *protocol // of its kind, nil if there is none
}

// want reads the purl; nil if it cannot be read.
func want(a known.Asked) *wanted {
	p, err := packageurl.FromString(a.PURL)
	if err != nil || p.Name == "" || p.Version == "" {
		return nil
	}
	w := &wanted{Asked: a, purl: p}
	for _, r := range protocols() {
		if r.kind == p.Type {
			w.registry = r
		}
	}
	return w
}

// qualifier is the value of a qualifier, "" without it.
func (w *wanted) qualifier(key string) string { return w.purl.Qualifiers.Map()[key] }

// isOrdinary reports whether the purl has no qualifier but these: others tell of packages that come from elsewhere.
func (w *wanted) isOrdinary(qualifiers []string) bool {
	for _, q := range w.purl.Qualifiers {
		if !slices.Contains(qualifiers, q.Key) {
			return false
		}
	}
	return w.purl.Subpath == ""
}

// isPlain reports whether a name or a version can be put into an address that a registry leaves to be filled in: a lockfile's, which is the
// target's word, leads nowhere else.
func isPlain(s string) bool {
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.+") == "" && strings.Trim(s, ".") != ""
}

// sites are those to ask for a package.
func (p *protocol) sites(all []Site, w *wanted) []Site {
	var out []Site
	best := 0
	for _, s := range all {
		weight := 0
		for _, what := range s.For {
			if p.suits != nil {
				weight = max(weight, p.suits(what, w))
			}
		}
		if s.For != nil && weight == 0 || weight < best {
			continue
		}
		if weight > best {
			best, out = weight, nil
		}
		out = append(out, s)
	}
	return out
}

// missingError is the error of packages for which no registry is configured.
type missingError struct{ *protocol }

func (e missingError) Error() string { return "no " + e.title + " is configured" }

// next is what the user can do.
func (e missingError) next() string {
	return e.setting + ", or name one by --registry " + e.kind + "=URL"
}

func (p *protocol) missing() error { return missingError{p} }

// ask asks the sites in turn; only what one does not have is asked of the next.
func (p *protocol) ask(ctx context.Context, r *Registries, w *wanted) (*parcel, error) {
	if p.find != nil {
		return p.find(ctx, r, w)
	}
	sites := p.sites(r.Sites[p.kind], w)
	if len(sites) == 0 {
		return nil, p.missing()
	}
	if p.oneSource && len(known.Strong(w.Hashes)) == 0 && len(w.Sources) > 1 {
		if sites = slices.DeleteFunc(sites, func(s Site) bool { return plainIndex(s.Address) != plainIndex(w.Source) }); len(sites) == 0 {
			return nil, fmt.Errorf("some packages come from several sources, and none of the %ss that are configured is the one that the lockfile names for them", p.title)
		}
	}
	var err error
	for _, s := range sites {
		var got *parcel
		if got, err = p.fetch(ctx, r.client, s, w); err == nil {
			return got, nil
		}
		if !isGone(err) {
			return nil, err
		}
	}
	return nil, fmt.Errorf("the %s does not have some packages (%w)", p.title, err)
}

// Configured is what the user's configuration says of registries. One that is named, NAME=URL, takes the place of those that are asked for
// whatever no other is there for: a scope that has a registry of its own keeps it.
func Configured(u *User, named []string) (Config, error) {
	c := Config{Keyring: Keyring{Tokens: map[string]string{}, Logins: map[string]Login{}}, Sites: map[string][]Site{}}
	for _, p := range protocols() {
		if p.configure != nil {
			c.Sites[p.kind] = distinct(p.configure(u, &c.Keyring))
		}
	}
	said := map[string][]Site{}
	for _, n := range named {
		kind, address, ok := strings.Cut(n, "=")
		if !ok || !slices.Contains(Kinds(), kind) {
			return Config{}, fmt.Errorf("write NAME=URL, with %s for NAME", strings.Join(Kinds(), " or "))
		}
		address = strings.TrimPrefix(address, "sparse+")
		if !strings.HasPrefix(address, "https://") && !strings.HasPrefix(address, "http://") {
			return Config{}, errors.New("the URL of a registry begins with https:// or http://")
		}
		s := Site{Address: address}
		if kind == "cargo" {
			s.For = []string{""} // the usual one
		}
		said[kind] = append(said[kind], s)
	}
	for kind, sites := range said {
		for _, s := range c.Sites[kind] {
			own := slices.DeleteFunc(slices.Clone(s.For), func(what string) bool { return what == "" || what == "*" })
			if len(own) > 0 {
				sites = append(sites, Site{s.Address, own})
			}
		}
		c.Sites[kind] = sites
	}
	return c, nil
}

// distinct leaves each site out that another one before it is.
func distinct(sites []Site) (out []Site) {
	for _, s := range sites {
		if !slices.ContainsFunc(out, func(o Site) bool { return o.Address == s.Address && slices.Equal(o.For, s.For) }) {
			out = append(out, s)
		}
	}
	return out
}

// parcel is what was sent, of which nothing is read before its digest is that of the lockfile, and of what else is told of it.
func (w *wanted) parcel(data []byte, reader, manifest string, told ...sbom.Hash) (*parcel, error) {
	out := &parcel{sums: sums(data), reader: reader, manifest: manifest}
	if reader == "nuget" {
		if sum, err := contentHash(data); err == nil {
			out.sums["nuget-content-sha512"] = sum
		}
	}
	if _, err := w.registry.agree(out.sums, w.Hashes); err != nil {
		return nil, err
	}
	if _, err := w.registry.agree(out.sums, slices.Concat(told, w.Hashes)); err != nil {
		return nil, &otherError{"the " + w.registry.title + " sends other bytes than it says itself"}
	}
	return out, nil
}

// agree holds digests of what was sent, by algorithm, against those that were asked for: it fails if one is another's. strong reports
// whether one of them tells it from any other.
func (p *protocol) agree(sums map[string]string, asked []sbom.Hash) (strong bool, err error) {
	same := map[string]bool{}
	for _, h := range asked {
		if sum, ok := sums[h.Algorithm]; ok {
			same[h.Algorithm] = same[h.Algorithm] || sum == h.Hex
		}
	}
	for algorithm, ok := range same {
		if !ok {
			return false, &otherError{"the " + p.title + " sends other bytes than the lockfile names"}
		}
		strong = strong || algorithm != "SHA-1" && algorithm != "MD5"
	}
	if !strong && len(known.Strong(asked)) > 0 {
		return false, fmt.Errorf("the %s sends nothing that could be held against the digest of the lockfile", p.title)
	}
	return strong, nil
}
