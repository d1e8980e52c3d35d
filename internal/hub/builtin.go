package hub

import (
	"slices"

	"example.org/hub/internal/fault"
)

// What exists from the first start stays what it is: other rooms and other people's tokens rely on it.

// BuiltIn reports whether the role cannot be deleted.
func (r Role) BuiltIn() bool { return r.ID == SystemAdmin || r.ID == Contributor }

// CheckChange gives what of a role may not become so.
func (r Role) CheckChange(to Role) []fault.Field {
	var wrong []fault.Field
	if r.BuiltIn() && to.Key != r.Key {
		wrong = append(wrong, fault.Field{Name: "key", Reason: "of this role cannot change"})
	}
	if r.ID == SystemAdmin && !slices.Equal(to.Permissions, []string{AllPermissions}) {
		wrong = append(wrong, fault.Field{Name: "permissions", Reason: `of System Admin are always ["*"]`})
	}
	return wrong
}

// BuiltIn reports whether the service is Hub itself.
func (s Service) BuiltIn() bool { return s.ID == HubServiceID }

// CheckChange gives what of a service may not become so: of Hub itself, all that others know it by and rely on.
func (s Service) CheckChange(to Service) []fault.Field {
	if !s.BuiltIn() {
		return nil
	}
	var wrong []fault.Field
	for _, one := range []struct {
		name    string
		changed bool
	}{
		{"key", s.Key != to.Key}, {"name", s.Name != to.Name}, {"organisation", s.Organisation != to.Organisation},
		{"trusted", s.Trusted != to.Trusted}, {"public", s.Public != to.Public}, {"disabled", s.Disabled != to.Disabled},
		{"permissions", !slices.Equal(s.Permissions, to.Permissions)},
		{"accessToken", s.AccessToken != to.AccessToken}, {"authMethod", s.AuthMethod != to.AuthMethod},
	} {
		if one.changed {
			wrong = append(wrong, fault.Field{Name: one.name, Reason: "of Hub itself cannot change"})
		}
	}
	return wrong
}

// BuiltIn reports whether the group is the one of all users.
func (g Group) BuiltIn() bool { return g.ID == AllUsersGroupID }

// BuiltIn reports whether the user is the guest.
func (u User) BuiltIn() bool { return u.ID == GuestID }

// CheckChange gives what of a user may not become so.
func (u User) CheckChange(to User) []fault.Field {
	var wrong []fault.Field
	if u.BuiltIn() && to.Login != u.Login {
		wrong = append(wrong, fault.Field{Name: "login", Reason: "of the guest cannot change"})
	}
	if u.BuiltIn() != to.BuiltIn() || (u.Kind == Guest) != (to.Kind == Guest) {
		wrong = append(wrong, fault.Field{Name: "kind", Reason: "of the guest cannot change"})
	}
	return wrong
}

// AllUsersGroup is the group of all users as it is made with the first start.
func AllUsersGroup() Group {
	return Group{ID: AllUsersGroupID, Name: "All Users", Description: "Everyone, without being listed."}
}

// GuestUser is the guest as it is made with the first start: banned until an administrator allows it.
func GuestUser() User {
	return User{ID: GuestID, Login: "guest", Name: "Guest", Kind: Guest, Banned: true, BanReason: "not allowed yet"}
}
