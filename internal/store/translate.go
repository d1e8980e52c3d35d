package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/ncruces/go-sqlite3"

	"example.org/hub/internal/fault"
)

// retryAfter is what callers are told in database trouble: the store is back within 5 s of its database.
const retryAfter = 2 * time.Second

// translate makes the errors of both databases into the one error type: what the caller can do something about is
// Conflict, what will pass is Unavailable, and all else stays as it is, which is Internal: a mistake in this program.
func translate(err error) error {
	if err == nil {
		return nil
	}
	var known *fault.Error
	if errors.As(err, &known) {
		return err
	}
	switch name, kind := constraint(err); kind {
	case uniqueness:
		return &fault.Error{Kind: fault.Conflict, Code: name, Message: "another one with this " + lastWord(name) + " exists already", Cause: err}
	case reference:
		return &fault.Error{Kind: fault.Conflict, Message: "it refers to something that does not exist, or something still refers to it", Cause: err}
	}
	if noRoom(err) {
		return unavailable(err, "the database can only be read at the moment, since its disk is full or fails; try again when there is room")
	}
	if readOnly(err) {
		return unavailable(err, "the database can only be read at the moment; try again shortly")
	}
	if trouble(err) {
		return unavailable(err, "the database cannot be reached at the moment; try again shortly")
	}
	return err
}

// The kinds of trouble that Options.Trouble is told of.
const (
	TroubleReadOnly    = "read-only"
	TroubleUnreachable = "unreachable"
)

// failed is translate for an error that leaves the store, and counts the database's trouble.
func (s *Store) failed(err error) error {
	err = translate(err)
	if s.trouble != nil && fault.Is(err, fault.Unavailable) && !errors.Is(err, context.Canceled) { // whoever left is no trouble
		kind := TroubleUnreachable
		if readOnly(err) {
			kind = TroubleReadOnly
		}
		s.trouble(kind)
	}
	return err
}

func unavailable(cause error, message string) error {
	return &fault.Error{Kind: fault.Unavailable, Message: message, RetryAfter: retryAfter, Cause: cause}
}

// lastWord makes "users_login" into "login".
func lastWord(name string) string { return name[strings.LastIndexByte(name, '_')+1:] }

type brokenRule uint8

const (
	none brokenRule = iota
	uniqueness
	reference
)

// constraint tells which rule of the schema a statement broke. Unique indexes are named table_column_column, so that
// their names are what SQLite says with other punctuation.
func constraint(err error) (string, brokenRule) {
	if code, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch code.Code {
		case "23505":
			return code.ConstraintName, uniqueness
		case "23503":
			return code.ConstraintName, reference
		}
		return "", none
	}
	switch code, _ := errors.AsType[sqlite3.ExtendedErrorCode](err); code {
	case sqlite3.CONSTRAINT_UNIQUE, sqlite3.CONSTRAINT_PRIMARYKEY:
		return indexName(err.Error()), uniqueness
	case sqlite3.CONSTRAINT_FOREIGNKEY:
		return "", reference
	}
	return "", none
}

// indexName makes "... UNIQUE constraint failed: services.environment, services.name_folded" into services_environment_name.
func indexName(message string) string {
	_, columns, _ := strings.Cut(message, "UNIQUE constraint failed: ")
	if name, is := strings.CutPrefix(columns, "index '"); is { // one with an expression has only its name
		return strings.TrimSuffix(name, "'")
	}
	name := ""
	for i, column := range strings.Split(columns, ", ") {
		table, column, _ := strings.Cut(column, ".")
		if i == 0 {
			name = table
		}
		name += "_" + strings.TrimSuffix(column, "_folded")
	}
	return name
}

// trouble reports whether err is the database's, or the way to it, and will pass.
func trouble(err error) bool {
	if code, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch {
		case repeatable(err), connectionLost(err):
			return true
		case strings.HasPrefix(code.Code, "53"), strings.HasPrefix(code.Code, "58"), strings.HasPrefix(code.Code, "XX"): // resources, system, damage
			return true
		case strings.HasPrefix(code.Code, "28"), strings.HasPrefix(code.Code, "3D"): // not let in, no such database
			return true
		}
		switch code.Code {
		case "25006", "25P02", "25P03", "57014", "55P03": // read-only, aborted, timed out, cancelled, lock not available
			return true
		}
		return false
	}
	if code, ok := errors.AsType[sqlite3.ErrorCode](err); ok {
		switch code {
		case sqlite3.BUSY, sqlite3.LOCKED, sqlite3.NOMEM, sqlite3.READONLY, sqlite3.INTERRUPT, sqlite3.IOERR, sqlite3.CORRUPT,
			sqlite3.FULL, sqlite3.CANTOPEN, sqlite3.PROTOCOL, sqlite3.NOTADB, sqlite3.PERM, sqlite3.AUTH, sqlite3.NOLFS:
			return true
		}
		return false
	}
	if errors.Is(err, sql.ErrTxDone) { // its time was over before it was committed, so database/sql took it back
		return true
	}
	return connectionLost(err) || errors.Is(err, pgx.ErrTxCommitRollback) ||
		errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) || errors.Is(err, os.ErrDeadlineExceeded)
}

// repeatable reports whether PostgreSQL asks for the transaction to be run again.
func repeatable(err error) bool {
	code, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		return false
	}
	// The last one is "cached plan must not change result type": another node has just migrated the schema.
	return code.Code == "40001" || code.Code == "40P01" || code.Code == "0A000"
}

// connectionLost reports whether err means that the connection, not the statement, is bad.
func connectionLost(err error) bool {
	if code, ok := errors.AsType[*pgconn.PgError](err); ok {
		return strings.HasPrefix(code.Code, "08") || strings.HasPrefix(code.Code, "57P")
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return true
	}
	if _, ok := errors.AsType[net.Error](err); ok {
		return true
	}
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, net.ErrClosed) || pgconn.SafeToRetry(err) ||
		strings.Contains(err.Error(), "conn closed")
}

// readOnly reports whether err says that the database can be read and not written: the disk is full or read-only, the file is not
// where it was, or the server is a replica.
func readOnly(err error) bool {
	if errors.Is(err, errElsewhere) {
		return true
	}
	if code, ok := errors.AsType[*pgconn.PgError](err); ok {
		return code.Code == "25006" || code.Code == "53100"
	}
	code, _ := errors.AsType[sqlite3.ErrorCode](err)
	return code == sqlite3.READONLY || code == sqlite3.FULL || code == sqlite3.IOERR || code == sqlite3.CANTOPEN
}
