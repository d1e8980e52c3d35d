package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// filled is a data folder of hub with so many services in it.
type filled struct {
	services int
	folder   string
	tokens   []string // permanent tokens of the user for the API
}

const permanentTokens = 16

// fill gives the filled folder for a number of services, out of the cache if this schema and this population were filled
// before. A folder appears under its name only when it is complete.
func fill(ctx context.Context, hub, cache string, services int, out io.Writer) (filled, error) {
	name, err := fillName(services)
	if err != nil {
		return filled{}, err
	}
	at := filepath.Join(cache, name)
	if listed, err := os.ReadFile(filepath.Join(at, "tokens")); err == nil {
		return filled{services: services, folder: filepath.Join(at, "data"), tokens: strings.Fields(string(listed))}, nil
	}
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return filled{}, err
	}
	making, err := os.MkdirTemp(cache, "filling-")
	if err != nil {
		return filled{}, err
	}
	defer os.RemoveAll(making)
	began := time.Now()
	fmt.Fprintf(out, "filling a database with %d services, once ...", services)
	tokens, err := fillFolder(ctx, hub, filepath.Join(making, "data"), services)
	if err != nil {
		return filled{}, err
	}
	if err := settle(ctx, hub, filled{services: services, folder: filepath.Join(making, "data")}); err != nil {
		return filled{}, err
	}
	if err := os.WriteFile(filepath.Join(making, "tokens"), []byte(strings.Join(tokens, "\n")), 0o600); err != nil {
		return filled{}, err
	}
	if err := os.RemoveAll(at); err != nil {
		return filled{}, err
	}
	if err := os.Rename(making, at); err != nil {
		return filled{}, err
	}
	fmt.Fprintf(out, " %.1f s\n", time.Since(began).Seconds())
	return filled{services: services, folder: filepath.Join(at, "data"), tokens: tokens}, nil
}

// settle runs hub on a new folder until it has nothing more to do for it: chaining the events of so much filling is no part of a
// hub's rest.
func settle(ctx context.Context, hub string, on filled) error {
	running, err := serve(ctx, hub, on, plain)
	if err != nil {
		return err
	}
	defer running.stop()
	for before := time.Duration(-1); ; {
		select {
		case <-time.After(rest):
		case <-ctx.Done():
			return ctx.Err()
		}
		now, err := running.processorTime()
		if err != nil {
			return err
		}
		if before >= 0 && now-before <= 5*tick {
			return nil
		}
		before = now
	}
}

// fillName tells the population and the schema, so that a change of either fills anew.
func fillName(services int) (string, error) {
	digest := sha256.New()
	if err := declarePeople(digest); err != nil {
		return "", err
	}
	if err := declareServices(digest, 1, min(services, 3)); err != nil {
		return "", err
	}
	migrations, err := filepath.Glob("internal/store/migrations/*")
	if err != nil {
		return "", err
	}
	for _, one := range migrations {
		text, err := os.ReadFile(one)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(digest, "%s %d\n%s", one, len(text), text)
	}
	return fmt.Sprintf("services-%d-%s", services, hex.EncodeToString(digest.Sum(nil)[:6])), nil
}

func fillFolder(ctx context.Context, hub, folder string, services int) ([]string, error) {
	var people bytes.Buffer
	if err := declarePeople(&people); err != nil {
		return nil, err
	}
	if _, err := ask(ctx, &people, hub, "apply", "-f", "-", "--data", folder); err != nil {
		return nil, err
	}
	for from := 1; from < services; from += batchSize {
		var batch bytes.Buffer
		if err := declareServices(&batch, from, min(from+batchSize, services)); err != nil {
			return nil, err
		}
		if _, err := ask(ctx, &batch, hub, "apply", "-f", "-", "--data", folder); err != nil {
			return nil, err
		}
	}
	var tokens []string
	for n := range permanentTokens {
		token, err := ask(ctx, nil, hub, "token", "create", "--data", folder,
			"--user", user, "--name", fmt.Sprintf("Bench %d", n), "--scope", payments)
		if err != nil {
			return nil, err
		}
		tokens = append(tokens, strings.TrimSpace(token))
	}
	return tokens, nil
}

// ask runs a program to its end and gives what it wrote to stdout.
func ask(ctx context.Context, stdin io.Reader, program string, args ...string) (string, error) {
	command := exec.CommandContext(ctx, program, args...)
	var out, problems bytes.Buffer
	command.Stdin, command.Stdout, command.Stderr = stdin, &out, &problems
	command.Env = plainEnvironment()
	if err := command.Run(); err != nil {
		return "", fmt.Errorf("%s %s: %w\n%s", filepath.Base(program), strings.Join(args, " "), err, problems.Bytes())
	}
	return out.String(), nil
}

// plainEnvironment is ours without settings of hub: what is measured are its defaults.
func plainEnvironment() []string {
	var plain []string
	for _, one := range os.Environ() {
		if !strings.HasPrefix(one, "HUB_") {
			plain = append(plain, one)
		}
	}
	return plain
}
