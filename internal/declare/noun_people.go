package declare

import "time"

// Role is a role as declared.
type Role struct {
	Line                       int
	ID, Key, Name, Description Given[string]
	Permissions                Given[[]string]
}

var roleTable = fields[Role]{
	textField("id", func(r *Role) *Given[string] { return &r.ID }),
	textField("key", func(r *Role) *Given[string] { return &r.Key }),
	textField("name", func(r *Role) *Given[string] { return &r.Name }),
	textField("description", func(r *Role) *Given[string] { return &r.Description }),
	textsField("permissions", func(r *Role) *Given[[]string] { return &r.Permissions }),
}

// Organisation is an organisation as declared.
type Organisation struct {
	Line           int
	ID, Key, Name  Given[string]
	RetiredAPIKeys Given[[]RetiredKey]
}

// RetiredKey is an API key of old that is always refused.
type RetiredKey struct {
	Line  int
	Label Given[string]
	Credential
}

var organisationTable = fields[Organisation]{
	textField("id", func(o *Organisation) *Given[string] { return &o.ID }),
	textField("key", func(o *Organisation) *Given[string] { return &o.Key }),
	textField("name", func(o *Organisation) *Given[string] { return &o.Name }),
	quiet(listField("retiredApiKeys", func(o *Organisation) *Given[[]RetiredKey] { return &o.RetiredAPIKeys },
		readRetiredKey, retiredKeyTable.write)),
}

var retiredKeyTable = fields[RetiredKey]{
	textField("label", func(k *RetiredKey) *Given[string] { return &k.Label }),
	textField("value", func(k *RetiredKey) *Given[string] { return &k.Value }),
	textField("env", func(k *RetiredKey) *Given[string] { return &k.Env }),
	textField("hash", func(k *RetiredKey) *Given[string] { return &k.Hash }),
}

func readRetiredKey(p *problems, v value) (RetiredKey, bool) {
	k, ok := retiredKeyTable.read(p, v, "a retired key")
	k.Line, k.line = v.line, v.line
	return k, ok && k.one(p, "a retired key", v.line, passwordForm)
}

func quiet[T any](f field[T]) field[T] {
	f.quiet = true
	return f
}

// GrantRef is a role given to the noun in whose list it stands.
type GrantRef struct {
	Line                            int
	Role, Organisation, Environment Given[string]
}

var grantTable = fields[GrantRef]{
	textField("role", func(g *GrantRef) *Given[string] { return &g.Role }),
	textField("organisation", func(g *GrantRef) *Given[string] { return &g.Organisation }),
	oneOfField("environment", func(g *GrantRef) *Given[string] { return &g.Environment }, "production", "test"),
}

func grantsField[T any](at func(*T) *Given[[]GrantRef]) field[T] {
	return listField("roles", at, func(p *problems, v value) (GrantRef, bool) {
		g, ok := grantTable.read(p, v, "an entry of roles ({role: KEY})")
		g.Line = v.line
		if ok && !g.Role.Set {
			p.add(v.line, "an entry of roles needs role: the key of a role")
			return g, false
		}
		return g, ok
	}, grantTable.write)
}

// Group is a group as declared.
type Group struct {
	Line                  int
	ID, Name, Description Given[string]
	RequireTwoFactor      Given[bool]
	TwoFactorGraceDays    Given[string] // a whole number
	AutoJoin              Given[bool]
	AutoJoinDomain        Given[string]
	TwoFactorSince        Given[time.Time]
	Subgroups             Given[[]string]
	Roles                 Given[[]GrantRef]
}

var groupTable = fields[Group]{
	textField("id", func(g *Group) *Given[string] { return &g.ID }),
	textField("name", func(g *Group) *Given[string] { return &g.Name }),
	textField("description", func(g *Group) *Given[string] { return &g.Description }),
	flagField("requireTwoFactor", func(g *Group) *Given[bool] { return &g.RequireTwoFactor }),
	textField("twoFactorGraceDays", func(g *Group) *Given[string] { return &g.TwoFactorGraceDays }),
	timeField("twoFactorSince", func(g *Group) *Given[time.Time] { return &g.TwoFactorSince }),
	flagField("autoJoin", func(g *Group) *Given[bool] { return &g.AutoJoin }),
	textField("autoJoinDomain", func(g *Group) *Given[string] { return &g.AutoJoinDomain }),
	textsField("subgroups", func(g *Group) *Given[[]string] { return &g.Subgroups }),
	grantsField(func(g *Group) *Given[[]GrantRef] { return &g.Roles }),
}

// User is a user as declared.
type User struct {
	Line                                       int
	ID, Login, Name, Email, Kind, Organisation Given[string]
	EmailVerified, MustChangePassword, Banned  Given[bool]
	BanReason                                  Given[string]
	Password, TOTP                             Given[Credential]
	RecoveryCodes                              Given[[]Credential]
	Groups                                     Given[[]MemberRef]
	FormerIDs                                  Given[[]string]
	Passkeys                                   Given[[]Passkey]
	Roles                                      Given[[]GrantRef]
	ApplicationPasswords                       Given[[]ApplicationPassword]
	PermanentTokens                            Given[[]PermanentToken]
}

var userTable = fields[User]{
	textField("id", func(u *User) *Given[string] { return &u.ID }),
	textField("login", func(u *User) *Given[string] { return &u.Login }),
	textField("name", func(u *User) *Given[string] { return &u.Name }),
	textField("email", func(u *User) *Given[string] { return &u.Email }),
	flagField("emailVerified", func(u *User) *Given[bool] { return &u.EmailVerified }),
	textField("kind", func(u *User) *Given[string] { return &u.Kind }),
	credentialField("password", passwordForm, func(u *User) *Given[Credential] { return &u.Password }),
	flagField("mustChangePassword", func(u *User) *Given[bool] { return &u.MustChangePassword }),
	listField("groups", func(u *User) *Given[[]MemberRef] { return &u.Groups }, readMember, writeMember),
	textField("organisation", func(u *User) *Given[string] { return &u.Organisation }),
	grantsField(func(u *User) *Given[[]GrantRef] { return &u.Roles }),
	flagField("banned", func(u *User) *Given[bool] { return &u.Banned }),
	textField("banReason", func(u *User) *Given[string] { return &u.BanReason }),
	credentialField("totp", sealedForm, func(u *User) *Given[Credential] { return &u.TOTP }),
	credentialsField("recoveryCodes", hashForm, func(u *User) *Given[[]Credential] { return &u.RecoveryCodes }),
	listField("passkeys", func(u *User) *Given[[]Passkey] { return &u.Passkeys }, readPasskey, passkeyTable.write),
	textsField("formerIds", func(u *User) *Given[[]string] { return &u.FormerIDs }),
	quiet(listField("applicationPasswords", func(u *User) *Given[[]ApplicationPassword] { return &u.ApplicationPasswords },
		readApplicationPassword, applicationPasswordTable.write)),
	quiet(listField("permanentTokens", func(u *User) *Given[[]PermanentToken] { return &u.PermanentTokens },
		readPermanentToken, permanentTokenTable.write)),
}

// MemberRef is a group in which the user is in whose list it stands.
type MemberRef struct {
	Line  int
	Group Given[string]
	Since Given[time.Time]
}

var memberTable = fields[MemberRef]{
	textField("group", func(m *MemberRef) *Given[string] { return &m.Group }),
	timeField("since", func(m *MemberRef) *Given[time.Time] { return &m.Since }),
}

// readMember takes the name of a group by itself, or with the time of joining.
func readMember(p *problems, v value) (MemberRef, bool) {
	if v.kind == text || v.kind == number {
		return MemberRef{Line: v.line, Group: Given[string]{Mark{true, v.line}, v.text}}, true
	}
	m, ok := memberTable.read(p, v, "an entry of groups (a name, or {group: NAME, since: TIME})")
	m.Line = v.line
	if ok && !m.Group.Set {
		p.add(v.line, "an entry of groups needs group: the name of a group")
		return m, false
	}
	return m, ok
}

func writeMember(w *writer, m *MemberRef) {
	if !m.Since.Set {
		w.text(m.Group.Value)
		return
	}
	memberTable.write(w, m)
}

// Author is who made a credential, as it is remembered: the id may be of somebody who is gone.
type Author struct{ ID, Name Given[string] }

var authorTable = fields[Author]{
	textField("id", func(a *Author) *Given[string] { return &a.ID }),
	textField("name", func(a *Author) *Given[string] { return &a.Name }),
}

func authorField[T any](at func(*T) *Given[Author]) field[T] {
	return field[T]{key: "createdBy", at: func(noun *T) slot { return authorSlot{at(noun)} }}
}

type authorSlot struct{ *Given[Author] }

func (s authorSlot) read(p *problems, key string, v value) { s.Value, _ = authorTable.read(p, v, key) }
func (s authorSlot) write(w *writer)                       { authorTable.write(w, &s.Value) }

// ApplicationPassword is an application password of the user in whose list it stands.
type ApplicationPassword struct {
	Line     int
	ID, Name Given[string]
	Credential
	CreatedBy Given[Author]
	Created   Given[time.Time]
}

var applicationPasswordTable = fields[ApplicationPassword]{
	textField("id", func(a *ApplicationPassword) *Given[string] { return &a.ID }),
	textField("name", func(a *ApplicationPassword) *Given[string] { return &a.Name }),
	textField("value", func(a *ApplicationPassword) *Given[string] { return &a.Value }),
	textField("env", func(a *ApplicationPassword) *Given[string] { return &a.Env }),
	textField("hash", func(a *ApplicationPassword) *Given[string] { return &a.Hash }),
	textField("hint", func(a *ApplicationPassword) *Given[string] { return &a.Hint }),
	flagField("suspended", func(a *ApplicationPassword) *Given[bool] { return &a.Suspended }),
	authorField(func(a *ApplicationPassword) *Given[Author] { return &a.CreatedBy }),
	timeField("created", func(a *ApplicationPassword) *Given[time.Time] { return &a.Created }),
}

func readApplicationPassword(p *problems, v value) (ApplicationPassword, bool) {
	a, ok := applicationPasswordTable.read(p, v, "an application password")
	a.Line, a.line = v.line, v.line
	if ok && !a.Name.Set {
		p.add(v.line, "an application password needs a name")
		return a, false
	}
	return a, ok && a.one(p, "an application password", v.line, passwordForm)
}

// PermanentToken is a permanent token of the user in whose list it stands.
type PermanentToken struct {
	Line                         int
	ID, Name, Scope, Environment Given[string]
	Credential
	Allowlist, Permissions, Cap Given[[]string]
	ReadOnly                    Given[bool]
	CreatedBy                   Given[Author]
	Created                     Given[time.Time]
}

var permanentTokenTable = fields[PermanentToken]{
	textField("id", func(t *PermanentToken) *Given[string] { return &t.ID }),
	textField("name", func(t *PermanentToken) *Given[string] { return &t.Name }),
	textField("scope", func(t *PermanentToken) *Given[string] { return &t.Scope }),
	oneOfField("environment", func(t *PermanentToken) *Given[string] { return &t.Environment }, "production", "test"),
	textField("value", func(t *PermanentToken) *Given[string] { return &t.Value }),
	textField("env", func(t *PermanentToken) *Given[string] { return &t.Env }),
	textField("hash", func(t *PermanentToken) *Given[string] { return &t.Hash }),
	textField("hint", func(t *PermanentToken) *Given[string] { return &t.Hint }),
	timeField("expires", func(t *PermanentToken) *Given[time.Time] { return &t.Expires }),
	flagField("readOnly", func(t *PermanentToken) *Given[bool] { return &t.ReadOnly }),
	textsField("allowlist", func(t *PermanentToken) *Given[[]string] { return &t.Allowlist }),
	textsField("permissions", func(t *PermanentToken) *Given[[]string] { return &t.Permissions }),
	textsField("cap", func(t *PermanentToken) *Given[[]string] { return &t.Cap }),
	flagField("suspended", func(t *PermanentToken) *Given[bool] { return &t.Suspended }),
	authorField(func(t *PermanentToken) *Given[Author] { return &t.CreatedBy }),
	timeField("created", func(t *PermanentToken) *Given[time.Time] { return &t.Created }),
}

func readPermanentToken(p *problems, v value) (PermanentToken, bool) {
	t, ok := permanentTokenTable.read(p, v, "a permanent token")
	t.Line, t.line = v.line, v.line
	if ok && (!t.Name.Set || !t.Scope.Set) {
		p.add(v.line, "a permanent token needs a name and a scope")
		return t, false
	}
	return t, ok && t.one(p, "a permanent token", v.line, passwordForm)
}
