// Command gen writes rules/data from the packages that carry the SPDX license list.
//
// It is a module of its own, so that what it needs never becomes a dependency of licet. It runs npm and
// go, which know where the user's registries are; every package is pinned by version and by digest, and
// nothing is written when one of them differs. Equal sources give equal bytes.
//
// Run it by "go generate ./rules".
package main

import (
	"crypto/sha256"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("gen: ")
	if err := run("../data"); err != nil {
		log.Fatal(err)
	}
}

func run(dir string) error {
	src, err := fetch()
	if err != nil {
		return err
	}
	hand, err := readHand()
	if err != nil {
		return err
	}
	licenses, err := licenseTable(src, hand)
	if err != nil {
		return err
	}
	exceptions, err := exceptionTable(src, hand)
	if err != nil {
		return err
	}
	if err := schemas("../../testdata/schema"); err != nil {
		return err
	}
	index, blocks := packTexts(src)
	texts := wordings(src)
	table, words, texted, grams := near(texts)
	return write(dir, src.versions, []file{
		{"exceptions.tsv", exceptions},
		{"grams.bin", grams},
		{"licenses.tsv", licenses},
		{"near.tsv", table},
		{"patterns.tsv", patterns(texts)},
		{"texted.bin", texted},
		{"texts.bin", blocks},
		{"texts.tsv", index},
		{"words.bin", words},
	})
}

type file struct {
	name  string
	bytes []byte
}

// write puts the files into dir, and sums.txt, which names the sources and the digest of each file.
func write(dir string, versions []string, files []file) error {
	var sums strings.Builder
	for _, v := range versions {
		fmt.Fprintln(&sums, v)
	}
	for _, f := range files {
		fmt.Fprintf(&sums, "file\t%s\tsha256:%x\n", f.name, sha256.Sum256(f.bytes))
	}
	for _, f := range append(files, file{"sums.txt", []byte(sums.String())}) {
		if err := os.WriteFile(filepath.Join(dir, f.name), f.bytes, 0o644); err != nil {
			return err
		}
	}
	return nil
}
