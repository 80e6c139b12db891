// Licet-bench measures a program against the cheapest thing that could do its work: reading every byte
// of the tree once. A figure in seconds says something about one machine; a ratio says something about
// the program.
//
//	licet-bench read DIR...                            the baseline: read every regular file
//	licet-bench ratio [-n 3] DIR... -- COMMAND [ARG...]  COMMAND against the baseline over DIR
//	licet-bench start [-n 10] COMMAND [ARG...]         how long COMMAND takes from start to end
//	licet-bench shapes [-n 1] [-most 64] COMMAND [ARG...]
//	                                                   COMMAND on files that are made to be slow, of 1 MiB and the
//	                                                   double, and so on
//	licet-bench lock DIR...                            read the lockfiles of a folder by their readers alone
//	licet-bench locks [-n 3] [-most 100000] [-only FORMAT] COMMAND [ARG...]
//	                                                   COMMAND on a lockfile of each format, and its reader alone
//
// Each program runs n times and the best counts: noise only ever adds. CPU is user and system time of
// the process; memory is its peak resident set as the kernel counts it, from which no program gets away
// with less than the few megabytes of licet-bench, which starts it.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
)

const usage = `usage:
  licet-bench read DIR...
  licet-bench ratio [-n 3] DIR... -- COMMAND [ARG...]
  licet-bench start [-n 10] COMMAND [ARG...]
  licet-bench shapes [-n 1] [-most 64] COMMAND [ARG...]
  licet-bench lock DIR...
  licet-bench locks [-n 3] [-most 100000] [-only FORMAT] COMMAND [ARG...]
`

var errUsage = errors.New("usage")

func main() {
	err := run(os.Args[1:], os.Stdout)
	switch {
	case errors.Is(err, errUsage):
		fmt.Fprint(os.Stderr, usage)
		os.Exit(2)
	case err != nil:
		fmt.Fprintln(os.Stderr, "licet-bench:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	if len(args) < 2 {
		return errUsage
	}
	switch verb, args := args[0], args[1:]; verb {
	case "read":
		return printRead(out, args)
	case "ratio":
		return repeated(3, args, out, printRatio)
	case "start":
		return repeated(10, args, out, printStart)
	case "shapes":
		return shapesOf(args, out)
	case "lock":
		return printLock(out, args)
	case "locks":
		return locksOf(args, out)
	}
	return errUsage
}

// repeated takes the number of runs from the flags and hands on what follows them.
func repeated(n int, args []string, out io.Writer, print func(io.Writer, int, []string) error) error {
	flags := flag.NewFlagSet("licet-bench", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.IntVar(&n, "n", n, "runs")
	if flags.Parse(args) != nil || n < 1 || flags.NArg() == 0 {
		return errUsage
	}
	return print(out, n, flags.Args())
}

func printRead(out io.Writer, dirs []string) error {
	t, err := readAll(dirs)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, readLine, t.files, t.bytes)
	return nil
}

// readLine is what the baseline prints.
const readLine = "%d files, %d bytes\n"

// printRatio runs the baseline in a process of its own, as it runs the command, so that the same things
// are counted for both. The first run, uncounted, fills the file cache and says how large the tree is.
func printRatio(out io.Writer, n int, args []string) error {
	cut := slices.Index(args, "--")
	if cut < 1 || cut == len(args)-1 {
		return errUsage
	}
	dirs, command := args[:cut], args[cut+1:]
	self, err := os.Executable()
	if err != nil {
		return err
	}
	baseline := append([]string{self, "read"}, dirs...)
	said, err := exec.Command(self, baseline[1:]...).Output()
	if err != nil {
		return fmt.Errorf("reading %s: %w", strings.Join(dirs, " "), err)
	}
	var t tally
	if _, err := fmt.Sscanf(string(said), readLine, &t.files, &t.bytes); err != nil {
		return err
	}
	base, err := best(n, baseline)
	if err != nil {
		return err
	}
	cost, err := best(n, command)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s\n", strings.Join(command, " "))
	fmt.Fprintf(out, "  tree      %d files, %.1f MB\n", t.files, megabytes(t.bytes))
	fmt.Fprintf(out, "  read      %v\n", base)
	fmt.Fprintf(out, "  command   %v\n", cost)
	fmt.Fprintf(out, "  ratio     %.2f cpu, %.2f wall, %.1f MB per CPU-second\n",
		quotient(cost.cpu, base.cpu), quotient(cost.wall, base.wall), megabytes(t.bytes)/cost.cpu.Seconds())
	return nil
}

func printStart(out io.Writer, n int, command []string) error {
	cost, err := best(n, command)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s\n  command   %v\n", strings.Join(command, " "), cost)
	return nil
}

// cost is what one run of a program took.
type cost struct {
	wall, cpu time.Duration
	rss       int64 // bytes, 0 if the system does not say
	exit      int
}

func (c cost) String() string {
	s := fmt.Sprintf("%.3f s cpu, %.3f s wall, %.1f MB peak", c.cpu.Seconds(), c.wall.Seconds(), megabytes(c.rss))
	if c.exit != 0 {
		s += fmt.Sprintf(", exit status %d", c.exit)
	}
	return s
}

// best runs the command n times and gives the least of each figure.
func best(n int, command []string) (cost, error) {
	least, err := measure(command)
	for i := 1; i < n && err == nil; i++ {
		var c cost
		c, err = measure(command)
		least.wall = min(least.wall, c.wall)
		least.cpu = min(least.cpu, c.cpu)
		least.rss = min(least.rss, c.rss)
	}
	return least, err
}

// measure runs the command once, its output discarded. An exit status is a result, as a check with
// findings has one; a program that does not start, or is killed, is an error.
func measure(command []string) (cost, error) {
	cmd := exec.Command(command[0], command[1:]...)
	start := time.Now()
	err := cmd.Run()
	wall := time.Since(start)
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() < 0) {
		return cost{}, fmt.Errorf("%s: %w", command[0], err)
	}
	state := cmd.ProcessState
	return cost{wall, state.UserTime() + state.SystemTime(), peak(state), state.ExitCode()}, nil
}

func quotient(a, b time.Duration) float64 { return a.Seconds() / max(b.Seconds(), 1e-6) }

func megabytes(n int64) float64 { return float64(n) / 1e6 }
