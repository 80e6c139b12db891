package npm

import (
	"slices"

	"deps.dev/util/semver"

	"github.com/licet/licet/pkg/sbom"
)

// Yarn's lockfiles do not say what brings a package its peers. That is known of the project's own requirements: these are what
// packages are given, as far as their ranges allow it. Of what no project requires, the highest version counts that
// fits. Where nothing fits, what the project requires counts all the same, and so does the only one there is: Yarn but warns.

// maxVersions bounds the versions of one package among which a peer is looked for.
const maxVersions = 1000

// peerOf is the requirement of a peer.
func (l *pinned) peerOf(d dependency) need {
	d.scope, d.peer = sbom.Optional, true
	return need{d, l.refer(d)}
}

// note remembers what the projects require themselves.
func (l *pinned) note(n need) {
	if p := l.meet(n); p != nil && !n.peer && !slices.Contains(l.direct[n.name], p) && len(l.direct[n.name]) < maxVersions {
		l.direct[n.name] = append(l.direct[n.name], p)
	}
}

// brought finds what a package gets for a peer.
func (l *pinned) brought(n need) []*pin {
	if p := l.meet(n); p != nil {
		return []*pin{p}
	}
	direct, list := l.direct[n.name], l.listed[n.name]
	if fit := fitting(direct, n.requirement); len(fit) > 0 {
		return fit
	}
	if fit := fitting(list[:min(len(list), maxVersions)], n.requirement); len(fit) > 0 {
		return fit[:1]
	}
	return direct
}

// fitting gives the packages of one name whose versions a range allows, the highest first. A range that cannot be read allows all.
func fitting(pins []*pin, requirement string) []*pin {
	allowed, err := semver.NPM.ParseConstraint(requirement)
	var fit []*pin
	versions := map[*pin]*semver.Version{}
	for _, p := range pins {
		v, bad := semver.NPM.Parse(p.version)
		if bad == nil && (err != nil || allowed.MatchVersionPrerelease(v)) {
			fit, versions[p] = append(fit, p), v
		}
	}
	slices.SortStableFunc(fit, func(a, b *pin) int { return versions[b].Compare(versions[a]) })
	return fit
}

// addPeers adds the peers that the installed packages' own manifests ask for.
func (l *pinned) addPeers() {
	for _, p := range l.pins {
		places := l.find(p.name, p.version)
		if p.own || p.purl != "" || len(places) == 0 {
			continue
		}
		for d := range l.dependencies(places[0].manifest, false) {
			if d.peer {
				p.needs = append(p.needs, l.peerOf(d))
			}
		}
	}
}

// sameRange reports whether two ranges allow the same versions, however they are written.
func sameRange(a, b string) bool {
	x, bad := semver.NPM.ParseConstraint(a)
	y, worse := semver.NPM.ParseConstraint(b)
	return bad == nil && worse == nil && x.Set().String() == y.Set().String()
}
