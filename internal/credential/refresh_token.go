package credential

import (
	"context"
	"encoding/json"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
	"example.org/hub/oauth"
)

// RefreshToken is a family as people see it: what somebody lets a service do without asking again, until it ends.
type RefreshToken struct {
	ID          string
	Environment hub.Environment
	Owner       hub.User
	Client      hub.Service   // the service that holds it
	Scope       []string      // items as the service asked for them
	Reach       []hub.Service // the services that they mean
	Agent       string        // browser or program with which it was allowed; empty: not known
	Address     string        // and from where
	CreatedAt   time.Time     // requested
	LastUsedAt  time.Time     // zero: never
	ExpiresAt   time.Time
}

// RefreshTokens lists the refresh tokens that services hold of a user in the actor's environment, oldest first: the own ones, or
// by hub:user-update or hub:admin-read those of others. Errors: fault.NotFound, fault.Forbidden.
func (cs *Credentials) RefreshTokens(ctx context.Context, actor hub.Actor, userID string) ([]RefreshToken, error) {
	return read(ctx, cs, actor, userID, (*reading).allRefreshTokens)
}

// RefreshToken gives one of them. Errors: fault.NotFound, fault.Forbidden.
func (cs *Credentials) RefreshToken(ctx context.Context, actor hub.Actor, userID, id string) (RefreshToken, error) {
	return read(ctx, cs, actor, userID, func(r *reading) (RefreshToken, error) {
		found, err := r.refreshTokens(func(f hub.Family) bool { return f.ID == id })
		if err != nil {
			return RefreshToken{}, err
		}
		if len(found) == 0 {
			return RefreshToken{}, fault.New(fault.NotFound, "there is no refresh token %s", id)
		}
		return found[0], nil
	})
}

func (r *reading) allRefreshTokens() ([]RefreshToken, error) {
	return r.refreshTokens(func(hub.Family) bool { return true })
}

func (r *reading) refreshTokens(wanted func(hub.Family) bool) ([]RefreshToken, error) {
	families, err := r.q.FamiliesOfUser(r.ctx, r.owner.ID, r.now)
	if err != nil {
		return nil, err
	}
	uses, err := r.q.FamilyUses(r.ctx, r.owner.ID)
	if err != nil {
		return nil, err
	}
	shown := []RefreshToken{}
	for _, family := range families {
		if !r.shows(family.Environment) || !wanted(family) {
			continue
		}
		var said oauth.Family
		if err := json.Unmarshal(family.Document, &said); err != nil {
			return nil, err
		}
		one := RefreshToken{ID: family.ID, Environment: family.Environment, Owner: r.owner, Scope: said.Scope, Agent: said.Agent,
			Address: said.Address, CreatedAt: family.CreatedAt, ExpiresAt: family.EndsAt,
			LastUsedAt: uses[store.FamilyKey{Environment: family.Environment, ID: family.ID}]}
		if one.Client, err = r.service(family.Environment, family.ClientID); err != nil {
			return nil, err
		}
		if one.Reach, err = r.reachOf(family.Environment, said.Scope); err != nil {
			return nil, err
		}
		shown = append(shown, one)
	}
	return shown, nil
}

// DeleteRefreshToken ends a refresh token of a user, and the access tokens that came with it, by hub:self-update, or
// hub:user-update for someone else's. Errors: fault.NotFound, fault.Forbidden.
func (cs *Credentials) DeleteRefreshToken(ctx context.Context, actor hub.Actor, userID, id string) error {
	return cs.DeleteRefreshTokens(ctx, actor, userID, []string{id})
}

// DeleteRefreshTokens ends several of a user: all of them, or none if one is not there. Errors as for one.
func (cs *Credentials) DeleteRefreshTokens(ctx context.Context, actor hub.Actor, userID string, ids []string) error {
	return cs.do(ctx, actor, func(c *change) error {
		if err := c.of(userID); err != nil {
			return err
		}
		for _, id := range ids {
			family, err := c.familyOf(userID, id)
			if err != nil {
				return err
			}
			if err := c.endFamily(family, ""); err != nil {
				return err
			}
		}
		return nil
	})
}

// familyOf finds a live family of a user in the actor's environment.
func (c *change) familyOf(userID, id string) (hub.Family, error) {
	for _, environment := range hub.Environments() {
		if c.actor.Within(environment) != nil {
			continue
		}
		family, err := c.Family(c.ctx, environment, id)
		if err == nil && family.UserID == userID && family.EndedAt.IsZero() {
			return family, nil
		}
		if err != nil && !fault.Is(err, fault.NotFound) {
			return family, err
		}
	}
	return hub.Family{}, fault.New(fault.NotFound, "there is no refresh token %s", id)
}

// endFamily ends a family with all that came of it; why tells of what is not the holder's wish.
func (c *change) endFamily(family hub.Family, why string) error {
	ended, err := c.EndFamily(c.ctx, family.Environment, family.ID, c.now, c.now.Add(hub.RevokedFor))
	if err != nil || !ended {
		return err
	}
	details := map[string]any{"client": family.ClientID, "user": family.UserID}
	if why != "" {
		details["why"] = why
	}
	return c.told(family.Environment, "refresh-token.end", "refresh-token", family.ID, "", details)
}
