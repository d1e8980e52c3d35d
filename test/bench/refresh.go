package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// A refresh may cost so many times the processor time of a token by client credentials, and there have to be so many of them for
// each that the database alone could commit.
const (
	refreshProcessor = 5.0
	refreshRate      = 0.3
)

// refreshed measures refreshes, 64 at a time, each of a family of its own, beside tokens by client credentials and beside the
// floor.
func (b *bench) refreshed(ctx context.Context, found *report) error {
	found.head("Refresh, %d connections: against client credentials, and against the database alone", crowd)
	table := found.table("", "refresh µs", "credentials µs", "CPU ratio", "target", "refresh/s", "database alone/s", "ratio", "target")
	for _, on := range b.engines() {
		row, err := b.refreshedOn(ctx, on, found)
		if err != nil {
			return fmt.Errorf("%s: %w", on.name, err)
		}
		fmt.Fprintln(table, on.name+"\t"+row)
	}
	return table.Flush()
}

func (b *bench) refreshedOn(ctx context.Context, on engine, found *report) (string, error) {
	folder, err := os.MkdirTemp(b.cache, "refresh-") // beside the filled databases: on a disk, not in memory
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(folder)
	hub, err := b.peopled(ctx, on, folder)
	if err != nil {
		return "", err
	}
	defer hub.stop()
	b.tell(on.name + ": signs in " + fmt.Sprint(crowd) + " times")
	tokens, err := hub.refreshTokens(ctx, crowd)
	if err != nil {
		return "", err
	}
	refresh := &contender{name: on.name + ", refresh", process: hub.process, load: hub.wire}
	refresh.load.requests = list(crowd, func(n int) []byte { return byRefresh(hub.target.host, tokens[n]) })
	self := &contender{name: on.name + ", client credentials", process: hub.process, load: hub.wire}
	self.load.requests = [][]byte{bySelf(hub.target.host)}
	effort := b.effort
	effort.connections = crowd
	var floors []float64
	for range effort.rounds { // in turn, so that one moment of the machine meets all three
		once := effort
		once.rounds = 1
		if err := once.measure(ctx, []*contender{refresh, self}, b.tell); err != nil {
			return "", err
		}
		rate, err := b.commits(ctx, on, folder, effort)
		if err != nil {
			return "", err
		}
		floors = append(floors, rate)
	}
	b.tell("")
	processor, _ := ratio(refresh, self)
	share := refresh.perSecond() / median(floors)
	return fmt.Sprintf("%s\t%s\t%.2f\t%s\t%.0f\t%.0f\t%.2f\t%s", micros(refresh.processorTime()), micros(self.processorTime()), processor,
		found.verdict(processor, refreshProcessor, "%.1f"), refresh.perSecond(), median(floors), share, found.atLeast(share, refreshRate)), nil
}

// refreshTokens signs the person in so often.
func (h *hubServer) refreshTokens(ctx context.Context, n int) ([]string, error) {
	opened, err := h.wire.open(ctx)
	if err != nil {
		return nil, err
	}
	defer opened.Close()
	var tokens []string
	for range n {
		body, err := opened.ask(byPassword(h.target.host))
		if err != nil {
			return nil, err
		}
		var answer struct {
			RefreshToken string `json:"refresh_token"`
		}
		if err := json.Unmarshal(body, &answer); err != nil || answer.RefreshToken == "" {
			return nil, fmt.Errorf("no refresh token in %s", body)
		}
		tokens = append(tokens, answer.RefreshToken)
	}
	return tokens, nil
}

// commits asks the floor what the database alone can do.
func (b *bench) commits(ctx context.Context, on engine, folder string, effort effort) (float64, error) {
	b.tell(on.name + ": the database alone")
	database := on.dsn
	if database == "" {
		database = "sqlite:" + filepath.Join(folder, "floor.db")
	}
	command := exec.CommandContext(ctx, b.floor, "-commits", database,
		"-connections", fmt.Sprint(effort.connections), "-seconds", fmt.Sprint(effort.duration.Seconds()))
	command.Stderr = b.progress
	said, err := command.Output()
	if err != nil {
		return 0, err
	}
	var rate float64
	_, err = fmt.Sscanf(strings.TrimSpace(string(said)), "floor commits %f", &rate)
	return rate, err
}
