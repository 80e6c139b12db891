// Command licet scans source trees for components and licenses, writes SBOMs, and judges what it found
// by an organisation's policy.
//
// Everything that licet knows lies in the packages under pkg; this program gives them what they must not
// reach for themselves: flags, the file system, the clock, the terminal, and the exit status.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, func() {
		stop() // a second interrupt ends the program the hard way
		time.AfterFunc(grace, func() { os.Exit(interrupted(os.Stderr)) })
	})
	os.Exit(run(ctx, os.Args[1:]))
}

// grace is how long an interrupted program may take to end by itself: one that waits for a file system
// that does not answer would never do so.
const grace = 2 * time.Second

func interrupted(w io.Writer) int {
	fmt.Fprintln(w, "licet: interrupted: the report is not complete and was not written")
	return exitUnable
}

// The exit statuses that do not follow from a report, see [report.Report.Exit].
const (
	exitUnable = 2 // the job could not be done
	exitGaps   = 3 // something could not be read
)

// exit is an error that only carries an exit status: everything was said already.
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// program is what the commands share: where they write, and what they know of their surroundings.
type program struct {
	out, err io.Writer
	env      func(string) string
	now      func() time.Time
	color    bool
	width    int
	progress bool
}

func run(ctx context.Context, args []string) int {
	p := &program{out: os.Stdout, err: os.Stderr, env: os.Getenv, now: time.Now}
	if fd := int(os.Stdout.Fd()); term.IsTerminal(fd) {
		p.color = p.env("NO_COLOR") == "" && p.env("TERM") != "dumb"
		if width, _, err := term.GetSize(fd); err == nil {
			p.width = width
		}
	}
	p.progress = term.IsTerminal(int(os.Stderr.Fd())) && p.env("TERM") != "dumb"

	root := p.root()
	root.SetArgs(args)
	root.SetOut(p.out)
	root.SetErr(p.err)
	err := root.ExecuteContext(ctx)
	var status exit
	switch {
	case err == nil:
		return 0
	case errors.As(err, &status):
		return int(status)
	case ctx.Err() != nil:
		return interrupted(p.err)
	}
	fmt.Fprintln(p.err, "licet: "+err.Error())
	return exitUnable
}

func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "licet",
		Short: "licet says what a source tree is made of, under which licenses, and whether that is permitted",
		Long: `licet (Latin: it is permitted) scans source trees for components and licenses, writes SPDX and
CycloneDX SBOMs, and judges what it found by your policy. It runs nothing of what it scans, and
asks no network unless you say --online.

Exit status: 2 the job could not be done; 1 findings at or above --fail-on; 3 no such findings but a
material gap; 0 clean.`,
		SilenceErrors:     true,
		SilenceUsage:      true,
		DisableAutoGenTag: true,
	}
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return fmt.Errorf("%w (see `%s --help`)", err, c.CommandPath())
	})
	root.AddCommand(p.scanCommand(), p.checkCommand(), p.verifyCommand(), p.detectCommand(), p.factsCommand(), p.explainCommand(), p.licensesCommand(), p.versionCommand())
	return root
}
