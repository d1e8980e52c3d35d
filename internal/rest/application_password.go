package rest

import "example.org/hub/internal/credential"

func (a *API) applicationPasswordRoutes() []Route {
	const path = "/users/{user}/applicationPasswords"
	return []Route{
		{Method: "GET", Path: path, Need: Bearer, Handle: ofUser(a.applicationPasswords)},
		{Method: "POST", Path: path, Need: Bearer, Creates: true, Handle: ofUserWith(a.createApplicationPassword)},
		{Method: "DELETE", Path: path, Need: Bearer, Handle: a.deleteApplicationPasswords},
		{Method: "GET", Path: path + "/{password}", Need: Bearer, Handle: ofUser(a.applicationPassword)},
		{Method: "DELETE", Path: path + "/{password}", Need: Bearer, Handle: a.deleteApplicationPassword},
	}
}

// applicationPasswordJSON is an application password as known clients read it. The password itself stands in the answer that
// made it only.
type applicationPasswordJSON struct {
	Type           string      `json:"type"`
	ID             string      `json:"id"`
	Name           string      `json:"name"`
	Password       string      `json:"password,omitempty"`
	Hint           string      `json:"hint"`
	User           holderJSON  `json:"user"`
	Author         authorJSON  `json:"author"`
	CreationTime   int64       `json:"creationTime"`
	Suspended      bool        `json:"suspended,omitempty"`
	LastAccessTime int64       `json:"lastAccessTime,omitempty"`
	LastAddress    string      `json:"lastAccessAddress,omitempty"`
	LastAgent      string      `json:"lastAccessUserAgent,omitempty"`
	LastService    *openedJSON `json:"lastAccessService,omitempty"`
}

func applicationPasswordView(p credential.Password) applicationPasswordJSON {
	return applicationPasswordJSON{
		Type: "applicationPassword", ID: p.ID, Name: p.Name, Hint: p.Hint, User: holderView(p.Owner), Author: authorJSON{p.AuthorID, p.AuthorName},
		CreationTime: p.CreatedAt.UnixMilli(), Suspended: p.Suspended, LastAccessTime: epoch(p.LastUsedAt), LastAddress: p.LastUsedFrom,
		LastAgent: p.LastAgent, LastService: lastAt(p.LastAt),
	}
}

func (a *API) applicationPasswords(c *call, userID string) (any, error) {
	passwords, err := a.Credentials.ApplicationPasswords(c.Context(), c.actor, userID)
	if err != nil {
		return nil, err
	}
	return whole(a, c, "applicationPasswords", passwords, applicationPasswordView)
}

func (a *API) applicationPassword(c *call, userID string) (any, error) {
	password, err := a.Credentials.ApplicationPassword(c.Context(), c.actor, userID, c.place("password"))
	return applicationPasswordView(password), err
}

// createApplicationPassword makes one and shows it this once.
func (a *API) createApplicationPassword(c *call, userID string, in object) (any, error) {
	var name string
	in.text("name", &name)
	if err := in.wrong(); err != nil {
		return nil, err
	}
	password, text, err := a.Credentials.CreateApplicationPassword(c.Context(), c.actor, userID, name)
	if err != nil {
		return nil, err
	}
	view := applicationPasswordView(password)
	view.Password = text.Reveal()
	return view, nil
}

func (a *API) deleteApplicationPassword(c *call) (any, error) {
	return c.ended("password", func(userID, id string) error {
		return a.Credentials.DeleteApplicationPassword(c.Context(), c.actor, userID, id)
	})
}

func (a *API) deleteApplicationPasswords(c *call) (any, error) {
	return c.emptied(func(userID string, ids []string) error {
		return a.Credentials.DeleteApplicationPasswords(c.Context(), c.actor, userID, ids)
	})
}
