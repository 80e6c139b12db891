package cargo_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/ecosystem/cargo"
	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
	"github.com/licet/licet/pkg/original"
	"github.com/licet/licet/pkg/sbom"
)

// The archive in the cache proves more than the list beside the files, which who changes these may change too.
func TestOriginal(t *testing.T) {
	data := ecotest.Tarball("a-1.0.0/src/lib.rs", "1\n")
	sum, forged := sha256.Sum256(data), sha256.Sum256([]byte("2\n"))
	digest := hex.EncodeToString(sum[:])
	list := `{"files": {"src/lib.rs": "` + hex.EncodeToString(forged[:]) + `"}, "package": "` + digest + `"}`
	c := sbom.Component{PURL: "pkg:cargo/a@1.0.0", Name: "a", Version: "1.0.0", Hashes: []sbom.Hash{{Algorithm: "SHA-256", Hex: digest}}}
	o := &sbom.Occurrence{Dir: "vendor/a"}
	target := fstest.MapFS{"vendor/a/src/lib.rs": {Data: []byte("2\n")}, "vendor/a/.cargo-checksum.json": {Data: []byte(list)}}
	for at, want := range map[string]int{"index.example-1/a-1.0.0.crate": 1, "cache/index.example-1/a-1.0.0.crate": 1, "index.example-1/b-1.0.0.crate": 0} {
		p := &ecosystem.Project{FS: target, Caches: map[string]fs.FS{"cargo": fstest.MapFS{at: {Data: data}}}}
		published, err := cargo.Ecosystem.Original(context.Background(), p, &c, o)
		if err != nil || published == nil {
			t.Fatal(at, published, err)
		}
		if r := published.Compare(context.Background(), target, nil); len(r.Changed) != want || r.Compared != 1 {
			t.Errorf("%s, against %s: %+v", at, published.Against, r)
		}
	}
	p := &ecosystem.Project{FS: target, Caches: map[string]fs.FS{"cargo": fstest.MapFS{"index.example-1/a-1.0.0.crate": {Data: []byte("x")}}}}
	if _, err := cargo.Ecosystem.Original(context.Background(), p, &c, o); !errors.Is(err, original.ErrForeign) {
		t.Error(err)
	}
}
