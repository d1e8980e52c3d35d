package store

import (
	"context"
	"time"

	"example.org/hub/internal/hub"
)

const groupColumns = `g.id, g.name, g.description, g.require_two_factor, g.two_factor_grace, g.two_factor_since, g.auto_join, g.auto_join_domain,
	g.created_at, g.updated_at`

// reached are the groups in which the user $1 is: by being put into them, or into a group that they hold. since is when the
// user was put into the group at the bottom.
const reached = `WITH RECURSIVE reached (id, since) AS (SELECT group_id, since FROM memberships WHERE user_id = $1
	UNION SELECT s.parent_id, r.since FROM subgroups s JOIN reached r ON r.id = s.child_id) `

// above is the group $1 with all groups that hold it, below with all that it holds.
const (
	above = `WITH RECURSIVE above (id) AS (SELECT CAST($1 AS TEXT) UNION SELECT s.parent_id FROM subgroups s JOIN above a ON a.id = s.child_id) `
	below = `WITH RECURSIVE below (id) AS (SELECT CAST($1 AS TEXT) UNION SELECT s.child_id FROM subgroups s JOIN below b ON b.id = s.parent_id) `
)

var (
	selectGroup       = prepared(`SELECT ` + groupColumns + ` FROM user_groups g WHERE g.id = $1`)
	selectGroupByName = prepared(`SELECT ` + groupColumns + ` FROM user_groups g WHERE g.name_folded = $1`)
	selectGroups      = prepared(`SELECT ` + groupColumns + ` FROM user_groups g ORDER BY g.name_folded`)
	selectGroupNames  = prepared(`SELECT g.name FROM user_groups g ORDER BY g.name_folded LIMIT $1`)
	selectUserGroups  = prepared(reached + `SELECT ` + groupColumns + `, MIN(r.since) FROM reached r JOIN user_groups g ON g.id = r.id
		GROUP BY g.id ORDER BY g.name_folded`)
	selectWays = prepared(`WITH RECURSIVE ways (id, child) AS (SELECT group_id, '' FROM memberships WHERE user_id = $1
		UNION SELECT s.parent_id, s.child_id FROM subgroups s JOIN ways w ON w.id = s.child_id)
		SELECT ` + groupColumns +
		`, w.child FROM (SELECT id, child FROM ways UNION ALL SELECT CAST($2 AS TEXT), '') w JOIN user_groups g ON g.id = w.id
		ORDER BY g.name_folded, w.child`)
	selectSecuring = prepared(reached + `SELECT ` + groupColumns +
		`, MIN(r.since) FROM reached r JOIN user_groups g ON g.id = r.id WHERE g.require_two_factor = TRUE GROUP BY g.id
		UNION ALL SELECT ` + groupColumns + `, CAST($2 AS BIGINT) FROM user_groups g WHERE g.id = $3 AND g.require_two_factor = TRUE`)
	selectDirectGroups = prepared(`SELECT ` + groupColumns +
		` FROM memberships m JOIN user_groups g ON g.id = m.group_id WHERE m.user_id = $1 ORDER BY g.name_folded`)
	selectMemberships = prepared(`SELECT ` + groupColumns +
		`, m.since FROM memberships m JOIN user_groups g ON g.id = m.group_id WHERE m.user_id = $1 ORDER BY g.name_folded`)
	selectMembers = prepared(below + `SELECT ` + userColumns + ` FROM users u WHERE u.login_folded > $2
		AND u.id IN (SELECT m.user_id FROM memberships m JOIN below b ON b.id = m.group_id) ORDER BY u.login_folded LIMIT $3`)
	selectAutoJoin  = prepared(`SELECT ` + groupColumns + ` FROM user_groups g WHERE g.auto_join ORDER BY g.id`)
	selectSubgroups = prepared(`SELECT ` + groupColumns +
		` FROM subgroups s JOIN user_groups g ON g.id = s.child_id WHERE s.parent_id = $1 ORDER BY g.name_folded`)
	selectBelow = prepared(below + `SELECT id FROM below`)
	selectAsks  = prepared(above +
		`SELECT EXISTS (SELECT 1 FROM user_groups g WHERE g.require_two_factor AND g.id IN (SELECT a.id FROM above a))`)
	copyMembers = prepared(`INSERT INTO memberships (group_id, user_id, since) SELECT g.id, m.user_id, m.since FROM user_groups g, memberships m
		WHERE g.id = $1 AND m.group_id = $2 ON CONFLICT (group_id, user_id) DO NOTHING`)
	insertSubgroup = prepared(`INSERT INTO subgroups (parent_id, child_id) VALUES ($1, $2) ON CONFLICT (parent_id, child_id) DO NOTHING`)
	deleteSubgroup = prepared(`DELETE FROM subgroups WHERE parent_id = $1 AND child_id = $2`)
	insertGroup    = prepared(`INSERT INTO user_groups (id, name, name_folded, description, require_two_factor, two_factor_grace, two_factor_since, auto_join, auto_join_domain,
		created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`)
	updateGroup = prepared(`UPDATE user_groups SET name = $1, name_folded = $2, description = $3, require_two_factor = $4, two_factor_grace = $5, two_factor_since = $6,
		auto_join = $7, auto_join_domain = $8, updated_at = $9 WHERE id = $10`)
	deleteGroup = prepared(`DELETE FROM user_groups WHERE id = $1`)

	insertMember    = prepared(`INSERT INTO memberships (group_id, user_id, since) VALUES ($1, $2, $3) ON CONFLICT (group_id, user_id) DO NOTHING`)
	upsertMember    = prepared(`INSERT INTO memberships (group_id, user_id, since) VALUES ($1, $2, $3) ON CONFLICT (group_id, user_id) DO UPDATE SET since = excluded.since`)
	deleteMember    = prepared(`DELETE FROM memberships WHERE group_id = $1 AND user_id = $2`)
	selectMemberIDs = prepared(`SELECT '', user_id FROM memberships WHERE group_id = $1`)
)

func scanGroup(row scanner, g *hub.Group) error {
	return row.Scan(groupFields(g)...)
}

func groupFields(g *hub.Group) []any {
	return []any{&g.ID, &g.Name, &g.Description, &g.RequireTwoFactor, span{&g.TwoFactorGrace}, moment{&g.TwoFactorSince},
		&g.AutoJoin, &g.AutoJoinDomain, moment{&g.CreatedAt}, moment{&g.UpdatedAt}}
}

func scanMember(row scanner, m *hub.Member) error {
	return row.Scan(append(groupFields(&m.Group), moment{&m.Since})...)
}

// Group gives a group by id.
func (r *Reader) Group(ctx context.Context, id string) (hub.Group, error) {
	return one(ctx, r, selectGroup, scanGroup, id)
}

// GroupNames gives the names of groups by id; of those that are there.
func (r *Reader) GroupNames(ctx context.Context, ids []string) (map[string]string, error) {
	names := map[string]string{}
	if len(ids) == 0 {
		return names, nil
	}
	b := &builder{}
	text := `SELECT g.id, g.name FROM user_groups g WHERE g.id IN (` + among(b, ids) + `)`
	err := r.each(ctx, b.steady(text), b.args, func() { clear(names) }, func(row scanner) error {
		var id, name string
		err := row.Scan(&id, &name)
		names[id] = name
		return err
	})
	return names, err
}

// GroupByName gives a group by name, in any letter case.
func (r *Reader) GroupByName(ctx context.Context, name string) (hub.Group, error) {
	return one(ctx, r, selectGroupByName, scanGroup, hub.Fold(name))
}

// Groups lists all groups by name.
func (r *Reader) Groups(ctx context.Context) ([]hub.Group, error) {
	return list(ctx, r, selectGroups, scanGroup)
}

// FirstGroupNames lists the names of so many groups, by name.
func (r *Reader) FirstGroupNames(ctx context.Context, limit int) ([]string, error) {
	return list(ctx, r, selectGroupNames, value[string], limit)
}

// GroupsOfUser lists the groups of which a user is a member, also by groups in groups, by name. The group of all users is not
// among them.
func (r *Reader) GroupsOfUser(ctx context.Context, userID string) ([]hub.Member, error) {
	return list(ctx, r, selectUserGroups, scanMember, userID)
}

// SecuringGroups lists the groups in which a user is that ask for a second factor, now or after a time, that of all users among them.
func (r *Reader) SecuringGroups(ctx context.Context, user hub.User) ([]hub.Member, error) {
	return list(ctx, r, selectSecuring, scanMember, user.ID, millis(user.CreatedAt), hub.AllUsersGroupID)
}

// Way is a group in which a user is, and one of the groups by which: "" where the user was put into it.
type Way struct {
	hub.Group
	Child string
}

func scanWay(row scanner, w *Way) error { return row.Scan(append(groupFields(&w.Group), &w.Child)...) }

// WaysOfUser lists the groups in which a user is, by name, each as often as there are ways into it: also that of all users, as if
// the user had been put into it.
func (r *Reader) WaysOfUser(ctx context.Context, userID string) ([]Way, error) {
	return list(ctx, r, selectWays, scanWay, userID, hub.AllUsersGroupID)
}

// DirectGroupsOfUser lists the groups into which a user was put, by name.
func (r *Reader) DirectGroupsOfUser(ctx context.Context, userID string) ([]hub.Group, error) {
	return list(ctx, r, selectDirectGroups, scanGroup, userID)
}

// MembershipsOfUser lists the groups into which a user was put, by name, with the time of each.
func (r *Reader) MembershipsOfUser(ctx context.Context, userID string) ([]hub.Member, error) {
	return list(ctx, r, selectMemberships, scanMember, userID)
}

// AutoJoinGroups lists the groups which users join by themselves.
func (r *Reader) AutoJoinGroups(ctx context.Context) ([]hub.Group, error) {
	return list(ctx, r, selectAutoJoin, scanGroup)
}

// Subgroups lists the groups that a group holds, not those within them, by name.
func (r *Reader) Subgroups(ctx context.Context, groupID string) ([]hub.Group, error) {
	return list(ctx, r, selectSubgroups, scanGroup, groupID)
}

// GroupsBelow gives the ids of a group and of all groups within it.
func (r *Reader) GroupsBelow(ctx context.Context, groupID string) ([]string, error) {
	return list(ctx, r, selectBelow, value[string], groupID)
}

// AsksForFactor reports whether a group, or one that holds it, asks its members for a second factor.
func (r *Reader) AsksForFactor(ctx context.Context, groupID string) (bool, error) {
	return one(ctx, r, selectAsks, value[bool], groupID)
}

// MembersOfGroup lists members, also those of groups within it, by login, from after a login ("": from the first).
func (r *Reader) MembersOfGroup(ctx context.Context, groupID, after string, limit int) ([]hub.User, error) {
	return list(ctx, r, selectMembers, scanUser, groupID, hub.Fold(after), limit)
}

// InsertGroup adds a group. Errors: fault.Conflict if its name is taken.
func (tx *Tx) InsertGroup(ctx context.Context, g hub.Group) error {
	tx.Changed(GroupChanged, "", g.ID)
	tx.tally(talliedGroups, 1)
	_, err := tx.exec(ctx, insertGroup, g.ID, g.Name, hub.Fold(g.Name), g.Description,
		g.RequireTwoFactor, g.TwoFactorGrace.Milliseconds(), millis(g.TwoFactorSince), g.AutoJoin, g.AutoJoinDomain,
		millis(g.CreatedAt), millis(g.UpdatedAt))
	return err
}

// UpdateGroup replaces a group but for its id and CreatedAt. Errors: fault.NotFound, fault.Conflict.
func (tx *Tx) UpdateGroup(ctx context.Context, g hub.Group) error {
	tx.Changed(GroupChanged, "", g.ID)
	return tx.execOne(ctx, updateGroup, g.Name, hub.Fold(g.Name), g.Description,
		g.RequireTwoFactor, g.TwoFactorGrace.Milliseconds(), millis(g.TwoFactorSince), g.AutoJoin, g.AutoJoinDomain,
		millis(g.UpdatedAt), g.ID)
}

// DeleteGroup deletes a group, its memberships and its grants.
func (tx *Tx) DeleteGroup(ctx context.Context, id string) error {
	if err := tx.changedAll(ctx, UserChanged, selectMemberIDs, id); err != nil {
		return err
	}
	if err := tx.deleteGrantsOf(ctx, hub.HolderGroup, id); err != nil {
		return err
	}
	tx.Changed(GroupChanged, "", id)
	tx.tally(talliedGroups, -1)
	return tx.execOne(ctx, deleteGroup, id)
}

// AddMember puts a user into a group; it is no error if the user is in it already.
func (tx *Tx) AddMember(ctx context.Context, groupID, userID string) error {
	tx.Changed(UserChanged, "", userID)
	_, err := tx.exec(ctx, insertMember, groupID, userID, millis(hub.Now()))
	return err
}

// SetMember puts a user into a group as of a time, also where the user is in it already.
func (tx *Tx) SetMember(ctx context.Context, groupID, userID string, since time.Time) error {
	tx.Changed(UserChanged, "", userID)
	_, err := tx.exec(ctx, upsertMember, groupID, userID, millis(since))
	return err
}

// RemoveMember takes a user out of a group. Errors: fault.NotFound if the user is not in it.
func (tx *Tx) RemoveMember(ctx context.Context, groupID, userID string) error {
	tx.Changed(UserChanged, "", userID)
	return tx.execOne(ctx, deleteMember, groupID, userID)
}

// CopyMembers puts the members of a group into another, too.
func (tx *Tx) CopyMembers(ctx context.Context, from, into string) error {
	tx.Changed(GroupChanged, "", into)
	_, err := tx.exec(ctx, copyMembers, into, from)
	return err
}

// AddSubgroup puts a group into another; it is no error if it is in it already.
func (tx *Tx) AddSubgroup(ctx context.Context, parentID, childID string) error {
	tx.Changed(GroupChanged, "", parentID)
	_, err := tx.exec(ctx, insertSubgroup, parentID, childID)
	return err
}

// RemoveSubgroup takes a group out of another. Errors: fault.NotFound if it is not in it.
func (tx *Tx) RemoveSubgroup(ctx context.Context, parentID, childID string) error {
	tx.Changed(GroupChanged, "", parentID)
	return tx.execOne(ctx, deleteSubgroup, parentID, childID)
}
