package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
)

// MetaNotBefore is the fact, milliseconds in decimal, that says from when on access tokens were issued that count. A
// restore sets it: what was issued before is of a past that may have revoked it since.
const MetaNotBefore = "access-tokens-not-before"

// Restore says how a backup comes back.
type Restore struct {
	Force   bool      // replace what is there
	Suspend bool      // credentials wait for an administrator to confirm them
	Event   hub.Event // that tells of it, in the log that the backup brings back; the zero value: none
	// Check looks at a fact of the backup before anything is changed: that it was sealed with this master key, for one.
	Check func(fact func(key string) ([]byte, error)) error
}

var suspendCredentials = []*statement{
	prepared(`UPDATE client_secrets SET suspended = TRUE`),
	prepared(`UPDATE apps SET suspended = TRUE`),
	prepared(`UPDATE permanent_tokens SET suspended = TRUE`),
	prepared(`UPDATE application_passwords SET suspended = TRUE`),
	prepared(`DELETE FROM registrations`), // else a service that registered itself could make itself a secret
}

// Restore replaces everything in this database by a backup of the same or an older version, wholly or not at all.
// Sessions and tokens that were live are not restored, and access tokens issued before now end: see MetaNotBefore.
//
// Errors: fault.Conflict if this database holds something and Force is not set, or the backup is from a newer version;
// fault.Invalid if the file is no backup or damaged.
func (s *Store) Restore(ctx context.Context, file string, how Restore) error {
	if err := s.opened(); err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "hub-restore-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	from, err := openBackup(ctx, file, filepath.Join(folder, "backup.db"))
	if err != nil {
		return err
	}
	defer from.close()
	if how.Check != nil {
		if err := how.Check(func(key string) ([]byte, error) { return (&Reader{from: held{from}}).Meta(ctx, key) }); err != nil {
			return err
		}
	}
	return s.tx(ctx, endless, func(tx *Tx) error {
		if err := tx.replaceAll(ctx, from, how); err != nil {
			return err
		}
		tx.Changed(Everything, "", "")
		return nil
	})
}

func (tx *Tx) replaceAll(ctx context.Context, from *sqliteConn, how Restore) error {
	if !how.Force {
		if err := tx.mustBeEmpty(ctx); err != nil {
			return err
		}
	}
	for _, t := range slices.Backward(tables) {
		if t.fate == unasked {
			continue
		}
		if err := clearTable(ctx, tx.in, t); err != nil {
			return fmt.Errorf("table %s: %w", t.name, err)
		}
	}
	for _, t := range tables {
		if t.fate != kept {
			continue
		}
		if err := copyTable(ctx, from, from, tx.in, t); err != nil {
			return fmt.Errorf("table %s: %w", t.name, err)
		}
	}
	if how.Suspend {
		for _, suspend := range suspendCredentials {
			if _, err := tx.exec(ctx, suspend); err != nil {
				return err
			}
		}
	}
	if how.Event.ID != "" {
		if err := tx.Record(ctx, how.Event); err != nil {
			return err
		}
	}
	return tx.SetMeta(ctx, MetaNotBefore, strconv.AppendInt(nil, time.Now().UnixMilli(), 10))
}

var countContent = prepared(`SELECT (SELECT count(*) FROM users) + (SELECT count(*) FROM services) + (SELECT count(*) FROM signing_keys) +
	(SELECT count(*) FROM events) + (SELECT count(*) FROM meta)`)

func (tx *Tx) mustBeEmpty(ctx context.Context) error {
	count, err := one(ctx, &tx.Reader, countContent, value[int64])
	if err == nil && count > 0 {
		return fault.New(fault.Conflict, "this database is not empty: with --force, everything in it is replaced by the backup")
	}
	return err
}

// openBackup opens a copy of a backup, brought up to the schema of this version. The backup itself is only read.
func openBackup(ctx context.Context, file, copied string) (*sqliteConn, error) {
	if err := copyFile(file, copied); err != nil {
		reason := err
		if inner := errors.Unwrap(err); inner != nil {
			reason = inner
		}
		return nil, fault.Wrap(fault.Invalid, err, "cannot read the backup %s: %v", file, reason)
	}
	if err := inspect(ctx, copied, true); err != nil {
		return nil, backupRefused(file, err)
	}
	conn, err := openSQLite(ctx, copied, "rw", "PRAGMA journal_mode = DELETE; PRAGMA synchronous = OFF; PRAGMA foreign_keys = ON")
	if err != nil {
		return nil, backupRefused(file, err)
	}
	for _, check := range []func() error{
		func() error { return conn.intact(ctx) },
		func() error { return conn.migrate(ctx, copied, slog.New(slog.DiscardHandler)) },
	} {
		if err := check(); err != nil {
			conn.close()
			return nil, backupRefused(file, err)
		}
	}
	return conn, nil
}

func backupRefused(file string, err error) error {
	kind := fault.Invalid
	if fault.Is(err, fault.Conflict) {
		kind = fault.Conflict
	}
	return fault.Wrap(kind, err, "%s is no backup that this version of hub can restore: it is damaged, from a newer version, or something else", file)
}

var (
	integrity  = only(`PRAGMA integrity_check(1)`)
	references = only(`SELECT count(*) FROM pragma_foreign_key_check`)
	migrated   = only(`SELECT count(*) FROM sqlite_schema WHERE name = 'migrations'`)
)

// intact reads the whole file.
func (c *sqliteConn) intact(ctx context.Context) error {
	r := &Reader{from: held{c}}
	if count, err := one(ctx, r, migrated, value[int]); err != nil || count == 0 {
		return errors.Join(errors.New("it holds no hub"), err)
	}
	if answer, err := one(ctx, r, integrity, value[string]); err != nil || answer != "ok" {
		return errors.Join(errors.New(answer), err)
	}
	if count, err := one(ctx, r, references, value[int]); err != nil || count > 0 {
		return errors.Join(fmt.Errorf("%d rows refer to what is not there", count), err)
	}
	return nil
}

func copyFile(from, to string) error {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer source.Close()
	if info, err := source.Stat(); err != nil || !info.Mode().IsRegular() {
		return errors.Join(errors.New("it is not a file"), err)
	}
	target, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(target, source)
	return errors.Join(err, target.Close())
}
