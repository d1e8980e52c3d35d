package web

import (
	"html/template"
	"net/url"
	"time"

	"example.org/hub/internal/directory"
	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
)

// userPage is who a user is, to be changed.
type userPage struct {
	frame
	edition
	User         *userHead
	Name         field
	Login        field
	Email        field
	Verified     bool
	Organisation *selection // nil: there is none to choose
	Copy         copyable
	SignsIn      template.HTML
	Events       string      // where its history is, and who made it; empty: that is not shown to the visitor
	Seen         *time.Time  // when the user was last; zero: not lately; nil: that is not shown to the visitor
	Ticket       *ticketView // a link that is shown once; nil: there is none
}

// userPage is the form: filled with what there is, or with what was typed.
func (p *Pages) userPage(v *visitor, head *userHead, typed form, wrong mistakes) (*userPage, error) {
	shown := head.User
	if typed.any() {
		shown.Name, shown.Login, shown.Email = typed.text("name"), typed.text("login"), typed.text("email")
		shown.EmailVerified, shown.Organisation = typed.has("verified"), typed.text("organisation")
	}
	page := &userPage{User: head, edition: edition{Version: stamp(head.UpdatedAt), Wrong: wrong}, Verified: shown.EmailVerified}
	page.Name = newField("name", "text", "off", v.say("profile.name"), shown.Name, v.say("profile.name.hint"), wrong.Of("name"))
	page.Login = newField("login", "text", "off", v.say("profile.username"), shown.Login, v.say("profile.username.hint"), wrong.Of("login"))
	page.Email = newField("email", "email", "off", v.say("profile.email"), shown.Email, "", wrong.Of("email"), "optional")
	if v.may("admin-read") {
		page.Events = p.base + "/admin/audit?" + url.Values{"target": {head.ID}}.Encode()
	}
	page.Copy = newCopy("uid", v.say("user.copy-id"), v.say("user.copied-id"), v.say("copy.blocked"))
	var err error
	if page.Organisation, err = p.organisationChoice(v, shown.Organisation, wrong); err != nil {
		return nil, err
	}
	held, err := p.heldBy(v, head)
	if err != nil {
		return nil, err
	}
	p.headOf(v, &page.frame, head, "", held)
	if page.SignsIn, err = p.signsIn(v, head.User); err != nil {
		return nil, err
	}
	if v.mayHold(head.User) {
		seen, err := p.Directory.LastSeen(v.Context(), p.actor(v), []directory.SeenUser{head.SeenUser})
		if err != nil {
			return nil, err
		}
		at := seen[head.ID]
		page.Seen = &at
	}
	return page, nil
}

// heldBy is how much a user holds, as far as the visitor is shown it; nil: that is not shown.
func (p *Pages) heldBy(v *visitor, head *userHead) (*held, error) {
	if !v.mayHold(head.User) {
		return nil, nil
	}
	clients, others, err := p.Credentials.Held(v.Context(), p.actor(v), p.Environment, head.ID)
	if fault.Is(err, fault.Forbidden) { // it is held in another organisation
		return nil, nil
	}
	return &held{clients, others}, err
}

// signsIn says in words how a user proves to be it.
func (p *Pages) signsIn(v *visitor, user hub.User) (template.HTML, error) {
	if user.Kind != hub.Person {
		return v.say("user.signs-in.not"), nil
	}
	factor, err := p.Desk.FactorOf(v.Context(), hub.Actor{User: user}, user.ID)
	switch {
	case factor.Enrolled && factor.Passkeys > 0:
		return v.say("user.signs-in.both"), err
	case factor.Enrolled:
		return v.say("user.signs-in.factor"), err
	case factor.Asked():
		return v.say("user.signs-in.passkey"), err
	case factor.Passkeys > 0:
		return v.say("user.signs-in.either"), err
	}
	return v.say("user.signs-in.password"), err
}

func (p *Pages) mountUserProfile(page func(string, func(*visitor) error)) {
	mountEditing(p, page, usersPath+"/{user}", editing[userHead, hub.User]{
		kind: "user", template: "admin-user", find: p.userHead, update: p.Directory.UpdateUser,
		id:      func(head *userHead) string { return head.ID },
		updated: func(user *hub.User) time.Time { return user.UpdatedAt },
		page: func(v *visitor, head *userHead, typed form, wrong mistakes) (editable, error) {
			return p.userPage(v, head, typed, wrong)
		},
		edit: func(_ *visitor, typed form) (func(*hub.User), error) {
			return func(user *hub.User) {
				user.Name, user.Login, user.Email = trimmed(typed, "name"), trimmed(typed, "login"), trimmed(typed, "email")
				user.EmailVerified = typed.has("verified") && user.Email != ""
				if typed.values.Has("organisation") {
					user.Organisation = typed.text("organisation")
				}
			}, nil
		},
		differs: func(v *visitor, head *userHead, typed form) template.HTML {
			return v.differs(head.User, typed) + v.turned(typed, "verified", "user.verified", head.EmailVerified) +
				p.moved(v, typed, head.Organisation)
		},
		done: func(v *visitor, head *userHead, user hub.User) error {
			return p.done(v, head.At, "user.saved", "name", newPerson(user).Name)
		}})
}
