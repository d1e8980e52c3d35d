package store

import (
	"context"
	"time"
)

// Letter is an e-mail on its way out. What it says is sealed under the master key.
type Letter struct {
	ID        string
	Sealed    []byte
	Attempts  int64
	CreatedAt time.Time
	DueAt     time.Time // not before this
	ExpiresAt time.Time // not after this
}

const letterColumns = `id, sealed, attempts, created_at, due_at, expires_at`

var (
	insertLetter = prepared(`INSERT INTO letters (` + letterColumns + `) VALUES ($1, $2, $3, $4, $5, $6)`)
	claimLetters = prepared(`UPDATE letters SET due_at = $1, attempts = attempts + 1 WHERE id IN (SELECT id FROM letters WHERE due_at <= $2 ORDER BY due_at, id LIMIT $3)
		AND due_at <= $2 RETURNING ` + letterColumns)
	postponeLetter     = prepared(`UPDATE letters SET due_at = $1 WHERE id = $2`)
	deleteLetter       = prepared(`DELETE FROM letters WHERE id = $1`)
	deleteEndedLetters = prepared(`DELETE FROM letters WHERE expires_at < $1`)
	countLetters       = prepared(`SELECT count(*) FROM letters`)
)

func scanLetter(row scanner, l *Letter) error {
	return row.Scan(&l.ID, &l.Sealed, &l.Attempts, moment{&l.CreatedAt}, moment{&l.DueAt}, moment{&l.ExpiresAt})
}

// Letters counts the letters that have not left.
func (r *Reader) Letters(ctx context.Context) (int64, error) {
	return one(ctx, r, countLetters, value[int64])
}

// InsertLetter adds a letter, in the transaction of what caused it.
func (tx *Tx) InsertLetter(ctx context.Context, l Letter) error {
	_, err := tx.exec(ctx, insertLetter, l.ID, blob(l.Sealed), l.Attempts, millis(l.CreatedAt), millis(l.DueAt), millis(l.ExpiresAt))
	return err
}

// ClaimLetters gives letters that are due, up to limit, and keeps them from everyone else until the claim ends: then
// whoever claimed them has died over them. Letters that have ended are taken away.
func (s *Store) ClaimLetters(ctx context.Context, now, until time.Time, limit int) ([]Letter, error) {
	var letters []Letter
	err := s.tx(ctx, readCommitted, func(tx *Tx) error {
		if _, err := tx.exec(ctx, deleteEndedLetters, millis(now)); err != nil {
			return err
		}
		var err error
		letters, err = list(ctx, &tx.Reader, claimLetters, scanLetter, millis(until), millis(now), limit)
		return err
	})
	return letters, err
}

// PostponeLetter lets a letter wait, since it could not leave.
func (tx *Tx) PostponeLetter(ctx context.Context, id string, until time.Time) error {
	_, err := tx.exec(ctx, postponeLetter, millis(until), id)
	return err
}

// DeleteLetter takes away a letter that has left.
func (tx *Tx) DeleteLetter(ctx context.Context, id string) error {
	_, err := tx.exec(ctx, deleteLetter, id)
	return err
}
