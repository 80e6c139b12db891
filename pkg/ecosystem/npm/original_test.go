package npm_test

import (
	"context"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/ecosystem/internal/ecotest"
	"github.com/licet/licet/pkg/ecosystem/npm"
	"github.com/licet/licet/pkg/original"
	"github.com/licet/licet/pkg/sbom"
)

// npm's cache has the archive under its checksum; one that lies there with other bytes is none.
func TestOriginal(t *testing.T) {
	data := ecotest.Tarball("package/index.js", "1\n")
	sum := sha512.Sum512(data)
	digest := hex.EncodeToString(sum[:])
	at := "content-v2/sha512/" + digest[:2] + "/" + digest[2:4] + "/" + digest[4:]
	c := sbom.Component{PURL: "pkg:npm/a@1.0.0", Name: "a", Version: "1.0.0", Hashes: []sbom.Hash{{Algorithm: "SHA-512", Hex: digest}}}
	o := &sbom.Occurrence{Dir: "node_modules/a"}
	target := fstest.MapFS{"node_modules/a/index.js": {Data: []byte("2\n")}, "node_modules/a/.yarn-metadata.json": {}}
	p := &ecosystem.Project{FS: target, Caches: map[string]fs.FS{"npm": fstest.MapFS{at: {Data: data}}}}
	published, err := npm.Ecosystem.Original(context.Background(), p, &c, o)
	if err != nil || published == nil {
		t.Fatal(published, err)
	}
	r := published.Compare(context.Background(), target, nil)
	if len(r.Changed) != 1 || r.Changed[0] != (original.Change{Path: "node_modules/a/index.js", How: original.Bytes}) {
		t.Errorf("%+v", r)
	}
	p.Caches["npm"] = fstest.MapFS{at: {Data: []byte("another archive")}}
	if _, err := npm.Ecosystem.Original(context.Background(), p, &c, o); !errors.Is(err, original.ErrForeign) {
		t.Error(err)
	}
	p.Caches["npm"] = fstest.MapFS{}
	if published, err := npm.Ecosystem.Original(context.Background(), p, &c, o); published != nil || err != nil {
		t.Error(published, err)
	}
}
