package limit

import "net/netip"

// Key is what is counted together: a name (an account, a client), a place (the client's address), or a name as tried
// from a place. With both, a flood from one place does not touch the same name elsewhere.
//
// Name must be what all aliases of the account come down to (the caller's work); From may be any address, the keeper
// folds it with Source.
type Key struct {
	Name string
	From netip.Addr
}

// Source gives the address that stands for everyone at the same place: an IPv4 address for itself, also when it came
// mapped into IPv6 (::ffff:192.0.2.1), and the /64 network for IPv6, since that is the least a subscriber is given.
func Source(addr netip.Addr) netip.Addr {
	addr = addr.Unmap().WithZone("")
	if !addr.Is6() {
		return addr
	}
	wide := addr.As16()
	clear(wide[8:])
	return netip.AddrFrom16(wide)
}
