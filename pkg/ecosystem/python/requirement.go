package python

import (
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/licet/licet/pkg/archive"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// requirement is what PEP 508 calls a dependency specifier: "requests[socks]>=2.8; python_version < '3.9'", or
// "pip @ https://example.com/pip.zip". Other files write the same in other ways.
type requirement struct {
	name    string // normalised
	written string // the name as it is written
	extras  []string
	spec    string // the range of versions
	marker  string
	origin
}

// origin is where a package comes from that does not come from the index.
type origin struct {
	vcs   string // "git+https://host/path", with "@" and the revision
	url   string // of an archive
	local string // a folder or file, relative to that of the manifest
	conda string // the purl of what is no Python package but conda's
}

// need is a requirement of a project or a package.
type need struct {
	requirement
	raw   string     // the range as it is written, with the marker
	extra string     // of the one who needs it: only for this is it needed; "" is always
	scope sbom.Scope // of a project's need
	hash  []sbom.Hash
	at    source.Span
	to    []int // the packages of the lock that it means
}

// normal is a name as PEP 503 normalises it.
func normal(s string) string { return archive.PythonName(s) }

// isName reports whether a text is the name of a package (PEP 508, "Names").
func isName(s string) bool {
	if s == "" || len(s) > 200 || !isAlnum(s[0]) || !isAlnum(s[len(s)-1]) {
		return false
	}
	return nameEnd(s) == len(s)
}

// nameEnd is where the name ends that begins s.
func nameEnd(s string) int {
	i := 0
	for i < len(s) && (isAlnum(s[i]) || s[i] == '-' || s[i] == '_' || s[i] == '.') {
		i++
	}
	return i
}

func isAlnum(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' }

// parse reads a requirement. ok is false if there is no name in it.
func parse(s string) (q requirement, ok bool) {
	s = strings.TrimSpace(s)
	end := nameEnd(s)
	q.written = strings.TrimRight(s[:end], "-_.")
	if !isName(q.written) {
		return q, false
	}
	rest := strings.TrimSpace(s[len(q.written):])
	if inner, after, is := strings.Cut(strings.TrimPrefix(rest, "["), "]"); is && strings.HasPrefix(rest, "[") {
		q.extras = names(strings.Split(inner, ","))
		rest = strings.TrimSpace(after)
	}
	q.name = normal(q.written)
	if url, is := strings.CutPrefix(rest, "@"); is {
		url, q.marker = cutMarker(url, " ;")
		q.origin = locate(strings.TrimSpace(url))
		return q, true
	}
	q.spec, q.marker = cutMarker(rest, ";")
	q.spec = strings.TrimSpace(strings.Trim(q.spec, "()"))
	return q, q.spec == "" || strings.IndexByte("=<>!~", q.spec[0]) >= 0
}

func cutMarker(s, sign string) (spec, marker string) {
	spec, marker, _ = strings.Cut(s, sign)
	return strings.TrimSpace(spec), strings.TrimSpace(marker)
}

// names normalises the names of a list and leaves out what is none.
func names(list []string) []string {
	var out []string
	for _, s := range list {
		if s = strings.TrimSpace(s); isName(s) {
			out = append(out, normal(s))
		}
	}
	return out
}

// want is the need that a requirement in a list is. raw is its range with the marker.
func want(s string, at source.Span) (need, bool) {
	q, ok := parse(s)
	n := need{requirement: q, at: at, raw: q.spec}
	if n.raw == "" {
		n.raw = firstOf(q.vcs, q.url, q.local)
	}
	if q.marker != "" {
		n.raw = strings.TrimSpace(n.raw + "; " + q.marker)
	}
	n.extra, n.marker = extraOf(q.marker)
	if file, version := inFileName(q.url); normal(file) == q.name && version != "" {
		n.spec = "==" + version
	}
	return n, ok
}

func firstOf(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}

// extraOf finds the extra that a marker asks for, extra == "socks", as metadata has it.
func extraOf(marker string) (extra, rest string) {
	i := strings.Index(marker, "extra")
	if i < 0 {
		return "", marker
	}
	after := strings.TrimLeft(marker[i+len("extra"):], " ")
	value, is := strings.CutPrefix(after, "==")
	value = strings.TrimLeft(value, " ")
	if !is || value == "" || value[0] != '"' && value[0] != '\'' {
		return "", marker
	}
	name, _, is := strings.Cut(value[1:], value[:1])
	if !is || !isName(name) {
		return "", marker
	}
	return normal(name), marker
}

// locate tells what a URL or path is: a repository, an archive, or something of the target.
func locate(s string) origin {
	s = unfile(s)
	scheme, _, hasScheme := strings.Cut(s, "://")
	if kind, rest, ok := strings.Cut(s, "+"); ok && !hasScheme && isVCS(kind) {
		rest, _, _ = strings.Cut(rest, "#")
		return origin{vcs: git(kind, rest, "")}
	}
	plain, _, _ := strings.Cut(s, "#")
	switch {
	case !hasScheme:
		return origin{local: plain}
	case strings.Contains(scheme, "+"), scheme == "git", scheme == "ssh":
		return origin{vcs: anonymous(plain)}
	}
	return origin{url: anonymous(plain)}
}

// isVCS reports whether a version control system is one that pip knows.
func isVCS(kind string) bool { return slices.Contains([]string{"git", "hg", "svn", "bzr"}, kind) }

// unfile gives the path of a file: URL.
func unfile(s string) string {
	if rest, ok := strings.CutPrefix(s, "file:"); ok {
		return strings.TrimPrefix(rest, "//")
	}
	return s
}

// anonymous is a URL without user and password, which name nobody's package.
func anonymous(url string) string {
	scheme, rest, ok := strings.Cut(url, "://")
	if !ok {
		return source.Redact(url)
	}
	end := strings.IndexByte(rest+"/", '/')
	if i := strings.LastIndexByte(rest[:end], '@'); i >= 0 && rest[:i] != "git" {
		rest = rest[i+1:]
	}
	return source.Redact(scheme + "://" + rest)
}

// git writes the location of a repository as SPDX does ("Package Download Location field").
func git(vcs, url, revision string) string {
	url = anonymous(strings.TrimPrefix(url, vcs+"+"))
	if !strings.Contains(url, "://") {
		if host, rest, ok := strings.Cut(url, ":"); ok && strings.Contains(host, "@") {
			url = "ssh://" + host + "/" + rest // as scp writes it
		}
	}
	if revision != "" {
		url += "@" + revision
	}
	return vcs + "+" + url
}

// plain is a text of a file without what is not to be seen.
func plain(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) < 0 {
		return s // nearly always
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return -1
	}, s)
}

// pin is the one version that a range admits: that of == without a wildcard, or of ===. It is "" for any other.
func pin(spec string) string {
	for clause := range strings.SplitSeq(spec, ",") {
		v, ok := strings.CutPrefix(strings.TrimSpace(clause), "==")
		v, _, _ = strings.Cut(strings.TrimSpace(strings.TrimPrefix(v, "=")), " ")
		if ok && isVersion(v) {
			return v
		}
	}
	return ""
}

// isVersion reports whether a text can be one version.
func isVersion(s string) bool {
	return ecosystem.Printable(s) && isAlnum(s[0]) && len(s) <= 128 && !strings.ContainsAny(s, "*/\\:@,;<>=^~$%{}()[]\"'")
}

// inFileName reads the name and version in the name of a wheel (PEP 427) or source distribution.
func inFileName(file string) (name, version string) {
	file, _, _ = strings.Cut(path.Base(file), "#")
	stem, wheel := strings.CutSuffix(file, ".whl")
	if wheel {
		if parts := strings.Split(stem, "-"); len(parts) >= 5 && isName(parts[0]) && isVersion(parts[1]) {
			return parts[0], parts[1]
		}
		return "", ""
	}
	for _, ext := range []string{".tar.gz", ".tar.bz2", ".tar.xz", ".tgz", ".zip"} {
		if stem, ok := strings.CutSuffix(file, ext); ok {
			i := strings.LastIndexByte(stem, '-')
			if i > 0 && isName(stem[:i]) && isVersion(stem[i+1:]) && stem[i+1] >= '0' && stem[i+1] <= '9' {
				return stem[:i], stem[i+1:]
			}
		}
	}
	return "", ""
}

// purl is the package's: of a package that does not come from PyPI the qualifiers say from where.
func purl(name, version string, from origin) string {
	return ecosystem.PURL("pypi", "", normal(name), version, "vcs_url", from.vcs, "download_url", from.url)
}
