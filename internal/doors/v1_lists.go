package doors

import (
	"errors"
	"net/http"
	"time"

	"example.org/hub/internal/directory"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/query"
)

// v1Lists are the lists of the back-office API.
func (d *Doors) v1Lists() []v1 {
	return []v1{
		{path: "users", rows: d.v1Users, filters: map[string]filter{
			"id": field("id"), "login": field("login"), "name": field("name"), "email": field("email"), "organisation": field("organisation"),
			"group": field("group"), "role": field("role"), "kind": field("kind"), "banned": truth("banned", "active"),
		}},
		{path: "organisations", rows: d.v1Organisations, filters: map[string]filter{"id": field("id"), "key": field("key"), "name": field("name")}},
		{path: "api-clients", rows: d.v1APIClients, filters: map[string]filter{
			"id": field("id"), "user": field("user"), "label": field("label"),
			"organisation": field("organisation"), "disabled": truth("disabled", "active"),
		}},
	}
}

// field is a filter that is a key of the core's own lists.
func field(key string) filter {
	return func(value string) (query.Node, error) { return query.Is(key, value), nil }
}

// truth is a filter that is one thing or its opposite.
func truth(yes, no string) filter {
	return func(value string) (query.Node, error) {
		switch value {
		case "true":
			return query.Is("is", yes), nil
		case "false":
			return query.Is("is", no), nil
		}
		return query.Node{}, errors.New("must be true or false")
	}
}

// Rows of the lists. What the one who asks may not see of a user is left out.
type (
	v1User struct {
		ID           string  `json:"id"`
		Login        string  `json:"login"`
		Name         string  `json:"name"`
		Kind         string  `json:"kind"`
		Banned       bool    `json:"banned"`
		Email        *string `json:"email,omitempty"`
		Organisation *string `json:"organisation_id,omitempty"`
		CreatedAt    string  `json:"created_at"`
	}
	v1Organisation struct {
		ID        string `json:"id"`
		Key       string `json:"key"`
		Name      string `json:"name"`
		CreatedAt string `json:"created_at"`
	}
	v1APIClient struct {
		ID        string  `json:"id"`
		ClientID  string  `json:"client_id"`
		Label     string  `json:"label"`
		UserID    string  `json:"user_id"`
		Disabled  bool    `json:"disabled"`
		CreatedAt string  `json:"created_at"`
		LastUsed  *string `json:"last_used_at"`
	}
)

func (d *Doors) v1Users(r *http.Request, actor hub.Actor, list query.List) ([]any, int64, error) {
	page, err := d.Directory.Users(r.Context(), actor, list)
	return rowsOf(page, func(u directory.SeenUser) any {
		row := v1User{ID: u.ID, Login: u.Login, Name: u.Name, Kind: string(u.Kind), Banned: u.Banned, CreatedAt: stamp(u.CreatedAt)}
		if u.Whole {
			row.Email, row.Organisation = &u.Email, &u.Organisation
		}
		return row
	}), page.Total, err
}

func (d *Doors) v1Organisations(r *http.Request, actor hub.Actor, list query.List) ([]any, int64, error) {
	page, err := d.Directory.Organisations(r.Context(), actor, list)
	return rowsOf(page, func(o hub.Organisation) any {
		return v1Organisation{ID: o.ID, Key: o.Key, Name: o.Name, CreatedAt: stamp(o.CreatedAt)}
	}), page.Total, err
}

func (d *Doors) v1APIClients(r *http.Request, actor hub.Actor, list query.List) ([]any, int64, error) {
	page, err := d.Credentials.ListAPIClients(r.Context(), actor, d.Environment, list)
	return rowsOf(page, func(c hub.APIClient) any {
		row := v1APIClient{ID: c.ID, ClientID: c.ID, Label: c.Label, UserID: c.UserID, Disabled: c.Disabled, CreatedAt: stamp(c.CreatedAt)}
		if !c.LastUsedAt.IsZero() {
			used := stamp(c.LastUsedAt)
			row.LastUsed = &used
		}
		return row
	}), page.Total, err
}

// rowsOf gives the rows of a page; a page without any is an empty array.
func rowsOf[T any](page query.Page[T], row func(T) any) []any {
	rows := make([]any, len(page.Items))
	for i, item := range page.Items {
		rows[i] = row(item)
	}
	return rows
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
