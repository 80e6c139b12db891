package format

import (
	"bytes"
	"crypto/sha1"
	"encoding/json"
	"errors"
	"io"
	"math"
	"strings"
	"testing"
	"time"
)

func TestUUID5(t *testing.T) {
	dns := [16]byte{0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8}
	const want = "2ed6657d-e927-568b-95e1-2665a8aea6a2" // RFC 9562, appendix A.4
	sum := sha1.New()
	sum.Write(dns[:])
	sum.Write([]byte("www.example.com"))
	if got := uuid5(sum); got != want {
		t.Errorf("uuid5 = %s, want %s", got, want)
	}
}

func TestSeal(t *testing.T) {
	doc := func(name string) string { return `{"name": "` + name + `", "serial": "` + Unsealed + `"}` }
	seal := func(s string) string {
		var b strings.Builder
		err := Seal(&b, "serial", func(w io.Writer) error { _, err := io.WriteString(w, s); return err })
		if err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	a, again, b := seal(doc("a")), seal(doc("a")), seal(doc("b"))
	if a != again {
		t.Errorf("equal documents, unequal serial numbers: %s, %s", a, again)
	}
	serial := func(s string) string { return s[strings.Index(s, "urn:uuid:"):] }
	if serial(a) == serial(b) || strings.Contains(a, Unsealed) {
		t.Errorf("serial number does not follow from the content: %s, %s", a, b)
	}
	hostile := seal(doc(`\"serial\": \"` + Unsealed + `\"`))
	if !strings.Contains(hostile, Unsealed) || !strings.HasSuffix(hostile, `"}`) || strings.HasSuffix(hostile, Unsealed+`"}`) {
		t.Errorf("a value was taken for the field: %s", hostile)
	}
	for _, pad := range []int{page - 20, page - 70, 3*page - 70} { // the field lies across two pages, and behind some
		long := doc(strings.Repeat("x", pad))
		if got := seal(long + long); len(got) != 2*len(long) || strings.Count(got, Unsealed) != 1 || strings.HasPrefix(got, long) {
			t.Errorf("behind %d bytes the field was not filled, or more was", pad)
		}
	}
	if err := Seal(io.Discard, "serial", func(w io.Writer) error { _, err := io.WriteString(w, "{}"); return err }); err == nil {
		t.Error("a document without the field was sealed")
	}
	broken := errors.New("broken")
	if err := Seal(io.Discard, "serial", func(io.Writer) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("a document that could not be written: %v", err)
	}
}

// TestWriteJSON holds that the bytes are those of encoding/json, but that what is no UTF-8 becomes a replacement character
// and not its escape.
func TestWriteJSON(t *testing.T) {
	type inner struct {
		Name string            `json:"name,omitempty"`
		List []string          `json:"list"`
		Map  map[string]string `json:"map,omitempty"`
		Time time.Time         `json:"time"`
		Own  json.RawMessage   `json:"own,omitempty"`
		Rate float64           `json:"rate"`
		Next *inner            `json:"next,omitempty"`
	}
	for _, v := range []any{
		nil, []int{}, []string(nil), map[string]int{}, struct{}{}, []any{map[string]any{}, []any{}},
		inner{
			Name: "<a> & \"b\" \x00\x1b\b\f\n\r\t\x7f \xff\xfe é \u2028\u2029 \U0001F600 \ufffd", List: []string{},
			Map: map[string]string{"b": "2", "a": "1"}, Time: time.Unix(1700000000, 5).UTC(), Own: json.RawMessage("{\"x\" :[1,  2.50]}"),
			Rate: 0.1, Next: &inner{Rate: 1e21},
		},
	} {
		var want, got bytes.Buffer
		e := json.NewEncoder(&want)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		if err := errors.Join(e.Encode(v), WriteJSON(&got, v, "  ")); err != nil {
			t.Error(err)
		}
		if want := strings.ReplaceAll(want.String(), `\ufffd`, "\ufffd"); got.String() != want {
			t.Errorf("got %s, want %s", &got, want)
		}
	}
	if err := WriteJSON(io.Discard, math.NaN(), "  "); err == nil {
		t.Error("what is no JSON was written")
	}
}

func TestPick(t *testing.T) {
	versions := []string{"1.6", "1.4"}
	for asked, want := range map[string]string{"": "1.6", "1.4": "1.4"} {
		if got, err := (Options{Version: asked}).Pick("x", versions); err != nil || got != want {
			t.Errorf("Pick(%q) = %q, %v; want %q", asked, got, err, want)
		}
	}
	if _, err := (Options{Version: "9"}).Pick("x", versions); err == nil || !strings.Contains(err.Error(), "1.6, 1.4") {
		t.Errorf("Pick(9): %v; want an error that lists the versions", err)
	}
}

func TestIsURI(t *testing.T) {
	for s, want := range map[string]bool{
		"https://a.example/b?c=d":             true,
		"git+ssh://git@a.example/b.git#1":     true,
		"urn:uuid:1":                          true,
		"":                                    false,
		"a/b":                                 false,
		"C:/b":                                false,
		"https://[redacted]@a.example/":       false,
		"https://a.example/with blank":        false,
		"https://a.example/%zz":               false,
		"https://a.example?token=[redacted]&": false,
	} {
		if got := IsURI(s); got != want {
			t.Errorf("IsURI(%q) = %v", s, got)
		}
	}
}

func TestVisible(t *testing.T) {
	for in, want := range map[string]string{
		"plain":             "plain",
		`back\slash "quote`: `back\slash "quote`,
		"日本語 é":             "日本語 é",
		"\x1b[31mred\x1b[m": `\x1b[31mred\x1b[m`,
		"a\r\nb\tc\x00":     `a\r\nb\tc\x00`,
		"rtl\u202egpj":      `rtl\u202egpj`,
		"zero\u200bwidth":   `zero\u200bwidth`,
		"bad\xffbyte":       `bad\xffbyte`,
		"c1\u009b":          `c1\u009b`,
	} {
		if got := Visible(in); got != want {
			t.Errorf("Visible(%q) = %q, want %q", in, got, want)
		}
	}
}
