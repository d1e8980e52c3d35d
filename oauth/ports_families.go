package oauth

import (
	"context"
	"errors"
	"time"
)

// ErrUsed is what ports return for what is good once and was used before. It is a verdict.
var ErrUsed = errors.New("used before")

// Families keeps what people allowed, with the codes and refresh tokens that come of it. The texts handed out are made by
// the port, long and random or derived from a key; no readable text is kept.
type Families interface {
	// SaveCode keeps a family with a code that is good once, until codeEnds, and gives the code. ErrEnded: its Proof has ended.
	SaveCode(ctx context.Context, family *Family, codeEnds time.Time) (code string, err error)
	// RedeemCode gives the family to the first who redeems its code while it is live; one atomic statement decides, on any
	// number of nodes. refresh is the family's first refresh token, empty unless the family is Offline. ErrNotFound: this
	// client has no live code of this text; an error that is ErrEnded too says that it had one, and may come with the family.
	// ErrUsed, with the family: the code was redeemed before.
	RedeemCode(ctx context.Context, origin Origin, code, clientID string, now time.Time) (family *Family, refresh string, err error)
	// SaveRefresh keeps a family, or the later end of one that is known, and gives its first refresh token. ErrEnded as SaveCode.
	SaveRefresh(ctx context.Context, family *Family) (refresh string, err error)
	// Holds asks whether the Proof of a family has not ended, where tokens come of the family and it is not kept: nil, or ErrEnded.
	// What ends later ends them too.
	Holds(ctx context.Context, family *Family) error
	// FindRefresh gives the family behind a refresh token of any generation, live or not; ErrNotFound if it never was one of
	// this environment. It changes nothing.
	FindRefresh(ctx context.Context, text string) (*Family, error)
	// RedeemRefresh uses a refresh token, by one atomic statement. ErrNotFound: the family has ended. ErrUsed: the token
	// was rotated, longer than the grace ago.
	RedeemRefresh(ctx context.Context, use RefreshUse) (next string, err error)
	// Family finds a family that has not ended, by its id.
	Family(ctx context.Context, id string) (*Family, error)
	// End ends a family: its code, its refresh tokens, and through Tokens.Revoked every access token that bears its id. It
	// is told from where and why, for the event. Ending what has ended is no error.
	End(ctx context.Context, origin Origin, family *Family, why string) error
}

// RefreshUse is one use of a refresh token.
type RefreshUse struct {
	Origin Origin
	Text   string
	Now    time.Time
	// Rotate asks for a successor: the token is good no more, except that within Grace of its first use it gives the same
	// successor again. Without Rotate the token stays as it is.
	Rotate bool
	Grace  time.Duration
	// Idle ends a family whose last refresh token was not used for so long.
	Idle time.Duration
}
