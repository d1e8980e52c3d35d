package declare

import "time"

// Service is a service as declared.
type Service struct {
	Line                                                                         int
	ID, Environment, Key, Name                                                   Given[string]
	HomeURL, IconURL, ApplicationName, Description, Vendor, Version, ReleaseDate Given[string]
	UserURIPattern, GroupURIPattern                                              Given[string]
	BaseURLs, RedirectURIs, PostLogoutRedirectURIs, RequestURIs                  Given[[]string]
	Trusted, Public, Disabled                                                    Given[bool]
	Flows                                                                        Given[[]string]
	Secrets                                                                      Given[[]Credential]
	Permissions                                                                  Given[[]Permission]
	AccessToken, IDTokenAlg, PKCE, AuthMethod, JWKS, JWKSURI                     Given[string]
	Entitlements, RequirePushedAuthorization, Consent, RotateRefreshTokens       Given[bool]
	RequestObjectAlg                                                             Given[string]
	SelfRegistered                                                               Given[bool]
	Registration                                                                 Given[Registration]
	Organisation                                                                 Given[string]
	Viewers                                                                      Given[[]string]
	Roles                                                                        Given[[]GrantRef]
}

// Permission is something that can be done at a service.
type Permission struct{ Key, Name, Description Given[string] }

var permissionTable = fields[Permission]{
	textField("key", func(p *Permission) *Given[string] { return &p.Key }),
	textField("name", func(p *Permission) *Given[string] { return &p.Name }),
	textField("description", func(p *Permission) *Given[string] { return &p.Description }),
}

func readPermission(p *problems, v value) (Permission, bool) {
	one, ok := permissionTable.read(p, v, "a permission")
	if ok && !one.Key.Set {
		p.add(v.line, "a permission needs a key")
		return one, false
	}
	return one, ok
}

var serviceTable = fields[Service]{
	textField("id", func(s *Service) *Given[string] { return &s.ID }),
	oneOfField("environment", func(s *Service) *Given[string] { return &s.Environment }, "production", "test"),
	textField("key", func(s *Service) *Given[string] { return &s.Key }),
	textField("name", func(s *Service) *Given[string] { return &s.Name }),
	textField("applicationName", func(s *Service) *Given[string] { return &s.ApplicationName }),
	textField("vendor", func(s *Service) *Given[string] { return &s.Vendor }),
	textField("version", func(s *Service) *Given[string] { return &s.Version }),
	textField("releaseDate", func(s *Service) *Given[string] { return &s.ReleaseDate }),
	textField("description", func(s *Service) *Given[string] { return &s.Description }),
	textField("iconUrl", func(s *Service) *Given[string] { return &s.IconURL }),
	textField("userUriPattern", func(s *Service) *Given[string] { return &s.UserURIPattern }),
	textField("groupUriPattern", func(s *Service) *Given[string] { return &s.GroupURIPattern }),
	textField("homeUrl", func(s *Service) *Given[string] { return &s.HomeURL }),
	textsField("baseUrls", func(s *Service) *Given[[]string] { return &s.BaseURLs }),
	textsField("redirectUris", func(s *Service) *Given[[]string] { return &s.RedirectURIs }),
	textsField("postLogoutRedirectUris", func(s *Service) *Given[[]string] { return &s.PostLogoutRedirectURIs }),
	textsField("requestUris", func(s *Service) *Given[[]string] { return &s.RequestURIs }),
	flagField("trusted", func(s *Service) *Given[bool] { return &s.Trusted }),
	flagField("public", func(s *Service) *Given[bool] { return &s.Public }),
	flagField("disabled", func(s *Service) *Given[bool] { return &s.Disabled }),
	textsField("flows", func(s *Service) *Given[[]string] { return &s.Flows }),
	credentialsField("secrets", secretForm, func(s *Service) *Given[[]Credential] { return &s.Secrets }),
	listField("permissions", func(s *Service) *Given[[]Permission] { return &s.Permissions }, readPermission,
		permissionTable.write),
	oneOfField("accessToken", func(s *Service) *Given[string] { return &s.AccessToken }, "jwt", "opaque"),
	flagField("entitlements", func(s *Service) *Given[bool] { return &s.Entitlements }),
	textField("idTokenAlg", func(s *Service) *Given[string] { return &s.IDTokenAlg }),
	oneOfField("pkce", func(s *Service) *Given[string] { return &s.PKCE }, "optional", "required"),
	textField("authMethod", func(s *Service) *Given[string] { return &s.AuthMethod }),
	jsonField("jwks", func(s *Service) *Given[string] { return &s.JWKS }),
	textField("jwksUri", func(s *Service) *Given[string] { return &s.JWKSURI }),
	flagField("requirePushedAuthorization", func(s *Service) *Given[bool] { return &s.RequirePushedAuthorization }),
	textField("organisation", func(s *Service) *Given[string] { return &s.Organisation }),
	textsField("viewers", func(s *Service) *Given[[]string] { return &s.Viewers }),
	grantsField(func(s *Service) *Given[[]GrantRef] { return &s.Roles }),
	flagField("consent", func(s *Service) *Given[bool] { return &s.Consent }),
	textField("requestObjectAlg", func(s *Service) *Given[string] { return &s.RequestObjectAlg }),
	flagField("selfRegistered", func(s *Service) *Given[bool] { return &s.SelfRegistered }),
	registrationField("registration", func(s *Service) *Given[Registration] { return &s.Registration }),
	flagField("rotateRefreshTokens", func(s *Service) *Given[bool] { return &s.RotateRefreshTokens }),
}

// Registration is what a service that registered itself manages its registration with: the hash of its registration access
// token, what it said of itself as JSON, who let it and when.
type Registration struct {
	Credential
	Document, By Given[string]
	Created      Given[time.Time]
}

var registrationTable = fields[Registration]{
	textField("hash", func(r *Registration) *Given[string] { return &r.Hash }),
	jsonField("document", func(r *Registration) *Given[string] { return &r.Document }),
	textField("by", func(r *Registration) *Given[string] { return &r.By }),
	timeField("created", func(r *Registration) *Given[time.Time] { return &r.Created }),
}

func registrationField[T any](key string, at func(*T) *Given[Registration]) field[T] {
	return field[T]{key: key, quiet: true, at: func(noun *T) slot { return registrationSlot{at(noun)} }}
}

type registrationSlot struct{ *Given[Registration] }

func (s registrationSlot) read(p *problems, key string, v value) {
	r, ok := registrationTable.read(p, v, key)
	r.line = v.line
	if ok && (!r.Hash.Set || !r.Document.Set) {
		p.add(v.line, "%s needs hash and document, as export writes them", key)
	}
	s.Value = r
}

func (s registrationSlot) write(w *writer) { registrationTable.write(w, &s.Value) }

// APIClient is an API client as declared.
type APIClient struct {
	Line                         int
	ID, Environment, User, Label Given[string]
	Author                       Given[string] // id of who made it
	Secret                       Given[Credential]
	Secrets                      Given[[]Credential]
	Limited, Disabled            Given[bool]
}

var apiClientTable = fields[APIClient]{
	textField("id", func(c *APIClient) *Given[string] { return &c.ID }),
	oneOfField("environment", func(c *APIClient) *Given[string] { return &c.Environment }, "production", "test"),
	textField("user", func(c *APIClient) *Given[string] { return &c.User }),
	textField("author", func(c *APIClient) *Given[string] { return &c.Author }),
	textField("label", func(c *APIClient) *Given[string] { return &c.Label }),
	credentialField("secret", secretForm, func(c *APIClient) *Given[Credential] { return &c.Secret }),
	credentialsField("secrets", secretForm, func(c *APIClient) *Given[[]Credential] { return &c.Secrets }),
	flagField("limited", func(c *APIClient) *Given[bool] { return &c.Limited }),
	flagField("disabled", func(c *APIClient) *Given[bool] { return &c.Disabled }),
}

// App is an app as declared.
type App struct {
	Line                            int
	AppID, Environment, User, Label Given[string]
	Author                          Given[string] // id of who made it
	AppKey, PreviousKey             Given[Credential]
	Allowlist                       Given[[]Allowed]
	Disabled, Suspended             Given[bool]
}

// Allowed is an entry of an app's allowlist.
type Allowed struct {
	Line          int
	Address, Note Given[string]
}

var allowedTable = fields[Allowed]{
	textField("address", func(a *Allowed) *Given[string] { return &a.Address }),
	textField("note", func(a *Allowed) *Given[string] { return &a.Note }),
}

// readAllowed takes an address by itself, or one with a note.
func readAllowed(p *problems, v value) (Allowed, bool) {
	if v.kind == text || v.kind == number {
		return Allowed{Line: v.line, Address: Given[string]{Mark{true, v.line}, v.text}}, true
	}
	a, ok := allowedTable.read(p, v, "an entry of allowlist")
	a.Line = v.line
	if ok && !a.Address.Set {
		p.add(v.line, "an entry of allowlist needs an address")
		return a, false
	}
	return a, ok
}

func writeAllowed(w *writer, a *Allowed) {
	if !a.Note.Set {
		w.text(a.Address.Value)
		return
	}
	allowedTable.write(w, a)
}

var appTable = fields[App]{
	textField("appId", func(a *App) *Given[string] { return &a.AppID }),
	oneOfField("environment", func(a *App) *Given[string] { return &a.Environment }, "production", "test"),
	textField("user", func(a *App) *Given[string] { return &a.User }),
	textField("author", func(a *App) *Given[string] { return &a.Author }),
	textField("label", func(a *App) *Given[string] { return &a.Label }),
	credentialField("appKey", sealedForm, func(a *App) *Given[Credential] { return &a.AppKey }),
	credentialField("previousKey", previousForm, func(a *App) *Given[Credential] { return &a.PreviousKey }),
	listField("allowlist", func(a *App) *Given[[]Allowed] { return &a.Allowlist }, readAllowed, writeAllowed),
	flagField("disabled", func(a *App) *Given[bool] { return &a.Disabled }),
	flagField("suspended", func(a *App) *Given[bool] { return &a.Suspended }),
}
