package rest

import (
	"encoding/json"

	"example.org/hub/internal/hub"
)

func (a *API) eventRoutes() []Route {
	return []Route{
		{Method: "GET", Path: "/events", Need: Bearer, Handle: a.events},
		{Method: "GET", Path: "/events/export", Need: Bearer, Handle: a.exportEvents},
		{Method: "GET", Path: "/events/{event}", Need: Bearer, Handle: a.event},
	}
}

// eventJSON is one line of the audit log.
type eventJSON struct {
	ID          string          `json:"id"`
	Type        string          `json:"type"`
	Timestamp   int64           `json:"timestamp"`
	Environment hub.Environment `json:"environment,omitempty"`
	Author      reference       `json:"author"`
	Action      string          `json:"action"`
	Target      reference       `json:"target"`
	Door        string          `json:"door,omitempty"`
	Address     string          `json:"address,omitempty"`
	Credential  string          `json:"credential,omitempty"`
	Result      string          `json:"result"`
	Reason      string          `json:"reason,omitempty"`
	ErrorID     string          `json:"errorId,omitempty"`
	Details     json.RawMessage `json:"details,omitempty"`
}

func eventView(e hub.Event) eventJSON {
	view := eventJSON{
		ID: e.ID, Type: "event", Timestamp: e.At.UnixMilli(), Environment: e.Environment, Author: reference{ID: e.AuthorID, Name: e.AuthorName},
		Action: e.Action, Target: reference{Type: e.TargetType, ID: e.TargetID, Name: e.TargetName}, Door: e.Door, Address: e.Address,
		Credential: e.Credential, Result: e.Result, Reason: e.Reason, ErrorID: e.ErrorID,
	}
	if json.Valid([]byte(e.Details)) {
		view.Details = json.RawMessage(e.Details)
	}
	return view
}

// events lists what was done, newest first: to who may see it all; to others what they did, and what was done to them.
func (a *API) events(c *call) (any, error) {
	asked, err := c.asked()
	if err != nil {
		return nil, err
	}
	found, err := a.Audit.Events(c.Context(), c.actor, asked)
	if err != nil {
		return nil, err
	}
	return paged(a, c, "events", asked, found, eventView)
}

func (a *API) event(c *call) (any, error) {
	found, err := a.Audit.Event(c.Context(), c.actor, c.place("event"))
	if err != nil {
		return nil, err
	}
	return eventView(found), nil
}

// exportEvents gives the whole log with its hash chain, one JSON object a line: what `hub audit verify FILE` reads.
func (a *API) exportEvents(c *call) (any, error) {
	write, err := a.Audit.Export(c.Context(), c.actor)
	if err != nil {
		return nil, err
	}
	return &document{
		contentType: "application/jsonl",
		header:      map[string]string{"Content-Disposition": `attachment; filename="audit.jsonl"`}, write: write,
	}, nil
}
