package vendored

import (
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/rules"
)

// maxTitle is in how many lines of a comment that say something the title is looked for, and maxWords how many words a name has.
const (
	maxTitle = 3
	maxWords = 4
)

// title is the library that a comment names, with its version if that stands beside the name; both are empty if it names none. A
// title has one of these shapes, in the first lines:
//
//	jQuery v3.6.0 | (c) ...          a name of few words, then a version
//	Lodash (Custom Build) <https:>   a name that the list of libraries has, before a sign
//	repeat-string <https://host/o/repeat-string>   a name and the location that ends in it
//	https://host/o/JSON-Patch        the location of a repository alone
//
// What speaks of copyright or of licenses names none.
func title(text string) (name, version string) {
	lines := comments(text)
	for i, l := range lines {
		if rest, ok := strings.CutPrefix(l, "@license"); ok {
			l = strings.TrimSpace(rest)
		} else if rest, ok := strings.CutPrefix(l, "@preserve"); ok {
			l = strings.TrimSpace(rest)
		}
		if l == "" {
			continue
		}
		name, version = line(l)
		if name == "" {
			continue
		}
		if i+1 < len(lines) {
			if part := buildOf(lines[i+1]); part != "" { // React's
				name = part
			}
		}
		return name, version
	}
	return "", ""
}

// comments are the first lines of a comment that say something, without its signs.
func comments(text string) []string {
	var out []string
	for l := range strings.Lines(text[:min(len(text), 2<<10)]) {
		l = strings.Trim(l, " \t\r\n*/!=-#~+(")
		if l != "" {
			out = append(out, l)
		}
		if len(out) > maxTitle {
			break
		}
	}
	return out
}

// line is the title that one line is.
func line(l string) (name, version string) {
	if u, err := url.Parse(l); err == nil && u.Host != "" && strings.Count(strings.Trim(u.Path, "/"), "/") == 1 {
		if name := strings.TrimSuffix(path.Base(u.Path), ".git"); isName(name) {
			return name, ""
		}
	}
	words := strings.Fields(l)
	for i, w := range words[:min(len(words), maxWords+3)] {
		if v := wholeVersion(strings.TrimRight(w, ",;:|")); strings.Contains(v, ".") && i > 0 {
			return nameFrom(words[:i]), v
		}
		if i > 0 && strings.ContainsAny(w[:1], "|(<") {
			return named(words[:i], w)
		}
	}
	if len(words) > 0 && len(words) <= maxWords {
		return named(words, "")
	}
	return "", ""
}

// nameFrom is the name that words before a version are; "" if they are something else.
func nameFrom(words []string) string {
	for len(words) > 1 && slices.Contains([]string{"-", "–", "@", "v", "version", "version:", "ver", "release"}, strings.ToLower(words[len(words)-1])) {
		words = words[:len(words)-1]
	}
	if last := len(words) - 1; last > 0 && path.Ext(words[last]) == ".js" { // Bootstrap's parts
		words = words[:last]
	}
	if last := len(words) - 1; last == 0 && slices.Contains(programs, path.Ext(words[0])) {
		words[0] = strings.TrimSuffix(words[0], path.Ext(words[0]))
	}
	if len(words) > maxWords {
		return ""
	}
	for i, w := range words {
		w = strings.TrimRight(w, ",:")
		if !isName(w) || !startsName(w) || isOfTerms(w) {
			return ""
		}
		words[i] = w
	}
	name := strings.Join(words, " ")
	if i := strings.IndexByte(name, '/'); i > 0 && name[0] != '@' { // a part of it
		name = name[:i]
	}
	return name
}

// startsName reports whether a word begins as a name does: with a letter or a digit, or with the scope of a package.
func startsName(w string) bool { return isAlnum(w[0]) || w[0] == '@' && strings.Contains(w, "/") }

// isOfTerms reports whether a word is one by which people speak of rights, sources and files, and not the name of something.
func isOfTerms(w string) bool {
	return slices.Contains([]string{
		"a", "an", "and", "apache", "at", "author", "authors", "based", "bsd", "build", "by", "c", "copyright", "date", "file", "for", "from", "gpl",
		"includes", "is", "it", "lgpl", "licence", "license", "licenses", "licensed", "mit", "mozilla", "mpl", "of", "on", "or", "public", "released", "see", "software",
		"the", "this", "under", "version", "with",
	}, strings.ToLower(w))
}

// named is a name without a version: one that is in the list of libraries, or that the location behind it ends in.
func named(words []string, behind string) (string, string) {
	name := nameFrom(slices.Clone(words))
	if name == "" {
		return "", ""
	}
	if len(rules.LibrariesCalled(name)) > 0 {
		return name, ""
	}
	location := strings.Trim(behind, "<>()|")
	if u, err := url.Parse(location); err == nil && u.Host != "" && rules.Letters(path.Base(u.Path)) == rules.Letters(name) {
		return name, ""
	}
	return "", ""
}

// buildOf is the package of a line that only names one of the files that React's packages are built to:
// react-dom of react-dom.production.min.js.
func buildOf(l string) string {
	stem, rest, ok := strings.Cut(l, ".")
	isBuild := slices.ContainsFunc(strings.Split(rest, "."), func(kind string) bool {
		return kind == "production" || kind == "development" || kind == "profiling"
	})
	if ok && strings.HasSuffix(l, ".js") && isName(l) && isBuild {
		return stem
	}
	return ""
}
