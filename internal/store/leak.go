package store

import (
	"context"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
)

// LeakReport says that somebody found a secret where it does not belong. Only its digest is kept, and of a signed access token
// what it says of itself.
type LeakReport struct {
	ID      string
	Digest  []byte
	Token   SignedToken // zero: it is none of ours
	Source  string      // where it was found, in the reporter's words
	Address string      // of the reporter
	At      time.Time
}

// SignedToken is a signed access token, of which there is no row anywhere.
type SignedToken struct {
	Environment hub.Environment
	ID          string
	Subject     string
	ExpiresAt   time.Time
}

// maxLeakReports is how many reports wait at once, since strangers make them.
const maxLeakReports = 10_000

const leakColumns = `id, digest, source, address, at, environment, token_id, subject, expires_at`

var (
	insertLeakReport   = prepared(`INSERT INTO leak_reports (` + leakColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`)
	countLeakReports   = prepared(`SELECT count(*) FROM leak_reports`)
	selectLeakReports  = prepared(`SELECT ` + leakColumns + ` FROM leak_reports ORDER BY id LIMIT $1`)
	deleteLeakReport   = prepared(`DELETE FROM leak_reports WHERE id = $1`)
	selectLeakedSecret = prepared(`SELECT ` + secretColumns + ` FROM client_secrets WHERE digest = $1 ORDER BY id`)
	selectLeakedApps   = prepared(`SELECT environment, id FROM apps WHERE digest = $1 OR previous_digest = $1 ORDER BY environment, id`)
	selectLeakedWords  = prepared(`SELECT ` + applicationPasswordColumns + ` FROM application_passwords WHERE digest = $1 ORDER BY id`)
	selectLeakedCode   = prepared(`SELECT ` + familyColumns + ` FROM grant_families WHERE code_digest = $1`)
	selectLeakedFamily = prepared(`SELECT ` + familyColumns + ` FROM grant_families WHERE (environment, id) IN
		(SELECT environment, family_id FROM refresh_tokens WHERE digest = $1)`)
)

// ReportLeak keeps a report. It costs the same whatever was reported. Errors: fault.Limited if too many wait.
func (s *Store) ReportLeak(ctx context.Context, report LeakReport) error {
	return s.tx(ctx, readCommitted, func(tx *Tx) error {
		waiting, err := one(ctx, &tx.Reader, countLeakReports, value[int64])
		if err != nil {
			return err
		}
		if waiting >= maxLeakReports {
			return fault.New(fault.Limited, "too many reports wait to be looked at; send this one again in a minute")
		}
		_, err = tx.exec(ctx, insertLeakReport, report.ID, blob(report.Digest), report.Source, report.Address, millis(report.At),
			report.Token.Environment, report.Token.ID, report.Token.Subject, millis(report.Token.ExpiresAt))
		return err
	})
}

// LeakReports gives reports that wait, oldest first.
func (r *Reader) LeakReports(ctx context.Context, limit int) ([]LeakReport, error) {
	return list(ctx, r, selectLeakReports, func(row scanner, l *LeakReport) error {
		return row.Scan(&l.ID, &l.Digest, &l.Source, &l.Address, moment{&l.At},
			&l.Token.Environment, &l.Token.ID, &l.Token.Subject, moment{&l.Token.ExpiresAt})
	}, limit)
}

// TakeLeakReport takes a report away and says whether it was still there: of many nodes at once, one is told so.
func (tx *Tx) TakeLeakReport(ctx context.Context, id string) (bool, error) {
	rows, err := tx.exec(ctx, deleteLeakReport, id)
	return rows > 0, err
}

// Leaked is every live thing that a secret opens.
type Leaked struct {
	PermanentTokens      []hub.PermanentToken
	ApplicationPasswords []hub.ApplicationPassword
	Secrets              []hub.Secret // of services and API clients
	Apps                 []hub.App
	Families             []hub.Family
	OpaqueTokens         []hub.OpaqueToken
}

// LeakedBy looks for what the secret of a digest opens, of any kind and environment.
func (tx *Tx) LeakedBy(ctx context.Context, digest []byte) (Leaked, error) {
	var found Leaked
	token, err := tx.PermanentTokenByDigest(ctx, digest)
	if err = keep(&found.PermanentTokens, token, err); err != nil {
		return found, err
	}
	opaque, err := tx.OpaqueTokenByDigest(ctx, digest)
	if err = keep(&found.OpaqueTokens, opaque, err); err != nil {
		return found, err
	}
	if found.ApplicationPasswords, err = list(ctx, &tx.Reader, selectLeakedWords, scanApplicationPassword, blob(digest)); err != nil {
		return found, err
	}
	if found.Secrets, err = list(ctx, &tx.Reader, selectLeakedSecret, scanSecret, blob(digest)); err != nil {
		return found, err
	}
	apps, err := list(ctx, &tx.Reader, selectLeakedApps, scanNamed, blob(digest))
	if err != nil {
		return found, err
	}
	for _, named := range apps {
		app, err := tx.App(ctx, named.Environment, named.ID)
		if err != nil {
			return found, err
		}
		found.Apps = append(found.Apps, app)
	}
	for _, by := range []*statement{selectLeakedCode, selectLeakedFamily} {
		families, err := list(ctx, &tx.Reader, by, scanFamily, blob(digest))
		if err != nil {
			return found, err
		}
		found.Families = append(found.Families, families...)
	}
	return found, nil
}

// keep adds what was found; that there is nothing is no error.
func keep[T any](all *[]T, one T, err error) error {
	if err == nil {
		*all = append(*all, one)
	}
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}
