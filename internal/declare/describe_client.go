package declare

import (
	"example.org/hub/internal/hub"
)

func (x *index) describeService(s serviceState) *Service {
	d := &Service{}
	give(&d.ID, s.ID)
	give(&d.Environment, string(s.Environment))
	give(&d.Key, s.Key)
	give(&d.Name, s.Name)
	give(&d.HomeURL, s.HomeURL)
	give(&d.IconURL, s.IconURL)
	give(&d.UserURIPattern, s.UserURIPattern)
	give(&d.GroupURIPattern, s.GroupURIPattern)
	give(&d.ApplicationName, s.ApplicationName)
	give(&d.Description, s.Description)
	give(&d.Vendor, s.Vendor)
	give(&d.Version, s.Version)
	give(&d.ReleaseDate, s.ReleaseDate)
	giveList(&d.BaseURLs, s.BaseURLs)
	giveList(&d.RedirectURIs, s.RedirectURIs)
	giveList(&d.PostLogoutRedirectURIs, s.PostLogoutRedirectURIs)
	giveList(&d.RequestURIs, s.RequestURIs)
	give(&d.Trusted, s.Trusted)
	give(&d.Public, s.Public)
	give(&d.Disabled, s.Disabled)
	d.Flows.Set = true // none is a choice too, and what a new service has depends on the settings
	for _, flow := range s.Flows {
		d.Flows.Value = append(d.Flows.Value, string(flow))
	}
	giveList(&d.Secrets, describeSecrets(s.secrets))
	if !s.BuiltIn() { // those of Hub itself come with the program
		var permissions []Permission
		for _, permission := range s.Permissions {
			var one Permission
			give(&one.Key, permission.Key)
			give(&one.Name, permission.Name)
			give(&one.Description, permission.Description)
			permissions = append(permissions, one)
		}
		giveList(&d.Permissions, permissions)
	}
	if s.AccessToken != hub.JWT {
		give(&d.AccessToken, string(s.AccessToken))
	}
	give(&d.Entitlements, s.Entitlements)
	if s.IDTokenAlg != hub.IDTokenAlgorithms()[0] {
		give(&d.IDTokenAlg, s.IDTokenAlg)
	}
	if s.PKCERequired {
		give(&d.PKCE, "required")
	}
	give(&d.AuthMethod, string(s.AuthMethod))
	give(&d.JWKS, s.JWKS)
	give(&d.JWKSURI, s.JWKSURI)
	give(&d.RequirePushedAuthorization, s.RequirePushedAuthorization)
	if s.Organisation != "" {
		give(&d.Organisation, x.organisations.label(s.Organisation))
	}
	giveList(&d.Viewers, x.groupNames(s.Viewers))
	x.describeGrants(&d.Roles, s.grants, s.Environment)
	if s.SkipConsent {
		d.Consent = Given[bool]{Mark{Set: true}, false}
	}
	if s.SelfRegistered != nil {
		give(&d.SelfRegistered, true)
		give(&d.RequestObjectAlg, s.SelfRegistered.RequestObjectAlg)
	}
	if len(s.registration.Digest) > 0 {
		r := Registration{Credential: hashed(s.registration.Digest)}
		give(&r.Document, string(s.registration.Document))
		give(&r.By, s.registration.ByID)
		giveTime(&r.Created, s.registration.CreatedAt)
		d.Registration = Given[Registration]{Mark{Set: true}, r}
	}
	give(&d.RotateRefreshTokens, s.RotateRefreshTokens)
	return d
}

func describeSecrets(secrets []hub.Secret) []Credential {
	var all []Credential
	for _, one := range secrets {
		c := hashed(one.Digest)
		give(&c.Hint, one.Hint)
		giveTime(&c.Expires, one.ExpiresAt)
		give(&c.Suspended, one.Suspended)
		all = append(all, c)
	}
	return all
}

func (x *index) describeAPIClient(c apiClientState) *APIClient {
	d := &APIClient{}
	give(&d.ID, c.ID)
	give(&d.Environment, string(c.Environment))
	give(&d.User, x.users.label(c.UserID))
	give(&d.Author, c.AuthorID)
	give(&d.Label, c.Label)
	giveList(&d.Secrets, describeSecrets(c.secrets))
	give(&d.Limited, c.Limited)
	give(&d.Disabled, c.Disabled)
	return d
}

func (x *index) describeApp(a appState) *App {
	d := &App{}
	give(&d.AppID, a.ID)
	give(&d.Environment, string(a.Environment))
	give(&d.User, x.users.label(a.UserID))
	give(&d.Author, a.AuthorID)
	give(&d.Label, a.Label)
	d.AppKey = sealed(a.SealedKey)
	if len(a.PreviousDigest) > 0 && !ended(a.PreviousEndsAt, hub.Now()) {
		c := hashed(a.PreviousDigest)
		giveTime(&c.Expires, a.PreviousEndsAt)
		d.PreviousKey = Given[Credential]{Mark{Set: true}, c}
	}
	var allowlist []Allowed
	for _, entry := range a.Allowlist {
		var one Allowed
		give(&one.Address, entry.Prefix.String())
		give(&one.Note, entry.Note)
		allowlist = append(allowlist, one)
	}
	giveList(&d.Allowlist, allowlist)
	give(&d.Disabled, a.Disabled)
	give(&d.Suspended, a.Suspended)
	return d
}
