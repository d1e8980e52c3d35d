package directory

import (
	"context"
	"slices"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
)

// HasAdministrator reports whether there is a user, not banned, who may do everything everywhere.
func HasAdministrator(ctx context.Context, q store.Reader) (bool, error) {
	roles, err := q.Roles(ctx)
	if err != nil {
		return false, err
	}
	all := []string{}
	for _, role := range roles {
		if slices.Contains(role.Permissions, hub.AllPermissions) {
			all = append(all, role.ID)
		}
	}
	grants, err := q.Grants(ctx)
	if err != nil {
		return false, err
	}
	for _, grant := range grants {
		if !slices.Contains(all, grant.RoleID) || grant.Organisation != "" || grant.Environment == hub.Test {
			continue
		}
		if some, err := someoneActive(ctx, q, grant); some || err != nil {
			return some, err
		}
	}
	return false, nil
}

// someoneActive reports whether a grant reaches a user who is not banned.
func someoneActive(ctx context.Context, q store.Reader, grant hub.Grant) (bool, error) {
	switch {
	case grant.HolderKind == hub.HolderUser:
		user, err := q.User(ctx, grant.HolderID)
		if fault.Is(err, fault.NotFound) {
			return false, nil
		}
		return err == nil && user.Active() && user.Kind != hub.Guest, err
	case grant.HolderKind == hub.HolderGroup:
		next := func(after string) ([]hub.User, error) { return q.MembersOfGroup(ctx, grant.HolderID, after, 100) }
		if grant.HolderID == hub.AllUsersGroupID {
			next = func(after string) ([]hub.User, error) { return q.Users(ctx, after, 100) }
		}
		for after := ""; ; {
			users, err := next(after)
			if err != nil {
				return false, err
			}
			for _, user := range users {
				if user.Active() && user.Kind != hub.Guest {
					return true, nil
				}
			}
			if len(users) < 100 {
				return false, nil
			}
			after = users[len(users)-1].Login
		}
	}
	return false, nil
}

// KeepAdministrator refuses a transaction that would leave nobody who may do everything. Whoever takes rights away or bans
// or deletes somebody asks it at the end, if there was an administrator before.
func KeepAdministrator(ctx context.Context, q store.Reader) error {
	if some, err := HasAdministrator(ctx, q); some || err != nil {
		return err
	}
	return fault.New(fault.Conflict, "nobody would be left who may do everything: give someone else the role System Admin first")
}
