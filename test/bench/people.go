package main

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"os/exec"
	"path/filepath"
)

// crowd is how many connections there are where many come at once.
const crowd = 64

// person signs in by password, through a service that may take passwords and keeps refresh tokens.
const (
	person         = "ada"
	personPassword = "correct horse battery staple"
)

var desk = credential{number("desk", 0), secretOf("desk", 0)}

func declareDesk() string {
	return fmt.Sprintf(`version: 1
users: [{login: %s, name: Ada Bench, password: %q}]
services:
  - {id: %s, environment: production, key: desk, name: Desk, homeUrl: "https://desk.example.test", secrets: [%q],
     flows: [authorization_code, refresh_token, client_credentials, password]}
`, person, personPassword, desk.id, desk.secret)
}

// engine is a database to measure on.
type engine struct {
	name string
	dsn  string // of PostgreSQL; empty: SQLite in the folder
}

// engines are those that were asked for.
func (b *bench) engines() []engine {
	all := []engine{{name: "SQLite"}}
	if b.postgres != "" {
		all = append(all, engine{"PostgreSQL", b.postgres})
	}
	return all
}

// peopled starts a hub with the person and the desk in it, on a fresh folder.
func (b *bench) peopled(ctx context.Context, on engine, folder string) (*hubServer, error) {
	data := []string{"--data", filepath.Join(folder, "data")}
	if on.dsn != "" {
		data = append(data, "--database", on.dsn)
	}
	apply := exec.CommandContext(ctx, b.hub, append([]string{"apply", "-f", "-"}, data...)...)
	apply.Stdin = bytes.NewBufferString(declareDesk())
	if said, err := apply.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("hub apply: %w\n%s", err, said)
	}
	ports, err := freePorts(1)
	if err != nil {
		return nil, err
	}
	addr := fmt.Sprintf("localhost:%d", ports[0])
	running, err := start(ctx, "hub ready url=", b.hub, append([]string{
		"serve", "--listen", addr, "--metrics-listen", "off", "--tls", "off", "--url", "http://" + addr,
	}, data...)...)
	if err != nil {
		return nil, err
	}
	return &hubServer{process: running, target: target{host: addr}, wire: load{addr: addr}}, nil
}

// byPassword, byRefresh and bySelf are requests of the desk at the token endpoint.
func byPassword(host string) []byte {
	return askToken(host, url.Values{
		"grant_type": {"password"}, "username": {person}, "password": {personPassword},
		"scope": {desk.id}, "access_type": {"offline"},
	})
}

func byRefresh(host, token string) []byte {
	return askToken(host, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}})
}

func bySelf(host string) []byte {
	return askToken(host, url.Values{"grant_type": {"client_credentials"}, "scope": {desk.id}})
}

func askToken(host string, form url.Values) []byte {
	return postForm(host, "/api/rest/oauth2/token", basic(desk.id, desk.secret), form)
}
