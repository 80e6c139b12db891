package format

import (
	"strings"
	"testing"
)

func TestUUID5(t *testing.T) {
	dns := [16]byte{0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8}
	const want = "2ed6657d-e927-568b-95e1-2665a8aea6a2" // RFC 9562, appendix A.4
	if got := uuid5(dns, []byte("www.example.com")); got != want {
		t.Errorf("uuid5 = %s, want %s", got, want)
	}
}

func TestSeal(t *testing.T) {
	doc := func(name string) string { return `{"name": "` + name + `", "serial": "` + Unsealed + `"}` }
	seal := func(s string) string {
		b, err := Seal([]byte(s), "serial")
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
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
	if _, err := Seal([]byte(`{}`), "serial"); err == nil {
		t.Error("a document without the field was sealed")
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
