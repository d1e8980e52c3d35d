package web

import (
	"html/template"
	"strings"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/query"
)

// userPage is who a user is, to be changed.
type userPage struct {
	frame
	User         *userHead
	Name         field
	Login        field
	Email        field
	Verified     bool
	Organisation *selection // nil: there is none to choose
	Version      string     // of what the form was filled with
	Conflict     conflict
	Copy         copyable
	SignsIn      template.HTML
	Ticket       *ticketView // a link that is shown once; nil: there is none
	Wrong        mistakes
}

// userPage is the form: filled with what there is, or with what was typed.
func (p *Pages) userPage(v *visitor, head *userHead, typed form, wrong mistakes) (*userPage, error) {
	shown := head.User
	if typed.any() {
		shown.Name, shown.Login, shown.Email = shortened(typed.text("name")), shortened(typed.text("login")), shortened(typed.text("email"))
		shown.EmailVerified, shown.Organisation = typed.has("verified"), typed.text("organisation")
	}
	page := &userPage{User: head, Version: version(head.User), Wrong: wrong, Verified: shown.EmailVerified}
	page.Name = newField("name", "text", "off", v.say("profile.name"), shown.Name, v.say("profile.name.hint"), wrong.Of("name"))
	page.Login = newField("login", "text", "off", v.say("profile.username"), shown.Login, v.say("profile.username.hint"), wrong.Of("login"))
	page.Email = newField("email", "email", "off", v.say("profile.email"), shown.Email, "", wrong.Of("email"), "optional")
	page.Copy = newCopy("uid", v.say("user.copy-id"), v.say("user.copied-id"), v.say("copy.blocked"))
	var err error
	if page.Organisation, err = p.organisationChoice(v, shown.Organisation); err != nil {
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
	return page, nil
}

// heldBy is what a user holds, as far as the visitor is shown it.
func (p *Pages) heldBy(v *visitor, head *userHead) (*holdings, error) {
	if !v.mayHold(head.User) {
		return nil, nil
	}
	held, err := p.holdings(v, &holder{User: head.User})
	if fault.Is(err, fault.Forbidden) { // it is held in another organisation
		return nil, nil
	}
	return held, err
}

// signsIn says in words how a user proves to be it.
func (p *Pages) signsIn(v *visitor, user hub.User) (template.HTML, error) {
	if user.Kind != hub.Person {
		return v.say("user.signs-in.not"), nil
	}
	factor, err := p.Desk.HasSecondFactor(v.Context(), user)
	if factor {
		return v.say("user.signs-in.factor"), err
	}
	return v.say("user.signs-in.password"), err
}

func (p *Pages) user(v *visitor) error {
	head, err := p.userHead(v)
	if head == nil || err != nil {
		return err
	}
	kept := p.kept(v)
	page, err := p.userPage(v, head, kept, mistakes{})
	if err != nil {
		return err
	}
	if kept.any() {
		page.Said = v.say("kept.said")
	}
	return p.show(v, "admin-user", page)
}

func (p *Pages) userPosted(v *visitor) error {
	typed, err := readForm(v)
	if err != nil {
		return err
	}
	head, err := p.userHead(v)
	if head == nil || err != nil {
		return err
	}
	var meanwhile *hub.User
	_, err = p.Directory.UpdateUser(v.Context(), p.actor(v), head.ID, func(user *hub.User) {
		if version(*user) != typed.text("version") {
			meanwhile = &hub.User{}
			*meanwhile = *user
			return
		}
		user.Name, user.Login, user.Email = strings.TrimSpace(typed.text("name")), strings.TrimSpace(typed.text("login")), strings.TrimSpace(typed.text("email"))
		user.EmailVerified = typed.has("verified") && user.Email != ""
		if _, asked := typed.values["organisation"]; asked {
			user.Organisation = typed.text("organisation")
		}
	})
	if err == nil && meanwhile == nil {
		return p.done(v, head.At, "user.saved", "name", newPerson(hub.User{Name: strings.TrimSpace(typed.text("name")), Login: typed.text("login")}).Name)
	}
	var wrong mistakes
	if meanwhile != nil {
		err = fault.New(fault.Conflict, "the user was changed meanwhile")
		p.refused(v, err)
	} else {
		var mends bool
		if wrong, mends = p.mistakes(v, err); !mends {
			return err
		}
	}
	page, trouble := p.userPage(v, head, typed, wrong)
	if trouble != nil {
		return trouble
	}
	if meanwhile != nil {
		page.Conflict = conflict{Who: p.changedBy(v, "user", head.ID), What: v.differs(*meanwhile, typed)}
	}
	return p.draw(v, statusOf(err), "admin-user", page)
}

// conflict is that somebody else has changed what a form was filled from.
type conflict struct {
	Who  template.HTML // a sentence
	What template.HTML // is other now; empty: nobody has
}

// changedBy says who changed something last, for whoever may know.
func (p *Pages) changedBy(v *visitor, kind, id string) template.HTML {
	where := query.All(query.Is("target", id), query.Is("kind", kind))
	found, err := p.Events.Events(v.Context(), p.actor(v), query.List{Where: where, Limit: 1})
	if err != nil || len(found.Items) == 0 || found.Items[0].AuthorName == "" {
		return v.say("conflict.title")
	}
	return template.HTML(string(v.say("conflict.by", "name", found.Items[0].AuthorName)) + " " + string(v.When(found.Items[0].At)) + ".")
}

// says tells in which fields something is other now than in a form that was filled from an earlier state: by threes the field, the
// key of what it is called, and its value now.
func (v *visitor) says(typed form, fields ...string) template.HTML {
	var what template.HTML
	for i := 0; i+2 < len(fields); i += 3 {
		if strings.TrimSpace(typed.text(fields[i])) != fields[i+2] {
			what += v.say("conflict.was", "field", v.plain(fields[i+1]), "value", fields[i+2]) + " "
		}
	}
	return template.HTML(strings.ReplaceAll(string(v.say("conflict.text")), "{what}", string(what)))
}
