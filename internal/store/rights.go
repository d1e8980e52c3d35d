package store

import (
	"context"
	"slices"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
)

// HeldBy gives what a user may do, by environment; nothing for no user.
func (r *Reader) HeldBy(ctx context.Context, userID string) (map[hub.Environment]hub.Permissions, error) {
	if userID == "" {
		return nil, nil
	}
	grants, err := r.GrantsForUser(ctx, userID)
	if err != nil {
		return nil, err
	}
	return r.GivenBy(ctx, grants)
}

// GivenBy gives what grants allow, by environment.
func (r *Reader) GivenBy(ctx context.Context, grants []hub.Grant) (map[hub.Environment]hub.Permissions, error) {
	roles, err := r.Roles(ctx)
	if err != nil {
		return nil, err
	}
	byID := make(map[string]hub.Role, len(roles))
	for _, role := range roles {
		byID[role.ID] = role
	}
	given := map[hub.Environment]hub.Permissions{}
	for _, environment := range hub.Environments() {
		given[environment] = hub.Effective(byID, grants, environment)
	}
	return given, nil
}

// WithEveryone adds the group of all users to those that a user was put into: everybody is in it without being listed.
func (r *Reader) WithEveryone(ctx context.Context, user hub.User, groups []hub.Member) ([]hub.Member, error) {
	all, err := r.Group(ctx, hub.AllUsersGroupID)
	if fault.Is(err, fault.NotFound) {
		return groups, nil
	}
	if err != nil {
		return nil, err
	}
	return append(slices.Clone(groups), hub.Member{Group: all, Since: user.CreatedAt}), nil
}
