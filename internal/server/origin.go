package server

import (
	"net/http"
	"net/netip"
	"strings"
)

// origin is where a request comes from, as far as it can be believed.
type origin struct {
	peer    netip.Addr // who made the connection
	client  netip.Addr // who made the request: the peer, or whom trusted proxies name
	trusted bool       // the peer is a trusted proxy
	https   bool       // the client spoke https to the first trusted proxy, or is not known to have spoken http
}

// proxies knows whom to believe, and which header they write.
type proxies struct {
	trusted   []netip.Prefix
	forwarded bool // Forwarded, not X-Forwarded-For
}

func newProxies(trusted []netip.Prefix, header string) proxies {
	p := proxies{forwarded: strings.EqualFold(header, "Forwarded")}
	for _, block := range trusted {
		if block.Addr().Is4In6() && block.Bits() >= 96 {
			block = netip.PrefixFrom(block.Addr().Unmap(), block.Bits()-96)
		}
		p.trusted = append(p.trusted, block.Masked())
	}
	return p
}

func (p *proxies) trusts(addr netip.Addr) bool {
	for _, block := range p.trusted {
		if block.Contains(addr) {
			return true
		}
	}
	return false
}

// origin finds the client of a request: the one function that does. It walks the forwarding header from the right, one
// step for each address that is a trusted proxy, and stops at the first that is not, at one it cannot read, or at the end.
// So whatever a client wrote into the header before a trusted proxy got it is never reached.
func (p *proxies) origin(r *http.Request) origin {
	from, _ := netip.ParseAddrPort(r.RemoteAddr)
	peer := from.Addr().Unmap().WithZone("")
	o := origin{peer: peer, client: peer, https: r.TLS != nil}
	if len(p.trusted) == 0 || !p.trusts(peer) {
		return o
	}
	o.trusted, o.https = true, true
	if p.forwarded {
		p.walk(&o, r.Header["Forwarded"], parseForwarded)
		return o
	}
	steps := p.walk(&o, r.Header["X-Forwarded-For"], parseFor)
	// Each proxy of a chain adds one value to both headers, or the last one sets a single X-Forwarded-Proto.
	protos := r.Header["X-Forwarded-Proto"]
	for list, left := newList(protos, false), max(steps, 1); left > 0; left-- {
		proto, ok := list.last()
		if !ok {
			break
		}
		o.https = !strings.EqualFold(strings.TrimSpace(proto), "http")
	}
	return o
}

// walk moves o.client along the list and gives the number of steps it took.
func (p *proxies) walk(o *origin, values []string, parse func(string) hop) (steps int) {
	list := newList(values, p.forwarded)
	for p.trusts(o.client) {
		element, ok := list.last()
		if !ok {
			break
		}
		next := parse(element)
		if next.plain || next.https {
			o.https = next.https
		}
		if !next.addr.IsValid() {
			break
		}
		o.client = next.addr
		steps++
	}
	return steps
}

// list reads the elements of a header, which may come in several lines, from the last to the first.
type list struct {
	lines  []string
	line   string
	quotes bool
	open   bool
}

func newList(lines []string, quotes bool) *list { return &list{lines: lines, quotes: quotes} }

func (l *list) last() (element string, ok bool) {
	if !l.open {
		if len(l.lines) == 0 {
			return "", false
		}
		l.line, l.lines = l.lines[len(l.lines)-1], l.lines[:len(l.lines)-1]
	}
	l.line, element, l.open = lastElement(l.line, l.quotes)
	return element, true
}
