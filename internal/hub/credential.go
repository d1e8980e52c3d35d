package hub

import (
	"net/netip"
	"time"
)

// Secret is one live secret of a service or an API client; there may be two at a time, so that one can be changed
// without a gap. Only its keyed hash is kept.
type Secret struct {
	ID          string
	Owner       string // id of the service or API client
	Environment Environment
	Digest      []byte // keyed hash, see package secret
	Hint        string // last four characters, for people to tell secrets apart
	CreatedAt   time.Time
	ExpiresAt   time.Time // zero: none
	LastUsedAt  time.Time // zero: never
	Suspended   bool      // waits, after a restore, for an administrator to confirm it
}

// APIClient is a credential of one user for scripts: it acts as that user, with the user's rights at the time of use.
type APIClient struct {
	ID           string // the client_id, a UUID
	Environment  Environment
	UserID       string
	AuthorID     string // who made it
	Label        string // for display only
	Limited      bool   // true: may not do what needs a fresh sign-in
	Disabled     bool
	CreatedAt    time.Time
	LastUsedAt   time.Time // zero: never
	LastUsedFrom string    // address
	LastAgent    string    // the program, as it calls itself
}

// App is a developer's app_id and app_key for one environment. The key can be shown again, so it is kept sealed under the
// master key beside its keyed hash. While a key is being changed the previous one is accepted until PreviousEndsAt.
type App struct {
	ID             string // the app_id, 8 digits
	Environment    Environment
	UserID         string
	AuthorID       string // who made it; empty: not known
	Label          string
	SealedKey      []byte
	Digest         []byte
	PreviousDigest []byte    // nil: none
	PreviousEndsAt time.Time // zero: none
	Allowlist      []AllowedAddress
	Disabled       bool
	Suspended      bool
	CreatedAt      time.Time
	LastUsedAt     time.Time // zero: never
	LastUsedFrom   string
	LastAgent      string
}

// AllowedAddress is an address or range from which an app may be used. An app without any is refused from everywhere;
// "any address" is an entry of its own (0.0.0.0/0, ::/0).
type AllowedAddress struct {
	ID        string
	Prefix    netip.Prefix // IPv4-mapped IPv6 is kept as IPv4
	Note      string
	CreatedAt time.Time

	LastUsedAt time.Time // zero: the app was never used from it
}

// PermanentToken is a bearer credential that lives until it is deleted or its end. It acts as its user, confined to the
// services in Scope, and never beyond Cap: what its maker could grant when it was made.
type PermanentToken struct {
	ID           string
	Environment  Environment
	UserID       string
	AuthorID     string
	AuthorName   string // "Created by", as it was
	Name         string
	Scope        []string // items as they were written; services by id or key or name, and reserved items
	Services     []string // ids of the services in Scope
	Cap          []string // permission keys, or AllPermissions; nil: no cap beyond the user's own permissions
	Permissions  []string // a subset chosen by the maker; nil: all
	ReadOnly     bool
	Allowlist    []netip.Prefix // empty: from anywhere
	Digest       []byte
	Hint         string // last four characters
	Suspended    bool
	CreatedAt    time.Time
	ExpiresAt    time.Time // zero: none
	LastUsedAt   time.Time // zero: never
	LastUsedFrom string    // address
	LastAgent    string
	LastService  string // id of the service at which it was used
}

// ApplicationPassword lets a program without a second factor use the password grant or HTTP Basic as its user. It never
// opens pages or administration.
type ApplicationPassword struct {
	ID           string
	UserID       string
	AuthorID     string
	Name         string
	Digest       []byte
	Hint         string
	Suspended    bool
	CreatedAt    time.Time
	LastUsedAt   time.Time // zero: never
	LastUsedFrom string
	LastAgent    string
	LastService  string // id of the service that took it
}
