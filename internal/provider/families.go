package provider

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/store"
	"example.org/hub/oauth"
)

// families is the port oauth.Families. A code is random and kept as a digest. The text of a refresh token is computed from
// its family and generation, so that the same successor can be given twice and nothing readable is kept.
type families struct{ view }

type familyKey struct {
	environment hub.Environment
	id          string
}

// SaveCode keeps a family with a code.
func (f families) SaveCode(ctx context.Context, family *oauth.Family, codeEnds time.Time) (string, error) {
	code := secret.New(secret.Code, f.environment == hub.Test).Reveal()
	row, err := f.row(family)
	if err != nil {
		return "", err
	}
	return code, f.keep(ctx, family, redeemable(row, f.Master.Digest(code), codeEnds), nil)
}

// redeemable gives a family a code. Until it is redeemed the family ends soon: it is there for tokens that travelled beside
// the code.
func redeemable(row hub.Family, digest []byte, codeEnds time.Time) hub.Family {
	row.CodeDigest, row.CodeEndsAt = digest, codeEnds
	if unredeemed := codeEnds.Add(hub.RevokedFor); row.LastsUntil.After(unredeemed) {
		row.EndsAt = unredeemed
	}
	return row
}

// row is a family as it is kept.
func (f families) row(family *oauth.Family) (hub.Family, error) {
	document, err := json.Marshal(family)
	return hub.Family{ID: family.ID, Environment: f.environment, ClientID: family.ClientID, UserID: family.Subject, Document: document,
		Offline: family.Offline, CreatedAt: f.Store.Now(), LastsUntil: family.EndsAt, EndsAt: family.EndsAt}, err
}

// RedeemCode lets the database decide who redeems a code. A code that comes again ends its family in the same transaction.
func (f families) RedeemCode(ctx context.Context, origin oauth.Origin, code, clientID string, now time.Time) (*oauth.Family, string, error) {
	if !f.own(code, secret.Code) {
		return nil, "", oauth.ErrNotFound
	}
	return f.redeem(ctx, origin, f.Master.Digest(code), clientID, now, "a code was redeemed twice")
}

// redeem redeems the code of a digest; why is told of one that comes again.
func (f families) redeem(
	ctx context.Context, origin oauth.Origin, digest []byte, clientID string, now time.Time, why string,
) (*oauth.Family, string, error) {
	var refresh string
	row, first, err := f.Store.RedeemCode(ctx, store.CodeUse{
		Environment: f.environment, ClientID: clientID, Digest: digest, Now: now,
		First: func(row hub.Family) []byte {
			if refresh = ""; !row.Offline {
				return nil
			}
			refresh = f.refreshText(row.ID, 0)
			return f.Master.Digest(refresh)
		},
		Replayed: func(tx *store.Tx, row hub.Family) error {
			return f.replayed(ctx, tx, origin, row, now, why)
		},
	})
	switch {
	case fault.Is(err, fault.NotFound) && row.ID != "":
		ended, err := f.family(row)
		return ended, "", errors.Join(oauth.ErrEnded, oauth.ErrNotFound, err)
	case err != nil:
		return nil, "", fromStore(err)
	}
	family, err := f.family(row)
	if err == nil && !first {
		err = oauth.ErrUsed
	}
	return family, refresh, err
}

// own reports whether a text can be a secret of a kind here. What is truncated, altered, of another kind or of the other
// environment is so by its look alone.
func (v view) own(text string, want secret.Kind) bool {
	form, kind, test := secret.Recognise(text)
	return form == secret.Good && kind == want && test == (v.environment == hub.Test)
}

// refreshText computes a refresh token.
func (f families) refreshText(familyID string, generation int64) string {
	seed := f.Master.Derive("refresh-token/" + string(f.environment) + "/" + familyID + "/" + strconv.FormatInt(generation, 10))
	return secret.Derived(secret.RefreshToken, f.environment == hub.Test, seed).Reveal()
}

func (f families) family(row hub.Family) (*oauth.Family, error) {
	family := new(oauth.Family)
	err := json.Unmarshal(row.Document, family)
	return family, err
}

// SaveRefresh keeps a family, or the later end of one that is known.
func (f families) SaveRefresh(ctx context.Context, family *oauth.Family) (string, error) {
	row, err := f.row(family)
	if err != nil {
		return "", err
	}
	text := f.refreshText(family.ID, 0)
	return text, f.keep(ctx, family, row, f.Master.Digest(text))
}

// Holds asks the proof of a family as if the family were kept.
func (f families) Holds(ctx context.Context, family *oauth.Family) error {
	if family.Proof == nil {
		return nil
	}
	return fromStore(f.Store.WhileHeld(ctx, family.Subject, func(tx *store.Tx) error { return proofOf(family)(ctx, tx) }))
}

// FindRefresh gives the family behind a refresh token of any generation. To which one a token belongs never changes, so it is
// remembered; whether it is good is decided when it is redeemed.
func (f families) FindRefresh(ctx context.Context, text string) (*oauth.Family, error) {
	if !f.own(text, secret.RefreshToken) {
		return nil, oauth.ErrNotFound
	}
	return f.familyOf(ctx, f.Master.Digest(text))
}

func (f families) familyOf(ctx context.Context, digest []byte) (*oauth.Family, error) {
	return f.bearers.get(familyKey{f.environment, string(digest)}, func() (*oauth.Family, error) {
		row, err := f.Store.FamilyByRefreshToken(ctx, f.environment, digest)
		if err != nil {
			return nil, fromStore(err)
		}
		return f.family(row)
	})
}

// RedeemRefresh lets the database decide who rotates a refresh token. One that comes again too late ends its family in the
// same transaction.
func (f families) RedeemRefresh(ctx context.Context, use oauth.RefreshUse) (string, error) {
	if !f.own(use.Text, secret.RefreshToken) {
		return "", oauth.ErrNotFound
	}
	digest := f.Master.Digest(use.Text)
	good, replayed, err := f.Store.UseRefreshToken(ctx, store.RefreshUse{
		Environment: f.environment, Digest: digest, Now: use.Now, Rotate: use.Rotate, Grace: use.Grace, Idle: use.Idle,
		Next: func(familyID string, generation int64) []byte {
			return f.Master.Digest(f.refreshText(familyID, generation))
		},
		Replayed: func(tx *store.Tx, row hub.Family) error {
			return f.replayed(ctx, tx, use.Origin, row, use.Now, "a refresh token was used again after it had been rotated")
		},
	})
	switch {
	case err != nil:
		return "", fromStore(err)
	case replayed:
		return "", oauth.ErrUsed
	}
	next := f.refreshText(good.FamilyID, good.Generation)
	if next != use.Text { // it will be looked for next; that it cannot be remembered is no trouble
		_, _ = f.bearers.get(familyKey{f.environment, string(f.Master.Digest(next))}, func() (*oauth.Family, error) {
			return f.familyOf(ctx, digest)
		})
	}
	return next, nil
}

// Family finds a family that has not ended.
func (f families) Family(ctx context.Context, id string) (*oauth.Family, error) {
	if err := f.inTouch(); err != nil {
		return nil, err
	}
	if !isText(id) {
		return nil, oauth.ErrNotFound
	}
	return f.granted.get(familyKey{f.environment, id}, func() (*oauth.Family, error) {
		row, err := f.Store.Family(ctx, f.environment, id)
		if err == nil && !row.EndedAt.IsZero() {
			return nil, oauth.ErrNotFound
		}
		if err != nil {
			return nil, fromStore(err)
		}
		return f.family(row)
	})
}

// End ends a family.
func (f families) End(ctx context.Context, origin oauth.Origin, family *oauth.Family, why string) error {
	now := f.Store.Now()
	return fromStore(f.Store.EndFamilyAlone(ctx, f.environment, family.ID, now, now.Add(hub.RevokedFor), func(tx *store.Tx) error {
		return recordEnd(ctx, tx, f.clientActor(origin, family.ClientID), family.ID, family.ClientID, family.Subject, why)
	}))
}

// replayed ends a family whose code or refresh token was stolen, since two parties hold it, and tells the person.
func (f families) replayed(ctx context.Context, tx *store.Tx, origin oauth.Origin, row hub.Family, now time.Time, why string) error {
	ended, err := tx.EndFamily(ctx, row.Environment, row.ID, now, now.Add(hub.RevokedFor))
	if err != nil || !ended {
		return err
	}
	if err := recordEnd(ctx, tx, f.clientActor(origin, row.ClientID), row.ID, row.ClientID, row.UserID, why); err != nil || f.TellStolen == nil {
		return err
	}
	user, err := tx.User(ctx, row.UserID)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	service, err := tx.Service(ctx, row.Environment, row.ClientID)
	if err != nil {
		return err
	}
	return f.TellStolen(ctx, tx, user, service)
}

// clientActor is a client as who ends what it was allowed, by something it did.
func (v view) clientActor(origin oauth.Origin, id string) hub.Actor {
	return hub.Actor{ServiceID: id, Name: id, Environment: v.environment, Door: origin.Door, Credential: id, Address: origin.Address}
}

// recordEnd writes the event of the end of a family.
func recordEnd(ctx context.Context, tx *store.Tx, actor hub.Actor, id, clientID, userID, why string) error {
	details := hub.Details(map[string]string{"client": clientID, "user": userID, "why": why})
	return tx.Record(ctx, actor.Did("refresh-token.end", "refresh-token", id, "", details))
}
