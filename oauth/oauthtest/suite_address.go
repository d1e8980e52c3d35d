package oauthtest

import (
	"net/netip"

	"example.org/hub/oauth"
)

// addressRules hold allowlists: at the door, and again when the token is used.
var addressRules = []rule{
	{"an app is served from the addresses on its list and from no other", func(b *bench) {
		for _, c := range []struct {
			list []string
			from string
			good bool
		}{
			{[]string{"203.0.113.7/32"}, "203.0.113.7", true},
			{[]string{"203.0.113.7/32"}, "203.0.113.8", false},
			{[]string{"203.0.113.0/24"}, "203.0.113.200", true},
			{[]string{"203.0.113.0/24"}, "203.0.114.1", false},
			{[]string{"203.0.113.7/32"}, "::ffff:203.0.113.7", true},
			{[]string{"203.0.113.7/32"}, "::ffff:203.0.113.8", false},
			{[]string{"2001:db8:1::/48"}, "2001:db8:1:2::3", true},
			{[]string{"2001:db8:1::/48"}, "2001:db8:2::3", false},
			{[]string{"2001:db8:1::5/128", "198.51.100.0/28"}, "198.51.100.3", true},
			{[]string{"0.0.0.0/0"}, "203.0.113.9", true},
			{[]string{"0.0.0.0/0"}, "2001:db8::1", false},
			{[]string{"::/0"}, "2001:db8::1", true},
			{[]string{"::/0"}, "203.0.113.9", false},
			{[]string{"0.0.0.0/0", "::/0"}, "2001:db8::1", true},
			{nil, "203.0.113.9", false},
			{nil, "::1", false},
		} {
			p := b.app(c.list...)
			b.address = netip.MustParseAddr(c.from)
			_, err := b.exchange(p.post(), "")
			if c.good && err != nil {
				b.Errorf("list %v from %s: %v", c.list, c.from, err)
			}
			if !c.good {
				if refusal := b.refused(err, oauth.InvalidClient); refusal.Description != "client authentication failed" {
					b.Errorf("list %v from %s: the description tells: %s", c.list, c.from, refusal.Description)
				}
			}
		}
	}},
	{"an address that is not known is on no list", func(b *bench) {
		p := b.app("0.0.0.0/0", "::/0")
		b.address = netip.Addr{}
		_, err := b.exchange(p.post(), "")
		b.refused(err, oauth.InvalidClient)
	}},
	{"from elsewhere a right secret and a wrong one look alike", func(b *bench) {
		p := b.app("203.0.113.7/32")
		_, right := b.exchange(p.post(), "")
		p.secret += "x"
		_, wrong := b.exchange(p.post(), "")
		if one, other := b.refused(right, oauth.InvalidClient), b.refused(wrong, oauth.InvalidClient); one.Description != other.Description {
			b.Errorf("right: %s, wrong: %s", one.Description, other.Description)
		}
	}},
	{"an API client is served from everywhere", func(b *bench) {
		api := b.service(Service{Key: "api", Permissions: []string{"read"}})
		userID, _ := b.user(api.key + ":read")
		p := b.apiClient(userID)
		for _, from := range []string{"203.0.113.99", "2001:db8:99::1"} {
			b.address = netip.MustParseAddr(from)
			if _, err := b.exchange(p.post(), ""); err != nil {
				b.Errorf("from %s: %v", from, err)
			}
		}
	}},
	{"a token of an app is live only for callers on its list, and for nobody when they are not named", func(b *bench) {
		api := b.service(Service{Key: "api", Permissions: []string{"read"}})
		userID, _ := b.user(api.key + ":read")
		home := netip.MustParseAddr("203.0.113.7")
		p := b.credential(Credential{UserID: userID, Addressed: true, Addresses: []netip.Prefix{netip.MustParsePrefix("203.0.113.7/32")}})
		own := b.address
		b.address = home
		token := b.token(p, api.key).AccessToken
		b.address = own
		for from, good := range map[netip.Addr]bool{
			home: true, netip.MustParseAddr("::ffff:203.0.113.7"): true, netip.MustParseAddr("203.0.113.8"): false, {}: false,
		} {
			answer := b.inspectFrom(api, token, from)
			if !good {
				b.bare(answer)
			} else if !answer.Active || !answer.Token.Restricted {
				b.Errorf("from %s: got %+v, want active and restricted", from, answer)
			}
		}
	}},
}

// app makes an app of a user who may use something, with this list of addresses.
func (b *bench) app(list ...string) party {
	b.Helper()
	api := b.service(Service{Key: "api", Permissions: []string{"read"}})
	userID, _ := b.user(api.key + ":read")
	var addresses []netip.Prefix
	for _, text := range list {
		addresses = append(addresses, netip.MustParsePrefix(text))
	}
	return b.credential(Credential{UserID: userID, Addressed: true, Addresses: addresses})
}
