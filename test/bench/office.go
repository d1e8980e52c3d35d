package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	throng "example.org/hub/test/crowd"
)

// The population that pages are measured with.
const (
	officeUsers    = 100_000
	officeTokens   = officeUsers * throng.TokensEach
	officeServices = 200
	officeTeams    = 100
)

// officer administers everything.
const officer = "officer"

// declareOffice is the part of it that hub makes by itself: who signs in, and what everybody shares.
func declareOffice() (string, error) {
	var text bytes.Buffer
	if err := declareServices(&text, 1, officeServices); err != nil {
		return "", err
	}
	fmt.Fprintf(&text, "  - {id: %s, environment: production, key: %s, name: Payments API, homeUrl: \"https://payments.example.test\", secrets: [%q], permissions: [{key: create, name: Create payment}, {key: read, name: Read payment}]}\n",
		service(0).id, payments, service(0).secret)
	fmt.Fprint(&text, "roles:\n")
	for n := range 8 {
		fmt.Fprintf(&text, "  - {key: operator-%d, name: Operator %d, permissions: [\"%s:create\", \"%s:read\"]}\n", n, n, payments, payments)
	}
	fmt.Fprint(&text, "organisations:\n")
	for n := range 20 {
		fmt.Fprintf(&text, "  - {key: works-%02d, name: Works %02d}\n", n, n)
	}
	fmt.Fprint(&text, "groups:\n")
	for n := range officeTeams {
		fmt.Fprintf(&text, "  - {name: Team %03d, roles: [{role: operator-%d}]}\n", n, n%8)
	}
	fmt.Fprintf(&text, "users:\n  - {id: %s, login: %s, name: Ada Bench, email: ada@example.test, password: %q, groups: [Team 000, Team 001, Team 002]}\n",
		number("person", 0), person, personPassword)
	fmt.Fprintf(&text, "  - {id: %s, login: %s, name: Olga Bench, email: olga@example.test, password: %q, roles: [{role: system-admin}]}\n",
		number("person", 1), officer, personPassword)
	fmt.Fprint(&text, "apiClients:\n")
	for n := range 3 {
		fmt.Fprintf(&text, "  - {id: %s, environment: production, user: %s, label: Export %d, secret: %q}\n",
			apiClient(n).id, person, n, apiClient(n).secret)
	}
	fmt.Fprintf(&text, "apps:\n  - {appId: \"%s\", environment: production, user: %s, label: Shop, appKey: %q, allowlist: [\"127.0.0.0/8\", \"::1/128\", \"203.0.113.0/24\"]}\n",
		app(0).id, person, app(0).secret)
	return text.String(), nil
}

// office starts a hub that many people use. On SQLite the filled folder is kept for the next time.
func (b *bench) office(ctx context.Context, on engine) (*hubServer, error) {
	declared, err := declareOffice()
	if err != nil {
		return nil, err
	}
	schema, err := fillName(officeUsers)
	if err != nil {
		return nil, err
	}
	digest := sha256.Sum256([]byte(declared + schema))
	folder := filepath.Join(b.cache, "office-"+hex.EncodeToString(digest[:6]))
	if on.dsn != "" {
		folder = filepath.Join(b.cache, "office-postgres")
	}
	at := filled{services: officeServices, folder: filepath.Join(folder, "data")}
	full := filepath.Join(folder, "full")
	if _, err := os.Stat(full); err != nil || on.dsn != "" {
		began := time.Now()
		b.tell(fmt.Sprintf("%s: fills a database with %s users and %s tokens", on.name, thousands(officeUsers), thousands(officeTokens)))
		if err := os.RemoveAll(folder); err != nil {
			return nil, err
		}
		if err := b.fillOffice(ctx, on, at.folder, declared); err != nil {
			return nil, err
		}
		if on.dsn == "" {
			if err := settle(ctx, b.hub, at); err != nil {
				return nil, err
			}
		}
		if err := os.WriteFile(full, nil, 0o600); err != nil {
			return nil, err
		}
		b.tell("")
		fmt.Fprintf(b.progress, "%s users and %s tokens on %s: filled in %.1f s\n",
			thousands(officeUsers), thousands(officeTokens), on.name, time.Since(began).Seconds())
	}
	addr, args, err := serveArguments(at, plain)
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
	return &hubServer{process: running, target: target{host: addr, filled: at}, wire: load{addr: addr}}, nil
}

func (b *bench) fillOffice(ctx context.Context, on engine, folder, declared string) error {
	data := []string{"--data", folder}
	driver, dsn, bytesType, settled := "sqlite3", "file:"+filepath.Join(folder, "hub.db"), "BLOB", []string{"PRAGMA wal_checkpoint(TRUNCATE)"}
	if on.dsn != "" {
		data = append(data, "--database", on.dsn)
		driver, dsn, bytesType, settled = "pgx", on.dsn, "BYTEA", []string{"ANALYZE"}
	}
	if _, err := ask(ctx, strings.NewReader(declared), b.hub, append([]string{"apply", "-f", "-"}, data...)...); err != nil {
		return err
	}
	if _, err := ask(ctx, nil, b.hub, append([]string{
		"token", "create", "--user", person, "--name", "Example", "--scope", payments,
	}, data...)...); err != nil {
		return err
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	const atOnce = 50_000
	for from := 1; from <= officeUsers; from += atOnce {
		if err := throng.Fill(ctx, db, from, min(from+atOnce, officeUsers+1)); err != nil {
			return err
		}
	}
	given := throng.Furnishing{
		Users: officeUsers, Bytes: bytesType, Roles: [2]string{"operator-0", "operator-1"}, Teams: officeTeams, Now: time.Now(),
		Big: []string{number("person", 0), number("person", 1)},
	}
	if err := db.QueryRowContext(ctx, `SELECT id FROM permanent_tokens WHERE name = 'Example'`).Scan(&given.Token); err != nil {
		return err
	}
	if err := given.Furnish(ctx, db); err != nil {
		return err
	}
	for _, text := range settled {
		if _, err := db.ExecContext(ctx, text); err != nil {
			return err
		}
	}
	return nil
}
