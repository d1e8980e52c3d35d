package hub

import (
	"net/netip"
	"strings"
)

// Places are the networks and programs in which a user is known, as traits. Nobody here knows where on earth an address is: a
// network is the first 24 bits of an IPv4 address, or the first 48 of an IPv6 address, which is about what one provider gives
// to one place.
type Places map[string]bool

// PlaceTraits are the traits of a session: its network, and what browser and system say that they are, without versions.
func PlaceTraits(s Session) []string {
	traits := []string{"program " + program(s.Agent)}
	if address, err := netip.ParseAddr(s.Address); err == nil {
		traits = append(traits, "network "+network(address.Unmap()).String())
	}
	return traits
}

// Knows reports whether nothing about a session is new. Where nothing is known yet, nothing stands out.
func (p Places) Knows(s Session) bool {
	if len(p) == 0 {
		return true
	}
	for _, trait := range PlaceTraits(s) {
		if !p[trait] {
			return false
		}
	}
	return true
}

func network(address netip.Addr) netip.Prefix {
	bits := 48
	if address.Is4() {
		bits = 24
	}
	prefix, err := address.WithZone("").Prefix(bits)
	if err != nil {
		return netip.Prefix{} // no address has fewer bits
	}
	return prefix
}

func program(agent string) string {
	browser, system := ProgramOf(agent)
	if browser == "" { // what it says first, without its version
		browser, _, _ = strings.Cut(agent, "/")
		browser = browser[:min(len(browser), 64)]
	}
	return strings.ToValidUTF8(browser+" on "+system, "?")
}

// ProgramOf names the browser and the system of a program by what it calls itself, as well as that can be told; empty: it cannot.
func ProgramOf(agent string) (browser, system string) {
	find := func(names ...string) string {
		for i := 0; i < len(names); i += 2 {
			if strings.Contains(agent, names[i]) {
				return names[i+1]
			}
		}
		return ""
	}
	return find("Edg/", "Edge", "OPR/", "Opera", "Firefox/", "Firefox", "Chrome/", "Chrome", "Safari/", "Safari", "curl/", "curl"),
		find("iPhone", "iPhone", "iPad", "iPad", "Android", "Android",
			"Windows", "Windows", "Mac OS X", "macOS", "CrOS", "ChromeOS", "Linux", "Linux")
}
