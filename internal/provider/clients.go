package provider

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
	"example.org/hub/oauth"
	"example.org/hub/oauth/jose"
)

// clients is the port oauth.Clients.
type clients struct{ view }

type clientKey struct {
	environment hub.Environment
	id          string
}

// client is what is cached of a service, an API client or an app: both faces that oauth sees, and what is behind them.
type client struct {
	asClient   oauth.Client
	asResource oauth.Resource
	service    hub.Service          // zero for API clients and apps
	said       oauth.ClientMetadata // of a service that registered itself
	grants     []hub.Grant          // what a service may do on its own behalf
	secrets    []hub.Secret
	app        hub.App
	api        hub.APIClient
}

// Client finds a service, an API client or an app by its exact id.
func (c clients) Client(ctx context.Context, id string) (*oauth.Client, error) {
	found, err := c.client(ctx, id)
	if err != nil {
		return nil, err
	}
	return &found.asClient, nil
}

func (v view) client(ctx context.Context, id string) (*client, error) {
	if err := v.inTouch(); err != nil {
		return nil, err
	}
	if !isText(id) {
		return nil, oauth.ErrNotFound
	}
	return v.clients.get(clientKey{v.environment, id}, func() (*client, error) {
		for _, load := range []func(context.Context, string) (*client, error){v.loadService, v.loadAPIClient, v.loadApp} {
			found, err := load(ctx, id)
			if !errors.Is(err, oauth.ErrNotFound) {
				return found, err
			}
		}
		return nil, oauth.ErrNotFound
	})
}

func (v view) loadService(ctx context.Context, id string) (*client, error) {
	service, secrets, err := v.Store.ServiceWithSecrets(ctx, v.environment, id)
	if err != nil {
		return nil, fromStore(err)
	}
	found := &client{service: service, secrets: secrets}
	if found.grants, err = v.Store.GrantsOf(ctx, hub.HolderService, id); err != nil {
		return nil, fromStore(err)
	}
	found.asClient = oauth.Client{
		ID: service.ID, Name: service.Name, Since: since(service.CreatedAt),
		Public: service.Public, Trusted: service.Trusted, Disabled: service.Disabled,
		GrantTypes: grantTypes(service), AuthMethod: oauth.AuthMethod(service.AuthMethod), JWKS: service.JWKS, JWKSURI: service.JWKSURI,
		Opaque: service.AccessToken == hub.Opaque, RedirectURIs: service.AnswerURIs(), PostLogoutRedirectURIs: service.PostLogoutRedirectURIs,
		RequestURIs: service.RequestURIs, RequirePKCE: service.PKCERequired, RequirePAR: service.RequirePushedAuthorization,
		IDTokenAlg: jose.Algorithm(service.IDTokenAlg), RotateRefresh: service.RotateRefreshTokens, Detail: found,
	}
	if service.SelfRegistered != nil {
		if err := v.loadSaid(ctx, found); err != nil {
			return nil, err
		}
	}
	found.asResource = oauth.Resource{ID: service.ID, Key: service.Key, Name: service.Name, Disabled: service.Disabled,
		Entitlements: service.Entitlements, Detail: found}
	return found, nil
}

// loadSaid adds what only a client says that registered itself. Its registration may be gone, since hub.yaml does not carry it.
func (v view) loadSaid(ctx context.Context, found *client) error {
	service, as := found.service, &found.asClient
	as.RequestObjectAlg, as.Unvouched = service.SelfRegistered.RequestObjectAlg, !service.Trusted && !service.SkipConsent
	row, err := v.Store.Registration(ctx, v.environment, service.ID)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return fromStore(err)
	}
	if err := json.Unmarshal(row.Document, &found.said); err != nil {
		return err
	}
	as.AssertionAlg, as.DefaultACRValues = string(found.said.AssertionAlg), found.said.DefaultACRValues
	if seconds := found.said.DefaultMaxAge; seconds != nil {
		age := time.Duration(*seconds) * time.Second
		as.DefaultMaxAge = &age
	}
	return nil
}

// grantTypes are the flows of a service under the names of the protocol; all but one have the same name here.
func grantTypes(service hub.Service) []string {
	types := make([]string, len(service.Flows))
	for i, flow := range service.Flows {
		if types[i] = string(flow); flow == hub.DeviceCode {
			types[i] = oauth.DeviceCode{}.Type()
		}
	}
	return types
}

// since is when a client was made, as its tokens tell the time: in seconds, one less since two nodes may be a moment apart.
func since(made time.Time) time.Time { return made.Add(-time.Second).Truncate(time.Second) }

// machineGrants is what API clients and apps may use.
func machineGrants() []string { return []string{string(hub.ClientCredentials)} }

func (v view) loadAPIClient(ctx context.Context, id string) (*client, error) {
	api, secrets, err := v.Store.APIClientWithSecrets(ctx, v.environment, id)
	if err != nil {
		return nil, fromStore(err)
	}
	found := &client{api: api, secrets: secrets}
	found.asClient = oauth.Client{ID: api.ID, Name: api.Label, Since: since(api.CreatedAt), ActsAs: api.UserID, Disabled: api.Disabled,
		GrantTypes: machineGrants(), Detail: found}
	return found, nil
}

func (v view) loadApp(ctx context.Context, id string) (*client, error) {
	app, err := v.Store.App(ctx, v.environment, id)
	if err != nil {
		return nil, fromStore(err)
	}
	found := &client{app: app}
	if !app.Suspended {
		found.secrets = append(found.secrets, hub.Secret{ID: app.ID, Digest: app.Digest})
		if app.PreviousDigest != nil {
			found.secrets = append(found.secrets, hub.Secret{ID: app.ID, Digest: app.PreviousDigest, ExpiresAt: app.PreviousEndsAt})
		}
	}
	found.asClient = oauth.Client{ID: app.ID, Name: app.Label, Since: since(app.CreatedAt), ActsAs: app.UserID, Disabled: app.Disabled,
		GrantTypes: machineGrants(), Addressed: true, Detail: found}
	for _, allowed := range app.Allowlist {
		found.asClient.Addresses = append(found.asClient.Addresses, allowed.Prefix)
	}
	return found, nil
}

// Plausible refuses what bears a prefix of ours and is malformed, of another kind, or of the other environment.
func (c clients) Plausible(text string) bool {
	form, kind, test := secret.Recognise(text)
	switch form {
	case secret.Malformed:
		return false
	case secret.Good:
		return (kind == secret.ClientSecret || kind == secret.AppKey) && test == (c.environment == hub.Test)
	}
	return true
}

// MatchSecret compares with each live secret of the client, in constant time for each.
func (c clients) MatchSecret(of *oauth.Client, text string, now time.Time) (id string, match bool) {
	digest := c.Master.Digest(text)
	for _, live := range of.Detail.(*client).secrets {
		if secret.Equal(digest, live.Digest) && !live.Suspended && (live.ExpiresAt.IsZero() || now.Before(live.ExpiresAt)) {
			id, match = live.ID, true
		}
	}
	return id, match
}

// Misplaced tells a secret that was rotated away, and one of another client, from one that nobody has.
func (c clients) Misplaced(ctx context.Context, of *oauth.Client, text string) (string, error) {
	digest := c.Master.Digest(text)
	for _, own := range of.Detail.(*client).secrets {
		switch {
		case !secret.Equal(digest, own.Digest):
		case own.Suspended:
			return "the secret waits, since a backup was restored, for an administrator to confirm it", nil
		default:
			return "the secret was rotated: it ended at " + own.ExpiresAt.UTC().Format(time.RFC3339) + ", and the client has another one now", nil
		}
	}
	environment, err := c.Store.SecretHeld(ctx, digest)
	switch {
	case fault.Is(err, fault.NotFound):
		return "", nil
	case err != nil:
		return "", fromStore(err)
	case environment != c.environment:
		return "the secret is one of the " + string(environment) + " environment", nil
	}
	return "the secret is that of another client", nil
}

// retiredAdvice is what the holder of an organisation-level API key of old is told.
const retiredAdvice = "this organisation-level API key is retired and no longer works; create an API client on the page of a user in the Back Office"

// Retired looks the text up among the retired organisation keys, which are all in memory.
func (c clients) Retired(ctx context.Context, text string) (advice string, retired bool, err error) {
	now, err := c.current(ctx)
	if err != nil || text == "" || len(now.retired) == 0 {
		return "", false, err
	}
	_, retired = now.retired[string(c.Master.Digest(text))]
	return retiredAdvice, retired, nil
}

// isText reports whether a database that keeps text only can be asked for something.
func isText(name string) bool { return utf8.ValidString(name) && strings.IndexByte(name, 0) < 0 }
