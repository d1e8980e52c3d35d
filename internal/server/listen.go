package server

import (
	"context"
	"errors"
	"net"
	"strconv"
	"strings"
	"syscall"

	"example.org/hub/internal/fault"
)

// listen opens an address. A host of `localhost` means this machine whichever way a client gets there, so it is opened on
// 127.0.0.1 and ::1 at the same port; one of the two is enough where the machine has only one.
func listen(flag, address string) ([]net.Listener, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "%s %q: expected HOST:PORT, such as localhost:8443", flag, address)
	}
	if !strings.EqualFold(host, "localhost") {
		l, err := open(address)
		if err != nil {
			return nil, explainListen(flag, address, err)
		}
		return []net.Listener{l}, nil
	}
	for attempt := 0; ; attempt++ {
		both, err := listenBoth(port)
		// A port that the kernel chose for one family may be taken in the other; another choice helps.
		if err != nil && port == "0" && errors.Is(err, syscall.EADDRINUSE) && attempt < 20 {
			continue
		}
		if err != nil {
			return nil, explainListen(flag, address, err)
		}
		return both, nil
	}
}

// Settled gives an address whose port, where it is 0, is one that was free just now: for a base URL that has to name it before
// anything listens.
func Settled(address string) (string, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil || port != "0" {
		return address, nil // what is wrong with an address is said when it is read
	}
	ports, err := listen("--listen", address)
	if err != nil {
		return "", err
	}
	defer closeAll(ports)
	return net.JoinHostPort(host, strconv.Itoa(ports[0].Addr().(*net.TCPAddr).Port)), nil
}

func listenBoth(port string) ([]net.Listener, error) {
	var both []net.Listener
	var missing error
	for _, host := range []string{"127.0.0.1", "::1"} {
		l, err := open(net.JoinHostPort(host, port))
		switch {
		case err == nil:
			both = append(both, l)
			port = strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
		case errors.Is(err, syscall.EADDRNOTAVAIL), errors.Is(err, syscall.EAFNOSUPPORT), errors.Is(err, syscall.EPROTONOSUPPORT):
			missing = err // this machine does not have the family
		default:
			closeAll(both)
			return nil, err
		}
	}
	if len(both) == 0 {
		return nil, missing
	}
	return both, nil
}

// open opens a port for plain TCP. Answers as short as these gain nothing from more than one path (RFC 8684), and the kernel
// takes no filter on a port that offers them, without which admitNoMore can do nothing.
func open(address string) (net.Listener, error) {
	var plain net.ListenConfig
	plain.SetMultipathTCP(false)
	return plain.Listen(context.Background(), "tcp", address)
}

func closeAll(listeners []net.Listener) {
	for _, l := range listeners {
		_ = l.Close()
	}
}

func explainListen(flag, address string, err error) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fault.Wrap(fault.Conflict, err, "%s %s: another program listens there already; stop it or choose another port", flag, address)
	case errors.Is(err, syscall.EACCES):
		return fault.Wrap(fault.Forbidden, err,
			"%s %s: this user may not listen there; choose a port above 1023 or grant the right to it", flag, address)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return fault.Wrap(fault.Invalid, err, "%s %s: this machine does not have that address", flag, address)
	default:
		return fault.Wrap(fault.Invalid, err, "%s %s cannot be opened: %v", flag, address, err)
	}
}
