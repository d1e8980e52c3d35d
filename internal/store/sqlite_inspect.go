package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/ncruces/go-sqlite3"

	"example.org/hub/internal/fault"
)

// applicationID marks a SQLite file as ours ("Hub1").
const applicationID = 0x48756231

// checkedBytes is up to which size a file is read through before it is used; larger ones would make the start slow, and
// show damage when they are read.
const checkedBytes = 4 << 20

// inspect looks at a database file without changing it, and refuses by name what must not be opened: one that is missing
// although it was there, one that is damaged, of another program, from a newer version, or read-only.
func inspect(ctx context.Context, path string, mustExist bool) error {
	dir := filepath.Dir(path)
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return refuseMissing(path, mustExist)
	case err != nil:
		return fault.Wrap(fault.Invalid, err, "cannot look at the database %s", path)
	case !info.Mode().IsRegular():
		return fault.New(fault.Invalid, "the database %s is not a file", path)
	case info.Mode().Perm()&0o200 == 0 || syscall.Access(path, 2 /* W_OK */) != nil || syscall.Access(dir, 2) != nil:
		return fault.New(fault.Invalid, "the database %s, or its folder, is read-only: make both writable for the user hub runs as", path)
	case info.Size() == 0 && databaseWasHere(dir):
		return fault.New(fault.Invalid,
			"the database %s is empty although it held data before: put a backup back with hub restore, or remove the file and %s to begin anew",
			path, filepath.Join(dir, lockName))
	case info.Size() == 0:
		return nil
	}
	begun := begunOnly(dir, path)
	if err := checkHeader(path, info.Size()); err != nil && !begun {
		return err
	}
	if begun {
		return nil
	}
	conn, err := openSQLite(ctx, path, "ro", fmt.Sprintf("PRAGMA busy_timeout = %d; PRAGMA query_only = ON", busyMilliseconds))
	if err != nil {
		return damaged(path, err)
	}
	defer conn.close()
	return conn.inspect(ctx, path, info.Size())
}

// begunOnly reports whether a first start was killed before its first transaction was over: there is a journal to roll back,
// which only a writer can do, no start was ever finished here, and nothing says that the file is another program's.
func begunOnly(dir, path string) bool {
	if _, err := os.Stat(path + "-journal"); err != nil || databaseWasHere(dir) {
		return false
	}
	file, err := os.Open(path)
	if err != nil {
		return false
	}
	defer file.Close()
	header := make([]byte, 100)
	if _, err := io.ReadFull(file, header); err != nil {
		return false
	}
	application := binary.BigEndian.Uint32(header[68:]) // https://www.sqlite.org/fileformat.html, section 1.3.12
	return application == 0 || application == applicationID
}

func refuseMissing(path string, mustExist bool) error {
	dir := filepath.Dir(path)
	_, err := os.Stat(path + "-wal")
	switch {
	case err == nil || databaseWasHere(dir):
		return fault.New(fault.Invalid,
			"the database %s is missing although there was one: put it back, or a backup with hub restore, or remove %s to begin anew",
			path, filepath.Join(dir, lockName))
	case mustExist:
		return fault.New(fault.Invalid, "there is no database %s: name the folder of the hub with --data, or start it once with hub serve", path)
	}
	return nil
}

// damaged refuses a file by name; trouble that will pass stays what it is.
func damaged(path string, err error) error {
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) || busy(err) {
		return err
	}
	if noRoom(err) {
		return unavailable(err, fmt.Sprintf("the database %s cannot be opened: its disk is full; make room", path))
	}
	return fault.Wrap(fault.Invalid, err,
		"the database %s is damaged or cannot be read: nothing was changed; move it away and put a backup back with hub restore", path)
}

// noRoom reports whether SQLite could not write what it keeps beside a database to read it.
func noRoom(err error) bool {
	code, _ := errors.AsType[sqlite3.ExtendedErrorCode](err)
	switch code {
	case sqlite3.IOERR_SHMSIZE, sqlite3.IOERR_WRITE:
		return true
	}
	return code == sqlite3.ExtendedErrorCode(sqlite3.FULL)
}

// checkHeader reads the first page's header (https://www.sqlite.org/fileformat.html, section 1.3).
func checkHeader(path string, size int64) error {
	file, err := os.Open(path)
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "cannot read the database %s", path)
	}
	defer file.Close()
	header := make([]byte, 100)
	if _, err := io.ReadFull(file, header); err != nil {
		return damaged(path, err)
	}
	if !bytes.HasPrefix(header, []byte("SQLite format 3\x00")) {
		return damaged(path, errors.New("it does not begin like a SQLite file"))
	}
	pageSize := int64(binary.BigEndian.Uint16(header[16:]))
	if pageSize == 1 {
		pageSize = 65536
	}
	pages := int64(binary.BigEndian.Uint32(header[28:]))
	counted := binary.BigEndian.Uint32(header[24:]) == binary.BigEndian.Uint32(header[92:])
	if _, err := os.Stat(path + "-wal"); errors.Is(err, fs.ErrNotExist) && counted && size < pages*pageSize {
		return damaged(path, errors.New("it is shorter than it says"))
	}
	return nil
}

var (
	selectApplication = only(`PRAGMA application_id`)
	countTables       = only(`SELECT count(*) FROM sqlite_schema`)
	quickCheck        = only(`PRAGMA quick_check(1)`)
)

func (c *sqliteConn) inspect(ctx context.Context, path string, size int64) error {
	r := &Reader{from: held{c}}
	tables, err := one(ctx, r, countTables, value[int])
	if err != nil {
		return damaged(path, err)
	}
	application, err := one(ctx, r, selectApplication, value[int64])
	switch {
	case err != nil:
		return damaged(path, err)
	case application == 0 && tables == 0:
		return nil // begun, and interrupted before the first table
	case application != applicationID:
		return fault.New(fault.Invalid,
			"the database %s belongs to another program: nothing was changed; give the hub a folder of its own with --data", path)
	}
	if size <= checkedBytes {
		switch answer, err := one(ctx, r, quickCheck, value[string]); {
		case err != nil:
			return damaged(path, err)
		case answer != "ok":
			return damaged(path, errors.New(answer))
		}
	}
	if _, err := appliedTo(ctx, r, path); err != nil {
		return damaged(path, err)
	}
	return nil
}

// makeDatabaseFile makes an empty file that only its owner may read.
func makeDatabaseFile(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "cannot make the database %s", path)
	}
	return file.Close()
}

// privateSiblings gives the files that SQLite keeps beside the database the same permissions.
func privateSiblings(path string) error {
	for _, suffix := range []string{"-wal", "-shm", "-journal"} {
		if err := os.Chmod(path+suffix, 0o600); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fault.Wrap(fault.Invalid, err, "cannot make %s private", path+suffix)
		}
	}
	return nil
}
