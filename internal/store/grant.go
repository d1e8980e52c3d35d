package store

import (
	"context"

	"example.org/hub/internal/hub"
)

const grantColumns = `id, role_id, holder_kind, holder_id, COALESCE(organisation, ''), environment, created_at, author_id, author_name`

var (
	selectGrant         = prepared(`SELECT ` + grantColumns + ` FROM grants WHERE id = $1`)
	selectGrants        = prepared(`SELECT ` + grantColumns + ` FROM grants ORDER BY id`)
	selectGrantsOf      = prepared(`SELECT ` + grantColumns + ` FROM grants WHERE holder_kind = $1 AND holder_id = $2 ORDER BY id`)
	selectGrantsForUser = prepared(reached + `SELECT ` + grantColumns + ` FROM grants WHERE (holder_kind = 'user' AND holder_id = $1)
		OR (holder_kind = 'group' AND holder_id IN (SELECT CAST($2 AS TEXT) UNION ALL SELECT r.id FROM reached r)) ORDER BY id`)
	selectGrantsForGroup = prepared(above + `SELECT ` + grantColumns +
		` FROM grants WHERE holder_kind = 'group' AND holder_id IN (SELECT a.id FROM above a) ORDER BY id`)
	insertGrant = prepared(`INSERT INTO grants (id, role_id, holder_kind, holder_id, organisation, environment, created_at, author_id, author_name)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`)
	deleteGrant = prepared(`DELETE FROM grants WHERE id = $1`)
	// A service of the same id may live in the other environment; what was granted everywhere is then still that one's.
	deleteServiceGrants = prepared(`DELETE FROM grants WHERE holder_kind = 'service' AND holder_id = $1 AND (environment = $2
		OR (environment = '' AND NOT EXISTS (SELECT 1 FROM services s WHERE s.id = $1 AND s.environment <> $2)))`)
	deleteGrantsOf  = prepared(`DELETE FROM grants WHERE holder_kind = $1 AND holder_id = $2`)
	selectHoldersOf = prepared(`SELECT environment, holder_id FROM grants WHERE role_id = $1`)
	selectHoldersIn = prepared(`SELECT environment, holder_id FROM grants WHERE organisation = $1`)
)

func scanGrant(row scanner, g *hub.Grant) error {
	return row.Scan(&g.ID, &g.RoleID, &g.HolderKind, &g.HolderID, &g.Organisation, &g.Environment, moment{&g.CreatedAt}, &g.AuthorID, &g.AuthorName)
}

// Grant gives a grant by id.
func (r *Reader) Grant(ctx context.Context, id string) (hub.Grant, error) {
	return one(ctx, r, selectGrant, scanGrant, id)
}

// Grants lists all grants.
func (r *Reader) Grants(ctx context.Context) ([]hub.Grant, error) {
	return list(ctx, r, selectGrants, scanGrant)
}

// GrantsOf lists what was granted to one holder directly.
func (r *Reader) GrantsOf(ctx context.Context, kind hub.HolderKind, holderID string) ([]hub.Grant, error) {
	return list(ctx, r, selectGrantsOf, scanGrant, kind, holderID)
}

// GrantsForGroup lists everything that a group gives to its members: its own grants, and those of groups that hold it.
func (r *Reader) GrantsForGroup(ctx context.Context, groupID string) ([]hub.Grant, error) {
	return list(ctx, r, selectGrantsForGroup, scanGrant, groupID)
}

// GrantsForUser lists everything that reaches a user: own grants, those of the user's groups, those of all users.
func (r *Reader) GrantsForUser(ctx context.Context, userID string) ([]hub.Grant, error) {
	return list(ctx, r, selectGrantsForUser, scanGrant, userID, hub.AllUsersGroupID)
}

// InsertGrant adds a grant. Errors: fault.Conflict if the holder has it already or the role or organisation does not exist.
func (tx *Tx) InsertGrant(ctx context.Context, g hub.Grant) error {
	tx.Changed(GrantChanged, g.Environment, g.HolderID)
	_, err := tx.exec(ctx, insertGrant, g.ID, g.RoleID, g.HolderKind, g.HolderID, orNull(g.Organisation), g.Environment,
		millis(g.CreatedAt), g.AuthorID, g.AuthorName)
	return err
}

// DeleteGrant takes a grant back.
func (tx *Tx) DeleteGrant(ctx context.Context, id string) error {
	grant, err := tx.Grant(ctx, id)
	if err != nil {
		return err
	}
	tx.Changed(GrantChanged, grant.Environment, grant.HolderID)
	return tx.execOne(ctx, deleteGrant, id)
}

// deleteGrantsOf takes back everything from a holder that is about to be deleted.
func (tx *Tx) deleteGrantsOf(ctx context.Context, kind hub.HolderKind, holderID string) error {
	rows, err := tx.exec(ctx, deleteGrantsOf, kind, holderID)
	if rows > 0 {
		tx.Changed(GrantChanged, "", holderID)
	}
	return err
}
