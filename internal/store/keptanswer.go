package store

import (
	"context"
	"time"
)

// KeptAnswer is the answer to a request that its sender may send again.
type KeptAnswer struct {
	Digest    []byte // of who sent it, and what its sender calls it
	Caller    string // user or service
	Request   []byte // digest of what was asked
	Sealed    []byte // empty: the request is at work, or nobody knows how it ended
	CreatedAt time.Time
}

// keptAnswerLife is how long it is remembered that there was a request.
const keptAnswerLife = 24 * time.Hour

const keptAnswerColumns = `digest, caller, request, sealed, created_at`

var (
	selectKeptAnswer = prepared(`SELECT ` + keptAnswerColumns + ` FROM kept_answers WHERE digest = $1`)
	insertKeptAnswer = prepared(`INSERT INTO kept_answers (` + keptAnswerColumns + `) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (digest) DO NOTHING`)
	updateKeptAnswer = prepared(`UPDATE kept_answers SET sealed = $1 WHERE digest = $2`)
	deleteKeptAnswer = prepared(`DELETE FROM kept_answers WHERE digest = $1`)
	// A caller keeps the newest of its answers only.
	deleteSurplusAnswers = prepared(`DELETE FROM kept_answers WHERE caller = $1 AND digest IN (SELECT digest FROM kept_answers WHERE caller = $1
		ORDER BY created_at DESC, digest LIMIT 1000 OFFSET $2)`)
	deleteOldAnswers = prepared(`DELETE FROM kept_answers WHERE digest IN (SELECT digest FROM kept_answers WHERE created_at < $1 LIMIT $2)`)
)

func scanKeptAnswer(row scanner, k *KeptAnswer) error {
	return row.Scan(&k.Digest, &k.Caller, &k.Request, &k.Sealed, moment{&k.CreatedAt})
}

// KeptAnswer gives what is known of a request.
func (r *Reader) KeptAnswer(ctx context.Context, digest []byte) (KeptAnswer, error) {
	return one(ctx, r, selectKeptAnswer, scanKeptAnswer, blob(digest))
}

// ClaimAnswer notes that a request is at work, and reports whether it is this one that shall do it: of any number at once, on
// any number of nodes, one. A caller has so many kept answers at most; the oldest give way.
func (s *Store) ClaimAnswer(ctx context.Context, k KeptAnswer, most int) (claimed bool, err error) {
	err = s.tx(ctx, readCommitted, func(tx *Tx) error {
		rows, err := tx.exec(ctx, insertKeptAnswer, blob(k.Digest), k.Caller, blob(k.Request), blob(k.Sealed), millis(k.CreatedAt))
		if claimed = rows > 0; err != nil || !claimed {
			return err
		}
		_, err = tx.exec(ctx, deleteSurplusAnswers, k.Caller, most)
		return err
	})
	return claimed, err
}

// KeepAnswer keeps the answer of a request that was claimed.
func (s *Store) KeepAnswer(ctx context.Context, digest, sealed []byte) error {
	return s.tx(ctx, readCommitted, func(tx *Tx) error {
		_, err := tx.exec(ctx, updateKeptAnswer, blob(sealed), blob(digest))
		return err
	})
}

// ForgetAnswer gives a request free, which then may be sent again.
func (s *Store) ForgetAnswer(ctx context.Context, digest []byte) error {
	return s.tx(ctx, readCommitted, func(tx *Tx) error {
		_, err := tx.exec(ctx, deleteKeptAnswer, blob(digest))
		return err
	})
}
