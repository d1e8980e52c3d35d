package store

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"example.org/hub/internal/fault"
)

// lockName is the file beside hub.db that a running hub holds locked. Its text also says that there was a database here
// once, so that a missing one is noticed instead of being replaced by an empty one.
const lockName = "hub.lock"

// lockFile is the held lock. The kernel gives it up when the process ends, however it ends.
type lockFile struct{ file *os.File }

// takeLock locks the folder for one hub. Errors: fault.Conflict when another one has it.
func takeLock(dir string) (*lockFile, error) {
	path := filepath.Join(dir, lockName)
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "cannot open %s: a hub needs a folder it may write to; see --data", path)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		file.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fault.New(fault.Conflict, "another hub runs on %s: stop it first, or give this one a folder of its own with --data "+
				"(to run several hubs on one database, use PostgreSQL)", dir)
		}
		return nil, fault.Wrap(fault.Invalid, err, "cannot lock %s", path)
	}
	return &lockFile{file: file}, nil
}

func (l *lockFile) release() {
	if l != nil {
		l.file.Close()
	}
}

const lockText = "hub.db is kept beside this file, and a running hub holds this file locked.\n" +
	"If hub.db is gone, put it or a backup back (hub restore), or remove this file to begin anew.\n"

// rememberDatabase notes that there is a database in dir from now on.
func rememberDatabase(dir string) error {
	path := filepath.Join(dir, lockName)
	if databaseWasHere(dir) {
		return nil
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "cannot write %s", path)
	}
	_, err = io.WriteString(file, lockText)
	if err == nil {
		err = file.Sync()
	}
	if err := errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// databaseWasHere reports whether rememberDatabase was called in dir before.
func databaseWasHere(dir string) bool {
	text, err := os.ReadFile(filepath.Join(dir, lockName))
	return err == nil && strings.HasPrefix(string(text), lockText[:20])
}
