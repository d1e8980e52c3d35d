package rest

import (
	"example.org/hub/internal/audit"
	"example.org/hub/internal/hub"
)

func (a *API) explainRoutes() []Route {
	return []Route{
		{Method: "GET", Path: "/explain/{refusal}", Need: Bearer, Handle: a.explain},
		{Method: "GET", Path: "/services/{service}/refusals", Need: Bearer, Handle: a.refusals},
	}
}

// refusalJSON is a refusal for who can set it right. Its id is the error_id of the answer.
type refusalJSON struct {
	ID          string          `json:"id"`
	Type        string          `json:"type"`
	Timestamp   int64           `json:"timestamp"`
	Environment hub.Environment `json:"environment"`
	Door        string          `json:"door"`
	Error       string          `json:"error"`
	Reason      string          `json:"reason"`
	Expected    string          `json:"expected,omitempty"`
	Received    string          `json:"received,omitempty"`
	Difference  string          `json:"difference,omitempty"`
	Setting     *settingJSON    `json:"setting,omitempty"`
	Client      *reference      `json:"client,omitempty"`
	User        *reference      `json:"user,omitempty"`
	Address     string          `json:"address,omitempty"`
	Count       int64           `json:"count"`
}

// settingJSON is what to change, and where: the page, the key of hub.yaml, the resource with its key.
type settingJSON struct {
	Name string `json:"name"`
	Page string `json:"page,omitempty"`
	File string `json:"hubYaml,omitempty"`
	REST string `json:"rest,omitempty"`
}

func (a *API) refusalView(x audit.Explanation) refusalJSON {
	view := refusalJSON{
		ID: x.ErrorID, Type: "refusal", Timestamp: x.At.UnixMilli(), Environment: x.Environment, Door: x.Door, Error: x.Code, Reason: x.Reason,
		Expected: x.Expected, Received: x.Received, Difference: x.Difference.String(), Address: x.Address, Count: x.Count,
	}
	if x.Setting != "" {
		view.Setting = &settingJSON{Name: x.Setting, File: x.Place.File, REST: x.Place.REST}
		if x.Place.Page != "" {
			view.Setting.Page = a.Server.Issuer + x.Place.Page
		}
	}
	if x.ClientID != "" {
		view.Client = &reference{ID: x.ClientID}
	}
	if x.UserID != "" {
		view.User = &reference{ID: x.UserID}
	}
	return view
}

// explain says why a request was refused, to who can do something about it.
func (a *API) explain(c *call) (any, error) {
	found, err := a.Audit.Explain(c.Context(), c.actor, c.place("refusal"))
	if err != nil {
		return nil, err
	}
	return a.refusalView(found), nil
}

// shownRefusals is how many of the latest refusals of a service are told.
const shownRefusals = 1000

// refusals explains what was refused to a service, newest first.
func (a *API) refusals(c *call) (any, error) {
	seen, err := a.seenService(c)
	if err != nil {
		return nil, err
	}
	found, err := a.Audit.Refusals(c.Context(), c.actor, seen.Service, shownRefusals)
	if err != nil {
		return nil, err
	}
	return whole(a, c, "refusals", found, a.refusalView)
}
