package rest

import "example.org/hub/internal/credential"

func (a *API) approvedScopeRoutes() []Route {
	const path = "/users/{user}/approvedscopes"
	return []Route{
		{Method: "GET", Path: path, Need: Bearer, Handle: ofUser(a.approvedScopes)},
		{Method: "DELETE", Path: path, Need: Bearer, Handle: a.deleteApprovedScopes},
		{Method: "GET", Path: path + "/{scope}", Need: Bearer, Handle: ofUser(a.approvedScope)},
		{Method: "DELETE", Path: path + "/{scope}", Need: Bearer, Handle: a.deleteApprovedScope},
	}
}

// approvedScopeJSON is what a user allowed a service, as known clients read it. What was allowed stays so until it is taken
// back, so there is no expiresOn.
type approvedScopeJSON struct {
	Type         string       `json:"type"`
	ID           string       `json:"id"`
	Client       openedJSON   `json:"client"`
	Scope        []openedJSON `json:"scope"`
	ScopeItems   []string     `json:"scopeItems"`
	User         holderJSON   `json:"user"`
	CreationTime int64        `json:"creationTime"`
	UpdateTime   int64        `json:"updateTime"`
}

func approvedScopeView(s credential.ApprovedScope) approvedScopeJSON {
	return approvedScopeJSON{
		Type: "approvedScope", ID: s.ID, Client: openedView(s.Client),
		Scope: openedViews(s.Reach), ScopeItems: emptyNotNull(s.Items), User: holderView(s.Owner),
		CreationTime: s.CreatedAt.UnixMilli(), UpdateTime: s.UpdatedAt.UnixMilli(),
	}
}

func (a *API) approvedScopes(c *call, userID string) (any, error) {
	scopes, err := a.Credentials.ApprovedScopes(c.Context(), c.actor, userID)
	if err != nil {
		return nil, err
	}
	return whole(a, c, "approvedscopes", scopes, approvedScopeView)
}

func (a *API) approvedScope(c *call, userID string) (any, error) {
	scope, err := a.Credentials.ApprovedScope(c.Context(), c.actor, userID, c.place("scope"))
	return approvedScopeView(scope), err
}

func (a *API) deleteApprovedScope(c *call) (any, error) {
	return c.ended("scope", func(userID, id string) error {
		return a.Credentials.DeleteApprovedScope(c.Context(), c.actor, userID, id)
	})
}

func (a *API) deleteApprovedScopes(c *call) (any, error) {
	return c.emptied(func(userID string, ids []string) error {
		return a.Credentials.DeleteApprovedScopes(c.Context(), c.actor, userID, ids)
	})
}
