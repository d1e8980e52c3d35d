package main

import (
	"context"
	"fmt"

	"example.org/hub/internal/config"
)

type serveVerb struct{}

// Run runs the hub until the context ends.
func (serveVerb) Run(ctx context.Context, terminal *Terminal, settings *config.Settings) error {
	p, err := openProgram(ctx, terminal, settings, nil)
	if err != nil {
		return err
	}
	defer p.close()
	return p.run(ctx, func() {
		fmt.Fprintf(terminal.Out, "hub ready url=%s\n", p.resolved.URL)
		p.offerSetUp(ctx, terminal)
	})
}
