package registry

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReadNpmrc(t *testing.T) {
	env := func(name string) string { return map[string]string{"TOKEN": "t"}[name] }
	n := npmSettings{scopes: map[string]string{}, keys: &Keyring{Tokens: map[string]string{}}}
	n.npmrc("; comment\nregistry = https://npm.example/\n@acme:registry=https://acme.example/npm\n//acme.example/npm/:_authToken=${TOKEN}\n//npm.example/:_auth=\"dTpw\"\n//b.example/:_authToken=a$b${TOKEN}${UNSET}${\nalways-auth=true\nnonsense\n//:x\n", env)
	if n.registry != "https://npm.example/" {
		t.Error(n.registry)
	}
	if diff := cmp.Diff(map[string]string{"@acme": "https://acme.example/npm"}, n.scopes); diff != "" {
		t.Error(diff)
	}
	want := map[string]string{"acme.example/npm/": "Bearer t", "npm.example/": "Basic dTpw", "b.example/": "Bearer a$bt${UNSET}${"}
	if diff := cmp.Diff(want, n.keys.Tokens); diff != "" {
		t.Error(diff)
	}
}

func TestReadNetrc(t *testing.T) {
	got := map[string]Login{}
	readNetrc("machine go.example login me password p\ndefault login x password y\nmachine b.example\n\tpassword q login z\nmachine", got)
	want := map[string]Login{"go.example": {Name: "me", Password: "p"}, "b.example": {Name: "z", Password: "q"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
