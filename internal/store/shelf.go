package store

import (
	"context"
	"time"
)

// ShelfItem is something that nodes of one hub share, sealed by whoever puts it there.
type ShelfItem struct {
	Key     string
	Value   []byte
	SavedAt time.Time
}

var (
	selectShelfItem = prepared(`SELECT key, value, saved_at FROM shelf WHERE key = $1`)
	selectShelfKeys = prepared(`SELECT key FROM shelf WHERE substr(key, 1, length($1)) = $1 ORDER BY key`)
	upsertShelfItem = prepared(`INSERT INTO shelf (key, value, saved_at) VALUES ($1, $2, $3)
		ON CONFLICT (key) DO UPDATE SET value = excluded.value, saved_at = excluded.saved_at`)
	deleteShelfItem = prepared(`DELETE FROM shelf WHERE key = $1`)
)

func scanShelfItem(row scanner, i *ShelfItem) error {
	return row.Scan(&i.Key, &i.Value, moment{&i.SavedAt})
}

// ShelfItem gives one item, fault.NotFound if there is none.
func (r *Reader) ShelfItem(ctx context.Context, key string) (ShelfItem, error) {
	return one(ctx, r, selectShelfItem, scanShelfItem, key)
}

// ShelfKeys lists the keys that begin with prefix.
func (r *Reader) ShelfKeys(ctx context.Context, prefix string) ([]string, error) {
	return list(ctx, r, selectShelfKeys, value[string], prefix)
}

// SetShelfItem puts an item on the shelf, in the place of one with the same key.
func (tx *Tx) SetShelfItem(ctx context.Context, item ShelfItem) error {
	_, err := tx.exec(ctx, upsertShelfItem, item.Key, blob(item.Value), millis(item.SavedAt))
	return err
}

// DeleteShelfItem takes an item off the shelf; one that is not there is no error.
func (tx *Tx) DeleteShelfItem(ctx context.Context, key string) error {
	_, err := tx.exec(ctx, deleteShelfItem, key)
	return err
}
