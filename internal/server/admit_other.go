//go:build !linux

package server

import (
	"errors"
	"net"
)

// admitNoMore needs a filter in the kernel, which is there on Linux only.
func admitNoMore(net.Listener) error { return errors.ErrUnsupported }
