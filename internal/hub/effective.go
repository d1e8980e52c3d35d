package hub

// Effective is what the holder of these grants may do in an environment: the one place where grants become permissions.
// roles is by id; a grant of a role that is gone gives nothing.
func Effective(roles map[string]Role, grants []Grant, environment Environment) Permissions {
	var sum Permissions
	for _, grant := range grants {
		if grant.Environment != "" && grant.Environment != environment {
			continue
		}
		role, known := roles[grant.RoleID]
		if !known {
			continue
		}
		held := NewPermissions(role.Permissions...)
		if grant.Organisation != "" {
			held = held.Within(grant.Organisation)
		}
		sum = sum.Union(held)
	}
	return sum
}
