package store

import (
	"context"

	"example.org/hub/internal/hub"
)

const roleColumns = `id, key, name, description, permissions, created_at, updated_at`

var (
	selectRole      = prepared(`SELECT ` + roleColumns + ` FROM roles WHERE id = $1`)
	selectRoleByKey = prepared(`SELECT ` + roleColumns + ` FROM roles WHERE key_folded = $1`)
	selectRoles     = prepared(`SELECT ` + roleColumns + ` FROM roles ORDER BY key_folded`)
	insertRole      = prepared(`INSERT INTO roles (id, key, key_folded, name, name_folded, description, permissions, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`)
	updateRole = prepared(`UPDATE roles SET key = $1, key_folded = $2, name = $3, name_folded = $4, description = $5, permissions = $6, updated_at = $7 WHERE id = $8`)
	deleteRole = prepared(`DELETE FROM roles WHERE id = $1`)
)

func scanRole(row scanner, r *hub.Role) error {
	return row.Scan(&r.ID, &r.Key, &r.Name, &r.Description, document{&r.Permissions}, moment{&r.CreatedAt}, moment{&r.UpdatedAt})
}

// Role gives a role by id.
func (r *Reader) Role(ctx context.Context, id string) (hub.Role, error) {
	return one(ctx, r, selectRole, scanRole, id)
}

// RoleByKey gives a role by key, in any letter case.
func (r *Reader) RoleByKey(ctx context.Context, key string) (hub.Role, error) {
	return one(ctx, r, selectRoleByKey, scanRole, hub.Fold(key))
}

// Roles lists all roles by key.
func (r *Reader) Roles(ctx context.Context) ([]hub.Role, error) {
	return list(ctx, r, selectRoles, scanRole)
}

// RolesOf gives the roles with these ids, as far as there are any, in no order.
func (r *Reader) RolesOf(ctx context.Context, ids []string) ([]hub.Role, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	b := &builder{}
	return list(ctx, r, b.steady(`SELECT `+roleColumns+` FROM roles WHERE id IN (`+among(b, ids)+`)`), scanRole, b.args...)
}

// InsertRole adds a role. Errors: fault.Conflict if its key is taken.
func (tx *Tx) InsertRole(ctx context.Context, r hub.Role) error {
	permissions, err := asJSON(r.Permissions)
	if err != nil {
		return err
	}
	tx.Changed(RoleChanged, "", r.ID)
	tx.tally(talliedRoles, 1)
	_, err = tx.exec(ctx, insertRole, r.ID, r.Key, hub.Fold(r.Key), r.Name, hub.Fold(r.Name), r.Description, permissions,
		millis(r.CreatedAt), millis(r.UpdatedAt))
	return err
}

// UpdateRole replaces a role but for its id and CreatedAt. Errors: fault.NotFound, fault.Conflict.
func (tx *Tx) UpdateRole(ctx context.Context, r hub.Role) error {
	permissions, err := asJSON(r.Permissions)
	if err != nil {
		return err
	}
	tx.Changed(RoleChanged, "", r.ID)
	return tx.execOne(ctx, updateRole, r.Key, hub.Fold(r.Key), r.Name, hub.Fold(r.Name), r.Description, permissions, millis(r.UpdatedAt), r.ID)
}

// DeleteRole deletes a role and every grant of it.
func (tx *Tx) DeleteRole(ctx context.Context, id string) error {
	if err := tx.changedAll(ctx, GrantChanged, selectHoldersOf, id); err != nil {
		return err
	}
	tx.Changed(RoleChanged, "", id)
	tx.tally(talliedRoles, -1)
	return tx.execOne(ctx, deleteRole, id)
}
