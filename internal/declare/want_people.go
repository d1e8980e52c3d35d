package declare

import (
	"context"
	"slices"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
)

// want turns every declared noun into what it will be, in the order in which the differences are written: what goes first,
// so that its names are free, then what others refer to before those who do.
func (p *planner) want() {
	p.wantGone()
	p.wantSettings()
	each(p.found.organisations, p.wantOrganisation)
	each(p.found.roles, p.wantRole)
	p.wantGroups()
	each(p.found.services, p.wantService)
	each(p.found.users, p.wantUser)
	each(p.found.apiClients, p.wantAPIClient)
	each(p.found.apps, p.wantApp)
	for _, o := range p.found.goneOrganisations { // at last: until now somebody may belong to it
		p.plan.Changes = append(p.plan.Changes, Change{Verb: Delete, What: "organisation", ID: o.ID, Name: o.Key,
			write: func(ctx context.Context, w *applying) error { return w.tx.DeleteOrganisation(ctx, o.ID) }})
	}
	p.noteRoles()
}

func each[D, S any](all []match[D, S], want func(match[D, S])) {
	for _, m := range all {
		want(m)
	}
}

func (p *planner) wantGone() {
	f := &p.found
	del := func(what, id, name string, environment hub.Environment, write func(context.Context, *applying) error) {
		p.plan.Changes = append(p.plan.Changes, Change{Verb: Delete, What: what, ID: id, Name: name, Environment: environment, write: write})
	}
	for _, a := range f.goneApps {
		del("app", a.ID, a.Label, a.Environment, func(ctx context.Context, w *applying) error { return w.tx.DeleteApp(ctx, a.Environment, a.ID) })
	}
	for _, c := range f.goneAPIClients {
		del("API client", c.ID, c.Label, c.Environment, func(ctx context.Context, w *applying) error {
			return w.tx.DeleteAPIClient(ctx, c.Environment, c.ID)
		})
	}
	for _, u := range f.goneUsers {
		del("user", u.ID, u.Login, "", func(ctx context.Context, w *applying) error { return w.tx.DeleteUser(ctx, u.ID) })
	}
	for _, s := range f.goneServices {
		del("service", s.ID, s.Key, s.Environment, func(ctx context.Context, w *applying) error {
			return w.tx.DeleteService(ctx, s.Environment, s.ID)
		})
	}
	for _, g := range f.goneGroups {
		del("group", g.ID, g.Name, "", func(ctx context.Context, w *applying) error { return w.tx.DeleteGroup(ctx, g.ID) })
	}
	for _, r := range f.goneRoles {
		del("role", r.ID, r.Key, "", func(ctx context.Context, w *applying) error { return w.tx.DeleteRole(ctx, r.ID) })
	}
}

func (p *planner) wantSettings() {
	wanted := p.state.settings
	take(&wanted.DefaultFlows, p.document.DefaultFlows)
	describe := func(s hub.Settings) *settings {
		d := &settings{}
		d.Defaults = Given[defaults]{Mark{Set: true}, defaults{Flows: Given[string]{Mark{Set: true}, s.DefaultFlows}}}
		if s.DefaultFlows == "" {
			d.Defaults.Value.Flows.Value = "modern"
		}
		return d
	}
	change(p, settingsTable, describe(p.state.settings), describe(wanted), Change{What: "settings", ID: "settings", Name: "settings",
		line:  p.document.DefaultFlows.Line,
		write: func(ctx context.Context, w *applying) error { return w.tx.SetSettings(ctx, wanted) }})
	p.flows = wanted.NewServiceFlows()
}

func (p *planner) wantRole(m match[Role, roleState]) {
	now := roleState{hub.Role{ID: m.id, Name: m.d.Key.Value, CreatedAt: p.now}}
	var old *Role
	if m.old != nil {
		now, old = *m.old, p.index.describeRole(*m.old)
	}
	take(&now.Key, m.d.Key)
	take(&now.Name, m.d.Name)
	take(&now.Description, m.d.Description)
	if m.d.Permissions.Set {
		now.Permissions = slices.Sorted(slices.Values(m.d.Permissions.Value))
		if len(slices.Compact(slices.Clone(now.Permissions))) != len(now.Permissions) {
			p.add(m.d.Permissions.Line, "role %s: a permission is there twice", quoted(now.Key))
		}
	}
	wrong := now.Check()
	if m.old != nil {
		wrong = append(wrong, m.old.CheckChange(now.Role)...)
	}
	check(p, roleTable, m.d, m.d.Line, "role "+quoted(now.Key), wrong)
	now.UpdatedAt = p.now
	change(p, roleTable, old, p.index.describeRole(now), Change{What: "role", ID: m.id, Name: now.Key, line: m.d.Line,
		write: func(ctx context.Context, w *applying) error {
			if m.old == nil {
				return w.tx.InsertRole(ctx, now.Role)
			}
			return w.tx.UpdateRole(ctx, now.Role)
		}})
}

// noteRoles tells of permissions that no service has: probably a slip of the pen, possibly a service to come.
func (p *planner) noteRoles() {
	declared := map[string]bool{}
	add := func(key string, permissions []hub.Permission) {
		for _, permission := range permissions {
			declared[key+":"+permission.Key] = true
		}
	}
	for _, s := range p.state.services {
		add(s.Key, s.Permissions)
	}
	for _, m := range p.found.services {
		key := m.d.Key.Value
		if key == "" && m.old != nil {
			key = m.old.Key
		}
		for _, permission := range m.d.Permissions.Value {
			declared[key+":"+permission.Key.Value] = true
		}
	}
	for _, m := range p.found.roles {
		for _, permission := range m.d.Permissions.Value {
			if permission != hub.AllPermissions && !declared[permission] && hub.CheckPermission(permission) == "" {
				p.plan.Notes = append(p.plan.Notes,
					"the role "+p.index.roles.label(m.id)+" has the permission "+permission+", which no service declares")
			}
		}
	}
}

func (p *planner) wantOrganisation(m match[Organisation, organisationState]) {
	now := organisationState{Organisation: hub.Organisation{ID: m.id, Name: m.d.Key.Value, CreatedAt: p.now}}
	var old *Organisation
	if m.old != nil {
		now, old = *m.old, p.index.describeOrganisation(*m.old)
	}
	take(&now.Key, m.d.Key)
	take(&now.Name, m.d.Name)
	check(p, organisationTable, m.d, m.d.Line, "organisation "+quoted(now.Key), now.Check())
	now.retired = p.retired(m, now.retired)
	now.UpdatedAt = p.now
	change(p, organisationTable, old, p.index.describeOrganisation(now), Change{What: "organisation", ID: m.id,
		Name: now.Key, line: m.d.Line,
		write: func(ctx context.Context, w *applying) error { return w.organisation(ctx, m.old, now) }})
}

// retired adds the given keys to those there; a prune takes away those not given.
func (p *planner) retired(m match[Organisation, organisationState], there []hub.RetiredKey) []hub.RetiredKey {
	if !m.d.RetiredAPIKeys.Set {
		return there
	}
	of := func(one hub.RetiredKey) []byte { return one.Digest }
	var wanted []hub.RetiredKey
	for _, given := range m.d.RetiredAPIKeys.Value {
		digest, _, ok := p.digest(given.Credential, "", "")
		if !ok {
			continue
		}
		one := hub.RetiredKey{ID: hub.NewID(), Organisation: m.id, Digest: digest, CreatedAt: p.now}
		if i := sameDigest(there, of, digest); i >= 0 {
			one = there[i]
		}
		take(&one.Label, given.Label)
		if reason := hub.CheckName(one.Label); one.Label != "" && reason != "" {
			p.add(given.Label.Line, "the label %s", reason)
		}
		if sameDigest(wanted, of, digest) >= 0 {
			p.add(given.Line, "this retired key is given twice")
			continue
		}
		wanted = append(wanted, one)
	}
	if there = slices.Clone(there); p.prune {
		there = slices.DeleteFunc(there, func(one hub.RetiredKey) bool { return sameDigest(wanted, of, one.Digest) < 0 })
	}
	for i, one := range there { // those there keep their places, with labels as given
		if at := sameDigest(wanted, of, one.Digest); at >= 0 {
			there[i] = wanted[at]
			wanted = slices.Delete(wanted, at, at+1)
		}
	}
	return append(there, wanted...)
}

func (p *planner) wantUser(m match[User, userState]) {
	now := userState{User: hub.User{ID: m.id, Kind: hub.Person, Name: m.d.Login.Value, CreatedAt: p.now}}
	var old *User
	if m.old != nil {
		now, old = *m.old, p.index.describeUser(*m.old)
	}
	take(&now.Login, m.d.Login)
	take(&now.Name, m.d.Name)
	if m.d.Email.Set && hub.Fold(m.d.Email.Value) != hub.Fold(now.Email) {
		now.EmailVerified = false
	}
	take(&now.Email, m.d.Email)
	take(&now.EmailVerified, m.d.EmailVerified)
	takeWord(&now.Kind, m.d.Kind)
	take(&now.Banned, m.d.Banned)
	take(&now.BanReason, m.d.BanReason)
	p.organisationOf(&now.Organisation, m.d.Organisation)
	wrong := now.Check()
	if m.old != nil {
		wrong = append(wrong, m.old.CheckChange(now.User)...)
	}
	check(p, userTable, m.d, m.d.Line, "user "+quoted(now.Login), wrong)
	if m.d.Groups.Set {
		now.groups = p.memberships(m.d.Groups, now.groups)
	}
	p.wantFormerIDs(m, &now)
	p.wantPasskeys(m, &now)
	now.grants = p.grants(m.d.Roles, now.grants, holder{hub.HolderUser, m.id}, "")
	p.wantSignIn(m, &now)
	p.wantApplicationPasswords(m, &now)
	p.wantTokens(m, &now)
	now.UpdatedAt = p.now
	change(p, userTable, old, p.index.describeUser(now), Change{What: "user", ID: m.id, Name: now.Login, line: m.d.Line,
		write: func(ctx context.Context, w *applying) error { return w.user(ctx, m.old, now) }})
}

// organisationOf takes over a reference to an organisation; "" takes it away.
func (p *planner) organisationOf(to *string, given Given[string]) {
	if !given.Set {
		return
	}
	if *to = ""; given.Value != "" {
		*to, _ = p.reference(p.index.organisations, given.Line, "organisation", given.Value)
	}
}

// wantSignIn takes over password and second factor.
func (p *planner) wantSignIn(m match[User, userState], now *userState) {
	if m.d.Password.Set {
		if now.Kind != hub.Person {
			p.add(m.d.Password.Line, "user %s: a %s does not sign in with a password; leave it out", quoted(now.Login), now.Kind)
			return
		}
		if hash, ok := p.passwordHash(m, now.password.Hash); ok && hash != now.password.Hash {
			now.password = hub.Password{UserID: m.id, Hash: hash, ChangedAt: p.now}
		}
	}
	if m.d.MustChangePassword.Set {
		if now.password.Hash == "" && m.d.MustChangePassword.Value && !m.d.Password.Set { // one that is given and missing was told of
			p.add(m.d.MustChangePassword.Line, "user %s: there is no password to change", quoted(now.Login))
		}
		now.password.MustChange = m.d.MustChangePassword.Value
	}
	if m.d.TOTP.Set {
		box, _, ok := p.sealedSecret(m.d.TOTP.Value, hub.TOTPPurpose(m.id), now.totp.Sealed, p.seed(m.d.TOTP.Line))
		if ok && (now.totp.ConfirmedAt.IsZero() || !slices.Equal(box, now.totp.Sealed)) {
			now.totp = hub.TOTP{UserID: m.id, Sealed: box, ConfirmedAt: p.now}
		}
	}
	if m.d.RecoveryCodes.Set {
		now.recovery = p.recoveryCodes(m.d.RecoveryCodes.Value)
	}
}

// passwordHash gives the hash that is there if it fits the given password, else a new one.
func (p *planner) passwordHash(m match[User, userState], there string) (string, bool) {
	given := m.d.Password.Value
	if given.Hash.Set {
		if err := secret.CheckPasswordHash(given.Hash.Value); err != nil {
			p.add(given.line, "%v", err)
			return "", false
		}
		return given.Hash.Value, true
	}
	text, ok := p.clear(given)
	if !ok {
		return "", false
	}
	if reason := hub.CheckSecret(text); reason != "" {
		p.add(given.line, "a password %s", reason)
		return "", false
	}
	if there != "" && p.memory.matchesHash(there, text) {
		return there, true
	}
	return p.memory.hash(m.id, text), true
}
