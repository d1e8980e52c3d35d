package hub

import (
	"fmt"
	"net/netip"
	"strings"
)

// ParsePrefix reads an address (192.0.2.7) or a range (192.0.2.0/24) of an allowlist. IPv4-mapped IPv6 becomes IPv4, and
// bits beyond the prefix are refused rather than dropped, since whoever wrote them meant something else.
func ParsePrefix(text string) (netip.Prefix, error) {
	bad := func(reason string) (netip.Prefix, error) {
		return netip.Prefix{}, fmt.Errorf("%q is no address or range: %s; expected one like 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32", text, reason)
	}
	if !strings.Contains(text, "/") {
		address, err := netip.ParseAddr(text)
		switch {
		case err != nil:
			return bad("it cannot be read")
		case address.Zone() != "":
			return bad("it has a zone")
		}
		address = address.Unmap()
		return netip.PrefixFrom(address, address.BitLen()), nil
	}
	prefix, err := netip.ParsePrefix(text)
	if err != nil {
		return bad("it cannot be read")
	}
	if prefix != prefix.Masked() {
		return bad(fmt.Sprintf("bits are set beyond /%d (did you mean %s?)", prefix.Bits(), prefix.Masked()))
	}
	if address := prefix.Addr(); address.Is4In6() {
		if prefix.Bits() < 96 {
			return bad("a range of mapped IPv4 addresses has at least 96 bits")
		}
		prefix = netip.PrefixFrom(address.Unmap(), prefix.Bits()-96)
	}
	return prefix, nil
}
