package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/licet/licet/pkg/registry"
)

func TestReadNpmrc(t *testing.T) {
	p := &program{env: func(name string) string { return map[string]string{"TOKEN": "t"}[name] }}
	c := registry.Config{Scopes: map[string]string{}, Tokens: map[string]string{}}
	p.readNpmrc("; comment\nregistry = https://npm.example/\n@acme:registry=https://acme.example/npm\n//acme.example/npm/:_authToken=${TOKEN}\n//npm.example/:_auth=\"dTpw\"\n//b.example/:_authToken=a$b${TOKEN}${UNSET}${\nalways-auth=true\nnonsense\n//:x\n", &c)
	want := registry.Config{
		NPM: "https://npm.example/", Scopes: map[string]string{"@acme": "https://acme.example/npm"},
		Tokens: map[string]string{"acme.example/npm/": "Bearer t", "npm.example/": "Basic dTpw", "b.example/": "Bearer a$bt${UNSET}${"},
	}
	if diff := cmp.Diff(want, c); diff != "" {
		t.Error(diff)
	}
}

func TestReadNetrc(t *testing.T) {
	got := map[string]registry.Login{}
	readNetrc("machine go.example login me password p\ndefault login x password y\nmachine b.example\n\tpassword q login z\nmachine", got)
	want := map[string]registry.Login{"go.example": {Name: "me", Password: "p"}, "b.example": {Name: "z", Password: "q"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
