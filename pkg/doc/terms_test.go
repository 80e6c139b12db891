package doc_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/licet/licet/pkg/doc"
)

// calls draws the calls of a program: the name, its line, and each argument as name=kind:text.
func calls(t *testing.T, lang *doc.Language, text string, names ...string) string {
	t.Helper()
	d, err := doc.Code("x", []byte(text), lang)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for name, args := range d.Root().Calls(names...) {
		fmt.Fprintf(&b, "%d %s", name.Span().Line, name.Text())
		for arg := range args.Split(",", "\n") {
			key, value := arg.Pair()
			literal := value.Literal()
			fmt.Fprintf(&b, " %s=%v:%s", key.Text(), literal.Kind(), literal.Text())
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestCalls(t *testing.T) {
	for _, tt := range []struct {
		lang  *doc.Language
		text  string
		names string
		want  string
	}{
		{doc.Python, "import x\nif y:\n    x.setup(\n        name='a',\n        version=v,\n        extras={'b': ['c']})\n", "setup",
			"3 x.setup name=string:a version=missing: extras=array:\n"},
		{doc.Ruby, "G.new do |s|\n  s.add_dependency 'a', \"~> 1\".freeze\n  s.add_dependency(\"b\")\n  x = s.add_dependency\nend\n", "add_dependency",
			"2 s.add_dependency =string:a =string:~> 1\n3 s.add_dependency =string:b\n"},
		{doc.Groovy, "dependencies {\n  api 'a:b:1'\n  api(platform(\"c:d:1\"))\n  api group: 'e', name: 'f'\n}\n", "api platform",
			"2 api =string:a:b:1\n3 api =missing:\n3 platform =string:c:d:1\n4 api group=string:e name=string:f\n"},
		{doc.Swift, "let p = Package(dependencies: [\n  .package(url: \"u\", from: \"1\")\n])\n", "package",
			"2 .package url=string:u from=string:1\n"},
	} {
		if diff := cmp.Diff(tt.want, calls(t, tt.lang, tt.text, strings.Fields(tt.names)...)); diff != "" {
			t.Errorf("%s: want -, got +\n%s", tt.text, diff)
		}
	}
}

func TestPairs(t *testing.T) {
	d, err := doc.Code("x", []byte("a = 1\nb = { c = 'd', [\"e\"] = 2; f }\n"), doc.Lua)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for name, value := range d.Root().Pairs() {
		got = append(got, name.Text())
		for name, value := range value.Literal().Pairs() {
			got = append(got, name.Text()+"="+value[0].Text())
		}
	}
	if diff := cmp.Diff([]string{"a", "b", "c=d", "e=2", "=f"}, got); diff != "" {
		t.Errorf("want -, got +\n%s", diff)
	}
}
