package store

import (
	"context"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
)

const familyColumns = `environment, id, client_id, user_id, document, offline, code_digest, code_ends_at, code_used_at, created_at, lasts_until, ends_at, ended_at`

// refreshable is the condition that a family has a refresh token that somebody holds; now follows it.
const refreshable = `ended_at = 0 AND offline AND (code_digest IS NULL OR code_used_at > 0) AND ends_at >`

var (
	selectFamily        = prepared(`SELECT ` + familyColumns + ` FROM grant_families WHERE environment = $1 AND id = $2`)
	selectFamilyByCode  = prepared(`SELECT ` + familyColumns + ` FROM grant_families WHERE code_digest = $1 AND environment = $2 AND client_id = $3`)
	selectFamilyByToken = prepared(`SELECT ` + familyColumns + ` FROM grant_families WHERE (environment, id) IN
		(SELECT environment, family_id FROM refresh_tokens WHERE digest = $1 AND environment = $2)`)
	selectUserFamilies = prepared(`SELECT ` + familyColumns +
		` FROM grant_families WHERE user_id = $1 AND ` + refreshable + ` $2 ORDER BY created_at, id`)
	// The first token of a family counts as used when it was given out.
	selectFamilyUses = prepared(`SELECT f.environment, f.id, MAX(t.used_at) FROM grant_families f
		JOIN refresh_tokens t ON t.environment = f.environment AND t.family_id = f.id WHERE f.user_id = $1 AND f.ended_at = 0
		GROUP BY f.environment, f.id, f.created_at, f.code_used_at HAVING MAX(t.used_at) > f.created_at AND MAX(t.used_at) > f.code_used_at`)
	insertFamily = prepared(`INSERT INTO grant_families (` + familyColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
		ON CONFLICT (environment, id) DO UPDATE SET document = excluded.document, offline = excluded.offline, lasts_until = excluded.lasts_until,
		ends_at = excluded.ends_at WHERE grant_families.ended_at = 0`)
	redeemCode = prepared(`UPDATE grant_families SET code_used_at = $1, ends_at = lasts_until WHERE code_digest = $2 AND environment = $3 AND client_id = $4
		AND code_used_at = 0 AND code_ends_at > $1 AND ended_at = 0 RETURNING ` + familyColumns)
	endFamily       = prepared(`UPDATE grant_families SET ended_at = $1, ends_at = $1 WHERE environment = $2 AND id = $3 AND ended_at = 0`)
	endUserFamilies = prepared(`UPDATE grant_families SET ended_at = $1, ends_at = $1 WHERE user_id = $2 AND ended_at = 0 AND ends_at > $1
		AND ($3 = '' OR environment = $3 AND client_id = $4)`)
	// Of the codes that one client has waiting for one user, the newest stay.
	deleteSurplusCodes = prepared(`DELETE FROM grant_families WHERE (environment, id) IN (SELECT environment, id FROM grant_families
		WHERE user_id = $1 AND environment = $2 AND client_id = $3 AND code_used_at = 0 AND code_digest IS NOT NULL AND ended_at = 0
		ORDER BY created_at DESC, id LIMIT 1000 OFFSET $4)`)
	deleteEndedFamilies = prepared(`DELETE FROM grant_families WHERE (environment, id) IN (SELECT environment, id FROM grant_families WHERE ends_at < $1 LIMIT $2)`)
)

func scanFamily(row scanner, f *hub.Family) error {
	return row.Scan(&f.Environment, &f.ID, &f.ClientID, &f.UserID, &f.Document, &f.Offline,
		&f.CodeDigest, moment{&f.CodeEndsAt}, moment{&f.CodeUsedAt},
		moment{&f.CreatedAt}, moment{&f.LastsUntil}, moment{&f.EndsAt}, moment{&f.EndedAt})
}

// Family gives a family by id, also one that has ended.
func (r *Reader) Family(ctx context.Context, environment hub.Environment, id string) (hub.Family, error) {
	return one(ctx, r, selectFamily, scanFamily, environment, id)
}

// FamilyByRefreshToken gives the family of the refresh token with this digest, whatever its generation and also if it has
// ended.
func (r *Reader) FamilyByRefreshToken(ctx context.Context, environment hub.Environment, digest []byte) (hub.Family, error) {
	return one(ctx, r, selectFamilyByToken, scanFamily, blob(digest), environment)
}

// FamiliesOfUser lists the live families of a user that refresh tokens came of, oldest first.
func (r *Reader) FamiliesOfUser(ctx context.Context, userID string, now time.Time) ([]hub.Family, error) {
	return list(ctx, r, selectUserFamilies, scanFamily, userID, millis(now))
}

// FamilyKey names a family.
type FamilyKey struct {
	Environment hub.Environment
	ID          string
}

// FamilyUses gives when the refresh tokens of a user's families were last used; families that never were are not there.
func (r *Reader) FamilyUses(ctx context.Context, userID string) (map[FamilyKey]time.Time, error) {
	uses := map[FamilyKey]time.Time{}
	err := r.each(ctx, selectFamilyUses, []any{userID}, func() { clear(uses) }, func(row scanner) error {
		var key FamilyKey
		var at time.Time
		err := row.Scan(&key.Environment, &key.ID, moment{&at})
		uses[key] = at
		return err
	})
	return uses, err
}

// InsertFamily adds a family, or gives one that is there and has not ended another document and a later end. first is the
// digest of its first refresh token, nil if none is given out yet.
func (s *Store) InsertFamily(ctx context.Context, f hub.Family, first []byte) error {
	return s.tx(ctx, readCommitted, func(tx *Tx) error { return tx.insertFamilyWith(ctx, f, first) })
}

// InsertProvenFamily is InsertFamily unless what proves the family has ended: holds is asked in the same transaction, and its
// error is given back. Of any number at once none keeps another waiting, nor whoever ends them: see endFamilies.
func (s *Store) InsertProvenFamily(ctx context.Context, f hub.Family, first []byte, holds func(*Tx) error) error {
	return s.WhileHeld(ctx, f.UserID, func(tx *Tx) error {
		if err := holds(tx); err != nil {
			return err
		}
		return tx.insertFamilyWith(ctx, f, first)
	})
}

// WhileHeld does something that nobody who ends what the user allowed runs beside: it is over before that is ended, or begins after.
func (s *Store) WhileHeld(ctx context.Context, userID string, do func(*Tx) error) error {
	return s.tx(ctx, readCommitted, func(tx *Tx) error {
		if err := tx.holdUser(ctx, userID, false); err != nil {
			return err
		}
		return do(tx)
	})
}

// mostCodes is how many codes that nobody redeemed one client has of one user: a browser that is signed in, or anybody where the guest
// may come in, can ask for any number, and each is kept for a while for what travelled beside it.
const mostCodes = 500

func (tx *Tx) insertFamilyWith(ctx context.Context, f hub.Family, first []byte) error {
	err := tx.insertFamily(ctx, f)
	if err == nil && f.CodeDigest != nil {
		_, err = tx.exec(ctx, deleteSurplusCodes, f.UserID, f.Environment, f.ClientID, mostCodes)
	}
	if err == nil && first != nil {
		err = tx.insertRefreshToken(ctx, hub.RefreshToken{
			Digest: first, Environment: f.Environment, FamilyID: f.ID, UsedAt: f.CreatedAt, EndsAt: f.LastsUntil,
		})
	}
	return err
}

func (tx *Tx) insertFamily(ctx context.Context, f hub.Family) error {
	var code any // an absent one must be NULL, which a nil []byte is not on SQLite
	if f.CodeDigest != nil {
		code = f.CodeDigest
	}
	_, err := tx.exec(ctx, insertFamily, f.Environment, f.ID, f.ClientID, f.UserID, string(f.Document), f.Offline, code, millis(f.CodeEndsAt),
		millis(f.CodeUsedAt), millis(f.CreatedAt), millis(f.LastsUntil), millis(f.EndsAt), millis(f.EndedAt))
	return err
}

// CodeUse is a code that was presented.
type CodeUse struct {
	Environment hub.Environment
	ClientID    string
	Digest      []byte
	Now         time.Time
	// First gives the digest of the first refresh token of a family, nil if none is to be given out.
	First func(hub.Family) []byte
	// Replayed runs, in the same transaction, when the code was redeemed before.
	Replayed func(*Tx, hub.Family) error
}

// RedeemCode redeems a live code of a client. One UPDATE decides: of many at once, on any number of nodes, one is told
// first; the others are told the family too, so that it can be ended. Errors: fault.NotFound if this client has no live
// code of this digest.
func (s *Store) RedeemCode(ctx context.Context, use CodeUse) (f hub.Family, first bool, err error) {
	err = s.tx(ctx, readCommitted, func(tx *Tx) error {
		f, err = one(ctx, &tx.Reader, redeemCode, scanFamily, millis(use.Now), blob(use.Digest), use.Environment, use.ClientID)
		if first = err == nil; first {
			return tx.insertFirst(ctx, f, use)
		}
		if !fault.Is(err, fault.NotFound) {
			return err
		}
		if f, err = one(ctx, &tx.Reader, selectFamilyByCode, scanFamily, blob(use.Digest), use.Environment, use.ClientID); err != nil {
			return err
		}
		if f.CodeUsedAt.IsZero() {
			return errNotFound
		}
		return use.Replayed(tx, f)
	})
	return f, first, err
}

func (tx *Tx) insertFirst(ctx context.Context, f hub.Family, use CodeUse) error {
	digest := use.First(f)
	if digest == nil {
		return nil
	}
	return tx.insertRefreshToken(ctx, hub.RefreshToken{
		Digest: digest, Environment: f.Environment, FamilyID: f.ID, UsedAt: use.Now, EndsAt: f.LastsUntil,
	})
}

// EndFamily ends a family, and through the list of revoked tokens every access token that bears its id: those live until
// tokensEnd at the latest. It reports whether the family was still there to be ended.
func (tx *Tx) EndFamily(ctx context.Context, environment hub.Environment, id string, now, tokensEnd time.Time) (bool, error) {
	rows, err := tx.exec(ctx, endFamily, millis(now), environment, id)
	if err != nil || rows == 0 {
		return false, err
	}
	return true, tx.RevokeToken(ctx, hub.RevokedToken{Environment: environment, TokenID: id, ExpiresAt: tokensEnd})
}

// EndFamilyAlone is EndFamily in a transaction of its own, in which also runs if the family was there to be ended.
func (s *Store) EndFamilyAlone(ctx context.Context, environment hub.Environment, id string, now, tokensEnd time.Time, also func(*Tx) error) error {
	return s.tx(ctx, readCommitted, func(tx *Tx) error {
		ended, err := tx.EndFamily(ctx, environment, id, now, tokensEnd)
		if err != nil || !ended {
			return err
		}
		return also(tx)
	})
}

// EndFamiliesOfUser ends all families of a user, and everything that came of what the user allowed clients, also where no
// family was kept; it gives how many families there were.
func (tx *Tx) EndFamiliesOfUser(ctx context.Context, userID string, now, tokensEnd time.Time) (int64, error) {
	return tx.endFamilies(ctx, "", hub.CutOff{UserID: userID, Before: now}, tokensEnd)
}

// EndFamiliesOfClient does so for one client.
func (tx *Tx) EndFamiliesOfClient(ctx context.Context, userID string, environment hub.Environment, clientID string,
	now, tokensEnd time.Time) (int64, error) {
	return tx.endFamilies(ctx, environment, hub.CutOff{UserID: userID, ClientID: clientID, Before: now}, tokensEnd)
}

// endFamilies ends them once more when the transaction is over: a family that was kept just before the user was held is not seen
// in it, and after it nothing can be kept by what has ended. The cut-off is of no earlier time than when the user was held, so
// that it ends what was allowed until then and not kept.
func (tx *Tx) endFamilies(ctx context.Context, environment hub.Environment, cut hub.CutOff, tokensEnd time.Time) (int64, error) {
	if err := tx.holdUser(ctx, cut.UserID, true); err != nil {
		return 0, err
	}
	s := tx.of
	if held := s.Now(); held.After(cut.Before) {
		cut.Before = held
	}
	tx.after = append(tx.after, func(ctx context.Context) error {
		return s.tx(ctx, readCommitted, func(tx *Tx) error {
			_, err := tx.exec(ctx, endUserFamilies, millis(s.Now()), cut.UserID, environment, cut.ClientID)
			return err
		})
	})
	ended, err := tx.exec(ctx, endUserFamilies, millis(cut.Before), cut.UserID, environment, cut.ClientID)
	if err != nil {
		return 0, err
	}
	return ended, tx.RevokeToken(ctx, hub.RevokedToken{Environment: environment, TokenID: cut.TokenID(), ExpiresAt: tokensEnd})
}
