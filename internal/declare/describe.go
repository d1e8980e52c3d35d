package declare

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.org/hub/internal/credential"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
	"example.org/hub/oauth"
)

// Describing is the way from what a database holds to what hub.yaml says. Keys whose value is empty, or what it is by
// itself, are left out. Two states that are described alike are alike: a plan compares descriptions, and export writes them.

func give[V comparable](to *Given[V], value V) {
	var none V
	if value != none {
		*to = Given[V]{Mark{Set: true}, value}
	}
}

func giveList[E any](to *Given[[]E], list []E) {
	if len(list) > 0 {
		*to = Given[[]E]{Mark{Set: true}, list}
	}
}

func giveTime(to *Given[time.Time], at time.Time) {
	if !at.IsZero() {
		*to = Given[time.Time]{Mark{Set: true}, at}
	}
}

func (x *index) describeRole(r roleState) *Role {
	d := &Role{}
	give(&d.ID, r.ID)
	give(&d.Key, r.Key)
	give(&d.Name, r.Name)
	give(&d.Description, r.Description)
	giveList(&d.Permissions, r.Permissions)
	return d
}

func (x *index) describeOrganisation(o organisationState) *Organisation {
	d := &Organisation{}
	give(&d.ID, o.ID)
	give(&d.Key, o.Key)
	give(&d.Name, o.Name)
	var retired []RetiredKey
	for _, key := range o.retired {
		one := RetiredKey{Credential: hashed(key.Digest)}
		give(&one.Label, key.Label)
		retired = append(retired, one)
	}
	giveList(&d.RetiredAPIKeys, retired)
	return d
}

func hashed(digest []byte) Credential {
	var c Credential
	give(&c.Hash, secret.FormatDigest(digest))
	return c
}

func sealed(box []byte) Given[Credential] {
	if len(box) == 0 {
		return Given[Credential]{}
	}
	var c Credential
	give(&c.Sealed, base64.StdEncoding.EncodeToString(box))
	return Given[Credential]{Mark{Set: true}, c}
}

// describeGrants leaves out the environment that goes without saying: for a service its own.
func (x *index) describeGrants(to *Given[[]GrantRef], grants []hub.Grant, own hub.Environment) {
	var refs []GrantRef
	for _, grant := range grants {
		var ref GrantRef
		give(&ref.Role, x.roles.label(grant.RoleID))
		if grant.Organisation != "" {
			give(&ref.Organisation, x.organisations.label(grant.Organisation))
		}
		if grant.Environment != own {
			give(&ref.Environment, string(grant.Environment))
		}
		refs = append(refs, ref)
	}
	inOrder(refs, func(ref *GrantRef) string {
		return ref.Role.Value + "\x00" + ref.Organisation.Value + "\x00" + ref.Environment.Value
	})
	giveList(to, refs)
}

func (x *index) describeGroup(g groupState) *Group {
	d := &Group{}
	give(&d.ID, g.ID)
	give(&d.Name, g.Name)
	give(&d.Description, g.Description)
	give(&d.RequireTwoFactor, g.RequireTwoFactor)
	if days := g.TwoFactorGrace / (24 * time.Hour); days > 0 {
		give(&d.TwoFactorGraceDays, strconv.Itoa(int(days)))
	}
	give(&d.AutoJoin, g.AutoJoin)
	give(&d.AutoJoinDomain, g.AutoJoinDomain)
	giveTime(&d.TwoFactorSince, g.TwoFactorSince)
	giveList(&d.Subgroups, x.groupNames(g.subgroups))
	x.describeGrants(&d.Roles, g.grants, "")
	return d
}

func (x *index) groupNames(ids []string) []string {
	labels := make([]string, len(ids))
	for i, id := range ids {
		labels[i] = x.groups.label(id)
	}
	slices.Sort(labels)
	return labels
}

func (x *index) describeUser(u userState) *User {
	d := &User{}
	give(&d.ID, u.ID)
	give(&d.Login, u.Login)
	give(&d.Name, u.Name)
	give(&d.Email, u.Email)
	give(&d.EmailVerified, u.EmailVerified)
	if u.Kind != hub.Person {
		give(&d.Kind, string(u.Kind))
	}
	if u.password.Hash != "" {
		var c Credential
		give(&c.Hash, u.password.Hash)
		d.Password = Given[Credential]{Mark{Set: true}, c}
		give(&d.MustChangePassword, u.password.MustChange)
	}
	x.describeMemberships(d, u.groups)
	if u.Organisation != "" {
		give(&d.Organisation, x.organisations.label(u.Organisation))
	}
	x.describeGrants(&d.Roles, u.grants, "")
	give(&d.Banned, u.Banned)
	give(&d.BanReason, u.BanReason)
	if !u.totp.ConfirmedAt.IsZero() { // one that is being set up is none yet
		d.TOTP = sealed(u.totp.Sealed)
	}
	var recovery []Credential
	for _, digest := range u.recovery {
		recovery = append(recovery, hashed(digest))
	}
	giveList(&d.RecoveryCodes, recovery)
	describePasskeys(&d.Passkeys, u.passkeys)
	giveList(&d.FormerIDs, u.formers)
	var passwords []ApplicationPassword
	for _, password := range u.passwords {
		passwords = append(passwords, *describeApplicationPassword(password))
	}
	giveList(&d.ApplicationPasswords, passwords)
	var tokens []PermanentToken
	for _, token := range u.tokens {
		if one := x.describeToken(token); one.Scope.Set {
			tokens = append(tokens, *one)
		}
	}
	giveList(&d.PermanentTokens, tokens)
	return d
}

func (x *index) describeMemberships(d *User, groups []membership) {
	var refs []MemberRef
	for _, one := range groups {
		var ref MemberRef
		give(&ref.Group, x.groups.label(one.group))
		giveTime(&ref.Since, one.since)
		refs = append(refs, ref)
	}
	inOrder(refs, func(ref *MemberRef) string { return ref.Group.Value })
	giveList(&d.Groups, refs)
}

func describeAuthor(to *Given[Author], id, name string) {
	var author Author
	give(&author.ID, id)
	give(&author.Name, name)
	if author.ID.Set || author.Name.Set {
		*to = Given[Author]{Mark{Set: true}, author}
	}
}

func describeApplicationPassword(p hub.ApplicationPassword) *ApplicationPassword {
	d := &ApplicationPassword{Credential: hashed(p.Digest)}
	give(&d.ID, p.ID)
	give(&d.Name, p.Name)
	give(&d.Hint, p.Hint)
	give(&d.Suspended, p.Suspended)
	describeAuthor(&d.CreatedBy, p.AuthorID, "")
	giveTime(&d.Created, p.CreatedAt)
	return d
}

func (x *index) describeToken(t hub.PermanentToken) *PermanentToken {
	d := &PermanentToken{Credential: hashed(t.Digest)}
	give(&d.ID, t.ID)
	give(&d.Name, t.Name)
	give(&d.Scope, strings.Join(x.scopeItems(t), " "))
	if t.Environment != hub.Production {
		give(&d.Environment, string(t.Environment))
	}
	give(&d.Hint, t.Hint)
	giveTime(&d.Expires, t.ExpiresAt)
	give(&d.ReadOnly, t.ReadOnly)
	var allowlist []string
	for _, prefix := range t.Allowlist {
		allowlist = append(allowlist, prefix.String())
	}
	slices.Sort(allowlist)
	giveList(&d.Allowlist, allowlist)
	if t.Permissions != nil { // an empty list is a choice too: nothing
		d.Permissions = Given[[]string]{Mark{Set: true}, t.Permissions}
	}
	if t.Cap != nil {
		d.Cap = Given[[]string]{Mark{Set: true}, t.Cap}
	}
	give(&d.Suspended, t.Suspended)
	describeAuthor(&d.CreatedBy, t.AuthorID, t.AuthorName)
	giveTime(&d.Created, t.CreatedAt)
	return d
}

// scopeItems gives the items of a token's scope so that they mean the same wherever they are read: an item whose service
// has another name by now, or holds blanks, is written by the service's id. What a deleted service has left is dropped.
func (x *index) scopeItems(t hub.PermanentToken) []string {
	services := x.services[t.Environment]
	var items []string
	for _, item := range t.Scope {
		if credential.IsPermanentScope(item) {
			items = append(items, item)
			continue
		}
		id, permission, found := services.resolveItem(item)
		if !found || !slices.Contains(t.Services, id) {
			continue // its service is gone, or known by another name: see below
		}
		if strings.ContainsAny(item, " \t\n") {
			if item = id; permission != "" {
				item += ":" + permission
			}
		}
		items = append(items, item)
	}
	for _, id := range t.Services { // services that no item names any more
		_, there := services.labels[id]
		named := slices.ContainsFunc(items, func(item string) bool {
			found, _, _ := services.resolveItem(item)
			return found == id
		})
		if there && !named {
			items = append(items, id)
		}
	}
	return items
}

// resolveItem finds the service that a scope item names.
func (n *names) resolveItem(item string) (id, permission string, found bool) {
	for name, permission := range oauth.ScopeNames(item) {
		if id, found = n.find(name); found {
			return id, permission, true
		}
	}
	return "", "", false
}

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
