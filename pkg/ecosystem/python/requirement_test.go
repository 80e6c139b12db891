package python

import (
	"strings"
	"testing"

	"github.com/licet/licet/pkg/source"
)

func TestRequirement(t *testing.T) {
	for _, tt := range []struct{ text, name, extras, pin, raw, extra string }{
		{"requests", "requests", "", "", "", ""},
		{"Zope.Interface==6.1", "zope-interface", "", "6.1", "==6.1", ""},
		{"a__b--c ~= 1.0", "a-b-c", "", "", "~= 1.0", ""},
		{"celery[Redis, py_test] == 4.4.7", "celery", "redis py-test", "4.4.7", "== 4.4.7", ""},
		{"pip (>=1.0)", "pip", "", "", ">=1.0", ""},
		{"x>=1,==1.5,<2", "x", "", "1.5", ">=1,==1.5,<2", ""},
		{"x==1.*", "x", "", "", "==1.*", ""},
		{"x===1-odd", "x", "", "1-odd", "===1-odd", ""},
		{"x; python_version < '3.8'", "x", "", "", "; python_version < '3.8'", ""},
		{"x>1 ; extra == 'socks'", "x", "", "", ">1; extra == 'socks'", "socks"},
		{`x ; python_version > "3" and extra=="Fast_Path"`, "x", "", "", `; python_version > "3" and extra=="Fast_Path"`, "fast-path"},
		{"x @ https://files.example/x.zip ; os_name == 'nt'", "x", "", "", "https://files.example/x.zip; os_name == 'nt'", ""},
	} {
		n, ok := want(tt.text, source.Span{})
		if !ok || n.name != tt.name || strings.Join(n.extras, " ") != tt.extras || pin(n.spec) != tt.pin || n.raw != tt.raw || n.extra != tt.extra {
			t.Errorf("%s: %v %+v, want %+v", tt.text, ok, n, tt)
		}
	}
	for _, text := range []string{"", "==1", "-x", "a b", "./x", "[x]", "http://files.example/x", "a/b", "é"} {
		if n, ok := want(text, source.Span{}); ok {
			t.Errorf("%q is %+v", text, n)
		}
	}
}

func TestAdmits(t *testing.T) {
	for _, tt := range []struct {
		spec, version string
		want          bool
	}{
		{"", "1", true},
		{"*", "1", true},
		{">=1,<2", "1.5", true},
		{">= 1, < 2", "2.0", false},
		{"<2 || >=3", "3.1", true},
		{"<2 || >=3", "2.1", false},
		{"^1.2", "1.9", true},
		{"^1.2", "2.0", false},
		{"^0.2.3", "0.2.9", true},
		{"^0.2.3", "0.3.0", false},
		{"~1.2", "1.2.9", true},
		{"~1.2", "1.3", false},
		{"~=1.4.2", "1.4.9", true},
		{"~=1.4.2", "1.5", false},
		{"==1.1.*", "1.1.5", true},
		{"==1.1.*", "1.10", false},
		{"!=1.1.*", "1.1.5", false},
		{"1.0", "1.0.0", true},
		{"==1.0", "1.0+cpu", true},
		{"==1.0+cpu", "1.0+gpu", false},
		{"===1.0", "1.1", false},
		{">1.0", "1.0", false},
		{"?", "1.0", true},
	} {
		if got := admits(tt.spec, tt.version); got != tt.want {
			t.Errorf("admits(%q, %q) = %v", tt.spec, tt.version, got)
		}
	}
}

func TestInFileName(t *testing.T) {
	for file, want := range map[string]string{
		"numpy-1.26.4-cp312-cp312-linux_x86_64.whl":                "numpy 1.26.4",
		"https://files.example/a/typing_extensions-4.9.0.tar.gz#x": "typing_extensions 4.9.0",
		"foo-bar-1.0.zip": "foo-bar 1.0",
		"main.zip":        " ",
		"broken.whl":      " ",
		"requests":        " ",
	} {
		name, version := inFileName(file)
		if got := name + " " + version; got != want {
			t.Errorf("%s: %s, want %s", file, got, want)
		}
	}
}

func TestLocations(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"git+https://user:secret@git.example/a.git@v1#egg=a", "git+https://git.example/a.git@v1"},
		{"git+ssh://git@git.example/a.git", "git+ssh://git@git.example/a.git"},
		{"git+git@git.example:acme/a.git", "git+ssh://git@git.example/acme/a.git"},
		{"https://token@files.example/a.zip", "https://files.example/a.zip"},
		{"file:///opt/a", "/opt/a"},
		{"../a", "../a"},
	} {
		o := locate(tt.text)
		if got := firstOf(o.vcs, o.url, o.local); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.text, got, tt.want)
		}
	}
}
