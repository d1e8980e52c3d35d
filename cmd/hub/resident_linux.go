package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime/debug"
	"strings"
	"syscall"
)

// forgetStart gives back the memory that only a start needs: what was read and thrown away, and the pages of the program's
// own file that ran once. Those are half of what an idle hub would otherwise hold on to; the ones that are needed again
// come back from the kernel's cache of the file, without the disk.
func forgetStart() error {
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
