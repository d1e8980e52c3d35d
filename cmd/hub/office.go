package main

import (
	"context"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/keyring"
	"example.org/hub/internal/store"
	"example.org/hub/internal/web"
)

// office answers what the pages of the back office ask.
func (p *program) office() web.Office {
	people := store.NewMemo(p.store, func(ctx context.Context, _ struct{}) (store.People, error) { return p.store.People(ctx) }, store.UserChanged)
	curves := store.NewCurves(p.store)
	return web.Office{
		History: curves.History,
		Busiest: curves.Busiest,
		People: func(ctx context.Context) (all, secured int64, err error) {
			counted, err := people.Get(ctx, struct{}{})
			return counted.All, counted.Secured, err
		},
		Census: func(ctx context.Context, environment hub.Environment) (web.Census, error) {
			counted, err := curves.Census(ctx, environment)
			return web.Census(counted), err
		},
		TurnedAway: curves.TurnedAway,
		System:     p.system,
		Rotate:     func(ctx context.Context, actor hub.Actor) error { return p.ring.Rotate(ctx, actor, false) },
	}
}

// system is how this node is.
func (p *program) system(ctx context.Context) (web.System, error) {
	version, _ := build()
	system := web.System{Version: version, Database: "SQLite", ReadOnly: p.store.ReadOnly(), KeyAge: signingKeyAge,
		FailureLimits: p.settings.FailureLimits, RateLimit: p.settings.RateLimit, Registration: p.settings.Registration}
	if p.settings.Database != "" {
		system.Database = "PostgreSQL"
	}
	keys, err := p.store.SigningKeys(ctx)
	if err != nil {
		return system, err
	}
	now := p.store.Now()
	stages := map[string]web.KeyStage{"next": web.KeyNext, "active": web.KeyActive}
	for _, key := range keys {
		stage, known := stages[keyring.State(key, keys, now)]
		if !known {
			stage = web.KeyChecks
		}
		system.Keys = append(system.Keys, web.SigningKey{
			ID: key.ID, Algorithm: key.Algorithm, Environment: key.Environment, Use: key.Use,
			Stage: stage, Created: key.CreatedAt, Active: key.ActiveAt, Ends: key.RemoveAt,
		})
	}
	for name, ran := range p.metrics.Jobs() {
		system.Jobs = append(system.Jobs, web.Job{Name: name, Ran: ran})
	}
	return system, nil
}
