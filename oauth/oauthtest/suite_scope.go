package oauthtest

import (
	"slices"
	"strings"

	"example.org/hub/oauth"
)

var scopeRules = []rule{
	{"a service is named by id, key or name, and echoed as it was written", func(b *bench) {
		p := b.service(Service{Key: "client", Trusted: true})
		api := b.service(Service{Key: "api"})
		resource, err := b.Server.Resources.Resource(b.Context(), api.id)
		if err != nil {
			b.Fatal(err)
		}
		for _, item := range []string{api.id, api.key, strings.ReplaceAll(resource.Name, " ", "%20")} {
			response := b.token(p, item)
			if response.Scope != item {
				b.Errorf("scope %q came back as %q", item, response.Scope)
			}
			b.audience(response, api.id)
		}
	}},
	{"one service under two names is one audience and two items", func(b *bench) {
		p := b.service(Service{Key: "client"})
		response := b.token(p, p.key+" "+p.id+" "+p.key)
		if response.Scope != p.key+" "+p.id {
			b.Errorf("got scope %q", response.Scope)
		}
		b.audience(response, p.id)
	}},
	{"items are parted by any number of blanks", func(b *bench) {
		p := b.service(Service{Key: "client", Trusted: true})
		api := b.service(Service{Key: "api"})
		if response := b.token(p, "  "+p.key+"   "+api.key+" "); response.Scope != p.key+" "+api.key {
			b.Errorf("got scope %q", response.Scope)
		}
	}},
	{"unknown items are dropped", func(b *bench) {
		p := b.service(Service{Key: "client"})
		response := b.token(p, "Konnector "+p.key+" nobody:read")
		if response.Scope != p.key {
			b.Errorf("got scope %q, want %q", response.Scope, p.key)
		}
		b.audience(response, p.id)
	}},
	{"nothing left is invalid_scope", func(b *bench) {
		p := b.service(Service{Key: "client"})
		off := b.service(Service{Key: "off"})
		b.Disable(off.id)
		for _, scope := range []string{
			"Konnector", "openid", "openid profile", off.key, p.key + "%20",
			"%", ":", ":read", p.key + ":\x01", p.key + ":\x00", p.key + `:"x"`, p.key + `:\`,
		} {
			_, err := b.exchange(p.post(), scope)
			b.refused(err, oauth.InvalidScope)
		}
	}},
	{"more than a hundred items are refused", func(b *bench) {
		p := b.service(Service{Key: "client"})
		_, err := b.exchange(p.post(), p.key+strings.Repeat(" x", 100))
		b.refused(err, oauth.InvalidScope)
	}},
	{"on its own behalf an untrusted service reaches itself, a trusted one others too", func(b *bench) {
		api := b.service(Service{Key: "api"})
		untrusted, trusted := b.service(Service{Key: "untrusted"}), b.service(Service{Key: "trusted", Trusted: true})
		b.audience(b.token(untrusted, untrusted.key+" "+api.key), untrusted.id)
		_, err := b.exchange(untrusted.post(), api.key)
		if refusal := b.refused(err, oauth.InvalidScope); refusal.Explanation.Setting == "" {
			b.Error("the refusal does not say which setting to change")
		}
		b.audience(b.token(trusted, trusted.key+" "+api.key), trusted.id, api.id)
	}},
	{"without a scope a service gets itself", func(b *bench) {
		p := b.service(Service{Key: "client"})
		response := b.token(p, "")
		if response.Scope == "" {
			b.Error("the answer names no scope")
		}
		b.audience(response, p.id)
	}},
	{"without a scope a user's client gets every service in which the user holds a permission", func(b *bench) {
		one, two := b.service(Service{Key: "one", Permissions: []string{"read"}}), b.service(Service{Key: "two", Permissions: []string{"read"}})
		other := b.service(Service{Key: "other", Permissions: []string{"read"}})
		userID, _ := b.user(one.key+":read", two.key+":read")
		claims := b.claimsOf(b.token(b.apiClient(userID), "").AccessToken)
		audience := claims.strings(b, "aud")
		if !slices.Contains(audience, one.id) || !slices.Contains(audience, two.id) || slices.Contains(audience, other.id) {
			b.Errorf("audience %v, want %s and %s and not %s", audience, one.id, two.id, other.id)
		}
	}},
	{"more than fifty services must be named", func(b *bench) {
		var holds []string
		for range 51 {
			holds = append(holds, b.service(Service{Key: "many", Permissions: []string{"read"}}).key+":read")
		}
		userID, _ := b.user(holds...)
		p := b.apiClient(userID)
		_, err := b.exchange(p.post(), "")
		b.refused(err, oauth.InvalidScope)
		name, _, _ := strings.Cut(holds[0], ":")
		b.token(p, name)
	}},
	{"a user's client reaches what the user may use", func(b *bench) {
		open := b.service(Service{Key: "open"})
		closed := b.service(Service{Key: "closed", Closed: true, Permissions: []string{"read"}})
		outsider, _ := b.user()
		insider, _ := b.user(closed.key + ":read")
		b.audience(b.token(b.apiClient(outsider), open.key+" "+closed.key), open.id)
		b.audience(b.token(b.apiClient(insider), open.key+" "+closed.key), open.id, closed.id)
		_, err := b.exchange(b.apiClient(outsider).post(), closed.key)
		b.refused(err, oauth.InvalidScope)
	}},
	{"service:permission asks for less", func(b *bench) {
		api := b.service(Service{Key: "api", Permissions: []string{"read", "write"}})
		userID, _ := b.user(api.key+":read", api.key+":write")
		p := b.apiClient(userID)
		for scope, want := range map[string][]string{
			api.key:                                 {api.key + ":read", api.key + ":write"},
			api.key + ":read":                       {api.key + ":read"},
			api.id + ":read":                        {api.key + ":read"},
			api.key + "%3Aread":                     {api.key + ":read"},
			api.key + ":read " + api.key + ":write": {api.key + ":read", api.key + ":write"},
			api.key + ":read " + api.key:            {api.key + ":read", api.key + ":write"},
		} {
			response := b.token(p, scope)
			if response.Scope != scope {
				b.Errorf("scope %q came back as %q", scope, response.Scope)
			}
			if got := b.active(api, response.AccessToken).Permissions; !slices.Equal(got, want) {
				b.Errorf("scope %q gives %v, want %v", scope, got, want)
			}
		}
	}},
	{"a service of the other environment is unknown", func(b *bench) {
		p := b.service(Service{Key: "client", Trusted: true})
		if _, err := b.Other.Resources.Resource(b.Context(), p.id); err != oauth.ErrNotFound {
			b.Errorf("got %v, want ErrNotFound", err)
		}
	}},
}

// audience checks for which services a token is.
func (b *bench) audience(response *oauth.TokenResponse, want ...string) {
	b.Helper()
	got := b.claimsOf(response.AccessToken).strings(b, "aud")
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		b.Errorf("audience %v, want %v", got, want)
	}
}
