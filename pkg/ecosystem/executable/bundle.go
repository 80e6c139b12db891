package executable

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/rules"
)

// .NET can make one file of a program and of all that it needs: the host program, behind it the files, behind these a list of them.
// The host knows the place of the list by a number in its data, which a mark follows: the SHA-256 of a text. So the mark is
// computed here, and this program, which looks for it, does not hold it.
//
// The list names two of the files that tell what is in the program: deps.json the packages, with the runtime if it was put in
// (as a package called runtimepack), and runtimeconfig.json the runtime alone. The others are not read.
//
// Reference: dotnet/designs, accepted/single-file/bundler.md, and src/native/corehost/bundle/header.h of dotnet/runtime.

const (
	nugetCache  = "nuget"
	runtimePack = "runtimepack."
	maxListed   = 100_000  // files in one program, and packages
	maxDeps     = 64 << 20 // bytes of deps.json and runtimeconfig.json
	maxBundle   = 20       // the version of the list; it was 6 for years
)

// The kinds of files that are looked for.
const (
	kindDeps   = 3
	kindConfig = 4
)

// extent is where a file lies in the program; zero for none.
type extent struct{ At, Size int64 }

// bundled are the files of the list that tell what is in the program.
type bundled struct{ deps, config extent }

// readBundle adds what .NET put into the program.
func (r *reader) readBundle(img *image) error {
	at, ok := img.bundleAt()
	if !ok {
		return nil
	}
	b, ok, err := img.bundleFiles(at)
	if err != nil || !ok {
		return err
	}
	program := r.product(strings.TrimSuffix(r.base(), ".exe"), "", sbom.Component{})
	deps, err := r.member(img, b.deps)
	if err != nil {
		return err
	}
	brought, err := r.addLibraries(program, deps)
	if err != nil {
		return err
	}
	config, err := r.member(img, b.config)
	if err != nil {
		return err
	}
	if !brought {
		r.addFrameworks(program, config)
	}
	if deps.Len() == 0 {
		r.Lost(r.at(), "scan the folder that it was published from", "the program is a bundle of .NET that does not list what is in it")
	}
	return nil
}

// bundleAt is where the list begins; ok is false in what is no bundle.
func (img *image) bundleAt() (at int64, ok bool) {
	mark := sha256.Sum256([]byte(".net core bundle\n"))
	for _, section := range []string{".data", "__data"} {
		data, _ := img.content(section) // one that is larger than any host's is none
		if i := bytes.Index(data, mark[:]); i >= 8 {
			at := int64(binary.LittleEndian.Uint64(data[i-8:]))
			return at, at > 0
		}
	}
	return 0, false
}

// bundleFiles reads the list; ok is false where there is none: the mark may stand in a program that looks for it, behind any number.
func (img *image) bundleFiles(at int64) (b bundled, ok bool, err error) {
	in := bufio.NewReader(io.NewSectionReader(img, at, maxDeps))
	var head struct{ Major, Minor, Files uint32 }
	if binary.Read(in, binary.LittleEndian, &head) != nil || head.Major == 0 {
		return b, false, nil
	}
	if head.Major > maxBundle || head.Files > maxListed {
		return b, true, errors.New("it is a bundle of .NET in a version that is not known")
	}
	if err := skipText(in); err != nil {
		return b, true, err
	}
	if head.Major > 1 { // since .NET 5 the list tells these two at its head
		var known [2]extent
		err := binary.Read(in, binary.LittleEndian, &known)
		return bundled{known[0], known[1]}, true, err
	}
	for range head.Files {
		var file struct {
			extent
			Kind uint8
		}
		if err := binary.Read(in, binary.LittleEndian, &file); err != nil {
			return b, true, err
		}
		switch file.Kind {
		case kindDeps:
			b.deps = file.extent
		case kindConfig:
			b.config = file.extent
		}
		if err := skipText(in); err != nil {
			return b, true, err
		}
	}
	return b, true, nil
}

// skipText goes past a text, which its length in groups of seven bits precedes.
func skipText(in *bufio.Reader) error {
	n, err := binary.ReadUvarint(in)
	if err != nil {
		return err
	}
	if n > 1<<16 {
		return errors.New("a name in the list of the bundle is longer than any")
	}
	_, err = in.Discard(int(n))
	return err
}

// member reads a file in JSON that lies in the program.
func (r *reader) member(img *image, e extent) (doc.Node, error) {
	switch {
	case e.Size == 0:
		return doc.Node{}, nil
	case e.At < 0 || e.Size < 0:
		return doc.Node{}, errors.New("a file in the bundle lies outside of it")
	case e.Size > maxDeps:
		return doc.Node{}, errLarge
	}
	data := make([]byte, 1)
	_, err := img.ReadAt(data, e.At+e.Size-1) // what says to be large has to be
	if err == nil {
		data = make([]byte, e.Size)
		_, err = img.ReadAt(data, e.At)
	}
	if err != nil {
		return doc.Node{}, fmt.Errorf("the bundle is cut: %w", err)
	}
	d, err := doc.JSON(r.file, data)
	if err != nil {
		return doc.Node{}, errors.New("a list in the bundle is no JSON")
	}
	return d.Root(), nil
}

// addLibraries adds the packages of deps.json; brought says that the runtime is one of them.
func (r *reader) addLibraries(program sbom.ID, deps doc.Node) (brought bool, err error) {
	count := 0
	for key, lib := range deps.Get("libraries").Members() {
		id, version, _ := strings.Cut(key.Text(), "/")
		kind := lib.Get("type").Text()
		id, pack := strings.CutPrefix(id, runtimePack)
		brought = brought || pack
		switch {
		case kind == "reference" || kind == "referenceassembly": // a file, not a package
			continue
		case kind == "project" && strings.EqualFold(id, strings.TrimSuffix(r.base(), ".exe")): // the program itself
			continue
		case !ecosystem.Printable(id) || !ecosystem.Printable(version):
			return brought, errors.New("a package in it has no name or no version")
		}
		if count++; count > maxListed {
			return brought, errLarge
		}
		r.hold(program, r.addPackage(id, version), sbom.Runtime)
		r.Relationships[len(r.Relationships)-1].Linkage = sbom.Bundled
	}
	return brought, nil
}

// addPackage adds a package of NuGet, whose files may lie where NuGet keeps them.
func (r *reader) addPackage(id, version string) sbom.ID {
	c := sbom.Component{Name: id, Version: version, PURL: ecosystem.PURL("nuget", "", id, version), Claims: r.ofRuntime(id)}
	dir := path.Join(strings.ToLower(id), strings.ToLower(version))
	if cache := r.Caches[nugetCache]; cache != nil && fs.ValidPath(dir) && !strings.ContainsAny(id+version, `/\`) {
		if info, err := fs.Stat(cache, dir); err == nil && info.IsDir() {
			return r.Add(c, source.JoinRoot(nugetCache, dir), r.at())
		}
	}
	added := r.Add(c, "", r.at())
	r.nugets = append(r.nugets, added)
	return added
}

// ofRuntime is the license of a package that is a part of .NET itself.
func (r *reader) ofRuntime(id string) []sbom.Claim {
	runtime, license, ok := rules.RuntimePackage(id)
	if !ok {
		return nil
	}
	return r.known(runtime, license)
}

// addFrameworks adds the runtimes that were put in by what runtimeconfig.json says, which has their names and not those of packages.
func (r *reader) addFrameworks(program sbom.ID, config doc.Node) {
	for n := range config.Get("runtimeOptions").Get("includedFrameworks").Items() {
		id, version := n.Get("name").Text(), n.Get("version").Text()
		if !ecosystem.Printable(id) || !ecosystem.Printable(version) {
			continue
		}
		c := sbom.Component{Name: id, Version: version, PURL: ecosystem.PURL("generic", "", id, version),
			Type: sbom.TypeFramework, Origin: sbom.OriginEmbedded, Claims: r.ofRuntime(id)}
		r.hold(program, r.Add(c, "", r.at()), sbom.Runtime)
	}
}
