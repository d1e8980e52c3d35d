package web

import (
	"slices"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
)

// lacking is why a page is not shown: the permission that is missing.
type lacking struct{ permission string }

func (l *lacking) Error() string {
	return "the permission " + hub.HubServiceKey + ":" + l.permission + " is missing"
}

// needs lets only those on who are signed in and hold one of these permissions of Hub, for pages that nobody else is shown. ok
// is false if the visitor was sent to sign in.
func (p *Pages) needs(v *visitor, permissions ...string) (ok bool, err error) {
	if !p.signedIn(v) {
		return false, nil
	}
	if slices.ContainsFunc(permissions, v.may) {
		return true, nil
	}
	lack := &lacking{permissions[0]}
	return false, fault.Wrap(fault.Forbidden, lack, "%s", upper(lack.Error()))
}

// permission is the name of a permission of Hub.
func (t tongue) permission(key string) string {
	if t.has("permission." + key) {
		return t.plain("permission." + key)
	}
	for _, permission := range hub.HubPermissions() {
		if permission.Key == key {
			return permission.Name
		}
	}
	return key
}
