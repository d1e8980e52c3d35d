package credential

import (
	"context"

	"example.org/hub/internal/hub"
)

// Holdings is what a user has that is shown on one page: each list oldest first.
type Holdings struct {
	PermanentTokens      []Token
	ApplicationPasswords []Password
	RefreshTokens        []RefreshToken
	ApprovedScopes       []ApprovedScope
	APIClients           []Client
}

// Holdings gives all of it in the actor's environment, as it was at one moment; API clients of the environment that is named. Who
// may see it, and the errors, are those of each list.
func (cs *Credentials) Holdings(ctx context.Context, actor hub.Actor, environment hub.Environment, userID string) (Holdings, error) {
	if err := actor.Within(environment); err != nil {
		return Holdings{}, err
	}
	return read(ctx, cs, actor, userID, func(r *reading) (held Holdings, err error) {
		if held.PermanentTokens, err = r.permanentTokens(); err != nil {
			return held, err
		}
		if held.ApplicationPasswords, err = r.applicationPasswords(); err != nil {
			return held, err
		}
		if held.RefreshTokens, err = r.allRefreshTokens(); err != nil {
			return held, err
		}
		if held.ApprovedScopes, err = r.approvedScopes(); err != nil {
			return held, err
		}
		held.APIClients, err = r.apiClients(environment)
		return held, err
	})
}

// Held counts what Holdings gives, API clients and others, without giving it: for pages that tell of it only how much there is. Who
// may know, and the errors, are those of Holdings.
func (cs *Credentials) Held(ctx context.Context, actor hub.Actor, environment hub.Environment, userID string) (clients, others int, err error) {
	if err := actor.Within(environment); err != nil {
		return 0, 0, err
	}
	user, err := shownOwner(ctx, cs.Store.Reader, actor, userID)
	if err != nil {
		return 0, 0, err
	}
	held, err := cs.Store.CountHeld(ctx, environment, user.ID, cs.Store.Now())
	return held.APIClients, held.Others, err
}
