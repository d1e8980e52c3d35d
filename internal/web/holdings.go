package web

import (
	"html/template"
	"slices"
	"time"

	"example.org/hub/internal/credential"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
)

// holder is whose credentials a page shows, and where that page is: the own account, or that of another user.
type holder struct {
	User hub.User
	At   string // path below the issuer's base path that the dialogs have in common
	Page string // path of the page below them, likewise
	Own  bool

	Template string    // draws the page
	Head     *userHead // of the pages of a user, as administrators see them; nil on one's own
	Tab      string    // which of those it is, as a path
}

// holdings is every credential of a holder that is good in this environment, as pages show them.
type holdings struct {
	Holder    *holder
	Tokens    []tokenRow
	Passwords []passwordRow
	Connected []connectedRow
	Scopes    []scopeRow
	Clients   []clientRow
}

// Count is how many there are.
func (h *holdings) Count() int {
	return len(h.Tokens) + len(h.Passwords) + len(h.Connected) + len(h.Scopes) + len(h.Clients)
}

// unusedAfter is after how long a credential looks unused.
const unusedAfter = 90 * 24 * time.Hour

// Unused counts the tokens, passwords and clients that nobody has used for long.
func (h *holdings) Unused() int {
	n := 0
	for _, token := range h.Tokens {
		n += unused(token.Created, token.Used)
	}
	for _, password := range h.Passwords {
		n += unused(password.Created, password.Used)
	}
	for _, client := range h.Clients {
		n += unused(client.Created, client.Used)
	}
	return n
}

func unused(created, used time.Time) int {
	if used.IsZero() {
		used = created
	}
	if hub.Now().Sub(used) > unusedAfter {
		return 1
	}
	return 0
}

// Addresses counts from where credentials were used last.
func (h *holdings) Addresses() int {
	var from []string
	add := func(address string) {
		if address != "" && !slices.Contains(from, address) {
			from = append(from, address)
		}
	}
	for _, token := range h.Tokens {
		add(token.From)
	}
	for _, password := range h.Passwords {
		add(password.From)
	}
	for _, client := range h.Clients {
		add(client.From)
	}
	return len(from)
}

// tokenRow is a permanent token. What its template shows stands in plain fields, as in userRow: of tokens there are many.
type tokenRow struct {
	ID, Name, Hint string
	Scope          []string // names of services
	Author         string
	Created        time.Time
	Used           time.Time // zero: never
	From           string
	Expires        time.Time // zero: never
	Soon           bool      // it ends within a fortnight, or has ended

	At               string        // path of its page
	Select, Delete   string        // what its box and its button are called
	Made, Last, Ends template.HTML // when it was made and used last, and when it ends
}

func (p *Pages) tokenRow(v *visitor, h *holder, t credential.Token) tokenRow {
	return tokenRow{
		ID: t.ID, Name: t.Name, Hint: masked(secret.PermanentToken, t.Environment, t.Hint), Scope: v.scope(t.Reach, t.Scope),
		Author: authorName(t.AuthorName), Created: t.CreatedAt, Used: t.LastUsedAt, From: t.LastUsedFrom, Expires: t.ExpiresAt,
		Soon: !t.ExpiresAt.IsZero() && t.ExpiresAt.Sub(hub.Now()) < 14*24*time.Hour,
		At:   p.base + h.At + "/tokens/" + t.ID, Select: v.plain("tokens.select", "name", t.Name), Delete: v.plain("delete.it", "name", t.Name),
		Made: v.Date(t.CreatedAt), Last: v.When(t.LastUsedAt), Ends: v.When(t.ExpiresAt),
	}
}

// passwordRow is an application password.
type passwordRow struct {
	ID, Name, Hint string
	Created, Used  time.Time
	From           string
}

// connectedRow is a service that holds a refresh token.
type connectedRow struct {
	ID      string
	Service Service
	Scope   []string
	Created time.Time
	Used    time.Time
}

// scopeRow is what a service may reach with the holder's rights.
type scopeRow struct {
	ID       string
	Service  Service
	Scope    []string
	Approved time.Time
	Trusted  bool
}

// clientRow is an API client.
type clientRow struct {
	ID, Label string
	Disabled  bool
	Author    string
	Created   time.Time
	Used      time.Time
	From      string
}

// holdings finds what a holder has.
func (p *Pages) holdings(v *visitor, h *holder) (*holdings, error) {
	found, err := p.Credentials.Holdings(v.Context(), p.actor(v), p.Environment, h.User.ID)
	if err != nil {
		return nil, err
	}
	held := &holdings{Holder: h}
	for _, t := range found.PermanentTokens {
		held.Tokens = append(held.Tokens, p.tokenRow(v, h, t))
	}
	for _, a := range found.ApplicationPasswords {
		held.Passwords = append(held.Passwords, passwordRow{
			ID: a.ID, Name: a.Name, Hint: masked(secret.ApplicationPassword, hub.Production, a.Hint),
			Created: a.CreatedAt, Used: a.LastUsedAt, From: a.LastUsedFrom,
		})
	}
	for _, r := range found.RefreshTokens {
		held.Connected = append(held.Connected, connectedRow{
			ID: r.ID, Service: serviceOf(r.Client), Scope: v.scope(r.Reach, r.Scope), Created: r.CreatedAt, Used: r.LastUsedAt,
		})
	}
	for _, a := range found.ApprovedScopes {
		held.Scopes = append(held.Scopes, scopeRow{
			ID: a.ID, Service: serviceOf(a.Client), Scope: v.scope(a.Reach, a.Items),
			Approved: a.UpdatedAt, Trusted: a.Client.Trusted,
		})
	}
	held.Clients = clientRows(found.APIClients)
	return held, nil
}

func clientRows(clients []credential.Client) []clientRow {
	rows := make([]clientRow, len(clients))
	for i, c := range clients {
		rows[i] = clientRow{
			ID: c.ID, Label: c.Label, Disabled: c.Disabled, Author: authorName(c.AuthorName),
			Created: c.CreatedAt, Used: c.LastUsedAt, From: c.LastUsedFrom,
		}
	}
	return rows
}

// authorName is who made something; what nobody made came with the declared state.
func authorName(name string) string {
	if name == "" {
		return hub.HubServiceName
	}
	return name
}

// masked is a secret as far as it may be seen: its kind, and the last characters.
func masked(kind secret.Kind, environment hub.Environment, hint string) string {
	prefix := string(kind) + "_"
	if environment == hub.Test {
		prefix += "test_"
	}
	return prefix + "…" + hint
}

// scope says what scope items reach: services by name, and reserved items in words.
func (v *visitor) scope(reach []hub.Service, items []string) []string {
	var names []string
	for _, service := range reach {
		names = append(names, service.Name)
	}
	for _, item := range items {
		if key := "scope." + item; hub.IsReservedScope(item) && v.has(key) {
			names = append(names, v.plain(key))
		}
	}
	return names
}

// serviceOf is a service as people know it.
func serviceOf(service hub.Service) Service {
	return Service{ID: service.ID, Name: service.Name, Description: service.Description, HomeURL: service.HomeURL}
}
