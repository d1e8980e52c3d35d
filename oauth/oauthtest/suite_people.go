package oauthtest

import (
	"errors"
	"strings"

	"example.org/hub/oauth"
	"example.org/hub/oauth/jose"
)

func hasIDKeys(f *Fixture) bool { return f.Server.IDKeys != nil && f.MakeIDKeys != nil }
func hasPeople(f *Fixture) bool { return f.Server.People != nil }

// idRules hold the port that signs ID tokens.
var idRules = []rule{
	{"an ID token of every algorithm is checked with a published key, and is no access token", func(b *bench) {
		b.MakeIDKeys()
		for _, algorithm := range jose.OwnAlgorithms() {
			signer, err := b.Server.IDKeys.IDSigner(b.Context(), algorithm)
			if err != nil {
				b.Fatal(err)
			}
			token, err := signer.Sign([]byte(`{"sub":"x"}`))
			if err != nil {
				b.Fatal(err)
			}
			keys, err := b.Server.Keys.Published(b.Context())
			if err != nil {
				b.Fatal(err)
			}
			if _, kid, err := keys.Verify(token, oauth.TypeIDToken); err != nil {
				b.Errorf("%s: %v", algorithm, err)
			} else if key, _ := keys.Find(kid); key.Algorithm != algorithm {
				b.Errorf("%s: signed with a key for %s", algorithm, key.Algorithm)
			}
			if _, _, err := keys.Verify(token, oauth.TypeAccessToken); !errors.Is(err, jose.ErrType) {
				b.Errorf("%s: as an access token: %v", algorithm, err)
			}
		}
	}},
	{"an access token is no ID token", func(b *bench) {
		token := b.token(b.service(Service{Key: "client"}), "").AccessToken
		keys, err := b.Server.Keys.Published(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		if _, _, err := keys.Verify(token, oauth.TypeIDToken); !errors.Is(err, jose.ErrType) {
			b.Errorf("got %v", err)
		}
	}},
}

// profileRules hold the port that userinfo stands on.
var profileRules = []rule{
	{"a profile tells who the user is", func(b *bench) {
		userID, login := b.user()
		subject, err := b.Server.Subjects.Subject(b.Context(), userID)
		if err != nil {
			b.Fatal(err)
		}
		profile, err := b.Server.People.Profile(b.Context(), subject)
		if err != nil || profile["preferred_username"] != login || profile["name"] == nil || profile["groups"] == nil {
			b.Errorf("got %v, %v", profile, err)
		}
	}},
	{"of somebody who never was there is no profile", func(b *bench) {
		if _, err := b.Server.People.Profile(b.Context(),
			&oauth.Subject{ID: "0190d7c2-ffff-7f3e-9b8e-000000000001"}); !errors.Is(err, oauth.ErrNotFound) {
			b.Errorf("got %v, want ErrNotFound", err)
		}
	}},
}

func hasPasswords(f *Fixture) bool { return f.Server.Passwords != nil }

// passwordRules hold the port of the password grant.
var passwordRules = []rule{
	{"a password proves who the user is, by login and by id", func(b *bench) {
		userID, login := b.user()
		for _, name := range []string{login, userID, strings.ToUpper(login)} {
			proven, err := b.signIn(name, userPassword)
			if name == strings.ToUpper(login) && errors.Is(err, oauth.ErrNotFound) {
				continue // whether logins have a case is the hub's to say
			}
			if err != nil || proven.Subject.ID != userID || proven.AuthTime.IsZero() || len(proven.Methods) == 0 {
				b.Errorf("%s: got %+v, %v", name, proven, err)
			}
		}
	}},
	{"everything wrong is wrong alike", func(b *bench) {
		_, login := b.user()
		bannedID, banned := b.user()
		b.Ban(bannedID)
		for _, typed := range [][2]string{
			{login, "wrong horse"}, {login, userPassword + " "}, {login, ""}, {"nobody", userPassword},
			{banned, userPassword}, {"", ""}, {"\x00", "\x00"},
		} {
			b.address = b.stranger()
			if _, err := b.signIn(typed[0], typed[1]); !errors.Is(err, oauth.ErrNotFound) {
				b.Errorf("%q with %q: got %v, want ErrNotFound", typed[0], typed[1], err)
			}
		}
	}},
	{"after too many wrong passwords the right one must wait too, and nobody from elsewhere", func(b *bench) {
		_, login := b.user()
		var err error
		for range manyFailures {
			if _, err = b.signIn(login, "wrong horse"); !errors.Is(err, oauth.ErrNotFound) {
				break
			}
		}
		if !isCode(err, oauth.TooManyRequests) || err.(*oauth.Error).RetryAfter <= 0 {
			b.Fatalf("got %v, want too_many_requests", err)
		}
		if _, err := b.signIn(login, userPassword); !isCode(err, oauth.TooManyRequests) {
			b.Errorf("the right password: got %v, want too_many_requests", err)
		}
		b.address = b.stranger()
		if _, err := b.signIn(login, userPassword); err != nil {
			b.Errorf("from elsewhere: %v", err)
		}
	}},
}

func (b *bench) signIn(name, password string) (*oauth.SignedIn, error) {
	b.Helper()
	client := b.confidential()
	found, err := b.Server.Clients.Client(b.Context(), client.id)
	if err != nil {
		b.Fatal(err)
	}
	return b.Server.Passwords.SignIn(b.Context(), b.origin(), found, name, password)
}
