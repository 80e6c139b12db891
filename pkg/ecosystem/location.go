package ecosystem

import (
	"net/url"
	"path"
	"strings"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// Repository takes the location of a git repository apart, as git understands it: "https://host/path", "git@host:path",
// "ssh://git@host:22/path.git". The path has neither the slash before it nor ".git" behind; user and port are left
// out. ok is false for what has no host: a folder, or nothing that can be read.
func Repository(location string) (host, repo string, ok bool) {
	location = strings.TrimPrefix(strings.TrimSpace(location), "git+")
	if !strings.Contains(location, "://") {
		before, after, isRemote := strings.Cut(location, ":")
		if !isRemote || strings.Contains(before, "/") || len(before) < 2 {
			return "", "", false
		}
		location = "ssh://" + before + "/" + strings.TrimLeft(after, "/")
	}
	u, err := url.Parse(location)
	if err != nil || u.Hostname() == "" {
		return "", "", false
	}
	repo = strings.TrimSuffix(strings.Trim(path.Clean("/"+u.Path), "/"), ".git")
	host = strings.ToLower(u.Hostname())
	return host, repo, repo != "" && Printable(host) && Printable(repo)
}

// hosts are those whose repositories have purls of their own type.
var hosts = map[string]string{"github.com": "github", "bitbucket.org": "bitbucket"}

// RepositoryPURL is the purl of what a git repository holds at a revision: that of its host where there is such a type,
// else a generic one with the location. Without a revision it names the repository alone.
func RepositoryPURL(location, revision string) string {
	host, repo, ok := Repository(location)
	if !ok {
		return ""
	}
	space, name := path.Split(repo)
	space = strings.TrimSuffix(space, "/")
	if kind := hosts[host]; kind != "" && space != "" {
		return PURL(kind, space, name, revision)
	}
	vcs := "git+https://" + host + "/" + repo
	if revision != "" {
		vcs += "@" + revision
	}
	return PURL("generic", "", name, revision, "vcs_url", source.Redact(vcs))
}

// ImageComponent is the image of a container by its reference: [host/]path[:tag][@digest]. Its purl has the digest as version, or
// else the tag (purl types, docker); nothing said is the tag latest. Without a name it is empty.
func ImageComponent(reference string) sbom.Component {
	reference = strings.TrimSpace(reference)
	rest, digest, _ := strings.Cut(reference, "@")
	repo, tag := rest, ""
	if i := strings.LastIndexByte(rest, ':'); i > strings.LastIndexByte(rest, '/') {
		repo, tag = rest[:i], rest[i+1:]
	}
	host := ""
	if first, after, ok := strings.Cut(repo, "/"); ok && (strings.ContainsAny(first, ".:") || first == "localhost") {
		host, repo = first, after
	}
	if tag == "" && digest == "" {
		tag = "latest"
	}
	space, name := path.Split(repo)
	c := sbom.Component{Name: repo, Version: tag, Type: sbom.TypePlatform}
	if !Printable(repo) || !Printable(tag+digest) {
		return sbom.Component{}
	}
	version := tag
	if digest != "" {
		version = digest
		c.Hashes = Hashes(digest)
	}
	if c.Version == "" {
		c.Version = digest
	}
	space = strings.TrimSuffix(space, "/")
	if space == "" && host == "" {
		space = "library"
	}
	c.PURL = PURL("docker", strings.ToLower(space), strings.ToLower(name), version, "repository_url", host)
	return c
}
