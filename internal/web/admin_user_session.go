package web

import (
	"slices"

	"example.org/hub/internal/fault"
)

// What a user signs in with, and where the user is signed in, stand on the tab of account security. Administrators take away, they
// never set up.

func (p *Pages) mountUserSessions(page func(string, func(*visitor) error)) {
	at := usersPath + "/{user}/security"
	p.overHolder(page, at+"/sessions/{session}/sign-out", p.userSecurity, dialog[holder]{ask: p.askUserOut, do: p.userOut})
	p.overHolder(page, at+"/passkeys/{passkey}/remove", p.userSecurity, dialog[holder]{fresh: true, ask: p.askTakePasskey, do: p.takePasskey})
	p.overHolder(page, at+"/second-factor/take", p.userSecurity, dialog[holder]{fresh: true, ask: p.askTakeFactor, do: p.takeFactor})
}

// everySession is the path value that means all of a user's sessions.
const everySession = "all"

func (p *Pages) askUserOut(v *visitor, h *holder, _ form, _ mistakes) (*question, error) {
	id := v.PathValue("session")
	q := &question{Back: p.under(h, "#out-"+id), Do: v.say("logout.do")}
	if id == everySession {
		q.Title, q.Text = v.say("user.out.all", "name", h.Head.Name), v.say("user.out.all.text")
		return q, nil
	}
	rows, err := p.sessionsOf(v, h.User.ID, nil)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(rows, func(r sessionRow) bool { return r.ID == id })
	if at < 0 {
		return nil, fault.New(fault.NotFound, "there is no such session; it may have ended")
	}
	q.Title, q.Text = v.say("user.out", "name", h.Head.Name), v.say("activity.out.text", "device", rows[at].Device)
	q.Facts = []fact{{v.say("column.from"), text(rows[at].Address)}}
	return q, nil
}

func (p *Pages) userOut(v *visitor, h *holder, _ form) error {
	var err error
	if id := v.PathValue("session"); id == everySession {
		_, err = p.Credentials.DeleteSessions(v.Context(), p.actor(v), h.User.ID, "")
	} else {
		err = p.Credentials.DeleteSession(v.Context(), p.actor(v), h.User.ID, id)
	}
	if err != nil {
		return err
	}
	return p.done(v, h.Page, "user.out.done", "name", h.Head.Name)
}

func (p *Pages) askTakeFactor(v *visitor, h *holder, _ form, _ mistakes) (*question, error) {
	return &question{
		Title: v.say("user.factor.take", "name", h.Head.Name), Text: v.say("user.factor.take.text"),
		Back: p.under(h, "#take"), Do: v.say("user.factor.take.do"),
	}, nil
}

func (p *Pages) takeFactor(v *visitor, h *holder, _ form) error {
	if err := p.Desk.TakeFactor(v.Context(), p.actor(v), h.User.ID); err != nil {
		return err
	}
	return p.done(v, h.Page, "user.factor.taken", "name", h.Head.Name)
}

// userPasskey is one passkey of a user.
func (p *Pages) userPasskey(v *visitor, h *holder) (passkeyRow, error) {
	rows, err := p.passkeyRows(v, h.User.ID)
	if err != nil {
		return passkeyRow{}, err
	}
	at := slices.IndexFunc(rows, func(r passkeyRow) bool { return r.ID == v.PathValue("passkey") })
	if at < 0 {
		return passkeyRow{}, fault.New(fault.NotFound, "there is no such passkey; somebody may have deleted it")
	}
	return rows[at], nil
}

func (p *Pages) askTakePasskey(v *visitor, h *holder, _ form, _ mistakes) (*question, error) {
	key, err := p.userPasskey(v, h)
	if err != nil {
		return nil, err
	}
	return &question{
		Title: v.say("passkey.remove"), Text: v.say("user.passkey.take.text", "passkey", key.Name, "name", h.Head.Name),
		Back: p.under(h, "#k-"+key.ID), Do: v.say("passkey.remove.do"),
	}, nil
}

func (p *Pages) takePasskey(v *visitor, h *holder, _ form) error {
	key, err := p.userPasskey(v, h)
	if err != nil {
		return err
	}
	if err := p.Desk.RemovePasskey(v.Context(), p.actor(v), h.User.ID, key.ID); err != nil {
		return err
	}
	return p.done(v, h.Page, "user.passkey.taken", "passkey", key.Name, "name", h.Head.Name)
}
