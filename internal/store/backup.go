package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"example.org/hub/internal/fault"
)

// A backup is a SQLite file with the schema of the version that made it, whichever database it was made from: so a
// backup of one restores on the other, and any tool that reads SQLite reads it. It opens nothing by itself: secrets in
// it are hashes, or sealed with the master key, which is not in it.

// table is one table of ours for backup and restore.
type table struct {
	name  string
	fate  fate
	order string // columns that make two copies of the same content the same
}

// fate is what a restore does with the rows of a table.
type fate uint8

const (
	kept    fate = iota // restored
	ended               // not restored: what it held has ended
	unasked             // not restored: about this database, not about the hub
)

// tables lists every table, those that others refer to first; a test holds it against the schema.
var tables = []table{
	{"migrations", unasked, "version"},
	{"changes", unasked, "seq"},
	{"meta", kept, "key"},
	{"organisations", kept, "id"},
	{"retired_keys", kept, "id"},
	{"users", kept, "id"},
	{"user_aliases", kept, "alias"},
	{"user_words", kept, "user_id, word"},
	{"passwords", kept, "user_id"},
	{"totp", kept, "user_id"},
	{"known_places", kept, "user_id, trait"},
	{"passkeys", kept, "id"},
	{"recovery_codes", ended, "user_id, digest"},
	{"reset_codes", ended, "digest"},
	{"letters", ended, "id"},
	{"user_groups", kept, "id"},
	{"memberships", kept, "group_id, user_id"},
	{"subgroups", kept, "parent_id, child_id"},
	{"successors", kept, "former_id"},
	{"sessions", ended, "id"},
	{"session_services", ended, "session_id, environment, service_id"},
	{"roles", kept, "id"},
	{"grants", kept, "id"},
	{"services", kept, "environment, id"},
	{"service_names", kept, "environment, name"},
	{"service_origins", kept, "environment, origin, service_id"},
	{"service_traits", kept, "environment, service_id, key, value"},
	{"registrations", kept, "environment, client_id"},
	{"grant_families", ended, "environment, id"},
	{"refresh_tokens", ended, "digest"},
	{"pushed_requests", ended, "digest"},
	{"device_grants", ended, "digest"},
	{"approved_scopes", ended, "id"},
	{"tried_redirect_uris", ended, "environment, client_id, uri"},
	{"api_clients", kept, "environment, id"},
	{"client_secrets", kept, "id"},
	{"apps", kept, "environment, id"},
	{"allowed_addresses", kept, "id"},
	{"permanent_tokens", kept, "id"},
	{"token_services", kept, "token_id, service_id"},
	{"application_passwords", kept, "id"},
	{"signing_keys", kept, "environment, id"},
	{"revoked_tokens", kept, "environment, id"},
	{"opaque_tokens", ended, "digest"},
	{"used_assertions", kept, "environment, client_id, id"},
	{"events", kept, "id"},
	{"event_chain", kept, "id"},
	{"refusals", kept, "error_id"},
	{"leak_reports", kept, "id"},
	{"shelf", kept, "key"},
	{"kept_answers", ended, "digest"},
	{"kept_forms", ended, "digest"},
	{"leases", ended, "name"},
	{"tallies", kept, "what, id"},
	{"history", kept, "environment, measure, at, label"},
}

// Tables names every table, for the test that holds the list against the schema.
func Tables() []string {
	names := make([]string, len(tables))
	for i, t := range tables {
		names[i] = t.name
	}
	return names
}

// Backup writes a consistent copy to a new file, while everything goes on. The file (0600) is there wholly or not at all.
// Errors: fault.Conflict if there is such a file already.
func (s *Store) Backup(ctx context.Context, file string) error {
	if err := s.opened(); err != nil {
		return err
	}
	if _, err := os.Lstat(file); err == nil {
		return fault.New(fault.Conflict, "%s is there already: name another file, or remove it first", file)
	}
	folder, err := os.MkdirTemp(filepath.Dir(file), ".hub-backup-")
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "cannot write into the folder of %s", file)
	}
	defer os.RemoveAll(folder)
	partial := filepath.Join(folder, "hub.db")
	if err := makeDatabaseFile(partial); err != nil {
		return err
	}
	if err := s.engine.backup(ctx, partial); err != nil {
		if noRoom(err) {
			return unavailable(err, "the backup cannot be written into "+filepath.Dir(file)+
				": its disk is full; make room, or name a file on another disk")
		}
		return translate(err)
	}
	if err := settle(partial); err != nil {
		return err
	}
	if err := settleIn(partial, file); err != nil {
		return fault.Wrap(fault.Conflict, err, "cannot make %s", file)
	}
	return syncFolder(filepath.Dir(file))
}

// settleIn gives a file its name, and never replaces what came to be there in the meantime: a link, unlike a rename, fails then.
// Some file systems for other machines have no links; there the name is taken first, and then filled.
func settleIn(partial, file string) error {
	err := os.Link(partial, file)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	name, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if err := errors.Join(name.Close(), os.Rename(partial, file)); err != nil {
		return errors.Join(err, os.Remove(file))
	}
	return nil
}

func (e *sqlite) backup(ctx context.Context, file string) error {
	return e.read(ctx, func(in session) error { return in.(*sqliteConn).copyTo(ctx, file) })
}

func (e *postgres) backup(ctx context.Context, file string) error {
	return e.view(ctx, func(in session) error { return dump(ctx, in, file) })
}

// copyTo writes a consistent copy of a SQLite file to an empty or absent one.
func (c *sqliteConn) copyTo(ctx context.Context, file string) error {
	_, err := c.conn.ExecContext(ctx, `VACUUM INTO '`+strings.ReplaceAll(file, `'`, `''`)+`'`)
	return err
}

// dump copies all rows of a session into a new SQLite file.
func dump(ctx context.Context, from session, file string) error {
	to, err := openSQLite(ctx, file, "rw", "PRAGMA journal_mode = DELETE; PRAGMA synchronous = OFF; PRAGMA foreign_keys = ON")
	if err != nil {
		return err
	}
	defer to.close()
	if err := to.migrate(ctx, file, slog.New(slog.DiscardHandler)); err != nil {
		return err
	}
	if err := to.run(beginWrite); err != nil {
		return err
	}
	for _, t := range tables {
		if t.fate == unasked {
			continue
		}
		if err := errors.Join(clearTable(ctx, to, t), copyTable(ctx, to, from, to, t)); err != nil {
			return fmt.Errorf("table %s: %w", t.name, err)
		}
	}
	return to.run(commitWork)
}

func clearTable(ctx context.Context, in session, t table) error {
	_, err := in.exec(ctx, only("DELETE FROM "+t.name), nil)
	return err
}

// copyTable copies all rows of a table. layout is the SQLite file of the two, which tells the columns.
func copyTable(ctx context.Context, layout *sqliteConn, from, to session, t table) error {
	columns, err := list(ctx, &Reader{from: held{layout}}, only("SELECT name FROM pragma_table_info('"+t.name+"')"), value[string])
	if err != nil {
		return err
	}
	places := make([]string, len(columns))
	for i := range columns {
		places[i] = fmt.Sprintf("$%d", i+1)
	}
	all := strings.Join(columns, ", ")
	insert := only("INSERT INTO " + t.name + " (" + all + ") VALUES (" + strings.Join(places, ", ") + ")")
	rows, err := from.query(ctx, only("SELECT "+all+" FROM "+t.name+" ORDER BY "+t.order), nil)
	if err != nil {
		return err
	}
	defer rows.Close()
	values, into := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		if _, err := to.exec(ctx, insert, values); err != nil {
			return err
		}
	}
	return rows.Err()
}

// settle makes a file private and durable.
func settle(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(file.Chmod(0o600), file.Sync(), file.Close())
}

// syncFolder makes the names in a folder durable.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	err = folder.Sync()
	if errors.Is(err, fs.ErrInvalid) {
		err = nil // a file system that has no such thing
	}
	return errors.Join(err, folder.Close())
}
