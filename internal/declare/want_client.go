package declare

import (
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
)

// serviceNames are key and name as they will be: one that was not given follows from the other.
func serviceNames(m match[Service, serviceState]) []Given[string] {
	key, name := m.d.Key, m.d.Name
	if m.old == nil && !key.Set {
		key = Given[string]{name.Mark, hub.KeyFromName(name.Value)}
	}
	if m.old == nil && !name.Set {
		name = Given[string]{key.Mark, key.Value}
	}
	return []Given[string]{key, name}
}

func (p *planner) wantService(m match[Service, serviceState]) {
	environment := environmentOf(m.d.Environment)
	now := serviceState{Service: hub.Service{ID: m.id, Environment: environment, CreatedAt: p.now}}
	if m.old != nil {
		now = *m.old
	} else {
		now.Flows = slices.Clone(p.flows)
		if m.d.Public.Value {
			now.Flows = slices.DeleteFunc(now.Flows,
				func(f hub.Flow) bool { return f == hub.ClientCredentials }) // RFC 6749 section 4.4
		}
	}
	names := serviceNames(m)
	take(&now.Key, names[0])
	take(&now.Name, names[1])
	p.takeSettings(m.d, &now.Service)
	p.organisationOf(&now.Organisation, m.d.Organisation)
	if m.d.Viewers.Set {
		now.Viewers = p.groupIDs(m.d.Viewers)
	}
	wrong := now.Check()
	if m.old != nil {
		wrong = append(wrong, m.old.CheckChange(now.Service)...)
	}
	what := "service " + quoted(now.Key)
	check(p, serviceTable, m.d, m.d.Line, what, wrong)
	p.wantRegistration(m, &now)
	now.secrets = p.secrets(m.d.Secrets, now.secrets, m.id, environment)
	if now.Public && len(now.secrets) > 0 {
		p.add(serviceTable.line(m.d, "secrets", m.d.Line),
			"%s: a public service has no secret; leave secrets out, or write public: false", what)
	}
	now.grants = p.grants(m.d.Roles, now.grants, holder{hub.HolderService, m.id}, environment)
	var old *Service
	if m.old != nil {
		if reflect.DeepEqual(now, *m.old) {
			return // most of very many stay as they are: they need not be described
		}
		old = p.index.describeService(*m.old)
	}
	now.UpdatedAt = p.now
	change(p, serviceTable, old, p.index.describeService(now), Change{What: "service", ID: m.id, Name: now.Key,
		Environment: environment, line: m.d.Line,
		write: func(ctx context.Context, w *applying) error { return w.service(ctx, m.old, now) }})
}

func (p *planner) takeSettings(d *Service, s *hub.Service) {
	take(&s.HomeURL, d.HomeURL)
	take(&s.IconURL, d.IconURL)
	take(&s.UserURIPattern, d.UserURIPattern)
	take(&s.GroupURIPattern, d.GroupURIPattern)
	take(&s.ApplicationName, d.ApplicationName)
	take(&s.Description, d.Description)
	take(&s.Vendor, d.Vendor)
	take(&s.Version, d.Version)
	take(&s.ReleaseDate, d.ReleaseDate)
	take(&s.BaseURLs, d.BaseURLs)
	take(&s.RedirectURIs, d.RedirectURIs)
	take(&s.PostLogoutRedirectURIs, d.PostLogoutRedirectURIs)
	take(&s.RequestURIs, d.RequestURIs)
	take(&s.Trusted, d.Trusted)
	take(&s.Public, d.Public)
	take(&s.Disabled, d.Disabled)
	if d.Flows.Set {
		s.Flows = make([]hub.Flow, len(d.Flows.Value))
		for i, flow := range d.Flows.Value {
			s.Flows[i] = hub.Flow(flow)
		}
	}
	if d.Permissions.Set {
		s.Permissions = nil
		for _, permission := range d.Permissions.Value {
			s.Permissions = append(s.Permissions, hub.Permission{Key: permission.Key.Value, Name: permission.Name.Value,
				Description: permission.Description.Value})
		}
	}
	takeWord(&s.AccessToken, d.AccessToken)
	take(&s.Entitlements, d.Entitlements)
	take(&s.IDTokenAlg, d.IDTokenAlg)
	if d.PKCE.Set {
		s.PKCERequired = d.PKCE.Value == "required"
	}
	takeWord(&s.AuthMethod, d.AuthMethod)
	take(&s.JWKS, d.JWKS)
	take(&s.JWKSURI, d.JWKSURI)
	take(&s.RequirePushedAuthorization, d.RequirePushedAuthorization)
	if d.Consent.Set {
		s.SkipConsent = !d.Consent.Value
	}
	p.takeSelfRegistered(d, s)
	take(&s.RotateRefreshTokens, d.RotateRefreshTokens)
}

// takeSelfRegistered takes over what only a service has that registered itself.
func (p *planner) takeSelfRegistered(d *Service, s *hub.Service) {
	if d.SelfRegistered.Set && !d.SelfRegistered.Value {
		s.SelfRegistered = nil
	}
	if !d.SelfRegistered.Value && s.SelfRegistered == nil {
		if d.RequestObjectAlg.Value != "" {
			p.add(d.RequestObjectAlg.Line, "requestObjectAlg is of services that registered themselves: write selfRegistered: true, or leave it out")
		}
		return
	}
	own := hub.SelfRegistration{}
	if s.SelfRegistered != nil {
		own = *s.SelfRegistered
	}
	take(&own.RequestObjectAlg, d.RequestObjectAlg)
	s.SelfRegistered = &own
}

// wantRegistration takes over what a service that registered itself manages its registration with.
func (p *planner) wantRegistration(m match[Service, serviceState], now *serviceState) {
	if !m.d.Registration.Set {
		return
	}
	given := m.d.Registration.Value
	if now.SelfRegistered == nil {
		p.add(m.d.Registration.Line, "registration is of services that registered themselves: write selfRegistered: true, or leave it out")
		return
	}
	if !json.Valid([]byte(given.Document.Value)) {
		p.add(given.Document.Line, "document must be the client's metadata as a JSON object")
		return
	}
	digest, _, ok := p.digest(given.Credential, "", "")
	if !ok {
		return
	}
	one := hub.Registration{Environment: now.Environment, ClientID: m.id, CreatedAt: p.now}
	if len(now.registration.Digest) > 0 {
		one = now.registration
	}
	one.Digest, one.Document = digest, []byte(given.Document.Value)
	take(&one.ByID, given.By)
	take(&one.CreatedAt, given.Created)
	now.registration = one
}

func (p *planner) wantAPIClient(m match[APIClient, apiClientState]) {
	environment := environmentOf(m.d.Environment)
	now := apiClientState{APIClient: hub.APIClient{ID: m.id, Environment: environment, AuthorID: p.actor.ID(), CreatedAt: p.now}}
	var old *APIClient
	if m.old != nil {
		now, old = *m.old, p.index.describeAPIClient(*m.old)
	}
	what := "API client " + m.id
	p.ownerOf(&now.UserID, m.d.User, m.d.Line, what)
	if m.old == nil {
		take(&now.AuthorID, m.d.Author)
		if reason := hub.CheckClientID(m.id); reason != "" {
			p.add(m.d.ID.Line, "%s: id %s", what, reason)
		}
		p.notAService(environment, m.id, m.d.Line, what)
	}
	take(&now.Label, m.d.Label)
	p.label(now.Label, m.d.Label, m.d.Line, what)
	take(&now.Limited, m.d.Limited)
	take(&now.Disabled, m.d.Disabled)
	given := m.d.Secrets
	if m.d.Secret.Set {
		if given.Set {
			p.add(m.d.Secret.Line, "%s: give either secret or secrets", what)
		}
		given = Given[[]Credential]{m.d.Secret.Mark, []Credential{m.d.Secret.Value}}
	}
	now.secrets = p.secrets(given, now.secrets, m.id, environment)
	change(p, apiClientTable, old, p.index.describeAPIClient(now), Change{What: "API client", ID: m.id, Name: now.Label,
		Environment: environment, line: m.d.Line,
		write: func(ctx context.Context, w *applying) error { return w.apiClient(ctx, m.old, now) }})
}

// ownerOf finds the user of an API client or app, who stays the same.
func (p *planner) ownerOf(to *string, given Given[string], line int, what string) {
	if !given.Set {
		if *to == "" {
			p.add(line, "%s: user is missing: the login of whom it acts for", what)
		}
		return
	}
	id, ok := p.reference(p.index.users, given.Line, "user", given.Value)
	if ok && *to != "" && *to != id {
		p.add(given.Line, "%s belongs to %s: it cannot be handed on; declare another one", what, quoted(p.index.users.label(*to)))
		return
	}
	*to = id
}

func (p *planner) label(label string, given Given[string], line int, what string) {
	if given.Set {
		line = given.Line
	}
	if reason := hub.CheckName(label); reason != "" {
		p.add(line, "%s: label %s", what, reason)
	}
}

// notAService keeps apart what stands in the same place of a request: client_id.
func (p *planner) notAService(environment hub.Environment, id string, line int, what string) {
	if service, found := p.index.services[environment].find(id); found {
		p.add(line, "%s: the service %s is known by this id already", what, quoted(p.index.services[environment].label(service)))
	}
}

func (p *planner) wantApp(m match[App, appState]) {
	environment := environmentOf(m.d.Environment)
	now := appState{hub.App{ID: m.id, Environment: environment, AuthorID: p.actor.ID(), CreatedAt: p.now}}
	var old *App
	if m.old != nil {
		now, old = *m.old, p.index.describeApp(*m.old)
	}
	what := "app " + m.id
	p.ownerOf(&now.UserID, m.d.User, m.d.Line, what)
	if m.old == nil {
		if reason := hub.CheckAppID(m.id); reason != "" {
			p.add(m.d.AppID.Line, "%s: appId %s", what, reason)
		}
		p.notAService(environment, m.id, m.d.Line, what)
		take(&now.AuthorID, m.d.Author)
	}
	take(&now.Label, m.d.Label)
	p.label(now.Label, m.d.Label, m.d.Line, what)
	take(&now.Disabled, m.d.Disabled)
	take(&now.Suspended, m.d.Suspended)
	p.wantAppKey(m, &now)
	p.wantAllowlist(m, &now)
	change(p, appTable, old, p.index.describeApp(now), Change{What: "app", ID: m.id, Name: now.Label,
		Environment: environment, line: m.d.Line,
		write: func(ctx context.Context, w *applying) error { return w.app(ctx, m.old, now) }})
}

// wantAppKey takes over the key. A new app without one gets one made: it can be shown again to its owner.
func (p *planner) wantAppKey(m match[App, appState], now *appState) {
	given := m.d.AppKey
	if !given.Set && m.old == nil {
		place := within(now.Environment, now.ID)
		if p.memory.keys[place] == "" {
			p.memory.keys[place] = secret.New(secret.AppKey, now.Environment == hub.Test).Reveal()
		}
		given = Given[Credential]{Mark{true, m.d.Line}, Credential{Value: Given[string]{Mark{true, m.d.Line},
			p.memory.keys[place]}, line: m.d.Line}}
	}
	if given.Set {
		box, key, ok := p.sealedSecret(given.Value, hub.AppKeyPurpose(now.Environment, now.ID), now.SealedKey,
			p.appKey(given.Line, now.Environment))
		if ok {
			now.SealedKey, now.Digest = box, p.master.Digest(string(key))
		}
	}
	if !m.d.PreviousKey.Set {
		return
	}
	previous := m.d.PreviousKey.Value
	if !previous.Expires.Set {
		p.add(m.d.PreviousKey.Line, "previousKey needs expires: until when it is accepted beside the new one")
		return
	}
	if digest, _, ok := p.digest(previous, secret.AppKey, now.Environment); ok {
		now.PreviousDigest, now.PreviousEndsAt = digest, previous.Expires.Value
	}
}

// appKey reads an app key given in the clear.
func (p *planner) appKey(line int, environment hub.Environment) func(string) ([]byte, bool) {
	return func(text string) ([]byte, bool) {
		reason := misformed(text, secret.AppKey, environment)
		if short := hub.CheckSecret(text); short != "" {
			reason = "an app key " + short
		}
		if reason != "" {
			p.add(line, "%s", reason)
		}
		return []byte(text), reason == ""
	}
}

func (p *planner) wantAllowlist(m match[App, appState], now *appState) {
	if !m.d.Allowlist.Set {
		return
	}
	there := now.Allowlist
	now.Allowlist = nil
	for _, entry := range m.d.Allowlist.Value {
		prefix, err := hub.ParsePrefix(strings.TrimSpace(entry.Address.Value))
		if err != nil {
			p.add(entry.Line, "allowlist: %v", err)
			continue
		}
		if reason := hub.CheckName(entry.Note.Value); entry.Note.Value != "" && reason != "" {
			p.add(entry.Line, "allowlist: note %s", reason)
		}
		same := func(one hub.AllowedAddress) bool { return one.Prefix == prefix }
		if slices.ContainsFunc(now.Allowlist, same) {
			p.add(entry.Line, "allowlist: %s is there twice", prefix)
			continue
		}
		one := hub.AllowedAddress{Prefix: prefix, CreatedAt: p.now}
		if i := slices.IndexFunc(there, same); i >= 0 {
			one = there[i]
		}
		if take(&one.Note, entry.Note); one.ID == "" || !slices.Contains(there, one) {
			one.ID = hub.NewID()
		}
		now.Allowlist = append(now.Allowlist, one)
	}
	inOrder(now.Allowlist, func(one *hub.AllowedAddress) string { return byAge(one.CreatedAt, one.ID) })
}
