package credential

import (
	"context"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/store"
)

// NewAPIClient says what API client is wanted.
type NewAPIClient struct {
	UserID      string
	Environment hub.Environment
	Label       string
	Limited     bool // may not do what needs a fresh sign-in
}

// CreateAPIClient makes an API client, which acts as its user with the user's rights in full, administration included unless
// it is limited. It needs hub:self-update, or hub:user-update for someone else, a fresh sign-in, and permissions that cover
// the user's. The secret is given once.
//
// Errors: fault.Invalid by field, fault.NotFound, fault.Forbidden, fault.StepUp.
func (cs *Credentials) CreateAPIClient(ctx context.Context, actor hub.Actor, wanted NewAPIClient) (Client, secret.Value, error) {
	err := fault.Fields("the API client cannot be made:", environmentField(wanted.Environment),
		fault.Field{Name: "label", Reason: hub.CheckName(wanted.Label)})
	if err != nil {
		return Client{}, "", err
	}
	client := hub.APIClient{ID: hub.NewRandomID(), Environment: wanted.Environment, UserID: wanted.UserID,
		AuthorID: actor.ID(), Label: wanted.Label, Limited: wanted.Limited}
	var fresh secret.Value
	var shown Client
	err = cs.do(ctx, actor, func(c *change) error {
		if err := c.ofIn(wanted.Environment, wanted.UserID); err != nil {
			return err
		}
		if err := c.mayMake(wanted.Environment); err != nil {
			return err
		}
		there, err := c.APIClientsOfUser(ctx, wanted.Environment, wanted.UserID)
		if err != nil {
			return err
		}
		if len(there) >= mostHeld {
			return tooMany("API clients")
		}
		client.CreatedAt = c.now
		if err := c.InsertAPIClient(ctx, client); err != nil {
			return err
		}
		if fresh, err = c.rotate(cs.Master, client.Environment, client.ID, 0); err != nil {
			return err
		}
		if shown, err = c.reading().client(client); err != nil {
			return err
		}
		return c.told(client.Environment, "api-client.create", "api-client", client.ID, client.Label, nil)
	})
	if err != nil {
		return Client{}, "", err
	}
	return shown, fresh, nil
}

// apiClient finds an API client and checks that the actor may touch it.
func (c *change) apiClient(environment hub.Environment, userID, id string) (hub.APIClient, error) {
	if err := c.ofIn(environment, userID); err != nil {
		return hub.APIClient{}, err
	}
	return apiClientOf(c.ctx, c.Reader, environment, userID, id)
}

func apiClientOf(ctx context.Context, q store.Reader, environment hub.Environment, userID, id string) (hub.APIClient, error) {
	client, err := q.APIClient(ctx, environment, id)
	return client, theirs(err, client.UserID == userID, "API client", id)
}

// UpdateAPIClient changes label, Limited and Disabled. Lifting a limit, or switching on again, needs what making one needs.
// Errors: fault.NotFound, fault.Invalid, fault.Forbidden, fault.StepUp.
func (cs *Credentials) UpdateAPIClient(ctx context.Context, actor hub.Actor, environment hub.Environment, userID, id string,
	edit func(*hub.APIClient)) (Client, error) {
	var shown Client
	err := cs.do(ctx, actor, func(c *change) error {
		before, err := c.apiClient(environment, userID, id)
		if err != nil {
			return err
		}
		wanted := before
		edit(&wanted)
		client := before
		client.Label, client.Limited, client.Disabled = wanted.Label, wanted.Limited, wanted.Disabled
		changed := []string{}
		note(&changed, "label", before.Label != client.Label)
		note(&changed, "limited", before.Limited != client.Limited)
		note(&changed, "disabled", before.Disabled != client.Disabled)
		if len(changed) == 0 {
			shown, err = c.reading().client(before)
			return err
		}
		if err := fault.Fields("the API client cannot be changed so:", fault.Field{Name: "label", Reason: hub.CheckName(client.Label)}); err != nil {
			return err
		}
		if before.Limited && !client.Limited || before.Disabled && !client.Disabled {
			if err := c.mayMake(environment); err != nil {
				return err
			}
		}
		if err := c.UpdateAPIClient(ctx, client); err != nil {
			return err
		}
		if shown, err = c.reading().client(client); err != nil {
			return err
		}
		return c.told(environment, "api-client.update", "api-client", client.ID, client.Label, map[string]any{"changed": changed})
	})
	return shown, err
}

// RotateAPIClient makes a new secret, by what making one needs. The old one is accepted for the overlap (0: ends at once, at
// most 90 days). Errors: fault.NotFound, fault.Invalid, fault.Forbidden, fault.StepUp.
func (cs *Credentials) RotateAPIClient(ctx context.Context, actor hub.Actor, environment hub.Environment, userID, id string,
	overlap time.Duration) (secret.Value, error) {
	if err := checkOverlap(overlap); err != nil {
		return "", err
	}
	var fresh secret.Value
	err := cs.do(ctx, actor, func(c *change) error {
		client, err := c.apiClient(environment, userID, id)
		if err != nil {
			return err
		}
		if err := c.mayMake(environment); err != nil {
			return err
		}
		if fresh, err = c.rotate(cs.Master, environment, id, overlap); err != nil {
			return err
		}
		return c.told(environment, "api-client.rotate", "api-client", client.ID, client.Label,
			map[string]any{"overlap": overlap.String()})
	})
	if err != nil {
		return "", err
	}
	return fresh, nil
}

// DeleteAPIClient ends an API client for good, by hub:self-update, or hub:user-update for someone else's. Errors:
// fault.NotFound, fault.Forbidden.
func (cs *Credentials) DeleteAPIClient(ctx context.Context, actor hub.Actor, environment hub.Environment, userID, id string) error {
	return cs.do(ctx, actor, func(c *change) error {
		client, err := c.apiClient(environment, userID, id)
		if err != nil {
			return err
		}
		return c.endAPIClient(client)
	})
}

func (c *change) endAPIClient(client hub.APIClient) error {
	if err := c.DeleteAPIClient(c.ctx, client.Environment, client.ID); err != nil {
		return err
	}
	return c.told(client.Environment, "api-client.delete", "api-client", client.ID, client.Label, nil)
}

// Client is an API client with its secrets, of which only the hints are shown, and the name of who made it.
type Client struct {
	hub.APIClient
	Owner      hub.User
	AuthorName string
	Secrets    []hub.Secret // oldest first; one that has an end is being replaced
}

// APIClients lists those of a user in an environment, oldest first: the own ones, or by hub:user-update or hub:admin-read
// those of others. Errors: fault.NotFound, fault.Forbidden.
func (cs *Credentials) APIClients(ctx context.Context, actor hub.Actor, environment hub.Environment, userID string) ([]Client, error) {
	if err := actor.Within(environment); err != nil {
		return nil, err
	}
	return read(ctx, cs, actor, userID, func(r *reading) ([]Client, error) { return r.apiClients(environment) })
}

func (r *reading) apiClients(environment hub.Environment) ([]Client, error) {
	clients, err := r.q.APIClientsOfUser(r.ctx, environment, r.owner.ID)
	shown := make([]Client, len(clients))
	for i, client := range clients {
		if err == nil {
			shown[i], err = r.client(client)
		}
	}
	return shown, err
}

// APIClient gives one of them. Errors: fault.NotFound, fault.Forbidden.
func (cs *Credentials) APIClient(ctx context.Context, actor hub.Actor, environment hub.Environment, userID, id string) (Client, error) {
	if err := actor.Within(environment); err != nil {
		return Client{}, err
	}
	return read(ctx, cs, actor, userID, func(r *reading) (Client, error) {
		client, err := apiClientOf(ctx, r.q, environment, userID, id)
		if err != nil {
			return Client{}, err
		}
		return r.client(client)
	})
}

func (r *reading) client(client hub.APIClient) (shown Client, err error) {
	shown = Client{APIClient: client, Owner: r.owner}
	if shown.AuthorName, err = r.author(client.Environment, client.AuthorID); err != nil {
		return shown, err
	}
	shown.Secrets, err = r.q.Secrets(r.ctx, client.Environment, client.ID)
	return shown, err
}
