package rest

import (
	"slices"

	"example.org/hub/internal/hub"
)

// credentialRoutes are those of all that a user holds, and of keeping it in order.
func (a *API) credentialRoutes() []Route {
	return slices.Concat(
		a.permanentTokenRoutes(),
		a.applicationPasswordRoutes(),
		a.refreshTokenRoutes(),
		a.approvedScopeRoutes(),
		a.apiClientRoutes(),
		a.appRoutes(),
		a.sessionRoutes(),
		a.secondFactorRoutes(),
		a.passkeyRoutes(),
		a.leaveRoutes(),
		a.hygieneRoutes(),
		a.leakRoutes(),
	)
}

// What credentials show alike: whose they are, who made them, which services they open.

// holderJSON is a user as far as a credential names one.
type holderJSON struct {
	Type  string `json:"type"`
	ID    string `json:"id"`
	Login string `json:"login,omitempty"`
	Name  string `json:"name"`
}

func holderView(user hub.User) holderJSON {
	return holderJSON{Type: "user", ID: user.ID, Login: user.Login, Name: user.Name}
}

// authorJSON is who made a credential, by the name of then. Of what Hub itself made there is no id.
type authorJSON struct {
	ID   string `json:"id,omitempty"`
	Name string `json:"name"`
}

// openedJSON is a service that a credential opens.
type openedJSON struct {
	Type string `json:"type"`
	ID   string `json:"id"`
	Key  string `json:"key"`
	Name string `json:"name"`
}

func openedView(service hub.Service) openedJSON {
	return openedJSON{Type: "service", ID: service.ID, Key: service.Key, Name: service.Name}
}

func openedViews(services []hub.Service) []openedJSON {
	return views(services, openedView)
}

// lastAt is the service at which a credential was used last, if it is known.
func lastAt(service hub.Service) *openedJSON {
	if service.ID == "" {
		return nil
	}
	view := openedView(service)
	return &view
}

// deletedJSON says how many things one DELETE ended.
type deletedJSON struct {
	Deleted int `json:"deleted"`
}

// named reads ?id=, once or several times: which things of a list are meant. Without any, nothing is.
func (c *call) named() ([]string, error) {
	ids := c.URL.Query()["id"]
	switch {
	case len(ids) == 0:
		return nil, badRequest("name what is to be deleted: ?id=ID, once for each")
	case len(ids) > maxItems:
		return nil, badRequest("at most %d may be deleted at once", maxItems)
	}
	for i, id := range ids {
		if hub.CheckName(id) != "" {
			ids[i] = "-"
		}
	}
	return ids, nil
}

// emptied ends what ?id= names of a user, all of it or nothing.
func (c *call) emptied(end func(userID string, ids []string) error) (any, error) {
	userID, err := c.user()
	if err != nil {
		return nil, err
	}
	ids, err := c.named()
	if err != nil {
		return nil, err
	}
	return deletedJSON{len(ids)}, end(userID, ids)
}

// ended ends the one thing of a user that a {place} of the path names.
func (c *call) ended(place string, end func(userID, id string) error) (any, error) {
	userID, err := c.user()
	if err != nil {
		return nil, err
	}
	return nothing{}, end(userID, c.place(place))
}
