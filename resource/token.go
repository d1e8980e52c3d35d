package resource

import (
	"context"
	"slices"
	"time"
)

// Token is what a checked bearer token says. It is shared between requests and must not be changed.
type Token struct {
	ID          string    // jti; identifies the token in logs without giving it away
	Subject     string    // id of the user, or of the service that acts on its own behalf
	Username    string    // login of the user; online only
	ClientID    string    // who asked for the token; empty for a permanent token
	Audience    []string  // ids of the services it is for
	Scope       []string  // as it was asked for and granted
	Environment string    // "production" or "test"
	IssuedAt    time.Time // zero when the hub does not say
	Expires     time.Time // zero for a permanent token without an end

	// Permissions are keys like "payments:create". Nil means that the token does not say: offline, the service has not asked
	// for entitlements in its tokens.
	Permissions []string
}

// Allows reports whether the token carries a permission, such as "payments:create".
func (t *Token) Allows(permission string) bool {
	return slices.Contains(t.Permissions, permission)
}

// HasScope reports whether an item stands in the token's scope.
func (t *Token) HasScope(item string) bool { return slices.Contains(t.Scope, item) }

type contextKey struct{}

// FromContext gives the token that the Middleware or Require let through; false on a request that passed neither.
func FromContext(ctx context.Context) (*Token, bool) {
	token, found := ctx.Value(contextKey{}).(*Token)
	return token, found
}

func withToken(ctx context.Context, token *Token) context.Context {
	return context.WithValue(ctx, contextKey{}, token)
}
