package rest

import (
	"encoding/json"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/passkey"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/signin"
)

func (a *API) passkeyRoutes() []Route {
	const path = "/users/{user}/passkeys"
	return []Route{
		{Method: "GET", Path: path, Need: Bearer, Handle: ofUser(a.passkeys)},
		{Method: "POST", Path: path, Need: Person, Creates: true, Handle: ofUserWith(a.createPasskey)},
		{Method: "POST", Path: path + "/challenge", Need: Person, Handle: ofUser(a.askPasskey)},
		{Method: "POST", Path: path + "/{passkey}", Need: Person, Handle: ofUserWith(a.renamePasskey)},
		{Method: "DELETE", Path: path + "/{passkey}", Need: Bearer, Handle: a.deletePasskey},
	}
}

// passkeyJSON is a passkey as its owner knows it: nothing of its key.
type passkeyJSON struct {
	Type           string   `json:"type"`
	ID             string   `json:"id"`
	Name           string   `json:"name"`
	CreationTime   int64    `json:"creationTime"`
	LastAccessTime int64    `json:"lastAccessTime,omitempty"`
	LastAddress    string   `json:"lastAccessAddress,omitempty"`
	BackedUp       bool     `json:"backedUp"` // copied to other devices
	Transports     []string `json:"transports"`
}

func passkeyView(key hub.Passkey) passkeyJSON {
	return passkeyJSON{Type: "passkey", ID: key.ID, Name: key.Name, CreationTime: key.CreatedAt.UnixMilli(), LastAccessTime: epoch(key.LastUsedAt),
		LastAddress: key.LastUsedFrom, BackedUp: key.BackedUp, Transports: emptyNotNull(key.Transports)}
}

// passkeyChallengeJSON is what a page hands navigator.credentials.create, and what it sends back with the answer.
type passkeyChallengeJSON struct {
	Type      string                  `json:"type"`
	PublicKey passkey.CreationOptions `json:"publicKey"`
	Challenge string                  `json:"challenge"`
}

// site is where passkeys are made and used: pages of the hub's own origin, whoever's script runs there.
func (a *API) site() signin.Site { return signin.SiteOf(a.Server.Issuer) }

func (a *API) passkeys(c *call, userID string) (any, error) {
	keys, err := a.Desk.PasskeysOf(c.Context(), c.actor, userID)
	if err != nil {
		return nil, err
	}
	return whole(a, c, "passkeys", keys, passkeyView)
}

// askPasskey begins to make a passkey of the caller.
func (a *API) askPasskey(c *call, userID string) (any, error) {
	options, sealed, err := a.Desk.AskNewPasskeyOf(c.Context(), c.actor, userID, a.site())
	if err != nil {
		return nil, err
	}
	return passkeyChallengeJSON{Type: "passkeyChallenge", PublicKey: options, Challenge: sealed.Reveal()}, nil
}

// createPasskey keeps what the browser made: its answer is taken as it wrote it.
func (a *API) createPasskey(c *call, userID string, in object) (any, error) {
	var name, sealed string
	in.text("name", &name)
	in.text("challenge", &sealed)
	made := in.object("passkey")
	if err := in.wrong(); err != nil {
		return nil, err
	}
	answer, err := json.Marshal(made.values)
	if err != nil {
		return nil, err
	}
	key, err := a.Desk.AddPasskeyOf(c.Context(), c.actor, userID, secret.Value(sealed), a.site(), string(answer), name)
	if err != nil {
		return nil, err
	}
	return passkeyView(key), nil
}

func (a *API) renamePasskey(c *call, userID string, in object) (any, error) {
	var name string
	in.text("name", &name)
	if err := in.wrong(); err != nil {
		return nil, err
	}
	key, err := a.Desk.RenamePasskeyOf(c.Context(), c.actor, userID, c.place("passkey"), name)
	if err != nil {
		return nil, err
	}
	return passkeyView(key), nil
}

// deletePasskey takes a passkey away: the caller's own, or that of somebody who has lost the device.
func (a *API) deletePasskey(c *call) (any, error) {
	return c.ended("passkey", func(userID, id string) error {
		return a.Desk.RemovePasskey(c.Context(), c.actor, userID, id)
	})
}
