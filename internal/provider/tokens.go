package provider

import (
	"context"
	"strings"
	"time"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/store"
	"example.org/hub/oauth"
)

// tokens is the port oauth.Tokens.
type tokens struct{ view }

// Save keeps an opaque access token.
func (t tokens) Save(ctx context.Context, token *oauth.AccessToken, claims []byte) (string, error) {
	text := secret.New(secret.AccessToken, t.environment == hub.Test).Reveal()
	err := t.Store.Tx(ctx, func(tx *store.Tx) error {
		return tx.InsertOpaqueToken(ctx, hub.OpaqueToken{
			Digest: t.Master.Digest(text), Environment: t.environment, TokenID: token.ID, ClientID: token.ClientID, Subject: token.Subject,
			Claims: claims, ExpiresAt: token.ExpiresAt,
		})
	})
	return text, fromStore(err)
}

// Find gives the opaque access token or permanent token of this environment behind a text.
func (t tokens) Find(ctx context.Context, text string) (*oauth.AccessToken, error) {
	key := permitKey{t.environment, text}
	found, known, round := t.permits.peek(key)
	load, plausible := t.loadPermanent, true
	if !known { // else its text was looked at before
		form, kind, test := secret.Recognise(text)
		plausible = form == secret.Foreign ||
			form == secret.Good && test == (t.environment == hub.Test) && (kind == secret.AccessToken || kind == secret.PermanentToken)
		if kind == secret.AccessToken {
			load = t.loadOpaque
		}
	}
	if !plausible {
		return nil, oauth.ErrNotFound
	}
	if err := t.inTouch(); err != nil {
		return nil, err
	}
	if known {
		return found, nil
	}
	found, err := load(ctx, text)
	if err == nil {
		t.permits.put(key, found, round)
	}
	return found, err
}

// permitKey is the text itself: what is cached is only what was found, and it is no more secret than what is in flight.
type permitKey struct {
	environment hub.Environment
	text        string
}

func (t tokens) loadOpaque(ctx context.Context, text string) (*oauth.AccessToken, error) {
	row, err := t.Store.OpaqueTokenByDigest(ctx, t.Master.Digest(text))
	if err != nil {
		return nil, fromStore(err)
	}
	if row.Environment != t.environment {
		return nil, oauth.ErrNotFound
	}
	return oauth.ParseClaims(row.Claims)
}

// permanent is what is cached of a permanent token beside its oauth face: the bounds that hold what its user may do down.
type permanent struct {
	row    hub.PermanentToken
	bounds []hub.Permissions
}

func (t tokens) loadPermanent(ctx context.Context, text string) (*oauth.AccessToken, error) {
	row, err := t.Store.PermanentTokenByDigest(ctx, t.Master.Digest(text))
	if err != nil {
		return nil, fromStore(err)
	}
	if row.Environment != t.environment || row.Suspended {
		return nil, oauth.ErrNotFound
	}
	found := &permanent{row: row}
	for _, keys := range [][]string{row.Cap, row.Permissions} {
		if keys != nil {
			found.bounds = append(found.bounds, hub.NewPermissions(keys...))
		}
	}
	return &oauth.AccessToken{
		ID: row.ID, Subject: row.UserID, Audience: row.Services, Scope: strings.Join(row.Scope, " "),
		IssuedAt: row.CreatedAt, ExpiresAt: row.ExpiresAt,
		Permanent: true, Restricted: len(row.Allowlist) > 0, Addresses: row.Allowlist, Detail: found,
	}, nil
}

// Revoke ends an access token on every node.
func (t tokens) Revoke(ctx context.Context, origin oauth.Origin, token *oauth.AccessToken) error {
	return fromStore(t.Store.Tx(ctx, func(tx *store.Tx) error {
		first, err := tx.RevokeTokenOnce(ctx, hub.RevokedToken{Environment: t.environment, TokenID: token.ID, ExpiresAt: token.ExpiresAt})
		if err != nil || !first {
			return err
		}
		return tx.Record(ctx, t.clientActor(origin, token.ClientID).Did("access-token.revoke", "access-token", token.ID, "", ""))
	}))
}

// Signed gives what a text says of itself if it is an access token that this hub has signed, for any environment and live or not;
// the zero SignedToken if it is none.
func (p *Provider) Signed(ctx context.Context, text string) (store.SignedToken, error) {
	if !oauth.HasFormOfSigned(text) {
		return store.SignedToken{}, nil
	}
	for _, environment := range hub.Environments() {
		published, err := keys{view{p.node, environment}}.Published(ctx)
		if err != nil {
			return store.SignedToken{}, err
		}
		payload, _, err := published.Verify(text, oauth.TypeAccessToken)
		if err != nil {
			continue
		}
		if token, err := oauth.ParseClaims(payload); err == nil {
			return store.SignedToken{Environment: environment, ID: token.ID, Subject: token.Subject, ExpiresAt: token.ExpiresAt}, nil
		}
	}
	return store.SignedToken{}, nil
}

// Revoked asks the set in memory, and whether the token is older than a restored database.
func (t tokens) Revoked(ctx context.Context, token *oauth.AccessToken) (bool, error) {
	now, err := t.current(ctx)
	if err != nil || !token.Permanent && token.IssuedAt.Before(now.notBefore) {
		return true, err
	}
	return t.revoked.has(ctx, t.environment, token, func(ctx context.Context) ([]hub.RevokedToken, time.Time, error) {
		now := t.Store.Now()
		rows, err := t.Store.RevokedTokens(ctx, now)
		return rows, now, fromStore(err)
	})
}

// replay is the port oauth.Replay.
type replay struct{ view }

// UseAssertion lets the database decide who was first.
func (r replay) UseAssertion(ctx context.Context, clientID, tokenID string, ends time.Time) (bool, error) {
	var first bool
	err := r.Store.Tx(ctx, func(tx *store.Tx) (err error) {
		first, err = tx.UseAssertion(ctx, hub.UsedAssertion{Environment: r.environment, ClientID: clientID, TokenID: tokenID, ExpiresAt: ends})
		return err
	})
	return first, fromStore(err)
}
