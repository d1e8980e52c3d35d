package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime/debug"
	"strings"
	"syscall"
)

// giveBack gives memory back to the system: what was thrown away, and the pages of the program's own file. Those are most
// of what an idle hub would otherwise hold on to, and were needed by a start or for a moment; the ones that are needed again
// come back from the kernel's cache of the file, without the disk.
func giveBack() error {
	debug.FreeOSMemory()
	program, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return err
	}
	mappings, err := os.Open("/proc/self/maps")
	if err != nil {
		return err
	}
	defer mappings.Close()
	lines := bufio.NewScanner(mappings)
	for lines.Scan() {
		var from, to uintptr
		var rights string
		if !strings.HasSuffix(lines.Text(), " "+program) {
			continue
		}
		if _, err := fmt.Sscanf(lines.Text(), "%x-%x %s", &from, &to, &rights); err != nil {
			return err
		}
		if strings.Contains(rights, "w") {
			continue // the kernel has no other copy of what was written there
		}
		if _, _, errno := syscall.Syscall(syscall.SYS_MADVISE, from, to-from, syscall.MADV_DONTNEED); errno != 0 {
			return errno
		}
	}
	return lines.Err()
}
