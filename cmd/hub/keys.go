package main

import (
	"context"
	"fmt"
	"text/tabwriter"
	"time"

	"example.org/hub/internal/config"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/keyring"
)

type keysVerb struct {
	Rotate keysRotateVerb `cmd:"" help:"Make new signing keys; they are published for a while before they sign."`
	List   keysListVerb   `cmd:"" help:"List the signing keys and what each does."`
}

type keysRotateVerb struct {
	Now bool `help:"A key is lost: the new ones sign at once."`
}

// Run rotates the signing keys of both environments; a running hub follows within a second.
func (v keysRotateVerb) Run(ctx context.Context, terminal *Terminal, settings *config.Settings) error {
	return atWorkOnOne(ctx, terminal, settings, func(h *house) error {
		if err := h.ring.Rotate(ctx, hub.System("cli"), v.Now); err != nil {
			return err
		}
		return listKeys(ctx, terminal, h)
	})
}

type keysListVerb struct{}

// Run lists the signing keys.
func (keysListVerb) Run(ctx context.Context, terminal *Terminal, settings *config.Settings) error {
	return atWorkOnOne(ctx, terminal, settings, func(h *house) error { return listKeys(ctx, terminal, h) })
}

func listKeys(ctx context.Context, terminal *Terminal, h *house) error {
	keys, err := h.store.SigningKeys(ctx)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(terminal.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ENVIRONMENT\tUSE\tALGORITHM\tKEY ID\tSTATE\tSIGNS FROM\tPUBLISHED UNTIL")
	now := h.store.Now()
	for _, key := range keys {
		until := "a successor signs"
		if !key.RemoveAt.IsZero() {
			until = key.RemoveAt.UTC().Format(time.RFC3339)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", key.Environment, key.Use, key.Algorithm, key.ID,
			keyring.State(key, keys, now), key.ActiveAt.UTC().Format(time.RFC3339), until)
	}
	return table.Flush()
}
