package store

import (
	"context"
	"errors"
	"slices"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
)

const userColumns = `u.id, u.login, u.name, u.email, u.email_verified, u.kind, COALESCE(u.organisation, ''), u.banned, u.ban_reason, u.created_at, u.updated_at`

var (
	selectUser        = prepared(`SELECT ` + userColumns + ` FROM users u WHERE u.id = $1`)
	selectUserByAlias = prepared(`SELECT ` + userColumns + ` FROM user_aliases a JOIN users u ON u.id = a.user_id WHERE a.alias = $1`)
	selectUsers       = prepared(`SELECT ` + userColumns + ` FROM users u WHERE u.login_folded > $1 ORDER BY u.login_folded LIMIT $2`)
	countUsers        = prepared(`SELECT count(*) FROM users`)
	insertUser        = prepared(`INSERT INTO users (id, login, login_folded, name, name_folded, email, email_folded, email_verified, kind, organisation, banned, ban_reason,
		created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`)
	updateUser = prepared(`UPDATE users SET login = $1, login_folded = $2, name = $3, name_folded = $4, email = $5, email_folded = $6, email_verified = $7, kind = $8,
		organisation = $9, banned = $10, ban_reason = $11, updated_at = $12 WHERE id = $13`)
	deleteUser        = prepared(`DELETE FROM users WHERE id = $1`)
	insertAlias       = prepared(`INSERT INTO user_aliases (alias, user_id) VALUES ($1, $2)`)
	deleteAliases     = prepared(`DELETE FROM user_aliases WHERE user_id = $1`)
	deleteUserSecrets = prepared(`DELETE FROM client_secrets WHERE (environment, owner_id) IN (SELECT environment, id FROM api_clients WHERE user_id = $1)`)
	selectUserClients = prepared(`SELECT environment, id FROM api_clients WHERE user_id = $1`)
	selectUserApps    = prepared(`SELECT environment, id FROM apps WHERE user_id = $1`)
	selectUserTokens  = prepared(`SELECT environment, id FROM permanent_tokens WHERE user_id = $1`)
)

func scanUser(row scanner, u *hub.User) error {
	return row.Scan(userFields(u)...)
}

func userFields(u *hub.User) []any {
	return []any{&u.ID, &u.Login, &u.Name, &u.Email, &u.EmailVerified, &u.Kind, &u.Organisation, &u.Banned, &u.BanReason,
		moment{&u.CreatedAt}, moment{&u.UpdatedAt}}
}

// User gives a user by id.
func (r *Reader) User(ctx context.Context, id string) (hub.User, error) {
	return one(ctx, r, selectUser, scanUser, id)
}

// UserByAlias gives a user by login, id or e-mail address, in any letter case.
func (r *Reader) UserByAlias(ctx context.Context, alias string) (hub.User, error) {
	return one(ctx, r, selectUserByAlias, scanUser, hub.Fold(alias))
}

// Users lists users by login, from after a login ("": from the first).
func (r *Reader) Users(ctx context.Context, after string, limit int) ([]hub.User, error) {
	return list(ctx, r, selectUsers, scanUser, hub.Fold(after), limit)
}

// CountUsers counts all users.
func (r *Reader) CountUsers(ctx context.Context) (int64, error) {
	return one(ctx, r, countUsers, value[int64])
}

// InsertUser adds a user. Errors: fault.Conflict if its id, login or e-mail address is taken.
func (tx *Tx) InsertUser(ctx context.Context, u hub.User) error {
	if err := tx.aliasesFree(ctx, u); err != nil {
		return err
	}
	_, err := tx.exec(ctx, insertUser, u.ID, u.Login, hub.Fold(u.Login), u.Name, hub.Fold(u.Name),
		u.Email, hub.Fold(u.Email), u.EmailVerified, u.Kind, orNull(u.Organisation), u.Banned, u.BanReason,
		millis(u.CreatedAt), millis(u.UpdatedAt))
	if err != nil {
		return err
	}
	tx.Changed(UserChanged, "", u.ID)
	tx.tally(talliedUsers, 1)
	return errors.Join(tx.insertAliases(ctx, u), tx.setWords(ctx, u))
}

// UpdateUser replaces a user but for its id and CreatedAt. Errors: fault.NotFound, fault.Conflict as InsertUser.
func (tx *Tx) UpdateUser(ctx context.Context, u hub.User) error {
	if err := tx.aliasesFree(ctx, u); err != nil {
		return err
	}
	err := tx.execOne(ctx, updateUser, u.Login, hub.Fold(u.Login), u.Name, hub.Fold(u.Name), u.Email, hub.Fold(u.Email), u.EmailVerified, u.Kind,
		orNull(u.Organisation), u.Banned, u.BanReason, millis(u.UpdatedAt), u.ID)
	if err != nil {
		return err
	}
	if _, err := tx.exec(ctx, deleteAliases, u.ID); err != nil {
		return err
	}
	tx.Changed(UserChanged, "", u.ID)
	return errors.Join(tx.insertAliases(ctx, u), tx.setWords(ctx, u))
}

// aliases are the names under which a user is found.
func aliases(u hub.User) []string {
	all := []string{hub.Fold(u.ID), hub.Fold(u.Login)}
	if u.Email != "" {
		all = append(all, hub.Fold(u.Email))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// aliasesFree asks beforehand what would otherwise fail, so that the answer says which name is taken.
func (tx *Tx) aliasesFree(ctx context.Context, u hub.User) error {
	for _, alias := range aliases(u) {
		other, err := tx.UserByAlias(ctx, alias)
		switch {
		case fault.Is(err, fault.NotFound):
		case err != nil:
			return err
		case other.ID != u.ID:
			return &fault.Error{
				Kind: fault.Conflict, Code: "user_aliases_alias",
				Message: "there is already a user with the login, e-mail address or id " + alias,
			}
		}
	}
	return nil
}

func (tx *Tx) insertAliases(ctx context.Context, u hub.User) error {
	for _, alias := range aliases(u) {
		if _, err := tx.exec(ctx, insertAlias, alias, u.ID); err != nil {
			return err
		}
	}
	return nil
}

// DeleteUser deletes a user with all that is nothing without it: password, factors, sessions, memberships, grants, and
// every credential. What was issued before is not good again if somebody is declared under the id later.
func (tx *Tx) DeleteUser(ctx context.Context, id string) error {
	now := tx.of.Now()
	if _, err := tx.EndFamiliesOfUser(ctx, id, now, now.Add(hub.RevokedFor)); err != nil {
		return err
	}
	clients, err := list(ctx, &tx.Reader, selectUserClients, scanNamed, id)
	if err != nil {
		return err
	}
	for _, client := range clients {
		tx.tally(talliedAPIClients(client.Environment), -1)
	}
	for kind, owned := range map[Kind]*statement{
		APIClientChanged: selectUserClients, AppChanged: selectUserApps, PermanentTokenChanged: selectUserTokens,
	} {
		if err := tx.changedAll(ctx, kind, owned, id); err != nil {
			return err
		}
	}
	if _, err := tx.exec(ctx, deleteUserSecrets, id); err != nil {
		return err
	}
	if err := tx.deleteGrantsOf(ctx, hub.HolderUser, id); err != nil {
		return err
	}
	tx.Changed(ApplicationPasswordChanged, "", id)
	tx.Changed(UserChanged, "", id)
	tx.tally(talliedUsers, -1)
	return tx.execOne(ctx, deleteUser, id)
}

// changedAll notes a change for every row (environment, id) of a statement.
func (tx *Tx) changedAll(ctx context.Context, kind Kind, s *statement, args ...any) error {
	things, err := list(ctx, &tx.Reader, s, scanNamed, args...)
	for _, thing := range things {
		tx.Changed(kind, thing.Environment, thing.ID)
	}
	return err
}
