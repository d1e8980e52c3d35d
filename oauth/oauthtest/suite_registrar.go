package oauthtest

import (
	"errors"
	"slices"
	"time"

	"example.org/hub/oauth"
)

func hasRegistrar(f *Fixture) bool { return f.Server.Registrar != nil }

// registrarRules hold the port that clients register themselves through; what may be registered has tests of its own.
var registrarRules = []rule{
	{"a client that was registered is known, with what it said and no more", func(b *bench) {
		want := b.selfDescription()
		made := b.registered(want)
		if made.Secret == "" || made.AccessToken == "" || made.IssuedAt.IsZero() {
			b.Errorf("got %+v", made)
		}
		client, err := b.Server.Clients.Client(b.Context(), made.ClientID)
		if err != nil {
			b.Fatal(err)
		}
		if client.Trusted || client.Public || client.Disabled || client.Name != want.Name ||
			client.AuthMethod != want.AuthMethod || client.IDTokenAlg != want.IDTokenAlg ||
			!slices.Equal(client.RedirectURIs, want.RedirectURIs) || !slices.Equal(client.GrantTypes, want.GrantTypes) ||
			!slices.Equal(client.PostLogoutRedirectURIs, want.PostLogoutRedirectURIs) {
			b.Errorf("got %+v", client)
		}
		if _, match := b.Server.Clients.MatchSecret(client, made.Secret, b.Server.Now()); !match {
			b.Error("its secret does not match")
		}
	}},
	{"what a client registers for its requests holds for it, and nobody vouches for it", func(b *bench) {
		age := uint32(90)
		want := b.selfDescription()
		want.AssertionAlg, want.RequestObjectAlg, want.DefaultMaxAge, want.DefaultACRValues = "ES256", "PS256", &age, []string{"2", "1"}
		made := b.registered(want)
		holds := func(alg string, age time.Duration, values ...string) {
			b.Helper()
			client, err := b.Server.Clients.Client(b.Context(), made.ClientID)
			if err != nil {
				b.Fatal(err)
			}
			known := time.Duration(0)
			if client.DefaultMaxAge != nil {
				known = *client.DefaultMaxAge
			}
			if !client.Unvouched || client.AssertionAlg != alg || known != age || !slices.Equal(client.DefaultACRValues, values) {
				b.Errorf("got %+v", client)
			}
		}
		holds("ES256", 90*time.Second, "2", "1")
		if _, err := b.Server.Registrar.Replace(b.Context(), b.origin(), made.ClientID, b.selfDescription()); err != nil {
			b.Fatal(err)
		}
		holds("", 0)
	}},
	{"a public client gets no secret", func(b *bench) {
		want := b.selfDescription()
		want.AuthMethod = oauth.AuthNone
		made := b.registered(want)
		client, err := b.Server.Clients.Client(b.Context(), made.ClientID)
		if err != nil || made.Secret != "" || !client.Public {
			b.Errorf("got %+v and %+v, %v", made, client, err)
		}
	}},
	{"a registration is found with its own access token only", func(b *bench) {
		mine, other := b.registered(b.selfDescription()), b.registered(b.selfDescription())
		found, err := b.Server.Registrar.Find(b.Context(), mine.ClientID, mine.AccessToken)
		if err != nil || found.ClientID != mine.ClientID || found.Metadata.Name != mine.Metadata.Name || found.Secret != "" {
			b.Errorf("got %+v, %v", found, err)
		}
		for _, pair := range [][2]string{
			{mine.ClientID, other.AccessToken}, {mine.ClientID, ""},
			{mine.ClientID, mine.AccessToken + "x"}, {mine.ClientID, mine.Secret},
			{"nobody", mine.AccessToken}, {"", ""},
			{b.confidential().id, mine.AccessToken},
		} {
			if _, err := b.Server.Registrar.Find(b.Context(), pair[0], pair[1]); !errors.Is(err, oauth.ErrNotFound) {
				b.Errorf("got %v, want ErrNotFound", err)
			}
		}
	}},
	{"what a client says of itself can be replaced", func(b *bench) {
		made := b.registered(b.selfDescription())
		next := b.selfDescription()
		next.RedirectURIs = []string{landing + "/2"}
		if _, err := b.Server.Registrar.Replace(b.Context(), b.origin(), made.ClientID, next); err != nil {
			b.Fatal(err)
		}
		client, err := b.Server.Clients.Client(b.Context(), made.ClientID)
		if err != nil || client.Name != next.Name || !slices.Equal(client.RedirectURIs, next.RedirectURIs) {
			b.Errorf("got %+v, %v", client, err)
		}
		if found, err := b.Server.Registrar.Find(b.Context(), made.ClientID, made.AccessToken); err != nil ||
			!slices.Equal(found.Metadata.RedirectURIs, next.RedirectURIs) {
			b.Errorf("got %+v, %v", found, err)
		}
	}},
	{"a client that is gone is unknown, and so is its registration", func(b *bench) {
		made := b.registered(b.selfDescription())
		if err := b.Server.Registrar.Delete(b.Context(), b.origin(), made.ClientID); err != nil {
			b.Fatal(err)
		}
		if _, err := b.Server.Clients.Client(b.Context(), made.ClientID); !errors.Is(err, oauth.ErrNotFound) {
			b.Errorf("got %v, want ErrNotFound", err)
		}
		if _, err := b.Server.Registrar.Find(b.Context(), made.ClientID, made.AccessToken); !errors.Is(err, oauth.ErrNotFound) {
			b.Errorf("got %v, want ErrNotFound", err)
		}
	}},
}

// selfDescription is what a client says of itself after the checks.
func (b *bench) selfDescription() *oauth.ClientMetadata {
	return &oauth.ClientMetadata{
		Name: b.name("Photo Print "), ApplicationType: "web",
		RedirectURIs: []string{landing}, PostLogoutRedirectURIs: []string{"https://client.example.test/bye"},
		GrantTypes: []string{"authorization_code", "refresh_token"}, ResponseTypes: []string{"code"},
		AuthMethod: oauth.AuthBasic, IDTokenAlg: "ES256",
	}
}

func (b *bench) registered(metadata *oauth.ClientMetadata) *oauth.Registered {
	b.Helper()
	made, err := b.Server.Registrar.Create(b.Context(), b.origin(), metadata, nil)
	if err != nil {
		b.Fatal(err)
	}
	return made
}
