package known_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"github.com/licet/licet/pkg/known"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/pkg/spdx"
)

func sha(content string) sbom.Hash {
	sum := sha256.Sum256([]byte(content))
	return sbom.Hash{Algorithm: "SHA-256", Hex: hex.EncodeToString(sum[:])}
}

// sample is a package with all that one can have.
func sample(t testing.TB, name string) known.Package {
	mit, err := spdx.Parse("MIT")
	if err != nil {
		t.Fatal(err)
	}
	purl := "pkg:npm/" + name + "@1.0.0"
	dir := known.Home(purl)
	at := source.Span{Path: dir + "/LICENSE", Start: 3, End: 90, Line: 1, Col: 4}
	return known.Package{
		PURL: purl, Hashes: []sbom.Hash{sha(name)}, Dir: dir, Supplier: "Acme", Homepage: "https://acme.example",
		Claims: []sbom.Claim{{Basis: sbom.Declared, Role: sbom.RoleManifest, Expr: mit, Raw: "MIT", Evidence: []sbom.Evidence{{Span: source.Span{Path: dir + "/package.json", Line: 3}}}}},
		Files: []sbom.FileFacts{{
			Path: dir + "/LICENSE", Size: 100, SHA256: sha(name).Hex,
			Claims:     []sbom.Claim{{Basis: sbom.Detected, Kind: "text", Role: sbom.RoleLicenseFile, Expr: mit, Evidence: []sbom.Evidence{{Span: at, Rule: "text/MIT", Coverage: 1, Text: "lt1:aa"}}}},
			Copyrights: []sbom.Copyright{{Text: "Copyright 2020 Acme <x@acme.example>", Holder: "Acme", Found: []source.Span{at}}},
		}},
		Texts:   map[sbom.Digest]sbom.Text{"lt1:aa": {Body: "Permission is \"hereby\" granted\n", From: source.Span{Path: dir + "/LICENSE"}}},
		Outline: map[string]string{strings.TrimPrefix(dir, "known:") + "/go.mod": "module x\n"},
	}
}

func encode(t testing.TB, packages ...known.Package) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := known.Encode(&b, known.Header{Rules: "license list 1", Tool: "licet test"}, packages); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func all(string) bool { return true }

func TestRoundTrip(t *testing.T) {
	in := []known.Package{sample(t, "b"), sample(t, "a"), sample(t, "c")}
	file := encode(t, in...)
	h, out, err := known.Decode(file, all)
	if err != nil {
		t.Fatal(err)
	}
	if want := (known.Header{Schema: known.Schema, Rules: "license list 1", Tool: "licet test"}); h != want {
		t.Errorf("header %+v, want %+v", h, want)
	}
	want := []known.Package{sample(t, "a"), sample(t, "b"), sample(t, "c")}
	if diff := cmp.Diff(want, out, cmp.Comparer(spdx.Expr.Equal)); diff != "" {
		t.Error(diff)
	}
	if again := encode(t, out...); !bytes.Equal(file, again) {
		t.Error("the same packages give other bytes")
	}
	if _, out, _ := known.Decode(file, func(purl string) bool { return purl == "pkg:npm/b@1.0.0" }); len(out) != 1 || out[0].PURL != "pkg:npm/b@1.0.0" {
		t.Errorf("asked for b, got %d packages", len(out))
	}
}

// TestManyFiles: a package of many files takes time in proportion to these.
func TestManyFiles(t *testing.T) {
	p := sample(t, "a")
	for i := range 40000 {
		at := source.Span{Path: fmt.Sprintf("%s/f%d", p.Dir, i)}
		p.Files = append(p.Files, sbom.FileFacts{Path: at.Path, Copyrights: []sbom.Copyright{{Text: "c", Holder: "c", Found: []source.Span{at}}}})
	}
	start := time.Now()
	if _, _, err := known.Decode(encode(t, p), all); err != nil || time.Since(start) > 30*time.Second {
		t.Errorf("%v after %v", err, time.Since(start))
	}
}

func TestEncodeRefuses(t *testing.T) {
	a, b := sample(t, "a"), sample(t, "a")
	large := sample(t, "b")
	large.Supplier = strings.Repeat("x", 33<<20)
	weak := sample(t, "c")
	weak.Hashes = []sbom.Hash{{Algorithm: "MD5", Hex: strings.Repeat("0", 32)}}
	for want, packages := range map[string][]known.Package{"two packages": {a, b}, "more than the 32 MiB": {large}, "too weak": {weak}} {
		if err := known.Encode(io.Discard, known.Header{}, packages); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want an error with %q", err, want)
		}
	}
}

// repack lets edit change the lines of a file, and packs them again.
func repack(t testing.TB, file []byte, edit func(string) string) []byte {
	z, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	text, err := z.DecodeAll(file, nil)
	if err != nil {
		t.Fatal(err)
	}
	return pack(t, []byte(edit(string(text))))
}

func pack(t testing.TB, content []byte) []byte {
	w, err := zstd.NewWriter(nil, zstd.WithWindowSize(1<<20))
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	return w.EncodeAll(content, nil)
}

// resum puts the digest right that a change of the lines made wrong.
func resum(text string) string {
	end := strings.LastIndexByte(strings.TrimSuffix(text, "\n"), '\n') + 1
	sum := sha256.Sum256([]byte(text[:end]))
	return fmt.Sprintf("%s{\"count\":%d,\"sha256\":%q}\n", text[:end], strings.Count(text[:end], "\n")-1, hex.EncodeToString(sum[:]))
}

func TestDecodeRefuses(t *testing.T) {
	file := encode(t, sample(t, "a"), sample(t, "b"))
	replace := func(old, new string) func(string) string {
		return func(s string) string { return resum(strings.ReplaceAll(s, old, new)) }
	}
	for _, c := range []struct{ name, want string }{
		{"empty", "cut"}, {"no zstd", "unpacked"}, {"cut while packed", "cut"}, {"without its last line", "cut"}, {"cut in a line", "cut"},
		{"changed", "digest is not that"}, {"another version", "export it anew"}, {"another format", "not a file of facts"},
		{"twice", "stands twice"}, {"unsorted", "not in its place"}, {"no digest", "no digest"}, {"weak digest", "too weak"},
		{"elsewhere", "lies elsewhere"}, {"climbs", "its folder"}, {"of the target", "its folder"}, {"of the policy", "its folder"},
		{"another's outline", "another package's"}, {"no evidence", "without evidence"}, {"clarified", "without evidence"},
		{"more behind", "follows"}, {"a second name", "second name"}, {"bomb", "trap"},
	} {
		t.Run(c.name, func(t *testing.T) {
			bad := file
			switch c.name {
			case "empty":
				bad = nil
			case "no zstd":
				bad = []byte("<html>not found</html>")
			case "cut while packed":
				bad = file[:len(file)/2]
			case "without its last line":
				bad = repack(t, file, func(s string) string { return s[:strings.LastIndex(s, `{"count"`)] })
			case "cut in a line":
				bad = repack(t, file, func(s string) string { return s[:len(s)-5] })
			case "changed":
				bad = repack(t, file, func(s string) string { return strings.Replace(s, "Acme", "Evil", 1) })
			case "another version":
				bad = repack(t, file, replace("licet.known/1", "licet.known/2"))
			case "another format":
				bad = repack(t, file, replace("licet.known/1", "licet.report/1"))
			case "twice":
				bad = repack(t, file, replace("npm/b@", "npm/a@"))
			case "unsorted":
				bad = repack(t, file, replace("npm/b@", "npm/A@"))
			case "no digest":
				bad = repack(t, file, replace(`"alg":"SHA-256"`, `"alg":"CRC"`))
			case "weak digest":
				bad = repack(t, file, replace(`"alg":"SHA-256"`, `"alg":"MD5"`))
			case "elsewhere":
				bad = repack(t, file, replace(`b@1.0.0/LICENSE`, `a@1.0.0/LICENSE`))
			case "climbs":
				bad = repack(t, file, replace(`known:npm/a@`, `known:../a@`))
			case "of the target":
				bad = repack(t, file, replace(`known:npm/a@`, `src/a@`))
			case "of the policy":
				bad = repack(t, file, replace(`known:npm/a@`, `policy:npm/a@`))
			case "another's outline":
				bad = repack(t, file, replace(`"npm/a@1.0.0/go.mod"`, `"npm/b@1.0.0/go.mod"`))
			case "no evidence":
				bad = repack(t, file, replace(`"evidence":[`, `"rest":[`))
			case "clarified":
				bad = repack(t, file, replace(`"basis":"detected"`, `"basis":"clarified"`))
			case "more behind":
				bad = repack(t, file, func(s string) string { return s + "\n" })
			case "a second name":
				bad = repack(t, file, replace(`"dir":"known:npm/a@1.0.0"`, `"dir":"known:npm/a@1.0.0","purl":"pkg:npm/z@1"`))
			case "bomb":
				bad = pack(t, bytes.Repeat([]byte{'x'}, 4<<20))
			}
			_, _, err := known.Decode(bad, all)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error with %q", err, c.want)
			}
		})
	}
}

func TestAnswers(t *testing.T) {
	h1 := func(s string) sbom.Hash { return sbom.Hash{Algorithm: "h1", Hex: "h1:" + s} }
	old := sbom.Hash{Algorithm: "SHA-1", Hex: strings.Repeat("a", 40)}
	for _, c := range []struct {
		name       string
		has, asked []sbom.Hash
		want       bool
	}{
		{"the same", []sbom.Hash{sha("x")}, []sbom.Hash{sha("x")}, true},
		{"another", []sbom.Hash{sha("x")}, []sbom.Hash{sha("y")}, false},
		{"none", []sbom.Hash{sha("x")}, nil, false},
		{"a weak one besides", []sbom.Hash{sha("x")}, []sbom.Hash{old, sha("x")}, true},
		{"a weak one only", []sbom.Hash{sha("x"), old}, []sbom.Hash{old}, false},
		{"two lockfiles that differ", []sbom.Hash{sha("x")}, []sbom.Hash{sha("x"), sha("y")}, false},
		{"some of a release's files", []sbom.Hash{sha("x"), sha("y")}, []sbom.Hash{sha("y")}, true},
		{"of another kind besides", []sbom.Hash{sha("x")}, []sbom.Hash{sha("x"), h1("z")}, true},
		{"of another kind", []sbom.Hash{sha("x")}, []sbom.Hash{h1("z")}, false},
	} {
		p := known.Package{PURL: "pkg:npm/a@1", Hashes: c.has}
		if got := p.Answers(known.Asked{PURL: "pkg:npm/a@1", Hashes: c.asked}); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestLook(t *testing.T) {
	f := &known.File{Name: "facts.zst", Bytes: encode(t, sample(t, "a"), sample(t, "b"), sample(t, "c"), sample(t, "d"))}
	answer, err := f.Look(context.Background(), []known.Asked{
		{PURL: "pkg:npm/a@1.0.0", Hashes: []sbom.Hash{sha("a")}},
		{PURL: "pkg:npm/b@1.0.0", Hashes: []sbom.Hash{sha("other")}},
		{PURL: "pkg:npm/c@1.0.0"},
		{PURL: "pkg:npm/e@1.0.0"},
	})
	if err != nil || len(answer.Packages) != 1 || answer.Packages[0].PURL != "pkg:npm/a@1.0.0" {
		t.Fatalf("%v, %d packages", err, len(answer.Packages))
	}
	var got strings.Builder
	for _, g := range answer.Gaps {
		fmt.Fprintln(&got, g.Span, g.Why, g.Components)
	}
	want := `known:facts.zst no lockfile here names a digest of pkg:npm/c@1.0.0: what the facts know of it is not used [pkg:npm/c@1.0.0]
known:facts.zst the facts know pkg:npm/b@1.0.0 with another digest than the lockfile names: they are not used [pkg:npm/b@1.0.0]
`
	if got.String() != want {
		t.Errorf("got\n%swant\n%s", got.String(), want)
	}
	f.Deep = true
	if _, err := f.Look(context.Background(), nil); err == nil {
		t.Error("what was not read deep answers a scan that is")
	}
}

// keys makes a pair of keys in PEM.
func keys(t *testing.T) (private, public []byte) {
	pub, priv, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	der, _ := x509.MarshalPKCS8PrivateKey(priv)
	private = pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	der, _ = x509.MarshalPKIXPublicKey(pub)
	return private, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

func TestSignature(t *testing.T) {
	private, public := keys(t)
	_, other := keys(t)
	file := []byte("content")
	signature, err := known.Sign(file, private)
	if err != nil {
		t.Fatal(err)
	}
	if err := known.Verify(file, signature, public); err != nil {
		t.Error(err)
	}
	for name, err := range map[string]error{
		"another file":       known.Verify([]byte("Content"), signature, public),
		"another key":        known.Verify(file, signature, other),
		"a cut signature":    known.Verify(file, signature[:63], public),
		"an empty signature": known.Verify(file, nil, public),
		"a private key":      known.Verify(file, signature, private),
		"no key":             known.Verify(file, signature, []byte("key")),
	} {
		if err == nil {
			t.Errorf("%s: it is taken", name)
		}
	}
	if _, err := known.Sign(file, public); err == nil {
		t.Error("a public key signs")
	}
}

func FuzzDecode(f *testing.F) {
	file := encode(f, sample(f, "a"))
	f.Add(file)
	f.Add(file[:len(file)/2])
	f.Add(pack(f, []byte("{\"schema\":\"licet.known/1\"}\n{\"purl\":\"pkg:npm/a@1\"}\n{\"count\":1}\n")))
	w, err := zstd.NewWriter(nil, zstd.WithWindowSize(64<<10), zstd.WithEncoderConcurrency(1))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, data := range [][]byte{data, w.EncodeAll(data, nil)} {
			_, packages, err := known.Decode(data, all)
			if err == nil && len(packages) > 0 {
				encode(t, packages...) // what is taken can be written
			}
		}
	})
}
