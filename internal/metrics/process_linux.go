package metrics

import (
	"bytes"
	"os"
	"strconv"
	"syscall"
)

// ticks is in how many parts Linux tells a second of processor time to every program (proc(5), USER_HZ).
const ticks = 100

// readUsage asks Linux; it answers false where /proc is not to be read.
func readUsage() (usage, bool) {
	stat, err := os.ReadFile("/proc/self/stat")
	if err != nil {
		return usage{}, false
	}
	// The second field is the program's name in brackets, with any characters in it; those after it are plain.
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	files, err := os.ReadDir("/proc/self/fd")
	var limit syscall.Rlimit
	if err != nil || len(fields) < 22 || syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit) != nil {
		return usage{}, false
	}
	field := func(n int) float64 { // numbered as in proc(5), where the first after the name is the third
		value, _ := strconv.ParseFloat(string(fields[n-3]), 64) // the kernel writes numbers there
		return value
	}
	return usage{
		cpu: (field(14) + field(15)) / ticks, virtual: field(23), resident: field(24) * float64(os.Getpagesize()),
		files: float64(len(files) - 1), mostFiles: float64(limit.Cur), // reading the folder opens it
	}, true
}
