package rest

import (
	"net/netip"
	"time"

	"example.org/hub/internal/credential"
	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
)

func (a *API) permanentTokenRoutes() []Route {
	const path = "/users/{user}/permanenttokens"
	return []Route{
		{Method: "GET", Path: path, Need: Bearer, Handle: ofUser(a.permanentTokens)},
		{Method: "POST", Path: path, Need: Bearer, Creates: true, Handle: ofUserWith(a.createPermanentToken)},
		{Method: "DELETE", Path: path, Need: Bearer, Handle: a.deletePermanentTokens},
		{Method: "GET", Path: path + "/{token}", Need: Bearer, Handle: ofUser(a.permanentToken)},
		{Method: "DELETE", Path: path + "/{token}", Need: Bearer, Handle: a.deletePermanentToken},
	}
}

// permanentTokenJSON is a permanent token as known clients read it. The token itself stands in the answer that made it only.
type permanentTokenJSON struct {
	Type           string       `json:"type"`
	ID             string       `json:"id"`
	Name           string       `json:"name"`
	Token          string       `json:"token,omitempty"`
	Hint           string       `json:"hint"` // its last four characters
	Scope          []openedJSON `json:"scope"`
	ScopeItems     []string     `json:"scopeItems"` // as they were written; administer and register stand here alone
	User           holderJSON   `json:"user"`
	Author         authorJSON   `json:"author"`
	CreationTime   int64        `json:"creationTime"`
	ExpiresOn      int64        `json:"expiresOn,omitempty"`
	Permissions    *[]string    `json:"permissions,omitempty"` // absent: all that the user has
	ReadOnly       bool         `json:"readOnly"`
	Allowlist      []string     `json:"allowlist"` // empty: from anywhere
	Suspended      bool         `json:"suspended,omitempty"`
	LastAccessTime int64        `json:"lastAccessTime,omitempty"`
	LastAddress    string       `json:"lastAccessAddress,omitempty"`
	LastAgent      string       `json:"lastAccessUserAgent,omitempty"`
	LastService    *openedJSON  `json:"lastAccessService,omitempty"`
}

func permanentTokenView(t credential.Token) permanentTokenJSON {
	view := permanentTokenJSON{
		Type: "permanentToken", ID: t.ID, Name: t.Name, Hint: t.Hint, Scope: openedViews(t.Reach), ScopeItems: emptyNotNull(t.Scope),
		User: holderView(t.Owner), Author: authorJSON{t.AuthorID, t.AuthorName}, CreationTime: t.CreatedAt.UnixMilli(), ExpiresOn: epoch(t.ExpiresAt),
		ReadOnly: t.ReadOnly, Allowlist: []string{}, Suspended: t.Suspended,
		LastAccessTime: epoch(t.LastUsedAt), LastAddress: t.LastUsedFrom, LastAgent: t.LastAgent, LastService: lastAt(t.LastAt),
	}
	if t.Permissions != nil {
		view.Permissions = &t.Permissions
	}
	for _, allowed := range t.Allowlist {
		view.Allowlist = append(view.Allowlist, allowed.String())
	}
	return view
}

func (a *API) permanentTokens(c *call, userID string) (any, error) {
	tokens, err := a.Credentials.PermanentTokens(c.Context(), c.actor, userID)
	if err != nil {
		return nil, err
	}
	return whole(a, c, "permanenttokens", tokens, permanentTokenView)
}

func (a *API) permanentToken(c *call, userID string) (any, error) {
	token, err := a.Credentials.PermanentToken(c.Context(), c.actor, userID, c.place("token"))
	return permanentTokenView(token), err
}

// createPermanentToken makes a token and shows it this once.
func (a *API) createPermanentToken(c *call, userID string, in object) (any, error) {
	wanted := credential.NewPermanentToken{UserID: userID, Environment: a.Environment}
	in.text("name", &wanted.Name)
	in.ids("scope", &wanted.Scope, "key", "name")
	in.texts("permissions", &wanted.Permissions)
	in.flag("readOnly", &wanted.ReadOnly)
	wanted.Allowlist = in.prefixes("allowlist")
	if err := in.wrong(); err != nil {
		return nil, err
	}
	var err error
	if wanted.ExpiresAt, err = readExpiry(in); err != nil {
		return nil, err
	}
	token, text, err := a.Credentials.CreatePermanentToken(c.Context(), c.actor, wanted)
	if err != nil {
		return nil, err
	}
	view := permanentTokenView(token)
	view.Token = text.Reveal()
	return view, nil
}

// prefixes reads a list of addresses and ranges.
func (o object) prefixes(key string) []netip.Prefix {
	var texts []string
	o.texts(key, &texts)
	prefixes := make([]netip.Prefix, 0, len(texts))
	for _, text := range texts {
		prefix, err := hub.ParsePrefix(text)
		if err != nil {
			o.unfit(key, err.Error())
			return nil
		}
		prefixes = append(prefixes, prefix)
	}
	return prefixes
}

// readExpiry reads when a token ends: "expires" in words ("90d", "2030-01-31"), or "expiresOn" in milliseconds since 1970, as it
// is shown. Neither: never.
func readExpiry(in object) (time.Time, error) {
	var words string
	var millis int64
	in.text("expires", &words)
	in.whole("expiresOn", &millis)
	if err := in.wrong(); err != nil {
		return time.Time{}, err
	}
	switch {
	case words != "" && millis != 0:
		return time.Time{}, &fault.Error{Kind: fault.Invalid, Message: "send expires or expiresOn, not both",
			Fields: []fault.Field{{Name: "expires", Reason: "must not stand beside expiresOn"}}}
	case millis != 0:
		return time.UnixMilli(millis), nil
	}
	return credential.ParseExpiry("expires", words, time.Now())
}

func (a *API) deletePermanentToken(c *call) (any, error) {
	return c.ended("token", func(userID, id string) error {
		return a.Credentials.DeletePermanentToken(c.Context(), c.actor, userID, id)
	})
}

func (a *API) deletePermanentTokens(c *call) (any, error) {
	return c.emptied(func(userID string, ids []string) error {
		return a.Credentials.DeletePermanentTokens(c.Context(), c.actor, userID, ids)
	})
}
