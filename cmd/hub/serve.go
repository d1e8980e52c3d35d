package main

import (
	"context"
	"fmt"
	"os/signal"
	"syscall"

	"example.org/hub/internal/config"
)

type serveVerb struct{}

// Run runs the hub until the context ends.
func (serveVerb) Run(ctx context.Context, terminal *Terminal, settings *config.Settings) error {
	// Who reads what is printed may go away, such as a collector of logs that is restarted: that ends no hub.
	signal.Ignore(syscall.SIGPIPE)
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
