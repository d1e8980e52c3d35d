package fault_test

import (
	"syscall"
	"testing"
	"unsafe"

	"example.org/hub/test/sample"
)

// unlimited is as much as the hub was given when it started.
const unlimited = ^uint64(0)

// limit sets how much of something (syscall.RLIMIT_...) a running hub may use, or takes the limit away.
func limit(t *testing.T, hub *sample.Node, of int, most uint64) {
	t.Helper()
	var now syscall.Rlimit
	prlimit(t, hub, of, nil, &now)
	now.Cur = min(most, now.Max)
	prlimit(t, hub, of, &now, nil)
}

func prlimit(t *testing.T, hub *sample.Node, of int, set, get *syscall.Rlimit) {
	t.Helper()
	_, _, errno := syscall.RawSyscall6(syscall.SYS_PRLIMIT64, uintptr(hub.Pid()), uintptr(of),
		uintptr(unsafe.Pointer(set)), uintptr(unsafe.Pointer(get)), 0, 0)
	if errno != 0 {
		t.Fatal(errno)
	}
}
