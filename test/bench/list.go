package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	_ "github.com/ncruces/go-sqlite3/driver"

	throng "example.org/hub/test/crowd"
)

// What lists are measured with, and what they may cost with many users relative to few, and users/me relative to the floor.
const (
	fewUsers   = 1000
	manyUsers  = 1_000_000
	listGrowth = 2.0
	meLimit    = 1.5
)

// clerk reads all lists.
const clerk = "clerk"

// lists measures pages of users with many and with few of them, on SQLite, and with -postgres on PostgreSQL.
func (b *bench) lists(ctx context.Context, found *report) error {
	for _, on := range b.engines() {
		if err := b.listsOn(ctx, on, found); err != nil {
			return fmt.Errorf("%s: %w", on.name, err)
		}
	}
	return nil
}

func (b *bench) listsOn(ctx context.Context, on engine, found *report) error {
	// One PostgreSQL database is filled further between the two; on SQLite each hub has a folder, and rounds alternate.
	var servers []*hubServer
	defer func() {
		for _, one := range servers {
			one.stop()
		}
	}()
	begin := func(users int) error {
		one, err := b.thronged(ctx, on, users)
		if err == nil {
			servers = append(servers, one)
		}
		return err
	}
	if err := begin(fewUsers); err != nil {
		return err
	}
	few, err := b.listContenders(ctx, servers[0], fewUsers)
	if err != nil {
		return err
	}
	me := get(servers[0].target.host, "/api/rest/users/me", "Bearer "+servers[0].target.filled.tokens[0])
	bare, err := b.startFloor(ctx, servers[0], map[string][]byte{"me": me})
	if err != nil {
		return err
	}
	defer bare.stop()
	if err := same(ctx, servers[0].wire, me, bare.wire, bare.requests["me"][0]); err != nil {
		return err
	}
	memory := &contender{name: "floor: me", process: bare.process, load: bare.wire}
	memory.load.requests = bare.requests["me"]
	if on.dsn != "" {
		if err := b.effort.measure(ctx, few, b.tell); err != nil {
			return err
		}
	}
	if err := begin(manyUsers); err != nil {
		return err
	}
	many, err := b.listContenders(ctx, servers[1], manyUsers)
	if err != nil {
		return err
	}
	all := append([]*contender{memory}, many...)
	if on.dsn == "" {
		all = append(all, few...)
	}
	if err := b.effort.measure(ctx, all, b.tell); err != nil {
		return err
	}
	b.tell("")
	found.lists(on.name, few, many)
	found.me(on.name, many[len(many)-1], memory)
	return nil
}

// same makes sure that hub and floor say the same, in whatever order.
func same(ctx context.Context, hub load, ask []byte, floor load, askFloor []byte) error {
	var said [2]any
	for i, one := range []struct {
		load
		request []byte
	}{{hub, ask}, {floor, askFloor}} {
		body, err := one.fetch(ctx, one.request)
		if err != nil {
			return err
		}
		if err := json.Unmarshal(body, &said[i]); err != nil {
			return err
		}
	}
	if !reflect.DeepEqual(said[0], said[1]) {
		return fmt.Errorf("the floor answers %v where hub answers %v", said[1], said[0])
	}
	return nil
}

// lists prints what each list costs with many users against few.
func (r *report) lists(engine string, few, many []*contender) {
	r.head("Lists, %s: %s users against %s, server's processor time", engine, thousands(manyUsers), thousands(fewUsers))
	table := r.table("", "µs", "µs", "ratio", "target")
	for i := range many {
		ratio := float64(many[i].processorTime()) / float64(few[i].processorTime())
		fmt.Fprintf(table, "%s\t%s\t%s\t%.2f\t%s\n", many[i].name, micros(few[i].processorTime()), micros(many[i].processorTime()), ratio,
			r.verdict(ratio, listGrowth, "%.1f"))
	}
	_ = table.Flush()
}

// me prints what users/me costs against the same answer from memory.
func (r *report) me(engine string, hub, floor *contender) {
	r.head("users/me, %s, against the same answer from the floor's memory", engine)
	table := r.table("floor µs", "hub µs", "CPU ratio", "target")
	processor, _ := ratio(hub, floor)
	fmt.Fprintf(table, "%s\t%s\t%.2f\t%s\n",
		micros(floor.processorTime()), micros(hub.processorTime()), processor, r.verdict(processor, meLimit, "%.1f"))
	_ = table.Flush()
}

// thronged starts a hub with a clerk and so many users in it. On SQLite the filled folder is kept for the next time.
func (b *bench) thronged(ctx context.Context, on engine, users int) (*hubServer, error) {
	name, err := fillName(users)
	if err != nil {
		return nil, err
	}
	folder := filepath.Join(b.cache, strings.Replace(name, "services", "users", 1))
	if on.dsn != "" {
		folder = filepath.Join(b.cache, "users-postgres")
	}
	filled := filled{services: users, folder: filepath.Join(folder, "data")}
	kept, err := os.ReadFile(filepath.Join(folder, "token"))
	if err != nil || on.dsn != "" {
		began := time.Now()
		b.tell(fmt.Sprintf("%s: fills a database with %s users", on.name, thousands(users)))
		if on.dsn == "" || users == fewUsers {
			if err := os.RemoveAll(folder); err != nil {
				return nil, err
			}
		}
		if kept, err = b.fillUsers(ctx, on, filled.folder, users); err != nil {
			return nil, err
		}
		if on.dsn == "" {
			if err := settle(ctx, b.hub, filled); err != nil {
				return nil, err
			}
		}
		if err := os.WriteFile(filepath.Join(folder, "token"), kept, 0o600); err != nil {
			return nil, err
		}
		b.tell("")
		fmt.Fprintf(b.progress, "%s users on %s: filled in %.1f s\n", thousands(users), on.name, time.Since(began).Seconds())
	}
	filled.tokens = []string{strings.TrimSpace(string(kept))}
	addr, args, err := serveArguments(filled, plain)
	if err != nil {
		return nil, err
	}
	if on.dsn != "" {
		args = append(args, "--database", on.dsn)
	}
	running, err := start(ctx, "hub ready url=", b.hub, args...)
	if err != nil {
		return nil, err
	}
	return &hubServer{process: running, target: target{host: addr, filled: filled}, wire: load{addr: addr}}, nil
}

// fillUsers makes the clerk with a token by hub itself, and the users by SQL.
func (b *bench) fillUsers(ctx context.Context, on engine, folder string, users int) (token []byte, err error) {
	data := []string{"--data", folder}
	driver, dsn, settled := "sqlite3", "file:"+filepath.Join(folder, "hub.db"), "PRAGMA wal_checkpoint(TRUNCATE)"
	if on.dsn != "" {
		data = append(data, "--database", on.dsn)
		driver, dsn, settled = "pgx", on.dsn, "ANALYZE"
	}
	declared := bytes.NewBufferString(fmt.Sprintf(
		"version: 1\nusers:\n  - {login: %s, name: Clerk Bench, email: clerk@example.test, kind: bot, roles: [{role: system-admin}]}\n", clerk))
	if _, err := ask(ctx, declared, b.hub, append([]string{"apply", "-f", "-"}, data...)...); err != nil {
		return nil, err
	}
	made, err := ask(ctx, nil, b.hub, append([]string{
		"token", "create", "--user", clerk, "--name", fmt.Sprintf("Lists %d", users), "--scope", "Hub",
	}, data...)...)
	if err != nil {
		return nil, err
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	from := 1
	if on.dsn != "" && users > fewUsers {
		from = fewUsers + 1
	}
	const atOnce = 100_000
	for ; from <= users; from += atOnce {
		if err := throng.Fill(ctx, db, from, min(from+atOnce, users+1)); err != nil {
			return nil, err
		}
	}
	_, err = db.ExecContext(ctx, settled)
	return []byte(made), err
}
