package store

import (
	"strings"

	"example.org/hub/internal/hub"
)

// reach is a condition on grants h and their roles y, for lists of whom they reach: users they were given to, those in groups
// they were given to, and everybody where that is the group of all users.
type reach func(b *builder, m match) string

// holders are the ids of those of a kind to whom something was given.
func (r reach) holders(b *builder, m match, kind hub.HolderKind) string {
	return "SELECT h.holder_id FROM grants h JOIN roles y ON y.id = h.role_id WHERE h.holder_kind = '" + string(kind) + "' AND " + r(b, m)
}

func (r reach) everyone(b *builder, m match) string {
	return "'" + hub.AllUsersGroupID + "' IN (" + r.holders(b, m, hub.HolderGroup) + ")"
}

func (r reach) test(b *builder, m match) string {
	return "u.id IN (" + r.holders(b, m, hub.HolderUser) + ") OR EXISTS (SELECT 1 FROM memberships m WHERE m.user_id = u.id AND m.group_id IN " +
		withSubgroups(r.holders(b, m, hub.HolderGroup)) + ") OR " + r.everyone(b, m)
}

func (r reach) seek(b *builder, m match) string {
	return "SELECT h.holder_id AS id FROM grants h JOIN roles y ON y.id = h.role_id WHERE h.holder_kind = 'user' AND " + r(b, m) +
		" UNION ALL SELECT m.user_id AS id FROM memberships m WHERE m.group_id IN " + withSubgroups(r.holders(b, m, hub.HolderGroup)) +
		" UNION ALL SELECT u.id AS id FROM users u WHERE " + r.everyone(b, m)
}

// roleNamed is the condition that y is the role with this id or key.
func roleNamed(b *builder, m match) string { return "y.id = " + theOne(b, m, "roles", "key_folded") }

// accessTo is the condition that something was given in a project, which is an organisation here, or everywhere; and that it is
// a role, or a permission, with this name.
func accessTo(b *builder, m match) string {
	given := []string{"TRUE"}
	if project := m.of["project"]; isEverywhere(project) {
		given = append(given, "h.organisation IS NULL")
	} else if project != "" {
		given = append(given, "(h.organisation IS NULL OR h.organisation = "+organisationNamed(b, match{value: project})+")")
	}
	if with := m.of["with"]; with != "" {
		given = append(given, "("+roleNamed(b, match{value: with})+" OR "+gives(b, "y.permissions", with)+")")
	}
	return strings.Join(given, " AND ")
}

// isEverywhere reports whether a name is one under which known clients ask for what holds in every project.
func isEverywhere(project string) bool {
	return project == "0" || strings.EqualFold(project, "GLBL") || strings.EqualFold(project, "Global")
}

// gives is the condition that a column of permissions has one, or has all there are.
func gives(b *builder, column, permission string) string {
	quoted, _ := asJSON(permission) // text can always be written
	return column + ` = '["*"]' OR ` + inText(b, column, quoted)
}
