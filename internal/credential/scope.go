package credential

import (
	"context"
	"slices"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
)

// rights is what decides which services a user may put in a token's scope.
type rights struct {
	groups      []string
	permissions hub.Permissions
}

func rightsOf(ctx context.Context, q store.Reader, userID string, environment hub.Environment) (rights, error) {
	roles, err := q.Roles(ctx)
	if err != nil {
		return rights{}, err
	}
	grants, err := q.GrantsForUser(ctx, userID)
	if err != nil {
		return rights{}, err
	}
	groups, err := q.GroupsOfUser(ctx, userID)
	if err != nil {
		return rights{}, err
	}
	byID := map[string]hub.Role{}
	for _, role := range roles {
		byID[role.ID] = role
	}
	found := rights{permissions: hub.Effective(byID, grants, environment)}
	for _, group := range groups {
		found.groups = append(found.groups, group.ID)
	}
	return found, nil
}

// permanentScopes are the reserved items that widen what a permanent token may do.
func permanentScopes() []string { return []string{hub.ScopeAdminister, hub.ScopeRegister} }

// resolveScope finds the services that the items name. Unlike in a token request an item that names nothing is an error:
// whoever makes a token by hand wants to know.
func resolveScope(ctx context.Context, q store.Reader, environment hub.Environment, items []string, user rights) ([]string, error) {
	var ids []string
	for _, item := range items {
		if slices.Contains(permanentScopes(), item) {
			continue
		}
		service, err := q.ServiceByName(ctx, environment, item)
		if fault.Is(err, fault.NotFound) || err == nil && !hub.MayUse(service, user.groups, user.permissions) {
			return nil, &fault.Error{Kind: fault.Invalid, Message: "the scope names a service that is not there, or that the user may not access: " + item,
				Fields: []fault.Field{{Name: "scope", Reason: "has no service for " + item + " in the " + string(environment) + " environment"}}}
		}
		if err != nil {
			return nil, err
		}
		if !slices.Contains(ids, service.ID) {
			ids = append(ids, service.ID)
		}
	}
	return ids, nil
}
