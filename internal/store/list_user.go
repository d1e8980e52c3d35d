package store

import (
	"context"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/query"
)

func userNoun() *noun {
	return &noun{
		name: "users", table: "users u", id: "u.id", columns: userColumns, tallied: talliedUsers,
		first: query.Order{Key: "login"},
		orders: []listOrder{
			{name: "login", column: "u.login_folded", unique: true},
			{name: "name", column: "u.name_folded"},
			{name: "email", column: "u.email_folded"},
			{name: "creationtime", column: "u.created_at", number: true},
			{name: "id", column: "u.id", unique: true},
		},
		keys: []listKey{
			folded("login", "login of a user", "u.login_folded", single),
			folded("name", "full name", "u.name_folded", aRange),
			byEmail(),
			exactly("id", "id of a user", "u.id", single),
			{name: "group", hint: "name or id of a group the user is in, also by a group in it", rank: some, whole: true,
				test: inGroup, seek: seekInGroup},
			{name: "organisation", hint: "key or id of the user's organisation", rank: aRange, along: []string{"login", "name"},
				whole: true, test: ofOrganisation("u.organisation")},
			{name: "organization", hidden: true, rank: aRange, along: []string{"login", "name"}, whole: true, test: ofOrganisation("u.organisation")},
			sorted(byID(exactly("organisation", "", "u.organisation", aRange)), "login", "name"),
			byID(listKey{name: "group", rank: some, test: isMember, seek: seekMembers}),
			{name: "role", hint: "key or id of a role that reaches the user", rank: some, whole: true,
				test: reach(roleNamed).test, seek: reach(roleNamed).seek},
			{name: "access", parts: []string{"project", "with"}, rank: some, test: reach(accessTo).test, seek: reach(accessTo).seek},
			{name: "kind", hint: "person, bot or guest", values: []string{string(hub.Person), string(hub.Bot), string(hub.Guest)},
				rank: many, along: []string{"login", "name"},
				test: func(b *builder, m match) string { return "u.kind = " + b.arg(m.value) }},
			{name: "lacks", hint: "what a person has not: a password, or a second factor",
				values: []string{lacksPassword, lacksFactor}, rank: many, whole: true, test: lacks},
			sorted(is(many, flag{"banned", "u.banned = TRUE"}, flag{"active", "u.banned = FALSE"}, flag{"guest", "u.kind = 'guest'"},
				flag{"bot", "u.kind = 'bot'"}, flag{"person", "u.kind = 'person'"}), "login", "name"),
		},
		text: listKey{rank: aRange, test: hasWord, seek: seekWord},
	}
}

// ListUsers lists users. Query: login, name, email, id, group, organisation, role, kind, lacks, is, and access(project, with);
// text finds whole words, or the beginning of one, in login and name, and with an @ in it e-mail addresses too. By id: group
// (those who were put into it), organisation. Order: login, name, email, creationtime, id.
func (r *Reader) ListUsers(ctx context.Context, l query.List) (query.Page[hub.User], error) {
	return listed(ctx, r, userNoun(), scanUser, l)
}

// What a person may lack.
const (
	lacksPassword = "password"
	lacksFactor   = "factor"
)

// Whoever signs in with a passkey needs no password, and has a second factor.
func lacks(_ *builder, m match) string {
	without := "u.kind = 'person' AND NOT EXISTS (SELECT 1 FROM passkeys k WHERE k.user_id = u.id) AND NOT EXISTS (SELECT 1 FROM "
	if m.value == lacksPassword {
		return without + "passwords p WHERE p.user_id = u.id)"
	}
	return without + "totp t WHERE t.user_id = u.id AND t.confirmed_at > 0)"
}

// words is the range of rows in user_words that a text finds.
func words(b *builder, m match) string {
	text := plain(m.value)
	if text == "" {
		return "FALSE" // a text without a letter or digit is none that somebody is found by
	}
	if m.prefix && text[len(text)-1] == ' ' {
		text = text[:len(text)-1]
	}
	return beginning(b, "w.word", text)
}

func hasWord(b *builder, m match) string {
	text := "EXISTS (SELECT 1 FROM user_words w WHERE w.user_id = u.id AND " + words(b, m) + ")"
	if query.IsAddress(m.value) {
		text += " OR " + byEmail().test(b, m)
	}
	return text
}

func seekWord(b *builder, m match) string {
	text := "SELECT w.user_id AS id FROM user_words w WHERE " + words(b, m)
	if query.IsAddress(m.value) {
		text += " UNION ALL SELECT u.id AS id FROM users u WHERE " + byEmail().test(b, m)
	}
	return text
}

func byEmail() listKey { return folded("email", "e-mail address", "u.email_folded", single) }

// theOne is the id of the row of a table with this id or, if none has it, with this name: whoever names something after the id
// of another thing is not taken for it.
func theOne(b *builder, m match, table, name string) string {
	return "COALESCE((SELECT o0.id FROM " + table + " o0 WHERE o0.id = " + b.arg(m.value) +
		"), (SELECT o0.id FROM " + table + " o0 WHERE o0." + name + " = " + b.arg(hub.Fold(m.value)) + "), '')"
}

// groupNamed is the condition that x is the group with this id or name.
func groupNamed(b *builder, m match) string {
	return "x.id = " + theOne(b, m, "user_groups", "name_folded")
}

// withSubgroups are the ids of groups, given by a SELECT, and of all groups in them.
func withSubgroups(groups string) string {
	return "(WITH RECURSIVE within (id) AS (" + groups +
		" UNION SELECT z.child_id FROM subgroups z JOIN within i ON i.id = z.parent_id) SELECT i.id FROM within i)"
}

// Everyone is in the group of all users without being listed.
func everyoneIn(b *builder, m match) string {
	return "'" + hub.AllUsersGroupID + "' = " + theOne(b, m, "user_groups", "name_folded")
}

// inGroup looks into the group itself first: the memberships of one group lie together, those of the users who are tried one after
// the other do not. Most groups hold no other, which is found out once.
func inGroup(b *builder, m match) string {
	id := func() string { return theOne(b, m, "user_groups", "name_folded") }
	return "EXISTS (SELECT 1 FROM memberships m WHERE m.user_id = u.id AND m.group_id = " + id() + ") OR " + everyoneIn(b, m) +
		" OR (EXISTS (SELECT 1 FROM subgroups z WHERE z.parent_id = " + id() + ")" +
		" AND EXISTS (SELECT 1 FROM memberships m WHERE m.user_id = u.id AND m.group_id IN " +
		withSubgroups("SELECT z.child_id FROM subgroups z WHERE z.parent_id = "+id()) + "))"
}

func seekInGroup(b *builder, m match) string {
	return "SELECT m.user_id AS id FROM memberships m WHERE m.group_id IN " +
		withSubgroups("SELECT x.id FROM user_groups x WHERE "+groupNamed(b, m)) +
		" UNION ALL SELECT u.id AS id FROM users u WHERE " + everyoneIn(b, m)
}

// A member is somebody who was put into the group with this id.
func isMember(b *builder, m match) string {
	return "EXISTS (SELECT 1 FROM memberships m WHERE m.user_id = u.id AND m.group_id = " + b.arg(m.value) + ")"
}

func seekMembers(b *builder, m match) string {
	return "SELECT m.user_id AS id FROM memberships m WHERE m.group_id = " + b.arg(m.value)
}

// organisationNamed is the id of the organisation with this id or key.
func organisationNamed(b *builder, m match) string {
	return theOne(b, m, "organisations", "key_folded")
}

// What belongs to no organisation does not belong to one that is named, so that `not` finds it.
func ofOrganisation(column string) func(*builder, match) string {
	return func(b *builder, m match) string {
		return column + " = " + organisationNamed(b, m) + " AND " + column + " IS NOT NULL"
	}
}
