package fetch

import (
	"net/netip"
	"slices"
)

// global is what has been given out for unicast in IPv6; everything else there is reserved, local or multicast.
var global = netip.MustParsePrefix("2000::/3")

// nat64 carries an IPv4 address in its last four bytes (RFC 6052 section 2.1); what counts is that address.
var nat64 = netip.MustParsePrefix("64:ff9b::/96")

// special are the blocks of the IANA special-purpose registries which are not, or not surely, the public internet.
var special = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),       // this network
	netip.MustParsePrefix("10.0.0.0/8"),      // private
	netip.MustParsePrefix("100.64.0.0/10"),   // shared by carriers (RFC 6598)
	netip.MustParsePrefix("127.0.0.0/8"),     // loopback
	netip.MustParsePrefix("169.254.0.0/16"),  // link-local, and where clouds keep their secrets
	netip.MustParsePrefix("172.16.0.0/12"),   // private
	netip.MustParsePrefix("192.0.0.0/24"),    // protocol assignments
	netip.MustParsePrefix("192.0.2.0/24"),    // documentation
	netip.MustParsePrefix("192.88.99.0/24"),  // old 6to4 relays
	netip.MustParsePrefix("192.168.0.0/16"),  // private
	netip.MustParsePrefix("198.18.0.0/15"),   // benchmarks
	netip.MustParsePrefix("198.51.100.0/24"), // documentation
	netip.MustParsePrefix("203.0.113.0/24"),  // documentation
	netip.MustParsePrefix("224.0.0.0/4"),     // multicast
	netip.MustParsePrefix("240.0.0.0/4"),     // reserved, and broadcast
	netip.MustParsePrefix("2001::/23"),       // protocol assignments, Teredo among them
	netip.MustParsePrefix("2001:db8::/32"),   // documentation
	netip.MustParsePrefix("2002::/16"),       // 6to4: an IPv4 address of anyone's choice within
	netip.MustParsePrefix("3fff::/20"),       // documentation
}

// Public reports whether an address belongs to the public internet, so that asking it reveals nothing of the network
// that Hub stands in. An IPv4 address inside an IPv6 one counts as that IPv4 address.
func Public(addr netip.Addr) bool {
	addr = addr.Unmap().WithZone("")
	if nat64.Contains(addr) {
		wide := addr.As16()
		addr = netip.AddrFrom4([4]byte(wide[12:]))
	}
	if !addr.IsValid() || addr.Is6() && !global.Contains(addr) {
		return false
	}
	return !within(addr, special)
}

func within(addr netip.Addr, blocks []netip.Prefix) bool {
	return slices.ContainsFunc(blocks, func(block netip.Prefix) bool { return block.Contains(addr) })
}
