package original

import (
	"path"
	"slices"
	"strings"
)

// isAside reports whether a file that was not published is none of the package's code: one whose name begins with a dot, as the
// marks of package managers do (.cargo-ok, .yarn-metadata.json), what lies in the folders of tools, documents and license
// texts that those who copy a package lay beside it, build files of other build systems, and what Python compiles.
func isAside(p string) bool {
	for folder := range strings.SplitSeq(path.Dir(p), "/") {
		if slices.Contains(folders, folder) {
			return true
		}
	}
	base := strings.ToUpper(path.Base(p))
	if strings.HasPrefix(base, ".") {
		return true
	}
	stem, ending, _ := strings.Cut(base, ".")
	if slices.Contains(documents, stem) && slices.Contains(texts, ending) {
		return true
	}
	return slices.Contains(marks, base) || strings.HasSuffix(base, ".PYC")
}

// folders are those of tools.
var folders = []string{".bin", ".circleci", ".git", ".github", ".idea", ".vscode"}

// documents are the names of texts about a package, in capital letters and without what follows a point, and texts what may follow:
// in LICENSE.go is code.
var (
	documents = []string{
		"AUTHORS", "CHANGELOG", "CHANGES", "CONTRIBUTORS", "COPYING", "COPYRIGHT", "LICENCE", "LICENSE", "METADATA", "NOTICE", "OWNERS",
		"PATENTS", "README", "THIRD_PARTY_NOTICES", "UNLICENSE", "VERSION",
	}
	texts = []string{"", "CHROMIUM", "HTML", "MD", "RST", "TXT"}
)

// marks are the names of files that tools write into the packages of others, in capital letters.
var marks = []string{"BUILD", "BUILD.BAZEL", "MODULES.TXT", "REQUESTED", "INSTALLER", "DIRECT_URL.JSON"}
