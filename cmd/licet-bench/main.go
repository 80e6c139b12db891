// Licet-bench measures a program against the cheapest thing that could do its work: reading every byte
// of the tree once. A figure in seconds says something about one machine; a ratio says something about
// the program.
//
//	licet-bench read DIR...                            the baseline: read every regular file
//	licet-bench ratio [-n 3] DIR... -- COMMAND [ARG...]  COMMAND against the baseline over DIR
//	licet-bench start [-n 10] COMMAND [ARG...]         how long COMMAND takes from start to end
//	licet-bench shapes [-n 1] [-most 64] [-only SHAPE] COMMAND [ARG...]
//	                                                   COMMAND on files that are made to be slow, of 1 MiB and the
//	                                                   double, and so on
//	licet-bench lock DIR...                            read the lockfiles of a folder by their readers alone
//	licet-bench locks [-n 3] [-most 100000] [-only FORMAT] COMMAND [ARG...]
//	                                                   COMMAND on a lockfile of each format, and its reader alone
//	licet-bench trees [-n 3] [-only TREE] COMMAND [ARG...]
//	                                                   COMMAND on a JAR of JARs, and on lockfiles in many folders
//	licet-bench unpack DIR                             the baseline of an image layout: inflate each layer and read it
//	licet-bench image [-n 1] [-most 2000] [-in DIR] COMMAND [ARG...]
//	                                                   COMMAND on an image of so many MB, or on that in DIR, against the baseline
//	licet-bench modules [-n 1] [-most 1200] LICET      licet on a project with so many packages in node_modules, and by facts
//	                                                   without them
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
  licet-bench shapes [-n 1] [-most 64] [-only SHAPE] COMMAND [ARG...]
  licet-bench lock DIR...
  licet-bench locks [-n 3] [-most 100000] [-only FORMAT] COMMAND [ARG...]
  licet-bench trees [-n 3] [-only TREE] COMMAND [ARG...]
  licet-bench unpack DIR
  licet-bench image [-n 1] [-most 2000] [-in DIR] COMMAND [ARG...]
  licet-bench modules [-n 1] [-most 1200] LICET
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
		return measured(args, out, task{n: 3}, printRatio)
	case "start":
		return measured(args, out, task{n: 10}, printStart)
	case "shapes":
		return measured(args, out, task{n: 1, least: leastShape, most: 64, kinds: true}, printShapes)
	case "lock":
		return printLock(out, args)
	case "locks":
		return measured(args, out, task{n: 3, least: leastLock, most: 100000, kinds: true}, printLocks)
	case "trees":
		return measured(args, out, task{n: 3, kinds: true}, printTrees)
	case "unpack":
		return printUnpack(out, args)
	case "image":
		return measured(args, out, task{n: 1, least: 1, most: 2000, real: true}, printImage)
	case "modules":
		return measured(args, out, task{n: 1, least: 1, most: 1200}, printModules)
	}
	return errUsage
}

// task is what to measure and how: the number of runs, and the command. Verbs that make the input have sizes of it, and may
// make but one kind.
type task struct {
	n, least, most int
	kinds          bool
	only           string // the kind that is wanted, "" for all
	real           bool   // there may be real input
	in             string // where that is, "" to make some
	command        []string
}

// on is the command with arguments behind its own.
func (k task) on(args ...string) []string { return slices.Concat(k.command, args) }

// growth gives by how much each step to the next size, from least on, multiplies the time. What the command takes for an empty
// input is left out.
func (k task) growth(least, step int, empty cost, measure func(size int) (cost, error)) (string, error) {
	text := ""
	var last time.Duration
	for size := least; size <= k.most; size *= step {
		c, err := measure(size)
		if err != nil {
			return "", err
		}
		took := c.beyond(empty)
		if last > 0 {
			text += fmt.Sprintf(" %.2f", quotient(took, last))
		}
		last = took
	}
	return text, nil
}

// measured takes the task from the flags, with what they leave out as it is given, and hands it on.
func measured(args []string, out io.Writer, k task, print func(io.Writer, task) error) error {
	flags := flag.NewFlagSet("licet-bench", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.IntVar(&k.n, "n", k.n, "runs")
	if k.least > 0 {
		flags.IntVar(&k.most, "most", k.most, "greatest size")
	}
	if k.kinds {
		flags.StringVar(&k.only, "only", "", "the kind of input to measure")
	}
	if k.real {
		flags.StringVar(&k.in, "in", "", "real input")
	}
	if flags.Parse(args) != nil || k.n < 1 || k.most < k.least || flags.NArg() == 0 {
		return errUsage
	}
	k.command = flags.Args()
	return print(out, k)
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
func printRatio(out io.Writer, k task) error {
	cut := slices.Index(k.command, "--")
	if cut < 1 || cut == len(k.command)-1 {
		return errUsage
	}
	dirs, command := k.command[:cut], k.command[cut+1:]
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
	base, err := best(k.n, baseline)
	if err != nil {
		return err
	}
	cost, err := best(k.n, command)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s\n", strings.Join(command, " "))
	printAgainst(out, "read", t, base, cost)
	return nil
}

// printAgainst prints what a command took beside its baseline, of that name.
func printAgainst(out io.Writer, name string, t tally, base, cost cost) {
	fmt.Fprintf(out, "  tree      %d files, %.1f MB\n", t.files, megabytes(t.bytes))
	fmt.Fprintf(out, "  %-9s %v\n", name, base)
	fmt.Fprintf(out, "  command   %v\n", cost)
	fmt.Fprintf(out, "  ratio     %.2f cpu, %.2f wall, %.1f MB per CPU-second\n",
		quotient(cost.cpu, base.cpu), quotient(cost.wall, base.wall), megabytes(t.bytes)/cost.cpu.Seconds())
}

func printStart(out io.Writer, k task) error {
	cost, err := best(k.n, k.command)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s\n  command   %v\n", strings.Join(k.command, " "), cost)
	return nil
}

// cost is what one run of a program took.
type cost struct {
	wall, cpu time.Duration
	rss       int64 // bytes, 0 if the system does not say
	exit      int
}

// beyond is the CPU time that is more than that of another run.
func (c cost) beyond(d cost) time.Duration { return max(c.cpu-d.cpu, time.Millisecond) }

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
