package known

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"

	"github.com/klauspost/compress/zstd"

	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// A file of packages is JSON, one value a line, packed by Zstandard (RFC 8878). The first line is the [Header]; then comes a
// line for each package, sorted by purl, no purl twice; the last line counts the packages and has the SHA-256 of all bytes
// before it, so that a file which was cut says so. Each package's line begins with its purl: what nobody asks for is not
// decoded.

// Schema is the name and version of the format; another one is refused.
const Schema = "licet.known/1"

// Header says how the packages of a file were searched.
type Header struct {
	Schema string `json:"schema"`
	Rules  string `json:"rules"` // version of the license list
	Tool   string `json:"tool"`
	// Deep: every file of the packages was read, not only license files.
	Deep bool `json:"deep,omitempty"`
}

// trailer is the last line of a file.
type trailer struct {
	Count  *int   `json:"count"`
	SHA256 string `json:"sha256"`
}

// The limits of a file.
const (
	// MaxFile is the greatest size as it is packed, in bytes.
	MaxFile = 256 << 20
	// maxLine bounds one package, in bytes.
	maxLine = 32 << 20
	// maxTotal bounds the file when it is unpacked, and maxRatio does for each packed byte: texts of licenses are much
	// alike, and a thousand of them still are no trap.
	maxTotal = 8 << 30
	maxRatio = 2000
	// maxWindow bounds what the stream may refer back to, and with it the memory that it takes.
	maxWindow = 8 << 20
)

// errLarge is the error of [Encode] for a package past the limits, see [Package.Fits].
var errLarge = fmt.Errorf("more than the %d MiB that a package may have", maxLine>>20)

// Encode writes a file. It sorts the packages; two of one purl are an error, as is one that [Decode] would refuse.
func Encode(w io.Writer, h Header, packages []Package) error {
	Sort(packages)
	z, err := zstd.NewWriter(w, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(maxWindow), zstd.WithEncoderLevel(zstd.SpeedBetterCompression))
	if err != nil {
		return err
	}
	sum := sha256.New()
	var line bytes.Buffer
	out := json.NewEncoder(&line)
	out.SetEscapeHTML(false)
	write := func(v any) error {
		line.Reset()
		if err := out.Encode(v); err != nil {
			return err
		}
		if line.Len() > maxLine {
			return errLarge
		}
		sum.Write(line.Bytes())
		_, err := z.Write(line.Bytes())
		return err
	}
	h.Schema = Schema
	if err := write(h); err != nil {
		return err
	}
	for i := range packages {
		p := &packages[i]
		if i > 0 && p.PURL == packages[i-1].PURL {
			return fmt.Errorf("%s: there are two packages of this name and version", p.PURL)
		}
		if err := p.check(); err != nil {
			return fmt.Errorf("%s: %w", p.PURL, err)
		}
		if err := write(p); err != nil {
			return fmt.Errorf("%s: %w", p.PURL, err)
		}
	}
	count := len(packages)
	if err := json.NewEncoder(z).Encode(trailer{&count, hex.EncodeToString(sum.Sum(nil))}); err != nil {
		return err
	}
	return z.Close()
}

// Fits reports whether a package is within the limits of a file.
func (p *Package) Fits() bool {
	line, err := json.Marshal(p)
	return err == nil && len(line) < maxLine
}

// Decode reads a file, and gives the packages whose purls are wanted. All of the file is read and must be whole, whatever is
// wanted of it.
func Decode(file []byte, wanted func(purl string) bool) (Header, []Package, error) {
	var h Header
	z, err := zstd.NewReader(bytes.NewReader(file), zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
	if err != nil {
		return h, nil, err
	}
	defer z.Close()
	limit := min(maxTotal, maxRatio*int64(len(file)))
	r := &lines{in: bufio.NewReaderSize(io.LimitReader(z, limit+1), 1<<20), left: limit, sum: sha256.New()}
	line, err := r.next()
	if err != nil {
		return h, nil, err
	}
	if err := json.Unmarshal(line, &h); err != nil || !strings.HasPrefix(h.Schema, "licet.known/") {
		return h, nil, errors.New("not a file of facts that licet wrote")
	}
	if h.Schema != Schema {
		return h, nil, fmt.Errorf("its format is %.40q, and this licet reads %s: export it anew", h.Schema, Schema)
	}
	packages, err := r.packages(wanted)
	return h, packages, err
}

// packages reads all lines behind the header.
func (r *lines) packages(wanted func(string) bool) ([]Package, error) {
	var out []Package
	last, n := "", 0
	for {
		before := hex.EncodeToString(r.sum.Sum(nil))
		line, err := r.next()
		if err != nil {
			return nil, err
		}
		purl, ok := purlOf(line)
		if !ok {
			var end trailer
			switch err := json.Unmarshal(line, &end); {
			case err != nil || end.Count == nil:
				return nil, fmt.Errorf("line %d is no package", r.n)
			case *end.Count != n || end.SHA256 != before:
				return nil, errors.New("its digest is not that of its content: it was changed, or damaged")
			}
			return out, r.end()
		}
		switch {
		case purl == last:
			return nil, fmt.Errorf("line %d: %s stands twice", r.n, source.Redact(purl))
		case purl < last:
			return nil, fmt.Errorf("line %d: %s is not in its place", r.n, source.Redact(purl))
		}
		if last, n = purl, n+1; !wanted(purl) {
			continue
		}
		var p Package
		if err := json.Unmarshal(line, &p); err != nil {
			return nil, fmt.Errorf("line %d: %w", r.n, err)
		}
		if err := p.check(); err != nil {
			return nil, fmt.Errorf("line %d: %s: %w", r.n, source.Redact(purl), err)
		}
		if p.PURL != purl {
			return nil, fmt.Errorf("line %d: %s has a second name", r.n, source.Redact(purl))
		}
		out = append(out, p)
	}
}

// purlOf is the purl that a line begins with. A purl has no character that JSON would escape.
func purlOf(line []byte) (purl string, ok bool) {
	rest, ok := bytes.CutPrefix(line, []byte(`{"purl":"`))
	if !ok {
		return "", false
	}
	end := bytes.IndexAny(rest, `"\`)
	if end <= 0 || rest[end] != '"' {
		return "", false
	}
	return string(rest[:end]), true
}

// lines reads lines, and sums what it read.
type lines struct {
	in   *bufio.Reader
	left int64
	sum  hash.Hash
	n    int
	buf  []byte
}

var errCut = errors.New("the file was cut: its last line is missing")

// next is the next line; it holds until the one after it is read.
func (r *lines) next() ([]byte, error) {
	r.buf = r.buf[:0]
	for r.n++; ; {
		part, err := r.in.ReadSlice('\n')
		r.buf = append(r.buf, part...)
		r.left -= int64(len(part))
		switch {
		case len(r.buf) > maxLine:
			return nil, fmt.Errorf("line %d is longer than %d MiB", r.n, maxLine>>20)
		case r.left < 0:
			return nil, errors.New("it unpacks to far more than texts do: this is a trap")
		case err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF):
			return nil, errCut
		case err == bufio.ErrBufferFull:
			continue
		case err != nil:
			return nil, fmt.Errorf("it cannot be unpacked: %w", err)
		}
		r.sum.Write(r.buf)
		return r.buf, nil
	}
}

// end fails if anything follows.
func (r *lines) end() error {
	switch _, err := r.in.ReadByte(); err {
	case io.EOF:
		return nil
	case nil:
		return errors.New("something follows its last line")
	default:
		return fmt.Errorf("it cannot be unpacked: %w", err)
	}
}

// File is a [Source]: the bytes of a file that the user named. Its name is shown, so it is no path of this machine.
type File struct {
	Name  string
	Bytes []byte
	// Deep is the reach that the scan wants, see [Header].
	Deep bool

	header Header
	used   int
}

// Look implements [Source].
func (f *File) Look(_ context.Context, asked []Asked) (Answer, error) {
	byPURL := make(map[string][]Asked, len(asked))
	for _, a := range asked {
		byPURL[a.PURL] = append(byPURL[a.PURL], a)
	}
	h, packages, err := Decode(f.Bytes, func(purl string) bool { return byPURL[purl] != nil })
	if err != nil {
		return Answer{}, fmt.Errorf("%s: %w", f.Name, err)
	}
	if h.Deep != f.Deep {
		return Answer{}, fmt.Errorf("%s: made %s --deep: what it knows is not what this scan asks for", f.Name, map[bool]string{true: "with", false: "without"}[h.Deep])
	}
	f.header = h
	var out Answer
	var silent, other []string
	for i := range packages {
		p := &packages[i]
		for _, a := range byPURL[p.PURL] {
			switch {
			case p.Named:
				silent = append(silent, p.PURL)
			case p.Answers(a):
				out.Packages = append(out.Packages, *p)
				f.used++
			case len(Strong(a.Hashes)) == 0:
				silent = append(silent, p.PURL)
			default:
				other = append(other, p.PURL)
			}
		}
	}
	out.Gaps = append(out.Gaps, f.unused(silent, "no lockfile here names a digest of %s: what the facts know of it is not used", "commit the lockfile that has digests")...)
	out.Gaps = append(out.Gaps, f.unused(other, "the facts know %s with another digest than the lockfile names: they are not used", "export the facts anew; if the digest should be the same, find out who changed the package")...)
	return out, nil
}

// unused is the gap of packages that are known and of no use.
func (f *File) unused(purls []string, why, next string) []sbom.Gap {
	if len(purls) == 0 {
		return nil
	}
	g := sbom.Gap{Kind: sbom.Unavailable, Span: source.Span{Path: source.JoinRoot("known", f.Name)}, Reader: "facts", Next: next}
	for _, p := range purls {
		g.Components = append(g.Components, sbom.ID(p))
	}
	what := purls[0]
	if len(purls) > 1 {
		what = fmt.Sprintf("%s and %d more", what, len(purls)-1)
	}
	g.Why = fmt.Sprintf(why, what)
	return []sbom.Gap{g}
}

// Assumptions implements [Source]: a file's packages have digests.
func (f *File) Assumptions() []string { return nil }

// Inputs implements [Source].
func (f *File) Inputs() []sbom.Input {
	sum := sha256.Sum256(f.Bytes)
	return []sbom.Input{{
		Kind: "known", Name: source.JoinRoot("known", f.Name), Digest: sbom.Digest("sha256:" + hex.EncodeToString(sum[:])),
		Note: fmt.Sprintf("%s used; made by %s with %s", sbom.Plural(f.used, "package"), f.header.Tool, f.header.Rules),
	}}
}
