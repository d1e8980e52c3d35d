package main

import (
	"context"
	"fmt"
	"os/signal"
	"syscall"

	"example.org/hub/internal/config"
	"example.org/hub/internal/server"
)

type serveVerb struct{}

// Run runs the hub until the context ends. A port of 0 is one that is free, and the URL follows it; with a URL of its own the
// kernel may choose, since it is for the proxy in front to know.
func (serveVerb) Run(ctx context.Context, terminal *Terminal, settings *config.Settings) error {
	// Who reads what is printed may go away, such as a collector of logs that is restarted: that ends no hub.
	signal.Ignore(syscall.SIGPIPE)
	if settings.URL == "" {
		listen, err := server.Settled(settings.Listen)
		if err != nil {
			return err
		}
		settings.Listen = listen
	}
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
