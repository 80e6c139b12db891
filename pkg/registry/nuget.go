package registry

import (
	"bytes"
	"context"
	"crypto/sha512"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"hash"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/doc"
)

// nugetProtocol is that of NuGet's feeds, version 3 (https://learn.microsoft.com/nuget/api/overview): the service index names the
// place from which packages come. Older feeds are not asked.
var nugetProtocol = protocol{
	kind: "nuget", title: "NuGet feed", setting: "add one of version 3 to packageSources of your NuGet.Config",
	configure: nugetSites, fetch: fetchNupkg,
	suits: func(pattern string, w *wanted) int { // the longest pattern counts (learn.microsoft.com, "Package source mapping")
		id, pattern := strings.ToLower(w.purl.Name), strings.ToLower(pattern)
		if prefix, ok := strings.CutSuffix(pattern, "*"); ok && strings.HasPrefix(id, prefix) {
			return 1 + len(prefix)
		}
		if id == pattern {
			return 2 + len(id)
		}
		return 0
	},
}

func fetchNupkg(ctx context.Context, c *client, at Site, w *wanted) (*parcel, error) {
	p := w.registry
	index, err := c.once(ctx, at.Address, "")
	if err != nil {
		return nil, err
	}
	base, err := flatContainer(index)
	if err != nil {
		return nil, err
	}
	id, version := strings.ToLower(w.purl.Name), strings.ToLower(nugetVersion(w.purl.Version))
	address, err := join(base, id, version, id+"."+version+".nupkg")
	if err != nil {
		return nil, err
	}
	out, err := w.archived(ctx, c, address, "nuget", "package.nuspec")
	if err != nil {
		return nil, err
	}
	entries, err := fs.ReadDir(out.files, ".")
	if err != nil {
		return nil, p.odd()
	}
	for _, e := range entries {
		if strings.HasSuffix(strings.ToLower(e.Name()), ".nuspec") {
			data, err := readFile(out.files, e.Name(), maxConfig)
			if err != nil {
				return nil, p.odd()
			}
			out.manifests = packed(map[string][]byte{out.manifest: data})
			return out, nil
		}
	}
	return nil, p.odd()
}

// flatContainer is where packages are, as the service index says.
func flatContainer(index *answer) (string, error) {
	d, err := doc.JSON("index.json", index.data)
	if err == nil {
		for n := range d.Root().Get("resources").Items() {
			if strings.HasPrefix(n.Get("@type").Text(), "PackageBaseAddress/3") {
				return index.follow(n.Get("@id").Text())
			}
		}
	}
	return "", errors.New("the NuGet feed sends no service index of version 3")
}

// nugetVersion is a version as feeds have it (learn.microsoft.com, "Normalized version numbers"): three or four numbers without zeros
// before them, a fourth that is zero left out, and without what it was built by.
func nugetVersion(v string) string {
	v, _, _ = strings.Cut(v, "+")
	core, label, labelled := strings.Cut(v, "-")
	parts := strings.Split(core, ".")
	for len(parts) < 3 {
		parts = append(parts, "0")
	}
	for i, n := range parts {
		if n = strings.TrimLeft(n, "0"); n == "" {
			n = "0"
		}
		parts[i] = n
	}
	if len(parts) == 4 && parts[3] == "0" {
		parts = parts[:3]
	}
	core = strings.Join(parts, ".")
	if labelled {
		core += "-" + label
	}
	return core
}

// nugetSites are the sources of the user's NuGet.Config (https://learn.microsoft.com/nuget/reference/nuget-config-file).
func nugetSites(u *User, keys *Keyring) []Site {
	var files []string
	if u.Windows {
		if dir := u.Env("APPDATA"); dir != "" {
			files = append(files, filepath.Join(dir, "NuGet", "NuGet.Config"))
		}
	} else if u.Home != "" {
		files = append(files, filepath.Join(u.Home, ".nuget", "NuGet", "NuGet.Config"), filepath.Join(u.Home, ".config", "NuGet", "NuGet.Config"))
	}
	for _, file := range files {
		if data := u.read(file); data != nil {
			return nugetConfig(data, u, keys)
		}
	}
	return nil
}

func nugetConfig(data []byte, u *User, keys *Keyring) []Site {
	d, _ := doc.XML("NuGet.Config", data)
	top := d.Root().Get("configuration")
	disabled := map[string]bool{}
	for k, n := range top.Get("disabledPackageSources").Members() {
		if k.Text() == "add" && n.Get("@value").Text() == "true" {
			disabled[n.Get("@key").Text()] = true
		}
	}
	patterns := map[string][]string{}
	for k, n := range top.Get("packageSourceMapping").Members() {
		for inner, p := range n.Members() {
			if k.Text() == "packageSource" && inner.Text() == "package" {
				patterns[n.Get("@key").Text()] = append(patterns[n.Get("@key").Text()], p.Get("@pattern").Text())
			}
		}
	}
	var out []Site
	for k, n := range top.Get("packageSources").Members() {
		name, address := n.Get("@key").Text(), percentVariables(n.Get("@value").Text(), u.Env)
		switch {
		case k.Text() == "clear":
			out = nil
		case k.Text() == "add" && !disabled[name] && strings.HasPrefix(address, "http"):
			address = keys.take(address)
			login := loginOf(top.Get("packageSourceCredentials").Get(encodedName(name)), u.Env)
			if login.Password != "" {
				keys.basic(address, login.Name, login.Password)
			}
			s := Site{Address: address, For: patterns[name]}
			if len(patterns) > 0 && s.For == nil {
				continue // no package is mapped to it
			}
			out = append(out, s)
		}
	}
	return out
}

// loginOf is what a source's credentials say. A password that is encrypted only Windows can read.
func loginOf(n doc.Node, env func(string) string) (l Login) {
	for _, item := range n.Members() {
		switch value := percentVariables(item.Get("@value").Text(), env); item.Get("@key").Text() {
		case "Username":
			l.Name = value
		case "ClearTextPassword":
			l.Password = value
		}
	}
	return l
}

// encodedName is the name of a source as the name of an element: a blank is no part of one.
func encodedName(name string) string { return strings.ReplaceAll(name, " ", "_x0020_") }

// percentVariables puts variables of the environment in the place of %NAME%.
func percentVariables(s string, env func(string) string) string {
	parts := strings.Split(s, "%")
	if len(parts) < 3 {
		return s
	}
	var b strings.Builder
	b.WriteString(parts[0])
	for i := 1; i < len(parts); i++ {
		if v := env(parts[i]); v != "" && i+1 < len(parts) {
			b.WriteString(v + parts[i+1])
			i++
			continue
		}
		b.WriteString("%" + parts[i])
	}
	return b.String()
}

// contentHash is the hash that lockfiles have of a package: SHA-512, in hexadecimal, of the file as it was before it was signed. A
// signature is one more entry of the zip, which all offsets and counts behind it then tell of (NuGet.Packaging.Signing; APPNOTE 4.3).
//
// What the signature holds is not hashed, so nothing in it may tell a reader of the zip where the files are: it has no comment and no
// extra field, in which the locator of another directory, that of a zip64, could lie.
func contentHash(data []byte) (string, error) {
	z, err := readDirectory(data)
	if err != nil {
		return "", err
	}
	sum := sha512.New()
	const signature = ".signature.p7s"
	sig := slices.IndexFunc(z.entries, func(e zipEntry) bool { return e.name == signature })
	if sig < 0 {
		sum.Write(data)
		return hex.EncodeToString(sum.Sum(nil)), nil
	}
	if z.entries[sig].size != recordSize+len(signature) || z.isZip64(data) {
		return "", errZip
	}
	if err := z.hashWithout(sum, data, sig); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// zipDirectory is the central directory of a zip.
type zipDirectory struct {
	entries    []zipEntry
	start, end int // of the directory; behind it stands its end record
}

// zipEntry is an entry: where its record stands in the directory, and its content in the file.
type zipEntry struct {
	name          string
	record, size  int
	offset, until int
}

var errZip = errors.New("not a zip that can be signed")

// recordSize and endSize are the sizes of a record of the directory and of its end record, without what varies.
const recordSize, endSize = 46, 22

// isZip64 reports whether before the end record stands the locator of that of a zip64, by which some readers go.
func (z *zipDirectory) isZip64(data []byte) bool {
	return bytes.HasPrefix(data[max(0, z.end-20):], []byte("PK\x06\x07"))
}

// readDirectory reads the central directory. Of a zip64 a signed package is none.
func readDirectory(data []byte) (z zipDirectory, err error) {
	u16 := func(at int) int { return int(binary.LittleEndian.Uint16(data[at:])) }
	u32 := func(at int) int { return int(binary.LittleEndian.Uint32(data[at:])) }
	z.end = bytes.LastIndex(data[max(0, len(data)-endSize-1<<16):], []byte("PK\x05\x06"))
	if z.end < 0 {
		return z, errZip
	}
	z.end += max(0, len(data)-endSize-1<<16)
	if z.end+endSize > len(data) {
		return z, errZip
	}
	z.start = u32(z.end + 16)
	at := z.start
	for range u16(z.end + 10) {
		if at+recordSize > z.end || u32(at) != 0x02014b50 {
			return z, errZip
		}
		size := recordSize + u16(at+28) + u16(at+30) + u16(at+32)
		if at+size > z.end {
			return z, errZip
		}
		e := zipEntry{name: string(data[at+recordSize : at+recordSize+u16(at+28)]), record: at, size: size, offset: u32(at + 42)}
		if e.offset >= z.start {
			return z, errZip
		}
		z.entries = append(z.entries, e)
		at += size
	}
	order := make([]int, len(z.entries))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return z.entries[a].offset - z.entries[b].offset })
	for n, i := range order { // an entry ends where the next one begins
		z.entries[i].until = z.start
		if n+1 < len(order) {
			z.entries[i].until = z.entries[order[n+1]].offset
		}
	}
	return z, nil
}

// hashWithout hashes the file as it is without one of its entries.
func (z *zipDirectory) hashWithout(sum hash.Hash, data []byte, gone int) error {
	out := z.entries[gone]
	size := out.until - out.offset
	put16 := func(n int) { sum.Write(binary.LittleEndian.AppendUint16(nil, uint16(n))) }
	put32 := func(n int) { sum.Write(binary.LittleEndian.AppendUint32(nil, uint32(n))) }
	sum.Write(data[:out.offset])
	sum.Write(data[out.until:z.start])
	for i, e := range z.entries {
		if i == gone {
			continue
		}
		offset := e.offset
		if offset > out.offset {
			offset -= size
		}
		sum.Write(data[e.record : e.record+42])
		put32(offset)
		sum.Write(data[e.record+46 : e.record+e.size])
	}
	last := z.entries[len(z.entries)-1]
	if last.record+last.size != z.end {
		return errZip
	}
	end := data[z.end:]
	sum.Write(end[:8])
	put16(int(binary.LittleEndian.Uint16(end[8:])) - 1)
	put16(int(binary.LittleEndian.Uint16(end[10:])) - 1)
	put32(int(binary.LittleEndian.Uint32(end[12:])) - out.size)
	put32(z.start - size)
	sum.Write(end[20:])
	return nil
}
