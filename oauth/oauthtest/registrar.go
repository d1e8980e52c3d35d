package oauthtest

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"time"

	"example.org/hub/oauth"
)

// registrar is the port oauth.Registrar in memory.
type registrar struct{ *Memory }

func (m registrar) Create(_ context.Context, _ oauth.Origin, metadata *oauth.ClientMetadata, _ *oauth.Subject) (*oauth.Registered, error) {
	id, secret := m.NewService(Service{Key: rand.Text(), Public: metadata.AuthMethod == oauth.AuthNone})
	m.Change(id, describedBy(metadata))
	registered := &oauth.Registered{ClientID: id, AccessToken: "registration-" + rand.Text(), IssuedAt: time.Now(), Metadata: metadata}
	m.lock.Lock()
	m.registered[id] = registered
	m.lock.Unlock()
	shown := *registered
	if metadata.AuthMethod != oauth.AuthJWT {
		shown.Secret = secret
	}
	return &shown, nil
}

// describedBy makes a client what its metadata says.
func describedBy(metadata *oauth.ClientMetadata) func(*oauth.Client) {
	return func(client *oauth.Client) {
		client.Name, client.Public, client.AuthMethod = metadata.Name, metadata.AuthMethod == oauth.AuthNone, metadata.AuthMethod
		client.GrantTypes, client.RedirectURIs, client.PostLogoutRedirectURIs =
			metadata.GrantTypes, metadata.RedirectURIs, metadata.PostLogoutRedirectURIs
		client.RequestURIs, client.JWKS, client.JWKSURI = metadata.RequestURIs, string(metadata.JWKS), metadata.JWKSURI
		client.IDTokenAlg, client.RequestObjectAlg, client.RequirePAR = metadata.IDTokenAlg, metadata.RequestObjectAlg, metadata.RequirePAR
		client.Unvouched, client.AssertionAlg, client.DefaultACRValues = true, string(metadata.AssertionAlg), metadata.DefaultACRValues
		client.DefaultMaxAge = nil
		if metadata.DefaultMaxAge != nil {
			age := time.Duration(*metadata.DefaultMaxAge) * time.Second
			client.DefaultMaxAge = &age
		}
	}
}

func (m registrar) Find(_ context.Context, clientID, accessToken string) (*oauth.Registered, error) {
	m.lock.Lock()
	defer m.lock.Unlock()
	registered := m.registered[clientID]
	if registered == nil || registered.AccessToken != accessToken {
		return nil, oauth.ErrNotFound
	}
	return registered, nil
}

func (m registrar) Replace(_ context.Context, _ oauth.Origin, clientID string, metadata *oauth.ClientMetadata) (*oauth.Registered, error) {
	m.Change(clientID, describedBy(metadata))
	m.lock.Lock()
	defer m.lock.Unlock()
	changed := *m.registered[clientID]
	changed.Metadata = metadata
	m.registered[clientID] = &changed
	return &changed, nil
}

func (m registrar) Sector(_ context.Context, _ oauth.Origin, uri string) ([]string, error) {
	m.lock.Lock()
	defer m.lock.Unlock()
	var listed []string
	if json.Unmarshal([]byte(m.objects[uri]), &listed) != nil {
		return nil, &oauth.Error{Code: oauth.InvalidClientMetadata, Description: "nothing is at sector_identifier_uri"}
	}
	return listed, nil
}

func (m registrar) Delete(_ context.Context, _ oauth.Origin, clientID string) error {
	m.lock.Lock()
	defer m.lock.Unlock()
	delete(m.registered, clientID)
	delete(m.clients, clientID)
	return nil
}
