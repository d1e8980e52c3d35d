package rest

import (
	"example.org/hub/internal/credential"
	"example.org/hub/internal/hub"
)

func (a *API) apiClientRoutes() []Route {
	const path = "/users/{user}/apiclients"
	return []Route{
		{Method: "GET", Path: path, Need: Bearer, Handle: ofUser(a.apiClients)},
		{Method: "POST", Path: path, Need: Bearer, Creates: true, Handle: ofUserWith(a.createAPIClient)},
		{Method: "GET", Path: path + "/{client}", Need: Bearer, Handle: ofUser(a.apiClient)},
		{Method: "POST", Path: path + "/{client}", Need: Bearer, Handle: ofUserWith(a.updateAPIClient)},
		{Method: "DELETE", Path: path + "/{client}", Need: Bearer, Handle: a.deleteAPIClient},
		{Method: "POST", Path: path + "/{client}/rotate", Need: Bearer, Creates: true, Handle: ofUserWith(a.rotateAPIClient)},
	}
}

// apiClientJSON is an API client. Its id, the client_id, is always there; its secret stands in the answers that made one only.
type apiClientJSON struct {
	Type           string       `json:"type"`
	ID             string       `json:"id"`
	Label          string       `json:"label"`
	Secret         string       `json:"secret,omitempty"`
	Secrets        []secretJSON `json:"secrets"` // oldest first; one that ends is being replaced
	Limited        bool         `json:"limited"` // true: may not do what needs a fresh sign-in
	Disabled       bool         `json:"disabled"`
	User           holderJSON   `json:"user"`
	Author         authorJSON   `json:"author"`
	CreationTime   int64        `json:"creationTime"`
	LastAccessTime int64        `json:"lastAccessTime,omitempty"`
	LastAddress    string       `json:"lastAccessAddress,omitempty"`
	LastAgent      string       `json:"lastAccessUserAgent,omitempty"`
}

func apiClientView(client credential.Client) apiClientJSON {
	view := apiClientJSON{
		Type: "apiClient", ID: client.ID, Label: client.Label, Secrets: make([]secretJSON, len(client.Secrets)), Limited: client.Limited,
		Disabled: client.Disabled, User: holderView(client.Owner), Author: authorJSON{client.AuthorID, client.AuthorName},
		CreationTime: client.CreatedAt.UnixMilli(), LastAccessTime: epoch(client.LastUsedAt),
		LastAddress: client.LastUsedFrom, LastAgent: client.LastAgent,
	}
	for i, one := range client.Secrets {
		view.Secrets[i] = secretView(one)
	}
	return view
}

func (a *API) apiClients(c *call, userID string) (any, error) {
	clients, err := a.Credentials.APIClients(c.Context(), c.actor, a.Environment, userID)
	if err != nil {
		return nil, err
	}
	return whole(a, c, "apiclients", clients, apiClientView)
}

func (a *API) apiClient(c *call, userID string) (any, error) {
	client, err := a.Credentials.APIClient(c.Context(), c.actor, a.Environment, userID, c.place("client"))
	return apiClientView(client), err
}

// createAPIClient makes an API client and shows its secret this once.
func (a *API) createAPIClient(c *call, userID string, in object) (any, error) {
	wanted := credential.NewAPIClient{UserID: userID, Environment: a.Environment}
	in.text("label", &wanted.Label)
	in.flag("limited", &wanted.Limited)
	if err := in.wrong(); err != nil {
		return nil, err
	}
	client, fresh, err := a.Credentials.CreateAPIClient(c.Context(), c.actor, wanted)
	if err != nil {
		return nil, err
	}
	view := apiClientView(client)
	view.Secret = fresh.Reveal()
	return view, nil
}

func (a *API) updateAPIClient(c *call, userID string, in object) (any, error) {
	edit, err := checked(in, func(client *hub.APIClient) {
		in.text("label", &client.Label)
		in.flag("limited", &client.Limited)
		in.flag("disabled", &client.Disabled)
	})
	if err != nil {
		return nil, err
	}
	client, err := a.Credentials.UpdateAPIClient(c.Context(), c.actor, a.Environment, userID, c.place("client"), edit)
	return apiClientView(client), err
}

// rotateAPIClient makes a new secret and shows it this once. {"overlap": "24h"} keeps the old one alive so long.
func (a *API) rotateAPIClient(c *call, userID string, in object) (any, error) {
	overlap, err := readOverlap(in)
	if err != nil {
		return nil, err
	}
	id := c.place("client")
	fresh, err := a.Credentials.RotateAPIClient(c.Context(), c.actor, a.Environment, userID, id, overlap)
	if err != nil {
		return nil, err
	}
	return map[string]string{"id": id, "secret": fresh.Reveal()}, nil
}

func (a *API) deleteAPIClient(c *call) (any, error) {
	return c.ended("client", func(userID, id string) error {
		return a.Credentials.DeleteAPIClient(c.Context(), c.actor, a.Environment, userID, id)
	})
}
