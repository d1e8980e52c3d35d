package hub

import "slices"

// Scope items that are no service. The OpenID ones ask for claims, offline_access for a refresh token; administer and
// register widen what a credential may do.
const (
	ScopeOpenID        = "openid"
	ScopeProfile       = "profile"
	ScopeEmail         = "email"
	ScopeGroups        = "groups"
	ScopeOfflineAccess = "offline_access"
	ScopeAdminister    = "administer"
	ScopeRegister      = "register"
)

// ReservedScopes lists them all; none may be a service's id, key or name.
func ReservedScopes() []string {
	return []string{ScopeOpenID, ScopeProfile, ScopeEmail, ScopeGroups, ScopeOfflineAccess, ScopeAdminister, ScopeRegister}
}

// IsReservedScope reports whether item is one of them.
func IsReservedScope(item string) bool { return slices.Contains(ReservedScopes(), item) }

// MayUse reports whether a user may put a service in a token's scope: everyone may for a service without viewers, a
// member of a viewing group for others, and whoever holds a permission in it for any (permissions is the user's own, in
// the service's environment).
func MayUse(service Service, groups []string, permissions Permissions) bool {
	if len(service.Viewers) == 0 {
		return true
	}
	for _, viewer := range service.Viewers {
		if viewer == AllUsersGroupID || slices.Contains(groups, viewer) {
			return true
		}
	}
	return permissions.all || len(permissions.In(service.Key, service.Organisation, service.Permissions)) > 0
}
