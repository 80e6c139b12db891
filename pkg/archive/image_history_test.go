package archive_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/licet/licet/pkg/archive"
	"github.com/licet/licet/pkg/source"
)

// Each layer says what made it, and never what that was given: secrets are among it.
func TestImageHistory(t *testing.T) {
	for command, want := range map[string]string{
		`/bin/sh -c #(nop) ADD file:0123abcd in / `:         "ADD file:0123abcd in /",
		`COPY --chown=1000 . /app # buildkit`:               "COPY --chown=[redacted] . /app",
		`ADD https://jane:hunter2@files.example/a.tgz /opt`: "ADD https://[redacted]@files.example/a.tgz /opt",
		`WORKDIR /app`: "WORKDIR /app",
		`/bin/sh -c apt-get update && apt-get install -y nginx && rm -rf /var/lib/*`:                            "RUN apt-get update, apt-get install, rm",
		`RUN |2 TOKEN=hunter2 KEY=a b /bin/sh -c curl -u jane:hunter2 https://files.example | tar x # buildkit`: "RUN curl, tar",
		`RUN |1 TOKEN=hunter2 make`: "RUN",
		`RUN /bin/sh -c TOKEN=hunter2 npm ci --token hunter2; echo hunter2 >/etc/key`:             "RUN npm ci, echo",
		`RUN /bin/sh -c npm --token=hunter2 install`:                                              "RUN npm",
		`/bin/sh -c PASSWORD="hunter2 hunter3" login`:                                             "RUN login",
		`RUN /bin/sh -c echo "a; hunter2 && hunter2 'b" | tee '; hunter2' ; X=a\" hunter2"; make`: "RUN echo, tee",
		`RUN /bin/sh -c echo 'it; hunter2`:                                                        "RUN echo",
		`bazel build //x:hunter2`:                                                                 "bazel",
		`hunter2=x`:                                                                               "",
		``:                                                                                        "",
		`ENV TOKEN=hunter2`:                                                                       "ENV",
		`COPY ` + strings.Repeat("x", 300):                                                        "COPY " + strings.Repeat("x", 155) + "...",
	} {
		m := imageOf(t, archive.ImageOptions{}, fields{"history": []any{fields{"created_by": command}, fields{"created_by": "ENV TOKEN=hunter2", "empty_layer": true}}})
		if got := m.Layers[0].By; got != want {
			t.Errorf("%q is said to be %q, want %q", command, got, want)
		}
	}
	m := imageOf(t, archive.ImageOptions{}, fields{"history": []any{fields{"created_by": "COPY a b"}, fields{"created_by": "COPY c d"}}})
	if got := m.Layers[0].By; got != "" {
		t.Errorf("a history of other layers says %q", got)
	}
}

func FuzzHistory(f *testing.F) {
	f.Add("RUN |1 A=b /bin/sh -c true && x")
	f.Add("COPY \xff a")
	f.Fuzz(func(t *testing.T, command string) {
		m := imageOf(t, archive.ImageOptions{}, fields{"history": []any{fields{"created_by": command + " hunter2=" + "s3cr3t"}}})
		if strings.Contains(m.Layers[0].By, "s3cr3t") && !strings.Contains(command, "s3cr3t") {
			t.Errorf("%q is said to be %q", command, m.Layers[0].By)
		}
	})
}

// imageOf opens an image of one layer with more in its configuration.
func imageOf(tb testing.TB, opt archive.ImageOptions, more fields) *archive.Image {
	tb.Helper()
	m, err := archive.OpenImage(withConfig(tb, more, tarred(tb, header{name: "a", content: "x"})), opt)
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

// withConfig is an image layout whose one image has more in its configuration.
func withConfig(tb testing.TB, more fields, layers ...[]byte) layout {
	l := newLayout()
	d := l.image(tb, "linux/amd64", "gzip", layers...)
	var manifest, config fields
	blob := func(d any) []byte {
		return l.MapFS["blobs/sha256/"+strings.TrimPrefix(d.(map[string]any)["digest"].(string), "sha256:")].Data
	}
	json.Unmarshal(blob(map[string]any(d)), &manifest)
	json.Unmarshal(blob(manifest["config"]), &config)
	for k, v := range more {
		config[k] = v
	}
	manifest["config"] = l.json(config)
	return l.index(l.json(manifest))
}

// The layers that an image has from the one it was made of are told where that is at hand, or where its builder noted the last of them; a label
// that only names it tells nothing, and an image that it was not made of is refused.
func TestImageBase(t *testing.T) {
	one, two, three := tarred(t, header{name: "a"}), tarred(t, header{name: "b"}), tarred(t, header{name: "c"})
	diffs := func(layers ...[]byte) []source.Digest {
		out, err := archive.Diffs(withConfig(t, nil, layers...), archive.ImageOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	all := diffs(one, two, three)
	note := func(top source.Digest) fields {
		return fields{"config": fields{"Labels": fields{"io.buildpacks.lifecycle.metadata": `{"runImage":{"topLayer":"` + string(top) + `"}}`}}}
	}
	for name, c := range map[string]struct {
		base []source.Digest
		more fields
		want string
	}{
		"nothing":              {nil, nil, "  "},
		"its base":             {diffs(one, two), nil, "base base own"},
		"itself":               {all, nil, "base base base"},
		"another":              {diffs(two), nil, "refused"},
		"more":                 {diffs(one, two, three, one), nil, "refused"},
		"a note":               {nil, note(all[0]), "base own own"},
		"a note of none":       {nil, note("sha256:00"), "  "},
		"a note that is wrong": {diffs(one, two), note(all[0]), "base base own"},
		"a note that is none":  {nil, fields{"config": fields{"Labels": fields{"io.buildpacks.lifecycle.metadata": "x"}}}, "  "},
	} {
		m, err := archive.OpenImage(withConfig(t, c.more, one, two, three), archive.ImageOptions{Base: c.base})
		got := "refused"
		if err == nil {
			var whose []string
			for _, l := range m.Layers {
				whose = append(whose, string(l.Whose))
			}
			got = strings.Join(whose, " ")
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	if got, err := archive.Diffs(withConfig(t, fields{"rootfs": fields{}}, one, two, three), archive.ImageOptions{}); err != nil || !slices.Equal(got, all) {
		t.Errorf("where the configuration does not tell the layers they are %q, want %q; %v", got, all, err)
	}
}
