package credential

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/store"
)

// NewPermanentToken says what token is wanted.
type NewPermanentToken struct {
	UserID      string
	Environment hub.Environment
	Name        string
	Scope       []string  // services by id, key or name, and reserved items
	ExpiresAt   time.Time // zero: none
	Permissions []string  // a subset of what the user may do; nil: all
	ReadOnly    bool
	Allowlist   []netip.Prefix
}

// maxScope is the most items the scope of a permanent token may have.
const maxScope = 100

// CreatePermanentToken makes a permanent token for the actor or, with hub:user-update and permissions that cover theirs,
// for someone else: then it never allows more than the actor's permissions cover now. The text is given once and kept
// only as a hash. Errors: fault.Invalid, fault.Forbidden, fault.StepUp, fault.NotFound, fault.Conflict for a name the
// user has a token of already.
func CreatePermanentToken(ctx context.Context, db *store.Store, master *secret.Master, actor hub.Actor, wanted NewPermanentToken) (hub.PermanentToken, secret.Value, error) {
	if fields := wanted.check(); len(fields) > 0 {
		return hub.PermanentToken{}, "", &fault.Error{Kind: fault.Invalid, Message: "the token cannot be made as it was asked for", Fields: fields}
	}
	text := secret.New(secret.PermanentToken, wanted.Environment == hub.Test)
	token := hub.PermanentToken{
		ID: hub.NewRandomID(), Environment: wanted.Environment, UserID: wanted.UserID, AuthorID: actor.ID(), AuthorName: actor.Name,
		Name: wanted.Name, Scope: wanted.Scope, Permissions: wanted.Permissions, ReadOnly: wanted.ReadOnly, Allowlist: wanted.Allowlist,
		Digest: master.Digest(text.Reveal()), Hint: text.Hint(), ExpiresAt: wanted.ExpiresAt,
	}
	err := db.Tx(ctx, func(tx *store.Tx) error {
		token.CreatedAt = hub.Now()
		owner, err := tx.User(ctx, wanted.UserID)
		if err != nil {
			return missing(err, "there is no user with id %s", wanted.UserID)
		}
		rights, err := rightsOf(ctx, tx.Reader, owner.ID, wanted.Environment)
		if err != nil {
			return err
		}
		if err := mayMakeFor(actor, owner, rights.permissions); err != nil {
			return err
		}
		if token.Services, err = resolveScope(ctx, tx.Reader, wanted.Environment, wanted.Scope, rights); err != nil {
			return err
		}
		if actor.User.ID != owner.ID {
			token.Cap = actor.Permissions.Encode()
		}
		if err := nameIsFree(ctx, tx.Reader, owner, wanted); err != nil {
			return err
		}
		if err := tx.InsertPermanentToken(ctx, token); err != nil {
			return err
		}
		did := actor
		did.Environment = wanted.Environment
		return tx.Record(ctx, did.Did("permanent-token.create", "permanent-token", token.ID, token.Name, ""))
	})
	if err != nil {
		return hub.PermanentToken{}, "", err
	}
	return token, text, nil
}

func (w NewPermanentToken) check() []fault.Field {
	var fields []fault.Field
	add := func(name, reason string) {
		if reason != "" {
			fields = append(fields, fault.Field{Name: name, Reason: reason})
		}
	}
	add("name", hub.CheckName(w.Name))
	if !w.Environment.Valid() {
		add("environment", "must be production or test")
	}
	switch {
	case len(w.Scope) == 0:
		add("scope", "must name at least one service")
	case len(w.Scope) > maxScope:
		add("scope", "must have at most 100 items")
	}
	if !w.ExpiresAt.IsZero() && !w.ExpiresAt.After(time.Now()) {
		add("expires", "must be in the future")
	}
	return fields
}

// mayMakeFor is the rule who may make credentials for whom.
func mayMakeFor(actor hub.Actor, owner hub.User, theirs hub.Permissions) error {
	if err := actor.Change(); err != nil {
		return err
	}
	if err := actor.StepUp(); err != nil {
		return err
	}
	if actor.User.ID == owner.ID {
		return actor.Require("self-update", owner.Organisation)
	}
	if err := actor.Require("user-update", owner.Organisation); err != nil {
		return err
	}
	return actor.Cover(theirs, "make a credential for "+owner.Name)
}

func nameIsFree(ctx context.Context, q store.Reader, owner hub.User, wanted NewPermanentToken) error {
	tokens, err := q.PermanentTokensOfUser(ctx, owner.ID)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(tokens, func(t hub.PermanentToken) bool {
		return t.Environment == wanted.Environment && strings.EqualFold(t.Name, wanted.Name)
	}) {
		return fault.New(fault.Conflict, "%s already has a token with the name %q: choose another, or delete that one", owner.Login, wanted.Name)
	}
	return nil
}

func missing(err error, format string, args ...any) error {
	if fault.Is(err, fault.NotFound) {
		return fault.New(fault.NotFound, format, args...)
	}
	return err
}
