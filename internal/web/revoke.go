package web

import (
	"slices"

	"example.org/hub/internal/fault"
)

// Who lost a device ends everything at once. It takes the password or a passkey, since a stranger may sit at a browser that is
// signed in.

// revokeQuestion asks what of all shall end. Everything is chosen to begin with.
func (p *Pages) revokeQuestion(v *visitor, page *securityPage, typed form, wrong mistakes) (*question, error) {
	held := page.Holdings
	sessions, err := p.Credentials.Sessions(v.Context(), p.actor(v), v.User.ID)
	if err != nil {
		return nil, err
	}
	has, err := p.Desk.HasPassword(v.Context(), v.User.ID)
	if err != nil {
		return nil, err
	}
	q := &question{Title: v.say("revoke.title"), Action: p.at(held.Holder, "/revoke"), Back: p.under(held.Holder, "#revoke"),
		Legend: v.say("revoke.what"), Do: v.say("revoke.do"), Wrong: wrong}
	type kind struct {
		value, key string
		count      int
	}
	ends, kinds := held.Count(), []kind{
		{"sessions", "revoke.sessions", len(sessions) - 1}, {"tokens", "revoke.tokens", len(held.Tokens)},
		{"app-passwords", "revoke.app-passwords", len(held.Passwords)},
		{"connected", "revoke.connected", len(held.Connected) + len(held.Scopes)}, {"api-clients", "revoke.clients", len(held.Clients)},
	}
	if has {
		ends += len(page.Passkeys)
		kinds = append(kinds, kind{"passkeys", "revoke.passkeys", len(page.Passkeys)})
		q.Fields = []field{newField("password", "password", "current-password", v.say("revoke.password"), "", "", wrong.Of("password"))}
	} else { // without passkeys there would be no way in
		q.Do, q.Remark = "", v.say("revoke.passkeys.stay")
	}
	q.Text = v.N("revoke.consequence", ends)
	for _, kind := range kinds {
		box := pick{Name: "what", Value: kind.value, Words: v.N(kind.key, kind.count), Checked: true}
		if typed.any() {
			box.Checked = slices.Contains(typed.texts("what"), kind.value)
		}
		q.Boxes = append(q.Boxes, box)
	}
	if p.passkeys() && slices.ContainsFunc(page.Passkeys, func(key passkeyRow) bool { return key.Elsewhere == "" }) {
		q.Passkey = &passkeyForm{Ask: p.base + passkeyPath + "/challenge" + knownQuery, Alone: !has}
	}
	return q, nil
}

func (p *Pages) revoke(v *visitor) error {
	h, err := p.ownHolder(v)
	if h == nil || err != nil {
		return err
	}
	keys, err := p.Desk.Passkeys(v.Context(), v.User.ID)
	if err == nil && len(keys) > 0 { // to remove them takes a fresh sign-in, which is asked for before anything is typed
		err = p.actor(v).StepUp()
	}
	if err != nil {
		return err
	}
	return p.askRevoke(v, h, 200, p.kept(v), mistakes{})
}

func (p *Pages) askRevoke(v *visitor, h *holder, status int, typed form, wrong mistakes) error {
	page, err := p.securityPage(v, h)
	if err != nil {
		return err
	}
	q, err := p.revokeQuestion(v, page, typed, wrong)
	if err != nil {
		return err
	}
	page.over(string(q.Title), q)
	return p.draw(v, status, h.Template, page)
}

func (p *Pages) revokePosted(v *visitor) error {
	typed, err := readForm(v, "what")
	if err != nil {
		return err
	}
	h, err := p.ownHolder(v)
	if h == nil || err != nil {
		return err
	}
	if len(typed.texts("what")) == 0 {
		err = wrongField("what", v.plain("revoke.nothing"))
	} else {
		err = p.proves(v, typed)
	}
	if err == nil {
		err = p.revokeAll(v, h, typed.texts("what"))
	}
	if err == nil {
		return p.done(v, securityPath, "revoke.done")
	}
	wrong, mends := p.mistakes(v, err)
	if !mends {
		return err
	}
	return p.askRevoke(v, h, statusOf(err), typed, wrong)
}

// proves has the visitor prove once more who sits at the browser: by a passkey, or by the password.
func (p *Pages) proves(v *visitor, typed form) error {
	if answer := typed.text("passkey"); answer != "" {
		next, err := p.Desk.ConfirmByPasskey(v.Context(), cookie(v.Request), p.askedFor(v), p.site(), answer, p.origin(v.Request))
		if err != nil {
			return err
		}
		return p.keep(v, next)
	}
	_, err := p.Desk.Password(v.Context(), v.User.ID, typed.text("password"), p.origin(v.Request).Address)
	if fault.Is(err, fault.Unauthenticated) {
		return wrongField("password", v.plain("error.wrong_current_password"))
	}
	return err
}

// revokeAll ends all of the chosen kinds. Each kind ends wholly or, if there is trouble, not at all; what has ended stays so.
func (p *Pages) revokeAll(v *visitor, h *holder, kinds []string) error {
	held, err := p.holdings(v, h)
	if err != nil {
		return err
	}
	ctx, actor, of := v.Context(), p.actor(v), h.User.ID
	if slices.Contains(kinds, "passkeys") { // else the rest would end before that is asked for
		if err := actor.StepUp(); err != nil {
			return err
		}
	}
	for _, step := range []struct {
		kind string
		do   func() error
	}{
		{"tokens", func() error {
			return p.Credentials.DeletePermanentTokens(ctx, actor, of, ids(held.Tokens, func(r tokenRow) string { return r.ID }))
		}},
		{"app-passwords", func() error {
			return p.Credentials.DeleteApplicationPasswords(ctx, actor, of, ids(held.Passwords, func(r passwordRow) string { return r.ID }))
		}},
		{"connected", func() error {
			return p.Credentials.DeleteRefreshTokens(ctx, actor, of, ids(held.Connected, func(r connectedRow) string { return r.ID }))
		}},
		{"connected", func() error {
			return p.Credentials.DeleteApprovedScopes(ctx, actor, of, ids(held.Scopes, func(r scopeRow) string { return r.ID }))
		}},
		{"api-clients", func() error {
			for _, client := range held.Clients {
				if err := p.Credentials.DeleteAPIClient(ctx, actor, p.Environment, of, client.ID); err != nil && !fault.Is(err, fault.NotFound) {
					return err
				}
			}
			return nil
		}},
		{"passkeys", func() error { return p.removePasskeys(v) }},
		{"sessions", func() error {
			_, err := p.Credentials.DeleteSessions(ctx, actor, of, v.Session.ID)
			return err
		}},
	} {
		if !slices.Contains(kinds, step.kind) {
			continue
		}
		if err := step.do(); err != nil {
			return err
		}
	}
	return nil
}

// removePasskeys ends the visitor's passkeys, unless there is no other way in.
func (p *Pages) removePasskeys(v *visitor) error {
	has, err := p.Desk.HasPassword(v.Context(), v.User.ID)
	if err != nil || !has {
		return err
	}
	keys, err := p.Desk.Passkeys(v.Context(), v.User.ID)
	for _, key := range keys {
		if err := p.Desk.RemovePasskey(v.Context(), p.actor(v), v.User.ID, key.ID); err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	return err
}

func ids[Row any](rows []Row, id func(Row) string) []string {
	all := make([]string, len(rows))
	for i, row := range rows {
		all[i] = id(row)
	}
	return all
}
