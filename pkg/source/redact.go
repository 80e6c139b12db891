package source

import (
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Redacted stands where a secret stood.
const Redacted = "[redacted]"

// secret is one shape of a credential; its groups are what precedes it, the secret itself, and what follows.
type secret struct {
	*regexp.Regexp
	signs []string // each match has one of these, perhaps in other letters' case
}

var secrets = sync.OnceValue(func() []secret {
	return []secret{
		// userinfo of a URL, and of the scp-like and git+ssh forms that carry a password; in it an "@" may stand
		{regexp.MustCompile(`(?i)([a-z][a-z0-9+.-]*://)([^/\s@'"<>]+(?:@[^/\s@'"<>?#]+)*)(@)`), []string{"@"}},
		// query and fragment parameters that name a secret
		{regexp.MustCompile(`(?i)([?&#;](?:[a-z0-9_.-]*(?:token|secret|password|passwd|pwd|signature|apikey|api_key|api-key|access_key|credential|auth|sig|key))=)([^&#\s'"<>]+)()`), []string{"="}},
		// npmrc-like settings and headers
		{regexp.MustCompile(`(?i)((?:_authtoken|_auth|_password|authorization|x-api-key|private[-_]token)["']?\s*[:=]\s*["']?(?:bearer\s+|basic\s+|token\s+)?)([^\s"',;]+)()`),
			[]string{"_auth", "_pa", "authorization", "x-api-", "private-", "private_"}}, // no k and no s: other characters fold to these
		// tokens whose issuer gave them a shape
		{regexp.MustCompile(`()\b((?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{16,}|npm_[A-Za-z0-9]{20,}|xox[abprs]-[A-Za-z0-9-]{10,}|AKIA[0-9A-Z]{16}|AIza[0-9A-Za-z_-]{30,}|pypi-[A-Za-z0-9_-]{30,}|eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]+))()`), issued},
		// a user and a password before a host, without a scheme
		{regexp.MustCompile(`(\b[A-Za-z0-9_.+-]+:)([^\s/:@'"<>]{3,})(@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}\b)`), []string{"@"}},
	}
})

// issued are what tokens begin with whose issuer gave them a shape.
var issued = []string{"ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "npm_", "xox", "AKIA", "AIza", "pypi-", "eyJ"}

// settings and secretWords name secrets, in settings and headers and in queries.
var (
	settings    = []string{"_auth", "_password", "authorization", "x-api-key", "private-token", "private_token"}
	secretWords = []string{"token", "secret", "passw", "pwd", "sig", "key", "auth", "credential"}
)

// notUsers stand before a colon and an address, or a package and its version, and are no users.
var notUsers = []string{"contact:", "e-mail:", "email:", "file:", "jsr:", "link:", "mail:", "mailto:", "npm:", "patch:", "portal:", "workspace:"}

// Redact replaces what looks like a credential by [Redacted]: the userinfo of URLs, query parameters
// and settings that name a secret, and tokens of well-known shape. A user name alone ("git@host")
// stays: it is part of the address. Every URL and excerpt that enters a report passes through it.
func Redact(s string) string {
	if !suspicious(s) {
		return s
	}
	low := strings.ToLower(s)
	for i, re := range secrets() {
		if !containsAny(s, re.signs) && !containsAny(low, re.signs) {
			continue // a license that speaks of signatures has no "=": to search it all would cost more than to read it
		}
		s = re.ReplaceAllStringFunc(s, func(m string) string {
			g := re.FindStringSubmatch(m)
			if i == 0 && g[2] == "git" || slices.Contains(notUsers, strings.ToLower(g[1])) {
				return m
			}
			return g[1] + Redacted + g[3]
		})
	}
	return s
}

// shortestToken is the length of the shortest token that is told by its shape: "xoxb-" and ten characters.
const shortestToken = 15

// suspicious is the cheap test that spares most strings the regular expressions. It tells which of them may find something.
func suspicious(s string) bool {
	if hasUserinfo(s) {
		return true
	}
	if strings.ContainsAny(s, "=:") {
		low := strings.ToLower(s)
		if containsAny(low, settings) || strings.ContainsAny(s, "?&#;") && containsAny(low, secretWords) {
			return true
		}
	}
	return len(s) >= shortestToken && containsAny(s, issued)
}

// hasUserinfo reports whether an "@" has a colon before it, or a URL's beginning, with no slash or blank between.
func hasUserinfo(s string) bool {
	for rest := s; ; {
		before, after, ok := strings.Cut(rest, "@")
		if !ok {
			return false
		}
		start := strings.LastIndexAny(before, " \t/") + 1
		if strings.Contains(before[start:], ":") || strings.HasSuffix(before[:start], "://") {
			return true
		}
		rest = after
	}
}

func containsAny(s string, signs []string) bool {
	return slices.ContainsFunc(signs, func(sign string) bool { return strings.Contains(s, sign) })
}
