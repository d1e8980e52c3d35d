package store

import (
	"context"

	"example.org/hub/internal/hub"
)

const appColumns = `p.environment, p.id, p.user_id, p.author_id, p.label, p.sealed_key, p.digest, p.previous_digest, p.previous_ends_at, p.disabled, p.suspended,
	p.created_at, p.last_used_at, p.last_used_from, p.last_agent`

// appRows is an app once for each address of its allowlist, and once without one if there is none.
const appRows = `SELECT ` + appColumns +
	`, COALESCE(l.id, ''), COALESCE(l.prefix, ''), COALESCE(l.note, ''), COALESCE(l.created_at, 0), COALESCE(l.last_used_at, 0)
	FROM apps p LEFT JOIN allowed_addresses l ON l.environment = p.environment AND l.app_id = p.id WHERE p.environment = $1 AND `

var (
	selectApp      = prepared(appRows + `p.id = $2 ORDER BY l.created_at, l.id`)
	selectUsersApp = prepared(appRows + `p.user_id = $2 ORDER BY p.created_at, p.id, l.created_at, l.id`)
	selectApps     = prepared(appRows +
		`p.id IN (SELECT id FROM apps WHERE environment = $1 AND id > $2 ORDER BY id LIMIT $3) ORDER BY p.id, l.created_at, l.id`)
	insertApp = prepared(`INSERT INTO apps (environment, id, user_id, author_id, label, sealed_key, digest, previous_digest, previous_ends_at, disabled, suspended,
		created_at, last_used_at, last_used_from, last_agent) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`)
	updateApp = prepared(`UPDATE apps SET label = $1, sealed_key = $2, digest = $3, previous_digest = $4, previous_ends_at = $5, disabled = $6, suspended = $7
		WHERE environment = $8 AND id = $9`)
	deleteApp            = prepared(`DELETE FROM apps WHERE environment = $1 AND id = $2`)
	insertAllowedAddress = prepared(`INSERT INTO allowed_addresses (id, environment, app_id, prefix, note, created_at, last_used_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`)
	deleteAllowedAddress = prepared(`DELETE FROM allowed_addresses WHERE environment = $1 AND app_id = $2 AND id = $3`)
)

// apps folds rows into apps with their allowlists.
func apps(ctx context.Context, r *Reader, s *statement, args ...any) ([]hub.App, error) {
	var all []hub.App
	err := r.each(ctx, s, args, func() { all = nil }, func(row scanner) error {
		var app hub.App
		var address hub.AllowedAddress
		var network string
		err := row.Scan(&app.Environment, &app.ID, &app.UserID, &app.AuthorID, &app.Label,
			&app.SealedKey, &app.Digest, &app.PreviousDigest, moment{&app.PreviousEndsAt}, &app.Disabled, &app.Suspended,
			moment{&app.CreatedAt}, moment{&app.LastUsedAt}, &app.LastUsedFrom, &app.LastAgent,
			&address.ID, &network, &address.Note, moment{&address.CreatedAt}, moment{&address.LastUsedAt})
		if err != nil {
			return err
		}
		if len(all) == 0 || all[len(all)-1].ID != app.ID {
			all = append(all, app)
		}
		if address.ID == "" {
			return nil
		}
		last := &all[len(all)-1]
		last.Allowlist = append(last.Allowlist, address)
		return last.Allowlist[len(last.Allowlist)-1].Prefix.UnmarshalText([]byte(network))
	})
	return all, err
}

// App gives an app with its allowlist.
func (r *Reader) App(ctx context.Context, environment hub.Environment, id string) (hub.App, error) {
	found, err := apps(ctx, r, selectApp, environment, id)
	if err == nil && len(found) == 0 {
		err = errNotFound
	}
	if err != nil {
		return hub.App{}, err
	}
	return found[0], nil
}

// AppsOfUser lists a user's apps, oldest first.
func (r *Reader) AppsOfUser(ctx context.Context, environment hub.Environment, userID string) ([]hub.App, error) {
	return apps(ctx, r, selectUsersApp, environment, userID)
}

// Apps lists all apps of an environment by id, from after the id given ("": from the first).
func (r *Reader) Apps(ctx context.Context, environment hub.Environment, after string, limit int) ([]hub.App, error) {
	return apps(ctx, r, selectApps, environment, after, limit)
}

// InsertApp adds an app with its allowlist. Errors: fault.Conflict if its id is taken.
func (tx *Tx) InsertApp(ctx context.Context, a hub.App) error {
	tx.Changed(AppChanged, a.Environment, a.ID)
	_, err := tx.exec(ctx, insertApp, a.Environment, a.ID, a.UserID, a.AuthorID, a.Label, blob(a.SealedKey), blob(a.Digest), a.PreviousDigest,
		millis(a.PreviousEndsAt), a.Disabled, a.Suspended, millis(a.CreatedAt), millis(a.LastUsedAt), a.LastUsedFrom, a.LastAgent)
	if err != nil {
		return err
	}
	for _, address := range a.Allowlist {
		if err := tx.InsertAllowedAddress(ctx, a.Environment, a.ID, address); err != nil {
			return err
		}
	}
	return nil
}

// UpdateApp sets label, key, previous key, Disabled and Suspended; the allowlist has operations of its own.
func (tx *Tx) UpdateApp(ctx context.Context, a hub.App) error {
	tx.Changed(AppChanged, a.Environment, a.ID)
	return tx.execOne(ctx, updateApp, a.Label, blob(a.SealedKey), blob(a.Digest), a.PreviousDigest, millis(a.PreviousEndsAt),
		a.Disabled, a.Suspended, a.Environment, a.ID)
}

// DeleteApp deletes an app and its allowlist.
func (tx *Tx) DeleteApp(ctx context.Context, environment hub.Environment, id string) error {
	tx.Changed(AppChanged, environment, id)
	return tx.execOne(ctx, deleteApp, environment, id)
}

// InsertAllowedAddress adds an address or range to an app's allowlist.
func (tx *Tx) InsertAllowedAddress(ctx context.Context, environment hub.Environment, appID string, address hub.AllowedAddress) error {
	tx.Changed(AppChanged, environment, appID)
	_, err := tx.exec(ctx, insertAllowedAddress, address.ID, environment, appID,
		address.Prefix.String(), address.Note, millis(address.CreatedAt), millis(address.LastUsedAt))
	return err
}

// DeleteAllowedAddress takes one off again.
func (tx *Tx) DeleteAllowedAddress(ctx context.Context, environment hub.Environment, appID, id string) error {
	tx.Changed(AppChanged, environment, appID)
	return tx.execOne(ctx, deleteAllowedAddress, environment, appID, id)
}
