package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func main() {
	var (
		rounds   = flag.Int("rounds", 5, "rounds over all subjects; the report gives medians")
		seconds  = flag.Float64("seconds", 1, "how long a round loads one subject")
		services = flag.String("services", "10,100000", "numbers of services in the database")
		wires    = flag.String("wires", "plain,tls", "how requests travel: plain, tls")
		prebuilt = flag.String("hub", "", "a hub binary to measure instead of building one")
		cache    = flag.String("cache", filepath.Join(".cache", "bench"), "folder for filled databases and built programs")
		modes    = flag.String("modes", "doors,refresh,gate", "what to measure: doors, refresh, gate, lists, pages")
		only     = flag.String("only", "", "of the doors and pages, those whose names match this regular expression")
		postgres = flag.String("postgres", "", "an empty PostgreSQL database (postgres://...) on which refreshes are measured too")
		check    = flag.Bool("check", false, "exit 1 where a target is missed")
	)
	flag.Parse()
	ctx, release := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer release()
	b := bench{
		hub: *prebuilt, cache: *cache, out: os.Stdout, progress: os.Stderr, modes: strings.Split(*modes, ","), postgres: *postgres,
		effort: effort{rounds: *rounds, duration: time.Duration(*seconds * float64(time.Second)), connections: 16},
	}
	missed, err := b.parseAndRun(ctx, *services, *wires, *only)
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	case missed > 0 && *check:
		os.Exit(1)
	}
}

// bench is one run of everything.
type bench struct {
	hub, floor    string // the programs
	cache         string
	modes         []string
	only          *regexp.Regexp // names of the doors and pages to measure
	postgres      string         // DSN
	effort        effort
	services      []int
	wires         []wire
	out, progress io.Writer
}

func (b *bench) parseAndRun(ctx context.Context, services, wires, only string) (missed int, err error) {
	if b.only, err = regexp.Compile(only); err != nil {
		return 0, fmt.Errorf("-only: %w", err)
	}
	for text := range strings.SplitSeq(services, ",") {
		number, err := strconv.Atoi(text)
		if err != nil || number < 1 {
			return 0, fmt.Errorf("-services %s: %q is not a number above 0", services, text)
		}
		b.services = append(b.services, number)
	}
	for text := range strings.SplitSeq(wires, ",") {
		over, known := map[string]wire{"plain": plain, "tls": secure}[text]
		if !known {
			return 0, fmt.Errorf("-wires %s: %q is neither plain nor tls", wires, text)
		}
		b.wires = append(b.wires, over)
	}
	if b.effort.rounds < 1 || b.effort.duration < 100*time.Millisecond {
		return 0, errors.New("-rounds and -seconds: at least 1 round of 0.1 s")
	}
	return b.run(ctx)
}

// run builds the programs and measures what was asked for.
func (b *bench) run(ctx context.Context) (missed int, err error) {
	if err := b.build(ctx); err != nil {
		return 0, err
	}
	found := &report{out: b.out}
	for _, mode := range b.modes {
		measure, known := map[string]func(context.Context, *report) error{
			"doors": b.doors, "refresh": b.refreshed, "gate": b.gated, "lists": b.lists, "pages": b.pages,
		}[mode]
		if !known {
			return 0, fmt.Errorf("-modes: %q is neither doors nor refresh nor gate nor lists nor pages", mode)
		}
		if err := measure(ctx, found); err != nil {
			return 0, err
		}
	}
	fmt.Fprintf(b.out, "\n%d targets missed. Medians of %d rounds of %v; the doors with %d connections.\n",
		found.missed, b.effort.rounds, b.effort.duration, b.effort.connections)
	return found.missed, nil
}

// doors measures each way to a token and each way to check one beside the floor.
func (b *bench) doors(ctx context.Context, found *report) error {
	var all []filled
	for _, number := range b.services {
		one, err := fill(ctx, b.hub, b.cache, number, b.progress)
		if err != nil {
			return err
		}
		all = append(all, one)
	}
	figures, err := b.alone(ctx, all)
	if err != nil {
		return err
	}
	for _, over := range b.wires {
		after, err := b.loaded(ctx, over, all, found)
		if err != nil {
			return err
		}
		figures = append(figures, after...)
	}
	found.figures(figures)
	return nil
}

// build makes the programs as they are released: static and stripped.
func (b *bench) build(ctx context.Context) error {
	if _, err := os.Stat("go.mod"); err != nil {
		return errors.New("run it from the project's root: go run ./test/bench")
	}
	programs := map[string]*string{"./test/bench/floor": &b.floor}
	if b.hub == "" {
		programs["./cmd/hub"] = &b.hub
	}
	for source, at := range programs {
		path, err := filepath.Abs(filepath.Join(b.cache, filepath.Base(source)))
		if err != nil {
			return err
		}
		command := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", path, source)
		command.Env = append(os.Environ(), "CGO_ENABLED=0")
		command.Stdout, command.Stderr = b.progress, b.progress
		if err := command.Run(); err != nil {
			return fmt.Errorf("building %s: %w", source, err)
		}
		*at = path
	}
	return nil
}

// starts is how often the time to the first token is taken.
const starts = 5

// alone measures what needs no load: size of the binary, time to the first token, idle memory.
func (b *bench) alone(ctx context.Context, all []filled) ([]figure, error) {
	binary, err := os.Stat(b.hub)
	if err != nil {
		return nil, err
	}
	figures := []figure{{"binary, static and stripped", megabytes(binary.Size()), "MB", 35}}
	for _, on := range all {
		b.tell(fmt.Sprintf("starts with %s services", thousands(on.services)))
		var times []time.Duration
		for range starts {
			took, err := firstToken(ctx, b.hub, on)
			if err != nil {
				return nil, err
			}
			times = append(times, took)
		}
		idle, err := idleMemory(ctx, b.hub, on)
		if err != nil {
			return nil, err
		}
		figures = append(figures,
			figure{fmt.Sprintf("exec to first token, %s services", thousands(on.services)),
				float64(median(times)) / float64(time.Millisecond), "ms", 150},
			figure{fmt.Sprintf("idle memory, %s services", thousands(on.services)), megabytes(idle), "MB", 30})
	}
	return figures, nil
}

// loaded measures all subjects over one wire and gives the memory that is left in use afterwards.
func (b *bench) loaded(ctx context.Context, over wire, all []filled, found *report) ([]figure, error) {
	var hubs []*hubServer
	defer func() {
		for _, one := range hubs {
			one.stop()
		}
	}()
	for _, on := range all {
		one, err := serve(ctx, b.hub, on, over)
		if err != nil {
			return nil, err
		}
		hubs = append(hubs, one)
		if err := one.prepare(ctx); err != nil {
			return nil, fmt.Errorf("%w\n%s", err, one.log)
		}
	}
	bare, err := b.startFloor(ctx, hubs[0], nil)
	if err != nil {
		return nil, err
	}
	defer bare.stop()

	rows, everyone := contenders(bare, hubs, over, b.only)
	if err := b.effort.measure(ctx, everyone, b.tell); err != nil {
		return nil, err
	}
	b.tell("")
	found.ratios(string(over), b.services, rows)
	var figures []figure
	for i, one := range hubs {
		used, err := one.memory()
		if err != nil {
			return nil, err
		}
		figures = append(figures, figure{fmt.Sprintf("memory after load, %s, %s services", over, thousands(b.services[i])),
			megabytes(used), "MB", 60})
	}
	return figures, nil
}

// tell shows what is going on, on one line that the next replaces.
func (b *bench) tell(what string) { fmt.Fprintf(b.progress, "\r\033[K%s", what) }

func megabytes(bytes int64) float64 { return float64(bytes) / 1e6 }
