package store

import (
	"context"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/query"
)

func groupNoun() *noun {
	return &noun{
		name: "groups", table: "user_groups g", id: "g.id", columns: groupColumns, tallied: talliedGroups,
		first: query.Order{Key: "name"},
		orders: []listOrder{
			{name: "name", column: "g.name_folded", unique: true},
			{name: "creationtime", column: "g.created_at", number: true},
			{name: "id", column: "g.id", unique: true},
		},
		keys: []listKey{
			folded("name", "name of a group", "g.name_folded", single),
			exactly("id", "id of a group", "g.id", single),
			{name: "user", hint: "login, id or e-mail address of a member", rank: some, whole: true, test: hasMember, seek: seekHasMember},
			{name: "role", hint: "key or id of a role given to the group", whole: true, test: holdsRole("group", "g.id")},
			is(unranked, flag{"allUsers", "g.id = '" + hub.AllUsersGroupID + "'"}, flag{"requireTwoFactor", "g.require_two_factor = TRUE"}),
		},
		text: containing("g.name_folded"),
	}
}

// ListGroups lists groups. Query: name, id, user, role, is; text is in the name. Order: name, creationtime, id.
func (r *Reader) ListGroups(ctx context.Context, l query.List) (query.Page[hub.Group], error) {
	return listed(ctx, r, groupNoun(), scanGroup, l)
}

func hasMember(b *builder, m match) string {
	return "EXISTS (SELECT 1 FROM memberships m WHERE m.group_id = g.id AND m.user_id = " + aliasOf(b, m) + ")"
}

func seekHasMember(b *builder, m match) string {
	return "SELECT m.group_id AS id FROM memberships m WHERE m.user_id = " + aliasOf(b, m)
}

// holdsRole is the condition that the holder in a column was given a role directly.
func holdsRole(kind, column string) func(*builder, match) string {
	return func(b *builder, m match) string {
		return "EXISTS (SELECT 1 FROM grants h JOIN roles y ON y.id = h.role_id WHERE h.holder_kind = '" + kind +
			"' AND h.holder_id = " + column + " AND " + roleNamed(b, m) + ")"
	}
}

func organisationNoun() *noun {
	return &noun{
		name: "organisations", table: "organisations o", id: "o.id", columns: organisationColumns, tallied: talliedOrganisations,
		first: query.Order{Key: "key"},
		orders: []listOrder{
			{name: "key", column: "o.key_folded", unique: true},
			{name: "name", column: "o.name_folded"},
			{name: "creationtime", column: "o.created_at", number: true},
			{name: "id", column: "o.id", unique: true},
		},
		keys: []listKey{
			folded("key", "key of an organisation", "o.key_folded", single),
			folded("name", "name of an organisation", "o.name_folded", unranked),
			exactly("id", "id of an organisation", "o.id", single),
			{name: "user", hint: "login, id or e-mail address of somebody in it", rank: single, whole: true, test: func(b *builder, m match) string {
				return "o.id = (SELECT v.organisation FROM users v WHERE v.id = " + aliasOf(b, m) + ")"
			}},
		},
		text: containing("o.key_folded", "o.name_folded"),
	}
}

// ListOrganisations lists organisations. Query: key, name, id, user; text is in key or name. Order: key, name,
// creationtime, id.
func (r *Reader) ListOrganisations(ctx context.Context, l query.List) (query.Page[hub.Organisation], error) {
	return listed(ctx, r, organisationNoun(), scanOrganisation, l)
}

func roleNoun() *noun {
	return &noun{
		name: "roles", table: "roles r", id: "r.id", columns: roleColumns, tallied: talliedRoles,
		first: query.Order{Key: "key"},
		orders: []listOrder{
			{name: "key", column: "r.key_folded", unique: true},
			{name: "name", column: "r.name_folded"},
			{name: "id", column: "r.id", unique: true},
		},
		keys: []listKey{
			folded("key", "key of a role", "r.key_folded", single),
			folded("name", "name of a role", "r.name_folded", unranked),
			exactly("id", "id of a role", "r.id", single),
			{name: "permission", hint: "a permission it gives, as in payments:create", whole: true, test: func(b *builder, m match) string {
				return gives(b, "r.permissions", m.value)
			}},
		},
		text: containing("r.key_folded", "r.name_folded"),
	}
}

// ListRoles lists roles. Query: key, name, id, permission; text is in key or name. Order: key, name, id.
func (r *Reader) ListRoles(ctx context.Context, l query.List) (query.Page[hub.Role], error) {
	return listed(ctx, r, roleNoun(), scanRole, l)
}

func grantNoun() *noun {
	return &noun{
		name: "grants", table: "grants h", id: "h.id", columns: grantColumns,
		first: query.Order{Key: "id"},
		orders: []listOrder{
			{name: "id", column: "h.id", unique: true},
			{name: "creationtime", column: "h.created_at", number: true},
		},
		keys: []listKey{
			exactly("id", "id of a grant", "h.id", single),
			{name: "user", hint: "login, id or e-mail address of the user who holds it directly", rank: some, whole: true,
				test: func(b *builder, m match) string {
					return "h.holder_kind = 'user' AND h.holder_id = " + aliasOf(b, m)
				}},
			{name: "group", hint: "name or id of the group that holds it", rank: some, whole: true, test: func(b *builder, m match) string {
				return "h.holder_kind = 'group' AND h.holder_id IN (SELECT x.id FROM user_groups x WHERE " + groupNamed(b, m) + ")"
			}},
			{name: "service", hint: "key, name or id of the service that holds it", rank: some, whole: true, test: func(b *builder, m match) string {
				return "h.holder_kind = 'service' AND h.holder_id IN (SELECT x.service_id FROM service_names x WHERE " +
					"(x.environment = h.environment OR h.environment = '') AND x.name = " + b.arg(hub.Fold(m.value)) + ")"
			}},
			{name: "role", hint: "key or id of the role", rank: some, whole: true, test: func(b *builder, m match) string {
				return "h.role_id IN (SELECT y.id FROM roles y WHERE " + roleNamed(b, m) + ")"
			}},
			{name: "permission", hint: "a permission that the role gives, as in payments:create", rank: some, whole: true,
				test: func(b *builder, m match) string {
					return "h.role_id IN (SELECT y.id FROM roles y WHERE " + gives(b, "y.permissions", m.value) + ")"
				}},
			{name: "organisation", hint: "key or id of the organisation it is confined to", rank: some, whole: true,
				test: ofOrganisation("h.organisation")},
			{name: "project", hidden: true, rank: some, whole: true, test: func(b *builder, m match) string {
				if isEverywhere(m.value) {
					return "h.organisation IS NULL"
				}
				return ofOrganisation("h.organisation")(b, m)
			}},
			{name: "environment", hint: "the environment it is confined to", values: []string{string(hub.Production), string(hub.Test)},
				test: func(b *builder, m match) string { return "h.environment = " + b.arg(m.value) }},
			is(unranked, flag{"global", "h.organisation IS NULL"},
				flag{"team", "FALSE"}), // of a project's team, which clients ask for: there is none
		},
		text: listKey{test: func(b *builder, m match) string {
			return "h.role_id IN (SELECT r.id FROM roles r WHERE " + containing("r.key_folded", "r.name_folded").test(b, m) + ")"
		}},
	}
}

// ListGrants lists grants. Query: id, user, group, service, role, permission, organisation, environment, is; text is in the role's key
// or name. Order: id, creationtime.
func (r *Reader) ListGrants(ctx context.Context, l query.List) (query.Page[hub.Grant], error) {
	return listed(ctx, r, grantNoun(), scanGrant, l)
}
