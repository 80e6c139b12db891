package golang

import (
	"go/build/constraint"
	"slices"
	"strconv"
	"strings"
)

// condition says when a file is part of its package, one bit a platform: without cgo and with it, and both
// once more with build tags of the user's own set as the file takes them.
type condition struct{ plain, cgo, plainTags, cgoTags uint64 }

func (c condition) and(d condition) condition {
	return condition{c.plain & d.plain, c.cgo & d.cgo, c.plainTags & d.plainTags, c.cgoTags & d.cgoTags}
}

func (c condition) or(d condition) condition {
	return condition{c.plain | d.plain, c.cgo | d.cgo, c.plainTags | d.plainTags, c.cgoTags | d.cgoTags}
}

// never reports whether no build fulfils the condition.
func (c condition) never() bool { return c == condition{} }

// untagged are the platforms on which it takes no build tags.
func (c condition) untagged() uint64 { return c.plain | c.cgo }

// on is the condition that always holds on the platforms.
func on(platforms uint64) condition { return condition{platforms, platforms, platforms, platforms} }

// platforms are those that the deliverables are built for, and by which release of Go.
type platforms struct {
	names   []string // GOOS/GOARCH
	release int      // 26 for go1.26; 0 is not known, and taken as newer than any that a file asks for
}

// maxPlatforms is how many platforms a condition can tell apart, more than Go has.
const maxPlatforms = 64

// bits gives the platforms' bits, and notes those that are new. What is past the limit counts as the last.
func (p *platforms) bits(names []string) uint64 {
	var bits uint64
	for _, n := range names {
		i := slices.Index(p.names, n)
		if i < 0 && len(p.names) < maxPlatforms {
			i = len(p.names)
			p.names = append(p.names, n)
		}
		if i < 0 {
			i = maxPlatforms - 1
		}
		bits |= 1 << i
	}
	return bits
}

// all are the bits of all platforms.
func (p *platforms) all() uint64 { return 1<<len(p.names) - 1 }

// list names the platforms.
func (p *platforms) list(bits uint64) string {
	var names []string
	for i, n := range p.names {
		if bits&(1<<i) != 0 {
			names = append(names, n)
		}
	}
	return strings.Join(names, ", ")
}

// named says on which platforms the go command takes a file of this name: its last words may be a GOOS, a
// GOARCH, or both (`go help buildconstraint`).
func (p *platforms) named(file string) uint64 {
	file, _, _ = strings.Cut(file, ".")
	i := strings.IndexByte(file, '_')
	if i < 0 {
		return p.all()
	}
	words := strings.Split(file[i+1:], "_")
	if words[len(words)-1] == "test" {
		words = words[:len(words)-1]
	}
	n := len(words)
	switch {
	case n >= 2 && isSystem(words[n-2]) && isProcessor(words[n-1]):
		return p.having(words[n-2]) & p.having(words[n-1])
	case n >= 1 && (isSystem(words[n-1]) || isProcessor(words[n-1])):
		return p.having(words[n-1])
	}
	return p.all()
}

// having are the platforms on which a tag that names a system or a processor holds.
func (p *platforms) having(tag string) uint64 {
	var bits uint64
	for i, n := range p.names {
		if isOf(n, tag) {
			bits |= 1 << i
		}
	}
	return bits
}

// when says when a file with this header is compiled on the platforms that its name allows.
func (p *platforms) when(named uint64, h *header) condition {
	c := on(named)
	if h.constraint != nil {
		c = condition{}
		for i, n := range p.names {
			bit := uint64(1) << i
			if named&bit == 0 {
				continue
			}
			off, _ := p.eval(h.constraint, n, no)
			with, _ := p.eval(h.constraint, n, yes)
			c = c.or(condition{where(off.certain, bit), where(with.certain, bit), where(off.possible, bit), where(with.possible, bit)})
		}
	}
	if h.cgo {
		c.plain, c.plainTags = 0, 0
	}
	return c
}

func where(holds bool, bit uint64) uint64 {
	if holds {
		return bit
	}
	return 0
}

// truth is what is known of an expression: it holds without tags of the user's own; it holds with some.
type truth struct{ certain, possible bool }

var (
	yes = truth{true, true}
	no  = truth{}
)

// eval evaluates a constraint and its negation on a platform. That one tag can't both be set and not is left
// aside: so a file may seem possible that is not.
func (p *platforms) eval(e constraint.Expr, platform string, cgo truth) (holds, fails truth) {
	switch e := e.(type) {
	case *constraint.NotExpr:
		fails, holds = p.eval(e.X, platform, cgo)
	case *constraint.AndExpr:
		xh, xf := p.eval(e.X, platform, cgo)
		yh, yf := p.eval(e.Y, platform, cgo)
		holds = truth{xh.certain && yh.certain, xh.possible && yh.possible}
		fails = truth{xf.certain || yf.certain, xf.possible || yf.possible}
	case *constraint.OrExpr:
		xh, xf := p.eval(e.X, platform, cgo)
		yh, yf := p.eval(e.Y, platform, cgo)
		holds = truth{xh.certain || yh.certain, xh.possible || yh.possible}
		fails = truth{xf.certain && yf.certain, xf.possible && yf.possible}
	case *constraint.TagExpr:
		t := p.tag(e.Tag, platform, cgo)
		holds, fails = t, truth{!t.certain, !t.certain}
	}
	return holds, fails
}

// tag is what is known of a tag. Those of other compilers and of instrumented builds are never set: who
// delivers such a build knows.
func (p *platforms) tag(tag, platform string, cgo truth) truth {
	switch {
	case tag == "cgo":
		return cgo
	case tag == "gc":
		return yes
	case tag == "unix":
		goos, _, _ := strings.Cut(platform, "/")
		return whether(slices.Contains(unixes, goos))
	case isSystem(tag) || isProcessor(tag):
		return whether(isOf(platform, tag))
	case slices.Contains(neverSet, tag) || strings.HasPrefix(tag, "goexperiment."):
		return no
	}
	if minor, ok := strings.CutPrefix(tag, "go1."); ok {
		n, err := strconv.Atoi(minor)
		return whether(err == nil && (p.release == 0 || n <= p.release))
	}
	if processor, _, ok := strings.Cut(tag, "."); ok && isProcessor(processor) {
		return whether(isOf(platform, processor) && slices.Contains(baselines, tag))
	}
	return truth{possible: true}
}

func whether(b bool) truth { return truth{b, b} }

// isOf reports whether a tag that names a system or a processor holds on the platform. Some systems are
// kinds of others.
func isOf(platform, tag string) bool {
	goos, goarch, _ := strings.Cut(platform, "/")
	return tag == goos || tag == goarch ||
		goos == "android" && tag == "linux" || goos == "illumos" && tag == "solaris" || goos == "ios" && tag == "darwin"
}

func isSystem(s string) bool    { return slices.Contains(systems, s) }
func isProcessor(s string) bool { return slices.Contains(processors, s) }

// The words that file names and tags are made of: internal/syslist of Go.
var (
	systems = []string{
		"aix", "android", "darwin", "dragonfly", "freebsd", "hurd", "illumos", "ios", "js", "linux", "nacl",
		"netbsd", "openbsd", "plan9", "solaris", "wasip1", "windows", "zos",
	}
	unixes = []string{
		"aix", "android", "darwin", "dragonfly", "freebsd", "hurd", "illumos", "ios", "linux", "netbsd",
		"openbsd", "solaris",
	}
	processors = []string{
		"386", "amd64", "amd64p32", "arm", "armbe", "arm64", "arm64be", "loong64", "mips", "mipsle", "mips64",
		"mips64le", "mips64p32", "mips64p32le", "ppc", "ppc64", "ppc64le", "riscv", "riscv64", "s390", "s390x",
		"sparc", "sparc64", "wasm",
	}
	// baselines are the features that the go command takes for granted (`go help buildconstraint`).
	baselines = []string{
		"386.sse2", "amd64.v1", "arm.5", "arm.6", "arm.7", "arm64.v8.0", "mips.hardfloat", "mipsle.hardfloat",
		"mips64.hardfloat", "mips64le.hardfloat", "ppc64.power8", "ppc64le.power8", "riscv64.rva20u64",
	}
	// neverSet are tags of files that are run by hand or hold the versions of tools, of other compilers and
	// of instrumented builds.
	neverSet = []string{
		"appengine", "appenginevm", "asan", "boringcrypto", "compiler_bootstrap", "faketime", "gccgo", "gopherjs",
		"ignore", "msan", "race", "tinygo", "tools",
	}
)

// isAside reports whether no build compiles the file, whatever the platform and the tags: it is run by hand,
// or it is tagged "tools" and holds the versions of tools.
func isAside(e constraint.Expr) bool { return e != nil && !canBe(e, true) }

// canBe reports whether some choice of tags, but none that is never set, gives expr the value.
func canBe(expr constraint.Expr, value bool) bool {
	switch e := expr.(type) {
	case *constraint.NotExpr:
		return canBe(e.X, !value)
	case *constraint.AndExpr:
		if value {
			return canBe(e.X, true) && canBe(e.Y, true)
		}
		return canBe(e.X, false) || canBe(e.Y, false)
	case *constraint.OrExpr:
		if value {
			return canBe(e.X, true) || canBe(e.Y, true)
		}
		return canBe(e.X, false) && canBe(e.Y, false)
	case *constraint.TagExpr:
		return !value || e.Tag != "ignore" && e.Tag != "tools"
	}
	return true
}
