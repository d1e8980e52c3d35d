package main

import (
	"context"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
)

// While as many sign in as the gate lets through and more, machines keep so much of what they have when nobody does.
const gateShare = 0.4

// gated measures introspection and client credentials while sign-ins fill the gate for password hashes.
func (b *bench) gated(ctx context.Context, found *report) error {
	folder, err := os.MkdirTemp(b.cache, "gate-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	hub, err := b.peopled(ctx, engine{name: "SQLite"}, folder)
	if err != nil {
		return err
	}
	defer hub.stop()
	asked := hub.wire
	asked.requests = [][]byte{bySelf(hub.target.host)}
	live, err := asked.tokens(ctx, liveTokens)
	if err != nil {
		return err
	}
	machines := []struct {
		name     string
		requests [][]byte
	}{
		{"client credentials", asked.requests},
		{"introspection", list(len(live), func(n int) []byte {
			return postForm(hub.target.host, "/api/rest/oauth2/introspect", basic(desk.id, desk.secret), map[string][]string{"token": {live[n]}})
		})},
	}
	found.head("While %d connections sign in without end", crowd)
	table := found.table("", "idle req/s", "req/s", "ratio", "target", "sign-ins/s", "asked to wait/s")
	for _, machine := range machines {
		idle := &contender{name: machine.name + ", nobody signs in", process: hub.process, load: hub.wire}
		flooded := &contender{name: machine.name + ", everybody signs in", process: hub.process, load: hub.wire}
		idle.load.requests, flooded.load.requests = machine.requests, machine.requests
		var through, waited float64
		for range b.effort.rounds {
			once := b.effort
			once.rounds = 1
			if err := once.measure(ctx, []*contender{idle}, b.tell); err != nil {
				return err
			}
			flood, err := hub.flood(ctx)
			if err != nil {
				return err
			}
			err = once.measure(ctx, []*contender{flooded}, b.tell) // any answer but 200 ends it
			passed, refused, failed := flood.end()
			if err != nil || failed != nil {
				return fmt.Errorf("%s while everybody signs in: %w, %w", machine.name, err, failed)
			}
			seconds := (warmUp + once.duration).Seconds() * float64(b.effort.rounds)
			through, waited = through+float64(passed)/seconds, waited+float64(refused)/seconds
		}
		share := flooded.perSecond() / idle.perSecond()
		fmt.Fprintf(table, "%s\t%.0f\t%.0f\t%.2f\t%s\t%.0f\t%.0f\n",
			machine.name, idle.perSecond(), flooded.perSecond(), share, found.atLeast(share, gateShare), through, waited)
	}
	b.tell("")
	return table.Flush()
}

// flood is people who sign in without end.
type flood struct {
	stopped         atomic.Bool
	passed, refused atomic.Int64
	all             sync.WaitGroup
	lock            sync.Mutex
	failed          error
	lines           []*line
}

func (h *hubServer) flood(ctx context.Context) (*flood, error) {
	lines, err := h.wire.connect(ctx, crowd)
	if err != nil {
		return nil, err
	}
	f := &flood{lines: lines}
	request := byPassword(h.target.host)
	for _, opened := range lines {
		f.all.Go(func() {
			for !f.stopped.Load() {
				if err := f.signIn(opened, request); err != nil {
					f.lock.Lock()
					f.failed = err
					f.lock.Unlock()
					return
				}
			}
		})
	}
	return f, nil
}

// signIn is let through, or asked to wait, and asks again at once all the same; every other answer is a failure.
func (f *flood) signIn(opened *line, request []byte) error {
	if _, err := opened.Write(request); err != nil {
		return err
	}
	status, body, err := readAnswer(opened.answers)
	switch {
	case err != nil:
		return err
	case status == 200:
		f.passed.Add(1)
	case status == 429 || status == 503:
		f.refused.Add(1)
	default:
		return fmt.Errorf("a sign-in was answered %d: %s", status, body)
	}
	return nil
}

// end sends everybody home and gives how many were let through and how many were asked to wait.
func (f *flood) end() (passed, refused int64, err error) {
	f.stopped.Store(true)
	f.all.Wait()
	hangUp(f.lines)
	return f.passed.Load(), f.refused.Load(), f.failed
}
