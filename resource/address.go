package resource

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// clientAddress is where a request comes from: the peer, or, when that is a trusted proxy, the nearest address in
// X-Forwarded-For that is not. The zero Addr when a trusted proxy wrote what is no address.
func clientAddress(r *http.Request, trusted []netip.Prefix) netip.Addr {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	address := peer.Addr().WithZone("").Unmap()
	hops := strings.Split(strings.Join(r.Header["X-Forwarded-For"], ","), ",")
	for _, hop := range slices.Backward(hops) {
		if !contains(trusted, address) || strings.TrimSpace(hop) == "" {
			return address
		}
		if address, err = netip.ParseAddr(strings.TrimSpace(hop)); err != nil {
			return netip.Addr{}
		}
		address = address.WithZone("").Unmap()
	}
	return address
}

// contains reports whether one of the ranges holds the address; an IPv4-mapped range holds the IPv4 addresses it maps.
func contains(ranges []netip.Prefix, address netip.Addr) bool {
	for _, r := range ranges {
		if r.Addr().Is4In6() && r.Bits() >= 96 {
			r = netip.PrefixFrom(r.Addr().Unmap(), r.Bits()-96)
		}
		if r.Contains(address) {
			return true
		}
	}
	return false
}
