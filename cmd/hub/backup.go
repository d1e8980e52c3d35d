package main

import (
	"context"
	"fmt"
	"path/filepath"

	"example.org/hub/internal/config"
	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
)

type backupVerb struct {
	File string `arg:"" help:"File to write; it must not exist."`
}

// Run writes a consistent copy of the database, also while a hub runs on it. The master key is not in it: without it the
// backup opens nothing, so it is to be kept elsewhere.
func (v backupVerb) Run(ctx context.Context, terminal *Terminal, settings *config.Settings) error {
	if folder := filepath.Dir(v.File); !exists(folder) { // a disk that is not mounted is no place that should be made
		return fault.New(fault.Invalid, "there is no folder %s to write the backup to: make it, or mount what belongs there", folder)
	}
	return atWorkOnOne(ctx, terminal, settings, func(h *house) error {
		if err := h.store.Backup(ctx, v.File); err != nil {
			return err
		}
		fmt.Fprintf(terminal.Out, "backup written to %s\nThe master key (%s) is not in it; keep a copy of it in another place.\n",
			v.File, h.resolved.MasterKeyFile)
		return nil
	})
}

type restoreVerb struct {
	File        string `arg:"" help:"A file that hub backup wrote."`
	Force       bool   `help:"Replace what the database holds."`
	Credentials string `enum:"keep,suspend," default:"" placeholder:"keep|suspend" help:"What to do with permanent tokens, application passwords and client secrets, some of which may have been revoked after the backup: keep them, or let each wait for an administrator's confirmation."`
}

// Run brings a backup back. Sessions, codes, access and refresh tokens end; what was revoked after the backup is unknown to
// it, so what becomes of long-lived credentials must be said.
func (v restoreVerb) Run(ctx context.Context, terminal *Terminal, settings *config.Settings) error {
	if v.Credentials == "" {
		return fault.New(fault.Invalid,
			"--credentials must say what becomes of permanent tokens, application passwords and secrets, since those revoked "+
				"after the backup would come back: keep (they work as before) or suspend (each waits for an administrator's confirmation)")
	}
	h, err := openHouse(ctx, settings, newLog(terminal, settings), access{server: true, anew: true})
	if err != nil {
		return err
	}
	defer h.close()
	err = h.store.Restore(ctx, v.File, store.Restore{
		Force: v.Force, Suspend: v.Credentials == "suspend", Event: hub.System("cli").Did("hub.restore", "hub", "", filepath.Base(v.File), ""),
		Check: func(fact func(string) ([]byte, error)) error { return h.sameMaster(fact(masterCheck)) },
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(terminal.Out, "%s is restored. Its sessions, codes, access tokens and refresh tokens have ended.\n", v.File)
	if v.Credentials == "suspend" {
		fmt.Fprintln(terminal.Out, "Permanent tokens, application passwords and secrets wait for an administrator's confirmation.")
	}
	return nil
}
