package signin

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/passkey"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/store"
)

// Passkeys: how one is made is passkey_register.go, how one signs in is passkey_signin.go. A challenge is kept by nobody: it goes
// to the browser and comes back sealed, with what it is for, and a row is written only when it has been answered, so that
// strangers make nothing grow by asking.

// passkeyLife is how long a challenge may be answered.
const passkeyLife = 5 * time.Minute

// Site is where passkeys are made and used. Browsers offer a passkey on pages of its own host only.
type Site struct {
	Host   string // empty: passkeys do not exist here
	Origin string
}

// SiteOf gives the site of an issuer. Browsers know no passkeys for hosts that are addresses, nor beyond https.
func SiteOf(issuer string) Site {
	parsed, err := url.Parse(issuer)
	if err != nil {
		return Site{}
	}
	host := strings.ToLower(parsed.Hostname())
	_, err = netip.ParseAddr(host)
	if err == nil || host == "" || parsed.Scheme != "https" && host != "localhost" {
		return Site{}
	}
	return Site{Host: host, Origin: parsed.Scheme + "://" + strings.ToLower(parsed.Host)}
}

// here reports whether passkeys of a host can be used at one of the sites of this hub.
func (d *Desk) here(host string) bool {
	return d.Sites == nil || slices.ContainsFunc(d.Sites, func(s Site) bool { return s.Host == host })
}

// expected is what an answer is held against.
func (s Site) expected(challenge []byte) passkey.Expected {
	return passkey.Expected{Challenge: challenge, Origin: s.Origin, Site: s.Host}
}

// challenge is what was asked of a browser.
type challenge struct {
	Random  []byte `json:"r"`
	UserID  string `json:"u,omitempty"` // whose passkey it has to be; empty: anybody's
	Session string `json:"s,omitempty"` // in which it was asked, if it was asked in one
	Ends    int64  `json:"e"`           // milliseconds
}

// What a challenge is for. An answer to one kind is none to the other.
const (
	forRegistration = "passkey/register/"
	forUse          = "passkey/use/"
)

func (d *Desk) newChallenge(userID, session string) challenge {
	c := challenge{Random: make([]byte, 32), UserID: userID, Session: session, Ends: d.Store.Now().Add(passkeyLife).UnixMilli()}
	rand.Read(c.Random)
	return c
}

// seal writes a challenge as text for a cookie or a program.
func (d *Desk) seal(purpose string, site Site, c challenge) secret.Value {
	plain, err := json.Marshal(c)
	if err != nil {
		return "" // numbers, texts and bytes: it does not happen
	}
	return secret.Value(base64.RawURLEncoding.EncodeToString(d.Master.Seal(purpose+site.Host, plain)))
}

// unseal reads what seal wrote. False: it was not written for this, or it is too old.
func (d *Desk) unseal(purpose string, site Site, sealed secret.Value) (challenge, bool) {
	var c challenge
	box, err := base64.RawURLEncoding.DecodeString(sealed.Reveal())
	if err != nil {
		return c, false
	}
	plain, err := d.Master.Open(purpose+site.Host, box)
	if err != nil || json.Unmarshal(plain, &c) != nil {
		return c, false
	}
	return c, site.Host != "" && d.Store.Now().Before(time.UnixMilli(c.Ends))
}

// spend notes that a challenge was answered, and reports whether that was the first time. One statement decides.
func (d *Desk) spend(ctx context.Context, tx *store.Tx, o Origin, c challenge) (bool, error) {
	return tx.UseAssertion(ctx, hub.UsedAssertion{
		Environment: o.Environment, ClientID: "passkey", TokenID: base64.RawURLEncoding.EncodeToString(c.Random),
		ExpiresAt: time.UnixMilli(c.Ends).Add(time.Minute),
	})
}

// Passkeys lists a user's passkeys, oldest first.
func (d *Desk) Passkeys(ctx context.Context, userID string) ([]hub.Passkey, error) {
	return d.Store.PasskeysOfUser(ctx, userID)
}

// descriptors names the passkeys of a site to a browser.
func descriptors(keys []hub.Passkey, site Site) []passkey.Descriptor {
	named := []passkey.Descriptor{}
	for _, key := range keys {
		if key.Site == site.Host {
			named = append(named, passkey.Describe(key.Credential, key.Transports))
		}
	}
	return named
}

func noSite() error {
	return fault.New(fault.Conflict, "there are no passkeys at this address: the hub needs a name and https")
}
