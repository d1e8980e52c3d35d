package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"example.org/hub/internal/config"
	"example.org/hub/internal/declare"
	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/store"
)

// declared is what hub apply and hub plan have in common.
type declared struct {
	File  string `short:"f" required:"" placeholder:"FILE" help:"The state to reach (hub.yaml); - reads stdin."`
	Prune bool   `help:"Delete what the file's sections do not mention."`
}

// read reads and checks the document.
func (d declared) read(terminal *Terminal) (*declare.Document, error) {
	name, data, err := d.File, []byte(nil), error(nil)
	if d.File == "-" {
		name = "stdin"
		data, err = readBounded(terminal.In)
	} else if file, failed := os.Open(d.File); failed != nil {
		err = failed
	} else {
		data, err = readBounded(file)
		_ = file.Close()
	}
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "-f %s cannot be read: %v", d.File, err)
	}
	return declare.Parse(name, data)
}

// readBounded reads a little more than a document may have, so that what has no end is refused as one that is too big.
func readBounded(from io.Reader) ([]byte, error) {
	return io.ReadAll(io.LimitReader(from, declare.MaxSize+1))
}

// hold reads the document, holds it against the hub by do, which is declare.Apply or declare.Plan, and says what came of
// it if there is anything to say.
func (d declared) hold(ctx context.Context, terminal *Terminal, settings *config.Settings, do holding, say func(declare.Difference) error) error {
	document, err := d.read(terminal)
	if err != nil {
		return err
	}
	return atWork(ctx, terminal, settings, func(h *house) error {
		difference, err := do(ctx, h.store, h.master, document, declare.Options{
			Actor: hub.System("cli"), Prune: d.Prune, Getenv: func(name string) (string, bool) { return lookup(terminal.Environ, name) },
		})
		if err != nil {
			return err
		}
		if difference.Empty() {
			difference.Remark(terminal.Err)
			fmt.Fprintln(terminal.Out, "nothing to do, the hub is as declared")
			return nil
		}
		return say(difference)
	})
}

type holding func(context.Context, *store.Store, *secret.Master, *declare.Document, declare.Options) (declare.Difference, error)

type applyVerb struct{ declared }

// Run brings the hub to the declared state, wholly or not at all; a hub that runs on the database sees it within a second.
func (v applyVerb) Run(ctx context.Context, terminal *Terminal, settings *config.Settings) error {
	return v.hold(ctx, terminal, settings, declare.Apply, func(done declare.Difference) error {
		done.Remark(terminal.Err)
		created, updated, deleted := done.Count()
		fmt.Fprintf(terminal.Out, "applied: %d created, %d updated, %d deleted\n", created, updated, deleted)
		done.Introduce(terminal.Out)
		return nil
	})
}

type planVerb struct{ declared }

// Run prints what hub apply would change, and ends with 3 if that is anything. It writes nothing: where there is no hub yet, it
// is held against one that is made elsewhere and taken away again.
func (v planVerb) Run(ctx context.Context, terminal *Terminal, settings *config.Settings) error {
	if settings.Database == "" && !exists(settings.Data, "hub.db") && !exists(settings.Data, "hub.lock") {
		fmt.Fprintf(terminal.Err, "note: there is no hub in %s, so this is what a new one gets\n", settings.Data)
		folder, err := os.MkdirTemp("", "hub-plan-")
		if err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(folder) }()
		settings = elsewhere(settings, folder)
	}
	return v.hold(ctx, terminal, settings, declare.Plan, func(todo declare.Difference) error {
		fmt.Fprint(terminal.Out, todo)
		return exitCode(exitChanges)
	})
}

func exists(path ...string) bool {
	_, err := os.Stat(filepath.Join(path...))
	return err == nil
}

// elsewhere gives the settings with another folder, and with the master key that is there already, if one is.
func elsewhere(settings *config.Settings, folder string) *config.Settings {
	own := *settings
	own.Data = folder
	if own.MasterKeyFile == "" {
		own.MasterKeyFile = filepath.Join(settings.Data, "master.key")
	}
	if !exists(own.MasterKeyFile) {
		own.MasterKeyFile = ""
	}
	return &own
}

type exportVerb struct{}

// Run writes the state of the hub as hub.yaml.
func (exportVerb) Run(ctx context.Context, terminal *Terminal, settings *config.Settings) error {
	return atWorkOnOne(ctx, terminal, settings, func(h *house) error { return declare.Export(ctx, h.store, terminal.Out) })
}
