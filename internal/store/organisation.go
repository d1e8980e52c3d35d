package store

import (
	"context"

	"example.org/hub/internal/hub"
)

const (
	organisationColumns = `id, key, name, created_at, updated_at`
	retiredKeyColumns   = `id, organisation, label, digest, created_at`
)

var (
	selectOrganisation      = prepared(`SELECT ` + organisationColumns + ` FROM organisations WHERE id = $1`)
	selectOrganisationByKey = prepared(`SELECT ` + organisationColumns + ` FROM organisations WHERE key_folded = $1`)
	selectOrganisations     = prepared(`SELECT ` + organisationColumns + ` FROM organisations ORDER BY key_folded`)
	insertOrganisation      = prepared(`INSERT INTO organisations (id, key, key_folded, name, name_folded, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`)
	updateOrganisation      = prepared(`UPDATE organisations SET key = $1, key_folded = $2, name = $3, name_folded = $4, updated_at = $5 WHERE id = $6`)
	deleteOrganisation      = prepared(`DELETE FROM organisations WHERE id = $1`)

	selectRetiredKeyByDigest = prepared(`SELECT ` + retiredKeyColumns + ` FROM retired_keys WHERE digest = $1`)
	selectRetiredKeys        = prepared(`SELECT ` + retiredKeyColumns + ` FROM retired_keys WHERE organisation = $1 ORDER BY created_at, id`)
	insertRetiredKey         = prepared(`INSERT INTO retired_keys (` + retiredKeyColumns + `) VALUES ($1, $2, $3, $4, $5)`)
	deleteRetiredKey         = prepared(`DELETE FROM retired_keys WHERE id = $1`)
)

func scanOrganisation(row scanner, o *hub.Organisation) error {
	return row.Scan(&o.ID, &o.Key, &o.Name, moment{&o.CreatedAt}, moment{&o.UpdatedAt})
}

// Organisation gives an organisation by id.
func (r *Reader) Organisation(ctx context.Context, id string) (hub.Organisation, error) {
	return one(ctx, r, selectOrganisation, scanOrganisation, id)
}

// OrganisationByKey gives an organisation by key, in any letter case.
func (r *Reader) OrganisationByKey(ctx context.Context, key string) (hub.Organisation, error) {
	return one(ctx, r, selectOrganisationByKey, scanOrganisation, hub.Fold(key))
}

// Organisations lists all organisations by key.
func (r *Reader) Organisations(ctx context.Context) ([]hub.Organisation, error) {
	return list(ctx, r, selectOrganisations, scanOrganisation)
}

// OrganisationsOf gives the organisations with these ids, as far as there are any, in no order.
func (r *Reader) OrganisationsOf(ctx context.Context, ids []string) ([]hub.Organisation, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	b := &builder{}
	return list(ctx, r, b.steady(`SELECT `+organisationColumns+` FROM organisations WHERE id IN (`+among(b, ids)+`)`), scanOrganisation, b.args...)
}

// InsertOrganisation adds an organisation. Errors: fault.Conflict if its key is taken.
func (tx *Tx) InsertOrganisation(ctx context.Context, o hub.Organisation) error {
	tx.Changed(OrganisationChanged, "", o.ID)
	tx.tally(talliedOrganisations, 1)
	_, err := tx.exec(ctx, insertOrganisation, o.ID, o.Key, hub.Fold(o.Key), o.Name, hub.Fold(o.Name), millis(o.CreatedAt), millis(o.UpdatedAt))
	return err
}

// UpdateOrganisation replaces an organisation but for its id and CreatedAt. Errors: fault.NotFound, fault.Conflict.
func (tx *Tx) UpdateOrganisation(ctx context.Context, o hub.Organisation) error {
	tx.Changed(OrganisationChanged, "", o.ID)
	return tx.execOne(ctx, updateOrganisation, o.Key, hub.Fold(o.Key), o.Name, hub.Fold(o.Name), millis(o.UpdatedAt), o.ID)
}

// DeleteOrganisation deletes an organisation with its retired keys and the grants confined to it. Errors: fault.NotFound;
// fault.Conflict while a user or service belongs to it.
func (tx *Tx) DeleteOrganisation(ctx context.Context, id string) error {
	if err := tx.changedAll(ctx, GrantChanged, selectHoldersIn, id); err != nil {
		return err
	}
	tx.Changed(RetiredKeyChanged, "", id)
	tx.Changed(OrganisationChanged, "", id)
	tx.tally(talliedOrganisations, -1)
	return tx.execOne(ctx, deleteOrganisation, id)
}

func scanRetiredKey(row scanner, k *hub.RetiredKey) error {
	return row.Scan(&k.ID, &k.Organisation, &k.Label, &k.Digest, moment{&k.CreatedAt})
}

// RetiredKeyByDigest gives the retired key with this digest.
func (r *Reader) RetiredKeyByDigest(ctx context.Context, digest []byte) (hub.RetiredKey, error) {
	return one(ctx, r, selectRetiredKeyByDigest, scanRetiredKey, blob(digest))
}

// RetiredKeys lists the retired keys of an organisation, oldest first.
func (r *Reader) RetiredKeys(ctx context.Context, organisationID string) ([]hub.RetiredKey, error) {
	return list(ctx, r, selectRetiredKeys, scanRetiredKey, organisationID)
}

// InsertRetiredKey adds a retired key. Errors: fault.Conflict if it is known already.
func (tx *Tx) InsertRetiredKey(ctx context.Context, k hub.RetiredKey) error {
	tx.Changed(RetiredKeyChanged, "", k.ID)
	_, err := tx.exec(ctx, insertRetiredKey, k.ID, k.Organisation, k.Label, blob(k.Digest), millis(k.CreatedAt))
	return err
}

// DeleteRetiredKey forgets a retired key.
func (tx *Tx) DeleteRetiredKey(ctx context.Context, id string) error {
	tx.Changed(RetiredKeyChanged, "", id)
	return tx.execOne(ctx, deleteRetiredKey, id)
}
