//go:build unix

package main

import (
	"os"
	"runtime"
	"syscall"
)

// peak gives the greatest resident set of an ended process in bytes.
func peak(state *os.ProcessState) int64 {
	usage, ok := state.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	if runtime.GOOS == "darwin" || runtime.GOOS == "ios" {
		return int64(usage.Maxrss)
	}
	return int64(usage.Maxrss) * 1024 // getrusage(2): kilobytes
}
