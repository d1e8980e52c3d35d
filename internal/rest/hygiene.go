package rest

import (
	"example.org/hub/internal/credential"
	"example.org/hub/internal/query"
)

func (a *API) hygieneRoutes() []Route {
	return []Route{
		{Method: "GET", Path: "/hygiene", Need: Bearer, Handle: a.hygiene},
		{Method: "POST", Path: "/hygiene/{kind}/{id}/confirm", Need: Bearer, Handle: a.confirmSuspended},
	}
}

// findingJSON is a credential with something to look at.
type findingJSON struct {
	Type           string       `json:"type"`
	Kind           string       `json:"kind"`
	ID             string       `json:"id"`
	Name           string       `json:"name"`
	Environment    string       `json:"environment,omitempty"`
	Owner          *holderJSON  `json:"owner,omitempty"` // not of a service
	Flags          []string     `json:"flags"`
	IdleServices   []openedJSON `json:"idleServices,omitempty"` // of one that is wide: where it is not used
	CreationTime   int64        `json:"creationTime"`
	ExpiresOn      int64        `json:"expiresOn,omitempty"`
	LastAccessTime int64        `json:"lastAccessTime,omitempty"`
	LastAddress    string       `json:"lastAccessAddress,omitempty"`
}

func findingView(f credential.Finding) findingJSON {
	view := findingJSON{
		Type: "finding", Kind: string(f.Kind), ID: f.ID, Name: f.Name, Environment: string(f.Environment),
		Flags: make([]string, len(f.Flags)), IdleServices: openedViews(f.Idle), CreationTime: f.CreatedAt.UnixMilli(), ExpiresOn: epoch(f.ExpiresAt),
		LastAccessTime: epoch(f.LastUsedAt), LastAddress: f.LastUsedFrom,
	}
	if f.Owner.ID != "" {
		owner := holderView(f.Owner)
		view.Owner = &owner
	}
	for i, flag := range f.Flags {
		view.Flags[i] = string(flag)
	}
	return view
}

// hygiene lists what should be looked at: everybody's for whoever has hub:admin-read, else the caller's own; ?own=true for the
// own in any case, ?flag= for one flag. It is walked by next.
func (a *API) hygiene(c *call) (any, error) {
	asked, err := c.asked()
	if err != nil {
		return nil, err
	}
	if asked.Where.Op != query.Every || len(asked.Order) > 0 || asked.Skip > 0 && asked.After == "" {
		return nil, badRequest("this list takes flag, own and $top, and is walked by next")
	}
	values := c.URL.Query()
	own := values.Get("own") == "true" || c.actor.Require("admin-read", "") != nil
	found := query.Page[credential.Finding]{}
	found.Items, found.Next, err = a.Credentials.Hygiene(c.Context(), c.actor, credential.HygieneQuery{
		Own: own, Flag: credential.Flag(values.Get("flag")), After: asked.After, Limit: asked.Size()})
	if err != nil {
		return nil, err
	}
	found.Total = int64(asked.Skip + len(found.Items)) // as far as was looked
	if found.Next != "" {
		found.Total++
	}
	return paged(a, c, "findings", asked, found, findingView)
}

// confirmSuspended makes a credential good again that a restore suspended: one of the kinds secret (of a service or API client,
// by the secret's own id), app, permanent-token and application-password.
func (a *API) confirmSuspended(c *call) (any, error) {
	return nothing{}, a.Credentials.Confirm(c.Context(), c.actor, credential.Kind(c.place("kind")), a.Environment, c.place("id"))
}
