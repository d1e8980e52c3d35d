package store

import (
	"context"
	"time"

	"example.org/hub/internal/hub"
)

// Kind says what kind of thing changed.
type Kind string

// The kinds of change. Id is the id of the thing, where nothing else is said.
const (
	Everything                 Kind = "everything" // anything may have changed; no id
	UserChanged                Kind = "user"       // also password, second factor and memberships
	GroupChanged               Kind = "group"
	RoleChanged                Kind = "role"
	GrantChanged               Kind = "grant" // id is the holder's
	OrganisationChanged        Kind = "organisation"
	RetiredKeyChanged          Kind = "retired-key"
	ServiceChanged             Kind = "service"    // also its secrets
	APIClientChanged           Kind = "api-client" // also its secrets
	AppChanged                 Kind = "app"        // also its allowlist
	PermanentTokenChanged      Kind = "permanent-token"
	ApplicationPasswordChanged Kind = "application-password" // id is the user's
	SigningKeyChanged          Kind = "signing-key"
	TokenRevoked               Kind = "token-revoked" // a JWT or opaque access token; id is its jti
	SessionChanged             Kind = "session"
	SettingsChanged            Kind = "settings"  // no id
	MetaChanged                Kind = "meta"      // id is the key
	TriedURIChanged            Kind = "tried-uri" // no id
	HistoryChanged             Kind = "history"   // but for sign-ins of the hour at hand; no id
)

// Change names one thing that was made, changed or deleted.
type Change struct {
	Seq         int64
	Kind        Kind
	Environment hub.Environment // empty where the thing belongs to none
	ID          string
}

// mostChanges is how many changes one transaction tells one by one.
const mostChanges = 500

var (
	insertChange     = prepared(`INSERT INTO changes (at, kind, environment, id) VALUES ($1, $2, $3, $4) RETURNING seq`)
	selectChanges    = prepared(`SELECT seq, kind, environment, id FROM changes WHERE seq > $1 ORDER BY seq LIMIT $2`)
	selectLastChange = prepared(`SELECT COALESCE(MAX(seq), 0) FROM changes`)
	deleteChanges    = prepared(`DELETE FROM changes WHERE seq IN (SELECT seq FROM changes WHERE at < $1 LIMIT $2)`)
)

func scanChange(row scanner, c *Change) error {
	return row.Scan(&c.Seq, &c.Kind, &c.Environment, &c.ID)
}

// scanNamed reads a row (environment, id) of things that change together.
func scanNamed(row scanner, c *Change) error { return row.Scan(&c.Environment, &c.ID) }

// Changed notes a change of this transaction for everyone who watches, on this node and on others. Whatever writes a noun
// calls it.
func (tx *Tx) Changed(kind Kind, environment hub.Environment, id string) {
	change := Change{Kind: kind, Environment: environment, ID: id}
	if !tx.named[change] && len(tx.changes) <= mostChanges {
		tx.named[change] = true
		tx.changes = append(tx.changes, change)
	}
}

// writeChanges stores the changes of a transaction that is about to be committed.
func (s *Store) writeChanges(ctx context.Context, tx *Tx) error {
	if len(tx.changes) == 0 {
		return nil
	}
	if len(tx.changes) > mostChanges {
		tx.changes = []Change{{Kind: Everything}}
	}
	now := millis(s.Now())
	for i, c := range tx.changes {
		seq, err := one(ctx, &tx.Reader, insertChange, value[int64], now, c.Kind, c.Environment, c.ID)
		if err != nil {
			return err
		}
		tx.changes[i].Seq = seq
	}
	return s.engine.announce(ctx, tx.in)
}

// prunedAtOnce bounds one transaction that removes changes, so that writers wait for none.
const prunedAtOnce = 5000

// pruneChanges removes old changes, and adds up what the newer ones tallied.
func (s *Store) pruneChanges(ctx context.Context, before time.Time) error {
	for gone := int64(prunedAtOnce); gone == prunedAtOnce; {
		err := s.tx(ctx, readCommitted, func(tx *Tx) (err error) {
			gone, err = tx.exec(ctx, deleteChanges, millis(before), prunedAtOnce)
			return err
		})
		if err != nil {
			return err
		}
	}
	return s.tx(ctx, readCommitted, func(tx *Tx) error { return tx.addUpTallies(ctx) })
}
