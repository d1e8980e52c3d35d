package credential

import (
	"context"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
)

// ApprovedScope is what a user allowed a service, with the names behind its ids.
type ApprovedScope struct {
	hub.ApprovedScope
	Owner  hub.User
	Client hub.Service
	Reach  []hub.Service // the services that the items mean
}

// ApprovedScopes lists what a user allowed services in the actor's environment, oldest first: the own ones, or by hub:user-update
// or hub:admin-read those of others. Errors: fault.NotFound, fault.Forbidden.
func (cs *Credentials) ApprovedScopes(ctx context.Context, actor hub.Actor, userID string) ([]ApprovedScope, error) {
	return read(ctx, cs, actor, userID, (*reading).approvedScopes)
}

func (r *reading) approvedScopes() ([]ApprovedScope, error) {
	approved, err := r.q.ApprovedScopesOfUser(r.ctx, r.owner.ID)
	shown := make([]ApprovedScope, 0, len(approved))
	for _, one := range approved {
		if err == nil && r.shows(one.Environment) {
			var whole ApprovedScope
			whole, err = r.approvedScope(one)
			shown = append(shown, whole)
		}
	}
	return shown, err
}

// ApprovedScope gives one of them. Errors: fault.NotFound, fault.Forbidden.
func (cs *Credentials) ApprovedScope(ctx context.Context, actor hub.Actor, userID, id string) (ApprovedScope, error) {
	return read(ctx, cs, actor, userID, func(r *reading) (ApprovedScope, error) {
		approved, err := approvedOf(ctx, r.q, actor, userID, id)
		if err != nil {
			return ApprovedScope{}, err
		}
		return r.approvedScope(approved)
	})
}

func approvedOf(ctx context.Context, q store.Reader, actor hub.Actor, userID, id string) (hub.ApprovedScope, error) {
	approved, err := q.ApprovedScopeByID(ctx, id)
	return approved, theirs(err, approved.UserID == userID && actor.Within(approved.Environment) == nil, "approved scope", id)
}

func (r *reading) approvedScope(approved hub.ApprovedScope) (shown ApprovedScope, err error) {
	shown = ApprovedScope{ApprovedScope: approved, Owner: r.owner}
	if shown.Client, err = r.service(approved.Environment, approved.ClientID); err != nil {
		return shown, err
	}
	shown.Reach, err = r.reachOf(approved.Environment, approved.Items)
	return shown, err
}

// DeleteApprovedScope takes back what a user allowed a service and ends all that came of it: the service asks again, and its
// tokens are dead. By hub:self-update, or hub:user-update for someone else's. Errors: fault.NotFound, fault.Forbidden.
func (cs *Credentials) DeleteApprovedScope(ctx context.Context, actor hub.Actor, userID, id string) error {
	return cs.DeleteApprovedScopes(ctx, actor, userID, []string{id})
}

// DeleteApprovedScopes takes several back: all of them, or none if one is not there. Errors as for one.
func (cs *Credentials) DeleteApprovedScopes(ctx context.Context, actor hub.Actor, userID string, ids []string) error {
	return cs.do(ctx, actor, func(c *change) error {
		if err := c.of(userID); err != nil {
			return err
		}
		for _, id := range ids {
			approved, err := approvedOf(ctx, c.Reader, actor, userID, id)
			if err != nil {
				return err
			}
			if err := c.withdraw(approved); err != nil {
				return err
			}
		}
		return nil
	})
}

func (c *change) withdraw(approved hub.ApprovedScope) error {
	if err := c.DeleteApprovedScope(c.ctx, approved.ID); err != nil {
		return err
	}
	if _, err := c.EndFamiliesOfClient(c.ctx, approved.UserID, approved.Environment, approved.ClientID,
		c.now, c.now.Add(hub.RevokedFor)); err != nil {
		return err
	}
	return c.told(approved.Environment, "approved-scope.delete", "approved-scope", approved.ID, "",
		map[string]any{"client": approved.ClientID, "user": approved.UserID})
}
