package credential

import (
	"context"
	"sync"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/store"
)

// Credentials is every credential of a Hub: what its methods say of one kind is in the file of that kind. It is safe for
// concurrent use.
type Credentials struct {
	Store  *store.Store
	Master *secret.Master // hashes what is only checked, seals what can be shown again

	// HasAdministrator is directory.HasAdministrator, which Leave asks.
	HasAdministrator func(ctx context.Context, q store.Reader) (bool, error)
	// Signed gives what a text says of itself if it is a signed access token of ours, of any environment, live or not; the zero
	// SignedToken if it is none. nil: nobody reports such tokens here.
	Signed func(ctx context.Context, text string) (store.SignedToken, error)
	// Tell writes to people that a secret was found where it does not belong, in the transaction that ended it; nil: nobody is
	// told but by events.
	Tell func(ctx context.Context, tx *store.Tx, to hub.User, notice LeakNotice) error

	glancing sync.Once
	glances  *store.Memo[hub.Environment, []Glance]
}

// LeakNotice is what people are told of a secret that was found where it does not belong.
type LeakNotice struct {
	What  string // such as: the permanent token "Deploy" of deployer
	Owner bool   // it is the addressee's own; otherwise the addressee is told as an administrator
}
