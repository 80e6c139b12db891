package registry

import (
	"html"
	"net/url"
	"path"
	"strconv"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
)

// The page of a project in a simple index, as JSON or HTML (https://packaging.python.org/en/latest/specifications/simple-repository-api/,
// which holds PEP 503, 629, 658, 691, 700 and 714): a list of files, each with an address, and perhaps digests and a size.

// simpleFile is a file of a project.
type simpleFile struct {
	name, ref string
	hashes    []sbom.Hash
	size      int // 0 if it is not told
	// metadata: the file's METADATA lies beside it, with this digest if one is told.
	metadata bool
	metaHash []sbom.Hash
}

// maxFiles bounds what is told of one project, its files or its versions.
const maxFiles = 100_000

// simpleJSON reads the JSON form. ok is false for what is none.
func simpleJSON(data []byte) (files []simpleFile, ok bool) {
	d, err := doc.JSON("index.json", data)
	list := d.Root().Get("files")
	if err != nil || list.Kind() != doc.Array {
		return nil, false
	}
	for item := range list.Items() {
		f := simpleFile{name: item.Get("filename").Text(), ref: item.Get("url").Text(), hashes: digestsIn(item.Get("hashes"))}
		if n, err := strconv.Atoi(item.Get("size").Text()); err == nil {
			f.size = max(0, n)
		}
		for _, key := range []string{"core-metadata", "dist-info-metadata", "data-dist-info-metadata"} { // the last two are older
			switch n := item.Get(key); n.Kind() {
			case doc.Object:
				f.metadata, f.metaHash = true, digestsIn(n)
			case doc.Bool:
				f.metadata = f.metadata || n.Text() == "true"
			}
		}
		if files = append(files, f); len(files) == maxFiles {
			break
		}
	}
	return files, true
}

// digestsIn are the digests of an object, by algorithm.
func digestsIn(n doc.Node) (out []sbom.Hash) {
	for k, v := range n.Members() {
		out = append(out, ecosystem.Hashes(k.Text()+":"+v.Text())...)
	}
	return out
}

// simpleHTML reads the HTML form: all that counts of it are anchors, and the address that they are below. base is "" without one. ok is
// false for a page that has no anchors of files, such as one to sign in.
func simpleHTML(data []byte) (files []simpleFile, base string, ok bool) {
	rest := string(data)
	for len(files) < maxFiles {
		start := strings.IndexByte(rest, '<')
		if start < 0 {
			break
		}
		rest = rest[start+1:]
		if comment, ok := strings.CutPrefix(rest, "!--"); ok {
			_, rest, _ = strings.Cut(comment, "-->")
			continue
		}
		name, attributes, after := tag(rest)
		rest = after
		switch name {
		case "base":
			if base == "" {
				base = attributes["href"]
			}
		case "a":
			if f, ok := anchored(attributes); ok {
				files = append(files, f)
			}
		}
	}
	return files, base, len(files) > 0
}

// tag reads a tag behind its <: the name in lower case, its attributes, and what follows the tag.
func tag(s string) (name string, attributes map[string]string, rest string) {
	end := strings.IndexAny(s, " \t\r\n\f/>")
	if end < 0 {
		return "", nil, ""
	}
	name, s = strings.ToLower(s[:end]), s[end:]
	if name != "a" && name != "base" { // of no other one the attributes are looked at
		_, rest, _ = strings.Cut(s, ">")
		return name, nil, rest
	}
	attributes = map[string]string{}
	for {
		s = strings.TrimLeft(s, " \t\r\n\f/")
		if s == "" {
			return name, attributes, ""
		}
		if s[0] == '>' {
			return name, attributes, s[1:]
		}
		end := strings.IndexAny(s[1:], "= \t\r\n\f/>") + 1
		if end <= 0 {
			return name, attributes, ""
		}
		key := strings.ToLower(s[:end])
		s = strings.TrimLeft(s[end:], " \t\r\n\f")
		value := ""
		if after, ok := strings.CutPrefix(s, "="); ok {
			value, s = attribute(strings.TrimLeft(after, " \t\r\n\f"))
		}
		if _, twice := attributes[key]; !twice && len(attributes) < 32 {
			attributes[key] = html.UnescapeString(value)
		}
	}
}

// attribute reads the value of an attribute, quoted or not.
func attribute(s string) (value, rest string) {
	if s != "" && (s[0] == '"' || s[0] == '\'') {
		value, rest, _ = strings.Cut(s[1:], s[:1])
		return value, rest
	}
	end := strings.IndexAny(s, " \t\r\n\f>")
	if end < 0 {
		return s, ""
	}
	return s[:end], s[end:]
}

// anchored is the file that an anchor leads to. Its digest is the fragment of the address (PEP 503), that of its metadata an attribute
// (PEP 658, PEP 714).
func anchored(attributes map[string]string) (f simpleFile, ok bool) {
	u, err := url.Parse(attributes["href"])
	if err != nil {
		return f, false
	}
	f.name, f.ref, f.hashes = path.Base(u.Path), attributes["href"], ecosystem.Hashes(u.Fragment)
	for _, key := range []string{"data-core-metadata", "data-dist-info-metadata"} {
		if v, told := attributes[key]; told && v != "false" {
			f.metadata, f.metaHash = true, ecosystem.Hashes(v)
		}
	}
	return f, isDistribution(f.name)
}

// isDistribution reports whether a file is a wheel, an egg or an archive of sources.
func isDistribution(name string) bool {
	for _, ending := range distributions {
		if strings.HasSuffix(name, ending) {
			return true
		}
	}
	return false
}

var distributions = []string{".whl", ".tar.gz", ".zip", ".tar.bz2", ".tgz", ".tar.xz", ".egg"}
