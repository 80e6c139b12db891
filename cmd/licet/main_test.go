package main

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite the expected output in the scripts")

func TestMain(m *testing.M) {
	if os.Getenv("LICET_MAIN") != "" {
		main()
	}
	testscript.Main(m, map[string]func(){"licet": main})
}

// TestScripts runs testdata/cmd: the program as its users meet it. Each script has a machine of its own:
// no caches but those in it, and no variable of the real one.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "../../testdata/cmd",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			for name, value := range map[string]string{
				"HOME": "home", "XDG_CONFIG_HOME": "home/.config", "XDG_CACHE_HOME": "home/.cache", "GOMODCACHE": "gomod", "GOROOT": "goroot",
			} {
				env.Setenv(name, filepath.Join(env.WorkDir, filepath.FromSlash(value)))
			}
			env.Setenv("SOURCE_DATE_EPOCH", "1700000000")
			env.Setenv("GORACE", "atexit_sleep_ms=0") // else each run under the race detector idles for a second
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"status": status, "truncate": truncate, "utf16": toUTF16, "pack": pack, "keys": keys, "serve": serve,
		},
	})
}

// status N COMMAND ARGS runs a command that must exit with the status N.
func status(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N COMMAND [ARGS]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	if ee := (*exec.ExitError)(nil); errors.As(err, &ee) {
		got = ee.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// keys NAME makes a pair of keys, NAME.pem and NAME.pub.
func keys(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: keys NAME")
	}
	public, private, err := ed25519.GenerateKey(nil)
	ts.Check(err)
	for ending, block := range map[string]func() (string, []byte, error){
		".pem": func() (string, []byte, error) {
			der, err := x509.MarshalPKCS8PrivateKey(private)
			return "PRIVATE KEY", der, err
		},
		".pub": func() (string, []byte, error) {
			der, err := x509.MarshalPKIXPublicKey(public)
			return "PUBLIC KEY", der, err
		},
	} {
		kind, der, err := block()
		ts.Check(err)
		ts.Check(os.WriteFile(ts.MkAbs(args[0]+ending), pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600))
	}
}

// serve DIR lets a server on this machine give the files of a folder, and sets URL and HOST to its address.
func serve(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: serve DIR")
	}
	s := httptest.NewServer(http.FileServer(http.Dir(ts.MkAbs(args[0]))))
	ts.Defer(s.Close)
	ts.Setenv("URL", s.URL)
	ts.Setenv("HOST", strings.TrimPrefix(s.URL, "http://"))
}

// truncate FILE SIZE cuts a file, or makes it longer with zeros.
func truncate(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: truncate FILE SIZE")
	}
	size, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	ts.Check(os.Truncate(ts.MkAbs(args[0]), size))
}

// toUTF16 FILE writes an ASCII file anew in UTF-16 with a byte order mark.
func toUTF16(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: utf16 FILE")
	}
	wide := []byte{0xFF, 0xFE}
	for _, b := range []byte(ts.ReadFile(args[0])) {
		wide = append(wide, b, 0)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), wide, 0o666))
}

// pack FILE DIR puts what is in a folder into an archive, whose name says of which kind.
func pack(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: pack FILE DIR")
	}
	f, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	defer f.Close()
	files := os.DirFS(ts.MkAbs(args[1]))
	if filepath.Ext(args[0]) == ".zip" {
		w := zip.NewWriter(f)
		ts.Check(w.AddFS(files))
		ts.Check(w.Close())
		return
	}
	var to io.WriteCloser = f
	if filepath.Ext(args[0]) == ".gz" {
		to = gzip.NewWriter(f)
	}
	w := tar.NewWriter(to)
	ts.Check(w.AddFS(files))
	ts.Check(w.Close())
	ts.Check(to.Close())
}
