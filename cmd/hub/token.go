package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"example.org/hub/internal/config"
	"example.org/hub/internal/credential"
	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
)

type tokenVerb struct {
	Create tokenCreateVerb `cmd:"" help:"Make a permanent token and print it, once."`
}

type tokenCreateVerb struct {
	User        string `required:"" placeholder:"L" help:"Whose token it is: login, id or e-mail address."`
	Name        string `required:"" placeholder:"N" help:"What will use it."`
	Scope       string `required:"" placeholder:"\"S ...\"" help:"Services it opens, by id, key or name, separated by blanks; administer for what needs a fresh sign-in."`
	Environment string `default:"production" placeholder:"E" enum:"production,test" help:"production or test (default: ${default})."`
	Expires     string `placeholder:"90d" help:"When it ends, such as 90d, 12h or 2030-01-31; never when not given."`
}

// Run makes a permanent token and prints it alone on stdout.
func (v tokenCreateVerb) Run(ctx context.Context, terminal *Terminal, settings *config.Settings) error {
	ends, err := credential.ParseExpiry("--expires", v.Expires, time.Now())
	if err != nil {
		return err
	}
	return atWorkOnOne(ctx, terminal, settings, func(h *house) error {
		user, err := h.store.UserByAlias(ctx, v.User)
		if fault.Is(err, fault.NotFound) {
			return fault.New(fault.NotFound, "--user %s: there is no user with this login, id or e-mail address", v.User)
		}
		if err != nil {
			return err
		}
		_, text, err := h.credentials.CreatePermanentToken(ctx, hub.System("cli"), credential.NewPermanentToken{
			UserID: user.ID, Environment: hub.Environment(v.Environment), Name: v.Name, Scope: strings.Fields(v.Scope), ExpiresAt: ends,
		})
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintln(terminal.Out, text.Reveal()); err != nil {
			return fmt.Errorf("the token %q was made and could not be printed, so nobody has it: delete it, and make another one: %w", v.Name, err)
		}
		return nil
	})
}
