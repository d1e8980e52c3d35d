package store

import (
	"context"

	"example.org/hub/internal/hub"
)

const groupColumns = `g.id, g.name, g.description, g.require_two_factor, g.created_at, g.updated_at`

var (
	selectGroup       = prepared(`SELECT ` + groupColumns + ` FROM user_groups g WHERE g.id = $1`)
	selectGroupByName = prepared(`SELECT ` + groupColumns + ` FROM user_groups g WHERE g.name_folded = $1`)
	selectGroups      = prepared(`SELECT ` + groupColumns + ` FROM user_groups g ORDER BY g.name_folded`)
	selectUserGroups  = prepared(`SELECT ` + groupColumns + ` FROM memberships m JOIN user_groups g ON g.id = m.group_id WHERE m.user_id = $1 ORDER BY g.name_folded`)
	selectMembers     = prepared(`SELECT ` + userColumns + ` FROM memberships m JOIN users u ON u.id = m.user_id WHERE m.group_id = $1
		AND u.login_folded > $2 ORDER BY u.login_folded LIMIT $3`)
	insertGroup = prepared(`INSERT INTO user_groups (id, name, name_folded, description, require_two_factor, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`)
	updateGroup = prepared(`UPDATE user_groups SET name = $1, name_folded = $2, description = $3, require_two_factor = $4, updated_at = $5 WHERE id = $6`)
	deleteGroup = prepared(`DELETE FROM user_groups WHERE id = $1`)

	insertMember    = prepared(`INSERT INTO memberships (group_id, user_id) VALUES ($1, $2) ON CONFLICT (group_id, user_id) DO NOTHING`)
	deleteMember    = prepared(`DELETE FROM memberships WHERE group_id = $1 AND user_id = $2`)
	selectMemberIDs = prepared(`SELECT '', user_id FROM memberships WHERE group_id = $1`)
)

func scanGroup(row scanner, g *hub.Group) error {
	return row.Scan(&g.ID, &g.Name, &g.Description, &g.RequireTwoFactor, moment{&g.CreatedAt}, moment{&g.UpdatedAt})
}

// Group gives a group by id.
func (r Reader) Group(ctx context.Context, id string) (hub.Group, error) {
	return one(ctx, r, selectGroup, scanGroup, id)
}

// GroupByName gives a group by name, in any letter case.
func (r Reader) GroupByName(ctx context.Context, name string) (hub.Group, error) {
	return one(ctx, r, selectGroupByName, scanGroup, hub.Fold(name))
}

// Groups lists all groups by name.
func (r Reader) Groups(ctx context.Context) ([]hub.Group, error) {
	return list(ctx, r, selectGroups, scanGroup)
}

// GroupsOfUser lists the groups of which a user is a member, by name. The group of all users is not among them unless
// somebody was put into it.
func (r Reader) GroupsOfUser(ctx context.Context, userID string) ([]hub.Group, error) {
	return list(ctx, r, selectUserGroups, scanGroup, userID)
}

// MembersOfGroup lists members by login, from after a login ("": from the first).
func (r Reader) MembersOfGroup(ctx context.Context, groupID, after string, limit int) ([]hub.User, error) {
	return list(ctx, r, selectMembers, scanUser, groupID, hub.Fold(after), limit)
}

// InsertGroup adds a group. Errors: fault.Conflict if its name is taken.
func (tx *Tx) InsertGroup(ctx context.Context, g hub.Group) error {
	tx.Changed(GroupChanged, "", g.ID)
	tx.tally(talliedGroups, 1)
	_, err := tx.exec(ctx, insertGroup, g.ID, g.Name, hub.Fold(g.Name), g.Description, g.RequireTwoFactor, millis(g.CreatedAt), millis(g.UpdatedAt))
	return err
}

// UpdateGroup replaces a group but for its id and CreatedAt. Errors: fault.NotFound, fault.Conflict.
func (tx *Tx) UpdateGroup(ctx context.Context, g hub.Group) error {
	tx.Changed(GroupChanged, "", g.ID)
	return tx.execOne(ctx, updateGroup, g.Name, hub.Fold(g.Name), g.Description, g.RequireTwoFactor, millis(g.UpdatedAt), g.ID)
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
	_, err := tx.exec(ctx, insertMember, groupID, userID)
	return err
}

// RemoveMember takes a user out of a group. Errors: fault.NotFound if the user is not in it.
func (tx *Tx) RemoveMember(ctx context.Context, groupID, userID string) error {
	tx.Changed(UserChanged, "", userID)
	return tx.execOne(ctx, deleteMember, groupID, userID)
}
