//go:build unix

package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestInterrupt sends the real signal to the real program while it waits for a file that never answers:
// it ends all the same, within its grace, says so, and writes no report.
func TestInterrupt(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "policy.yaml")
	if err := syscall.Mkfifo(pipe, 0o666); err != nil {
		t.Skip(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, "check", "--policy", pipe, dir)
	cmd.Env = append(os.Environ(), "LICET_MAIN=1")
	var out, errs strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(500 * time.Millisecond) // to have installed its handler; it cannot end by itself
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	err = cmd.Wait()
	if ee := (*exec.ExitError)(nil); !errors.As(err, &ee) || ee.ExitCode() != exitUnable {
		t.Fatalf("exit %v, output %q %q", err, out.String(), errs.String())
	}
	if out.Len() > 0 || !strings.Contains(errs.String(), "interrupted") {
		t.Errorf("output %q, errors %q", out.String(), errs.String())
	}
}
