package provider

import (
	"context"

	"example.org/hub/internal/hub"
)

// Roles lists the roles that were given to a user, not to a group of theirs, as far as they count in an environment. It asks
// the database only when something has changed.
func (p *Provider) Roles(ctx context.Context, environment hub.Environment, userID string) ([]hub.HeldRole, error) {
	who, err := p.person(ctx, userID)
	if err != nil {
		return nil, err
	}
	now, err := p.current(ctx)
	if err != nil {
		return nil, err
	}
	held := make([]hub.HeldRole, 0, len(who.grants))
	for _, grant := range who.grants {
		if grant.Environment == "" || grant.Environment == environment {
			held = append(held, hub.HeldRole{Grant: grant, Role: now.roles[grant.RoleID], In: now.organisations[grant.Organisation]})
		}
	}
	return held, nil
}
