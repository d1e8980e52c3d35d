package rest

import "example.org/hub/internal/credential"

func (a *API) refreshTokenRoutes() []Route {
	const path = "/users/{user}/refreshtokens"
	return []Route{
		{Method: "GET", Path: path, Need: Bearer, Handle: ofUser(a.refreshTokens)},
		{Method: "DELETE", Path: path, Need: Bearer, Handle: a.deleteRefreshTokens},
		{Method: "GET", Path: path + "/{token}", Need: Bearer, Handle: ofUser(a.refreshToken)},
		{Method: "DELETE", Path: path + "/{token}", Need: Bearer, Handle: a.deleteRefreshToken},
	}
}

// refreshTokenJSON is what a service may do for a user without asking again, as known clients read it.
type refreshTokenJSON struct {
	Type           string       `json:"type"`
	ID             string       `json:"id"`
	Client         openedJSON   `json:"client"`
	Scope          []openedJSON `json:"scope"`
	ScopeItems     []string     `json:"scopeItems"` // as the client asked for them
	User           holderJSON   `json:"user"`
	Device         string       `json:"device,omitempty"` // browser or program with which it was allowed, and from where
	Address        string       `json:"address,omitempty"`
	CreationTime   int64        `json:"creationTime"`
	ExpiresOn      int64        `json:"expiresOn"`
	LastAccessTime int64        `json:"lastAccessTime,omitempty"`
}

func refreshTokenView(t credential.RefreshToken) refreshTokenJSON {
	return refreshTokenJSON{
		Type: "refreshToken", ID: t.ID, Client: openedView(t.Client),
		Scope: openedViews(t.Reach), ScopeItems: emptyNotNull(t.Scope), User: holderView(t.Owner),
		Device: t.Agent, Address: t.Address,
		CreationTime: t.CreatedAt.UnixMilli(), ExpiresOn: t.ExpiresAt.UnixMilli(), LastAccessTime: epoch(t.LastUsedAt),
	}
}

func (a *API) refreshTokens(c *call, userID string) (any, error) {
	tokens, err := a.Credentials.RefreshTokens(c.Context(), c.actor, userID)
	if err != nil {
		return nil, err
	}
	return whole(a, c, "refreshtokens", tokens, refreshTokenView)
}

func (a *API) refreshToken(c *call, userID string) (any, error) {
	token, err := a.Credentials.RefreshToken(c.Context(), c.actor, userID, c.place("token"))
	return refreshTokenView(token), err
}

func (a *API) deleteRefreshToken(c *call) (any, error) {
	return c.ended("token", func(userID, id string) error {
		return a.Credentials.DeleteRefreshToken(c.Context(), c.actor, userID, id)
	})
}

func (a *API) deleteRefreshTokens(c *call) (any, error) {
	return c.emptied(func(userID string, ids []string) error {
		return a.Credentials.DeleteRefreshTokens(c.Context(), c.actor, userID, ids)
	})
}
