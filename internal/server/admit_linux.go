package server

import (
	"net"
	"syscall"
	"unsafe"
)

// admitNoMore makes the kernel drop what would begin another connection to a port, and lets through what completes one that
// has begun. Closing a port resets every connection which the program has not accepted yet, although its client may have
// sent a request on it already; once nobody new comes in, those run out and the port can be closed without a loss. Who
// is dropped here tries again a second later, as TCP does, and is refused then.
func admitNoMore(port net.Listener) error {
	const (
		flags    = 13 // where the flags stand in a TCP header (RFC 9293 section 3.1)
		syn, ack = 0x02, 0x10
	)
	filter := [...]syscall.SockFilter{
		{Code: syscall.BPF_LD | syscall.BPF_B | syscall.BPF_ABS, K: flags},
		{Code: syscall.BPF_ALU | syscall.BPF_AND | syscall.BPF_K, K: syn | ack},
		{Code: syscall.BPF_JMP | syscall.BPF_JEQ | syscall.BPF_K, K: syn, Jf: 1},
		{Code: syscall.BPF_RET | syscall.BPF_K, K: 0},
		{Code: syscall.BPF_RET | syscall.BPF_K, K: 1<<32 - 1},
	}
	program := syscall.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	raw, err := port.(*net.TCPListener).SyscallConn()
	if err != nil {
		return err
	}
	var failed syscall.Errno
	err = raw.Control(func(fd uintptr) {
		_, _, failed = syscall.Syscall6(syscall.SYS_SETSOCKOPT, fd, syscall.SOL_SOCKET, syscall.SO_ATTACH_FILTER,
			uintptr(unsafe.Pointer(&program)), unsafe.Sizeof(program), 0)
	})
	if err == nil && failed != 0 {
		err = failed
	}
	return err
}
