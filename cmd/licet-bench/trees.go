package main

import (
	"archive/zip"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
)

// A forest is input of many parts that are alike, of which write makes any number in a folder. It is measured with most of
// them, and from least on each step is ten times the one before.
type forest struct {
	name        string
	least, most int
	write       func(dir string, parts int) error
}

func forests() []forest {
	return []forest{
		{"a JAR of MB", 6, 60, writeJAR},
		{"lockfiles", 10, 1000, writeLocks},
	}
}

// printTrees measures the command on each forest.
func printTrees(out io.Writer, k task) error {
	dir, err := os.MkdirTemp("", "licet-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	empty, err := best(k.n+2, k.on(dir))
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s\n  an empty folder: %v\n", strings.Join(k.command, " "), empty)
	for _, t := range forests() {
		if k.only != "" && k.only != t.name {
			continue
		}
		var last cost
		k.most = t.most
		growth, err := k.growth(t.least, 10, empty, func(parts int) (c cost, err error) {
			under := filepath.Join(dir, fmt.Sprint(parts))
			if err = t.write(under, parts); err == nil {
				last, err = best(k.n, k.on(under))
			}
			return last, errors.Join(err, os.RemoveAll(under))
		})
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "  %-12s %5d: %v; growth from %d on, a step being x 10: %s\n", t.name, t.most, last, t.least, growth)
	}
	return nil
}

// writeLocks makes lockfiles of twenty packages, each in a folder of its own, of all formats in turn.
func writeLocks(dir string, n int) error {
	formats := locks()
	for k := range n {
		l := formats[k%len(formats)]
		if _, err := l.write(filepath.Join(dir, fmt.Sprintf("team%d/app%d", k/40, k)), 20); err != nil {
			return err
		}
	}
	return nil
}

// classesMB is how many classes of classSize bytes make a JAR of a megabyte: hexadecimal digits shrink by half, as classes do.
const (
	classesMB = 220
	classSize = 8 << 10
)

// writeJAR makes a program that carries its libraries, JARs of a megabyte: half of them as they are, as Spring Boot packs
// them, and half deflated, as in a WAR.
func writeJAR(dir string, n int) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	f, err := os.Create(filepath.Join(dir, "app.jar"))
	if err != nil {
		return err
	}
	outer := zip.NewWriter(f)
	err = writeManifest(outer, "app", 1)
	for k := 0; k < n && err == nil; k++ {
		var w io.Writer
		w, err = outer.CreateHeader(&zip.FileHeader{Name: fmt.Sprintf("BOOT-INF/lib/pkg-%d-1.%d.0.jar", k, k), Method: uint16(k%2) * zip.Deflate})
		if err == nil {
			err = writeLibrary(w, k)
		}
	}
	return errors.Join(err, outer.Close(), f.Close())
}

// writeLibrary writes the k-th library: what Maven says of it, its license, and classes.
func writeLibrary(w io.Writer, k int) error {
	z := zip.NewWriter(w)
	name := fmt.Sprintf("pkg-%d", k)
	err := writeManifest(z, name, k)
	for _, file := range [][2]string{
		{"META-INF/LICENSE", listed("Apache-2.0")},
		{"META-INF/maven/org.example/" + name + "/pom.properties", fmt.Sprintf("groupId=org.example\nartifactId=%s\nversion=1.%d.0\n", name, k)},
	} {
		if err == nil {
			err = writeEntry(z, file[0], []byte(file[1]))
		}
	}
	random := rand.NewChaCha8([32]byte{byte(k)})
	half, class := make([]byte, classSize/2), make([]byte, classSize)
	for i := 0; i < classesMB && err == nil; i++ {
		random.Read(half)
		hex.Encode(class, half)
		err = writeEntry(z, fmt.Sprintf("org/example/pkg%d/Class%d.class", k, i), class)
	}
	return errors.Join(err, z.Close())
}

func writeManifest(z *zip.Writer, name string, k int) error {
	return writeEntry(z, "META-INF/MANIFEST.MF", fmt.Appendf(nil, "Manifest-Version: 1.0\r\nImplementation-Title: %s\r\nImplementation-Version: 1.%d.0\r\n\r\n", name, k))
}

func writeEntry(z *zip.Writer, name string, data []byte) error {
	w, err := z.Create(name)
	if err == nil {
		_, err = w.Write(data)
	}
	return err
}
