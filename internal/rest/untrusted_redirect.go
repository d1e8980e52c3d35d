package rest

import (
	"crypto/sha256"
	"encoding/hex"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
)

// triedJSON is a redirect URI that somebody tried and that is not registered, under the name known clients read.
type triedJSON struct {
	ID          string `json:"id"`
	RedirectURI string `json:"redirectURI"`
	TriedFrom   string `json:"triedFrom"`
	TriedAt     int64  `json:"triedAt"`
}

func triedView(tried hub.TriedRedirectURI) triedJSON {
	return triedJSON{ID: triedID(tried), RedirectURI: tried.URI, TriedFrom: tried.TriedFrom, TriedAt: tried.TriedAt.UnixMilli()}
}

// triedID stands for the URI in paths, where it could not stand itself.
func triedID(tried hub.TriedRedirectURI) string {
	sum := sha256.Sum256([]byte(tried.URI))
	return hex.EncodeToString(sum[:12])
}

// triedRedirects lists what was tried, newest first, so that an administrator can see what a service's maker forgot.
func (a *API) triedRedirects(c *call) (any, error) {
	seen, err := a.seenService(c)
	if err != nil {
		return nil, err
	}
	tried, err := a.Directory.TriedRedirectURIs(c.Context(), c.actor, a.Environment, seen.ID)
	if err != nil {
		return nil, err
	}
	return whole(a, c, "untrustedredirecturis", tried, triedView)
}

// triedRedirect is the {tried} of the path.
func (a *API) triedRedirect(c *call) (serviceID, uri string, err error) {
	seen, err := a.seenService(c)
	if err != nil {
		return "", "", err
	}
	all, err := a.Directory.TriedRedirectURIs(c.Context(), c.actor, a.Environment, seen.ID)
	if err != nil {
		return "", "", err
	}
	for _, tried := range all {
		if triedID(tried) == c.place("tried") {
			return seen.ID, tried.URI, nil
		}
	}
	return "", "", fault.New(fault.NotFound, "there is no tried redirect URI %s", c.place("tried"))
}

// registerTriedRedirect makes a redirect URI that was tried one of the service's.
func (a *API) registerTriedRedirect(c *call) (any, error) {
	id, uri, err := a.triedRedirect(c)
	if err != nil {
		return nil, err
	}
	service, err := a.Directory.RegisterRedirectURI(c.Context(), c.actor, a.Environment, id, uri)
	if err != nil {
		return nil, err
	}
	c.tag(service.UpdatedAt)
	return map[string]any{"id": service.ID, "redirectUris": service.RedirectURIs}, nil
}

func (a *API) dismissTriedRedirect(c *call) (any, error) {
	id, uri, err := a.triedRedirect(c)
	if err != nil {
		return nil, err
	}
	return nothing{}, a.Directory.DismissRedirectURI(c.Context(), c.actor, a.Environment, id, uri)
}
