package credential

import (
	"slices"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/oauth"
)

// IsPermanentScope reports whether a reserved scope item has a meaning in a permanent token: it widens what it may do.
func IsPermanentScope(item string) bool {
	return item == hub.ScopeAdminister || item == hub.ScopeRegister
}

// resolveScope finds the services that the items name. Unlike in a token request an item that names nothing is an error:
// whoever makes a token by hand wants to know.
func (c *change) resolveScope(environment hub.Environment, items []string, theirs hub.Permissions) ([]string, error) {
	memberships, err := c.GroupsOfUser(c.ctx, c.owner.ID)
	if err != nil {
		return nil, err
	}
	groups := []string{}
	for _, group := range memberships {
		groups = append(groups, group.ID)
	}
	ids := []string{}
	for _, item := range items {
		if IsPermanentScope(item) {
			continue
		}
		service, found, err := c.scopeService(environment, item)
		if err != nil {
			return nil, err
		}
		if !found || !hub.MayUse(service, groups, theirs) {
			return nil, &fault.Error{Kind: fault.Invalid,
				Message: "the scope names a service that is not there, or that the user may not access: " + item,
				Fields: []fault.Field{{Name: "scope",
					Reason: "has no service for " + item + " in the " + string(environment) + " environment"}}}
		}
		if !slices.Contains(ids, service.ID) {
			ids = append(ids, service.ID)
		}
	}
	return ids, nil
}

// scopeService finds the service that an item names, whole or confined to a permission that it declares.
func (c *change) scopeService(environment hub.Environment, item string) (service hub.Service, found bool, err error) {
	for name, permission := range oauth.ScopeNames(item) {
		service, err = c.ServiceByName(c.ctx, environment, name)
		switch {
		case fault.Is(err, fault.NotFound):
			continue
		case err != nil:
			return service, false, err
		}
		declared := func(p hub.Permission) bool { return p.Key == permission }
		return service, permission == "" || slices.ContainsFunc(service.Permissions, declared), nil
	}
	return service, false, nil
}
