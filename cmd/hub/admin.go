package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"example.org/hub/internal/config"
	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
)

type adminVerb struct {
	Create adminCreateVerb `cmd:"" help:"Make an administrator, for automation and for the day when nobody else can get in."`
}

type adminCreateVerb struct {
	Login         string `required:"" placeholder:"L" help:"Login of the administrator; someone who is there already becomes one."`
	PasswordStdin bool   `help:"Read the password from stdin (one line)."`
}

// Run makes an administrator. Without --password-stdin a new one gets no password and signs in by other means.
func (v adminCreateVerb) Run(ctx context.Context, terminal *Terminal, settings *config.Settings) error {
	password := ""
	if v.PasswordStdin {
		var err error
		if password, err = readLine(terminal.In); err != nil {
			return err
		}
	}
	return atWork(ctx, terminal, settings, func(h *house) error {
		user, err := h.directory.CreateAdministrator(ctx, hub.System("cli"), v.Login, password)
		if err != nil {
			return err
		}
		fmt.Fprintf(terminal.Out, "%s is an administrator (user id %s)\n", user.Login, user.ID)
		return nil
	})
}

// readLine reads a secret that was piped in, without the end of its line.
func readLine(in io.Reader) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(in, secret.MaxPassword+2)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	line = strings.TrimRight(line, "\r\n")
	if line == "" {
		return "", fault.New(fault.Invalid, "--password-stdin: nothing came on stdin; pipe the password in")
	}
	return line, nil
}
