package registry

import (
	"archive/zip"
	"bytes"
	"crypto/sha512"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/licet/licet/pkg/known"
	"github.com/licet/licet/pkg/sbom"
)

func TestSimpleHTML(t *testing.T) {
	sum := strings.Repeat("ab", 32)
	hash := []sbom.Hash{{Algorithm: "SHA-256", Hex: sum}}
	for _, c := range []struct {
		page string
		base string
		want []simpleFile
	}{
		{page: `<a href="a-1.0.tar.gz#sha256=` + sum + `">a</a>`, want: []simpleFile{{name: "a-1.0.tar.gz", ref: "a-1.0.tar.gz#sha256=" + sum, hashes: hash}}},
		{page: `<HTML><BASE HREF='https://f.example/'><A data-requires-python="&gt;=3" HREF=x/a-1-py3-none-any.whl?a=1&amp;b=2  data-dist-info-metadata=true>`, base: "https://f.example/",
			want: []simpleFile{{name: "a-1-py3-none-any.whl", ref: "x/a-1-py3-none-any.whl?a=1&b=2", metadata: true}}},
		{page: "<!-- <a href=hidden-1.zip> --><a\n href = 'b-1.zip'\n data-core-metadata='sha256=" + sum + "' / >", want: []simpleFile{{name: "b-1.zip", ref: "b-1.zip", metadata: true, metaHash: hash}}},
		{page: `<a href="b-1.zip" href="c-1.zip" data-core-metadata="false"><a name=x><a href="/login">`, want: []simpleFile{{name: "b-1.zip", ref: "b-1.zip"}}},
		{page: `<html><a href="/login">sign in</a>`}, {page: ""}, {page: "<"}, {page: "<a"}, {page: "<a href"}, {page: "<a href='"}, {page: "<!--"}, {page: "<a ===>"},
	} {
		files, base, ok := simpleHTML([]byte(c.page))
		if diff := cmp.Diff(c.want, files, cmp.AllowUnexported(simpleFile{})); diff != "" || base != c.base || ok != (len(c.want) > 0) {
			t.Errorf("%s: base %q, %v, %s", c.page, base, ok, diff)
		}
	}
}

// TestChooseFile: digests decide, else the name; of several what costs least.
func TestChooseFile(t *testing.T) {
	sums := map[string]string{}
	hash := func(name string) []sbom.Hash {
		if sums[name] == "" {
			sums[name] = strings.Repeat(string("0123456789abcdef"[len(sums)]), 64)
		}
		return []sbom.Hash{{Algorithm: "SHA-256", Hex: sums[name]}}
	}
	var files []simpleFile
	for _, name := range []string{"my_pkg-1.0.tar.gz", "my_pkg-1.0-cp312-cp312-linux_x86_64.whl", "my.pkg-1.0.0-py3-none-any.whl", "my-pkg-2.0.zip", "my_pkg-1.0.exe", "my-pkg-extra-1.0.tar.gz"} {
		files = append(files, simpleFile{name: name, ref: name, hashes: hash(name)})
	}
	for _, c := range []struct {
		version string
		hashes  []sbom.Hash
		want    string
	}{
		{"1.0", nil, "my.pkg-1.0.0-py3-none-any.whl"},
		{"2.0", nil, "my-pkg-2.0.zip"},
		{"3.0", nil, ""},
		{"1.0", hash("my_pkg-1.0.tar.gz"), "my_pkg-1.0.tar.gz"},
		{"1.0", slices.Concat(hash("my_pkg-1.0.tar.gz"), hash("my_pkg-1.0-cp312-cp312-linux_x86_64.whl")), "my_pkg-1.0-cp312-cp312-linux_x86_64.whl"},
		{"1.0", hash("elsewhere"), ""},
	} {
		w := want(known.Asked{PURL: "pkg:pypi/my-pkg@" + c.version, Name: "my.pkg", Version: c.version, Hashes: c.hashes})
		got := ""
		if f := chooseFile(files, w); f != nil {
			got = f.name
		}
		if got != c.want {
			t.Errorf("%s %v: got %q, want %q", c.version, c.hashes, got, c.want)
		}
	}
}

// nupkg is a zip that may hold a signature, as NuGet puts it in: behind all other entries, and not packed.
func nupkg(t testing.TB, signed bool) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"a.nuspec", "lib/a.dll", "LICENSE"} {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, strings.Repeat(name, 50))
	}
	if signed {
		w, err := z.CreateHeader(&zip.FileHeader{Name: ".signature.p7s", Method: zip.Store})
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, "signature")
	}
	z.Close()
	return b.Bytes()
}

// TestContentHash: signing changes nothing.
func TestContentHash(t *testing.T) {
	plain := nupkg(t, false)
	sum := sha512.Sum512(plain)
	for _, data := range [][]byte{plain, nupkg(t, true)} {
		if got, err := contentHash(data); err != nil || got != hex.EncodeToString(sum[:]) {
			t.Errorf("%v %s", err, got)
		}
	}
	changed := bytes.Replace(nupkg(t, true), []byte("LICENSE"), []byte("License"), 1)
	if got, _ := contentHash(changed); got == hex.EncodeToString(sum[:]) {
		t.Error("a change is not seen")
	}
	for _, cut := range []int{0, 10, len(plain) / 2, len(plain) - 1} {
		if got, err := contentHash(plain[:cut]); err == nil {
			t.Errorf("of %d bytes it is %s", cut, got)
		}
	}
}

// forged is a package that has the content hash of plain, and other files for who reads it as a zip64.
func forged(t *testing.T, plain []byte) []byte {
	var evil bytes.Buffer
	z := zip.NewWriter(&evil)
	for _, name := range []string{"a.nuspec", "LICENSE"} {
		w, _ := z.Create(name)
		io.WriteString(w, "evil "+name)
	}
	z.Close()
	e, err := readDirectory(evil.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	p, err := readDirectory(plain)
	if err != nil {
		t.Fatal(err)
	}
	le := binary.LittleEndian
	const name = ".signature.p7s"
	// the region of the signature: a local header, and within its content evil's entries, directory and zip64 end
	base := p.start
	var region bytes.Buffer
	region.Write([]byte("PK\x03\x04"))
	region.Write(make([]byte, 22))
	region.Write([]byte{byte(len(name)), 0, 0, 0})
	region.WriteString(name)
	at := region.Len()
	region.Write(evil.Bytes()[:e.start])
	dir := bytes.Clone(evil.Bytes()[e.start:e.end])
	for _, r := range e.entries {
		le.PutUint32(dir[r.record-e.start+42:], uint32(r.offset+at+base))
	}
	dirAt := region.Len() + base
	region.Write(dir)
	endAt := region.Len() + base
	end := make([]byte, 56)
	copy(end, "PK\x06\x06")
	le.PutUint64(end[4:], 44)
	le.PutUint64(end[24:], uint64(len(e.entries)))
	le.PutUint64(end[32:], uint64(len(e.entries)))
	le.PutUint64(end[40:], uint64(len(dir)))
	le.PutUint64(end[48:], uint64(dirAt))
	region.Write(end)
	// the record of the signature, whose comment makes the directory 0xffff bytes and ends in a locator
	old := p.end - p.start
	record := make([]byte, 0xffff-old)
	copy(record, "PK\x01\x02")
	le.PutUint16(record[28:], uint16(len(name)))
	le.PutUint16(record[32:], uint16(len(record)-46-len(name)))
	le.PutUint32(record[42:], uint32(base))
	le.PutUint32(record[20:], uint32(region.Len()-at))
	le.PutUint32(record[24:], uint32(region.Len()-at))
	copy(record[46:], name)
	locator := record[len(record)-20:]
	copy(locator, "PK\x06\x07")
	le.PutUint64(locator[8:], uint64(endAt))
	le.PutUint32(locator[16:], 1)
	tail := bytes.Clone(plain[p.end:])
	le.PutUint16(tail[8:], le.Uint16(tail[8:])+1)
	le.PutUint16(tail[10:], le.Uint16(tail[10:])+1)
	le.PutUint32(tail[12:], 0xffff)
	le.PutUint32(tail[16:], uint32(p.start+region.Len()))
	return bytes.Join([][]byte{plain[:p.start], region.Bytes(), plain[p.start:p.end], record, tail}, nil)
}

// TestForgedContentHash: what is not hashed cannot say where the files are.
func TestForgedContentHash(t *testing.T) {
	data := forged(t, nupkg(t, false))
	tree, err := nugetProtocol.unpacked(data)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := fs.ReadFile(tree, "LICENSE"); err != nil || string(text) != "evil LICENSE" {
		t.Errorf("nothing is forged: %v %q", err, text)
	}
	if sum, err := contentHash(data); err == nil {
		t.Error("it has the hash", sum)
	}
}

func TestNugetVersion(t *testing.T) {
	for in, want := range map[string]string{"1.0": "1.0.0", "1": "1.0.0", "01.2.3.0": "1.2.3", "1.2.3.4-Beta.01+abc": "1.2.3.4-Beta.01", "1.0.0+x": "1.0.0", "1.0-a-b": "1.0.0-a-b"} {
		if got := nugetVersion(in); got != want {
			t.Errorf("%s: got %s, want %s", in, got, want)
		}
	}
}

func TestCrateAddress(t *testing.T) {
	for _, c := range [][4]string{
		{"https://dl.example/crates", "serde", "1.0.0", "https://dl.example/crates/serde/1.0.0/download"},
		{"https://dl.example/{prefix}/{lowerprefix}/{crate}-{version}.crate?{sha256-checksum}", "SerDe", "1", "https://dl.example/Se/rD/se/rd/SerDe-1.crate?ab"},
		{"{prefix}", "abc", "1", "3/a"}, {"{prefix}", "ab", "1", "2"}, {"{prefix}", "a", "1", "1"},
	} {
		if got := crateAddress(c[0], c[1], c[2], "sha256:ab"); got != c[3] {
			t.Errorf("%v: got %s", c, got)
		}
	}
}

func TestComposerEntry(t *testing.T) {
	list := `{"minified": "composer/2.0", "packages": {"a/b": [{"name": "a/b", "version": "v2.0", "license": ["MIT"], "dist": {"url": "x"}}, {"version": "1.0", "license": "__unset"}]}}`
	e, err := composerEntry([]byte(list), "a/b", "1.0.0")
	if err != nil || e["license"] != nil || string(e["dist"]) != `{"url": "x"}` || string(e["name"]) != `"a/b"` {
		t.Errorf("%v %s", err, e)
	}
	if _, err := composerEntry([]byte(list), "a/b", "3.0"); !isGone(err) {
		t.Error(err)
	}
	if _, err := composerEntry([]byte("<html>"), "a/b", "3.0"); err == nil || isGone(err) {
		t.Error(err)
	}
}

// TestComposerEntries: only what says so is minified; of two versions that are alike the one is meant that is spelled the same.
func TestComposerEntries(t *testing.T) {
	list := `{"packages": {"a/b": [{"version": "2.0", "license": ["MIT"]}, {"version": "1.0"}, {"version": "0.1-alpha.0"}, {"version": "0.1-alpha"}]}}`
	for _, version := range []string{"1.0", "0.1-alpha"} {
		e, err := composerEntry([]byte(list), "a/b", version)
		if err != nil || e["license"] != nil || string(e["version"]) != `"`+version+`"` {
			t.Errorf("%s: %v %s", version, err, e)
		}
	}
}

// TestManyEntries: many small entries take no more memory than the list that they are in, by far.
func TestManyEntries(t *testing.T) {
	list := []byte(`{"packages": {"a/b": [` + strings.Repeat("{},", 1<<20) + `{}]}}`)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := composerEntry(list, "a/b", "1.0"); !isGone(err) {
		t.Error(err)
	}
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; took > 25*uint64(len(list)) {
		t.Errorf("a list of %d bytes takes %d", len(list), took)
	}
}

// TestReadFile: what is large inside of what is small is not read.
func TestReadFile(t *testing.T) {
	files := fstest.MapFS{"a": {Data: []byte("four")}}
	if data, err := readFile(files, "a", 4); err != nil || string(data) != "four" {
		t.Errorf("%v %q", err, data)
	}
	if _, err := readFile(files, "a", 3); err == nil {
		t.Error("it is read beyond the limit")
	}
}

// TestNamesPackage: a tarball of Hex is that of a name and a version.
func TestNamesPackage(t *testing.T) {
	metadata := []byte("{<<\"name\">>,<<\"a\">>}.\n{<<\"version\">>,<<\"1.0.0\">>}.\n")
	for _, c := range []struct {
		name, version string
		want          bool
	}{{"a", "1.0.0", true}, {"b", "1.0.0", false}, {"a", "1.0.1", false}} {
		if got := namesPackage(metadata, c.name, c.version); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

// TestNotAsked: a lockfile cannot say which address of a registry is asked, and the head of a branch is another every day.
func TestNotAsked(t *testing.T) {
	site := Site{Address: "http://127.0.0.1:1/"}
	for _, c := range [][3]string{
		{"cargo", "../../admin?x=", "1.0.0"}, {"cargo", "..", "1.0.0"}, {"cargo", "a", "../x"},
		{"composer", "a/../../admin?x=", "1.0.0"}, {"composer", "//other.example/x", "1.0.0"}, {"composer", "a", "1.0.0"}, {"composer", "a/b", "dev-main"}, {"composer", "a/b", "1.x-dev"},
	} {
		w := want(known.Asked{PURL: "pkg:" + c[0] + "/a@1", Name: c[1], Version: c[2]})
		if _, err := w.registry.fetch(t.Context(), newClient(Config{Pause: 1, Interval: 1}, Keyring{}), site, w); !errors.Is(err, errNotAsked) {
			t.Errorf("%v: %v", c, err)
		}
	}
}

func TestSites(t *testing.T) {
	sites := []Site{{"main", []string{"*"}}, {"acme", []string{"Acme.*", "Own"}}, {"longer", []string{"acme.inner.*"}}}
	for name, at := range map[string]string{"Newtonsoft": "main", "acme.x": "acme", "Own": "acme", "Ownx": "main", "Acme.Inner.Y": "longer"} {
		w := asked(name)
		got := w.registry.sites(sites, w)
		if len(got) != 1 || got[0].Address != at {
			t.Errorf("%s: %v, want %s", name, got, at)
		}
	}
	w := want(known.Asked{PURL: "pkg:cargo/a@1?repository_url=https://corp.example/index"})
	if got := w.registry.sites([]Site{{"usual", []string{""}}, {"corp", []string{"https://corp.example/index/"}}}, w); len(got) != 1 || got[0].Address != "corp" {
		t.Error(got)
	}
	if got := w.registry.sites([]Site{{"usual", []string{""}}}, w); len(got) > 0 {
		t.Error("a package of another registry is asked for from the usual one", got)
	}
}

// TestNamedSites: what is named takes the place of the usual registry, and of no other.
func TestNamedSites(t *testing.T) {
	u := &User{Env: func(name string) string {
		return map[string]string{"NPM_CONFIG_REGISTRY": "https://usual.example"}[name]
	}, Home: t.TempDir(), Environ: []string{"CARGO_REGISTRIES_CORP_INDEX=sparse+https://corp.example/index/"}}
	if err := os.WriteFile(filepath.Join(u.Home, ".npmrc"), []byte("@acme:registry=https://acme.example"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Configured(u, []string{"npm=https://named.example", "cargo=sparse+https://crates.example/", "npm=https://second.example"})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]Site{
		"npm":   {{Address: "https://named.example"}, {Address: "https://second.example"}, {"https://acme.example", []string{"@acme"}}},
		"cargo": {{"https://crates.example/", []string{""}}, {"https://corp.example/index/", []string{"https://corp.example/index/"}}},
	}
	nuget := []byte(`<configuration><packageSources><add key="a" value="https://a.example/"/></packageSources><packageSourceMapping><packageSource key="a"><package pattern="*"/><package pattern="Acme.*"/></packageSource></packageSourceMapping></configuration>`)
	if err := os.MkdirAll(filepath.Join(u.Home, ".nuget", "NuGet"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(u.Home, ".nuget", "NuGet", "NuGet.Config"), nuget, 0o600); err != nil {
		t.Fatal(err)
	}
	mapped, err := Configured(u, []string{"nuget=https://named.example"})
	if err != nil {
		t.Fatal(err)
	}
	want["nuget"], c.Sites["nuget"] = []Site{{Address: "https://named.example"}, {"https://a.example/", []string{"Acme.*"}}}, mapped.Sites["nuget"]
	for kind, sites := range want {
		if diff := cmp.Diff(sites, c.Sites[kind]); diff != "" {
			t.Error(diff)
		}
	}
	for _, bad := range []string{"npm", "x=https://x.example", "npm=", "npm=file:///x"} {
		if _, err := Configured(u, []string{bad}); err == nil {
			t.Errorf("%s is taken", bad)
		}
	}
}

func asked(id string) *wanted { return want(known.Asked{PURL: "pkg:nuget/" + id + "@1.0.0"}) }

func TestMirrors(t *testing.T) {
	for _, c := range []struct {
		list, id, address string
		want              bool
	}{
		{"*", "central", "", true}, {"central", "central", "", true}, {"a, central ,b", "central", "", true}, {"*,!central", "central", "", false},
		{"external:*", "x", "https://x.example", true}, {"external:*", "x", "file:///x", false}, {"external:*", "x", "http://localhost:80/", false},
		{"external:http:*", "x", "https://x.example", false}, {"other", "central", "", false},
	} {
		if got := mirrors(c.list, c.id, c.address); got != c.want {
			t.Errorf("%v: %v", c, got)
		}
	}
}

func TestLicensesOf(t *testing.T) {
	for in, want := range map[string]string{
		`{"versionKey": {}, "licenses": ["MIT"]}`:                      "MIT MIT",
		`{"versionKey": {}, "licenses": ["MIT", "Apache-2.0 OR ISC"]}`: "MIT AND (Apache-2.0 OR ISC) MIT AND Apache-2.0 OR ISC",
		`{"versionKey": {}, "licenses": ["non-standard"]}`:             "NOASSERTION non-standard",
		`{"versionKey": {}, "licenses": ["non-standard", "MIT"], "licenseDetails": [{"license": "Acme Terms", "spdx": "non-standard"}]}`:          "NOASSERTION Acme Terms",
		`{"versionKey": {}, "licenses": ["MIT", "non-standard"], "licenseDetails": [{"license": "MIT"}, {"license": "Acme Terms"}]}`:              "NOASSERTION MIT AND Acme Terms",
		`{"versionKey": {}, "licenses": ["MIT", "non-standard"], "licenseDetails": [{"license": "MIT"}]}`:                                         "NOASSERTION MIT",
		`{"versionKey": {}, "licenses": ["non-standard"], "licenseDetails": [{"license": "The MIT License"}]}`:                                    "MIT The MIT License",
		`{"versionKey": {}, "licenses": ["non-standard"], "licenseDetails": [{"license": "MIT` + strings.Repeat(" ", 197) + ` AND Acme Terms"}]}`: "NOASSERTION MIT",
		`{"versionKey": {}, "licenses": []}`: "not asked for", `{"licenses": ["MIT"]}`: "no answer", `<html>`: "no answer",
	} {
		e, raw, err := licensesOf([]byte(in))
		got := e.String() + " " + raw
		if err != nil {
			got = err.Error()
		}
		if !strings.Contains(got, want) {
			t.Errorf("%s: got %s, want %s", in, got, want)
		}
	}
}

func TestFollow(t *testing.T) {
	u, _ := url.Parse("https://r.example/simple/a/")
	a := &answer{url: u}
	for ref, want := range map[string]string{
		"../../f/a.whl#sha256=x": "https://r.example/f/a.whl", "//f.example/x": "https://f.example/x", "https://me:pw@f.example/x": "https://f.example/x",
		"http://f.example/x": "", "file:///etc/passwd": "", "gopher://x.example/": "", "%zz": "", "javascript:x": "",
	} {
		got, err := a.follow(ref)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%s: %q, %v", ref, got, err)
		}
	}
}

func TestJoin(t *testing.T) {
	for _, c := range []struct {
		elem []string
		want string
	}{
		{[]string{"a", "b c"}, "https://r.example/x%2Fy/a/b%20c"}, {[]string{"@a/b"}, "https://r.example/x%2Fy/@a%2Fb"}, {[]string{"..", "b"}, ""}, {[]string{""}, ""}, {[]string{"a?b#c"}, "https://r.example/x%2Fy/a%3Fb%23c"},
	} {
		if got, _ := join("https://r.example/x%2Fy/", c.elem...); got != c.want {
			t.Errorf("%q: got %s", c.elem, got)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	if got := retryAfter("7"); got != 7*time.Second {
		t.Error(got)
	}
	if got := retryAfter(time.Now().Add(time.Minute).UTC().Format(http.TimeFormat)); got < 50*time.Second || got > time.Minute {
		t.Error(got)
	}
	for _, bad := range []string{"", "-5", "soon"} {
		if got := retryAfter(bad); got != 0 {
			t.Error(bad, got)
		}
	}
}

// TestOnce: what failed is tried again by the next, and then is right for all that follow.
func TestOnce(t *testing.T) {
	n := 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n++; n == 1 {
			w.WriteHeader(http.StatusForbidden)
		}
	}))
	defer s.Close()
	c := newClient(Config{Pause: time.Millisecond, Interval: time.Millisecond}, Keyring{})
	for i := range 3 {
		if a, err := c.once(t.Context(), s.URL, ""); (i > 0) != (err == nil) || err == nil && a == nil {
			t.Error(i, a, err)
		}
	}
	if n != 2 {
		t.Errorf("asked %d times", n)
	}
}

// TestSometimesSilent: a host that answers between its failures is asked on.
func TestSometimesSilent(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/busy" {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	defer s.Close()
	c := newClient(Config{Pause: time.Millisecond, Interval: time.Millisecond}, Keyring{})
	for range 2 * maxFailed {
		if _, err := c.get(t.Context(), s.URL+"/busy", "", 1); err == nil || errors.Is(err, errSilent) {
			t.Fatal(err)
		}
		if _, err := c.get(t.Context(), s.URL+"/", "", 1); err != nil {
			t.Fatal(err)
		}
	}
}

// TestPlain: why a registry cannot be reached is one reason for all packages, and neither its words nor a secret are in it.
func TestPlain(t *testing.T) {
	const secret = "hunter2"
	for what, write := range map[string]string{
		"reset": "", "status": "NOT HTTP " + secret + "\r\n\r\n", "header": "HTTP/1.1 200 OK\r\n" + strings.Repeat(secret, 100) + "\r\n\r\n",
		"location": "HTTP/1.1 302 Found\r\nLocation: http://%zz" + secret + "\r\n\r\n",
	} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			conn, b, err := w.(http.Hijacker).Hijack()
			if err != nil {
				return
			}
			defer conn.Close()
			if b.WriteString(write); write == "" {
				conn.(*net.TCPConn).SetLinger(0)
			}
			b.Flush()
		}))
		c := newClient(Config{Pause: time.Millisecond, Interval: time.Millisecond}, Keyring{})
		_, err := c.get(t.Context(), s.URL, "", 10)
		_, again := c.get(t.Context(), s.URL, "", 10)
		if err == nil || again == nil || err.Error() != again.Error() || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v, then %v", what, err, again)
		}
		s.Close()
	}
	err := plain(&url.Error{Op: "Get", URL: "https://r.example", Err: errors.New(`invalid proxy address "http://me:` + secret + ` x@proxy.example"`)})
	if strings.Contains(err.Error(), secret) {
		t.Error(err)
	}
}

func FuzzSimple(f *testing.F) {
	f.Add(`<base href=x><a href="a-1.0.tar.gz#sha256=00" data-core-metadata=true>`)
	f.Add(`{"files": [{"filename": "a-1.whl", "url": "a", "hashes": {"sha256": "00"}, "core-metadata": true, "size": 3}]}`)
	w := want(known.Asked{PURL: "pkg:pypi/a@1.0", Name: "a", Version: "1.0"})
	f.Fuzz(func(t *testing.T, s string) {
		files, _, _ := simpleHTML([]byte(s))
		chooseFile(files, w)
		files, _ = simpleJSON([]byte(s))
		chooseFile(files, w)
	})
}

func FuzzContentHash(f *testing.F) {
	f.Add(nupkg(f, true))
	f.Add(nupkg(f, false))
	huge := nupkg(f, true)
	binary.LittleEndian.PutUint32(huge[len(huge)-6:], 0xFFFFFFF0)
	f.Add(huge)
	f.Fuzz(func(t *testing.T, data []byte) { contentHash(data) })
}

// FuzzConfig: no file of a user's configuration breaks the program, or makes it ask what is no address.
func FuzzConfig(f *testing.F) {
	for _, seed := range []string{
		"registry=x\n//a/:_authToken=${T}", "npmScopes: {a: {npmRegistryServer: x}}", "[install]\nregistry = \"x\"", "[global]\nindex-url = x", "[[index]]\nurl = \"x\"",
		"[source.crates-io]\nreplace-with = \"a\"\n[source.a]\nregistry = \"sparse+https://a.example\"", "<settings><mirrors><mirror><mirrorOf>*</mirrorOf><url>https://a.example</url></mirror></mirrors></settings>",
		"<configuration><packageSources><add key='a' value='https://a.example'/></packageSources></configuration>", `{"repositories": [{"type": "composer", "url": "https://a.example"}]}`,
		`{"hosted": [{"url": "https://a.example", "token": "x"}]}`, `{mirror_url,<<"https://a.example">>}.`, "machine a login b password c",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		data := []byte(s)
		u := &User{Env: func(string) string { return "v" }}
		keys := &Keyring{Tokens: map[string]string{}, Logins: map[string]Login{}}
		n := &npmSettings{keys: keys, scopes: map[string]string{}}
		n.npmrc(s, u.Env)
		n.berry(data, u.Env)
		n.yarn(s)
		n.bun(data)
		pipConfig(data)
		uvConfig(data, u, keys)
		cargoConfig(data, data, u, keys)
		for _, list := range [][]Site{settingsXML(data, u, keys), nugetConfig(data, u, keys), composerConfig(data, keys)} {
			for _, site := range list {
				if !strings.HasPrefix(site.Address, "http") {
					t.Errorf("%q is asked", site.Address)
				}
			}
		}
		composerAuth(data, keys)
		pubTokens(data, u.Env, keys)
		hexMirror(data)
		keys.ReadNetrc(s)
	})
}

func FuzzAnswers(f *testing.F) {
	f.Add(`{"dl": "x", "resources": [{"@id": "https://a.example", "@type": "PackageBaseAddress/3.0.0"}]}`)
	f.Add(`{"packages": {"a/b": [{"version": "1.0", "dist": {"url": "x"}}, {"version": "__unset"}]}}`)
	f.Add(`{"versions": [{"version": "1.0", "archive_url": "x"}]}`)
	f.Add(`{"versionKey": {}, "licenses": ["MIT"], "licenseDetails": [{"license": "x"}]}`)
	f.Add(`{<<"name">>,<<"a">>}.`)
	u, _ := url.Parse("https://r.example/")
	f.Fuzz(func(t *testing.T, s string) {
		data := []byte(s)
		flatContainer(&answer{data: data, url: u})
		composerEntry(data, "a/b", "1.0")
		pubArchive(data, "1.0")
		licensesOf(data)
		namesPackage(data, "a", "1.0")
		if to, err := (&answer{url: u}).follow(s); err == nil && !strings.HasPrefix(to, "https://") {
			t.Errorf("%q is followed", to)
		}
	})
}
