package server

import (
	"net/netip"
	"strings"
)

// hop is what one proxy says about whom it heard from. An addr that is not valid means it said nothing usable.
type hop struct {
	addr  netip.Addr
	https bool // it heard over https
	plain bool // it heard over http; with neither, it did not say
}

// lastElement cuts the last element off a comma-separated list. With quotes it minds quoted strings, and it reads from the
// right all the same: what the nearest proxy appended is well formed, what a client wrote before it need not be, and a
// quote left open there must not swallow the proxy's own element.
func lastElement(list string, quotes bool) (rest, last string, more bool) {
	quoted := false
	for i := len(list) - 1; i >= 0; i-- {
		switch list[i] {
		case ',':
			if !quoted {
				return list[:i], list[i+1:], true
			}
		case '"':
			before := strings.TrimRight(list[:i], `\`)
			if quotes && (i-len(before))%2 == 0 {
				quoted = !quoted
			}
		}
	}
	return "", list, false
}

// parseFor reads one element of X-Forwarded-For: an address, with or without a port. Anything else gives an invalid hop.
func parseFor(text string) hop { return hop{addr: parseNode(strings.TrimSpace(text))} }

// parseForwarded reads one element of Forwarded (RFC 7239 section 4). A malformed element gives an invalid hop.
func parseForwarded(element string) (h hop) {
	seen := false
	for element = strings.TrimSpace(element); element != ""; {
		name, rest, ok := strings.Cut(element, "=")
		if !ok {
			return hop{}
		}
		value, after, ok := pairValue(rest)
		if !ok {
			return hop{}
		}
		element = after
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "for":
			if seen {
				return hop{}
			}
			h.addr, seen = parseNode(value), true
		case "proto":
			h.https, h.plain = strings.EqualFold(value, "https"), strings.EqualFold(value, "http")
		}
	}
	return h
}

// pairValue reads a token or quoted string up to the next semicolon.
func pairValue(text string) (value, after string, ok bool) {
	if !strings.HasPrefix(text, `"`) {
		value, after, _ = strings.Cut(text, ";")
		value = strings.TrimSpace(value)
		return value, after, !strings.ContainsAny(value, "\" \t")
	}
	var unquoted strings.Builder
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			if i++; i < len(text) {
				unquoted.WriteByte(text[i])
			}
		case '"':
			after = strings.TrimSpace(text[i+1:])
			if after != "" && after[0] != ';' {
				return "", "", false
			}
			return unquoted.String(), strings.TrimPrefix(after, ";"), true
		default:
			unquoted.WriteByte(text[i])
		}
	}
	return "", "", false
}

// parseNode reads an address as proxies write it: 192.0.2.1, 192.0.2.1:80, 2001:db8::1, [2001:db8::1], [2001:db8::1]:80.
// Names, zones and `unknown` give an invalid address.
func parseNode(text string) netip.Addr {
	addr, err := netip.ParseAddr(text)
	if err != nil && strings.HasPrefix(text, "[") && strings.HasSuffix(text, "]") {
		addr, err = netip.ParseAddr(text[1 : len(text)-1])
		if err == nil && !addr.Is6() {
			return netip.Addr{}
		}
	}
	if err != nil {
		var withPort netip.AddrPort
		withPort, err = netip.ParseAddrPort(text)
		addr = withPort.Addr()
	}
	if err != nil || addr.Zone() != "" {
		return netip.Addr{}
	}
	return addr.Unmap()
}
