// Package rules is what licet knows about licenses, as data: which ids there are, how they are called and
// by whom they are approved, what their texts say, what kind of license each one is, what an exception
// changes, which versions follow which. It draws no conclusion; reading expressions is package spdx's
// work, judging them package policy's. It imports nothing of licet.
//
// Two kinds of data lie here. The files in data are generated (go generate ./rules) from packages that
// carry the SPDX list, pinned by digest; data/sums.txt names the sources and the digest of every file. The
// files beside this one are written by hand, each with its rules at its head: categories.tsv, pairs.tsv,
// permissions.txt, versions.txt, packed.tsv, unread.tsv.
//
// The trick is to pay late. Everything is embedded as text in the order in which it is searched, so the
// program starts without touching it; a table is split at the first question that needs it, into a
// sorted slice whose strings point into the embedded text; a license text is unpacked when it is asked
// for, and only the block of 64 KiB it lies in.
//
// Of the ids, thirteen are newer than the rest of the list (BSD-3-Clause-OpenWebUI is one): they have no
// text, and their name is their id. Texts of exceptions are not here, but for those that the deprecated
// combined ids (GPL-2.0-with-classpath-exception) have.
package rules

import (
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"sort"
	"strings"
	"sync"
)

//go:generate go -C gen run .

//go:embed data/sums.txt
var sumsTXT string

// ListVersion returns the version of the SPDX license list, as "3.28.0".
func ListVersion() string {
	version, _, _ := strings.Cut(strings.TrimPrefix(sumsTXT, "list\t"), "\n")
	return version
}

// Digest returns the version of these rules: the SHA-256, in hexadecimal, over all embedded data. Answers
// that rest on the rules may be reused where it is the same.
func Digest() string { return digest() }

var digest = sync.OnceValue(func() string {
	// The digests in sums.txt stand for the files in data.
	tables := []string{sumsTXT, categoriesTSV, pairsTSV, permissionsTXT, versionsTXT, packedTSV, unreadTSV, namesTSV, framesTSV, linksTSV, termsTSV, exceptionPhrasesTSV, unlistedTSV, noticesTSV, twinsTSV}
	for _, name := range Presets() {
		preset, _ := Preset(name)
		tables = append(tables, name, string(preset))
	}
	h := sha256.New()
	for _, t := range tables {
		sum := sha256.Sum256([]byte(t))
		h.Write(sum[:])
	}
	return hex.EncodeToString(h.Sum(nil))
})

// rows splits a table into lines and their fields. Lines that begin with # are comments.
func rows(table string) [][]string {
	all := make([][]string, 0, strings.Count(table, "\n"))
	for line := range strings.Lines(table) {
		if line[0] != '#' {
			all = append(all, strings.Split(strings.TrimSuffix(line, "\n"), "\t"))
		}
	}
	return all
}

// find searches entries that are sorted by id without regard to case.
func find[E any](entries []E, id string, idOf func(*E) string) (e E, ok bool) {
	i, ok := sort.Find(len(entries), func(i int) int { return CompareFold(id, idOf(&entries[i])) })
	if !ok {
		return e, false
	}
	return entries[i], true
}

// CompareFold compares two texts of ASCII as if they were in lower case: the order of the tables.
func CompareFold(a, b string) int {
	for i := range min(len(a), len(b)) {
		if c := cmp.Compare(lower(a[i]), lower(b[i])); c != 0 {
			return c
		}
	}
	return cmp.Compare(len(a), len(b))
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}
