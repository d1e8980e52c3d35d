package credential

import (
	"context"
	"fmt"
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
	Scope       []string  // services by id, key or name, "service:permission", and reserved items
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
func (cs *Credentials) CreatePermanentToken(ctx context.Context, actor hub.Actor, wanted NewPermanentToken) (Token, secret.Value, error) {
	if err := fault.Fields("the token cannot be made:", wanted.check()...); err != nil {
		return Token{}, "", err
	}
	text := secret.New(secret.PermanentToken, wanted.Environment == hub.Test)
	token := hub.PermanentToken{
		ID: hub.NewRandomID(), Environment: wanted.Environment, UserID: wanted.UserID, AuthorID: actor.ID(), AuthorName: actor.Name,
		Name: wanted.Name, Scope: wanted.Scope, Permissions: wanted.Permissions, ReadOnly: wanted.ReadOnly, Allowlist: wanted.Allowlist,
		Digest: cs.Master.Digest(text.Reveal()), Hint: text.Hint(), ExpiresAt: wanted.ExpiresAt.UTC().Truncate(time.Millisecond),
	}
	var shown Token
	err := cs.do(ctx, actor, func(c *change) error {
		if err := c.ofIn(wanted.Environment, wanted.UserID); err != nil {
			return err
		}
		theirs, err := c.HeldBy(c.ctx, wanted.UserID)
		if err != nil {
			return err
		}
		if token.Cap, err = c.tokenCap(theirs[wanted.Environment], wanted.Environment); err != nil {
			return err
		}
		if token.Services, err = c.resolveScope(wanted.Environment, wanted.Scope, theirs[wanted.Environment]); err != nil {
			return err
		}
		if err := c.nameIsFree(wanted); err != nil {
			return err
		}
		token.CreatedAt = c.now
		if err := c.InsertPermanentToken(ctx, token); err != nil {
			return err
		}
		if shown, err = c.reading().token(token); err != nil {
			return err
		}
		return c.told(token.Environment, "permanent-token.create", "permanent-token", token.ID, token.Name, nil)
	})
	if err != nil {
		return Token{}, "", err
	}
	return shown, text, nil
}

// tokenCap checks that the actor may make the token, and gives what it never goes beyond. One for someone else is capped at
// what its maker covers. One for oneself grows with oneself, unless the credential at hand is confined: then the new one is
// too. The list is never nil where there is a cap: an empty one allows nothing.
func (c *change) tokenCap(theirs hub.Permissions, environment hub.Environment) ([]string, error) {
	if c.actor.User.ID != c.owner.ID {
		if err := c.mayMake(environment); err != nil {
			return nil, err
		}
		return append([]string{}, c.actor.Permissions.Encode()...), nil
	}
	if err := c.actor.StepUp(); err != nil {
		return nil, err
	}
	if c.actor.Permissions.Covers(theirs) {
		return nil, nil
	}
	return append([]string{}, c.actor.Permissions.Encode()...), nil
}

func (w NewPermanentToken) check() []fault.Field {
	wrong := []fault.Field{{Name: "name", Reason: hub.CheckName(w.Name)}, environmentField(w.Environment)}
	switch {
	case len(w.Scope) == 0:
		wrong = append(wrong, fault.Field{Name: "scope", Reason: "must name at least one service"})
	case len(w.Scope) > maxScope:
		wrong = append(wrong, fault.Field{Name: "scope", Reason: "must have at most 100 items"})
	}
	for _, permission := range w.Permissions {
		wrong = append(wrong, fault.Field{Name: "permissions", Reason: hub.CheckPermission(permission)})
	}
	if len(w.Allowlist) > maxAllowed {
		wrong = append(wrong, fault.Field{Name: "allowlist", Reason: "must have at most 500 entries"})
	}
	if life := time.Until(w.ExpiresAt); !w.ExpiresAt.IsZero() && (life <= 0 || life > maxSpan) {
		wrong = append(wrong, fault.Field{Name: "expires", Reason: "must be in the future, within a hundred years"})
	}
	return wrong
}

func (c *change) nameIsFree(wanted NewPermanentToken) error {
	tokens, err := c.PermanentTokensOfUser(c.ctx, c.owner.ID)
	if err != nil {
		return err
	}
	if len(tokens) >= mostHeld {
		return tooMany("permanent tokens")
	}
	if slices.ContainsFunc(tokens, func(t hub.PermanentToken) bool {
		return t.Environment == wanted.Environment && strings.EqualFold(t.Name, wanted.Name)
	}) {
		return &fault.Error{Kind: fault.Conflict, Message: fmt.Sprintf("%s already has a token with the name %q: choose another, or delete that one",
			c.owner.Login, wanted.Name), Fields: []fault.Field{{Name: "name", Reason: "is already taken by another token"}}}
	}
	return nil
}

// DeletePermanentToken ends a token of a user, by hub:self-update, or hub:user-update for someone else's. Errors:
// fault.NotFound, fault.Forbidden.
func (cs *Credentials) DeletePermanentToken(ctx context.Context, actor hub.Actor, userID, id string) error {
	return cs.DeletePermanentTokens(ctx, actor, userID, []string{id})
}

// DeletePermanentTokens ends several tokens of a user: all of them, or none if one is not there. Errors as for one.
func (cs *Credentials) DeletePermanentTokens(ctx context.Context, actor hub.Actor, userID string, ids []string) error {
	return cs.do(ctx, actor, func(c *change) error {
		if err := c.of(userID); err != nil {
			return err
		}
		for _, id := range ids {
			token, err := tokenOf(ctx, c.Reader, actor, userID, id)
			if err != nil {
				return err
			}
			if err := c.endPermanentToken(token); err != nil {
				return err
			}
		}
		return nil
	})
}

func (c *change) endPermanentToken(token hub.PermanentToken) error {
	if err := c.DeletePermanentToken(c.ctx, token.ID); err != nil {
		return err
	}
	return c.told(token.Environment, "permanent-token.delete", "permanent-token", token.ID, token.Name, nil)
}

// tokenOf finds a token of a user in the actor's environment; that of somebody else is none.
func tokenOf(ctx context.Context, q store.Reader, actor hub.Actor, userID, id string) (hub.PermanentToken, error) {
	token, err := q.PermanentToken(ctx, id)
	return token, theirs(err, token.UserID == userID && actor.Within(token.Environment) == nil, "permanent token", id)
}

// Token is a permanent token with the names behind its ids.
type Token struct {
	hub.PermanentToken
	Owner  hub.User
	Reach  []hub.Service // the services of its scope, as far as they are there
	LastAt hub.Service   // where it was used last; zero: not known
}

// PermanentTokens lists the tokens of a user in the actor's environment, oldest first. Everybody sees the own ones, those of others
// whoever has hub:user-update or hub:admin-read. Errors: fault.NotFound, fault.Forbidden.
func (cs *Credentials) PermanentTokens(ctx context.Context, actor hub.Actor, userID string) ([]Token, error) {
	return read(ctx, cs, actor, userID, (*reading).permanentTokens)
}

func (r *reading) permanentTokens() ([]Token, error) {
	tokens, err := r.q.PermanentTokensOfUser(r.ctx, r.owner.ID)
	shown := make([]Token, 0, len(tokens))
	for _, token := range tokens {
		if err == nil && r.shows(token.Environment) {
			var one Token
			one, err = r.token(token)
			shown = append(shown, one)
		}
	}
	return shown, err
}

// PermanentToken gives one of them. Errors: fault.NotFound, fault.Forbidden.
func (cs *Credentials) PermanentToken(ctx context.Context, actor hub.Actor, userID, id string) (Token, error) {
	return read(ctx, cs, actor, userID, func(r *reading) (Token, error) {
		token, err := tokenOf(ctx, r.q, actor, userID, id)
		if err != nil {
			return Token{}, err
		}
		return r.token(token)
	})
}

// token finds the names behind the ids of a token.
func (r *reading) token(token hub.PermanentToken) (shown Token, err error) {
	shown = Token{PermanentToken: token, Owner: r.owner}
	if shown.AuthorName == "" {
		if shown.AuthorName, err = r.author(token.Environment, token.AuthorID); err != nil {
			return shown, err
		}
	}
	if shown.Reach, err = r.reach(token.Environment, token.Services); err != nil {
		return shown, err
	}
	shown.LastAt, err = r.service(token.Environment, token.LastService)
	return shown, err
}
