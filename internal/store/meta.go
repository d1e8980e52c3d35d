package store

import (
	"context"
	"encoding/json"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
)

var (
	selectMeta = prepared(`SELECT value FROM meta WHERE key = $1`)
	upsertMeta = prepared(`INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value`)
)

// settingsKey is where the settings are kept in meta.
const settingsKey = "settings"

// Meta gives a fact about this database, fault.NotFound if it was never set.
func (r *Reader) Meta(ctx context.Context, key string) ([]byte, error) {
	return one(ctx, r, selectMeta, value[[]byte], key)
}

// SetMeta sets a fact about this database.
func (tx *Tx) SetMeta(ctx context.Context, key string, fact []byte) error {
	_, err := tx.exec(ctx, upsertMeta, key, blob(fact))
	tx.Changed(MetaChanged, "", key)
	return err
}

// Settings gives the choices of the whole hub; the zero value if none was ever made.
func (r *Reader) Settings(ctx context.Context) (hub.Settings, error) {
	var settings hub.Settings
	text, err := r.Meta(ctx, settingsKey)
	if fault.Is(err, fault.NotFound) {
		return settings, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &settings)
	}
	return settings, err
}

// SetSettings replaces them.
func (tx *Tx) SetSettings(ctx context.Context, settings hub.Settings) error {
	text, err := asJSON(settings)
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, upsertMeta, settingsKey, []byte(text))
	tx.Changed(SettingsChanged, "", "")
	return err
}
