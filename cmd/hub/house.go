package main

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"example.org/hub/internal/config"
	"example.org/hub/internal/credential"
	"example.org/hub/internal/directory"
	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/keyring"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/store"
	"example.org/hub/oauth/oauthhttp"
)

// How long a new key is published before it signs, and an old one after its last token, which lives an hour.
const (
	keySettle = 2 * oauthhttp.CacheTime
	keyLinger = time.Hour + 2*time.Minute
)

// house is what every verb that touches a hub needs: its settings read, its master key, its database.
type house struct {
	settings    *config.Settings
	resolved    *config.Resolved
	master      *secret.Master
	store       *store.Store
	directory   *directory.Directory
	credentials *credential.Credentials
	ring        *keyring.Ring
	log         *slog.Logger
}

// access is how the database is opened.
type access struct {
	server bool // as the running hub itself, which alone may have a SQLite file and waits for a PostgreSQL that is away
	there  bool // there must be a hub already: who looks at one, or saves it, does not mean a new one that is empty
	anew   bool // a database that was there and is gone may begin anew: restore brings it back

	trouble func(kind string) // is told of the database's trouble; nil: nobody is
}

// openHouse opens the database of --data or --database.
func openHouse(ctx context.Context, settings *config.Settings, log *slog.Logger, how access) (*house, error) {
	resolved, err := settings.Resolve()
	if err != nil {
		return nil, err
	}
	h := &house{settings: settings, resolved: resolved, log: log}
	if how.there {
		if err := h.openStore(ctx, how); err != nil {
			return nil, err
		}
	} else if err := os.MkdirAll(settings.Data, 0o700); err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "--data %s cannot be made: %v", settings.Data, err)
	}
	if h.master, err = h.loadMaster(how); err != nil {
		h.close()
		return nil, fault.Wrap(fault.Invalid, err, "%v", err)
	}
	if !how.there {
		if err := h.openStore(ctx, how); err != nil {
			return nil, err
		}
	}
	h.directory = &directory.Directory{Store: h.store, Master: h.master}
	h.credentials = &credential.Credentials{Store: h.store, Master: h.master, HasAdministrator: directory.HasAdministrator}
	h.ring = &keyring.Ring{Store: h.store, Master: h.master, Settle: keySettle, Linger: keyLinger}
	return h, nil
}

func (h *house) openStore(ctx context.Context, how access) (err error) {
	h.store, err = store.Open(ctx, store.Options{
		Dir: h.settings.Data, DSN: h.settings.Database, Server: how.server, MustExist: how.there, BeginAnew: how.anew,
		Trouble: how.trouble, Log: h.log,
	})
	return err
}

// loadMaster reads the master key from the environment or its file. A first start makes the file; beside a database that is
// there already, or comes back from a backup, a fresh key would open nothing, and hide that the right one is missing.
func (h *house) loadMaster(how access) (*secret.Master, error) {
	if text, set := os.LookupEnv("HUB_MASTER_KEY"); set {
		return secret.ParseMaster(text, "environment variable HUB_MASTER_KEY")
	}
	_, err := os.Stat(filepath.Join(h.settings.Data, "hub.db"))
	fresh := h.settings.Database != "" || err != nil
	return secret.LoadMaster(h.resolved.MasterKeyFile, fresh && !how.there && !how.anew)
}

// begin makes a database that is reachable ready for use: it is of this master key, and what exists from the start exists.
func (h *house) begin(ctx context.Context) error {
	if err := h.checkMaster(ctx); err != nil {
		return err
	}
	if err := directory.Bootstrap(ctx, h.store); err != nil {
		return err
	}
	return h.ring.Ensure(ctx, hub.System("start"), hub.Environments(), hub.UseAccess)
}

const masterCheck = "master-key-check"

// checkMaster refuses to work on a database whose secrets another master key hashed and sealed.
func (h *house) checkMaster(ctx context.Context) error {
	known, err := h.store.Meta(ctx, masterCheck)
	if fault.Is(err, fault.NotFound) {
		err = h.store.Tx(ctx, func(tx *store.Tx) error {
			if known, err = tx.Meta(ctx, masterCheck); fault.Is(err, fault.NotFound) {
				known = h.master.Check()
				return tx.SetMeta(ctx, masterCheck, known)
			}
			return err
		})
	}
	return h.sameMaster(known, err)
}

// sameMaster compares a database's note of its master key with the one at hand.
func (h *house) sameMaster(known []byte, err error) error {
	if err != nil {
		return err
	}
	if !bytes.Equal(known, h.master.Check()) {
		return fault.New(fault.Invalid,
			"the master key in %s is not the one of this database: bring the right one, or name it with --master-key-file",
			h.resolved.MasterKeyFile)
	}
	return nil
}

func (h *house) close() error {
	if h.store == nil {
		return nil
	}
	return h.store.Close()
}

// atWork opens the house for a verb, makes it ready, and closes it when the work is done.
func atWork(ctx context.Context, terminal *Terminal, settings *config.Settings, work func(*house) error) error {
	return within(ctx, terminal, settings, access{}, work)
}

// atWorkOnOne is atWork for verbs that make no sense where there is no hub yet.
func atWorkOnOne(ctx context.Context, terminal *Terminal, settings *config.Settings, work func(*house) error) error {
	return within(ctx, terminal, settings, access{there: true}, work)
}

func within(ctx context.Context, terminal *Terminal, settings *config.Settings, how access, work func(*house) error) error {
	h, err := openHouse(ctx, settings, newLog(terminal, settings), how)
	if err != nil {
		return err
	}
	defer h.close()
	if err := h.begin(ctx); err != nil {
		return err
	}
	return work(h)
}
