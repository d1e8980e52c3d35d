package store

import (
	"context"
	"time"

	"example.org/hub/internal/fault"
)

// KeptForm is what somebody typed and could not send without signing in first.
type KeptForm struct {
	Digest []byte // of what its browser holds
	Holder string // user or address, which may have so many bytes waiting
	Sealed []byte
	EndsAt time.Time
}

var (
	selectKeptForm = prepared(`SELECT digest, holder, sealed, ends_at FROM kept_forms WHERE digest = $1 AND ends_at > $2`)
	sumKeptForms   = prepared(`SELECT CAST(COALESCE(SUM(CASE WHEN holder = $1 THEN size ELSE 0 END), 0) AS BIGINT), CAST(COALESCE(SUM(size), 0) AS BIGINT)
		FROM kept_forms WHERE ends_at > $2`)
	insertKeptForm       = prepared(`INSERT INTO kept_forms (digest, holder, sealed, size, ends_at) VALUES ($1, $2, $3, $4, $5)`)
	deleteEndedKeptForms = prepared(`DELETE FROM kept_forms WHERE digest IN (SELECT digest FROM kept_forms WHERE ends_at < $1 LIMIT $2)`)
)

// KeptForm gives a form that has not ended.
func (r *Reader) KeptForm(ctx context.Context, digest []byte, now time.Time) (KeptForm, error) {
	return one(ctx, r, selectKeptForm, func(row scanner, f *KeptForm) error {
		return row.Scan(&f.Digest, &f.Holder, &f.Sealed, moment{&f.EndsAt})
	}, blob(digest), millis(now))
}

// KeepForm keeps a form. Strangers can send any number of them, so those of one holder may have so many bytes together, and all
// of them so many; what comes at the same moment may go beyond that by a little. Errors: fault.Limited.
func (s *Store) KeepForm(ctx context.Context, f KeptForm, now time.Time, mostOfHolder, mostOfAll int64) error {
	held, err := one(ctx, &s.Reader, sumKeptForms, func(row scanner, sums *[2]int64) error {
		return row.Scan(&sums[0], &sums[1])
	}, f.Holder, millis(now))
	if err != nil {
		return err
	}
	size := int64(len(f.Sealed))
	if held[0]+size > mostOfHolder || held[1]+size > mostOfAll {
		return fault.New(fault.Limited, "too many forms wait for a sign-in")
	}
	return s.tx(ctx, readCommitted, func(tx *Tx) error {
		_, err := tx.exec(ctx, insertKeptForm, blob(f.Digest), f.Holder, blob(f.Sealed), size, millis(f.EndsAt))
		return err
	})
}
