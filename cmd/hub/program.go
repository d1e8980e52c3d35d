package main

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"example.org/hub/internal/audit"
	"example.org/hub/internal/config"
	"example.org/hub/internal/demo"
	"example.org/hub/internal/doors"
	"example.org/hub/internal/fault"
	"example.org/hub/internal/fetch"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/mail"
	"example.org/hub/internal/metrics"
	"example.org/hub/internal/once"
	"example.org/hub/internal/provider"
	"example.org/hub/internal/rest"
	"example.org/hub/internal/server"
	"example.org/hub/internal/signin"
	"example.org/hub/internal/upkeep"
	"example.org/hub/internal/web"
	"example.org/hub/oauth"
	"example.org/hub/oauth/oauthhttp"
)

// program is a hub about to run: all rooms, joined.
type program struct {
	*house
	metrics  *metrics.Set
	provider *provider.Provider
	outbox   *mail.Outbox
	desk     *signin.Desk
	material *web.Material
	pages    *web.Pages    // of production
	mailbox  *mail.Mailbox // of hub dev, where everybody may read it and see why a sign-in failed; nil otherwise
	server   *server.Server
	begun    atomic.Bool // the database was found in order
}

// openProgram opens the database and joins the rooms. Nothing listens yet. mailbox is hub dev's.
func openProgram(ctx context.Context, terminal *Terminal, settings *config.Settings, mailbox *mail.Mailbox) (*program, error) {
	measured := metrics.New()
	h, err := openHouse(ctx, settings, newLog(terminal, settings), access{server: true, trouble: measured.DatabaseErrors.Count})
	if err != nil {
		return nil, err
	}
	p := &program{house: h, metrics: measured, material: web.NewMaterial(), mailbox: mailbox}
	p.metrics.Build(build())
	p.provider = provider.New(provider.Options{
		Store: h.store, Master: h.master, Ring: h.ring, Fetch: &fetch.Client{Allow: h.resolved.FetchAllow}, Metrics: p.metrics, Log: h.log,
		RateLimit: h.resolved.RateLimit, AccountFailure: h.resolved.AccountFailure, AddressFailure: h.resolved.AddressFailure,
		TellStolen: p.tellStolen,
	})
	h.credentials.Tell, h.credentials.Signed = p.tellLeaked, p.provider.Signed
	if err := p.openDesk(); err != nil {
		h.close()
		return nil, err
	}
	environments, err := p.environments()
	if err != nil {
		h.close()
		return nil, err
	}
	certificates := server.TLS{
		Mode: settings.TLS, CertFile: settings.TLSCert, KeyFile: settings.TLSKey,
		Email: settings.ACMEEmail, Directory: settings.ACMEDirectory,
	}
	if settings.Database != "" {
		certificates.Shelf = &shelf{store: h.store, master: h.master}
	}
	p.server, err = server.New(server.Options{
		Listen: settings.Listen, MetricsListen: settings.MetricsListen, Pprof: settings.Pprof, Dir: settings.Data, TLS: certificates,
		TrustedProxies: h.resolved.TrustedProxies, ForwardedHeader: settings.ForwardedHeader,
		Environments: environments, Ready: p.ready, Metrics: p.metrics, Log: h.log,
	})
	if err != nil {
		h.close()
		return nil, err
	}
	return p, nil
}

// environments gives both issuers with their routes.
func (p *program) environments() ([]server.Environment, error) {
	production, err := p.environment(hub.Production, p.resolved.URL)
	if err != nil || p.resolved.TestURL == "" {
		return []server.Environment{production}, err
	}
	test, err := p.environment(hub.Test, p.resolved.TestURL)
	return []server.Environment{production, test}, err
}

// environment joins the rooms that answer for one issuer: its authorization server, its pages, its route table.
func (p *program) environment(environment hub.Environment, url string) (server.Environment, error) {
	core := p.provider.Server(environment, url)
	core.Grants = []oauth.Grant{oauth.ClientCredentials{}, oauth.AuthorizationCode{}, oauth.RefreshToken{}, oauth.Password{}, oauth.DeviceCode{}}
	core.Passwords = p.provider.Passwords(environment, p.desk)
	if p.settings.Registration != "off" {
		core.Registration = oauth.Registration(p.settings.Registration)
	}
	core.HubServiceID, core.ErrorPage = hub.HubServiceID, url+web.ProblemPath+"?error="
	pages, err := p.newPages(environment, core)
	if err != nil {
		return server.Environment{}, err
	}
	if environment == hub.Production {
		p.pages = pages
	}
	return server.Environment{Name: string(environment), URL: url, Routes: p.routes(environment, core, pages), Page: pages.Refusal,
		Origins: func(ctx context.Context, origin string) bool {
			return p.provider.OriginRegistered(ctx, environment, origin)
		}}, nil
}

// routes is the route table of an environment.
func (p *program) routes(environment hub.Environment, core *oauth.Server, pages *web.Pages) []server.Route {
	var table server.Table
	(&oauthhttp.Handler{
		Server: core, Session: pages.Session, SignedIn: pages.SignedIn, Page: pages.Show, SignOut: pages.SignOut,
	}).Mount(table.Protocol)
	pages.Mount(table.Browser)
	if p.mailbox != nil {
		(&demo.Mailbox{Box: p.mailbox}).Mount(table.Browser)
	}
	(&rest.API{
		Environment: environment, Server: core, Provider: p.provider, Desk: p.desk, Directory: p.directory, Credentials: p.credentials,
		Once: &once.Book{Store: p.store, Master: p.master}, Audit: &audit.Log{Store: p.store, Recent: p.provider.RecentRefusal},
		RestoreURL: pages.RestoreURL(),
	}).Mount(table.API, table.Missing)
	(&doors.Doors{Environment: environment, Server: core, Provider: p.provider, Directory: p.directory, Credentials: p.credentials}).Mount(table.Door)
	return table.Routes
}

// ready says what /readyz answers.
func (p *program) ready() (server.Status, string) {
	switch {
	case !p.begun.Load():
		return server.NotReady, "the database has not been reached yet"
	case p.store.FeedAge() > 5*time.Second:
		return server.NotReady, "the database cannot be reached"
	case p.store.ReadOnly():
		return server.ReadOnly, "the database can be read only"
	}
	return server.Ready, ""
}

// retryBegin is how often a hub that was started before its database looks for it.
const retryBegin = 500 * time.Millisecond

// run listens and serves until the context ends, then finishes what is in flight. announce is called when the hub
// answers.
func (p *program) run(ctx context.Context, announce func()) error {
	first := p.begin(ctx)
	if first != nil && !fault.Is(first, fault.Unavailable) {
		return first
	}
	p.begun.Store(first == nil)
	if err := p.server.Listen(ctx); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var late error // what ends a hub that was started before its database
	var background sync.WaitGroup
	background.Go(func() { p.provider.Run(ctx) })
	background.Go(func() {
		if !p.begun.Load() {
			if late = p.beginLater(ctx); late != nil {
				stop()
				return
			}
		}
		upkeep.Run(ctx, p.log, p.metrics, p.jobs())
	})
	if first == nil {
		if err := p.readyKeys(ctx); err != nil {
			return err
		}
	}
	announce()
	background.Go(func() { keepSmall(ctx, p.log) })
	err := p.server.Run(ctx)
	stop()
	background.Wait()
	return errors.Join(late, err)
}

// readyKeys makes and reads every key that signs, so that whoever is told that the hub is ready finds it so: a code that is
// redeemed while there is no key for its ID token would be lost.
func (p *program) readyKeys(ctx context.Context) error {
	return p.provider.EnsureIDKeys(ctx)
}

// beginLater waits for a database that was away at start. An error is one that waiting does not mend.
func (p *program) beginLater(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(retryBegin):
		}
		err := p.begin(ctx)
		if err == nil {
			err = p.readyKeys(ctx)
		}
		switch {
		case err == nil:
			p.begun.Store(true)
			return nil
		case ctx.Err() != nil:
			return nil
		case !fault.Is(err, fault.Unavailable):
			return err
		}
	}
}
