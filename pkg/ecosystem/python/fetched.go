package python

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/archive"
	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// What is not installed anywhere may lie in what an installer keeps of all that it fetched and built. Where in there nobody can say:
// most call a file by the hash of the URL that they had it from, and few lockfiles name one. So what is there is listed once and asked
// by name and version (see [archive.Distributions]), and then proved: an archive is believed if the lockfile has its checksum. A
// wheel that pip built has none that anybody knows beforehand, but pip notes what it was made of, and that has. What lies unpacked is
// believed as what is installed is, by its metadata, if these are what its own list of files says.

// installers are the names of those who keep packages, and of the caches in which they do.
var installers = [...]string{"pip", "uv", "poetry", "pdm"}

const fetchAgain = "let the package manager fetch the package again"

// fetched gives a package the files and the license of the one that an installer keeps.
func (r *reader) fetched(p *pack) {
	if p.vcs != "" || p.url != "" && len(p.hashes) == 0 {
		return // of that name and version there may be another one in a registry
	}
	var bad []sbom.Gap
	for _, installer := range installers {
		for _, d := range r.keptBy(installer, p) {
			found, err := r.believed(installer, d, p)
			if found != nil {
				p.described(found)
				p.digest = found.digest
				return
			}
			if err != nil {
				bad = append(bad, r.refused(installer, d, p, err))
			}
		}
	}
	if len(bad) > 0 { // one of them tells
		r.Gap(bad[0])
	}
}

// keptBy are the packages of that name and version that an installer keeps.
func (r *reader) keptBy(installer string, p *pack) []archive.Distribution {
	cache := r.Caches[installer]
	if cache == nil {
		return nil
	}
	all, ok := cache.(*archive.Distributions)
	if !ok {
		if all = r.kept[installer]; all == nil {
			all = archive.NewDistributions(cache)
			if r.kept == nil {
				r.kept = map[string]*archive.Distributions{}
			}
			r.kept[installer] = all
		}
	}
	named, err := all.Named(p.name)
	if err != nil && !r.cut {
		r.cut = true
		r.Gap(sbom.Gap{Kind: sbom.Limit, Span: p.at[0], Why: "what " + installer + " keeps was looked through only in part: " + err.Error(), Next: "let " + installer + " clean its cache"})
	}
	return slices.DeleteFunc(slices.Clone(named), func(d archive.Distribution) bool { return d.Version != p.version })
}

// errOther is the error of a package that is another one than its place says.
var errOther = errors.New("it calls itself otherwise")

// believed gives the package that lies there, nil if it is not the one of the lockfile: with an error if somebody else put it there,
// without one if nothing proves it.
func (r *reader) believed(installer string, d archive.Distribution, p *pack) (*pack, error) {
	cache := r.Caches[installer]
	if r.kept[installer] != nil {
		cache = r.kept[installer]
	}
	digests, digest := ecosystem.Digests(p.hashes), source.Digest("")
	var found *pack
	var err error
	switch {
	case !d.Packed:
		found, err = r.unpackedAt(installer, cache, d)
	case len(digests) == 0 && len(p.hashes) > 0:
		return nil, nil // of a kind that proves nothing
	case len(digests) > 0 && d.Built:
		if !slices.Contains(digests, builtFrom(cache, d)) {
			return nil, nil
		}
		found, err = packedAt(installer, cache, d)
	case len(digests) > 0:
		if digest, err = ecosystem.Among(cache, d.Path, digests); err == nil {
			found, err = packedAt(installer, cache, d)
		}
	default:
		found, err = packedAt(installer, cache, d)
	}
	if err == nil && (found.name != p.name || found.version != p.version) {
		err = fmt.Errorf("%w: %s", errOther, ecosystem.Quote(found.written+" "+found.version))
	}
	if err != nil {
		return nil, err
	}
	found.digest = digest
	return found, nil
}

// refused is the gap of a package that is not believed.
func (r *reader) refused(installer string, d archive.Distribution, p *pack, err error) sbom.Gap {
	file := d.Path
	if !d.Packed {
		file = path.Join(d.Path, d.Info, "METADATA")
	}
	gap := ecosystem.Unread(r.Reader, source.Span{Path: source.JoinRoot(installer, file)}, err)
	gap.Next, gap.Components = fetchAgain, []sbom.ID{sbom.ID(purl(p.name, p.version, p.origin))}
	if errors.Is(err, source.ErrDigest) || errors.Is(err, errOther) {
		gap.Why = "is not the package that the lockfile names: " + err.Error()
	}
	return gap
}

// builtFrom is the checksum of the archive from which pip built a wheel, "" if that is not known: beside the wheel lies a file of the
// form of PEP 610.
func builtFrom(cache fs.FS, d archive.Distribution) source.Digest {
	file := path.Join(path.Dir(d.Path), "origin.json")
	data, err := ecosystem.ReadFile(cache, file, maxMetadata)
	if err != nil {
		return ""
	}
	note, err := doc.JSON(file, data)
	if err != nil {
		return ""
	}
	about := note.Root().Get("archive_info")
	sum := about.Get("hashes").Get("sha256").Text()
	if kind, older, ok := strings.Cut(about.Get("hash").Text(), "="); ok && sum == "" && kind == "sha256" {
		sum = older
	}
	return ecosystem.Digest(ecosystem.Hashes("sha256:" + sum))
}

// packedAt reads the metadata in a wheel or a source distribution.
func packedAt(installer string, cache fs.FS, d archive.Distribution) (*pack, error) {
	place := source.JoinRoot(installer, d.Path)
	name, folders, data, err := "", []string{d.Info}, []byte(nil), error(nil)
	if strings.HasSuffix(d.Info, ".dist-info") {
		name, folders, data, err = metadataIn(&ecosystem.Project{FS: cache}, d.Path)
	} else {
		name, data, err = sourceIn(cache, d)
	}
	if err != nil {
		return nil, err
	}
	top, _ := doc.Header(source.Join(place+"!/", name), data)
	p := packIn(top)
	for _, folder := range folders {
		p.dirs = append(p.dirs, source.Join(place+"!/", folder))
	}
	return p, nil
}

// sourceIn reads the metadata of a source distribution.
func sourceIn(cache fs.FS, d archive.Distribution) (name string, data []byte, err error) {
	f, err := cache.Open(d.Path)
	if err != nil {
		return "", nil, err
	}
	defer f.Close()
	head, read := make([]byte, 2), ecosystem.TarFile
	if n, _ := f.Read(head); n == 2 && string(head) == "PK" {
		read = ecosystem.ZipFile
	}
	return read(cache, d.Path, "", maxMetadata, func(name string) bool { return name == d.Info+"/PKG-INFO" })
}

// unpackedAt reads the metadata of a wheel that lies unpacked. They and the license files beside them must be what the list of its
// files says.
func (r *reader) unpackedAt(installer string, cache fs.FS, d archive.Distribution) (*pack, error) {
	s, info := r.siteIn(installer, cache), path.Join(d.Path, d.Info)
	found := s.read(info, true)
	if found == nil {
		return nil, errors.New("its metadata cannot be read")
	}
	list, err := ecosystem.ReadFile(cache, path.Join(info, recordFile), maxRecord)
	if err != nil {
		return nil, err
	}
	sums, err := parseRecord(string(list))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", recordFile, err)
	}
	if sums[path.Join(d.Info, "METADATA")] == "" {
		return nil, fmt.Errorf("%s does not list the metadata", recordFile)
	}
	for _, name := range slices.Sorted(maps.Keys(sums)) {
		if !strings.HasPrefix(name, d.Info+"/") || !fs.ValidPath(name) {
			continue
		}
		digest := source.Digest(fmt.Sprintf("sha256:%x", sums[name]))
		if _, err := ecosystem.Among(cache, path.Join(d.Path, name), []source.Digest{digest}); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return found, nil
}
